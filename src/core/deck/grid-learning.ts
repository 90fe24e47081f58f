/**
 * Beat numbers and positions together teach a grid: every status says that the playhead is in a beat, and a position says
 * where in ms that is, so that beat 1 lies in an interval. Each narrows it.
 *
 * After a few beats there is a grid to fire by, as good as the interval is narrow; where the tempo changes it is heard anew.
 * One of a whole track is learnt later, and only of one tempo: where the intervals do not meet, the tempo changes within the
 * track, or is not quite what the unit says.
 */
import type { Ms } from '../clock.ts';
import type { HeardGrid, SteadyGrid } from '../track/beat-grid.ts';

export interface GridSamples {
  readonly tempoBpm: number;
  /** Where beat 1 lies, between these. */
  readonly low: Ms;
  readonly high: Ms;
  /** How many beats have said so. */
  readonly beats: number;
  readonly lastBeat: number;
  /** How many clues in a row have said otherwise since a grid was heard. */
  readonly misses: number;
  /** The beats do not lie on a grid of one tempo: no grid of the whole track is learnt. */
  readonly isUnsteady: boolean;
}

/** Beat 1 has to be known as well as this. */
const NARROW_MS: Ms = 16;
/** Clues that contradict each other by no more do so because one was told later than is usual. */
const MISSES_MOST_MS: Ms = 8;
/** One that misses may be of a jump; so many in a row are of another tempo. */
const MISSES_ENOUGH = 8;
/** From fewer beats than a phrase of eight bars nothing is concluded of a whole track. */
const LEAST_BEATS = 32;
/** From fewer beats than a bar nothing is concluded at all: what came on both sides of a jump would be taken for a grid. */
const LEAST_BEATS_HEARD = 4;
/**
 * A grid to fire by is known within this, or better. Where a beat is twice the time between two statuses that come on a
 * raster, they never say more than on which half of it they fell.
 */
const HEARD_WITHIN_BEATS = 0.6;

/** What one report says: at some moment the playhead was both in a beat and between two places. */
export interface GridSample {
  readonly tempoBpm: number;
  readonly beat: number;
  /** How much of the beat it may have been in: 1, all of it; 0, its very beginning. */
  readonly upTo: number;
  /** Where it was then, at the least and at the most, in ms of the track. */
  readonly leastMs: Ms;
  readonly mostMs: Ms;
}

/** @param before null: nothing has been said of this track yet */
export function withGridSample(
  before: GridSamples | null,
  { tempoBpm, beat, upTo, leastMs, mostMs }: GridSample,
): GridSamples {
  const beatMs = 60_000 / tempoBpm;
  const low = leastMs - (beat - 1 + upTo) * beatMs;
  const high = mostMs - (beat - 1) * beatMs;
  const anew: GridSamples = { tempoBpm, low, high, beats: 1, lastBeat: beat, misses: 0, isUnsteady: false };
  if (before === null) return anew;
  const [most, least] = [Math.max(before.low, low), Math.min(before.high, high)];
  // Two that just miss each other were told a little later than is usual.
  if (before.tempoBpm === tempoBpm && most - least <= MISSES_MOST_MS) {
    const [from, to] = most <= least ? [most, least] : [least, most];
    const beats = before.beats + (beat === before.lastBeat ? 0 : 1);
    return { ...before, low: from, high: to, beats, lastBeat: beat, misses: 0 };
  }
  const misses = before.misses + 1;
  // A jump, seen by one of the two before the other; what follows tells.
  const mayBeJump = before.tempoBpm === tempoBpm && misses < MISSES_ENOUGH;
  if (mayBeJump && heardGrid(before) !== null) return { ...before, misses };
  return { ...anew, isUnsteady: before.isUnsteady || isLearnt(before) };
}

const isLearnt = ({ low, high, beats }: GridSamples): boolean => beats >= LEAST_BEATS && high - low <= NARROW_MS;

/** The grid of the whole track that the clues amount to; null: not yet, or it has none of one tempo. */
export const learntGrid = (samples: GridSamples): SteadyGrid | null =>
  samples.isUnsteady || !isLearnt(samples) ? null : gridOf(samples);

/** The grid that the last beats lie on, to fire by; null: none is known so well. */
export function heardGrid(samples: GridSamples): HeardGrid | null {
  const { low, high, beats, tempoBpm } = samples;
  const widthMs = high - low;
  if (beats < LEAST_BEATS_HEARD || widthMs > (HEARD_WITHIN_BEATS * 60_000) / tempoBpm) return null;
  return { ...gridOf(samples), errorMs: widthMs / 2 + MISSES_MOST_MS };
}

const gridOf = ({ low, high, tempoBpm }: GridSamples): SteadyGrid => ({ firstBeatMs: (low + high) / 2, tempoBpm });

/**
 * The grid that a deck goes by after more was heard: as little as can be is changed, since each change moves what is still
 * to come. One that is far better known than the one before replaces it, and so does one that contradicts it.
 */
export function betterGrid(before: HeardGrid | null, samples: GridSamples): HeardGrid | null {
  const heard = heardGrid(samples);
  if (before === null || heard === null || heard.tempoBpm !== before.tempoBpm) return heard;
  const isWithin = before.firstBeatMs >= samples.low && before.firstBeatMs <= samples.high;
  return isWithin && heard.errorMs > before.errorMs * MUCH_BETTER ? before : heard;
}

/** By so much of the error before. */
const MUCH_BETTER = 0.75;
