/**
 * The state feed: what is so, one address per fact, for people who want no rules.
 *
 * Facts that change now and then are told at the moment they do. Those that move all the time are told together, at most
 * once in the time that the feed is given, and once more after they have stopped.
 */
import type { Ms } from '../clock.ts';
import { type Deck, type DeckKey, followedUntil, STALE_AFTER_MS } from '../deck/deck.ts';
import { deckByNumber, decksForRules, masterOf, onAir, type Show } from '../deck/decks.ts';
import { type Line, placeAt, timeOfPlace } from '../deck/line.ts';
import { DECK_NUMBERS } from '../deck-report.ts';
import type { FeedEntry } from '../profile.ts';
import { type DeckScope, deckScope, scopeOf } from '../rules/fact-values.ts';
import { type Filled, fill } from '../rules/template.ts';
import { type Track, toBeat, toCoordinate } from '../track/track.ts';
import {
  FEED,
  FEED_TEMPO,
  type FeedValue,
  feedValueOf,
  MASTER_DECK,
  MASTER_TEMPO,
  UNKNOWN_FEED_VALUE,
} from './feed-facts.ts';

/** What has been told of a deck or of the master; its own facts by their place in FEED. */
interface Subject {
  /** As last looked at. */
  readonly seen: Seen;
  /** undefined: not told yet. */
  readonly told: readonly (number | string | undefined)[];
  /** When its facts may be others though nothing was heard of it. */
  readonly dueAt: Ms;
  /** Some of its facts move with time. */
  readonly moves: boolean;
  /** A fact that moves has another value than was told. */
  readonly isBehind: boolean;
}

/** All that a deck's facts follow from, but for the time. */
interface Seen {
  readonly deck: Deck | null;
  readonly isOnAir: boolean | null;
  readonly isHeard: boolean;
}

export interface FeedState {
  /** By the beginning of their addresses: `/decklight/deck/1`. */
  readonly subjects: ReadonlyMap<string, Subject>;
  readonly masterDeck: number | undefined;
  readonly masterTempo: number | string | undefined;
  /** When those that move were last told. */
  readonly movedAt: Ms;
  /** The tempo line in the console's words, and when it was told. */
  readonly tempo: { readonly told: Filled | null; readonly at: Ms; readonly isBehind: boolean };
  /** The decks that rules hear, and what they were found in. */
  readonly hearing: {
    readonly decks: Show['decks'];
    readonly units: Show['units'];
    readonly keys: ReadonlySet<DeckKey>;
  } | null;
}

/** Nothing has been told. */
export const NO_FEED: FeedState = {
  subjects: new Map(),
  masterDeck: undefined,
  masterTempo: undefined,
  movedAt: -Infinity,
  tempo: { told: null, at: -Infinity, isBehind: false },
  hearing: null,
};

export interface Fed {
  readonly state: FeedState;
  readonly told: readonly FeedValue[];
  /** What to tell the console of the tempo; null: nothing new, or not known. */
  readonly tempo: Filled | null;
  /** When to ask again if nothing is heard before; null: only then. */
  readonly wakeAt: Ms | null;
}

/** At the very time of a beat the playhead counts as being on it, whatever the rounding of doubles says. */
const SAME_MOMENT_MS: Ms = 1e-3;

/** What a feed is asked at one moment. */
export interface FeedQuestion {
  readonly entry: FeedEntry;
  readonly show: Show;
  readonly at: Ms;
  /** Everything is told again, in the order of the table, whether it has changed or not. */
  readonly isAll: boolean;
}

/** A question with what follows from it once for all decks. */
interface FeedTurn extends FeedQuestion {
  readonly audible: ReadonlySet<DeckKey>;
  /** Facts that move may be told now. */
  readonly isTurn: boolean;
}

/** One deck as looked at in a turn. */
interface Looked {
  readonly subject: Subject;
  readonly told: readonly FeedValue[];
  /** It was looked at again, and not just found to be as before. */
  readonly isAnew: boolean;
  readonly hasMoved: boolean;
}

