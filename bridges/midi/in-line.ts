/** A port whose owner waits on a clock, in the thread that calls it: for tests and evenings in simulated time. */
import type { Cancel, Clock } from '../../src/core/clock.ts';
import { handAnchor, handCue, IDLE_OWNER, type Owner, step } from './owner.ts';
import type { MidiPort, PortListener } from './port.ts';
import type { MidiOutput } from './worker.ts';

export function portInLine(output: MidiOutput, clock: Clock, listener: PortListener): MidiPort {
  let owner = IDLE_OWNER;
  let isGone = false;
  let cancelWake: Cancel = () => {};
  const cancelOpened = clock.at(clock.now(), () => listener.opened());

  function go(on: Owner): void {
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
      output.close();
    },
  };
}
