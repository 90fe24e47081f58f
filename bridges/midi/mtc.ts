/**
 * MIDI Time Code from anchors: which message is next, and when. Pure; what is sent depends on the anchors alone.
 *
 * A quarter frame has a number, `place * 4`, and leaves when the line of its anchor passes that. Eight of them are a
 * cycle of two frames and carry one label, that of the even frame on which the cycle began; the receiver adds what has
 * gone by since. Source: MIDI Time Code, detailed specification (1987); bytes compared with x42's jltc2mtc.
 */
import { type Anchor, anchoredAt } from '../../src/core/anchor.ts';
import type { Ms } from '../../src/core/clock.ts';
import { type FrameRate, type Label, labelOf } from '../../src/core/timecode.ts';
import { isRunning, standingIndex } from '../../src/timed/standing.ts';
import type { Cursor, Stream, StreamMessage } from '../../src/timed/stream.ts';

/** Quarter frames in a frame, in a cycle, and the frames that a cycle lasts. */
const QUARTERS_OF_FRAME = 4;
const QUARTERS_OF_CYCLE = 8;
const FRAMES_OF_CYCLE = 2;

/** How far the stream has got. */
export interface MtcCursor extends Cursor {
  /** The next quarter frame of the cycle that runs; null: none runs, the next one opens a cycle. */
  readonly least: number | null;
}

export const FROM_THE_START: MtcCursor = { at: Number.NEGATIVE_INFINITY, least: null };

export interface MtcMessage extends StreamMessage<MtcCursor> {
  /** The number of a quarter frame, counted from midnight; null: this is a full frame. */
  readonly quarter: number | null;
}

/** Full frames are said outright; of quarter frames that are too late the rest of the cycle is left out. */
export const mtcStream: Stream<MtcCursor> = {
  start: FROM_THE_START,
  next: nextMessage,
  leaveOut: (_, now) => ({ at: now, least: null }),
};

/** The first message later than the cursor; for the rest see `Stream`. */
export function nextMessage(anchors: readonly Anchor[], after: MtcCursor): MtcMessage | null {
  let { least } = after;
  for (let i = standingIndex(anchors, after.at); i < anchors.length; i++) {
    const anchor = anchors[i] as Anchor;
    const until = anchors[i + 1]?.from ?? Number.POSITIVE_INFINITY;
    const isNew = anchor.from > after.at;
    if (!isRunning(anchor) || (isNew && anchor.join !== 'on')) least = null;
    if (isNew && anchor.join === 'locate') return fullFrame(anchor);
    if (!isRunning(anchor)) continue;
    const quarter = nextQuarter(anchor, { at: after.at, least });
    const at = timeOf(anchor, quarter);
    if (at < until) return quarterFrame(anchor.rate, quarter, at);
    // The next anchor takes over this very quarter frame, so that none is lost or doubled where two lines meet.
    least = quarter;
  }
  return null;
}

/** When the line of an anchor passes a quarter frame; what it passed before it held leaves when it begins to hold. */
const timeOf = ({ from, place, speed }: Anchor, quarter: number): Ms =>
  Math.max(from, from + (quarter / QUARTERS_OF_FRAME - place) / speed);

function nextQuarter(anchor: Anchor, { at, least }: MtcCursor): number {
  // One whose moment has gone by is given up with the rest of its cycle.
  if (least !== null && timeOf(anchor, least) > at) return least;
  const place = Math.max(anchor.since, anchoredAt(anchor, Math.max(at, anchor.from)));
  const quarter = cycleFrom(place);
  return timeOf(anchor, quarter) > at ? quarter : quarter + QUARTERS_OF_CYCLE;
}

/** The first quarter frame, at a place or later, that opens a cycle. */
const cycleFrom = (place: number): number => Math.ceil(place / FRAMES_OF_CYCLE) * QUARTERS_OF_CYCLE;

function quarterFrame(rate: FrameRate, quarter: number, at: Ms): MtcMessage {
  const cycle = Math.floor(quarter / QUARTERS_OF_CYCLE);
  const piece = quarter - cycle * QUARTERS_OF_CYCLE;
  const data = dataOf(piece, rate, labelOf(rate, cycle * FRAMES_OF_CYCLE));
  return {
    at,
    bytes: Uint8Array.of(0xf1, (piece << 4) | data),
    isOutright: false,
    quarter,
    after: { at, least: quarter + 1 },
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
function fullFrame({ from, place, rate }: Anchor): MtcMessage {
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
  return { at: from, bytes, isOutright: true, quarter: null, after: { at: from, least: null } };
}

/** MTC has one code for 30 and for 29.97 that counts every number: only the pace of the messages tells them apart. */
function rateCode({ base, isDrop }: FrameRate): number {
  if (base === 24) return 0;
  if (base === 25) return 1;
  return isDrop ? 2 : 3;
}
