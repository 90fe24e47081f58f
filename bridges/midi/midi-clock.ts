/**
 * MIDI clock from anchors whose places count clocks from beat 1: which message is next, and when. Pure; what is sent
 * depends on the anchors alone.
 *
 * A clock leaves when the line of its anchor passes its number. The receiver learns once where the first one lies, by
 * start or by song position and continue, and counts from there: so whatever breaks the count (a jump, a stall, a turn) is
 * a stop and a continue. It knows sixteenths only, so the first clock is always that of a sixteenth. No message lets it
 * run backwards: then it is stopped. Source: MIDI 1.0, "Timing Clock", "Song Position Pointer".
 */

import type { Ms } from '../../src/core/clock.ts';
import { anchoredAt, CLOCKS_OF_BEAT, type StreamAnchor } from '../../src/core/timecode/stream-anchor.ts';
import { isRunning, saysUntil, standingIndex } from '../../src/output/anchor-list.ts';
import type { Cursor, Stream, StreamMessage } from '../../src/output/stream.ts';

const CLOCK = Uint8Array.of(0xf8);
const START = Uint8Array.of(0xfa);
const CONTINUE = Uint8Array.of(0xfb);
const STOP = Uint8Array.of(0xfc);

const CLOCKS_OF_SIXTEENTH = CLOCKS_OF_BEAT / 4;
/** Song positions there are: 14 bits, 1024 bars of four beats. Beyond, it counts from 0 again: beat and bar stay right. */
const SONG_POSITIONS = 2 ** 14;
/** Between start or continue and the first clock a receiver is to have 1 ms [MIDI 1.0, "Start"]; sending may take another. */
const LEAD_MS: Ms = 2;
/** Clocks; a place no further beyond beat 1 than this is at it. 20 ns at 128 BPM, what rounding makes of a place. */
const HAIR = 1e-6;

/** Progress of the stream. */
export interface ClockCursor extends Cursor {
  /** Messages that are still to be said at this moment. */
  readonly toSay: readonly Uint8Array[];
  /** The number of the next clock; null: the receiver does not know where to go on from. */
  readonly next: number | null;
  /** The first clock does not leave before. */
  readonly notBefore: Ms;
  /** The receiver is stopped; false: it runs, or nobody knows. */
  readonly isStopped: boolean;
}

const FROM_THE_START: ClockCursor = {
  at: Number.NEGATIVE_INFINITY,
  toSay: [],
  next: null,
  // The sender before, perhaps this program, may have left the clock running, and then the receiver would hear no song position.
  notBefore: Number.NEGATIVE_INFINITY,
  isStopped: false,
};

/** Start, continue, stop and song position are said outright; where clocks are too late that is said again. */
export const clockStream: Stream<ClockCursor, StreamAnchor> = {
  start: FROM_THE_START,
  next: nextMessage,
  leaveOut: (_, now, cursor) => ({ ...cursor, at: now, next: null }),
};

function nextMessage(anchors: readonly StreamAnchor[], cursor: ClockCursor): StreamMessage<ClockCursor> | null {
  if (cursor.toSay.length > 0) return sayNext(cursor);
  const { next, isStopped, notBefore } = cursor;
  for (let i = standingIndex(anchors, cursor.at); i < anchors.length; i++) {
    const anchor = anchors[i] as StreamAnchor;
    const at = Math.max(anchor.from, cursor.at);
    const isElsewhere = anchor.from > cursor.at && anchor.join !== 'on';
    const stop = isStopped ? [] : [STOP];
    if (!isRunning(anchor) || anchor.speed < 0) {
      const stands = isElsewhere && anchor.join !== 'silence' && anchor.speed === 0;
      const toSay = stands ? [...stop, songPosition(Math.max(0, sixteenthBelow(anchor.place)))] : stop;
      if (toSay.length > 0) return sayNext({ ...cursor, at, toSay, next: null, isStopped: true });
    } else if (next === null || isElsewhere) {
      const first = firstClock(anchor, at);
      const begin = first === 0 ? [START] : [songPosition(first / CLOCKS_OF_SIXTEENTH), CONTINUE];
      const begun = { next: first, notBefore: at + LEAD_MS, isStopped: false };
      return sayNext({ at, toSay: [...stop, ...begin], ...begun });
    } else {
      // Clocks that an anchor passed before it held, or before it came to be known, leave at once.
      const clockAt = Math.max(at, notBefore, anchor.from + (next - anchor.place) / anchor.speed);
      if (clockAt < saysUntil(anchors, i)) return clock({ ...cursor, at: clockAt, next: next + 1 });
    }
  }
  return null;
}

const clock = (after: ClockCursor): StreamMessage<ClockCursor> => ({
  at: after.at,
  bytes: CLOCK,
  isOutright: false,
  after,
});

function sayNext(cursor: ClockCursor): StreamMessage<ClockCursor> {
  const [bytes, ...toSay] = cursor.toSay as readonly [Uint8Array, ...Uint8Array[]];
  return { at: cursor.at, bytes, isOutright: true, after: { ...cursor, toSay } };
}

/** The clock of beat 1, where that is still to come or just there; else that of the first sixteenth there is time for. */
function firstClock(anchor: StreamAnchor, at: Ms): number {
  if (anchoredAt(anchor, at) <= HAIR) return 0;
  return CLOCKS_OF_SIXTEENTH * Math.ceil(anchoredAt(anchor, at + LEAD_MS) / CLOCKS_OF_SIXTEENTH);
}

const sixteenthBelow = (place: number): number => Math.floor((place + HAIR) / CLOCKS_OF_SIXTEENTH);

/** `F2`, low seven bits first. @param sixteenth from beat 1, 0 or more */
function songPosition(sixteenth: number): Uint8Array {
  const position = sixteenth % SONG_POSITIONS;
  return Uint8Array.of(0xf2, position & 0x7f, position >> 7);
}
