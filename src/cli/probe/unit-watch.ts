/** What a unit has said since a step of its probe began, deck by deck. Pure. */
import type { Packet } from '../../../bridges/opus-quad/codec.ts';
import { deckOfRaw, type PositionValue, type StatusValue } from '../../../bridges/opus-quad/layout.ts';
import type { Ms } from '../../core/clock.ts';
import type { DeckNumber } from '../../core/deck-report.ts';

/** A packet of the unit, with the length of its datagram. */
export interface UnitSaid {
  readonly packet: Packet;
  readonly bytes: Uint8Array;
}

export interface DeckWatch {
  readonly statuses: number;
  /** Arrivals, the newest last. */
  readonly statusAt: readonly Ms[];
  readonly counterRises: number;
  /** Statuses with flags, and of these with "on air" set. */
  readonly flagged: number;
  readonly onAir: number;
  /** The bit in the newest status; null: it has no flags. */
  readonly isOnAir: boolean | null;
  readonly isPlaying: boolean;
  readonly playingMs: Ms;
  /** Its play state said that it loops. */
  readonly loops: number;
  /** Times at which the beat number fell while it played. */
  readonly jumpsBack: number;
  /** The newest status; null: none. */
  readonly last: StatusValue | null;
  readonly hasTrack: boolean;
  readonly positions: number;
  readonly positionAt: readonly Ms[];
  /** Positions while the newest status knew no track, and while it stood still. */
  readonly positionsEmpty: number;
  readonly positionsStill: number;
}

export interface UnitWatch {
  readonly name: string | null;
  readonly keepAliveAt: readonly Ms[];
  readonly keepAliveNumbers: readonly number[];
  readonly lengths: readonly number[];
  readonly subtypes: readonly number[];
  readonly firmware: string | null;
  /** Pairs of 0x21 and 0x24 of statuses, in this step and before. */
  readonly pairs: readonly (readonly [number, number])[];
  /** Byte that tells the deck, as far as the pairs show it. */
  readonly deckByte: DeckByte;
  readonly positionNumbers: readonly number[];
  readonly decks: Readonly<Record<DeckNumber, DeckWatch>>;
}

/** `both`: the two agree and differ from deck to deck; `unknown`: only one pair was seen. */
export type DeckByte = 'both' | '0x24' | '0x21' | 'unknown';

const NO_DECK: DeckWatch = {
  ...{
    statuses: 0,
    statusAt: [],
    counterRises: 0,
    flagged: 0,
    onAir: 0,
    isOnAir: null,
    isPlaying: false,
    playingMs: 0,
  },
  ...{ loops: 0, jumpsBack: 0, last: null, hasTrack: false, positions: 0, positionAt: [], positionsEmpty: 0 },
  positionsStill: 0,
};

/** Begins a step: the pairs and the newest statuses are kept, the counts begin anew. */
export function beginWatch(last: UnitWatch | null): UnitWatch {
  const of = (deck: DeckNumber): DeckWatch => {
    const { last: status, hasTrack, isPlaying, isOnAir } = last?.decks[deck] ?? NO_DECK;
    return { ...NO_DECK, last: status, hasTrack, isPlaying, isOnAir };
  };
  return {
    ...{ name: last?.name ?? null, keepAliveAt: [], keepAliveNumbers: [], lengths: [], subtypes: [] },
    ...{ firmware: last?.firmware ?? null, pairs: last?.pairs ?? [], deckByte: last?.deckByte ?? 'unknown' },
    positionNumbers: [],
    decks: { 1: of(1), 2: of(2), 3: of(3), 4: of(4) },
  };
}

/** Arrivals that are kept: enough for a median. */
const MOST_ARRIVALS = 400;
const added = <T>(list: readonly T[], value: T): readonly T[] => (list.includes(value) ? list : [...list, value]);
const arrived = (list: readonly Ms[], at: Ms): readonly Ms[] => [...list, at].slice(-MOST_ARRIVALS);

export function watchUnit(watch: UnitWatch, { packet, bytes }: UnitSaid, at: Ms): UnitWatch {
  const named = { ...watch, name: packet.name };
  switch (packet.kind) {
    case 'keep-alive':
    case 'short-keep-alive':
      return {
        ...named,
        keepAliveAt: arrived(watch.keepAliveAt, at),
        keepAliveNumbers: added(watch.keepAliveNumbers, packet.number),
      };
    case 'status':
      return watchStatus(named, packet, bytes, at);
    case 'position':
      return watchPosition(named, packet, at);
    default:
      return named;
  }
}

