/**
 * A generator: how a stream, of timecode or of MIDI clock, goes on with the deck that it follows.
 *
 * It tells its outputs nothing but anchors. They run on without a step as long as the deck does: what little its reports
 * correct is drawn in until the next one. A jump of the deck is a jump of the stream; a deck that stands is told where.
 * What else it does, its `behaviour` says.
 */

import type { Ms } from '../clock.ts';
import type { Deck } from '../deck/deck.ts';
import type { Show } from '../deck/decks.ts';
import type { DeckNumber } from '../deck-report.ts';
import { type DeckSelection, type FollowedDeck, isLost, selectDeck } from './deck-selection.ts';
import { ANCHOR_AHEAD_MS, anchoredAt, type Join, type StreamAnchor } from './stream-anchor.ts';
import type { StreamEntry } from './stream-entry.ts';

/**
 * `running` with its deck; `freewheeling`: its deck has not been heard of for a while and is taken to play on; `lost`: for
 * too long, so it stands; `locating`: it stands and its place is being moved; `stopped`: it stands.
 */
export const STREAM_MOTIONS = ['stopped', 'running', 'locating', 'freewheeling', 'lost'] as const;
export type StreamMotion = (typeof STREAM_MOTIONS)[number];

/** Counting of a kind of stream, and the place of a deck in it. */
export interface StreamUnits<E extends StreamEntry> {
  /** Name of the unit of places: with another unit the stream begins anew. */
  unitOf(entry: E): string;
  /** Place to which play leads a deck; null: not known. */
  placeOf(entry: E, deck: Deck, at: Ms): number | null;
  /** Places per ms at normal speed; null: not known. */
  normalSpeed(entry: E, deck: Deck): number | null;
}

export interface Generator extends FollowedDeck {
  readonly run: StreamMotion;
  /** Anchor that its outputs were told last; null: none yet. */
  readonly anchor: StreamAnchor | null;
  /** From when the last anchor held that said outright where it is; null: none has. */
  readonly locatedAt: Ms | null;
  /** Time at which it must be asked again if nothing comes in before; null: never. */
  readonly wakeAt: Ms | null;
  /** Facts from which the anchor was made: while they are the same, so is the anchor. */
  readonly madeFrom: MadeFrom | null;
  /** The direction in which its deck last ran, and since when. */
  readonly heading: Heading | null;
  /** By how much it has run on where its deck turned in a loop. */
  readonly ranOn: number;
}

interface MadeFrom {
  readonly deck: Deck | null;
  readonly entry: StreamEntry;
  readonly unit: string;
  readonly nudge: number;
}

interface Heading {
  readonly sign: number;
  /** null: it began so. */
  readonly turnedAt: Ms | null;
}

export const NO_GENERATOR: Generator = {
  ...{ deck: null, awaySince: null, run: 'stopped', anchor: null, locatedAt: null },
  ...{ wakeAt: null, madeFrom: null, heading: null, ranOn: 0 },
};

/** Gives the place of its stream at a moment; null: none. */
export function generatorPlaceAt({ anchor }: Generator, at: Ms): number | null {
  if (anchor === null || anchor.join === 'silence') return null;
  // An anchor that does not hold yet leads back to the place it comes from, unless that is elsewhere. A slip may be long in coming.
  const soonest = anchor.join === 'on' ? at : Math.min(anchor.from, at + ANCHOR_AHEAD_MS);
  return anchoredAt(anchor, Math.max(at, soonest));
}

/** Reports come every 200 ms; a small correction is drawn in within about that time. */
const DRAWN_IN_MS: Ms = 250;
/** Nor faster or slower than the deck by more than this share: consoles lose lock where the pace strays further. */
const DRAWN_IN_MOST_SHARE = 0.1;
/** A step of more than this is no correction any more; the estimator calls it a jump from 300 ms on. */
const CORRECTION_MOST_MS: Ms = 350;
/** Slower than this share of normal speed it stands: a receiver would only lose its lock. */
const STANDS_BELOW = 0.05;
/**
 * While a hand moves a standing deck, or turns it, its place is told at most this often: full frames are no stream. A start
 * is told at once, and so is a stop, but for one that follows a start closer than this.
 */
