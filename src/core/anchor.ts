/**
 * An anchor of timecode: from a moment on, this place at this rate.
 *
 * All that an output of timecode is ever told. It holds from a moment that is still to come, so what is sent depends on
 * the anchors alone and not on when a thread woke; where the timecode is at any time is computed.
 */
import type { Ms } from './clock.ts';
import type { FrameRate } from './timecode.ts';

/**
 * How an anchor joins the one before:
 *
 * - `on`: without a step, at another rate perhaps;
 * - `jump`: elsewhere, while it runs;
 * - `locate`: elsewhere, said outright (MTC: a full frame): at a start, at a stop, and where the place moves while it stands;
 * - `silence`: nothing leaves any more; the place means nothing.
 */
export type Join = 'on' | 'jump' | 'locate' | 'silence';

export interface Anchor {
  /** From when it holds. */
  readonly from: Ms;
  /** Frames since midnight at `from`, with their fraction. */
  readonly place: number;
  /** Frames per ms; 0: it stands. Never negative. */
  readonly speed: number;
  readonly join: Join;
  /** The place at which it began to run or last jumped: no cycle of frames begins before. */
  readonly since: number;
  readonly rate: FrameRate;
}

/** How long before it holds an anchor is made: time enough to reach the thread that sends. */
export const ANCHOR_AHEAD_MS: Ms = 10;

/** Where timecode is at a moment; before `from`: as if the anchor had held already. */
export const anchoredAt = ({ from, place, speed }: Anchor, at: Ms): number => place + speed * (at - from);
