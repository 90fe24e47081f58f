/**
 * Messages longer than a packet: cut into pieces of 58 bytes, and joined again. Pure; the pieces carry their own number.
 *
 * The length of a joined message is a whole number of pieces: how many bytes of the last one count is known to the
 * message alone, for it is filled up with zeros.
 */
import type { Ms } from '../../src/core/clock.ts';
import { FRAGMENT_PAYLOAD_BYTES, fragmentHead, REPORT_BYTES } from './layout.ts';

/** A message that is not complete by then is given up [I]. */
export const JOIN_PATIENCE_MS: Ms = 1000;
/** Pieces of the longest message there is, an artwork of 65535 bytes; who announces more is not believed. */
const PIECES_MOST = 1131;

export interface FragmentedMessage {
  readonly deck: number;
  readonly type: number;
  readonly payload: Uint8Array;
}

/** The packets of a message, in order; an empty one takes a packet too. */
export function cutMessage({ deck, type, payload }: FragmentedMessage): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(payload.length / FRAGMENT_PAYLOAD_BYTES));
  return Array.from({ length: count }, (_, k) => {
    const piece = payload.subarray(k * FRAGMENT_PAYLOAD_BYTES, (k + 1) * FRAGMENT_PAYLOAD_BYTES);
    return fragmentHead.encode({ deck, type, index: k + 1, count, payload: piece }, REPORT_BYTES);
  });
}

interface PartialMessage {
  readonly count: number;
  /** Those that have come, from the first on. */
  readonly pieces: readonly Uint8Array[];
  readonly lastAt: Ms;
}

/** Messages of which some pieces have come, by deck and type. */
export type PartialMessages = ReadonlyMap<number, PartialMessage>;

export const NO_PARTIAL_MESSAGES: PartialMessages = new Map();

export type JoinedMessage =
  | { readonly kind: 'whole'; readonly message: FragmentedMessage }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface JoinStep {
  readonly partial: PartialMessages;
  readonly joined: JoinedMessage;
}

const partialKey = (deck: number, type: number): number => deck * 256 + type;

/** Whether pieces of such a message have come that were not given up yet. */
export function isUnderWay(partial: PartialMessages, deck: number, type: number, at: Ms): boolean {
  const known = partial.get(partialKey(deck, type));
  return known !== undefined && at - known.lastAt <= JOIN_PATIENCE_MS;
}

/**
 * Takes in one packet of a message. Piece 1 begins the message anew, a piece that comes again replaces the one before, and
 * the last one completes it; USB keeps their order, so that one that is missing makes the whole refused.
 */
export function joinMessage(partial: PartialMessages, packet: Uint8Array, at: Ms): JoinStep {
  const head = fragmentHead.decode(packet);
  if (!head.ok) return { partial, joined: { kind: 'refused', reason: head.reason } };
  const { deck, type, index, count, payload } = head.value;
  const key = partialKey(deck, type);
  const refuse = (reason: string): JoinStep => {
    const kept = new Map(partial);
    kept.delete(key);
    return { partial: kept, joined: { kind: 'refused', reason } };
  };
  if (count === 0 || count > PIECES_MOST || index === 0 || index > count) {
    return refuse(`piece ${index} of ${count}, expected 1 of 1 to ${PIECES_MOST} of ${PIECES_MOST}`);
  }
  const known = isUnderWay(partial, deck, type, at) ? partial.get(key) : undefined;
  if (index > 1 && known?.count !== count) return refuse(`piece ${index} of ${count} without those before it`);
  const before = index === 1 ? [] : (known?.pieces ?? []);
  if (index > before.length + 1) return refuse(`piece ${before.length + 1} of ${count} did not come`);
  const pieces = [...before.slice(0, index - 1), payload, ...before.slice(index)];
  const next = new Map(partial);
  next.delete(key);
  if (index < count) {
    next.set(key, { count, pieces, lastAt: at });
    return { partial: next, joined: { kind: 'waiting' } };
  }
  const whole = new Uint8Array(count * FRAGMENT_PAYLOAD_BYTES);
  for (const [i, piece] of pieces.entries()) whole.set(piece, i * FRAGMENT_PAYLOAD_BYTES);
  return { partial: next, joined: { kind: 'whole', message: { deck, type, payload: whole } } };
}
