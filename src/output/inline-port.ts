/** A port whose owner waits on a clock, in the thread that calls it: for tests and evenings in simulated time. */

import type { Cancel, Clock } from '../core/clock.ts';
import type { StreamAnchor } from '../core/timecode/stream-anchor.ts';
import type { PortListener, TimedOutput, TimedPort } from './output-port.ts';
import { handAnchor, handCue, handTick, idleScheduler, type PortScheduler, step } from './port-scheduler.ts';
import type { Cursor, Stream } from './stream.ts';

/** @param clockStream what its MIDI clock is made of; null: it has none */
export function portInLine(
  stream: Stream,
  output: TimedOutput,
  clock: Clock,
  listener: PortListener,
  clockStream: Stream<Cursor, StreamAnchor> | null = null,
): TimedPort {
  let owner = idleScheduler(stream, clockStream);
  let isGone = false;
  let cancelWake: Cancel = () => {};
  const cancelOpened = clock.at(clock.now(), () => listener.opened());

  function go(on: PortScheduler): void {
    if (isGone) return;
    cancelWake();
    const stepped = step(on, clock.now());
    const { timecode, clock: ticking } = stepped.owner;
    const isCounted = timecode.counts !== owner.timecode.counts || ticking?.counts !== owner.clock?.counts;
    owner = stepped.owner;
    try {
      for (const bytes of stepped.send) output.send(bytes);
    } catch (error) {
      end();
      return listener.failed((error as Error).message);
    }
    if (isCounted) listener.counted(timecode.counts, ticking?.counts ?? null);
    if (stepped.wakeAt !== null) cancelWake = clock.at(stepped.wakeAt, () => go(owner));
  }

  function end(): void {
    isGone = true;
    cancelOpened();
    cancelWake();
  }

  return {
    send: cue => go(handCue(owner, cue)),
    run: anchor => go(handAnchor(owner, anchor)),
    tick: anchor => go(handTick(owner, anchor)),
    async close() {
      if (isGone) return;
      end();
      await output.close();
    },
  };
}
