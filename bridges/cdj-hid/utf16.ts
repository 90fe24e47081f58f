/** Texts as a player takes them: UTF-16, the low byte first, a zero at the end [D loading, library]. */

/** The bytes of a text; what follows a NUL in it is not sent, for the player would read it as something else. */
export function encodeText(text: string): Uint8Array {
  const [shown = ''] = text.split('\0', 1);
  const bytes = new Uint8Array(2 * shown.length + 2);
  for (let i = 0; i < shown.length; i++) {
    const unit = shown.charCodeAt(i);
    bytes[2 * i] = unit & 0xff;
    bytes[2 * i + 1] = unit >> 8;
  }
  return bytes;
}

/** The text that begins at `offset`, and where the next thing begins; without a zero it ends with the bytes. */
export function decodeText(bytes: Uint8Array, offset = 0): { readonly text: string; readonly end: number } {
  let text = '';
  for (let i = offset; i + 1 < bytes.length; i += 2) {
    const unit = (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8);
    if (unit === 0) return { text, end: i + 2 };
    text += String.fromCharCode(unit);
  }
  return { text, end: bytes.length };
}

/**
 * A text of at most so many characters, cut where it can be seen that something is missing; a pair of UTF-16 units that
 * make one character stays whole.
 */
export function shortenedText(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  return `${cut.replace(/[\ud800-\udbff]$/, '')}…`;
}
