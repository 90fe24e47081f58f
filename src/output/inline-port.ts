/** A port whose scheduler waits on a clock, in the thread that calls it: for tests and evenings in simulated time. */

import type { Cancel, Clock } from '../core/clock.ts';
import type { PortListener, TimedOutput, TimedPort } from './output-port.ts';
import {
  ended,
  type PortScheduler,
  type PortStepped,
  step,
  withClock,
  withCue,
  withTimecode,
} from './port-scheduler.ts';

/** @param idle the scheduler of its streams, before anything is delivered */
export function inlinePort(idle: PortScheduler, output: TimedOutput, clock: Clock, listener: PortListener): TimedPort {
  let scheduler = idle;
  let isGone = false;
  let cancelWake: Cancel = () => {};
  const cancelOpened = clock.at(clock.now(), () => listener.opened(output.connection ?? null));

  function go(on: PortScheduler): void {
    if (isGone) return;
    cancelWake();
    const before = scheduler;
    let stepped: PortStepped;
    try {
      stepped = step(on, clock.now());
      scheduler = stepped.scheduler;
      for (const bytes of stepped.send) output.send(bytes);
    } catch (error) {
      end();
      return listener.failed((error as Error).message);
    }
    const { timecode, clock: ticking } = scheduler;
    const isCounted = timecode.counts !== before.timecode.counts || ticking?.counts !== before.clock?.counts;
    if (isCounted) listener.counted(timecode.counts, ticking?.counts ?? null);
    if (stepped.wakeAt !== null) cancelWake = clock.at(stepped.wakeAt, () => go(scheduler));
  }

  function end(): void {
    isGone = true;
    cancelOpened();
    cancelWake();
  }

  return {
    send: cue => go(withCue(scheduler, cue)),
    run: anchor => go(withTimecode(scheduler, anchor)),
    tick: anchor => go(withClock(scheduler, anchor)),
    async close() {
      if (isGone) return;
      go(ended(scheduler, clock.now()));
      if (isGone) return;
      end();
      await output.close();
    },
  };
}
