/** The real clock: monotonic milliseconds since the machine's start, the clock of process.hrtime. */
import type { Clock, Ms } from '../core/clock.ts';

/** Longest wait setTimeout can take. */
const LONGEST_WAIT_MS = 0x7fffffff;

export function liveClock(): Clock {
  const now = (): Ms => Number(process.hrtime.bigint()) / 1e6;
  return {
    now,
    at(time, run) {
      let timer: NodeJS.Timeout;
      const wait = () => {
        const left = time - now();
        // setTimeout rounds down to whole ms and may wake early; a moment is never announced before it has come.
        if (left <= 0) run();
        else timer = setTimeout(wait, Math.min(Math.ceil(left), LONGEST_WAIT_MS));
      };
      timer = setTimeout(wait, Math.max(0, Math.min(Math.ceil(time - now()), LONGEST_WAIT_MS)));
      return () => clearTimeout(timer);
    },
  };
}

/** A moment as an integer of process.hrtime's clock, for traces that other programs compare with. */
export const toMonotonicNs = (time: Ms): number => Math.round(time * 1e6);