/**
 * Finds what has to be told now.
 *
 * Only decks are looked at again that were heard of, or whose next beat, silence or turn has come.
 */
export function feed(question: FeedQuestion, before: FeedState): Fed {
  const { entry, show, at, isAll } = question;
  const hearing =
    before.hearing?.decks === show.decks && before.hearing.units === show.units
      ? before.hearing
      : { decks: show.decks, units: show.units, keys: decksForRules(show).keys };
  const turn: FeedTurn = { ...question, audible: hearing.keys, isTurn: isAll || at >= before.movedAt + entry.everyMs };
  const told: FeedValue[] = [];
  const subjects = new Map<string, Subject>();
  let hasLooked = isAll;
  let hasMoved = false;
  const look = (prefix: string, deck: Deck | null): Subject => {
    const looked = lookAt(turn, prefix, deck, before.subjects.get(prefix));
    told.push(...looked.told);
    subjects.set(prefix, looked.subject);
    hasLooked ||= looked.isAnew;
    hasMoved ||= looked.hasMoved;
    return looked.subject;
  };

  for (const number of DECK_NUMBERS) {
    const deck = deckByNumber(show, number);
    if (deck !== null) look(`/decklight/deck/${number}`, deck);
  }
  const master = masterOf(show);
  const masterDeck = master?.ref.number ?? (UNKNOWN_FEED_VALUE.int as number);
  if (isAll || masterDeck !== before.masterDeck) {
    told.push({ address: MASTER_DECK.address, type: 'int', value: masterDeck });
  }
  const masterTempo = look('/decklight/master', master).told[FEED_TEMPO];
  if (masterTempo !== undefined && (isAll || masterTempo !== before.masterTempo)) {
    told.push({ address: MASTER_TEMPO.address, type: 'float', value: masterTempo });
  }

  const movedAt = hasMoved ? at : before.movedAt;
  const line = tempoLine(question, before.tempo, hasLooked);
  const state: FeedState = { subjects, masterDeck, masterTempo, movedAt, tempo: line.state, hearing };
  return { state, told, tempo: line.message, wakeAt: wakeAt(entry, state) };
}

/** @param last the same deck in the turn before; undefined: it has none */
function lookAt(turn: FeedTurn, prefix: string, deck: Deck | null, last: Subject | undefined): Looked {
  const { show, at, audible, isTurn, isAll } = turn;
  const seen: Seen = {
    deck,
    isOnAir: deck === null ? null : onAir(show, deck),
    isHeard: deck !== null && audible.has(deck.key),
  };
  const isWaiting = last !== undefined && isSameSeen(last.seen, seen) && at < last.dueAt;
  if (isWaiting && !isAll && !(isTurn && (last.moves || last.isBehind))) {
    return { subject: last, told: [], isAnew: false, hasMoved: false };
  }
  const scope = deckScope(show, deck, at + SAME_MOMENT_MS, seen.isHeard);
  const news = newsOf(turn, prefix, scope, last?.told ?? []);
  const moves = deck !== null && isMoving(deck, at);
  const subject = { seen, told: news.values, dueAt: dueOf(deck, at), moves, isBehind: news.isBehind };
  return { subject, told: news.told, isAnew: true, hasMoved: isTurn && (moves || news.hasMoved) };
}

const isSameSeen = (a: Seen, b: Seen): boolean =>
  a.deck === b.deck && a.isOnAir === b.isOnAir && a.isHeard === b.isHeard;

/** Compares the facts of a subject with what was told of it. */
function newsOf(
  { isTurn, isAll }: FeedTurn,
  prefix: string,
  scope: DeckScope,
  last: Subject['told'],
): { told: readonly FeedValue[]; values: Subject['told']; hasMoved: boolean; isBehind: boolean } {
  const told: FeedValue[] = [];
  let hasMoved = false;
  let isBehind = false;
  const values = FEED.map((fact, i) => {
    const value = feedValueOf(fact, fact.value(scope));
    const isNew = value !== last[i];
    if (!isNew && !isAll) return value;
    if (fact.moves && !isTurn) {
      isBehind = true;
      return last[i];
    }
    if (fact.moves) hasMoved = true;
    told.push({ address: `${prefix}/${fact.name}`, type: fact.type, value });
    return value;
  });
  return { told, values, hasMoved, isBehind };
}

