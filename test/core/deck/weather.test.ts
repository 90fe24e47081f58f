/** How the weather is learnt, and forgotten. */
import { describe, expect, it } from 'vitest';
import {
  heldUpMs,
  isKnown,
  seenDelayMs,
  UNKNOWN_WEATHER,
  usualDelayMs,
  type Weather,
  withContradiction,
  withDeviation,
  withHoldUp,
} from '../../../src/core/deck/weather.ts';
import { seededRandom } from '../../../src/core/random.ts';

/** The weather after reports that come every 200 ms, each delayed evenly by 0 to `mostMs`. */
function weatherAfter(weather: Weather, mostMs: number, fromS: number, forS: number, seed = 1): Weather {
  const random = seededRandom(seed);
  let now = weather;
  let last = random() * mostMs;
  for (let at = fromS * 1000; at < (fromS + forS) * 1000; at += 200) {
    const delay = random() * mostMs;
    if (delay > last) now = withDeviation(now, delay - last, at);
    last = delay;
  }
  return now;
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

describe('the weather', () => {
  it('is taken for worse than fair until it is known, which takes eight deviations', () => {
    expect(usualDelayMs(UNKNOWN_WEATHER)).toBe(23);
    let weather = UNKNOWN_WEATHER;
    for (let i = 1; i <= 8; i++) {
      expect(isKnown(weather)).toBe(false);
      weather = withDeviation(weather, 3, 200 * i);
    }
    expect(isKnown(weather)).toBe(true);
    expect(usualDelayMs(weather)).toBe(10);
  });

  it('is remembered from the eighth deviation on', () => {
    const learnt = (count: number): Weather => {
      let weather = UNKNOWN_WEATHER;
      for (let i = 1; i <= count; i++) weather = withDeviation(weather, 30, 200 * i);
      return weather;
    };
    // What is not remembered is forgotten as soon as fair weather has brought the mean down.
    const later = (weather: Weather): number => {
      let now = weather;
      for (let i = 1; i <= 60; i++) now = withDeviation(now, 1, 2000 + 200 * i);
      return usualDelayMs(now);
    };
    expect(usualDelayMs(learnt(8))).toBeGreaterThan(60);
    expect(later(learnt(8))).toBeGreaterThanOrEqual(usualDelayMs(learnt(8)));
  });

  it('is fair where delays are even from 0 to 10 ms: 10 ms are allowed for, or half as much more', () => {
    for (const seed of seeds) {
      const usual = usualDelayMs(weatherAfter(UNKNOWN_WEATHER, 10, 0, 60, seed));
      expect(usual).toBeGreaterThanOrEqual(10);
      expect(usual).toBeLessThanOrEqual(15);
    }
  });

  it('allows for what there is within some seconds, and for no more than twice that', () => {
    for (const mostMs of [30, 60, 100]) {
      for (const seed of seeds) {
        const usual = usualDelayMs(weatherAfter(UNKNOWN_WEATHER, mostMs, 0, 15, seed));
        expect(usual, `0 to ${mostMs}, seed ${seed}`).toBeGreaterThanOrEqual(mostMs * 0.85);
        expect(usual, `0 to ${mostMs}, seed ${seed}`).toBeLessThanOrEqual(mostMs * 2);
      }
    }
  });

  it('is learnt both ways: after a foul spell it is fair again, not within a minute, but soon after', () => {
    const foul = weatherAfter(weatherAfter(UNKNOWN_WEATHER, 10, 0, 20), 100, 20, 20);
    const before = usualDelayMs(foul);
    expect(before).toBeGreaterThan(85);
    expect(usualDelayMs(weatherAfter(foul, 10, 40, 55))).toBe(before);
    expect(usualDelayMs(weatherAfter(foul, 10, 40, 90))).toBeLessThanOrEqual(15);
  });

  it('counts a stall for no more than two usual delays, and not as a delay that was seen', () => {
    const fair = weatherAfter(UNKNOWN_WEATHER, 10, 0, 30);
    const stalled = withDeviation(fair, 140, 30_000);
    expect(usualDelayMs(stalled)).toBeLessThanOrEqual(14);
    expect(seenDelayMs(stalled)).toBe(seenDelayMs(fair));
    expect(seenDelayMs(withDeviation(fair, 12, 30_000))).toBe(12);
    expect(usualDelayMs(withDeviation(fair, 12, 30_000))).toBe(12);
  });

  it('widens at once by what a contradiction shows, and never narrows by it', () => {
    const fair = weatherAfter(UNKNOWN_WEATHER, 10, 0, 30);
    const usual = usualDelayMs(fair);
    expect(usualDelayMs(withContradiction(fair, 8, 30_000))).toBeCloseTo(usual + 8, 9);
    expect(usualDelayMs(withContradiction(withContradiction(fair, 8, 30_000), 1, 30_200))).toBeCloseTo(usual + 9, 9);
  });

  it('knows for how long reports were held up in the last minute at most', () => {
    const held = withHoldUp(withHoldUp(UNKNOWN_WEATHER, 700, 1000), 200, 20_000);
    expect(heldUpMs(UNKNOWN_WEATHER)).toBe(0);
    expect(heldUpMs(held)).toBe(700);
    expect(heldUpMs(withHoldUp(held, 300, 65_000))).toBe(700);
    expect(heldUpMs(withHoldUp(held, 300, 72_000))).toBe(300);
  });
});
