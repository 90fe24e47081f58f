/**
 * MIDI Time Code from anchors: which message is next, and when. Pure; what is sent depends on the anchors alone.
 *
 * A quarter frame has a number, `place * 4`, and leaves when the line of its anchor passes that; its bytes depend on this
 * number alone. Eight of them are a cycle of two frames and carry one label, that of the even frame on which the cycle
 * begins; the receiver adds what has gone by since. Backwards the same quarter frames leave in falling order, piece 7
 * first, and the receiver knows the direction by that. Source: MIDI Time Code, detailed specification (1987); bytes
 * compared with x42's jltc2mtc.
 */

import type { Ms } from '../../src/core/clock.ts';
import { anchoredAt, type TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import { type FrameRate, type Label, labelOf } from '../../src/core/timecode/timecode.ts';
import { isRunning, saysUntil, standingIndex } from '../../src/output/anchor-list.ts';
import { TOO_LATE_MS } from '../../src/output/port-scheduler.ts';
import type { Cursor, Stream, StreamMessage } from '../../src/output/stream.ts';

/** Quarter frames in a frame, in a cycle, and the frames that a cycle lasts. */
const QUARTERS_OF_FRAME = 4;
const QUARTERS_OF_CYCLE = 8;
const FRAMES_OF_CYCLE = 2;

/** Forwards or backwards. */
type Direction = 1 | -1;

/** Progress of the stream. */
export interface MtcCursor extends Cursor {
  /** The quarter frame that left last, and in which direction its cycle went; null: none since the last full frame. */
  readonly last: { readonly quarter: number; readonly direction: Direction } | null;
  /** The next one follows it; false: the next one opens a cycle. */
  readonly goesOn: boolean;
}

export const FROM_THE_START: MtcCursor = { at: Number.NEGATIVE_INFINITY, last: null, goesOn: false };

export interface MtcMessage extends StreamMessage<MtcCursor> {
  /** The number of a quarter frame, counted from midnight; null: this is a full frame. */
  readonly quarter: number | null;
}

/** Full frames are said outright; of quarter frames that are too late the rest of the cycle is left out. */
export const mtcStream: Stream<MtcCursor> = {
  start: FROM_THE_START,
  next: nextMessage,
  leaveOut: (_, now, cursor) => ({ ...cursor, at: now, goesOn: false }),
};

/** The first message later than the cursor; for the rest see `Stream`. */
export function nextMessage(anchors: readonly TimecodeAnchor[], after: MtcCursor): MtcMessage | null {
  const { last } = after;
  /** The quarter frame that is to come on the line so far; null: none is, the next one opens a cycle. */
  let next =
    last !== null && after.goesOn ? { quarter: last.quarter + last.direction, direction: last.direction } : null;
  for (let i = standingIndex(anchors, after.at); i < anchors.length; i++) {
    const anchor = anchors[i] as TimecodeAnchor;
    const isNew = anchor.from > after.at;
    if (isNew && anchor.join === 'locate') return fullFrame(anchor);
    const direction = anchor.speed < 0 ? -1 : 1;
    if (!isRunning(anchor) || (isNew && anchor.join !== 'on') || next?.direction !== direction) next = null;
    if (!isRunning(anchor)) continue;
    const due = (next && onward(anchor, next.quarter, after.at)) ?? opening(anchor, direction, after);
    if (due.at < saysUntil(anchors, i)) return quarterFrame(anchor.rate, due.quarter, direction, due.at);
    // The next anchor takes over this very quarter frame, so that none is lost or doubled where two lines meet.
    next = { quarter: due.quarter, direction };
  }
  return null;
}

interface Due {
  readonly quarter: number;
  readonly at: Ms;
}

/** Gives the time at which the line of an anchor passes a quarter frame; quarter frames from before it held leave when it begins to hold. */
const timeOf = ({ from, place, speed }: TimecodeAnchor, quarter: number): Ms =>
  Math.max(from, from + (quarter / QUARTERS_OF_FRAME - place) / speed);

/**
 * The next one of a cycle. Where an anchor that comes to be known late has passed it already it leaves at once; null: so
 * long ago that it is given up with the rest of its cycle.
 */
function onward(anchor: TimecodeAnchor, quarter: number, after: Ms): Due | null {
  const at = timeOf(anchor, quarter);
  return at > after - TOO_LATE_MS ? { quarter, at: Math.max(at, after) } : null;
}

/** The first one later than the cursor that opens a cycle. */
function opening(anchor: TimecodeAnchor, direction: Direction, { at, last }: MtcCursor): Due {
  const place = anchoredAt(anchor, Math.max(at, anchor.from));
  const quarter = cycleFrom(
    direction === 1 ? Math.max(anchor.since, place) : place,
    direction,
    leadIn(last, direction),
  );
  if (timeOf(anchor, quarter) > at) return { quarter, at: timeOf(anchor, quarter) };
  const following = quarter + direction * QUARTERS_OF_CYCLE;
  return { quarter: following, at: timeOf(anchor, following) };
}

/** The first quarter frame, at a place or beyond, that opens a cycle: piece 0 forwards, piece 7 backwards; less a lead-in. */
const cycleFrom = (place: number, direction: Direction, lead: number): number => {
  const quarters = place * QUARTERS_OF_FRAME;
  if (direction === 1) return Math.ceil((quarters + lead) / QUARTERS_OF_CYCLE) * QUARTERS_OF_CYCLE - lead;
  const last = QUARTERS_OF_CYCLE - 1 + lead;
  return Math.floor((quarters - last) / QUARTERS_OF_CYCLE) * QUARTERS_OF_CYCLE + last;
};

/**
 * A cycle that was cut off one piece before its end would be completed by the first piece of one in the other direction:
 * pieces 0 to 6, then the 7 of another label. There the quarter frame before that leaves too, a 0, and nobody is misled.
 */
function leadIn(last: MtcCursor['last'], direction: Direction): 0 | 1 {
  if (last === null || last.direction === direction) return 0;
  return pieceOf(last.quarter) === (direction === 1 ? 1 : QUARTERS_OF_CYCLE - 2) ? 1 : 0;
}

const cycleOf = (quarter: number): number => Math.floor(quarter / QUARTERS_OF_CYCLE);
const pieceOf = (quarter: number): number => quarter - cycleOf(quarter) * QUARTERS_OF_CYCLE;

function quarterFrame(rate: FrameRate, quarter: number, direction: Direction, at: Ms): MtcMessage {
  const piece = pieceOf(quarter);
  const data = dataOf(piece, rate, labelOf(rate, cycleOf(quarter) * FRAMES_OF_CYCLE));
  return {
    at,
    bytes: Uint8Array.of(0xf1, (piece << 4) | data),
    isOutright: false,
    quarter,
    after: { at, last: { quarter, direction }, goesOn: true },
  };
}

/** Four bits of a label: low and high of frames, seconds, minutes and hours, the last with the rate. */
function dataOf(piece: number, rate: FrameRate, { frames, seconds, minutes, hours }: Label): number {
  switch (piece) {
    case 0:
      return frames & 0x0f;
    case 1:
      return frames >> 4;
    case 2:
      return seconds & 0x0f;
    case 3:
      return seconds >> 4;
    case 4:
      return minutes & 0x0f;
    case 5:
      return minutes >> 4;
    case 6:
      return hours & 0x0f;
    default:
      return (rateCode(rate) << 1) | (hours >> 4);
  }
}

/** `F0 7F 7F 01 01 hh mm ss ff F7`: to all devices, where it is, without a cycle. */
function fullFrame({ from, place, rate }: TimecodeAnchor): MtcMessage {
  const { hours, minutes, seconds, frames } = labelOf(rate, place);
  const bytes = Uint8Array.of(
    0xf0,
    0x7f,
    0x7f,
    0x01,
    0x01,
    (rateCode(rate) << 5) | hours,
    minutes,
    seconds,
    frames,
    0xf7,
  );
  return { at: from, bytes, isOutright: true, quarter: null, after: { ...FROM_THE_START, at: from } };
}

/** MTC has one code for 30 and for 29.97 that counts every number: only the pace of the messages tells them apart. */
function rateCode({ base, isDrop }: FrameRate): number {
  if (base === 24) return 0;
  if (base === 25) return 1;
  return isDrop ? 2 : 3;
}
