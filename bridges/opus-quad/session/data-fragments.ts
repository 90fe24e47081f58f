/**
 * Pieces of artwork and song structures, joined by their index.
 *
 * A small state machine apart from the packet tables: `joinFragment(state, piece, at)`. Order does not matter, doubles are no
 * harm, a lost piece leaves the whole undelivered, and what a broken or hostile sender can make us keep is bounded.
 */
import type { Ms } from '../../../src/core/clock.ts';
import { FRAGMENT_DATA_MOST_BYTES, type FragmentValue } from '../layout.ts';

/** Most pieces one message may have. */
const COUNT_MOST = 256;
/** Most bytes one message may have. */
const MESSAGE_MOST_BYTES = 512 * 1024;
/** Most messages under way at once. */
const MESSAGES_MOST = 64;
/** A message is given up when no piece of it came for this long. */
export const FRAGMENT_PATIENCE_MS: Ms = 2000;

export interface Piece {
  readonly from: string;
  readonly value: FragmentValue;
}

interface Message {
  readonly from: string;
  readonly rawDeck: number;
  readonly dataType: FragmentValue['dataType'];
  readonly trackId: number;
  readonly count: number;
  readonly pieces: ReadonlyMap<number, Uint8Array>;
  readonly bytes: number;
  readonly lastAt: Ms;
}

/** Messages under way by sender, deck, type and track; the one touched last stands last. */
export type DataFragments = ReadonlyMap<string, Message>;

export const NO_DATA_FRAGMENTS: DataFragments = new Map();

export type Joined =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'whole'; readonly bytes: Uint8Array };

export function joinFragment(
  state: DataFragments,
  { from, value }: Piece,
  at: Ms,
): { state: DataFragments; joined: Joined } {
  const { count, index, data, trackId, dataType, number: rawDeck } = value;
  const refuse = (reason: string) => ({ state, joined: { kind: 'refused', reason } as const });
  if (data.length === 0) return refuse('a fragment without data');
  if (count === 0 || count > COUNT_MOST) return refuse(`a fragment of ${count}, expected 1 to ${COUNT_MOST}`);
  if (index >= count) return refuse(`fragment ${index} of ${count}`);
  if (data.length > FRAGMENT_DATA_MOST_BYTES) return refuse(`a fragment of ${data.length} bytes`);

  const key = `${from}/${rawDeck}/${dataType}/${trackId}`;
  const known = state.get(key);
  const isFresh = known === undefined || at - known.lastAt > FRAGMENT_PATIENCE_MS;
  const before = isFresh ? undefined : known.pieces.get(index);
  const contradicts = !isFresh && (known.count !== count || (before !== undefined && !sameBytes(before, data)));
  if (before !== undefined && !contradicts) return { state, joined: { kind: 'waiting' } };

  const restarts = isFresh || contradicts;
  const pieces = new Map(restarts ? [] : known.pieces).set(index, data);
  const bytes = (restarts ? 0 : known.bytes) + data.length;
  if (bytes > MESSAGE_MOST_BYTES) return refuse(`more than ${MESSAGE_MOST_BYTES} bytes in one message`);

  const next = new Map(state);
  next.delete(key);
  if (pieces.size === count) return { state: next, joined: { kind: 'whole', bytes: concat(pieces, bytes) } };
  next.set(key, { from, rawDeck, dataType, trackId, count, pieces, bytes, lastAt: at });
  const oldest = next.keys().next();
  if (next.size > MESSAGES_MOST && !oldest.done) next.delete(oldest.value);
  return { state: next, joined: { kind: 'waiting' } };
}

/** Forgets what will not come: messages gone quiet, and those of a deck that has another track now. */
export function dropFragments(
  state: DataFragments,
  at: Ms,
  isOld: (message: { readonly from: string; readonly rawDeck: number; readonly trackId: number }) => boolean,
): DataFragments {
  const kept = [...state].filter(([, message]) => at - message.lastAt <= FRAGMENT_PATIENCE_MS && !isOld(message));
  return kept.length === state.size ? state : new Map(kept);
}

function concat(pieces: ReadonlyMap<number, Uint8Array>, bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (let i = 0; i < pieces.size; i++) {
    const piece = pieces.get(i);
    if (piece === undefined) continue;
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((n, i) => n === b[i]);
