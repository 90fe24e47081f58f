/** The frames of a timecode as they come: for outputs that say a whole label at each frame. */
import { type Anchor, anchoredAt } from './anchor.ts';
import type { Ms } from './clock.ts';

/** A frame that begins. */
export interface FrameEdge {
  readonly at: Ms;
  /** Frames since midnight, whole; a label wraps it. */
  readonly count: number;
}

/**
 * The first frame that begins later than `after`.
 *
 * @param anchors sorted by `from`; each holds until the next does
 * @returns null: none will, as far as these anchors say. A timecode that stands has one edge, when it is told where; one
 *          that is silent has none
 */
export function nextFrame(anchors: readonly Anchor[], after: Ms): FrameEdge | null {
  for (const [i, anchor] of anchors.entries()) {
    const until = anchors[i + 1]?.from ?? Number.POSITIVE_INFINITY;
    if (until <= after || anchor.join === 'silence') continue;
    const edge = anchor.speed === 0 ? told(anchor) : passed(anchor, Math.max(after, anchor.from), after);
    if (edge !== null && edge.at > after && edge.at < until && !isBeyond(anchor, edge, until)) return edge;
  }
  return null;
}

const told = ({ from, place, join }: Anchor): FrameEdge | null =>
  join === 'on' ? null : { at: from, count: Math.floor(place) };

/** The first whole frame that a line passes at `now` or later. */
function passed(anchor: Anchor, now: Ms, after: Ms): FrameEdge {
  const { from, place, speed } = anchor;
  const onward = Math.sign(speed);
  const timeOf = (count: number): Ms => from + (count - place) / speed;
  const here = anchoredAt(anchor, now);
  let count = onward > 0 ? Math.ceil(here) : Math.floor(here);
  // What rounding puts a hair before where we are has begun already.
  while (timeOf(count) <= after || timeOf(count) < from) count += onward;
  // Midnight is 0, never -0.
  return { at: timeOf(count), count: count + 0 };
}

/** Where two lines meet on a whole frame it is the second one's: compared by place, which both compute alike. */
function isBeyond(anchor: Anchor, { count }: FrameEdge, until: Ms): boolean {
  if (anchor.speed === 0 || until === Number.POSITIVE_INFINITY) return false;
  const end = anchoredAt(anchor, until);
  return anchor.speed > 0 ? count >= end : count <= end;
}
