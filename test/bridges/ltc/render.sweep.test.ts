import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { render, type Sound, sampleAt } from '../../../bridges/ltc/render.ts';
import { interrupted, NO_LTC_SIGNAL, withAnchor } from '../../../bridges/ltc/signal.ts';
import { anchoredAt, type TimecodeAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import { FRAME_RATES, framesPerMs, labelOf } from '../../../src/core/timecode/timecode.ts';
import { rounds } from '../../rounds.ts';
import { placeOf, rateNamed, runAt } from '../midi/sample-anchors.ts';
import { decode, labelIn, userBitsIn, type Word } from './ltc-decoder.ts';
import { dueWords, EVENING_BEGINS, endOf, locateAt, overMidnight, someEvening } from './ltc-runs.ts';
import { SOUND, signalOf, soundOf } from './rendered-sound.ts';

const sampleRates = fc.constantFrom(44_100, 48_000);

const text = (word: Word): string => {
  const { hours, minutes, seconds, frames } = labelIn(word);
  return [hours, minutes, seconds, frames].map(n => String(n).padStart(2, '0')).join(':');
};

describe('LTC as sound', () => {
  it('is at the level that is asked for, -12 dB of full scale', () => {
    const samples = soundOf([runAt(rateNamed('25'), '01:00:00:00', 0)], 0, 1000);
    // 32767 / 10^(12/20).
    expect(samples.reduce((most, sample) => Math.max(most, sample), 0)).toBe(8231);
    expect(samples.reduce((least, sample) => Math.min(least, sample), 0)).toBe(-8231);
  });

  it('rises in 40 µs, on a line through the edge', () => {
    // At 25 a bit cell is 500 µs; sampled at 1 MHz the second edge lies at 500 µs, and its line from 480 to 520.
    const sound: Sound = { sampleRateHz: 1_000_000, amplitude: 20_000, userBits: 0 };
    const samples = soundOf([runAt(rateNamed('25'), '00:00:00:00', 0)], 0, 1, sound);
    expect([470, 479, 490, 500, 510, 521, 530].map(i => Math.round((samples[i] ?? 0) / 200) + 0)).toEqual([
      100, 100, 50, 0, -50, -100, -100,
    ]);
  });

  const over = (seconds: number) =>
    FRAME_RATES.flatMap(({ name }) => [44_100, 48_000].map(sampleRateHz => [seconds, name, sampleRateHz] as const));
  // The long one goes on over a minute that drops two labels.
  const cases = [...over(10), [62, '29.97df', 48_000] as const];

  it.each(cases)(
    'in %i s at %s and %i Hz every label follows the one before, over midnight',
    (s, name, sampleRateHz) => {
      const rate = rateNamed(name);
      const anchor = overMidnight(rate);
      const sound = { ...SOUND, sampleRateHz };
      const words = decode(soundOf([anchor], 0, 1000 * s + 5, sound), sound.amplitude);
      const count = Math.floor(1000 * s * framesPerMs(rate));
      expect(words.length).toBe(count);
      for (const [i, word] of words.entries()) {
        expect(labelIn(word)).toEqual({ ...labelOf(rate, anchor.place + i), isDrop: rate.isDrop });
        expect(word.from * 1000).toBeCloseTo((i / framesPerMs(rate)) * sampleRateHz, -4);
      }
    },
  );

  it('carries the user bits', () => {
    const sound = { ...SOUND, userBits: 0xdeadbeef };
    const words = decode(soundOf([runAt(rateNamed('30'), '12:34:56:07', 0)], 0, 200, sound), sound.amplitude);
    expect(words.map(userBitsIn)).toEqual([0xdeadbeef, 0xdeadbeef, 0xdeadbeef, 0xdeadbeef, 0xdeadbeef]);
  });

  it('is silent before it starts, while it stands, below a quarter of the speed and above four times', () => {
    const rate = rateNamed('25');
    const run = runAt(rate, '01:00:00:00', 100);
    for (const anchor of [
      { ...run, from: 1e6 },
      { ...run, speed: 0 },
      { ...run, join: 'silence' as const },
      { ...run, speed: 0.24 * framesPerMs(rate) },
      { ...run, speed: -0.24 * framesPerMs(rate) },
      { ...run, speed: 4.1 * framesPerMs(rate) },
    ]) {
      expect(soundOf([anchor], 0, 500).every(sample => sample === 0)).toBe(true);
    }
  });

  it.each([0.25, 0.5, 0.84, 1.16, 2, 4, -0.25, -1, -4])('at %f times the speed every word is whole', pace => {
    const rate = rateNamed('30');
    // Backwards it needs a bit cell before the first word.
    const place = placeOf(rate, '10:00:00:00') + (pace > 0 ? 0 : 1.01 / 80);
    const words = decode(soundOf([locateAt(rate, place, pace, 0)], 0, 1002 / Math.abs(pace)), SOUND.amplitude);
    expect(words.map(text)).toEqual(
      Array.from({ length: 30 }, (_, i) =>
        pace > 0 ? `10:00:00:${String(i).padStart(2, '0')}` : `09:59:59:${String(29 - i).padStart(2, '0')}`,
      ),
    );
    expect(words.every(({ isReverse }) => isReverse === pace < 0)).toBe(true);
  });

  it('a jump costs the word that it cuts, and the next begins on a frame edge', () => {
    const rate = rateNamed('25');
    const jump = { ...runAt(rate, '02:00:00:00', 100), place: placeOf(rate, '02:00:00:00') + 0.25 };
    const words = decode(soundOf([runAt(rate, '01:00:00:00', 0), jump], 0, 250), SOUND.amplitude);
    // 40 ms a frame: the third is cut at its half, and the next frame edge is three quarters of a frame on.
    expect(words.map(word => `${Math.round(word.from / 48)} ${text(word)}`)).toEqual(
      ['0 01:00:00:00', '40 01:00:00:01', '130 02:00:00:01', '170 02:00:00:02', '210 02:00:00:03'].slice(
        0,
        words.length,
      ),
    );
    expect(words.length).toBe(5 - 1);
  });

  it('a word that ends where it stops is complete', () => {
    const rate = rateNamed('25');
    for (const off of [-1e-9, 0, 1e-9, 0.01, 0.2]) {
      const stop: TimecodeAnchor = { ...runAt(rate, '01:00:00:02', 80 + off), speed: 0, join: 'locate' };
      const words = decode(soundOf([runAt(rate, '01:00:00:00', 0), stop], 0, 300), SOUND.amplitude);
      expect(words.map(text)).toEqual(['01:00:00:00', '01:00:00:01']);
    }
  });

  it('no word begins before the place that an anchor says it runs since', () => {
    const rate = rateNamed('25');
    const run = { ...runAt(rate, '01:00:00:00', 0), since: placeOf(rate, '01:00:00:03') };
    expect(decode(soundOf([run], 0, 210), SOUND.amplitude).map(text)).toEqual(['01:00:00:03', '01:00:00:04']);
  });

  it('every word that nothing cuts is heard, right and in its place, and no other', () => {
    fc.assert(
      fc.property(someEvening, sampleRates, (anchors, sampleRateHz) => {
        const sound = { ...SOUND, sampleRateHz };
        const words = decode(soundOf(anchors, EVENING_BEGINS, endOf(anchors), sound), sound.amplitude);
        const rate = anchors[0]?.rate;
        if (rate === undefined) return;
        const timeOf = (sample: number): number => sampleAt(EVENING_BEGINS, sound, sample);
        for (const word of words) {
          const at = (timeOf(word.from) + timeOf(word.to)) / 2;
          const anchor = anchors.findLast(({ from }) => from <= at) as TimecodeAnchor;
          const count = Math.floor(anchoredAt(anchor, at));
          expect(labelIn(word)).toEqual({ ...labelOf(rate, count), isDrop: rate.isDrop });
          expect(word.isReverse).toBe(anchor.speed < 0);
        }
        const due = dueWords(anchors);
        for (const { count, from, to } of due) {
          const heard = words.find(
            word => Math.abs(timeOf(word.from) - from) < 0.05 && Math.abs(timeOf(word.to) - to) < 0.05,
          );
          expect(heard === undefined ? null : labelIn(heard)).toEqual({ ...labelOf(rate, count), isDrop: rate.isDrop });
        }
        expect(words.length).toBeGreaterThanOrEqual(due.length);
      }),
      { numRuns: rounds(75) },
    );
  });

  it('the same anchors give the same samples, in blocks of any size', () => {
    fc.assert(
      fc.property(someEvening, fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }), (anchors, sizes) => {
        const signal = signalOf(anchors);
        const count = Math.ceil((endOf(anchors) - EVENING_BEGINS) * 48);
        const whole = render(signal, SOUND, { startsAt: EVENING_BEGINS, first: 0, count });
        const joined = new Int16Array(count);
        for (let first = 0, i = 0; first < count; i++) {
          const size = Math.min(sizes[i % sizes.length] ?? 1, count - first);
          joined.set(render(signal, SOUND, { startsAt: EVENING_BEGINS, first, count: size }), first);
          first += size;
        }
        expect(Buffer.from(joined.buffer).equals(Buffer.from(whole.buffer))).toBe(true);
      }),
      { numRuns: rounds(10) },
    );
  });

  it('anchors handed over while it is rendered, 10 ms ahead of the samples, give the same as known before', () => {
    fc.assert(
      fc.property(someEvening, anchors => {
        const count = Math.ceil((endOf(anchors) - EVENING_BEGINS) * 48);
        const whole = render(signalOf(anchors), SOUND, { startsAt: EVENING_BEGINS, first: 0, count });
        const joined = new Int16Array(count);
        let signal = NO_LTC_SIGNAL;
        let next = 0;
        for (let first = 0; first < count; first += 480) {
          const size = Math.min(480, count - first);
          const head = sampleAt(EVENING_BEGINS, SOUND, first);
          for (; (anchors[next]?.from ?? Infinity) <= head + 21; next++)
            signal = withAnchor(signal, anchors[next] as TimecodeAnchor, head);
          joined.set(render(signal, SOUND, { startsAt: EVENING_BEGINS, first, count: size }), first);
        }
        const differs = joined.findIndex((sample, i) => sample !== whole[i]);
        expect(differs).toBe(-1);
      }),
      { numRuns: rounds(25) },
    );
  });
});

