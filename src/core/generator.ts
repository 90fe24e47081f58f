/**
 * A generator of timecode: which deck it follows, and how its place in the day goes on.
 *
 * It tells its outputs nothing but anchors. They run on without a step as long as the deck does: what little its reports
 * correct is drawn in until the next one. A jump of the deck is a jump of the timecode; a deck that stands is told where.
 */
import { ANCHOR_AHEAD_MS, type Anchor, anchoredAt, type Join } from './anchor.ts';
import type { Ms } from './clock.ts';
import { type Deck, type DeckKey, isStale } from './deck.ts';
import type { Hands } from './hands.ts';
import { leadsToMs } from './position.ts';
import type { TimecodeEntry } from './profile.ts';
import { deckByNumber, heard, masterOf, type Show } from './show.ts';
import { framesOfMs, framesPerMs } from './timecode.ts';

/**
 * `running` with its deck; `freewheeling`: its deck has not been heard of for a while and is taken to play on; `lost`: for
 * too long, so it stands; `locating`: it stands and its place is being moved; `stopped`: it stands.
 */
export type Run = 'stopped' | 'running' | 'locating' | 'freewheeling' | 'lost';

export interface Generator {
  /** The deck it follows; null: none yet. */
  readonly deck: DeckKey | null;
  /** Since when that deck gives no reason to be followed; null: it does. */
  readonly awaySince: Ms | null;
  readonly run: Run;
  /** What its outputs were told last; null: nothing yet. */
  readonly anchor: Anchor | null;
  /** When it must be asked again if nothing comes in before; null: not at all. */
  readonly wakeAt: Ms | null;
  /** What the anchor was made from: while that is the same, so is the anchor. */
  readonly madeFrom: { readonly deck: Deck | null; readonly entry: TimecodeEntry; readonly nudge: number } | null;
}

export const NO_GENERATOR: Generator = {
  deck: null,
  awaySince: null,
  run: 'stopped',
  anchor: null,
  wakeAt: null,
  madeFrom: null,
};

/** Where its timecode is at a moment, in frames since midnight; null: nowhere. */
export function framesAt({ anchor }: Generator, at: Ms): number | null {
  if (anchor === null || anchor.join === 'silence') return null;
  // One that does not hold yet leads back to where it comes from, unless that is elsewhere.
  return anchoredAt(anchor, anchor.join === 'on' ? at : Math.max(at, anchor.from));
}

/** Reports come every 200 ms; a small correction is drawn in within about that time. */
const DRAWN_IN_MS: Ms = 250;
/** Nor faster or slower than the deck by more than this share: consoles lose lock where the pace strays further. */
const DRAWN_IN_MOST_SHARE = 0.1;
/** A step of more than this is no correction any more; the estimator calls it a jump from 300 ms on. */
const CORRECTION_MOST_MS: Ms = 350;
/** Slower than this share of normal speed it stands: a receiver would only lose its lock. */
const STANDS_BELOW = 0.05;
/** While a hand moves a standing deck its place is told at most this often: full frames are no stream. */
const LOCATE_EVERY_MS: Ms = 100;
/** Without a report for this long it plays on by itself. */
const FREEWHEELS_AFTER_MS: Ms = 500;

/** How a generator goes on; `anchor` is null where its outputs need not be told anything. */
export function follow(
  entry: TimecodeEntry,
  before: Generator,
  show: Show,
  hands: Hands,
  at: Ms,
): { readonly generator: Generator; readonly anchor: Anchor | null } {
  const chosen = choose(entry, before, show, hands, at);
  const deck = chosen.deck === null ? null : (show.decks.get(chosen.deck) ?? null);
  const nudge = hands.nudges.get(entry.name) ?? 0;
  const { madeFrom } = before;
  const isSame = madeFrom?.deck === deck && madeFrom.entry === entry && madeFrom.nudge === nudge;
  const isDue = before.wakeAt !== null && at >= before.wakeAt;
  if (isSame && !isDue) return { generator: { ...before, ...chosen, wakeAt: soonest(before, chosen) }, anchor: null };
  const made = goOn(entry, before, deck, nudge, at);
  const generator: Generator = {
    ...chosen,
    run: made.run,
    anchor: made.anchor ?? before.anchor,
    wakeAt: made.wakeAt,
    madeFrom: { deck, entry, nudge },
  };
  return { generator: { ...generator, wakeAt: soonest(generator, chosen) }, anchor: made.anchor };
}

