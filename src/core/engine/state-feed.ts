/**
 * The state feed: what is so, one address per fact, for people who want no rules.
 *
 * Facts that change now and then are told at the moment they do. Those that move all the time are told together, at most
 * once in the time that the feed is given, and once more after they have stopped.
 */
import type { Ms } from '../clock.ts';
import { type Deck, type DeckKey, followedUntil, STALE_AFTER_MS } from '../deck/deck.ts';
import { deckByNumber, decksForRules, masterOf, onAir, type Show } from '../deck/decks.ts';
import { type Line, placeAt, timeOfPlace } from '../deck/position-estimator.ts';
import { DECK_NUMBERS } from '../deck-report.ts';
import type { FeedEntry } from '../profile.ts';
import type { Value } from '../rules/expression.ts';
import { type DeckScope, deckScope, scopeOf } from '../rules/fact-values.ts';
import { type Filled, fill } from '../rules/template.ts';
import { type Track, toBeat, toCoordinate } from '../track/track.ts';

/** A fact as it leaves. The type of an address never changes. */
export interface FeedValue {
  readonly address: string;
  readonly type: 'int' | 'float' | 'string';
  readonly value: number | string;
}

/** A fact that every deck has. */
export interface FeedFact {
  /** The last part of its address. */
  readonly name: string;
  readonly type: FeedValue['type'];
  readonly doc: string;
  /** It moves all the time, and so is told only every so often. */
  readonly moves: boolean;
  /** null: not known. Yes and no are told as 1 and 0. */
  value(deck: DeckScope): Value;
}

type Source = (deck: DeckScope) => Value;

const event = (name: string, type: FeedValue['type'], doc: string, value: Source): FeedFact => ({
  name,
  type,
  doc,
  moves: false,
  value,
});
const moving = (name: string, doc: string, value: Source): FeedFact => ({
  name,
  type: 'float',
  doc,
  moves: true,
  value,
});

/** Counts and places in front of the first beat are told as 0: there -1 would be taken for "not known". */
const fromZero = (value: Value): Value => (typeof value === 'number' ? Math.max(0, value) : null);
const whole = (value: Value): Value => (typeof value === 'number' ? Math.floor(value) : null);
const seconds = (value: Value): Value => (typeof value === 'number' ? value / 1000 : null);

/** What is told of each deck and of the master, in this order. */
export const FEED: readonly FeedFact[] = [
  event('loaded', 'int', '1: a track is loaded', deck => (deck.number === null ? null : deck.track.id !== null)),
  event('track', 'int', 'number of the track, as the unit gives it', deck => deck.track.id),
  event('title', 'string', 'title of the track', deck => deck.track.title),
  event('artist', 'string', 'artist of the track', deck => deck.track.artist),
  event(
    'confidence',
    'string',
    'how sure that is: `confirmed`, `assumed`, `mismatch`, `ambiguous` or `unknown`',
    deck => deck.track.confidence,
  ),
  event('playing', 'int', '1: the playhead runs', deck => deck.isPlaying),
  event('on-air', 'int', '1: on air', deck => deck.isOnAir),
  event('master', 'int', '1: tempo master', deck => deck.isMaster),
  event('heard', 'int', '1: among the decks that rules hear', deck => deck.isHeard),
  event(
    'state',
    'string',
    '`empty`, `loading`, `playing`, `paused`, `cued`, `searching`, `ended` or `unknown`',
    deck => deck.playState,
  ),
  event('track-tempo', 'float', 'tempo as analysed, in BPM', deck => deck.track.tempoBpm),
  event('pitch', 'float', 'the fader, in percent; 0 without a track', deck => deck.pitchPercent ?? 0),
  event(
    'phrase',
    'string',
    '`intro`, `verse`, `up`, `down`, `bridge`, `chorus`, `outro` or `unknown`',
    deck => deck.phrase.kind,
  ),
  event('phrase-label', 'string', 'the phrase as rekordbox shows it: `Chorus 2`', deck => deck.phrase.label),
  event('phrase-index', 'int', 'place of the phrase in the track, from 1', deck => deck.phrase.index),
  event('beats-left', 'int', 'beats to the end of the phrase', deck => deck.phrase.beatsLeft),
  event('fill', 'int', '1: in the fill of the phrase', deck => deck.phrase.isFill),
  event('beat', 'int', 'beat of the track, from 1; 0 before the first', deck => fromZero(whole(deck.beat))),
  event('beat-in-bar', 'int', '1 to 4', deck => deck.beatInBar),
  event('bar', 'int', 'bar of the track, from 1; 0 before the first', deck => fromZero(deck.bar)),
  event('cue-point', 'string', 'the cue point passed last: `hot cue A`, `memory cue 2`', deck => deck.cuePoint),
  event('cue-point-name', 'string', 'what the DJ has called it', deck => deck.cuePointName),
  event('cue-point-colour', 'string', '`#ff0040`, or a colour of memory cues: `pink`', deck => deck.cuePointColour),
  event('stale', 'int', '1: no report for a second', deck => deck.isStale),
  moving('tempo', 'effective tempo, in BPM', deck => deck.tempoBpm),
  moving('position', 'place in the track, in seconds', deck => fromZero(seconds(deck.positionMs))),
  moving('uncertainty', 'how far that may be wrong either way, in seconds; not known of a stale deck', deck =>
    // It would grow for ever, and be told for ever.
    deck.isStale === true ? null : seconds(deck.uncertaintyMs),
  ),
];

