/**
 * Beat numbers and positions together teach a grid: every status says that the playhead is in a beat, and a position says
 * where in ms that is, so that beat 1 lies in an interval. Each narrows it.
 *
 * Only a grid of one tempo is learnt so: where the intervals do not meet, the tempo changes within the track, or is not
 * quite what the unit says.
 */
import type { Ms } from './clock.ts';

export interface GridClues {
  readonly tempoBpm: number;
  /** Where beat 1 lies, between these. */
  readonly low: Ms;
  readonly high: Ms;
  /** How many beats have said so. */
  readonly beats: number;
  readonly lastBeat: number;
}

/** A grid of one tempo, as a profile writes it too. */
export interface SteadyGrid {
  readonly firstBeatMs: Ms;
  readonly tempoBpm: number;
}

/** Beat 1 has to be known as well as this. */
const NARROW_MS: Ms = 16;
/** Clues that contradict each other by no more do so because one was told later than is usual. */
const MISSES_MOST_MS: Ms = 8;
/** From fewer beats than a phrase of eight bars nothing is concluded. */
const LEAST_BEATS = 32;

/** What one report says: at some moment the playhead was both in a beat and between two places. */
export interface Clue {
  readonly tempoBpm: number;
  readonly beat: number;
  /** How much of the beat it may have been in: 1, all of it; 0, its very beginning. */
  readonly upTo: number;
  /** Where it was then, at the least and at the most, in ms of the track. */
  readonly leastMs: Ms;
  readonly mostMs: Ms;
}

/**
 * @param before null: nothing has been said of this track yet
 * @returns null: the beats do not lie on a grid of that tempo
 */
export function withClue(before: GridClues | null, { tempoBpm, beat, upTo, leastMs, mostMs }: Clue): GridClues | null {
  const beatMs = 60_000 / tempoBpm;
  const low = leastMs - (beat - 1 + upTo) * beatMs;
  const high = mostMs - (beat - 1) * beatMs;
  if (before === null) return { tempoBpm, low, high, beats: 1, lastBeat: beat };
  if (before.tempoBpm !== tempoBpm) return null;
  const [most, least] = [Math.max(before.low, low), Math.min(before.high, high)];
  // Two that just miss each other were told a little later than is usual.
  if (most - least > MISSES_MOST_MS) return null;
  const [from, to] = most <= least ? [most, least] : [least, most];
  return { tempoBpm, low: from, high: to, beats: before.beats + (beat === before.lastBeat ? 0 : 1), lastBeat: beat };
}

/** The grid that the clues amount to; null: not yet. */
export function gridOf({ tempoBpm, low, high, beats }: GridClues): SteadyGrid | null {
  if (beats < LEAST_BEATS || high - low > NARROW_MS) return null;
  return { firstBeatMs: (low + high) / 2, tempoBpm };
}
