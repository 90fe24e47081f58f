/** QR code of a link as lines for a terminal: two rows of modules in a line of text, dark on light as scanners want it. */
import encodeQR from 'qr';

/** Light modules around the code, at least this many. Source: ISO/IEC 18004, 5.3.8. */
const QUIET_ZONE = 4;
const LIGHT_ON_DARK = '\u001b[97;40m';
const PLAIN = '\u001b[0m';
/** By the upper and the lower module of a place, light being drawn. */
const BLOCKS = { 'light light': '█', 'light dark': '▀', 'dark light': '▄', 'dark dark': ' ' } as const;

export function qrLines(link: string): readonly string[] {
  const rows = encodeQR(link, 'raw', { ecc: 'low', border: QUIET_ZONE });
  const shade = (y: number, x: number): 'light' | 'dark' => (rows[y]?.[x] === true ? 'dark' : 'light');
  const lines: string[] = [];
  for (let y = 0; y < rows.length; y += 2) {
    const blocks = (rows[y] ?? []).map((_, x) => BLOCKS[`${shade(y, x)} ${shade(y + 1, x)}`]);
    lines.push(`${LIGHT_ON_DARK}${blocks.join('')}${PLAIN}`);
  }
  return lines;
}
