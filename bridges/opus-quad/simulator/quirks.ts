/** In what a simulated unit differs from the plain one, and what its network does: switches, each with its default. */
import type { Ms } from '../../../src/core/clock.ts';
import type { STATUS_SIZES } from '../layout.ts';
import type { UnitModel } from '../models.ts';

export interface Span {
  readonly min: Ms;
  readonly max: Ms;
}

export interface Quirks {
  /** Model by which its name is chosen; all else that may differ has a switch below. */
  readonly model: UnitModel;
  /**
   * Time at which a status leaves. `on-change`: 200 ms after the last one, or on a change but not within 63 ms of the last, a new
   * beat number 3 to 13 ms after the beat, as measured on a CDJ-2000nexus; `raster`: every 200 ms give or take 5, with
   * what is true as it leaves; `sharp`: the same without the 5 ms.
   */
  readonly statusMode: 'on-change' | 'raster' | 'sharp';
  /** Share of statuses whose flag byte is 0 though the deck has a track, 0..1. */
  readonly zeroFlagsShare: number;
  /** Share of datagrams that never leave, 0..1. */
  readonly drop: number;
  /** Share of datagrams that leave twice, 0..1. */
  readonly duplicate: number;
  /** Share of datagrams held back long enough (20 to 220 ms) that later ones overtake them, 0..1. */
  readonly reorder: number;
  /** Time a datagram takes to leave; the bounds may be equal. */
  readonly delayMs: Span;
  /** Extra time of a position packet. */
  readonly positionJitterMs: Span;
  /** Length of a status; the unit's own is not on record. */
  readonly statusBytes: (typeof STATUS_SIZES)[number];
  /** Every status says 9 at 0x21, whatever its deck; 0x24 keeps the deck. */
  readonly constantDeckByte: boolean;
  /** The other way round: every status says 9 at 0x24, and 0x21 keeps the deck. */
  readonly constantDeckByteAgain: boolean;
  /** `zero`: the packet counter stays 0, as on a CDJ-3000. */
  readonly counter: 'counting' | 'zero';
  /** High nibble of the motion byte P2: 7x older firmware, fx newer, 6x and 9x other models. */
  readonly p2Family: '6x' | '7x' | '9x' | 'fx';
  /** Each load shows a stretch of two seconds that looks like playing, with beat numbers that mean nothing. */
  readonly junkBeatsWhileLoading: boolean;
  /** Share of data fragments that never leave, 0..1. */
  readonly loseFragment: number;
  /** Raw numbers of the decks: 9..12, or 1..4 with keep-alives for 1, 2 and 33 as one source reports. */
  readonly numbering: 'nine' | 'one-two-thirty-three';
  /** Whether the on-air bit is ever set. */
  readonly reportsOnAir: boolean;
  /** The on-air bit is always set, on decks without a track as well. */
  readonly onAirStuck: boolean;
  /** The play state says that a deck loops. */
  readonly reportsLoops: boolean;
  /** Decks without a track send statuses. */
  readonly emptyStatuses: boolean;
  /** Decks without a track send positions to a player. */
  readonly emptyPositions: boolean;
  /** Decks that stand send positions. */
  readonly stillPositions: boolean;
  /** Time from a position to the next. */
  readonly positionEveryMs: Ms;
  /** Number of its keep-alive in the usual numbering. */
  readonly keepAliveNumber: number;
  /** To whom positions go: each player, everybody as soon as there is a player, or nobody; not on record. */
  readonly positions: 'unicast' | 'broadcast' | 'off';
  /** A player is not served before it has claimed its number; not on record. */
  readonly needsClaim: boolean;
}

const NONE: Span = { min: 0, max: 0 };

export const NO_QUIRKS: Quirks = {
  model: 'opus-quad',
  statusMode: 'on-change',
  zeroFlagsShare: 0,
  drop: 0,
  duplicate: 0,
  reorder: 0,
  delayMs: NONE,
  positionJitterMs: NONE,
  statusBytes: 0x11c,
  constantDeckByte: false,
  constantDeckByteAgain: false,
  counter: 'counting',
  p2Family: 'fx',
  junkBeatsWhileLoading: false,
  loseFragment: 0,
  numbering: 'nine',
  reportsOnAir: true,
  onAirStuck: false,
  reportsLoops: false,
  emptyStatuses: true,
  emptyPositions: false,
  stillPositions: true,
  positionEveryMs: 30,
  keepAliveNumber: 9,
  positions: 'unicast',
  needsClaim: false,
};
