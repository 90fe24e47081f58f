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
/** From fewer beats than a phrase of eight bars nothing is concluded. */
const LEAST_BEATS = 32;

/**
 * @param before       null: nothing has been said of this track yet
 * @param beat         the playhead was in [beat, beat + 1) at some moment
 * @param positionLow  where it was then at the earliest, in ms of the track
 * @param positionHigh and at the latest
 * @returns null: the beats do not lie on a grid of that tempo
 */
export function withClue(
  before: GridClues | null,
  tempoBpm: number,
  beat: number,
  positionLow: Ms,
  positionHigh: Ms,
): GridClues | null {
  const beatMs = 60_000 / tempoBpm;
  const low = positionLow - beat * beatMs;
  const high = positionHigh - (beat - 1) * beatMs;
  if (before === null) return { tempoBpm, low, high, beats: 1, lastBeat: beat };
  if (before.tempoBpm !== tempoBpm) return null;
  const [most, least] = [Math.max(before.low, low), Math.min(before.high, high)];
  if (most > least) return null;
  return { tempoBpm, low: most, high: least, beats: before.beats + (beat === before.lastBeat ? 0 : 1), lastBeat: beat };
}

/** The grid that the clues amount to; null: not yet. */
export function gridOf({ tempoBpm, low, high, beats }: GridClues): SteadyGrid | null {
  if (beats < LEAST_BEATS || high - low > NARROW_MS) return null;
  return { firstBeatMs: (low + high) / 2, tempoBpm };
}
