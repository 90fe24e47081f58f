/** Delay of the event loop of this program, over its last minute. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Cancel, Clock, Ms } from '../../src/core/clock.ts';

export interface LoopDelay {
  readonly p50: Ms;
  readonly p99: Ms;
  readonly max: Ms;
}

/** Time between two looks of Node at its loop. */
const LOOK_EVERY_MS: Ms = 20;
const KEPT_MS: Ms = 60_000;

/** Watches until it is closed. */
export function watchLoop(clock: Clock): { delay(): LoopDelay; close(): void } {
  const loop = monitorEventLoopDelay({ resolution: LOOK_EVERY_MS });
  loop.enable();
  let minuteBefore: LoopDelay = { p50: 0, p99: 0, max: 0 };
  let cancel: Cancel = () => {};
  // Node tells the time from one look to the next: what it is beyond the time between two is the delay.
  const beyond = (ns: number): Ms => Math.max(0, ns / 1e6 - LOOK_EVERY_MS);
  const ofThisMinute = (): LoopDelay =>
    loop.count === 0
      ? { p50: 0, p99: 0, max: 0 }
      : { p50: beyond(loop.percentile(50)), p99: beyond(loop.percentile(99)), max: beyond(loop.max) };
  function turn(): void {
    minuteBefore = ofThisMinute();
    loop.reset();
    cancel = clock.at(clock.now() + KEPT_MS, turn);
  }
  cancel = clock.at(clock.now() + KEPT_MS, turn);
  return {
    delay() {
      const now = ofThisMinute();
      return {
        p50: now.p50,
        p99: Math.max(now.p99, minuteBefore.p99),
        max: Math.max(now.max, minuteBefore.max),
      };
    },
    close() {
      cancel();
      loop.disable();
    },
  };
}
