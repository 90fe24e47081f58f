import { describe, expect, it } from 'vitest';
import { measureLateness, timerLatenessOf } from '../../../src/cli/doctor/timer-lateness.ts';
import { virtualClock } from '../../../src/core/clock.ts';

describe('late timers', () => {
  it('on a clock that is never late there is no lateness', async () => {
    const clock = virtualClock(500);
    const measured = measureLateness(clock, 2000);
    clock.advance(3000);
    expect(await measured).toEqual({ p99Ms: 0, mostMs: 0 });
    expect(clock.pending()).toBe(0);
  });

  it('a pause counts for every moment slept through', () => {
    // Moments at 10, 20 … 1000 after the start; a pause from 100 to 200 makes those from 110 to 190 late by 90 to 10.
    const wokenAt = [...Array(100).keys()].map(i => (i + 1) * 10).filter(at => at <= 100 || at >= 200);
    expect(timerLatenessOf(0, wokenAt)).toEqual({ p99Ms: 80, mostMs: 90 });
  });

  it('one moment in a hundred may be late', () => {
    const wokenAt = [...Array(100).keys()].map(i => (i + 1) * 10 + (i === 49 ? 9 : 0));
    expect(timerLatenessOf(0, wokenAt)).toEqual({ p99Ms: 0, mostMs: 9 });
  });
});
