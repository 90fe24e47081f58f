/**
 * Art-Net timecode from anchors: one packet at the edge of each frame while it runs, one when it is told where it stands,
 * none while it is silent. Pure.
 *
 * Each packet is worth something by itself, so what has become too late is left out and nothing else.
 */
import type { Anchor } from '../../src/core/anchor.ts';
import type { Ms } from '../../src/core/clock.ts';
import { type FrameEdge, nextFrame } from '../../src/core/frames.ts';
import { labelOf } from '../../src/core/timecode.ts';
import { TOO_LATE_MS } from '../../src/timed/owner.ts';
import { isRunning, standingIndex } from '../../src/timed/standing.ts';
import type { Cursor, Stream, StreamMessage } from '../../src/timed/stream.ts';
import { encode } from './codec.ts';

/** How far the stream has got. */
export interface ArtnetCursor extends Cursor {
  /** The frame that was said last, when the next one follows it; null: where it goes on, the anchors alone say. */
  readonly count: number | null;
}

/** @param streamId 0 is the master stream */
export const artnetStream = (streamId: number): Stream<ArtnetCursor> => ({
  start: { at: Number.NEGATIVE_INFINITY, count: null },
  next: (anchors, cursor) => nextPacket(anchors, cursor, streamId),
  // The first that could still leave in time.
  leaveOut: (_, now) => ({ at: now - TOO_LATE_MS, count: null }),
});

function nextPacket(
  anchors: readonly Anchor[],
  { at, count }: ArtnetCursor,
  streamId: number,
): StreamMessage<ArtnetCursor> | null {
  let last = count;
  for (let i = standingIndex(anchors, at); i < anchors.length; i++) {
    const anchor = anchors[i] as Anchor;
    const until = anchors[i + 1]?.from ?? Number.POSITIVE_INFINITY;
    if (!isRunning(anchor) || (anchor.from > at && anchor.join !== 'on')) last = null;
    const edge = last === null ? nextFrame([anchor], at) : following(anchor, last + 1, at);
    if (edge === null) continue;
    if (edge.at < until) return packet(anchor, edge, streamId);
    // The next anchor takes over this very frame, so that none is lost or doubled where two lines meet.
    last = edge.count - 1;
  }
  return null;
}

/** The frame that follows; what the line passed before it held begins when it begins to hold. */
function following(anchor: Anchor, count: number, after: Ms): FrameEdge | null {
  const { from, place, speed } = anchor;
  const at = Math.max(from, from + (count - place) / speed);
  return at > after ? { at, count } : nextFrame([anchor], after);
}

function packet(anchor: Anchor, { at, count }: FrameEdge, streamId: number): StreamMessage<ArtnetCursor> {
  const { rate } = anchor;
  const bytes = encode(rate, labelOf(rate, count), streamId);
  return { at, bytes, isOutright: !isRunning(anchor), after: { at, count } };
}