/** What is told once, of the tempo master; its facts follow under `/decklight/master`. */
export const MASTER_DECK = { address: '/decklight/master/deck', doc: 'which deck is tempo master, 1 to 4' } as const;
export const MASTER_TEMPO = { address: '/decklight/tempo', doc: "the tempo master's effective tempo, in BPM" } as const;

const TEMPO = FEED.findIndex(({ name }) => name === 'tempo');

/** What stands for a value that is not known. */
const UNKNOWN: Readonly<Record<FeedValue['type'], number | string>> = { int: -1, float: -1, string: '' };

function toldValue({ type }: { readonly type: FeedValue['type'] }, value: Value): number | string {
  if (value === null || Number.isNaN(value)) return UNKNOWN[type];
  return typeof value === 'boolean' ? Number(value) : value;
}

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

/**
 * What has to be told now.
 *
 * Only decks are looked at again that were heard of, or whose next beat, silence or turn has come.
 *
 * @param isAll everything again, in the order of the table, whether it has changed or not
 */
export function feed(entry: FeedEntry, before: FeedState, show: Show, at: Ms, isAll: boolean): Fed {
  const hearing =
    before.hearing?.decks === show.decks && before.hearing.units === show.units
      ? before.hearing
      : { decks: show.decks, units: show.units, keys: decksForRules(show).keys };
  const isTurn = isAll || at >= before.movedAt + entry.everyMs;
  const told: FeedValue[] = [];
  const subjects = new Map<string, Subject>();
  let hasLooked = isAll;
  let hasMoved = false;

  function look(prefix: string, deck: Deck | null): Subject {
    const seen: Seen = {
      deck,
      isOnAir: deck === null ? null : onAir(show, deck),
      isHeard: deck !== null && hearing.keys.has(deck.key),
    };
    const last = before.subjects.get(prefix);
    const isWaiting = last !== undefined && isSameSeen(last.seen, seen) && at < last.dueAt;
    if (isWaiting && !isAll && !(isTurn && (last.moves || last.isBehind))) {
      subjects.set(prefix, last);
      return last;
    }
    hasLooked = true;
    const said = say(prefix, deckScope(show, deck, at + SAME_MOMENT_MS, seen.isHeard), last?.told ?? [], isTurn, isAll);
    told.push(...said.told);
    const moves = deck !== null && isMoving(deck, at);
    if (isTurn && (moves || said.hasMoved)) hasMoved = true;
    const subject = { seen, told: said.values, dueAt: dueOf(deck, at), moves, isBehind: said.isBehind };
    subjects.set(prefix, subject);
    return subject;
  }

  for (const number of DECK_NUMBERS) {
    const deck = deckByNumber(show, number);
    if (deck !== null) look(`/decklight/deck/${number}`, deck);
  }
  const master = masterOf(show);
  const masterDeck = master?.ref.number ?? (UNKNOWN.int as number);
  if (isAll || masterDeck !== before.masterDeck) {
    told.push({ address: MASTER_DECK.address, type: 'int', value: masterDeck });
  }
  const { told: ofMaster } = look('/decklight/master', master);
  const masterTempo = ofMaster[TEMPO];
  if (masterTempo !== undefined && (isAll || masterTempo !== before.masterTempo)) {
    told.push({ address: MASTER_TEMPO.address, type: 'float', value: masterTempo });
  }

  const movedAt = hasMoved ? at : before.movedAt;
  const line = tempoLine(entry, before.tempo, show, at, hasLooked, isAll);
  const state: FeedState = { subjects, masterDeck, masterTempo, movedAt, tempo: line.state, hearing };
  return { state, told, tempo: line.message, wakeAt: wakeAt(entry, state) };
}

const isSameSeen = (a: Seen, b: Seen): boolean =>
  a.deck === b.deck && a.isOnAir === b.isOnAir && a.isHeard === b.isHeard;

/** Compares the facts of a subject with what was told of it. */
function say(
  prefix: string,
  scope: DeckScope,
  last: Subject['told'],
  isTurn: boolean,
  isAll: boolean,
): { told: readonly FeedValue[]; values: Subject['told']; hasMoved: boolean; isBehind: boolean } {
  const told: FeedValue[] = [];
  let hasMoved = false;
  let isBehind = false;
  const values = FEED.map((fact, i) => {
    const value = toldValue(fact, fact.value(scope));
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
  { tempo, everyMs }: FeedEntry,
  before: FeedState['tempo'],
  show: Show,
  at: Ms,
  hasLooked: boolean,
  isAll: boolean,
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
