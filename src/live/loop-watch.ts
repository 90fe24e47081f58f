/** Longest time that the program may have left its input waiting. */
import { performance } from 'node:perf_hooks';
import type { Clock, Ms } from '../core/clock.ts';

/**
 * Tells how long a datagram or a report may have waited for us.
 *
 * The loop alternates between waiting and working. If it has waited since we last asked, one may have come at any time
 * since that wait ended, which is at most the time worked in between; if it has not waited at all, it may have come
 * at any time since the last wait.
 */
export function loopWatch(clock: Clock): { notBefore(at: Ms): Ms } {
  let askedAt = clock.now();
  let idleMs = performance.nodeTiming.idleTime;
  let notBefore = askedAt;
  return {
    notBefore(at) {
      const idleNowMs = performance.nodeTiming.idleTime;
      const waitedMs = idleNowMs - idleMs;
      if (waitedMs > 0) notBefore = Math.max(notBefore, askedAt + waitedMs);
      askedAt = at;
      idleMs = idleNowMs;
      return Math.min(notBefore, at);
    },
  };
}
