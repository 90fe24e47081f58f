/** What the session knows: the unit as last heard, what is under way with each deck, and what has been counted. */
import type { Ms } from '../../src/core/clock.ts';
import { DECK_NUMBERS, type DeckNumber } from '../../src/core/events.ts';
import type { Interface } from '../../src/wire.ts';
import { type Fragments, NO_FRAGMENTS } from './fragments.ts';
import { OPUS_NAME } from './layout.ts';

/** Status that stops for this long is asked for again. */
export const STATUS_PATIENCE_MS: Ms = 1000;

export interface SessionOptions {
  /** The unit's name in the profile, under which its decks are reported. */
  readonly unit: string;
  /** Address of our interface. */
  readonly interface: 'auto' | string;
  /** Address of the unit. */
  readonly unitAddress: 'auto' | string;
  readonly computerName: string;
}

/** The unit as last heard. */
export interface Unit {
  readonly address: string;
  readonly heardAt: Ms;
  readonly statusAt: Ms | null;
  readonly requestDueAt: Ms;
  readonly requestedAt: Ms | null;
}

export interface DeckTalk {
  readonly trackId: number | null;
  /** The request for its song structure that is under way. */
  readonly ask: { readonly tries: number; readonly dueAt: Ms } | null;
  readonly counter: number;
  readonly counterRises: number;
  readonly statusAt: Ms;
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
  readonly interfaces: readonly Interface[];
  readonly unit: Unit | null;
  readonly keepAliveDueAt: Ms;
  /** Other units on the network, passed over while ours was there. */
  readonly strangers: ReadonlySet<string>;
  /** Why there is no way to the unit; null: there is one, or nobody has looked. */
  readonly noRoute: string | null;
  readonly decks: ReadonlyMap<DeckNumber, DeckTalk>;
  readonly fragments: Fragments;
  /** Someone else uses our number; we are silent until this is 10 s old. */
  readonly conflict: { readonly name: string; readonly address: string; readonly at: Ms } | null;
  /** Moments of what was sent in the last second. */
  readonly sentAt: readonly Ms[];
  readonly counts: SessionCounts;
  /** Texts of notes already given, so that each is given once. */
  readonly said: ReadonlySet<string>;
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
    interfaces: [],
    unit: null,
    keepAliveDueAt: 0,
    strangers: new Set(),
    noRoute: null,
    decks: new Map(),
    fragments: NO_FRAGMENTS,
    conflict: null,
    sentAt: [],
    counts: NO_COUNTS,
    said: new Set(),
    isClosed: false,
  };
}

/** One line on how things stand with the unit. */
export function describeSession(state: SessionState, at: Ms): { readonly isReady: boolean; readonly text: string } {
  const { unit, conflict, options, decks } = state;
  if (conflict !== null) {
    return { isReady: false, text: `silent: "${conflict.name}" at ${conflict.address} uses our number 0x17; close it` };
  }
  if (unit === null) {
    const where = options.unitAddress === 'auto' ? '' : ` at ${options.unitAddress}`;
    return { isReady: false, text: `waiting for an ${OPUS_NAME}${where}: switch it on, check the cable` };
  }
  if (state.noRoute !== null) return { isReady: false, text: state.noRoute };
  if (unit.statusAt === null) {
    return { isReady: false, text: `${OPUS_NAME} at ${unit.address} found, asking it for status` };
  }
  const silentMs = at - unit.statusAt;
  if (silentMs > STATUS_PATIENCE_MS) {
    return {
      isReady: false,
      text: `${OPUS_NAME} at ${unit.address} silent for ${(silentMs / 1000).toFixed(0)} s, asking again`,
    };
  }
  const loaded = DECK_NUMBERS.filter(number => decks.get(number)?.trackId != null).length;
  const { refused } = state.counts;
  const stray = refused === 0 ? '' : `, ${refused} stray datagrams passed over`;
  return { isReady: true, text: `${OPUS_NAME} at ${unit.address}, lighting mode, ${loaded} of 4 decks loaded${stray}` };
}