describe('LTC that was interrupted', () => {
  it('gives the same samples again from the next word on, and nothing before it that could be taken for one', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FRAME_RATES), fc.double({ min: 50, max: 300, noNaN: true }), (rate, at) => {
        const signal = signalOf([runAt(rate, '09:59:59:10', 0)]);
        const first = Math.ceil(at * 48);
        const head = sampleAt(0, SOUND, first);
        const again = render(interrupted(signal, head), SOUND, { startsAt: 0, first, count: 48_000 });
        const before = render(signal, SOUND, { startsAt: 0, first, count: 48_000 });
        const frame = framesPerMs(rate);
        // The rest takes one bit cell; a word that begins within it is given up as well.
        const edge = Math.ceil((Math.ceil((head + 1 / 80 / frame) * frame - 1e-9) / frame - head) * 48) + 1;
        expect(Buffer.from(again.slice(edge).buffer).equals(Buffer.from(before.slice(edge).buffer))).toBe(true);
        const words = decode(again, SOUND.amplitude);
        expect(words[0]?.from ?? 0).toBeGreaterThan(edge - 8);
        expect(words.length).toBeGreaterThan(20);
      }),
    );
  });
});

describe('an anchor that comes later than what has been rendered', () => {
  const rate = rateNamed('25');
  const run = runAt(rate, '01:00:00:00', 0);

  it.each([-0.15, -0.02, 0.02, 0.15])('is met within 200 ms where it is %f frames off, and no word is torn', off => {
    const on: TimecodeAnchor = { ...run, from: 500, place: anchoredAt(run, 500) + off, join: 'on' };
    const signal = withAnchor(signalOf([run]), on, 560);
    const words = decode(render(signal, SOUND, { startsAt: 0, first: 0, count: 48_000 }), SOUND.amplitude);
    expect(words.length).toBe(Math.floor(25 + off));
    for (const [i, word] of words.entries()) {
      expect(labelIn(word).frames).toBe(i);
      const at = word.from / 48;
      if (at < 560) expect(at).toBeCloseTo(40 * i, 1);
      if (at > 760) expect(at).toBeCloseTo(40 * (i - off), 1);
    }
  });

  it('is drawn in however often corrections come: a night of them loses no word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.08, max: 0.08, noNaN: true }), { minLength: 5, maxLength: 12 }),
        paces => {
          let signal = signalOf([run]);
          let standing = run;
          for (const [i, pace] of paces.entries()) {
            const from = 200 * (i + 1) + 10;
            standing = {
              ...standing,
              from,
              place: anchoredAt(standing, from),
              speed: framesPerMs(rate) * (1 + pace),
              join: 'on',
            };
            // As it is live: 60 ms are rendered already, and an anchor is made 10 ms ahead. Told of by the whole tape.
            const laid = withAnchor(signal, standing, from + 50);
            signal = [...signal.filter(each => each.from < from + 50), ...laid.filter(each => each.from >= from + 50)];
          }
          const end = 200 * (paces.length + 2);
          const words = decode(render(signal, SOUND, { startsAt: 0, first: 0, count: end * 48 }), SOUND.amplitude);
          expect(words.map(word => labelIn(word).frames + 25 * labelIn(word).seconds)).toEqual(words.map((_, i) => i));
          const last = words.at(-1);
          expect(anchoredAt(standing, (last?.from ?? 0) / 48) - run.place).toBeCloseTo(words.length - 1, 1);
        },
      ),
      { numRuns: rounds(10) },
    );
  });

  it('a jump that is learned late holds from where nothing has been rendered yet, and no label is wrong', () => {
    const jump = runAt(rate, '02:00:00:00', 500);
    const signal = withAnchor(signalOf([run]), jump, 560);
    const words = decode(render(signal, SOUND, { startsAt: 0, first: 0, count: 48_000 }), SOUND.amplitude);
    for (const word of words) {
      const at = word.from / 48;
      const line = at < 560 ? run : jump;
      expect(at).toBeCloseTo(line.from + 40 * labelIn(word).frames, 1);
      expect(labelIn(word).hours).toBe(at < 560 ? 1 : 2);
    }
    // 14 before 560 ms, then from 580 ms on.
    expect(words.length).toBe(14 + 10);
  });
});