interface Chosen {
  readonly deck: DeckKey | null;
  readonly awaySince: Ms | null;
  /** When another deck will be followed; null: none stands ready. */
  readonly handOverAt: Ms | null;
}

function soonest({ wakeAt }: Generator, { handOverAt }: Chosen): Ms | null {
  if (wakeAt === null || handOverAt === null) return wakeAt ?? handOverAt;
  return Math.min(wakeAt, handOverAt);
}

/** Whom to follow: what is pinned or fixed at once, what a policy says after the time of a hand-over. */
function choose(entry: TimecodeEntry, before: Generator, show: Show, { pinned }: Hands, at: Ms): Chosen {
  const fixed = typeof entry.follow === 'number' ? entry.follow : pinned;
  if (fixed !== null) {
    const deck = deckByNumber(show, fixed)?.key ?? null;
    return { deck, awaySince: null, handOverAt: null };
  }
  const { stays, next } = policyOf(entry, before, show, at);
  if (before.deck === null) return { deck: next, awaySince: null, handOverAt: null };
  if (stays) return { deck: before.deck, awaySince: null, handOverAt: null };
  const awaySince = before.awaySince ?? at;
  const handOverAt = awaySince + entry.handOverAfterMs;
  if (next === null || next === before.deck) return { deck: before.deck, awaySince, handOverAt: null };
  return at >= handOverAt
    ? { deck: next, awaySince: null, handOverAt: null }
    : { deck: before.deck, awaySince, handOverAt };
}

/** Whether the deck followed so far gives a reason for it, and which one would be next. */
function policyOf(
  { follow }: TimecodeEntry,
  before: Generator,
  show: Show,
  at: Ms,
): { readonly stays: boolean; readonly next: DeckKey | null } {
  if (follow === 'master') {
    const master = masterOf(show)?.key ?? null;
    return { stays: master !== null && master === before.deck, next: master };
  }
  const { keys } = heard(show);
  const playing = [...show.decks.values()].filter(
    deck => keys.has(deck.key) && deck.playingSince !== null && !isStale(deck, at),
  );
  playing.sort((a, b) => (a.playingSince ?? 0) - (b.playingSince ?? 0));
  const [longest] = playing;
  const loaded = [...show.decks.values()].find(deck => keys.has(deck.key) && deck.track !== null);
  return {
    stays: playing.some(({ key }) => key === before.deck),
    // A deck that only stands there is a place to begin, and no reason to leave another.
    next: longest?.key ?? (before.deck === null ? (loaded?.key ?? null) : null),
  };
}

interface GoneOn {
  readonly run: Run;
  readonly anchor: Anchor | null;
  readonly wakeAt: Ms | null;
}

