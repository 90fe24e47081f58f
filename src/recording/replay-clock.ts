/** The clock of a replay: it stands at the moment that was recorded, and lets the timers of bridges run up to there. */
import { type Clock, type Ms, type VirtualClock, virtualClock } from '../core/clock.ts';

/** Lets run what waits for nothing but its turn: opening on this wire takes no time. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

export interface ReplayClock {
  /** Exactly as recorded. */
  now(): Ms;
  readonly ofBridges: Clock;
  /** Runs the timers due by then, each to its end before the next. A moment that is past changes nothing. */
  goTo(at: Ms): Promise<void>;
}

/** @param startedAt where it begins, as the show's own clock said */
export function replayClock(startedAt: Ms): ReplayClock {
  const virtual: VirtualClock = virtualClock(startedAt);
  const waiting = new Set<{ readonly time: Ms }>();
  let now = startedAt;

  const ofBridges: Clock = {
    now: () => now,
    at(time, run) {
      const entry = { time: Math.max(time, now) };
      waiting.add(entry);
      const cancel = virtual.at(time, () => {
        waiting.delete(entry);
        run();
      });
      return () => {
        waiting.delete(entry);
        cancel();
      };
    },
  };
  const nextDue = (): Ms => {
    let next = Number.POSITIVE_INFINITY;
    for (const { time } of waiting) next = Math.min(next, time);
    return next;
  };
  return {
    now: () => now,
    ofBridges,
    async goTo(at) {
      for (let due = nextDue(); due <= at; due = nextDue()) {
        now = Math.max(now, due);
        virtual.advance(Math.max(0, now - virtual.now()));
        // What a timer began, such as opening a socket, is done before the next is due.
        await settled();
      }
      now = Math.max(now, at);
    },
  };
}
