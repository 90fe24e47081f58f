/** State of the session: the unit as last heard, the work under way for each deck, and the counts. */
import type { Ms } from '../../../src/core/clock.ts';
import type { DeckNumber } from '../../../src/core/deck-report.ts';
import { type Interface, type InterfaceAbsence, isLoopback } from '../../../src/network/network.ts';
import type { DeviceSigns, UnitModel } from '../models.ts';
import { type DataFragments, NO_DATA_FRAGMENTS } from './data-fragments.ts';
import type { CheckedRoute } from './interface-route.ts';
import { freeAt, type LightingTurn, listenMs, NO_TURN, type RivalPolicy } from './lighting-turn.ts';
import { NO_VIRTUAL_PLAYER, type VirtualPlayer, WATCH_MS } from './player-mode.ts';
import type { TrackKindPolicy } from './status-report.ts';
import { type UnitQuirks, USUAL_UNIT_QUIRKS } from './unit-quirks.ts';

/** Status that stops for this long is asked for again. */
export const STATUS_PATIENCE_MS: Ms = 1000;

/** The unit needs this much silence to take the same address for something else [D BLT]. */
export const BETWEEN_MODES_MS: Ms = 20_000;
/** A program that has joined and gets no status for this long is taken by the unit for something else, and starts anew. */
export const UNANSWERED_MS: Ms = 10_000;
/** A unit that still takes this address for a player sends it a position every 30 ms [D]: they are awaited this long. */
const AWAIT_POSITION_MS: Ms = 200;

/** Way of joining: `lighting` as rekordbox's lighting does, `cdj` as a player. */
export type Mode = 'lighting' | 'cdj';

export interface SessionOptions {
  /** The unit's name in the profile, under which its decks are reported. */
  readonly unit: string;
  /** Address of our interface. */
  readonly interface: 'auto' | string;
  /** Address of the unit. */
  readonly unitAddress: 'auto' | string;
  readonly computerName: string;
  readonly mode: Mode;
  readonly model: UnitModel;
  readonly onRival: RivalPolicy;
  readonly trackKind: TrackKindPolicy;
  readonly quirks: UnitQuirks;
}

/** Options unless the profile says otherwise. */
export const USUAL_OPTIONS = {
  interface: 'auto',
  unitAddress: 'auto',
  model: 'opus-quad',
  onRival: 'stay',
  trackKind: 'trusted',
  quirks: USUAL_UNIT_QUIRKS,
} as const satisfies Partial<SessionOptions>;

/** By what a unit is known again. */
export interface UnitSigns {
  readonly name: string;
  readonly address: string;
  /** From its keep-alive; null: it has not said one. */
  readonly mac: string | null;
}

/** The unit as last heard. */
export interface JoinedUnit extends UnitSigns {
  readonly metAt: Ms;
  readonly heardAt: Ms;
  readonly statusAt: Ms | null;
  readonly requestDueAt: Ms;
  readonly requestedAt: Ms | null;
}

/** A request for the song structure of a track. */
export interface Ask {
  /** Number of tries so far. */
  readonly tries: number;
  /** Time of the next try. */
  readonly dueAt: Ms;
}

/** Work under way for a deck. */
export interface DeckTalk {
  readonly trackId: number | null;
  /** The request for its song structure that is under way; null: none. */
  readonly ask: Ask | null;
  readonly counter: number;
  readonly counterRises: number;
  /** The least it has risen by from one status to the next; Infinity: it has not. */
  readonly counterStep: number;
  readonly statusAt: Ms;
}

/** The last position of a deck, to know a copy of it by. */
export interface LastPosition {
  readonly playheadMs: Ms;
  readonly at: Ms;
}

export interface SessionCounts {
  readonly received: number;
  readonly sent: number;
  /** Not DJ Link, broken, or of a type nobody has described. */
  readonly refused: number;
  /** Well-formed, of another device or of no use to us. */
  readonly ignored: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  readonly lengthMismatches: number;
}