const LOCATE_EVERY_MS: Ms = 100;
/** A hand that scratches turns the record all the time: nothing runs until it has kept its direction for this long. */
const SETTLED_AFTER_MS: Ms = 100;
/** Without a report for this long it plays on by itself. */
const FREEWHEELS_AFTER_MS: Ms = 500;
/** At normal speed it skips or repeats this many places: a cycle of MTC, so that none is cut. */
const SLIP_PLACES = 2;

/** Parts from which a generator makes its stream. */
export interface GeneratorSetup<E extends StreamEntry> {
  readonly units: StreamUnits<E>;
  readonly entry: E;
  /** Places that an operator has added. */
  readonly nudge: number;
  /**
   * Lead of its earliest output before the times told here; 0: none leaves earlier. It is asked only where
   * something changes.
   */
  readonly aheadMs: () => Ms;
  /** The deck that an operator has pinned; null: none. */
  readonly pinned: DeckNumber | null;
}

/** Moves a generator on; `anchor` is null where its outputs need not be told anything. */
export function stepGenerator<E extends StreamEntry>(
  setup: GeneratorSetup<E>,
  before: Generator,
  show: Show,
  at: Ms,
): { readonly generator: Generator; readonly anchor: StreamAnchor | null } {
  const { units, entry, nudge, aheadMs } = setup;
  const choice = selectDeck(setup, before, show, at);
  const { deck: key, awaySince } = choice;
  const deck = key === null ? null : (show.decks.get(key) ?? null);
  const { madeFrom } = before;
  const isSame = madeFrom?.deck === deck && madeFrom.entry === entry && madeFrom.nudge === nudge;
  const isDue = before.wakeAt !== null && at >= before.wakeAt;
  if (isSame && !isDue) {
    return { generator: { ...before, deck: key, awaySince, wakeAt: soonest(before.wakeAt, choice) }, anchor: null };
  }
  const from = at + ANCHOR_AHEAD_MS;
  const made = goOn(
    { entry, unit: units.unitOf(entry), before, deck, from, leavesFrom: from + aheadMs(), at },
    motionOf(setup, deck, from),
  );
  const generator: Generator = {
    ...{ deck: key, awaySince, heading: made.heading, ranOn: made.ranOn, run: made.run },
    anchor: made.anchor ?? before.anchor,
    locatedAt: made.anchor?.join === 'locate' ? made.anchor.from : before.locatedAt,
    wakeAt: soonest(made.wakeAt, choice),
    madeFrom: { deck, entry, unit: units.unitOf(entry), nudge },
  };
  return { generator, anchor: made.anchor };
}

/** Motion of the deck: its place, its speed now and its speed at 0 %; in places and places per ms. */
interface Motion {
  readonly place: number;
  readonly speed: number;
  readonly normal: number;
}

function motionOf<E extends StreamEntry>(
  { units, entry, nudge }: GeneratorSetup<E>,
  deck: Deck | null,
  from: Ms,
): Motion | null {
  if (deck === null) return null;
  const place = units.placeOf(entry, deck, from);
  const ahead = units.placeOf(entry, deck, from + DRAWN_IN_MS);
  const normal = units.normalSpeed(entry, deck);
  if (place === null || ahead === null || normal === null) return null;
  return { place: place + nudge, speed: (ahead - place) / DRAWN_IN_MS, normal };
}

function soonest(wakeAt: Ms | null, { handOverAt }: DeckSelection): Ms | null {
  if (wakeAt === null || handOverAt === null) return wakeAt ?? handOverAt;
  return Math.min(wakeAt, handOverAt);
}

/** Facts from which the stream goes on. */
interface Going {
  readonly entry: StreamEntry;
  readonly unit: string;
  readonly before: Generator;
  readonly deck: Deck | null;
  /** From when an anchor made now holds. */
  readonly from: Ms;
  /** From when one holds that every output, the earliest too, learns of before it has come there. */
  readonly leavesFrom: Ms;
  readonly at: Ms;
}

