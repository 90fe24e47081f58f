/**
 * The position as the best-known public library derives it from statuses alone, to be held against ours in position.ts:
 * a snap to the reported beat only when the extrapolation is two beats or more beside it.
 *
 * Source: beat-link, TimeFinder (status-only path). Left out: its snap to stored cues, which needs their list.
 */
import type { Ms } from '../../src/core/clock.ts';
import type { DeckReport } from '../../src/core/deck-report.ts';
import type { BeatGrid } from '../../src/core/track/beat-grid.ts';

export interface KnownMethod {
  readonly at: Ms;
  readonly positionMs: Ms;
  readonly isPlaying: boolean;
  /** Of the last status; the sign is its direction. */
  readonly speed: number;
  readonly beat: number;
}

/** Up to this many beats beside the report the extrapolation is kept. */
const SNAP_FROM_BEATS = 2;

/** Takes in one status. @param before null: none yet of this track @returns null: no beat is known yet */
export function knownMethod(
  before: KnownMethod | null,
  { beat, runSpeed, pitchSpeed, playState }: DeckReport,
  at: Ms,
  grid: BeatGrid,
): KnownMethod | null {
  if (beat === null) return before;
  const isPlaying = playState === 'playing';
  const speed = runSpeed < 0 ? -pitchSpeed : pitchSpeed;
  return { at, positionMs: nextMs(before, beat, isPlaying, speed, at, grid), isPlaying, speed, beat };
}

function nextMs(
  before: KnownMethod | null,
  beat: number,
  isPlaying: boolean,
  speed: number,
  at: Ms,
  grid: BeatGrid,
): Ms {
  const beatMs = (number: number): Ms => (number < 1 ? 0 : grid.msOfBeat(number));
  if (before === null) return beatMs(beat);
  if (!before.isPlaying && !isPlaying) return before.beat === beat ? before.positionMs : beatMs(beat);
  const led = knownMethodMsAt(before, at);
  const ledBeat = Math.floor(grid.beatOfMs(led));
  return Math.abs(ledBeat - beat) < SNAP_FROM_BEATS ? led : beatMs(speed < 0 ? beat + 1 : beat);
}

/** Where it says the playhead is. */
export const knownMethodMsAt = ({ at: then, positionMs, isPlaying, speed }: KnownMethod, at: Ms): Ms =>
  isPlaying ? positionMs + Math.round(speed * Math.floor(Math.max(0, at - then))) : positionMs;
