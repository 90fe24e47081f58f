/** Bytes as hex digits, and back. */

/** Two digits. */
export const hexByte = (n: number): string => n.toString(16).padStart(2, '0');

/** Two digits a byte, with spaces between. */
export const toHex = (bytes: Uint8Array): string => Array.from(bytes, hexByte).join(' ');

/** Bytes of a text of hex digits; anything between them (spaces, colons) is passed over. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/[^0-9a-fA-F]/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}
