/**
 * The one owner of a port: what leaves through it, and when. Pure, told the time.
 *
 * Cues go at once and in their order, timecode at its ideal times, all in order of time. What keeps the two ends of this
 * machine apart is only how they wait: `in-line.ts` on a clock, `worker.ts` in a thread of its own.
 */
import type { Anchor } from '../core/anchor.ts';
import type { Ms } from '../core/clock.ts';
import { countLate, NO_COUNTS, type StreamCounts } from './lateness.ts';
import type { Timed } from './port.ts';
import { isRunning, standingIndex } from './standing.ts';
import type { Cursor, Stream, StreamMessage } from './stream.ts';

/** What has a rhythm is left out when it is later than this. Source: SuperTimecodeConverter, for quarter frames. */
export const TOO_LATE_MS: Ms = 50;
/** After a stall no more than these of a rhythm leave back to back. Source: as above. */
const MOST_IN_A_ROW = 2;
/** The longest rest between two that are not back to back: half of the distance of quarter frames at 30. */
const MOST_REST_MS: Ms = 4;

export interface Owner<C extends Cursor> {
  readonly stream: Stream<C>;
  readonly cues: readonly Timed[];
  /** Sorted by `from`; those that no longer matter are dropped. */
  readonly anchors: readonly Anchor[];
  readonly cursor: C;
  readonly last: LastSteady | null;
  readonly counts: StreamCounts;
}

/** The last of a rhythm: when it should have left and when it did, and how many have left back to back with it. */
interface LastSteady {
  readonly at: Ms;
  readonly sentAt: Ms;
  readonly inARow: number;
}

/** Has nothing to send yet. */
export const idleOwner = <C extends Cursor>(stream: Stream<C>): Owner<C> => ({
  ...{ stream, cues: [], anchors: [], cursor: stream.start, last: null },
  counts: NO_COUNTS,
});

export const handCue = <C extends Cursor>(owner: Owner<C>, cue: Timed): Owner<C> => ({
  ...owner,
  cues: [...owner.cues, cue],
});

/** Timecode goes on as this anchor says; whatever was known to hold later is taken back. */
export function handAnchor<C extends Cursor>(owner: Owner<C>, anchor: Anchor): Owner<C> {
  const isOn = anchor.join === 'on';
  // A jump that comes to be known late cuts off what was sent beyond it, and nothing of it is lost.
  if (!isOn && anchor.from <= owner.cursor.at) {
    return { ...owner, anchors: [anchor], cursor: owner.stream.start };
  }
  const before = owner.anchors.filter(
    ({ from, join }) => from < anchor.from || (from === anchor.from && isOn && join !== 'on'),
  );
  return { ...owner, anchors: [...before, anchor] };
}

export interface Stepped<C extends Cursor> {
  readonly owner: Owner<C>;
  /** Messages to send now, in this order. */
  readonly send: readonly Uint8Array[];
  /** When to step again if nothing is handed over before; null: only when something is. */
  readonly wakeAt: Ms | null;
}

export function step<C extends Cursor>(before: Owner<C>, now: Ms): Stepped<C> {
  const send: Uint8Array[] = [];
  let owner = overtake(before, now);
  for (;;) {
    const message = owner.stream.next(owner.anchors, owner.cursor);
    const dueAt = message === null ? Number.POSITIVE_INFINITY : dueAtOf(owner, message);
    const cue = owner.cues[0];
    if (cue !== undefined && (dueAt > now || message === null || cue.at <= message.at)) {
      send.push(cue.bytes);
      owner = { ...owner, cues: owner.cues.slice(1) };
    } else if (message === null || message.at > now) {
      return { owner: settle(owner, now), send, wakeAt: message?.at ?? null };
    } else if (dueAt > now) {
      return { owner, send, wakeAt: dueAt };
    } else if (!message.isOutright && now - message.at > TOO_LATE_MS) {
      owner = leaveOut(owner, message, now);
    } else {
      send.push(message.bytes);
      owner = sent(owner, message, now);
    }
  }
}

/** Its own time; after two of a rhythm back to back only once there is a rest. */
function dueAtOf<C extends Cursor>({ last }: Owner<C>, { at, isOutright }: StreamMessage<C>): Ms {
  if (last === null || isOutright || last.inARow < MOST_IN_A_ROW) return at;
  return Math.max(at, restedAt(last, at));
}

/** From when on one meant for `at` does not follow the last one back to back: half of their distance after it. */
const restedAt = (last: LastSteady, at: Ms): Ms =>
  last.sentAt + (at > last.at ? Math.min(MOST_REST_MS, (at - last.at) / 2) : MOST_REST_MS);

function sent<C extends Cursor>(owner: Owner<C>, { at, isOutright, after }: StreamMessage<C>, now: Ms): Owner<C> {
  const { last, counts } = owner;
  const anchors = dropBefore(owner.anchors, standingIndex(owner.anchors, after.at));
  if (isOutright) return { ...owner, anchors, cursor: after };
  return {
    ...owner,
    anchors,
    cursor: after,
    last: { at, sentAt: now, inARow: last !== null && now < restedAt(last, at) ? last.inARow + 1 : 1 },
    counts: { ...counts, lateness: countLate(counts.lateness, now - at) },
  };
}

/**
 * What has not left before a jump that holds by now is not worth sending any more; without a stall there is nothing such.
 * A start that is overtaken so is still said outright, where it has come to.
 */
function overtake<C extends Cursor>(owner: Owner<C>, now: Ms): Owner<C> {
  const isUnsent = ({ from, join }: Anchor): boolean => join !== 'on' && from > owner.cursor.at && from <= now;
  const jump = owner.anchors.findLastIndex(isUnsent);
  if (jump < 0) return owner;
  const [first, ...rest] = dropBefore(owner.anchors, jump) as [Anchor, ...Anchor[]];
  const isStart = owner.anchors.slice(0, jump).some(anchor => isUnsent(anchor) && anchor.join === 'locate');
  const join = isStart && first.join === 'jump' ? 'locate' : first.join;
  return { ...owner, anchors: [{ ...first, join }, ...rest], cursor: owner.stream.start };
}

function leaveOut<C extends Cursor>(owner: Owner<C>, message: StreamMessage<C>, now: Ms): Owner<C> {
  const { stream, counts } = owner;
  return { ...owner, cursor: stream.leaveOut(message, now), counts: { ...counts, gaps: counts.gaps + 1 } };
}

/** Nothing is due any more before `now`: what led there is forgotten, or a night of standing decks would gather it. */
function settle<C extends Cursor>(owner: Owner<C>, now: Ms): Owner<C> {
  const first = owner.anchors.findLastIndex(
    anchor => anchor.from <= now && (anchor.join !== 'on' || !isRunning(anchor)),
  );
  return first > 0 ? { ...owner, anchors: owner.anchors.slice(first) } : owner;
}

const dropBefore = (anchors: readonly Anchor[], first: number): readonly Anchor[] =>
  first > 0 ? anchors.slice(first) : anchors;
