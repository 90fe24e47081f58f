/** What one report allows for the playhead: bounds that follow from what it says and from when it may have been made. */
import { describe, expect, it } from 'vitest';
import type { ReportDelay } from '../../../src/core/deck/report-delay.ts';
import {
  type BeatReport,
  beatSighting,
  type PositionSample,
  positionSighting,
} from '../../../src/core/deck/sighting.ts';
import { stampAt } from '../core-samples.ts';

const DELAY: ReportDelay = { mostMs: 20, weatherMs: 10, likelyLeastMs: 0, likelyMostMs: 0, leastWidthMs: 0 };
const QUEUE = { leastApartMs: 60, inTurnMostMs: 20, isHeldUp: false, backlogMs: 0, heldUpMs: 0, overtakesMs: 0 };

/** Beat 12 at 120 BPM: 500 ms a beat. */
const PER_MS = 0.002;
const beatOf = (change: Partial<BeatReport> = {}): BeatReport => ({
  ...{ beat: 12, stamp: stampAt(1000), rate: PER_MS, playRate: PER_MS, lateness: DELAY, sentAtOnce: null },
  ...{ isCued: false, startBeat: null, isLastBeat: false, isOrderProved: true, isCueReturn: false, queue: QUEUE },
  ...change,
});
const positionOf = (change: Partial<PositionSample> = {}): PositionSample => ({
  ...{ positionMs: 5000, stamp: stampAt(1000), rate: 1, playRate: 1, sinceLastMs: 30, lateness: DELAY, queue: QUEUE },
  ...change,
});

describe('a beat', () => {
  it('is anywhere in it, and has run on since it may have been made', () => {
    expect(beatSighting(beatOf())).toMatchObject({ low: 12, high: 13, upperLimit: 13, jumpTarget: 12, notYetAt: null });
    const waited = { notBefore: 900, at: 1000 };
    expect(beatSighting(beatOf({ stamp: waited }))).toMatchObject({
      low: 12,
      high: 13.2,
      upperLimit: 13,
      jumpTarget: 12,
    });
    // In reverse it has run back.
    expect(beatSighting(beatOf({ stamp: waited, rate: -PER_MS }))).toMatchObject({ low: 11.8, high: 13 });
    expect(beatSighting(beatOf({ stamp: waited, rate: 0 }))).toMatchObject({ low: 12, high: 13 });
  });

  it('told at once is likely at its beginning, and surely no further than that allows', () => {
    const sentAtOnce = { withinMs: 5, surelyWithinMs: 25 };
    const at = beatSighting(beatOf({ sentAtOnce }));
    expect(at.likely).toEqual({ low: 12, high: 12 + 5 * PER_MS });
    expect(at.ifSentAtOnce).toEqual({ low: 12, high: 12 + 25 * PER_MS });
    const waited = beatSighting(beatOf({ sentAtOnce, stamp: { notBefore: 990, at: 1000 } }));
    expect(waited.likely.high).toBeCloseTo(12 + 15 * PER_MS, 12);
    expect(waited.ifSentAtOnce?.high).toBeCloseTo(12 + 35 * PER_MS, 12);
    expect(beatSighting(beatOf({ sentAtOnce: { withinMs: 5, surelyWithinMs: null } })).ifSentAtOnce).toBeNull();
    expect(beatSighting(beatOf())).toMatchObject({ ifSentAtOnce: null, likely: { low: 12, high: 13 } });
    // Never beyond the beat itself.
    expect(beatSighting(beatOf({ sentAtOnce: { withinMs: 900, surelyWithinMs: 900 } }))).toMatchObject({
      likely: { high: 13 },
      ifSentAtOnce: { high: 13 },
    });
  });

  it('that is the last of its track is told however far the deck plays on, but a jump lands in it', () => {
    const last = beatSighting(beatOf({ isLastBeat: true }));
    expect(last.low).toBe(12);
    // An hour at 60 BPM.
    expect(last.high).toBeGreaterThan(12 + 3600);
    expect(last.afterJump).toEqual({ low: 12, high: 13 });
    const waited = { notBefore: 900, at: 1000 };
    expect(beatSighting(beatOf({ isLastBeat: true, stamp: waited })).afterJump.high).toBeCloseTo(13.2, 12);
  });

  it('of a cued deck is its very beginning', () => {
    expect(beatSighting(beatOf({ isCued: true, rate: 0 })).afterJump).toEqual({ low: 12, high: 12 });
    expect(beatSighting(beatOf({ rate: 0 })).afterJump).toEqual({ low: 12, high: 13 });
  });
});

describe('"before beat 1"', () => {
  it('waits within four bars where no grid says how far the track reaches back', () => {
    const waiting = beatSighting(beatOf({ beat: 0 }));
    expect(waiting).toMatchObject({ rate: 0, playRate: PER_MS, low: -15, upperLimit: 1, notYetAt: 1, jumpTarget: -15 });
    // It may have come to beat 1, and on, in the time that the report was late at most.
    expect(waiting.high).toBeCloseTo(1 + 20 * PER_MS, 12);
    expect(waiting.afterJump).toEqual({ low: waiting.low, high: waiting.high });
    expect(beatSighting(beatOf({ beat: 0, rate: 0 })).high).toBe(1);
    expect(beatSighting(beatOf({ beat: 0, stamp: { notBefore: 950, at: 1000 } })).high).toBeCloseTo(
      1 + 70 * PER_MS,
      12,
    );
  });

  it('plays on from the start of the track where a grid says where that is', () => {
    const playing = beatSighting(beatOf({ beat: 0, startBeat: -39 }));
    expect(playing).toMatchObject({ rate: PER_MS, low: -39, high: 1, upperLimit: 1, notYetAt: 1, jumpTarget: -39 });
    expect(playing.afterJump).toEqual({ low: -39, high: -39 });
    expect(beatSighting(beatOf({ beat: 0, startBeat: -39, stamp: { notBefore: 950, at: 1000 } })).high).toBeCloseTo(
      1.1,
      12,
    );
    expect(beatSighting(beatOf({ beat: 1, startBeat: -39 }))).toMatchObject({ low: 1, notYetAt: null });
  });
});

describe('a position', () => {
  it('is told in whole ms, and has run on since it may have been made', () => {
    expect(positionSighting(positionOf())).toMatchObject({ low: 5000, high: 5001, upperLimit: 5000, notYetAt: null });
    const stamp = { notBefore: 960, at: 1000 };
    expect(positionSighting(positionOf({ stamp }))).toMatchObject({ low: 5000, high: 5041 });
    expect(positionSighting(positionOf({ stamp, rate: -1 }))).toMatchObject({
      low: 4960,
      high: 5001,
      upperLimit: 4960,
    });
  });

  it('proves no order, and does not say who has put the playhead there', () => {
    expect(positionSighting(positionOf())).toMatchObject({ isOrderProved: false, isCueReturn: false });
  });

  it('after a jump begins where the deck may have landed since the position before, which came 30 to 60 ms earlier', () => {
    const target = (sinceLastMs: number | null, rate = 1): number =>
      positionSighting(positionOf({ sinceLastMs, rate })).jumpTarget;
    // And it may be 20 ms late.
    expect([null, 0, 30, 47, 60, 500].map(since => target(since))).toEqual([4950, 4950, 4950, 4933, 4920, 4920]);
    expect(target(30, 2)).toBe(4900);
    expect([target(30, 0), target(30, -1)]).toEqual([5000, 5000]);
  });
});
