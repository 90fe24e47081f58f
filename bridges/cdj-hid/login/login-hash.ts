/**
 * What both sides of a login compute: FNV-1a over a seed and the secret of this login, which is made of the player's seed
 * and the program's constant [D handshake; recomputed from a login captured between rekordbox and a DDJ-1000, C ddj_link].
 */

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a in its 32-bit form. */
export function fnv1a(bytes: Iterable<number>): number {
  let hash = OFFSET_BASIS;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
}

/** Four bytes, the high one first: everything in the login is told that way. */
export const u32Bytes = (value: number): Uint8Array =>
  Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);

export const u32Of = (bytes: Uint8Array): number =>
  (((bytes[0] ?? 0) << 24) | ((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)) >>> 0;

/** The secret of one login. */
export const loginSecret = (playerSeed: Uint8Array, constant: number): Uint8Array =>
  u32Bytes(u32Of(playerSeed) ^ constant);

/** The proof that goes with a seed: the player's for the host's seed of 8 bytes, the host's for the player's of 4. */
export const loginHash = (seed: Uint8Array, secret: Uint8Array): number => fnv1a([...seed, ...secret]);
