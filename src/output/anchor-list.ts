/** Questions to a list of anchors at a moment. */

import type { Ms } from '../core/clock.ts';
import { anchoredAt, type StreamAnchor } from '../core/timecode/stream-anchor.ts';

/** True of an anchor from which it goes on, forwards or backwards; while it stands or is silent nothing that has a rhythm leaves. */
export const isRunning = ({ join, speed }: StreamAnchor): boolean => join !== 'silence' && speed !== 0;

/** The index of the anchor that holds at a moment; before the first: 0. */
export function standingIndex(anchors: readonly StreamAnchor[], at: Ms): number {
  let i = anchors.length - 1;
  while (i > 0 && (anchors[i] as StreamAnchor).from > at) i--;
  return Math.max(i, 0);
}

/** The error that rounding may make in the moment at which two lines pass the same place. */
const HAIR_MS: Ms = 1e-3;

/**
 * Until when an anchor says what its line passes. What it passes a hair before the next one holds is that one's to say, or
 * it would be said by both; where an anchor stands, it is told there however soon another holds. Without end for the last.
 */
export function saysUntil(anchors: readonly StreamAnchor[], index: number): Ms {
  const next = anchors[index + 1];
  if (next === undefined) return Number.POSITIVE_INFINITY;
  return next.from - (isRunning(anchors[index] as StreamAnchor) ? HAIR_MS : 0);
}

/** A stream as it stands, said outright, to a port that has missed what came before; null: it is silent. */
export function locatedAgain<A extends StreamAnchor>(anchor: A, at: Ms): A | null {
  if (anchor.join === 'silence') return null;
  const from = Math.max(at, anchor.from);
  const place = anchoredAt(anchor, from);
  return { ...anchor, from, place, since: place, join: 'locate' };
}
