/**
 * Sound from a signal: 16-bit samples, edges where they are and not where the next sample is. Pure.
 *
 * A sample depends on the signal and on its own number, on nothing else.
 */
import type { Ms } from '../../src/core/clock.ts';
import type { FrameRate } from '../../src/core/timecode/timecode.ts';
import { HALVES_OF_FRAME, levelsOf, ltcFrameOf } from './ltc-frame.ts';
import { type LtcSignal, type SignalSection, sectionPlaceAt } from './signal.ts';

export interface Sound {
  readonly sampleRateHz: number;
  /** Of the samples, 0 to 32767. */
  readonly amplitude: number;
  /** 32 bits; 0: none. */
  readonly userBits: number;
}

/** A straight line over this time, centred on the edge: the rise time of 40 µs that libltc asks for. */
const RAMP_MS: Ms = 0.04;
/** Halvings of a ramp in which an edge is sought: to 10 ns. */
const HALVINGS = 12;
const FULL_SCALE = 32_767;

/** The amplitude of a level in dBFS (0 and below). */
export const amplitudeOf = (levelDb: number): number => FULL_SCALE * 10 ** (levelDb / 20);

/** Gives the time at which a sample is heard, if the first is heard at `startsAt`. */
export const sampleAt = (startsAt: Ms, { sampleRateHz }: Sound, index: number): Ms =>
  startsAt + (index * 1000) / sampleRateHz;

/** The samples that are wanted. */
export interface SampleRange {
  /** The moment of sample 0. */
  readonly startsAt: Ms;
  /** The number of the first sample wanted. */
  readonly first: number;
  readonly count: number;
}

export function render(signal: LtcSignal, sound: Sound, { startsAt, first, count }: SampleRange): Int16Array {
  const samples = new Int16Array(count);
  const begins = sampleAt(startsAt, sound, first) - RAMP_MS;
  const ends = sampleAt(startsAt, sound, first + count) + RAMP_MS;
  // Only what holds here: a signal in use is short, but one of a whole evening need not be searched for each sample.
  const start = Math.max(
    0,
    signal.findLastIndex(({ from }) => from <= begins),
  );
  const here = signal.slice(start).filter(({ from }) => from <= ends);
  if (here.every(({ opens, rest }) => opens === null && rest === null)) return samples;
  const levelAt = reader(here, sound);
  for (let i = 0; i < count; i++) {
    const at = sampleAt(startsAt, sound, first + i);
    samples[i] = Math.round(sound.amplitude * meanAround(levelAt, at));
  }
  return samples;
}

/** The mean level over the time of a ramp: that is the level itself, or a point on the line from one to the next. */
function meanAround(levelAt: (at: Ms) => number, at: Ms): number {
  let left = at - RAMP_MS / 2;
  let right = at + RAMP_MS / 2;
  const before = levelAt(left);
  const after = levelAt(right);
  if (before === after) return after;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (left + right) / 2;
    if (levelAt(middle) === before) left = middle;
    else right = middle;
  }
  const share = (left - at) / RAMP_MS + 0.5;
  return before * share + after * (1 - share);
}

/** Reads the level at a moment: 1, -1, or 0 for silence. */
function reader(signal: LtcSignal, { userBits }: Sound): (at: Ms) => number {
  let standing: { readonly rate: FrameRate; readonly count: number; readonly levels: Int8Array } | null = null;

  function frameLevel(rate: FrameRate, place: number): number {
    const count = Math.floor(place);
    if (standing === null || standing.count !== count || standing.rate !== rate) {
      standing = { rate, count, levels: levelsOf(ltcFrameOf(rate, count, userBits)) };
    }
    return standing.levels[Math.min(Math.floor((place - count) * HALVES_OF_FRAME), HALVES_OF_FRAME - 1)] ?? 0;
  }

  function levelOf(section: SignalSection, at: Ms): number {
    const { rest, opens, speed, rate } = section;
    if (rest !== null && at < rest.endsAt) return at < rest.turnsAt ? rest.first : rest.last;
    if (opens === null) return 0;
    const place = sectionPlaceAt(section, at);
    const isBefore = speed > 0 ? place < opens : place > opens;
    return isBefore ? 0 : frameLevel(rate, place);
  }

  let index = 0;
  return at => {
    while (index > 0 && (signal[index] as SignalSection).from > at) index--;
    while (index + 1 < signal.length && (signal[index + 1] as SignalSection).from <= at) index++;
    const section = signal[index];
    return section === undefined || section.from > at ? 0 : levelOf(section, at);
  };
}