/** Whether the position of a deck, or its error, changes with time alone. */
const isMoving = ({ line, track, reportedAt }: Deck, at: Ms): boolean =>
  line !== null && track !== null && line.rate !== 0 && at < reportedAt + STALE_AFTER_MS;

/** When a deck comes to its next beat or is found to be silent; Infinity: never by itself. Backwards, its turns are enough. */
function dueOf(deck: Deck | null, at: Ms): Ms {
  if (deck === null) return Infinity;
  const staleAt = deck.reportedAt + STALE_AFTER_MS;
  const { line, track } = deck;
  const isForward = line !== null && track !== null && line.rate > 0;
  const beatAt = isForward ? Math.min(nextBeatAt(deck, line, track, at), nextCueAt(deck, line, track, at)) : Infinity;
  return Math.min(beatAt, staleAt > at ? staleAt : Infinity);
}

function nextBeatAt(deck: Deck, line: Line, track: Track, at: Ms): Ms {
  const beat = toBeat(track, line.coordinate, placeAt(line, followedUntil(deck, at + SAME_MOMENT_MS)));
  const place = beat === null ? null : toCoordinate(track, line.coordinate, Math.floor(beat) + 1);
  const time = place === null ? null : timeOfPlace(line, place);
  return time === null || time <= at || time > followedUntil(deck, Infinity) ? Infinity : time;
}

function nextCueAt(deck: Deck, line: Line, { known }: Track, at: Ms): Ms {
  if (known.cuePoints.length === 0) return Infinity;
  const now = placeAt(line, followedUntil(deck, at + SAME_MOMENT_MS));
  for (const { positionMs } of known.cuePoints) {
    const place = line.coordinate === 'ms' ? positionMs : (known.grid?.beatOfMs(positionMs) ?? null);
    if (place === null || place <= now) continue;
    const time = timeOfPlace(line, place);
    return time === null || time <= at || time > followedUntil(deck, Infinity) ? Infinity : time;
  }
  return Infinity;
}

/** The tempo line: told when it comes out another, at most once in the feed's time. */
function tempoLine(
  { entry: { tempo, everyMs }, show, at, isAll }: FeedQuestion,
  before: FeedState['tempo'],
  hasLooked: boolean,
): { readonly state: FeedState['tempo']; readonly message: Filled | null } {
  const mayTell = isAll || at >= before.at + everyMs;
  if (tempo === null || !(hasLooked || (before.isBehind && mayTell))) return { state: before, message: null };
  const filling = fill(tempo.message, scopeOf(show, { deck: null }, tempo.roots, at + SAME_MOMENT_MS));
  const isNews = filling.ok && (isAll || !isSame(filling.value, before.told));
  if (!isNews) return { state: { ...before, isBehind: false }, message: null };
  if (!mayTell) return { state: { ...before, isBehind: true }, message: null };
  return { state: { told: filling.value, at, isBehind: false }, message: filling.value };
}

/** Whether two filled messages say the same. */
function isSame(a: Filled, b: Filled): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  const keys = Object.keys(a);
  const items = a as Readonly<Record<string, Filled>>;
  const others = b as Readonly<Record<string, Filled>>;
  return keys.length === Object.keys(b).length && keys.every(key => key in b && isSame(items[key], others[key]));
}

function wakeAt({ everyMs }: FeedEntry, { subjects, movedAt, tempo }: FeedState): Ms | null {
  let next = tempo.isBehind ? tempo.at + everyMs : Infinity;
  for (const { dueAt, moves, isBehind } of subjects.values()) {
    next = Math.min(next, dueAt, moves || isBehind ? movedAt + everyMs : Infinity);
  }
  return Number.isFinite(next) ? next : null;
}
