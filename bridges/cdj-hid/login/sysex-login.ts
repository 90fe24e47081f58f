/**
 * The login as mixers and DDJ controllers do it, in MIDI system exclusive messages [C ddj_link]. Nothing here opens a port:
 * the only complete login that was captured is in this form, and the messages within are those of a player.
 */

const START = 0xf0;
const END = 0xf7;
/** Pioneer DJ [C ddj_link]. */
const MANUFACTURER_ID = [0x00, 0x40, 0x05] as const;
const HEAD_BYTES = 9;

/** Product ids that are told otherwise than one nibble a byte: the DJM-250MK2, by a script that works [X djm250]. */
const ODD_PRODUCT_BYTES: ReadonlyMap<number, readonly number[]> = new Map([[0x0017, [0x00, 0x00, 0x00, 0x17]]]);

/** The first word is the host's, and again every 200 ms [X djm250]; the unit answers with an announcement. */
export const SYSEX_GREETING: Uint8Array = Uint8Array.of(0x50, 0x01);

export interface SysexLogin {
  /** USB product id of the unit. */
  readonly productId: number;
  readonly deck: number;
  /** A message of the login, as `encodeLogin` makes it, or the greeting. */
  readonly payload: Uint8Array;
}

const productBytes = (productId: number): readonly number[] =>
  ODD_PRODUCT_BYTES.get(productId) ?? [12, 8, 4, 0].map(shift => (productId >> shift) & 0x0f);

export const encodeSysexLogin = ({ productId, deck, payload }: SysexLogin): Uint8Array =>
  Uint8Array.of(START, ...MANUFACTURER_ID, ...productBytes(productId), deck, ...payload, END);

export type DecodedSysexLogin =
  | { readonly ok: true; readonly value: SysexLogin }
  | { readonly ok: false; readonly reason: string };

export function decodeSysexLogin(bytes: Uint8Array): DecodedSysexLogin {
  if (bytes.length < HEAD_BYTES + 1 || bytes[0] !== START || bytes.at(-1) !== END) {
    return { ok: false, reason: 'no system exclusive message from F0 to F7' };
  }
  if (MANUFACTURER_ID.some((byte, i) => bytes[1 + i] !== byte)) {
    return { ok: false, reason: 'a system exclusive message of another manufacturer' };
  }
  const told = bytes.subarray(4, 8);
  const odd = [...ODD_PRODUCT_BYTES].find(([, odd]) => odd.every((byte, i) => told[i] === byte));
  if (odd === undefined && told.some(nibble => nibble > 0x0f)) return { ok: false, reason: 'no product id of nibbles' };
  const productId = odd?.[0] ?? told.reduce((sum, nibble) => sum * 16 + nibble, 0);
  return { ok: true, value: { productId, deck: bytes[8] ?? 0, payload: bytes.slice(HEAD_BYTES, -1) } };
}
