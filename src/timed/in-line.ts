/** A port whose owner waits on a clock, in the thread that calls it: for tests and evenings in simulated time. */
import type { Cancel, Clock } from '../core/clock.ts';
import { handAnchor, handCue, idleOwner, type Owner, step } from './owner.ts';
import type { PortListener, TimedOutput, TimedPort } from './port.ts';
import type { Cursor, Stream } from './stream.ts';

export function portInLine<C extends Cursor>(
  stream: Stream<C>,
  output: TimedOutput,
  clock: Clock,
  listener: PortListener,
): TimedPort {
  let owner = idleOwner(stream);
  let isGone = false;
  let cancelWake: Cancel = () => {};
  const cancelOpened = clock.at(clock.now(), () => listener.opened());

  function go(on: Owner<C>): void {
    if (isGone) return;
    cancelWake();
    const stepped = step(on, clock.now());
    const isCounted = stepped.owner.counts !== owner.counts;
    owner = stepped.owner;
    try {
      for (const bytes of stepped.send) output.send(bytes);
    } catch (error) {
      end();
      return listener.failed((error as Error).message);
    }
    if (isCounted) listener.counted(owner.counts);
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
    async close() {
      if (isGone) return;
      end();
      await output.close();
    },
  };
}
