/** A timed port: cues that leave at once, timecode and perhaps MIDI clock that leave on time. */

import type { Ms } from '../core/clock.ts';
import type { StreamAnchor, TimecodeAnchor } from '../core/timecode/stream-anchor.ts';
import type { StreamCounts } from './lateness-histogram.ts';

/** Whole message as a port takes it. */
export interface Timed {
  /** The moment it is meant for. */
  readonly at: Ms;
  readonly bytes: Uint8Array;
}

/** A port and its scheduler: everything that leaves through it is delivered here. Never throws. */
export interface TimedPort {
  /** Leaves as soon as possible, after those that were delivered before. */
  send(cue: Timed): void;
  /** Takes the next anchor of its timecode. */
  run(anchor: TimecodeAnchor): void;
  /** Takes the next anchor of its MIDI clock; of no meaning to a port that has none. */
  tick(anchor: StreamAnchor): void;
  /** Lets go of the port once every cue delivered has left, and its streams have ended as if their deck had stopped. */
  close(): Promise<void>;
}

/** The listener that a port reports to; never from within the call that opens it. */
export interface PortListener {
  /**
   * Called when it is there. What was delivered before has not been lost, but nobody knew that it would leave.
   *
   * @param connection name of the connection on this system, by which to see whether it still stands; null: there is none
   */
  opened(connection: string | null): void;
  /** Something has not left, though the port is there. */
  troubled(reason: string): void;
  /** Called when it is gone, or could not be had. It reports nothing else and needs no closing. */
  failed(reason: string): void;
  /** Takes the punctuality of its streams since it was opened. @param clock null: it has no MIDI clock */
  counted(timecode: StreamCounts, clock: StreamCounts | null): void;
}

/** The output that a port's bytes go out through, opened already. */
export interface TimedOutput {
  /** Name of the connection on this system; absent or null: the system has none. */
  readonly connection?: string | null;
  /** Sends one whole message. @throws when the device is gone */
  send(bytes: Uint8Array): void;
  close(): void | Promise<void>;
}

/** The listener that learns what has become of the messages of an output, as far as that is known. */
export type OutputListener = Pick<PortListener, 'troubled' | 'failed'>;
