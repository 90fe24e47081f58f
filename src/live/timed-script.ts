/** Things that happen at moments, one after the other, once or again and again: what a simulated DJ or a simulated hand does. */
import type { Cancel, Clock, Ms } from '../core/clock.ts';

export interface TimedScript<Act extends { readonly at: Ms }> {
  /** In order of time, each from the start of the script. */
  readonly acts: readonly Act[];
  readonly lengthMs: Ms;
  /** Begins again at its length. */
  readonly repeats: boolean;
}

/** Plays a script from now on, again and again if it repeats. @returns what stops it */
export function playScript<Act extends { readonly at: Ms }>(
  { acts, lengthMs, repeats }: TimedScript<Act>,
  clock: Clock,
  done: (act: Act) => void,
): Cancel {
  let cancel: Cancel = () => {};
  /** From one act on, `begunAt` being where this turn of the script began. */
  function play(index: number, begunAt: Ms): void {
    const next = acts[index];
    if (next !== undefined) {
      cancel = clock.at(begunAt + next.at, () => {
        done(next);
        play(index + 1, begunAt);
      });
    } else if (repeats && lengthMs > 0) {
      const again = begunAt + lengthMs;
      cancel = clock.at(again, () => play(0, again));
    }
  }
  play(0, clock.now());
  return () => cancel();
}
