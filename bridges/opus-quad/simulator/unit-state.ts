/** State of a simulated unit: its decks, its clients, and packets on their way. */
import type { Ms } from '../../../src/core/clock.ts';
import { DECK_NUMBERS, type DeckNumber } from '../../../src/core/deck-report.ts';
import type { Endpoint } from '../../../src/network/network.ts';
import type { StatusValue } from '../layout.ts';
import type { UnitClient } from './peers.ts';
import type { Quirks } from './quirks.ts';
import { type DeckAction, EMPTY_DECK, type PlayheadTruth, type SimulatedDeck, truthAt } from './simulated-deck.ts';

/** Fixed settings of a simulated unit. */
export interface UnitSettings {
  /** Its own IPv4 address, and the broadcast address of its interface. */
  readonly address: string;
  readonly broadcast: string;
  readonly mac: string;
  /** Receiver of its keep-alives instead of everybody; null: broadcast. Needed on loopback, where no broadcast arrives. */
  readonly peer: string | null;
  readonly quirks: Quirks;
  /** Seed of its chances: the same seed gives the same bytes. */
  readonly seed: number;
}

export interface SimulatedUnit {
  readonly settings: UnitSettings;
  /** Seed of the next random number. */
  readonly seed: number;
  readonly decks: readonly SimulatedDeck[];
  /** The tempo master: exactly one as long as a track is loaded, else null. */
  readonly master: DeckNumber | null;
  /** Of each deck: raised above all others when it becomes master. */
  readonly syncNumbers: readonly number[];
  readonly streams: readonly DeckStream[];
  readonly peers: readonly UnitClient[];
  /** Numbers claimed to the end, as `address/number`. */
  readonly claimed: ReadonlySet<string>;
  readonly nextKeepAliveAt: Ms;
  readonly pushes: readonly DataPush[];
  readonly outbox: readonly PostedDatagram[];
  /** Time until which it neither sends nor hears; null: it is there. */
  readonly silentUntil: Ms | null;
  /** Silent because it restarts: acts do nothing. */
  readonly isOff: boolean;
}

/** The statuses and positions of one deck. */
export interface DeckStream {
  readonly counter: number;
  readonly shown: Omit<StatusValue, 'packetCounter'> | null;
  /** Time at which its content may have changed. */
  readonly changeAt: Ms;
  /** Before which a change is not told. */
  readonly floorAt: Ms;
  /** Time at which a status leaves in any case; infinity: nobody listens. */
  readonly refreshAt: Ms;
  /** `refreshAt` without its jitter. */
  readonly rasterAt: Ms;
  readonly positionAt: Ms;
}

export interface DataPush {
  readonly at: Ms;
  readonly deck: DeckNumber;
  /** Of the load it belongs to. */
  readonly loadedAt: Ms;
}

/** A datagram on its way out. `fromPort` null: a source port of its own, as real players use for all but keep-alives. */
export interface UnitDatagram {
  readonly to: Endpoint;
  readonly fromPort: number | null;
  readonly bytes: Uint8Array;
}

export interface PostedDatagram extends UnitDatagram {
  readonly at: Ms;
}

/** Act of the DJ, or an event of the unit. */
export type DjAction =
  | (DeckAction & { readonly deck: DeckNumber })
  /** On a deck that stands still only while none plays. */
  | { readonly kind: 'master'; readonly deck: DeckNumber }
  /** Its network is gone for a while; the music plays on. */
  | { readonly kind: 'silence'; readonly forMs: Ms }
  /** Off, and back with empty decks and no memory of anybody. */
  | { readonly kind: 'reboot'; readonly forMs: Ms };

export type UnitInput =
  | { readonly kind: 'datagram'; readonly from: Endpoint; readonly port: number; readonly bytes: Uint8Array }
  | { readonly kind: 'act'; readonly act: DjAction }
  | { readonly kind: 'wake' };

export interface UnitStepped {
  readonly state: SimulatedUnit;
  readonly send: readonly UnitDatagram[];
  readonly wakeAt: Ms;
}

/** The stream of a deck that nobody listens to. */
export const IDLE_STREAM: DeckStream = {
  ...{ counter: 0, shown: null, floorAt: 0 },
  ...{ changeAt: Infinity, refreshAt: Infinity, rasterAt: Infinity, positionAt: Infinity },
};

/** A unit that is switched on at `at`, with empty decks; its first keep-alive leaves with the first step. */
export function poweredUp(settings: UnitSettings, at: Ms): SimulatedUnit {
  return {
    settings,
    seed: settings.seed,
    decks: DECK_NUMBERS.map(() => EMPTY_DECK),
    master: null,
    syncNumbers: DECK_NUMBERS.map(() => 0),
    streams: DECK_NUMBERS.map(() => IDLE_STREAM),
    peers: [],
    claimed: new Set(),
    nextKeepAliveAt: at,
    pushes: [],
    outbox: [],
    silentUntil: null,
    isOff: false,
  };
}

/** Tells the truth of each deck at a moment, not before the last act. */
export const truths = (unit: SimulatedUnit, at: Ms): readonly ({ readonly deck: DeckNumber } & PlayheadTruth)[] =>
  DECK_NUMBERS.map((deck, i) => ({ deck, ...truthAt(unit.decks[i] ?? EMPTY_DECK, at) }));
