/**
 * LTC frame: a label as 80 bits, and those as the levels of biphase mark. Pure.
 *
 * Every field goes least significant bit first. Source: SMPTE ST 12-1 by way of libltc's ltc.h.
 */
import { type FrameRate, labelOf } from '../../src/core/timecode/timecode.ts';

export const BITS_OF_FRAME = 80;
/** A bit cell has two halves; only a 1 changes level between them. */
export const HALVES_OF_FRAME = 2 * BITS_OF_FRAME;

const BYTES_OF_FRAME = 10;
/** Bit 10. */
const DROP_FRAME = 0x04;
/** Bits 27 and 59 stand at the same place in the fourth and in the eighth byte. */
const POLARITY = 0x08;
/** `0011 1111 1111 1101` in the order of sending. */
const SYNC = [0xfc, 0xbf] as const;

/**
 * The LTC frame of a label, each byte to be sent least significant bit first.
 *
 * It always holds an even number of ones, by its one polarity bit. So every one begins and ends at the same level,
 * whatever was sent before.
 *
 * @param count    frames since midnight, whole; wraps at the day
 * @param userBits 32 bits, binary group 1 lowest, as libltc counts them; 0: none
 */
export function ltcFrameOf(rate: FrameRate, count: number, userBits: number): Uint8Array {
  const { hours, minutes, seconds, frames } = labelOf(rate, count);
  const digits = [frames, seconds, minutes, hours].flatMap(number => [number % 10, Math.floor(number / 10)]);
  const bytes = new Uint8Array(BYTES_OF_FRAME);
  for (const [i, digit] of digits.entries()) bytes[i] = digit | (((userBits >>> (4 * i)) & 0x0f) << 4);
  bytes.set(SYNC, BYTES_OF_FRAME - SYNC.length);
  if (rate.isDrop) bytes[1] = (bytes[1] ?? 0) | DROP_FRAME;
  if (isOdd(bytes)) {
    const at = rate.base === 25 ? 7 : 3;
    bytes[at] = (bytes[at] ?? 0) | POLARITY;
  }
  return bytes;
}

function isOdd(bytes: Uint8Array): boolean {
  let all = bytes.reduce((sum, byte) => sum ^ byte, 0);
  all ^= all >> 4;
  all ^= all >> 2;
  return ((all ^ (all >> 1)) & 1) === 1;
}

/**
 * An LTC frame as 160 half cells, 1 high and -1 low, in the order of the place; played backwards from the last to the first.
 * The first is always high, the last always low.
 */
export function levelsOf(ltcFrame: Uint8Array): Int8Array {
  const levels = new Int8Array(HALVES_OF_FRAME);
  let level = -1;
  for (let bit = 0; bit < BITS_OF_FRAME; bit++) {
    level = -level;
    levels[2 * bit] = level;
    if ((((ltcFrame[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1) level = -level;
    levels[2 * bit + 1] = level;
  }
  return levels;
}