function goOn(entry: TimecodeEntry, before: Generator, deck: Deck | null, nudge: number, at: Ms): GoneOn {
  const from = at + ANCHOR_AHEAD_MS;
  const place = deck === null ? null : placeOf(entry, deck, nudge, from);
  const ahead = deck === null ? null : placeOf(entry, deck, nudge, from + DRAWN_IN_MS);
  if (deck === null || place === null || ahead === null) return silence(entry, before, from);
  const speed = (ahead - place) / DRAWN_IN_MS;
  const isSilent = isStale(deck, at);
  if (!deck.isPlaying || isSilent || speed < STANDS_BELOW * framesPerMs(entry.rate)) {
    const isReverse = deck.isPlaying && speed < 0;
    return stand(entry, before, isReverse ? null : place, from, deck.isPlaying && isSilent);
  }
  const { anchor: last } = before;
  const led = last === null || last.speed === 0 ? null : anchoredAt(last, from);
  const isSameRun =
    isOfSamePlay(before.madeFrom?.deck ?? null, deck) &&
    led !== null &&
    last?.rate === entry.rate &&
    Math.abs(led - place) <= framesOfMs(entry.rate, CORRECTION_MOST_MS);
  const wakeAt = at + DRAWN_IN_MS - ANCHOR_AHEAD_MS;
  const run = at - deck.reportedAt > FREEWHEELS_AFTER_MS ? 'freewheeling' : 'running';
  const { rate } = entry;
  if (isSameRun && led !== null && last !== null) {
    const most = speed * DRAWN_IN_MOST_SHARE;
    const correction = Math.max(-most, Math.min(most, (place - led) / DRAWN_IN_MS));
    const next: Anchor = { from, place: led, speed: speed + correction, join: 'on', since: last.since, rate };
    return { run, anchor: joined(last, next), wakeAt };
  }
  const join: Join = led === null ? 'locate' : 'jump';
  return { run, anchor: joined(last, { from, place, speed, join, since: place, rate }), wakeAt };
}

/** Where a deck is in the day at a moment; null: not known. */
function placeOf(entry: TimecodeEntry, deck: Deck, nudge: number, at: Ms): number | null {
  const ms = leadsToMs(deck, at);
  if (ms === null || deck.track === null) return null;
  const start = entry.regions.get(deck.track.id) ?? entry.unknownTrack;
  return start + framesOfMs(entry.rate, ms) + entry.offsetFrames + nudge;
}

const isOfSamePlay = (before: Deck | null, deck: Deck): boolean =>
  before?.key === deck.key && before.track?.id === deck.track?.id && before.pass === deck.pass;

/** @param place null: it moves backwards, which nobody is told */
function stand(entry: TimecodeEntry, before: Generator, place: number | null, from: Ms, isLost: boolean): GoneOn {
  const { anchor: last } = before;
  const { rate } = entry;
  const isStanding = last !== null && last.speed === 0 && last.join !== 'silence' && last.rate === rate;
  const stopped = isLost ? 'lost' : 'stopped';
  if (isStanding) {
    if (place === null || Math.floor(place) === Math.floor(last.place)) {
      return { run: stopped, anchor: null, wakeAt: null };
    }
    const due = last.from + LOCATE_EVERY_MS;
    if (from < due) return { run: 'locating', anchor: null, wakeAt: due - ANCHOR_AHEAD_MS };
  }
  const there = place ?? (last === null ? null : anchoredAt(last, from));
  if (there === null) return { run: stopped, anchor: null, wakeAt: null };
  const anchor: Anchor = { from, place: there, speed: 0, join: 'locate', since: there, rate };
  return { run: isStanding ? 'locating' : stopped, anchor: joined(last, anchor), wakeAt: null };
}

/** Nothing is loaded, or nobody knows where it is: no bogus zero. */
function silence({ rate }: TimecodeEntry, { anchor: last }: Generator, from: Ms): GoneOn {
  const isSaid = last === null || last.join === 'silence';
  const anchor: Anchor = { from, place: 0, speed: 0, join: 'silence', since: 0, rate };
  return { run: 'stopped', anchor: isSaid ? null : anchor, wakeAt: null };
}

/** Two anchors of one moment are one: the second says where, the first may have more to say of how. */
function joined(last: Anchor | null, anchor: Anchor): Anchor {
  if (last === null || last.from < anchor.from) return anchor;
  const isSaidOutright = last.join === 'locate' && anchor.join !== 'silence';
  const isMoved = last.join === 'jump' && anchor.join === 'on';
  return isSaidOutright || isMoved ? { ...anchor, join: last.join } : anchor;
}
