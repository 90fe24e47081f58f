/** Lateness of this machine's timers: every cue and every piece of timecode would suffer it. */
import type { Clock, Ms } from '../../core/clock.ts';

export interface TimerLateness {
  /** 99 of 100 moments were met within this. */
  readonly p99Ms: Ms;
  readonly mostMs: Ms;
}

/** The moments asked for are this far apart. */
const EVERY_MS: Ms = 10;

/** Asks for a moment every 10 ms, for so long. Anything else this program does meanwhile counts as lateness. */
export async function measureLateness(clock: Clock, forMs: Ms): Promise<TimerLateness> {
  const startedAt = clock.now();
  const wokenAt: Ms[] = [];
  await new Promise<void>(done => {
    const wake = (): void => {
      const at = clock.now();
      wokenAt.push(at);
      if (at - startedAt >= forMs) return done();
      const next = Math.floor((at - startedAt) / EVERY_MS) + 1;
      clock.at(startedAt + next * EVERY_MS, wake);
    };
    clock.at(startedAt + EVERY_MS, wake);
  });
  return timerLatenessOf(startedAt, wokenAt);
}

/**
 * Every moment counts, also those slept through: a pause of 500 ms makes fifty moments late, not one.
 *
 * @param wokenAt  when the timer ran, rising
 */
export function timerLatenessOf(startedAt: Ms, wokenAt: readonly Ms[]): TimerLateness {
  const late: Ms[] = [];
  let due = startedAt + EVERY_MS;
  for (const at of wokenAt) {
    for (; due <= at; due = startedAt + (late.length + 1) * EVERY_MS) late.push(at - due);
  }
  late.sort((a, b) => a - b);
  return { p99Ms: late[Math.ceil(late.length * 0.99) - 1] ?? 0, mostMs: late.at(-1) ?? 0 };
}
