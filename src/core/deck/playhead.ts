/** What absolute positions show of a playhead's pace, long before a status tells of it. */
import type { Ms, Stamp } from '../clock.ts';
import { APART_MS } from './report-delay.ts';

/** An absolute position as it came. */
export interface Playhead {
  readonly positionMs: Ms;
  readonly stamp: Stamp;
  readonly pace: Pace;
}

/**
 * What a playhead has done since the position before: nothing, so that it may be a copy; nothing once more; gone as far as
 * play does, or less far; gone back as reverse play does; or none of these.
 */
export type Pace = 'same' | 'stands' | 'as-in-play' | 'forward' | 'backwards' | 'unknown';

/** How far from where play leads a playhead may seem after one packet: one of the two was later than the other. */
const ADVANCE_ERROR_MS: Ms = 12;

/** @param last null: this is the first position of a load */
export function paceOf(last: Playhead | null, positionMs: Ms, pitchSpeed: number, stamp: Stamp): Pace {
  if (last === null) return 'unknown';
  const advanceMs = positionMs - last.positionMs;
  if (advanceMs === 0) {
    if (stamp.notBefore - last.stamp.at < APART_MS) return last.pace;
    return last.pace === 'same' || last.pace === 'stands' ? 'stands' : 'same';
  }
  const errorMs = ADVANCE_ERROR_MS + (stamp.at - stamp.notBefore) + (last.stamp.at - last.stamp.notBefore);
  const playedMs = (stamp.at - last.stamp.at) * pitchSpeed;
  if (advanceMs < 0) return Math.abs(advanceMs + playedMs) <= errorMs ? 'backwards' : 'unknown';
  const aheadMs = advanceMs - playedMs;
  if (aheadMs > errorMs) return 'unknown';
  return aheadMs >= -errorMs ? 'as-in-play' : 'forward';
}
