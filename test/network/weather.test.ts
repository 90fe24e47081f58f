import { describe, expect, it } from 'vitest';
import { WEATHER_NAMES, WEATHERS, type WeatherName } from '../../src/network/weather.ts';

const EVERY_MS = 10;
const SENT = Array.from({ length: 60_000 }, (_, i) => i * EVERY_MS);

function delays(name: WeatherName, seed = 1): number[] {
  const road = WEATHERS[name].open(seed);
  return SENT.map(at => road.arrivalOf(at) - at);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the weather', () => {
  it.each(WEATHER_NAMES)('%s: the same seed gives the same delays, another seed others', name => {
    const [first, again, other] = [7, 7, 8].map(seed => delays(name, seed).slice(0, 2000));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it.each(WEATHER_NAMES)('%s: nothing arrives before it is sent', name => {
    expect(Math.min(...delays(name))).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['0-10', 10],
    ['0-15', 15],
    ['0-30', 30],
    ['0-100', 100],
  ] as const)('%s: every delay up to %i ms is equally likely', (name, mostMs) => {
    const found = delays(name);
    expect(Math.max(...found)).toBeLessThan(mostMs);
    expect(mean(found)).toBeCloseTo(mostMs / 2, 0);
    expect(found.filter(delay => delay < mostMs / 4).length / found.length).toBeCloseTo(0.25, 1);
  });

  it('exponential: the mean is 20 ms, and one datagram in a thousand takes longer than the stated most', () => {
    const found = delays('exponential');
    expect(mean(found)).toBeCloseTo(20, 0);
    const longer = found.filter(delay => delay > WEATHERS.exponential.mostMs).length / found.length;
    expect(longer).toBeGreaterThan(0.0005);
    expect(longer).toBeLessThan(0.002);
  });

  it.each(['bursts', 'portions'] as const)('%s: nothing is overtaken, however close it is sent', name => {
    const road = WEATHERS[name].open(3);
    const arrivals = Array.from({ length: 100_000 }, (_, i) => road.arrivalOf(i / 3));
    expect(arrivals.every((at, i) => at >= (arrivals[i - 1] ?? 0))).toBe(true);
  });

  it.each([
    ['bursts', 1, 1],
    ['portions', 2, 5],
  ] as const)('%s: a standstill of 0.1 to 0.9 s every few seconds ends in %i to %i portions', (name, least, most) => {
    const arrivals = delays(name).map((delay, i) => ({ at: (SENT[i] ?? 0) + delay, delay }));
    const held = arrivals.filter(({ delay }) => delay > 20);
    const longest = Math.max(...held.map(({ delay }) => delay));
    expect(longest).toBeLessThan(WEATHERS[name].mostMs);
    expect(longest).toBeGreaterThan(800);
    // Standstills begin 2.1 s apart or more; the portions of one lie within 0.32 s.
    const portions: number[][] = [];
    for (const at of new Set(held.map(each => each.at))) {
      const last = portions.at(-1);
      if (last !== undefined && at - (last[0] ?? 0) < 400) last.push(at);
      else portions.push([at]);
    }
    expect(portions.length).toBeGreaterThan(600_000 / 6000);
    expect(portions.length).toBeLessThan(600_000 / 2100);
    for (const each of portions.filter(each => each.length > 1)) {
      expect(each.length).toBeLessThanOrEqual(most + 1);
      const [first, second] = each;
      expect((second ?? 0) - (first ?? 0)).toBeLessThan(81);
    }
    if (least > 1) expect(mean(portions.map(each => each.length))).toBeGreaterThan(2.5);
    else expect(portions.every(each => each.length === 1)).toBe(true);
  });
});
