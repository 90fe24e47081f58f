/** What the times of beats show of a player: whether it tells changes at once, and which beats it has told so. */
import { describe, expect, it } from 'vitest';
import { doubt, hear, type Rhythm, sentAtOnceOf, UNHEARD } from '../../../src/core/deck/report-delay.ts';
import { UNKNOWN_WEATHER, type Weather } from '../../../src/core/deck/weather.ts';
import { stampAt } from '../core-samples.ts';

/** Statuses were 8 ms apart from their usual distance at most, and 10 ms are allowed for. */
const FAIR: Weather = { samples: 20, meanMs: 3, spells: [{ since: 0, meanMs: 3, mostMs: 8, heldUpMs: 0 }] };
/** 40 ms are allowed for, 38 have been seen. */
const FOUL: Weather = { samples: 20, meanMs: 3, spells: [{ since: 0, meanMs: 12.25, mostMs: 38, heldUpMs: 0 }] };

const after12 = (change: Partial<Rhythm> = {}): Rhythm => ({
  ...UNHEARD,
  last: { beat: 12, stamp: stampAt(1000) },
  ...change,
});
const told = (rhythm: Rhythm, atMs: number, agoMs: number, weather = FAIR, beat = 13): Rhythm =>
  hear(rhythm, { beat, stamp: stampAt(1000 + atMs), agoMs, weather });

describe('a player', () => {
  it('that tells the next beat less than 150 ms after the last report tells changes at once', () => {
    expect(told(after12({ rasterProof: 9 }), 149.9, 0)).toEqual({
      ...{ tells: 'on-change', rasterProof: 0, last: { beat: 13, stamp: stampAt(1149.9) } },
    });
    expect(told(after12(), 150, 0).tells).toBe('unknown');
    // In foul weather two reports may have come closer together than they left.
    expect([told(after12(), 119.9, 0, FOUL).tells, told(after12(), 120, 0, FOUL).tells]).toEqual([
      'on-change',
      'unknown',
    ]);
    // It may have waited before it came, and so may the one before.
    const waited: Rhythm = after12({ last: { beat: 12, stamp: { notBefore: 900, at: 1000 } } });
    expect(told(waited, 100, 0).tells).toBe('unknown');
  });

  it('shows nothing with any beat but the next', () => {
    for (const beat of [11, 12, 14]) {
      expect(told(after12({ rasterProof: 5 }), 100, 500, FAIR, beat)).toEqual({
        ...{ tells: 'unknown', rasterProof: 5, last: { beat, stamp: stampAt(1100) } },
      });
    }
    expect(told(UNHEARD, 100, 500)).toEqual({ ...UNHEARD, last: { beat: 13, stamp: stampAt(1100) } });
  });

  it('whose beats are told 95 ms late and more four times over, none in time between, keeps to a raster; each in time takes a quarter back', () => {
    let rhythm = after12();
    for (const [i, expected] of (['unknown', 'unknown', 'unknown', 'on-raster'] as const).entries()) {
      rhythm = hear(rhythm, { beat: 13 + i, stamp: stampAt(1200 + 200 * i), agoMs: 95.1, weather: FAIR });
      expect([rhythm.rasterProof, rhythm.tells]).toEqual([4 + 4 * i, expected]);
    }
    expect(told(after12({ rasterProof: 15 }), 200, 95.1).rasterProof).toBe(16);
    expect(told(after12({ rasterProof: 4 }), 200, 95).rasterProof).toBe(3);
    expect(told(after12(), 200, 95).rasterProof).toBe(0);
    expect(told(after12({ tells: 'on-raster', rasterProof: 16 }), 200, 0)).toMatchObject({
      ...{ tells: 'on-raster', rasterProof: 15 },
    });
  });

  it('is not late by what the weather or the program may have added', () => {
    expect(told(after12(), 200, 125, FOUL).rasterProof).toBe(0);
    expect(told(after12(), 200, 125.1, FOUL).rasterProof).toBe(4);
    const waited = { notBefore: 1170, at: 1200 };
    expect(hear(after12(), { beat: 13, stamp: waited, agoMs: 125, weather: FAIR }).rasterProof).toBe(0);
    expect(hear(after12(), { beat: 13, stamp: waited, agoMs: 125.1, weather: FAIR }).rasterProof).toBe(4);
  });

  it('in doubt is one of which nothing is known', () => {
    const doubted = doubt(after12({ tells: 'on-raster', rasterProof: 16 }));
    expect(doubted).toEqual(after12());
  });
});

describe('a beat', () => {
  const at = (ms: number, weather = FAIR, rhythm = after12({ tells: 'on-change' }), beat = 13) =>
    sentAtOnceOf(rhythm, weather, beat, stampAt(1000 + ms));

  it('was told at once where the player was free to, 65 ms after its last report, and none was due meanwhile', () => {
    // 8 ms have been seen: free from 73 ms on, and the next status in turn comes 192 ms after the last at the soonest.
    expect([72.9, 73, 191.9, 192].map(ms => at(ms) !== null)).toEqual([false, true, true, false]);
    // The old number leaves 6.2 ms after the beat at most, the new one 13.
    expect(at(100)?.withinMs).toBeCloseTo(6.8, 12);
  });

  it('was surely told at once where the player was free whatever the delays were', () => {
    expect([at(74.9)?.surelyWithinMs, at(75)?.surelyWithinMs]).toEqual([null, 0]);
    expect([at(104.9, FOUL)?.surelyWithinMs, at(105, FOUL)?.surelyWithinMs]).toEqual([null, 30]);
    // Of the weather nothing is known: 23 ms are allowed for, and 10 are added.
    expect([at(87.9, UNKNOWN_WEATHER), at(88, UNKNOWN_WEATHER)?.surelyWithinMs]).toEqual([null, 10]);
  });

  it('counts on what has been seen of the delays from the fourth deviation on', () => {
    const seen = (samples: number): Weather => ({
      ...{ samples, meanMs: 8, spells: [{ since: 0, meanMs: 0, mostMs: 8, heldUpMs: 0 }] },
    });
    expect([at(73, seen(4)) !== null, at(72.9, seen(4)), at(87.9, seen(3)), at(88, seen(3)) !== null]).toEqual([
      ...[true, null, null, true],
    ]);
  });

  it('may be late for all that is known where the player keeps to a raster, or another beat was told before', () => {
    expect(at(100, FAIR, after12({ tells: 'unknown' }))).toBeNull();
    expect(at(100, FAIR, after12({ tells: 'on-raster' }))).toBeNull();
    expect(at(100, FAIR, after12({ tells: 'on-change', last: null }))).toBeNull();
    for (const beat of [12, 14]) expect(at(100, FAIR, after12({ tells: 'on-change' }), beat)).toBeNull();
  });

  it('counts from when reports came at the least and at the most', () => {
    const rhythm = after12({ tells: 'on-change', last: { beat: 12, stamp: { notBefore: 980, at: 1000 } } });
    const stamp = { notBefore: 1073, at: 1080 };
    expect(sentAtOnceOf(rhythm, FAIR, 13, stamp)).not.toBeNull();
    expect(sentAtOnceOf(rhythm, FAIR, 13, { ...stamp, notBefore: 1072.9 })).toBeNull();
    expect(sentAtOnceOf(rhythm, FAIR, 13, { notBefore: 1073, at: 1171.9 })).not.toBeNull();
    expect(sentAtOnceOf(rhythm, FAIR, 13, { notBefore: 1073, at: 1172 })).toBeNull();
  });
});
