/**
 * The LTC signal as straight sections, from anchors; it is read at the sound's own pace. Pure.
 *
 * The signal is a function of the place, as on a tape: faster, slower and backwards come by themselves, and neither a
 * restart nor the size of a block can shift it. What is left to say here is where LTC frames may sound. One that is cut off
 * is not gone on with: the next begins on a frame edge, so no receiver can take halves of two for a whole.
 */

import type { Ms } from '../../src/core/clock.ts';
import { anchoredAt, type TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import { type FrameRate, framesPerMs } from '../../src/core/timecode/timecode.ts';
import { BITS_OF_FRAME } from './ltc-frame.ts';

/** Sorted by `from`; each holds until the next does. */
export type LtcSignal = readonly SignalSection[];

export const NO_LTC_SIGNAL: LtcSignal = [];

/** A straight piece of the signal. */
export interface SignalSection {
  readonly from: Ms;
  /** Frames since midnight at `from`, with their fraction. */
  readonly place: number;
  /** Frames per ms; below 0: backwards. */
  readonly speed: number;
  readonly rate: FrameRate;
  /** The frame edge on which the first LTC frame sounds, and from where on all do; null: nothing sounds. */
  readonly opens: number | null;
  /** End of an LTC frame that was cut off; null: it needs none. */
  readonly rest: Rest | null;
}

/** High or low. */
export type Level = 1 | -1;

/**
 * After a cut: a bit cell, so that the LTC frame before it is complete where the cut falls on its end, and then one at the
 * level from which the next one's first edge is an edge. Until it ends none begins.
 */
export interface Rest {
  readonly first: Level;
  /** Not later than `endsAt`; the first bit cell is left out where the LTC frame before is complete without it. */
  readonly turnsAt: Ms;
  readonly last: Level;
  readonly endsAt: Ms;
}

/** Slower or faster than these shares of normal speed receivers no longer follow. Source: tried with libltc. */
const SLOWEST = 0.25;
const FASTEST = 4;
/** A line that was learned too late for what has been rendered already is met again after this time. */
const DRAWN_IN_MS: Ms = 200;
/** By at most this share of the speed; what is further off is a jump. */
const DRAWN_IN_MOST_SHARE = 0.25;
/** Frames that are no difference: less than 50 ns. */
const NO_FRAMES = 1e-6;
/** Longer than the ramp of an edge, which looks back across the start of a block. */
const LOOKS_BACK_MS: Ms = 1;

/** Timecode goes on from this anchor, at a speed that can be heard. */
export function isSounding({ join, speed, rate }: TimecodeAnchor): boolean {
  const share = Math.abs(speed) / framesPerMs(rate);
  return join !== 'silence' && share >= SLOWEST - NO_FRAMES && share <= FASTEST + NO_FRAMES;
}

/** The place of a section at a moment, in frames. */
export const sectionPlaceAt = ({ from, place, speed }: SignalSection, at: Ms): number => place + speed * (at - from);

/**
 * The signal, going on as an anchor says; whatever was known to hold later is taken back.
 *
 * @param head up to where it has been rendered: an anchor that holds earlier than that cannot change what has left
 */
export function withAnchor(signal: LtcSignal, anchor: TimecodeAnchor, head: Ms): LtcSignal {
  const from = Math.max(anchor.from, head);
  const base = signal.findLast(each => each.from <= from) ?? null;
  const before = remembered(signal, head).filter(each => each.from < from);
  const { rate, since } = anchor;
  const place = anchoredAt(anchor, from);
  if (!isSounding(anchor)) {
    return [...before, { from, place, speed: 0, rate, opens: null, rest: restAfter(base, from, 0) }];
  }
  const { speed } = anchor;
  const off = base !== null && goesOn(base, anchor) ? place - sectionPlaceAt(base, from) : Number.POSITIVE_INFINITY;
  if (base === null || Math.abs(off) > DRAWN_IN_MOST_SHARE * Math.abs(speed) * DRAWN_IN_MS) {
    const rest = restAfter(base, from, speed);
    const run: SignalSection = { from, place, speed, rate, opens: null, rest };
    return [...before, { ...run, opens: firstEdge(run, since) }];
  }
  if (Math.abs(off) <= NO_FRAMES) return [...before, continued(base, { from, place, speed }, since)];
  const drawn = continued(base, { from, place: place - off, speed: speed + off / DRAWN_IN_MS }, since);
  const met = from + DRAWN_IN_MS;
  return [...before, drawn, continued(drawn, { from: met, place: anchoredAt(anchor, met), speed }, since)];
}

/**
 * The signal, when what follows `head` does not follow what was heard before: a player that was started again, samples
 * that were left out. The LTC frame that runs is given up.
 */
export function interrupted(signal: LtcSignal, head: Ms): LtcSignal {
  const standing = signal.findLast(each => each.from <= head);
  if (standing === undefined || standing.opens === null) return signal;
  const last: Level = standing.speed > 0 ? -1 : 1;
  const rest: Rest = { first: last, turnsAt: head, last, endsAt: head + cellMs(standing.speed) };
  const opens = firstEdge({ ...standing, from: head, place: sectionPlaceAt(standing, head), rest }, standing.opens);
  return remembered(signal, head).map(each => {
    if (each === standing) return { ...each, opens, rest };
    return each.from > head && each.opens === standing.opens ? { ...each, opens } : each;
  });
}

/** Without what no sample from `head` on can ask for. */
function remembered(signal: LtcSignal, head: Ms): LtcSignal {
  const first = signal.findLastIndex(each => each.from <= head - LOOKS_BACK_MS);
  return first > 0 ? signal.slice(first) : signal;
}

/** True of an anchor that goes on with what runs, without a step: the same LTC frames, at another pace perhaps. */
const goesOn = (base: SignalSection, { join, speed, rate }: TimecodeAnchor): boolean =>
  join === 'on' && base.opens !== null && base.rate === rate && base.speed > 0 === speed > 0;

function continued(
  base: SignalSection,
  line: { readonly from: Ms; readonly place: number; readonly speed: number },
  since: number,
): SignalSection {
  const next: SignalSection = { ...base, ...line };
  const hasOpened = base.opens !== null && ahead(base, sectionPlaceAt(base, line.from) - base.opens) >= -NO_FRAMES;
  return hasOpened ? next : { ...next, opens: firstEdge(next, since) };
}

/**
 * The first frame edge that a section passes once its rest is over; forwards none before `since`. Backwards that bounds
 * nothing: where it began lies behind.
 */
function firstEdge(section: SignalSection, since: number): number {
  const place = sectionPlaceAt(section, Math.max(section.from, section.rest?.endsAt ?? section.from));
  return section.speed > 0 ? Math.ceil(Math.max(place, since) - NO_FRAMES) : Math.floor(place + NO_FRAMES);
}

/** A difference of places, counted in the direction of travel. */
const ahead = ({ speed }: SignalSection, difference: number): number => (speed > 0 ? difference : -difference);

/**
 * The rest between a cut and what follows it; null: it needs none.
 *
 * Silence is entered from low, so that the first edge of an LTC frame after it is one; backwards it needs high before.
 *
 * @param speed that of what follows; 0: silence
 */
function restAfter(base: SignalSection | null, at: Ms, speed: number): Rest | null {
  const last: Level = speed < 0 ? 1 : -1;
  const resting = base?.rest ?? null;
  if (resting !== null && at < resting.endsAt) {
    if (resting.last === last) return resting;
    return {
      ...resting,
      last,
      endsAt: Math.max(resting.endsAt, at + cellMs(speed === 0 ? (base?.speed ?? 0) : speed)),
    };
  }
  if (base === null || !isHeard(base, at)) {
    if ((resting?.last ?? -1) === last) return null;
    return { first: last, turnsAt: at, last, endsAt: at + cellMs(speed === 0 ? (base?.speed ?? 0) : speed) };
  }
  const isForward = base.speed > 0;
  const place = sectionPlaceAt(base, at);
  const edge = isForward ? Math.floor(place + NO_FRAMES) : Math.ceil(place - NO_FRAMES);
  const turnsAt = at + Math.max(0, 1 - BITS_OF_FRAME * Math.abs(place - edge)) * cellMs(base.speed);
  return { first: isForward ? 1 : -1, turnsAt, last, endsAt: turnsAt + cellMs(base.speed) };
}

/** True once an LTC frame has begun. */
const isHeard = (section: SignalSection, at: Ms): boolean =>
  section.opens !== null && ahead(section, sectionPlaceAt(section, at) - section.opens) > NO_FRAMES;

/** Length of a bit cell. */
const cellMs = (speed: number): Ms => 1 / (BITS_OF_FRAME * Math.abs(speed));
