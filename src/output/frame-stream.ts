/**
 * Timecode that says a whole label at each frame, from anchors: one at the edge of each frame while it runs, one when it is
 * said to stand somewhere, none while it is silent. Pure. Art-Net and OSC are made of it, and say only what a label is in bytes.
 *
 * Each label is worth something by itself, so what has become too late is left out and nothing else.
 */

import type { Ms } from '../core/clock.ts';
import { type FrameEdge, frameNamed, nextFrame } from '../core/timecode/frame-edges.ts';
import type { TimecodeAnchor } from '../core/timecode/stream-anchor.ts';
import { type FrameRate, type Label, labelOf } from '../core/timecode/timecode.ts';
import { isRunning, saysUntil, standingIndex } from './anchor-list.ts';
import { TOO_LATE_MS } from './port-scheduler.ts';
import type { Cursor, Stream, StreamMessage } from './stream.ts';

/**
 * A label as messages: they leave together, in this order.
 *
 * @param at the moment it is meant for
 */
export type EncodeFrame = (rate: FrameRate, label: Label, at: Ms) => readonly [Uint8Array, ...Uint8Array[]];

/** Progress of such a stream. */
export interface FrameCursor extends Cursor {
  /** The frame that was said last, when the next one follows it; null: where it goes on, the anchors alone say. */
  readonly count: number | null;
  /** Messages of that frame that have not left yet. */
  readonly rest: readonly Uint8Array[];
}

export const frameStream = (encode: EncodeFrame): Stream<FrameCursor> => ({
  start: { at: Number.NEGATIVE_INFINITY, count: null, rest: [] },
  next: (anchors, cursor) => restOf(cursor) ?? nextLabel(anchors, cursor, encode),
  // The first that could still leave in time.
  leaveOut: (_, now) => ({ at: now - TOO_LATE_MS, count: null, rest: [] }),
});

/** The rest of a label that has begun to leave goes with it, and is no rhythm of its own. */
function restOf({ at, count, rest: [bytes, ...rest] }: FrameCursor): StreamMessage<FrameCursor> | null {
  return bytes === undefined ? null : { at, bytes, isOutright: true, after: { at, count, rest } };
}

function nextLabel(
  anchors: readonly TimecodeAnchor[],
  { at, count }: FrameCursor,
  encode: EncodeFrame,
): StreamMessage<FrameCursor> | null {
  let said = count;
  let last = count;
  let direction = 0;
  for (let i = standingIndex(anchors, at); i < anchors.length; i++) {
    const anchor = anchors[i] as TimecodeAnchor;
    if (!isRunning(anchor) || (anchor.from > at && anchor.join !== 'on')) said = last = null;
    // At a turn, sent frames lie behind, and the next ones ahead will not come.
    if (Math.sign(anchor.speed) !== direction) last = said;
    direction = Math.sign(anchor.speed);
    const edge = last === null ? nextFrame(anchor, at) : frameNamed(anchor, last + direction, at);
    if (edge === null) continue;
    if (edge.at < saysUntil(anchors, i)) return labelled(anchor, edge, encode);
    // The next anchor takes over this very frame, so that none is lost or doubled where two lines meet.
    last = edge.count - direction;
  }
  return null;
}

function labelled(anchor: TimecodeAnchor, { at, count }: FrameEdge, encode: EncodeFrame): StreamMessage<FrameCursor> {
  const { rate } = anchor;
  const [bytes, ...rest] = encode(rate, labelOf(rate, count), at);
  return { at, bytes, isOutright: !isRunning(anchor), after: { at, count, rest } };
}