export interface SessionState {
  readonly options: SessionOptions;
  readonly mode: Mode;
  readonly interfaces: readonly Interface[];
  /** Since when there has been an interface to hear through; null: there is none. */
  readonly watchedSince: Ms | null;
  readonly hasSpoken: boolean;
  /** Packets that the unit sent us before our first word: it remembers this address from an earlier run. */
  readonly servedBefore: { readonly status: boolean; readonly positions: boolean };
  /** Time until which we send nothing; in the past: we may speak. */
  readonly restUntil: Ms;
  readonly unit: JoinedUnit | null;
  /** Our first keep-alive to this unit; null: none yet. */
  readonly joinedAt: Ms | null;
  readonly keepAliveDueAt: Ms;
  /** Our number among players, in mode cdj. */
  readonly player: VirtualPlayer;
  /** Other units on the network, passed over while ours was there. */
  readonly strangers: ReadonlySet<string>;
  /** Route to the unit, or the reason why there is none; null: nobody has looked. */
  readonly way: CheckedRoute | null;
  /** The interface by which it was last reached, and why that one is not listed should it be missing. */
  readonly reachedBy: Interface | null;
  readonly absence: InterfaceAbsence;
  /** The unit that was followed last, there or not; null: none yet. */
  readonly lastUnit: UnitSigns | null;
  /** Signs of other devices on the network, by address. */
  readonly devices: ReadonlyMap<string, DeviceSigns>;
  readonly decks: ReadonlyMap<DeckNumber, DeckTalk>;
  readonly positions: ReadonlyMap<DeckNumber, LastPosition>;
  readonly fragments: DataFragments;
  /** Turn to pose as rekordbox's lighting, in mode lighting. */
  readonly turn: LightingTurn;
  /** Moments of what was sent in the last second. */
  readonly sentAt: readonly Ms[];
  readonly counts: SessionCounts;
  /** Texts of notes already given, so that each is given once. */
  readonly said: ReadonlySet<string>;
  /** Moments of the news told in the last minute. */
  readonly newsAt: readonly Ms[];
  readonly isClosed: boolean;
}

const NO_COUNTS: SessionCounts = {
  received: 0,
  sent: 0,
  refused: 0,
  ignored: 0,
  duplicates: 0,
  outOfOrder: 0,
  lengthMismatches: 0,
};

export function openSession(options: SessionOptions): SessionState {
  return {
    options,
    mode: options.mode,
    interfaces: [],
    watchedSince: null,
    hasSpoken: false,
    servedBefore: { status: false, positions: false },
    restUntil: -Infinity,
    unit: null,
    joinedAt: null,
    keepAliveDueAt: 0,
    player: NO_VIRTUAL_PLAYER,
    strangers: new Set(),
    way: null,
    reachedBy: null,
    absence: 'unknown',
    lastUnit: null,
    devices: new Map(),
    decks: new Map(),
    positions: new Map(),
    fragments: NO_DATA_FRAGMENTS,
    turn: NO_TURN,
    sentAt: [],
    counts: NO_COUNTS,
    said: new Set(),
    newsAt: [],
    isClosed: false,
  };
}

/** From when on we may speak; infinity: there is no interface. */
export function quietUntil(state: SessionState): Ms {
  const { mode, watchedSince, hasSpoken, servedBefore, restUntil, player } = state;
  if (watchedSince === null) return Infinity;
  const { status, positions } = servedBefore;
  if (mode === 'lighting') return Math.max(restUntil, lightingQuietUntil(state, watchedSince));
  if (player.number !== null) return restUntil;
  const isKnownAsLighting = !hasSpoken && status && !positions;
  return Math.max(restUntil, watchedSince + (isKnownAsLighting ? BETWEEN_MODES_MS : WATCH_MS));
}

function lightingQuietUntil({ options, turn, hasSpoken, servedBefore, unit }: SessionState, watchedSince: Ms): Ms {
  if (turn.beganAt !== null) return -Infinity;
  // On a loopback address nobody else can be heard.
  const listen = isLoopback(options.interface) ? AWAIT_POSITION_MS : listenMs(turn);
  const isKnownAsPlayer = !hasSpoken && servedBefore.positions;
  const watched = watchedSince + (isKnownAsPlayer ? BETWEEN_MODES_MS : listen);
  const first = turn.isSecond && unit !== null ? unit.metAt + listen : -Infinity;
  return Math.max(watched, first, freeAt(turn));
}

/** Joined, and not a status since: the unit has not taken us for what we say we are. */
export const isUnanswered = ({ unit, joinedAt }: SessionState): boolean =>
  unit !== null && joinedAt !== null && (unit.statusAt ?? -Infinity) < joinedAt;