type GoneOn = Pick<Generator, 'run' | 'anchor' | 'wakeAt' | 'heading' | 'ranOn'>;

const STANDING = { heading: null, ranOn: 0 } as const;

function goOn(going: Going, motion: Motion | null): GoneOn {
  const { entry, before, deck, at } = going;
  if (deck === null || motion === null) return silence(going);
  const { place, speed, normal } = motion;
  const isGone = isLost(entry, deck, at);
  if (!deck.isPlaying || isGone || Math.abs(speed) < STANDS_BELOW * normal) {
    // The place of a lost deck meanwhile is not known.
    const there = deck.isPlaying && isGone && before.run === 'lost' ? null : place;
    return { ...stand(going, there, deck.isPlaying && isGone), ...STANDING };
  }
  const heading = headingOf(before, Math.sign(speed), at);
  const settlesAt = heading.turnedAt === null ? at : heading.turnedAt + SETTLED_AFTER_MS;
  if (at < settlesAt || (speed < 0 && entry.behaviour.onReverse === 'stop')) {
    // Nobody is told where the record is while it is being turned.
    if (at < settlesAt && isStanding(going)) {
      return { run: 'stopped', anchor: null, wakeAt: settlesAt, heading, ranOn: 0 };
    }
    const stood = stand(going, null, false);
    return { ...stood, wakeAt: at < settlesAt ? settlesAt : stood.wakeAt, heading, ranOn: 0 };
  }
  return { ...run(going, deck, motion), heading };
}

const headingOf = ({ heading }: Generator, sign: number, at: Ms): Heading => {
  if (heading === null) return { sign, turnedAt: null };
  return heading.sign === sign ? heading : { sign, turnedAt: at };
};

function run(going: Going, deck: Deck, { place, speed, normal }: Motion): Omit<GoneOn, 'heading'> {
  const { entry, before, from, leavesFrom, at } = going;
  const { onPitch, onJump, onLoop } = entry.behaviour;
  const { anchor: last, madeFrom } = before;
  const wakeAt = at + DRAWN_IN_MS - ANCHOR_AHEAD_MS;
  const named = at - deck.reportedAt > FREEWHEELS_AFTER_MS ? 'freewheeling' : 'running';
  const goesOn = last !== null && last.speed * speed > 0 && isOfSameLoad(madeFrom, going);
  const led = goesOn ? anchoredAt(last, from) : null;
  const hasTurned = led !== null && madeFrom?.deck?.pass !== deck.pass;
  const isLoop = hasTurned && onLoop === 'run-on' && (place + before.ranOn - led) * speed < 0;
  const ranOn = led === null ? 0 : isLoop ? led - place : hasTurned ? 0 : before.ranOn;
  const target = place + ranOn;
  const pace = onPitch === 'nominal' ? Math.sign(speed) * normal : speed;
  if (last === null || led === null || (hasTurned && !isLoop) || Math.abs(led - target) > normal * CORRECTION_MOST_MS) {
    const join: Join = led === null ? 'locate' : onJump;
    return {
      run: named,
      anchor: joined(last, { from, place: target, speed: pace, join, since: target }),
      wakeAt,
      ranOn,
    };
  }
  if (onPitch === 'nominal') return { run: named, anchor: slip(last, pace, target - led, leavesFrom), wakeAt, ranOn };
  const most = Math.abs(speed) * DRAWN_IN_MOST_SHARE;
  const correction = Math.max(-most, Math.min(most, (target - led) / DRAWN_IN_MS));
  const next: StreamAnchor = { from, place: led, speed: speed + correction, join: 'on', since: last.since };
  return { run: named, anchor: joined(last, next), wakeAt, ranOn };
}

/** Tells whether the deck, its load and the unit are those of the anchor before. */
const isOfSameLoad = (madeFrom: MadeFrom | null, { deck, unit }: Going): boolean =>
  madeFrom?.deck?.key === deck?.key && madeFrom?.deck?.loads === deck?.loads && madeFrom?.unit === unit;

