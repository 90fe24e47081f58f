/** What two positions in a row show of the pace of a playhead. */
import { describe, expect, it } from 'vitest';
import { type Pace, type Playhead, paceOf } from '../../../src/core/deck/playhead.ts';
import { stampAt } from '../core-samples.ts';

const last = (pace: Pace = 'unknown'): Playhead => ({ positionMs: 1000, stamp: stampAt(0), pace });
const paceAfter = (ms: number, positionMs: number, pitch = 1, before = last()): Pace =>
  paceOf(before, positionMs, pitch, stampAt(ms));

describe('the pace of a playhead', () => {
  it('is unknown of the first position of a load', () => {
    expect(paceOf(null, 1000, 1, stampAt(0))).toBe('unknown');
  });

  it('is that of play where it has gone as far as play does, by 12 ms more or less', () => {
    const pace = (offMs: number): Pace => paceAfter(30, 1030 + offMs);
    expect([-12.1, -12, 0, 12, 12.1].map(pace)).toEqual([
      ...['forward', 'as-in-play', 'as-in-play', 'as-in-play', 'unknown'],
    ]);
    // At half speed it goes 50 ms in 100.
    expect([paceAfter(100, 1050, 0.5), paceAfter(100, 1100, 0.5), paceAfter(100, 1020, 0.5)]).toEqual([
      ...['as-in-play', 'unknown', 'forward'],
    ]);
  });

  it('is backwards where it has gone back as far as play goes on, by 12 ms more or less', () => {
    const pace = (offMs: number): Pace => paceAfter(60, 940 + offMs);
    expect([-12.1, -12, 0, 12, 12.1].map(pace)).toEqual([
      ...['unknown', 'backwards', 'backwards', 'backwards', 'unknown'],
    ]);
    expect(paceAfter(60, 880, 2)).toBe('backwards');
  });

  it('is less sure by what either position may have waited', () => {
    const waited = { notBefore: 20, at: 30 };
    expect(paceOf(last(), 1052, 1, waited)).toBe('as-in-play');
    expect(paceOf(last(), 1052.1, 1, waited)).toBe('unknown');
    const before: Playhead = { ...last(), stamp: { notBefore: -10, at: 0 } };
    expect(paceOf(before, 1052, 1, stampAt(30))).toBe('as-in-play');
    expect(paceOf(before, 1052.1, 1, stampAt(30))).toBe('unknown');
  });

  it('is that of a stand with the second position in the same place, and a copy of one shows nothing', () => {
    expect(paceAfter(30, 1000)).toBe('same');
    expect(paceAfter(30, 1000, 1, last('same'))).toBe('stands');
    expect(paceAfter(30, 1000, 1, last('stands'))).toBe('stands');
    for (const pace of ['same', 'as-in-play', 'backwards'] as const) {
      expect(paceAfter(14.9, 1000, 1, last(pace))).toBe(pace);
    }
    expect(paceAfter(15, 1000, 1, last('as-in-play'))).toBe('same');
    // It may have come at any time since then.
    expect(paceOf(last('as-in-play'), 1000, 1, { notBefore: 10, at: 30 })).toBe('as-in-play');
  });
});
