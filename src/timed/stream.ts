/** A stream of timecode: which message is next and when, from anchors alone. Each format of timecode has one. */
import type { Anchor } from '../core/anchor.ts';
import type { Ms } from '../core/clock.ts';
import type { Timed } from './port.ts';

/** How far a stream has got; a format adds what it must remember. */
export interface Cursor {
  /** Whatever was due up to this moment, itself included, is done. */
  readonly at: Ms;
}

export interface StreamMessage<C extends Cursor> extends Timed {
  /** It says where timecode is and is sent however late; false: it belongs to a rhythm, and is worth nothing when late. */
  readonly isOutright: boolean;
  /** The cursor once it has left. */
  readonly after: C;
}

/** Pure: what it answers depends on the anchors and the cursor alone. */
export interface Stream<C extends Cursor> {
  /** Nothing has left yet. */
  readonly start: C;
  /**
   * The first message later than the cursor.
   *
   * @param anchors sorted by `from`; each holds until the next does. At one moment there may be a `jump`, `locate` or
   *                `silence` and after it an `on`, not two of either
   * @returns null: nothing will leave, as far as these anchors say
   */
  next(anchors: readonly Anchor[], cursor: C): StreamMessage<C> | null;
  /** Where it goes on from when a message has become too late by `now` and is left out, with whatever falls with it. */
  leaveOut(message: StreamMessage<C>, now: Ms): C;
}