function watchStatus(watch: UnitWatch, status: StatusValue, bytes: Uint8Array, at: Ms): UnitWatch {
  const pair = [status.number, status.numberAgain] as const;
  const isNew = !watch.pairs.some(([a, b]) => a === pair[0] && b === pair[1]);
  const pairs = isNew ? [...watch.pairs, pair] : watch.pairs;
  const deckByte = isNew ? deckByteOf(pairs) : watch.deckByte;
  const text = String.fromCharCode(...bytes.subarray(0x7c, 0x80)).replace(/[^ -~]/g, '');
  const next: UnitWatch = {
    ...watch,
    ...{ pairs, deckByte, lengths: added(watch.lengths, bytes.length), firmware: text },
    subtypes: added(watch.subtypes, bytes[0x20] ?? 0),
  };
  const deck = deckOfRaw(deckByte === '0x21' ? status.number : status.numberAgain);
  if (deck === null) return next;
  return { ...next, decks: { ...next.decks, [deck]: withStatus(next.decks[deck], status, at) } };
}

/** Judges by which byte differs while the other stays the same. */
function deckByteOf(pairs: readonly (readonly [number, number])[]): DeckByte {
  const at0x21 = new Set(pairs.map(([a]) => a)).size;
  const at0x24 = new Set(pairs.map(([, b]) => b)).size;
  if (at0x21 > 1 && at0x24 > 1) return 'both';
  if (at0x24 > 1) return '0x24';
  return at0x21 > 1 ? '0x21' : 'unknown';
}

function withStatus(deck: DeckWatch, status: StatusValue, at: Ms): DeckWatch {
  const { last } = deck;
  const isPlaying = status.flags?.isPlaying ?? (status.playState === 'playing' || status.playState === 'looping');
  const lastAt = deck.statusAt.at(-1);
  const fell = status.beat !== null && last?.beat != null && status.beat < last.beat;
  return {
    ...deck,
    statuses: deck.statuses + 1,
    statusAt: arrived(deck.statusAt, at),
    counterRises: deck.counterRises + (last !== null && status.packetCounter > last.packetCounter ? 1 : 0),
    flagged: deck.flagged + (status.flags === null ? 0 : 1),
    onAir: deck.onAir + (status.flags?.isOnAir ? 1 : 0),
    isOnAir: status.flags?.isOnAir ?? null,
    isPlaying,
    playingMs: isPlaying ? deck.playingMs + (lastAt === undefined ? 0 : at - lastAt) : 0,
    loops: deck.loops + (status.playState === 'looping' ? 1 : 0),
    jumpsBack: deck.jumpsBack + (isPlaying && fell && status.beatInBar !== null ? 1 : 0),
    last: status,
    hasTrack: status.trackId !== null || (status.trackTempoBpm !== null && status.playState !== 'empty'),
  };
}

function watchPosition(watch: UnitWatch, { number }: PositionValue, at: Ms): UnitWatch {
  const next = { ...watch, positionNumbers: added(watch.positionNumbers, number) };
  const deck = deckOfRaw(number);
  if (deck === null) return next;
  const before = next.decks[deck];
  return {
    ...next,
    decks: {
      ...next.decks,
      [deck]: {
        ...before,
        positions: before.positions + 1,
        positionAt: arrived(before.positionAt, at),
        positionsEmpty: before.positionsEmpty + (before.last !== null && !before.hasTrack ? 1 : 0),
        positionsStill: before.positionsStill + (before.hasTrack && !before.isPlaying ? 1 : 0),
      },
    },
  };
}

/** Gaps between arrivals in ms: the least, and the middle one; null: fewer than three. */
export function gapsOf(arrivals: readonly Ms[]): { readonly least: Ms; readonly median: Ms } | null {
  const gaps = arrivals.slice(1).map((at, i) => at - (arrivals[i] ?? at));
  if (gaps.length < 2) return null;
  const sorted = gaps.sort((a, b) => a - b);
  return { least: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0 };
}
