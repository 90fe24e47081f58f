/**
 * Beat numbers and positions together teach a grid: every status says that the playhead is in a beat, and a position says
 * where in ms that is, so that beat 1 lies in an interval. Each narrows it.
 *
 * Only a grid of one tempo is learnt so: where the intervals do not meet, the tempo changes within the track, or is not
 * quite what the unit says.
 */
import type { Ms } from '../clock.ts';
import type { SteadyGrid } from '../track/beat-grid.ts';

export interface GridSamples {
  readonly tempoBpm: number;
  /** Where beat 1 lies, between these. */
  readonly low: Ms;
  readonly high: Ms;
  /** How many beats have said so. */
  readonly beats: number;
  readonly lastBeat: number;
  /** How many clues in a row have said otherwise since a grid was learnt. */
  readonly misses: number;
  /** The beats do not lie on a grid of one tempo: nothing more is learnt. */
  readonly isUnsteady: boolean;
}

/** Beat 1 has to be known as well as this. */
const NARROW_MS: Ms = 16;
/** Clues that contradict each other by no more do so because one was told later than is usual. */
const MISSES_MOST_MS: Ms = 8;
/** One that misses may be of a jump; so many in a row are of another tempo. */
const MISSES_ENOUGH = 8;
/** From fewer beats than a phrase of eight bars nothing is concluded. */
const LEAST_BEATS = 32;

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
  if (before === null || before.isUnsteady) return before ?? anew;
  const [most, least] = [Math.max(before.low, low), Math.min(before.high, high)];
  // Two that just miss each other were told a little later than is usual.
  if (before.tempoBpm === tempoBpm && most - least <= MISSES_MOST_MS) {
    const [from, to] = most <= least ? [most, least] : [least, most];
    const beats = before.beats + (beat === before.lastBeat ? 0 : 1);
    return { ...before, low: from, high: to, beats, lastBeat: beat, misses: 0 };
  }
  // A jump, seen by one of the two before the other, before anything was learnt; what follows tells.
  if (learntGrid(before) === null) return anew;
  const misses = before.misses + 1;
  return { ...before, misses, isUnsteady: misses >= MISSES_ENOUGH };
}

/** The grid that the clues amount to; null: not yet. */
export function learntGrid({ tempoBpm, low, high, beats, isUnsteady }: GridSamples): SteadyGrid | null {
  if (isUnsteady || beats < LEAST_BEATS || high - low > NARROW_MS) return null;
  return { firstBeatMs: (low + high) / 2, tempoBpm };
}
