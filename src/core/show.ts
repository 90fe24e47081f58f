/** The state of the show: all decks of all units, and what is known beside them. */
import {
  type Deck,
  type DeckKey,
  deckKey,
  emptyDeck,
  reducePosition,
  reduceReport,
  reduceStructure,
  relearnDeck,
} from './deck.ts';
import { assertNever, type DeckNumber, type DeckRef, type Input, type KnownTrack } from './events.ts';

export interface Show {
  readonly decks: ReadonlyMap<DeckKey, Deck>;
  readonly units: ReadonlyMap<string, Unit>;
  /** Tracks that the profile or a media library knows, by id. */
  readonly known: ReadonlyMap<number, KnownTrack>;
}

export interface Unit {
  /** Some deck of it has once been seen on air: only then does "not on air" mean anything. */
  readonly reportsOnAir: boolean;
}

export const EMPTY_SHOW: Show = { decks: new Map(), units: new Map(), known: new Map() };

const UNMET: Unit = { reportsOnAir: false };

/** The show after an event. The same event twice changes nothing the second time but what time itself changes. */
export function reduce(show: Show, { event, stamp }: Input): Show {
  const known = (trackId: number): KnownTrack | null => show.known.get(trackId) ?? null;
  switch (event.kind) {
    case 'unit.found':
    case 'unit.lost':
      // The decks of a unit that is gone stay as last seen, and are stale: a pulled cable must not empty the stage.
      return show;
    case 'deck.report': {
      const next = withDeck(show, event.deck, deck => reduceReport(deck, event.report, stamp, known));
      return event.report.flags?.isOnAir === true ? withUnit(next, event.deck.unit, { reportsOnAir: true }) : next;
    }
    case 'deck.position':
      return withDeck(show, event.deck, deck => reducePosition(deck, event.positionMs, event.pitchSpeed, stamp));
    case 'deck.structure':
      return withDeck(show, event.deck, deck => reduceStructure(deck, event.trackId, event.structure));
    case 'deck.artwork':
    case 'operator.act':
    case 'bridge.ready':
      // Hands and outputs are no state of the decks.
      return show;
    default:
      return assertNever(event);
  }
}

function withUnit(show: Show, name: string, change: Partial<Unit>): Show {
  const before = show.units.get(name) ?? UNMET;
  const isSame = Object.entries(change).every(([key, value]) => before[key as keyof Unit] === value);
  return isSame ? show : { ...show, units: new Map(show.units).set(name, { ...before, ...change }) };
}

function withDeck(show: Show, ref: DeckRef, change: (deck: Deck) => Deck): Show {
  const key = deckKey(ref);
  const before = show.decks.get(key) ?? emptyDeck(ref);
  const after = change(before);
  return after === before && show.decks.has(key) ? show : { ...show, decks: new Map(show.decks).set(key, after) };
}

/** The show with other knowledge of its tracks, after a reload: titles and grids change, playheads do not. */
export function relearn(show: Show, known: ReadonlyMap<number, KnownTrack>): Show {
  const decks = new Map([...show.decks].map(([key, deck]) => [key, relearnDeck(deck, id => known.get(id) ?? null)]));
  return { ...show, known, decks };
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
export type Hearing = 'on-air' | 'master' | 'longest-playing' | 'none';

/**
 * The decks that rules hear unless they say `decks: any`: those on air. Of units that do not report on air, taken together, the
 * master; without one, the deck that has played longest.
 */
export function heard(show: Show): { readonly by: Hearing; readonly keys: ReadonlySet<DeckKey> } {
  const keys = new Set<DeckKey>();
  let by: Hearing = 'none';
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
