/**
 * A decoder of LTC that shares nothing with the encoder: edges by their times, words by the shape of their sync.
 *
 * It knows neither rate nor speed nor sample rate. Twelve ones in a row, with the zeros and ones about them, occur
 * nowhere but in the sync word; from there it reads on, backwards in time for a forward word and forwards for a reverse
 * one, and lets the length of a bit cell follow.
 */

export interface Word {
  /** In samples, where its first edge and the edge after its last bit are. */
  readonly from: number;
  readonly to: number;
  readonly isReverse: boolean;
  /** 80 bits, bit 0 first, whichever way they came. */
  readonly bits: readonly number[];
}

export interface Read {
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly frames: number;
  readonly isDrop: boolean;
}

/** Where the signal crosses zero between a third of its amplitude above and below. */
function edgesOf(samples: Int16Array, amplitude: number): readonly number[] {
  const edges: number[] = [];
  let isHigh = false;
  for (const [i, sample] of samples.entries()) {
    if (isHigh ? sample > -amplitude / 3 : sample < amplitude / 3) continue;
    isHigh = !isHigh;
    let j = i;
    while (j > 0 && (isHigh ? (samples[j - 1] ?? 0) > 0 : (samples[j - 1] ?? 0) < 0)) j--;
    const after = samples[j] ?? 0;
    const before = samples[j - 1] ?? 0;
    // Out of silence the middle of the edge is at half of the level.
    const isFromSilence = before === 0 && (samples[j - 2] ?? 0) === 0;
    edges.push(isFromSilence ? j + 0.5 - Math.abs(after) / amplitude : j - after / (after - before));
  }
  return edges;
}

const SHORTS = 24;
const isNear = (length: number | undefined, expected: number): boolean =>
  length !== undefined && Math.abs(length - expected) < 0.25 * expected;

export function decode(samples: Int16Array, amplitude: number): readonly Word[] {
  const edges = edgesOf(samples, amplitude);
  const lengths = edges.slice(1).map((edge, i) => edge - (edges[i] ?? 0));
  const words: Word[] = [];

  /** 64 bits from an interval on, in a direction of time; null: that is no word. */
  function bitsFrom(
    start: number,
    step: 1 | -1,
    cell: number,
  ): { readonly bits: number[]; readonly next: number } | null {
    const bits: number[] = [];
    let k = start;
    let expected = cell;
    while (bits.length < 64) {
      const one = lengths[k];
      const two = lengths[k + step];
      if (one === undefined) return null;
      if (isNear(one, expected)) {
        bits.push(0);
        expected = one;
        k += step;
      } else if (two !== undefined && isNear(one, expected / 2) && isNear(two, expected / 2)) {
        bits.push(1);
        expected = one + two;
        k += 2 * step;
      } else return null;
    }
    return { bits, next: k };
  }

  for (let k = 3; k + SHORTS <= lengths.length; k++) {
    const ones = lengths.slice(k, k + SHORTS);
    const short = ones.reduce((sum, each) => sum + each, 0) / SHORTS;
    if (!ones.every(each => isNear(each, short))) continue;
    const at = (offset: number, times: number): boolean => isNear(lengths[k + offset], times * short);
    const sync = [0, 0, ...Array.from({ length: 12 }, () => 1), 0, 1];
    if (at(-1, 2) && at(-2, 2) && at(SHORTS, 2) && at(SHORTS + 1, 1) && at(SHORTS + 2, 1)) {
      const read = bitsFrom(k - 3, -1, 2 * short);
      if (read === null) continue;
      const bits = [...read.bits.reverse(), ...sync];
      words.push({ from: edges[read.next + 1] ?? 0, to: edges[k + SHORTS + 3] ?? 0, isReverse: false, bits });
    } else if (at(-1, 2) && at(-2, 1) && at(-3, 1) && at(SHORTS, 2) && at(SHORTS + 1, 2)) {
      const read = bitsFrom(k + SHORTS + 2, 1, 2 * short);
      if (read === null) continue;
      const bits = [...read.bits.reverse(), ...sync];
      words.push({ from: edges[k - 3] ?? 0, to: edges[read.next] ?? 0, isReverse: true, bits });
    }
  }
  return words;
}

const numberIn = (bits: readonly number[], from: number, length: number): number =>
  bits.slice(from, from + length).reduce((sum, bit, i) => sum + (bit << i), 0);

/** Binary coded decimals, as ST 12-1 places them. */
export const labelIn = ({ bits }: Word): Read => ({
  frames: numberIn(bits, 0, 4) + 10 * numberIn(bits, 8, 2),
  seconds: numberIn(bits, 16, 4) + 10 * numberIn(bits, 24, 3),
  minutes: numberIn(bits, 32, 4) + 10 * numberIn(bits, 40, 3),
  hours: numberIn(bits, 48, 4) + 10 * numberIn(bits, 56, 2),
  isDrop: bits[10] === 1,
});

/** The eight binary groups, the first lowest. */
export const userBitsIn = ({ bits }: Word): number =>
  Array.from({ length: 8 }, (_, i) => numberIn(bits, 8 * i + 4, 4)).reduce((sum, group, i) => sum + group * 16 ** i, 0);
