import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOfBeat, placeOfMs } from '../../../src/core/rules/exact-place.ts';
import { steadyGrid } from '../../../src/core/track/beat-grid.ts';
import { rounds } from '../../rounds.ts';
import { isPartOf, over, plus, type Rational, ratio, times, toNumber } from './rational.ts';

describe('an exact place', () => {
  it.each([
    // A minute is (84 - 1) beats of 60000 / 83 ms, five seconds are (8 - 1) of 60000 / 84, thirty are (50 - 1) of 60000 / 98.
    [83, 60_000, 84],
    [84, 5000, 8],
    [98, 30_000, 50],
    [116, 15_000, 30],
  ])(
    'at %d BPM %d ms and beat %d are one, though doubles leave them beside each other',
    (tempoBpm, positionMs, beat) => {
      const grid = steadyGrid(0, tempoBpm);
      expect([grid.beatOfMs(positionMs), grid.msOfBeat(beat)]).not.toEqual([beat, positionMs]);
      expect(placeOfMs(grid, positionMs)).toEqual({ beat, positionMs });
      expect(placeOfBeat(grid, beat)).toEqual({ beat, positionMs });
    },
  );

  it('each beat of any tempo is carried into ms and back as that whole beat', () => {
    const beats = fc.integer({ min: -1000, max: 40_000 });
    const hundredths = fc.integer({ min: 2000, max: 30_000 });
    const firstBeat = fc.integer({ min: -60_000_000, max: 60_000_000 });
    fc.assert(
      fc.property(beats, hundredths, firstBeat, (beat, tempo, first) => {
        const grid = steadyGrid(first / 1000, tempo / 100);
        const { positionMs } = placeOfBeat(grid, beat);
        expect(placeOfMs(grid, positionMs ?? Number.NaN).beat).toBe(beat);
      }),
      { numRuns: rounds(2000) },
    );
  });

  it('a place of whole ms is a whole beat where it truly is one, and nowhere else', () => {
    const hundredths = fc.constantFrom(6000, 9600, 12_000, 12_500, 12_600, 12_800, 15_000, 17_400, 13_333, 9050);
    fc.assert(
      fc.property(hundredths, fc.nat(500), fc.nat(4000), fc.boolean(), (tempo, firstMs, count, isNearBeat) => {
        const beatMs = ratio(6_000_000n, BigInt(tempo));
        const near = toNumber(plus(ratio(BigInt(firstMs), 1n), times(ratio(BigInt(count), 1n), beatMs)));
        const positionMs = isNearBeat ? Math.round(near) : count * 37;
        const beatsIn: Rational = over(ratio(BigInt(positionMs - firstMs), 1n), beatMs);
        const { beat } = placeOfMs(steadyGrid(firstMs, tempo / 100), positionMs);
        expect(Number.isInteger(beat)).toBe(isPartOf(beatsIn, 1n));
        expect(beat).toBeCloseTo(1 + toNumber(beatsIn), 8);
      }),
      { numRuns: rounds(2000) },
    );
  });

  it('is not known in what nothing carries it into', () => {
    expect(placeOfBeat(null, 17)).toEqual({ beat: 17, positionMs: null });
    expect(placeOfMs(null, 1234.5)).toEqual({ beat: null, positionMs: 1234.5 });
  });
});
