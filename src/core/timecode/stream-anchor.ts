/**
 * An anchor: from a moment on, this place at this speed.
 *
 * All that an output of timecode, or of MIDI clock, is ever told. It holds from a moment that is still to come, so what is
 * sent depends on the anchors alone and not on when a thread woke; where the stream is at any time is computed.
 */
import type { Ms } from '../clock.ts';
import type { FrameRate } from './timecode.ts';

/**
 * Join of an anchor with the one before:
 *
 * - `on`: without a step, at another speed perhaps;
 * - `jump`: elsewhere, while it runs;
 * - `locate`: elsewhere, said outright (MTC: a full frame): at a start, at a stop, where the place moves while it stands, and
 *   at a jump where the profile asks for it;
 * - `silence`: nothing leaves any more; the place means nothing.
 */
export type Join = 'on' | 'jump' | 'locate' | 'silence';

/** An anchor of any stream; the unit of its places is the stream's own. */
export interface StreamAnchor {
  /** From when it holds. */
  readonly from: Ms;
  /** Place of the stream at `from`, with its fraction. */
  readonly place: number;
  /** Places per ms; 0: it stands; below 0: backwards. */
  readonly speed: number;
  readonly join: Join;
  /** The place at which it began to run or last jumped: nothing whole (a cycle, a word, a frame) begins before it was passed. */
  readonly since: number;
}

/** An anchor of timecode: places are frames since midnight. */
export interface TimecodeAnchor extends StreamAnchor {
  readonly rate: FrameRate;
}

/** MIDI clocks in a beat. An anchor of MIDI clock counts them from beat 1 of the track, which is 0. */
export const CLOCKS_OF_BEAT = 24;

/** Lead with which an anchor is made before it holds: time enough to reach the thread that sends. */
export const ANCHOR_AHEAD_MS: Ms = 10;

/** Gives the place of a stream at a moment; before `from`: as if the anchor had held already. */
export const anchoredAt = ({ from, place, speed }: StreamAnchor, at: Ms): number => place + speed * (at - from);
