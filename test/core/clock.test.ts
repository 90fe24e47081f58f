import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../src/core/clock.ts';

describe('the virtual clock', () => {
  it('runs timers in order of time, ties in order of asking, each at its own moment', () => {
    const clock = virtualClock(100);
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name}@${clock.now()}`);
    clock.at(130, note('late'));
    clock.at(110, note('a'));
    clock.at(110, note('b'));
    clock.at(50, note('past'));
    clock.advance(40);
    expect(seen).toEqual(['past@100', 'a@110', 'b@110', 'late@130']);
    expect(clock.now()).toBe(140);
  });

  it('runs a timer that a timer set, within the same advance', () => {
    const clock = virtualClock();
    const seen: number[] = [];
    const tick = (): void => {
      seen.push(clock.now());
      if (seen.length < 5) clock.at(clock.now() + 10, tick);
    };
    clock.at(10, tick);
    clock.advance(100);
    expect(seen).toEqual([10, 20, 30, 40, 50]);
    expect(clock.pending()).toBe(0);
  });

  it('forgets what was taken back', () => {
    const clock = virtualClock();
    const cancel = clock.at(10, () => expect.unreachable());
    cancel();
    cancel();
    expect(clock.pending()).toBe(0);
    clock.advance(20);
  });
});
