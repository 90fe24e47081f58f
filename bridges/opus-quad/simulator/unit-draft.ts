/** A step of the simulated unit in the making: its state, its luck, and what leaves it. */
import type { Ms } from '../../../src/core/clock.ts';
import type { DeckNumber } from '../../../src/core/deck-report.ts';
import { seededRandom } from '../../../src/core/random.ts';
import type { Endpoint } from '../../../src/network/network.ts';
import { PORTS } from '../layout.ts';
import type { UnitClient } from './peers.ts';
import type { Span } from './quirks.ts';
import { EMPTY_DECK, type SimulatedDeck } from './simulated-deck.ts';
import type { PostedDatagram, SimulatedUnit, UnitDatagram } from './unit-state.ts';

/** Long enough to be overtaken by the next status in every mode. */
const OVERTAKEN_MS: Span = { min: 20, max: 220 };

/** A copy of the state that one step may write to. */
export type UnitDraft = { -readonly [K in keyof SimulatedUnit]: SimulatedUnit[K] } & {
  readonly random: () => number;
  readonly sent: UnitDatagram[];
  drawn: number;
};

/** The draft of a step. */
export function unitDraft(state: SimulatedUnit): UnitDraft {
  const next = seededRandom(state.seed);
  const draft: UnitDraft = {
    ...state,
    sent: [],
    drawn: 0,
    random: () => {
      draft.drawn++;
      return next();
    },
  };
  return draft;
}

/** A random length of time within a span. */
export const drawnWithin = (draft: UnitDraft, { min, max }: Span): number =>
  min === max ? min : min + draft.random() * (max - min);
/** Draws whether an event happens that happens in this share of cases. */
export const happens = (draft: UnitDraft, share: number): boolean => share > 0 && draft.random() < share;

/** The list with one value replaced. */
export const replaced = <T>(list: readonly T[], index: number, value: T): readonly T[] =>
  list.map((each, i) => (i === index ? value : each));

/** A deck by its number. */
export const deckOf = (draft: SimulatedUnit, deck: DeckNumber): SimulatedDeck => draft.decks[deck - 1] ?? EMPTY_DECK;

/** Hands a datagram to the network of this unit, which may lose, double or delay it. */
export function post(draft: UnitDraft, { at: due, ...datagram }: PostedDatagram, at: Ms): void {
  const { drop, duplicate, reorder, delayMs } = draft.settings.quirks;
  if (happens(draft, drop)) return;
  for (let copies = happens(draft, duplicate) ? 2 : 1; copies > 0; copies--) {
    const time = due + drawnWithin(draft, delayMs) + (happens(draft, reorder) ? drawnWithin(draft, OVERTAKEN_MS) : 0);
    if (time <= at) draft.sent.push(datagram);
    else draft.outbox = [...draft.outbox, { ...datagram, at: time }];
  }
}

/** Sends what was held back until now. */
export function flush(draft: UnitDraft, at: Ms): void {
  if (draft.outbox.length === 0) return;
  const due = draft.outbox.filter(posted => posted.at <= at).sort((a, b) => a.at - b.at);
  draft.outbox = draft.outbox.filter(posted => posted.at > at);
  for (const { to, fromPort, bytes } of due) draft.sent.push({ to, fromPort, bytes });
}

/** Gives the endpoint at which a client hears statuses and data. */
export const statusPortOf = (peer: UnitClient): Endpoint => ({ address: peer.address, port: PORTS.status });
