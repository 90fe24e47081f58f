import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextFreeRegion, usualTrackFrames, usualUnknownTrack } from '../../../src/core/timecode/regions.ts';
import { type TimecodeEntry, USUAL_BEHAVIOUR } from '../../../src/core/timecode/stream-entry.ts';
import { FRAME_RATES, type FrameRate, framesPerDay, labelOf, labelText } from '../../../src/core/timecode/timecode.ts';
import { rounds } from '../../rounds.ts';

const rateOf = (name: string): FrameRate => {
  const rate = FRAME_RATES.find(one => one.name === name);
  if (rate === undefined) throw new Error(name);
  return rate;
};
const THIRTY = rateOf('30');
/** Frames of whole hours and minutes at 30 frames a second. */
const at = (hours: number, minutes = 0): number => (hours * 60 + minutes) * 60 * 30;

const entry = (regions: readonly number[], unknownTrack: number, rate = THIRTY): TimecodeEntry => ({
  name: 'main',
  follow: 'on-air',
  handOverAfterMs: 500,
  behaviour: USUAL_BEHAVIOUR,
  rate,
  to: ['daw'],
  offsetFrames: 0,
  regions: new Map(regions.map((region, i) => [i + 1, region])),
  unknownTrack,
});

describe('the next free region', () => {
  test.each<readonly [title: string, regions: readonly number[], unknown: number, taken: readonly number[], number]>([
    ['of a profile without any is 01:00:00:00', [], at(23), [], at(1)],
    ['is the next whole hour after the last in use', [at(1), at(4, 20), at(2)], at(23), [], at(5)],
    ['comes after what was given away before', [at(1)], at(23), [at(2), at(3)], at(4)],
    ['does not come after unknown tracks where the profile put those there', [at(1)], at(20), [], at(2)],
    ['is never theirs', [at(1), at(19)], at(20), [], at(21)],
    ['comes after unknown tracks that begin wherever there was room', [at(1)], at(2), [], at(3)],
    ['wraps past 23:00 to the first hour that is free', [at(0), at(1), at(23, 5)], at(3), [], at(2)],
    ['and that may be midnight', [at(23)], at(3), [], at(0)],
    [
      'is ten minutes in a day without a free hour',
      Array.from({ length: 23 }, (_, hour) => at(hour)),
      at(23),
      [],
      at(23, 10),
    ],
  ])('%s', (_, regions, unknown, taken, expected) =>
    expect(nextFreeRegion(entry(regions, unknown), taken)).toBe(expected),
  );

  test('is a whole hour of the label at every rate', () => {
    for (const rate of FRAME_RATES) {
      const label = labelText(rate, labelOf(rate, nextFreeRegion(entry([], 0, rate), [])));
      expect(label.replace(';', ':')).toBe('01:00:00:00');
    }
  });

  test('is taken by nobody, however many there are, and is where its label says', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FRAME_RATES),
        fc.array(fc.nat(2_000_000), { maxLength: 200 }),
        fc.integer({ min: 0, max: 300 }),
        (rate, regions, more) => {
          const day = framesPerDay(rate);
          const known = entry(regions, usualUnknownTrack(rate, regions), rate);
          const taken: number[] = [];
          for (let i = 0; i < more; i++) {
            const next = nextFreeRegion(known, taken);
            expect(Number.isInteger(next) && next >= 0 && next < day).toBe(true);
            expect([...regions, ...taken, known.unknownTrack]).not.toContain(next);
            taken.push(next);
          }
        },
      ),
      { numRuns: rounds(30) },
    );
  });
});

test('a track of usual length takes ten minutes of every label', () => {
  expect(FRAME_RATES.map(usualTrackFrames)).toEqual([14_400, 15_000, 17_982, 18_000, 18_000]);
});
