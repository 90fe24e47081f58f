/** The frames of a timecode as they come: for outputs that say a whole label at each frame. */

import type { Ms } from '../clock.ts';
import { anchoredAt, type TimecodeAnchor } from './stream-anchor.ts';

/** A frame that begins. */
export interface FrameEdge {
  readonly at: Ms;
  /** Frames since midnight, whole; a label wraps it. */
  readonly count: number;
}

/**
 * The first frame later than `after` whose beginning the line of an anchor passes, forwards or backwards: its label is then
 * where timecode is, to the moment. The anchor is taken to hold for good.
 *
 * @returns null: there is none, as where a place is too large for frames to be counted. A timecode that stands has one, when it is told where; one that is silent has none
 */
export function nextFrame(anchor: TimecodeAnchor, after: Ms): FrameEdge | null {
  const { from, place, speed, join } = anchor;
  if (join === 'silence') return null;
  if (speed === 0) return join === 'on' || from <= after ? null : { at: from, count: Math.floor(place) };
  const here = anchoredAt(anchor, Math.max(after, from));
  let count = speed > 0 ? Math.ceil(here) : Math.floor(here);
  // Beyond this the next frame would be the same number again.
  if (!Number.isSafeInteger(count)) return null;
  // An edge that rounding puts a hair before the present place has begun already.
  while (passedAt(anchor, count) <= after || passedAt(anchor, count) < from) count += Math.sign(speed);
  // Midnight is 0, never -0.
  return { at: passedAt(anchor, count), count: count + 0 };
}

/**
 * Finds when a frame begins that follows the one before it on a line without a step. A frame that the line passed before its
 * anchor held begins when the anchor begins to hold.
 *
 * @param count  the frame, in the way that the line runs
 * @returns another frame, the first one later than `after`: this one has gone by
 */
export function frameNamed(anchor: TimecodeAnchor, count: number, after: Ms): FrameEdge | null {
  const at = Math.max(anchor.from, passedAt(anchor, count));
  return at > after ? { at, count } : nextFrame(anchor, after);
}

const passedAt = ({ from, place, speed }: TimecodeAnchor, count: number): Ms => from + (count - place) / speed;
