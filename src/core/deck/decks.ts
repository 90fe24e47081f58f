/** The state of the show: all decks of all units, and what is known beside them. */

import { assertNever } from '../assert-never.ts';
import type { DeckNumber, DeckRef } from '../deck-report.ts';
import type { Input } from '../events.ts';
import { type LearnedFacts, withLearned } from '../track/track-book.ts';
import { type Evidence, numberTrouble } from '../track/track-identity.ts';
import { type Knowledge, type Known, know, NO_KNOWLEDGE } from '../track/track-knowledge.ts';
import { type Deck, type DeckKey, deckKey, emptyDeck, learntGridOf, reduceStructure, relearnDeck } from './deck.ts';
import { reducePosition } from './deck-from-position.ts';
import { reduceReport } from './deck-from-status.ts';

export interface Show {
  readonly decks: ReadonlyMap<DeckKey, Deck>;
  readonly units: ReadonlyMap<string, UnitState>;
  /** What there is to be known of tracks. */
  readonly knowledge: Knowledge;
}

export interface UnitState {
  /** Some deck of it has once been seen on air: only then does "not on air" mean anything. */
  readonly reportsOnAir: boolean;
}

export const EMPTY_SHOW: Show = { decks: new Map(), units: new Map(), knowledge: NO_KNOWLEDGE };

const UNMET: UnitState = { reportsOnAir: false };

/** The show after an event. The same event twice changes nothing the second time but what time itself changes. */
export function reduce(show: Show, { event, stamp }: Input): Show {
  const knowIt = (evidence: Evidence): Known => know(show.knowledge, evidence);
  switch (event.kind) {
    case 'unit.found':
    case 'unit.lost':
      // The decks of a unit that is gone stay as last seen, and are stale: a pulled cable must not empty the stage.
      return show;
    case 'deck.report': {
      const next = taught(show, event.deck, deck => reduceReport(deck, event.report, stamp, knowIt));
      return event.report.flags?.isOnAir === true ? withUnit(next, event.deck.unit, { reportsOnAir: true }) : next;
    }
    case 'deck.position':
      return taught(show, event.deck, deck => reducePosition(deck, event, stamp, knowIt));
    case 'deck.structure':
      return taught(show, event.deck, deck => reduceStructure(deck, event, knowIt));
    case 'deck.artwork':
    case 'operator.act':
    case 'control':
    case 'show':
    case 'bridge.ready':
    case 'bridge.state':
    case 'cue.unsent':
      // Hands and outputs are no state of the decks.
      return show;
    default:
      return assertNever(event);
  }
}

/** A deck after an event, and the track book with what that has taught. */
function taught(show: Show, ref: DeckRef, change: (deck: Deck) => Deck): Show {
  const key = deckKey(ref);
  const before = show.decks.get(key) ?? null;
  const next = withDeck(show, ref, change);
  const after = next.decks.get(key) ?? null;
  const { book } = show.knowledge;
  const learned = after === null || after === before ? null : lessonOf(before, after);
  const learnt = learned === null ? book : withLearned(book, learned);
  if (learnt === book) return next;
  const knowledge = { ...show.knowledge, book: learnt };
  const known = withDeck(next, ref, deck => relearnDeck(deck, evidence => know(knowledge, evidence)));
  return { ...known, knowledge };
}

/** What a deck teaches now that it did not before; null: nothing. */
function lessonOf(before: Deck | null, after: Deck): LearnedFacts | null {
  const { track } = after;
  if (track === null) return null;
  // What has no number of its own teaches nothing of the one that has.
  if (numberTrouble(track.said) !== null) return null;
  const { id, tempoBpm, lengthS, structure, fingerprint } = track.said;
  const last = before?.track?.id === id ? before : null;
  const hasNews = last?.track?.said !== track.said && structure !== undefined && tempoBpm !== null;
  const grid = last !== null && after.clues !== last.clues && learntGridOf(last) === null ? learntGridOf(after) : null;
  const isUnsteady = after.clues?.isUnsteady === true && last?.clues?.isUnsteady !== true;
  if (!hasNews && grid === null && !isUnsteady) return null;
  const facts = { id, tempoBpm, lengthS, structure, fingerprint: fingerprint ?? null, grid };
  return isUnsteady ? { ...facts, isUnsteady } : facts;
}

function withUnit(show: Show, name: string, change: Partial<UnitState>): Show {
  const before = show.units.get(name) ?? UNMET;
  const isSame = Object.entries(change).every(([key, value]) => before[key as keyof UnitState] === value);
  return isSame ? show : { ...show, units: new Map(show.units).set(name, { ...before, ...change }) };
}

function withDeck(show: Show, ref: DeckRef, change: (deck: Deck) => Deck): Show {
  const key = deckKey(ref);
  const before = show.decks.get(key) ?? emptyDeck(ref);
  const after = change(before);
  return after === before && show.decks.has(key) ? show : { ...show, decks: new Map(show.decks).set(key, after) };
}

/** The show with other knowledge of its tracks, after a reload: titles and grids change, playheads do not. */
export function relearn(show: Show, knowledge: Knowledge): Show {
  const decks = new Map(
    [...show.decks].map(([key, deck]) => [key, relearnDeck(deck, evidence => know(knowledge, evidence))]),
  );
  return { ...show, knowledge, decks };
}

/** The show without some units, by the names of their bridges: nobody will hear of their decks again. */
export function withoutUnits(show: Show, gone: ReadonlySet<string>): Show {
  if (gone.size === 0) return show;
  const decks = new Map([...show.decks].filter(([, { ref }]) => !gone.has(ref.unit)));
  const units = new Map([...show.units].filter(([name]) => !gone.has(name)));
  return { ...show, decks, units };
}

/** Whether a deck is on air; null: its unit has never reported it of any deck, so nobody knows. */
export function onAir(show: Show, deck: Deck): boolean | null {
  return show.units.get(deck.ref.unit)?.reportsOnAir === true ? deck.isOnAirLamp : null;
}

/** How the decks that rules hear were found, for the status line. */
export type AudibleBy = 'on-air' | 'master' | 'longest-playing' | 'none';

/**
 * The decks that rules hear unless they say `decks: any`: those on air. Of units that do not report on air, taken together, the
 * master; without one, the deck that has played longest.
 */
export function decksForRules(show: Show): { readonly by: AudibleBy; readonly keys: ReadonlySet<DeckKey> } {
  const keys = new Set<DeckKey>();
  let by: AudibleBy = 'none';
  const silent: Deck[] = [];
  for (const deck of show.decks.values()) {
    const isOnAir = onAir(show, deck);
    if (isOnAir === null) silent.push(deck);
    else if (isOnAir) {
      keys.add(deck.key);
      by = 'on-air';
    }
  }
  const master = silent.find(deck => deck.isMaster && deck.track !== null);
  const longest = silent.reduce<Deck | null>(
    (best, deck) =>
      deck.playingSince !== null && (best?.playingSince == null || deck.playingSince < best.playingSince) ? deck : best,
    null,
  );
  const stands = master ?? longest;
  if (stands !== null) {
    keys.add(stands.key);
    if (by === 'none') by = master === undefined ? 'longest-playing' : 'master';
  }
  return { by, keys };
}

/** The tempo master; null: none is loaded. */
export function masterOf(show: Show): Deck | null {
  for (const deck of show.decks.values()) if (deck.isMaster && deck.track !== null) return deck;
  return null;
}

/** The deck of a number, of the first unit that has one. */
export function deckByNumber(show: Show, number: DeckNumber): Deck | null {
  for (const deck of show.decks.values()) if (deck.ref.number === number) return deck;
  return null;
}
