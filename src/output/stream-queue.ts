/** Queue of one stream of a port: its anchor, its progress, and its punctuality. Pure. */

import type { Ms } from '../core/clock.ts';
import { anchoredAt, type StreamAnchor } from '../core/timecode/stream-anchor.ts';
import { isRunning, standingIndex } from './anchor-list.ts';
import { NO_COUNTS, type StreamCounts, withLate } from './lateness-histogram.ts';
import type { Cursor, Stream, StreamMessage } from './stream.ts';

/** After a stall no more than these of a rhythm leave back to back. Source: SuperTimecodeConverter, for quarter frames. */
const MOST_IN_A_ROW = 2;
/** The longest rest between two that are not back to back: half of the distance of quarter frames at 30. */
const MOST_REST_MS: Ms = 4;
/** Least time from what was said outright to what has a rhythm, however late the first was, unless they are meant closer. */
const APART_MS: Ms = 2;

export interface StreamQueue {
  /** The stream; it is given its own cursors and its own kind of anchors only, so a wider type of both does no harm. */
  readonly stream: Stream<Cursor, StreamAnchor>;
  /** Sorted by `from`; those that no longer matter are dropped. */
  readonly anchors: readonly StreamAnchor[];
  readonly cursor: Cursor;
  /** The last that was said outright. */
  readonly said: Sent | null;
  /** The last of the rhythm, and how many have left back to back with it. */
  readonly last: (Sent & { readonly inARow: number }) | null;
  readonly counts: StreamCounts;
}

/** Due time and true time of a message that left. */
interface Sent {
  readonly at: Ms;
  readonly sentAt: Ms;
}

/** Queue of a stream before anything is known of it. */
export const emptyQueue = (stream: Stream<Cursor, StreamAnchor>): StreamQueue => ({
  stream,
  anchors: [],
  cursor: stream.start,
  said: null,
  last: null,
  counts: NO_COUNTS,
});

/** Goes on as this anchor says; whatever was known to hold later is taken back. */
export function queueAnchor(queue: StreamQueue, anchor: StreamAnchor): StreamQueue {
  const isOn = anchor.join === 'on';
  // A jump that comes to be known late cuts off what was sent beyond it, and nothing of it is lost.
  if (!isOn && anchor.from <= queue.cursor.at) return { ...queue, anchors: [anchor], cursor: rewound(queue.cursor) };
  const before = queue.anchors.filter(
    ({ from, join }) => from < anchor.from || (from === anchor.from && isOn && join !== 'on'),
  );
  return { ...queue, anchors: [...before, anchor] };
}

/** Stands from this moment on, where it has come to; what was to come is taken back, and one that has not begun says nothing. */
export function endQueue(queue: StreamQueue, now: Ms): StreamQueue {
  const anchors = queue.anchors.filter(({ from }) => from <= now);
  const last = anchors.at(-1);
  if (last === undefined || !isRunning(last)) return { ...queue, anchors };
  const place = anchoredAt(last, now);
  return queueAnchor({ ...queue, anchors }, { ...last, from: now, place, since: place, speed: 0, join: 'locate' });
}

/** The next message, and when it may leave. */
export interface Next {
  /** null: nothing, as far as the anchors say. */
  readonly message: StreamMessage<Cursor> | null;
  /** The message's own time, or later where it needs a rest; without end when there is nothing. */
  readonly dueAt: Ms;
}

export function nextOf(queue: StreamQueue): Next {
  const message = queue.stream.next(queue.anchors, queue.cursor);
  return { message, dueAt: message === null ? Number.POSITIVE_INFINITY : dueAtOf(queue, message) };
}

function dueAtOf({ said, last }: StreamQueue, { at, isOutright }: StreamMessage<Cursor>): Ms {
  if (isOutright) return at;
  const apartAt = said === null ? at : said.sentAt + Math.min(APART_MS, at - said.at);
  const isFree = last === null || last.inARow < MOST_IN_A_ROW;
  return Math.max(at, apartAt, isFree ? at : restedAt(last, at));
}

/** From when on one meant for `at` does not follow the last one back to back: half of their distance after it. */
const restedAt = (last: Sent, at: Ms): Ms =>
  last.sentAt + (at > last.at ? Math.min(MOST_REST_MS, (at - last.at) / 2) : MOST_REST_MS);

/** The message has left. */
export function sent(queue: StreamQueue, { at, isOutright, after }: StreamMessage<Cursor>, now: Ms): StreamQueue {
  const { last, counts } = queue;
  const anchors = dropBefore(queue.anchors, standingIndex(queue.anchors, after.at));
  if (isOutright) return { ...queue, anchors, cursor: after, said: { at, sentAt: now } };
  return {
    ...queue,
    anchors,
    cursor: after,
    last: { at, sentAt: now, inARow: last !== null && now < restedAt(last, at) ? last.inARow + 1 : 1 },
    counts: withLate(counts, now - at),
  };
}

/**
 * Drops what has not left before a jump that holds by now; without a stall there is nothing such.
 * A start that is overtaken so is still said outright, where it has come to.
 */
export function overtake(queue: StreamQueue, now: Ms): StreamQueue {
  const isUnsent = ({ from, join }: StreamAnchor): boolean => join !== 'on' && from > queue.cursor.at && from <= now;
  const jump = queue.anchors.findLastIndex(isUnsent);
  if (jump < 0) return queue;
  const [first, ...rest] = dropBefore(queue.anchors, jump) as [StreamAnchor, ...StreamAnchor[]];
  const isStart = queue.anchors.slice(0, jump).some(anchor => isUnsent(anchor) && anchor.join === 'locate');
  const join = isStart && first.join === 'jump' ? 'locate' : first.join;
  return { ...queue, anchors: [{ ...first, join }, ...rest], cursor: rewound(queue.cursor) };
}

/** The message has become too late and does not leave. */
export function leaveOut(queue: StreamQueue, message: StreamMessage<Cursor>, now: Ms): StreamQueue {
  const { stream, cursor, counts } = queue;
  return { ...queue, cursor: stream.leaveOut(message, now, cursor), counts: { ...counts, gaps: counts.gaps + 1 } };
}

/** Drops anchors before `now` when nothing is due any more, or a night of standing decks would gather them. */
export function settle(queue: StreamQueue, now: Ms): StreamQueue {
  const first = queue.anchors.findLastIndex(
    anchor => anchor.from <= now && (anchor.join !== 'on' || !isRunning(anchor)),
  );
  return first > 0 ? { ...queue, anchors: queue.anchors.slice(first) } : queue;
}

/** The anchors begin again; what has left has left, and the stream goes on remembering it. */
const rewound = (cursor: Cursor): Cursor => ({ ...cursor, at: Number.NEGATIVE_INFINITY });

const dropBefore = (anchors: readonly StreamAnchor[], first: number): readonly StreamAnchor[] =>
  first > 0 ? anchors.slice(first) : anchors;
