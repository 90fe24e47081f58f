/**
 * Covers for the made-up tracks: real JPEG files of 80 × 80 pixels, as the unit pushes them, drawn from a seed.
 *
 * A cover is ten by ten blocks of one colour each with a little grain. Since each JPEG block is one of ours, its
 * coefficients are chosen directly and no cosine transform is needed: a baseline JPEG (ITU T.81), three components
 * without subsampling, quantisation 16 throughout and the smallest Huffman tables that hold our symbols.
 */
import { seededRandom } from '../../../src/core/random.ts';

const BLOCKS_PER_SIDE = 10;
const COMPONENTS = 3;
const QUANTISATION = 16;

/** Symbols of a Huffman table in order; all codes have one length, long enough that no code is all ones (T.81 annex C). */
interface Huffman {
  readonly symbols: readonly number[];
  readonly codeBits: number;
}

/** Sizes 0..7 of a difference of DC coefficients. */
const DC: Huffman = { symbols: [0, 1, 2, 3, 4, 5, 6, 7], codeBits: 4 };
/** End of block, and coefficients of 1..3 bits with no zeros before them. */
const AC: Huffman = { symbols: [0x00, 0x01, 0x02, 0x03], codeBits: 3 };

/** A cover; the same seed draws the same one. */
export function artwork(seed: number): Uint8Array {
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xe0, [...text('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    ...segment(0xdb, [0, ...new Array<number>(64).fill(QUANTISATION)]),
    ...segment(0xc0, [8, 0, 80, 0, 80, COMPONENTS, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]),
    ...segment(0xc4, huffmanTable(0x00, DC)),
    ...segment(0xc4, huffmanTable(0x10, AC)),
    ...segment(0xda, [COMPONENTS, 1, 0x00, 2, 0x00, 3, 0x00, 0, 63, 0]),
    ...scan(seed),
    ...[0xff, 0xd9],
  ]);
}

const text = (ascii: string): number[] => Array.from(ascii, letter => letter.charCodeAt(0));

const segment = (marker: number, body: readonly number[]): number[] => [
  ...[0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff],
  ...body,
];

function huffmanTable(id: number, { symbols, codeBits }: Huffman): number[] {
  const counts = new Array<number>(16).fill(0);
  counts[codeBits - 1] = symbols.length;
  return [id, ...counts, ...symbols];
}

function scan(seed: number): number[] {
  const random = seededRandom(seed);
  const pick = (most: number): number => Math.floor(random() * (2 * most + 1)) - most;
  const bits: number[] = [];
  const put = (value: number, count: number): void => {
    for (let i = count - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  const code = ({ symbols, codeBits }: Huffman, symbol: number): void => put(symbols.indexOf(symbol), codeBits);
  const amplitude = (value: number, size: number): void => put(value < 0 ? value + (1 << size) - 1 : value, size);

  const before = new Array<number>(COMPONENTS).fill(0);
  for (let block = 0; block < BLOCKS_PER_SIDE * BLOCKS_PER_SIDE; block++) {
    for (let component = 0; component < COMPONENTS; component++) {
      // With quantisation 16 a DC coefficient of 63 is white, or a colour as strong as it gets.
      const dc = pick(component === 0 ? 50 : 40);
      const difference = dc - (before[component] ?? 0);
      before[component] = dc;
      code(DC, sizeOf(difference));
      amplitude(difference, sizeOf(difference));
      for (let i = 0; i < 4; i++) {
        const grain = pick(6) || 1;
        code(AC, sizeOf(grain));
        amplitude(grain, sizeOf(grain));
      }
      code(AC, 0x00);
    }
  }
  while (bits.length % 8 !== 0) bits.push(1);

  const bytes: number[] = [];
  for (let i = 0; i < bits.length; i += 8) {
    const byte = bits.slice(i, i + 8).reduce((sum, bit) => sum * 2 + bit, 0);
    bytes.push(byte);
    if (byte === 0xff) bytes.push(0x00);
  }
  return bytes;
}

/** Bits that an amplitude takes. */
const sizeOf = (value: number): number => (value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1);