/** Share of a skipped part below which a stream slips: at the middle it would go to and fro. */
const SLIP_SHORT_OF = 0.5;
/** Backwards the last quarter frame of a cycle leaves on its even frame, and the next one a quarter below it. */
const BELOW_A_CYCLE = 1 / 8;
/** Two slips lie further apart than this, and so a cycle at least, whatever rounding makes of their moments. */
const SLIPS_APART = 1;

/**
 * At normal speed what it is off is made good by whole cycles, where one ends: skipped ahead, or one said once more, so that
 * no label of MTC ever goes back. null: it is not off by enough.
 *
 * @param off   places from where it is led to where it is to be
 * @param after it does not slip before
 */
function slip(last: StreamAnchor, pace: number, off: number, after: Ms): StreamAnchor | null {
  const way = Math.sign(pace);
  const cycles = Math.trunc((way * off + Math.sign(way * off) * SLIP_SHORT_OF) / SLIP_PLACES);
  if (cycles === 0 && last.speed === pace) return null;
  const led = anchoredAt(last, after);
  const least = way * Math.max(way * led, way * last.place + SLIPS_APART);
  const edge =
    pace > 0
      ? SLIP_PLACES * Math.ceil(least / SLIP_PLACES)
      : SLIP_PLACES * Math.floor((least + BELOW_A_CYCLE) / SLIP_PLACES) - BELOW_A_CYCLE;
  const place = edge + way * SLIP_PLACES * Math.max(cycles, -1);
  return { from: after + (edge - led) / last.speed, place, speed: pace, join: 'jump', since: place };
}

const isStanding = ({ before: { anchor: last, madeFrom }, unit }: Going): boolean =>
  last !== null && last.speed === 0 && last.join !== 'silence' && madeFrom?.unit === unit;

/** @param place null: where it is nobody is told */
function stand(going: Going, place: number | null, isGone: boolean): GoneOn {
  const { before, unit, from } = going;
  const { anchor: last, madeFrom } = before;
  const stopped = isGone ? 'lost' : 'stopped';
  const due = (before.locatedAt ?? Number.NEGATIVE_INFINITY) + LOCATE_EVERY_MS;
  const tellsAt = due - ANCHOR_AHEAD_MS;
  const hasStood = last !== null && isStanding(going);
  if (hasStood) {
    const isTold = last.join !== 'on';
    if (isTold && (place === null || Math.floor(place) === Math.floor(last.place))) {
      return { run: stopped, anchor: null, wakeAt: null, ...STANDING };
    }
    if (from < due) return { run: isTold ? 'locating' : stopped, anchor: null, wakeAt: tellsAt, ...STANDING };
  }
  const isSomewhere = last !== null && last.join !== 'silence' && madeFrom?.unit === unit;
  const there = place ?? (isSomewhere ? anchoredAt(last, from) : null);
  if (there === null) return { run: stopped, anchor: null, wakeAt: null, ...STANDING };
  const isSoon = isSomewhere && !hasStood && from < due;
  const anchor: StreamAnchor = { from, place: there, speed: 0, join: isSoon ? 'on' : 'locate', since: there };
  return {
    run: hasStood && last.join !== 'on' ? 'locating' : stopped,
    anchor: joined(last, anchor),
    wakeAt: isSoon ? tellsAt : null,
    ...STANDING,
  };
}

/** Ends the stream: no track is loaded, or its place is not known; a zero would be false. */
function silence({ before: { anchor: last }, from }: Going): GoneOn {
  const isSaid = last === null || last.join === 'silence';
  const anchor: StreamAnchor = { from, place: 0, speed: 0, join: 'silence', since: 0 };
  return { run: 'stopped', anchor: isSaid ? null : anchor, wakeAt: null, ...STANDING };
}

/** Two anchors of one moment are one: the second says where, the first may have more to say of how. */
function joined(last: StreamAnchor | null, anchor: StreamAnchor): StreamAnchor {
  if (last === null || last.from < anchor.from) return anchor;
  const isSaidOutright = last.join === 'locate' && anchor.join !== 'silence';
  const isMoved = last.join === 'jump' && anchor.join === 'on';
  return isSaidOutright || isMoved ? { ...anchor, join: last.join } : anchor;
}
