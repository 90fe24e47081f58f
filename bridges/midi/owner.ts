/**
 * The one owner of a port: what leaves through it, and when. Pure, told the time.
 *
 * Cues go at once and in their order, timecode at its ideal times, all in order of time. What keeps the two ends of this
 * machine apart is only how they wait: `in-line.ts` on a clock, `worker.ts` in a thread of its own.
 */
import type { Anchor } from '../../src/core/anchor.ts';
import type { Ms } from '../../src/core/clock.ts';
import type { Timed } from './codec.ts';
import { countLate, type Lateness, NO_LATENESS } from './lateness.ts';
import { type Cursor, FROM_THE_START, isRunning, type MtcMessage, nextMessage, standingIndex } from './mtc.ts';

/** A quarter frame later than this is not sent: its cycle is given up and another opened. Source: SuperTimecodeConverter. */
export const TOO_LATE_MS: Ms = 50;
/** After a stall no more quarter frames than these leave back to back. Source: as above. */
const MOST_IN_A_ROW = 2;
/** The longest rest between two that are not back to back: half of the usual distance at 30. */
const MOST_REST_MS: Ms = 4;

export interface Owner {
  readonly cues: readonly Timed[];
  /** Sorted by `from`; those that no longer matter are dropped. */
  readonly anchors: readonly Anchor[];
  readonly cursor: Cursor;
  readonly last: LastQuarter | null;
  readonly counts: MtcCounts;
}

/** The last quarter frame: when it should have left and when it did, and how many have left back to back with it. */
interface LastQuarter {
  readonly at: Ms;
  readonly sentAt: Ms;
  readonly inARow: number;
}

/** How punctual the quarter frames have been since the port was opened. */
export interface MtcCounts {
  readonly lateness: Lateness;
  /** How often quarter frames had become too late and were left out, up to the next cycle. */
  readonly gaps: number;
}

export const IDLE_OWNER: Owner = {
  cues: [],
  anchors: [],
  cursor: FROM_THE_START,
  last: null,
  counts: { lateness: NO_LATENESS, gaps: 0 },
};

export const handCue = (owner: Owner, cue: Timed): Owner => ({ ...owner, cues: [...owner.cues, cue] });

/** Timecode goes on as this anchor says; whatever was known to hold later is taken back. */
export function handAnchor(owner: Owner, anchor: Anchor): Owner {
  const isOn = anchor.join === 'on';
  // A jump that comes to be known late cuts off what was sent beyond it, and nothing of it is lost.
  if (!isOn && anchor.from <= owner.cursor.at) return { ...owner, anchors: [anchor], cursor: FROM_THE_START };
  const before = owner.anchors.filter(
    ({ from, join }) => from < anchor.from || (from === anchor.from && isOn && join !== 'on'),
  );
  return { ...owner, anchors: [...before, anchor] };
}

export interface Stepped {
  readonly owner: Owner;
  /** Messages to send now, in this order. */
  readonly send: readonly Uint8Array[];
  /** When to step again if nothing is handed over before; null: only when something is. */
  readonly wakeAt: Ms | null;
}

export function step(before: Owner, now: Ms): Stepped {
  const send: Uint8Array[] = [];
  let owner = overtake(before, now);
  for (;;) {
    const message = nextMessage(owner.anchors, owner.cursor);
    const dueAt = message === null ? Number.POSITIVE_INFINITY : dueAtOf(owner, message);
    const cue = owner.cues[0];
    if (cue !== undefined && (dueAt > now || message === null || cue.at <= message.at)) {
      send.push(cue.bytes);
      owner = { ...owner, cues: owner.cues.slice(1) };
    } else if (message === null || message.at > now) {
      return { owner: settle(owner, now), send, wakeAt: message?.at ?? null };
    } else if (dueAt > now) {
      return { owner, send, wakeAt: dueAt };
    } else if (message.quarter !== null && now - message.at > TOO_LATE_MS) {
      owner = giveUp(owner, now);
    } else {
      send.push(message.bytes);
      owner = sent(owner, message, now);
    }
  }
}

/** Its own time; after two quarter frames back to back only once there is a rest. */
function dueAtOf({ last }: Owner, { at, quarter }: MtcMessage): Ms {
  if (last === null || quarter === null || last.inARow < MOST_IN_A_ROW) return at;
  return Math.max(at, restedAt(last, at));
}

/** From when on a quarter frame meant for `at` does not follow the last one back to back: half of their distance after it. */
const restedAt = (last: LastQuarter, at: Ms): Ms =>
  last.sentAt + (at > last.at ? Math.min(MOST_REST_MS, (at - last.at) / 2) : MOST_REST_MS);

function sent(owner: Owner, { at, quarter, after }: MtcMessage, now: Ms): Owner {
  const { last, counts } = owner;
  const anchors = dropBefore(owner.anchors, standingIndex(owner.anchors, after.at));
  if (quarter === null) return { ...owner, anchors, cursor: after };
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
function overtake(owner: Owner, now: Ms): Owner {
  const isUnsent = ({ from, join }: Anchor): boolean => join !== 'on' && from > owner.cursor.at && from <= now;
  const jump = owner.anchors.findLastIndex(isUnsent);
  if (jump < 0) return owner;
  const [first, ...rest] = dropBefore(owner.anchors, jump) as [Anchor, ...Anchor[]];
  const isStart = owner.anchors.slice(0, jump).some(anchor => isUnsent(anchor) && anchor.join === 'locate');
  const join = isStart && first.join === 'jump' ? 'locate' : first.join;
  return { ...owner, anchors: [{ ...first, join }, ...rest], cursor: FROM_THE_START };
}

/** The quarter frames of this cycle have become too late: on to the next. */
function giveUp(owner: Owner, now: Ms): Owner {
  const { counts } = owner;
  return { ...owner, cursor: { at: now, least: null }, counts: { ...counts, gaps: counts.gaps + 1 } };
}

/** Nothing is due any more before `now`: what led there is forgotten, or a night of standing decks would gather it. */
function settle(owner: Owner, now: Ms): Owner {
  const first = owner.anchors.findLastIndex(
    anchor => anchor.from <= now && (anchor.join !== 'on' || !isRunning(anchor)),
  );
  return first > 0 ? { ...owner, anchors: owner.anchors.slice(first) } : owner;
}

const dropBefore = (anchors: readonly Anchor[], first: number): readonly Anchor[] =>
  first > 0 ? anchors.slice(first) : anchors;
