/** A stream: which message is next and when, from anchors alone. Each format of timecode has one, and so has MIDI clock. */

import type { Ms } from '../core/clock.ts';
import type { StreamAnchor, TimecodeAnchor } from '../core/timecode/stream-anchor.ts';
import type { Timed } from './output-port.ts';

/** Progress of a stream; a format adds what it must remember. */
export interface Cursor {
  /** All that was due up to this moment, itself included, is done. */
  readonly at: Ms;
}

export interface StreamMessage<C extends Cursor> extends Timed {
  /** True of a message that says where the stream is, and is sent however late; false: it belongs to a rhythm, and is worth nothing when late. */
  readonly isOutright: boolean;
  /** The cursor once it has left. */
  readonly after: C;
}

/** Pure: what it answers depends on the anchors and the cursor alone. */
export interface Stream<C extends Cursor = Cursor, A extends StreamAnchor = TimecodeAnchor> {
  /** Cursor before anything has left. */
  readonly start: C;
  /**
   * The first message later than the cursor, or at its moment where more than one is said there.
   *
   * @param anchors sorted by `from`; each holds until the next does. At one moment there may be a `jump`, `locate` or
   *                `silence` and after it an `on`, not two of either
   * @param cursor  its `at` is without beginning where the anchors begin again, with one that is no `on`; what else it
   *                remembers of what has left is still true then
   * @returns null: nothing will leave, as far as these anchors say
   */
  next(anchors: readonly A[], cursor: C): StreamMessage<C> | null;
  /**
   * The cursor from which it goes on when a message has become too late by `now` and is left out, with whatever falls with it.
   *
   * @param cursor the one that the message came after
   */
  leaveOut(message: StreamMessage<C>, now: Ms, cursor: C): C;
}
