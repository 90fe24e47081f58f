/** A MIDI system without a machine behind it: ports in simulated time that keep what leaves through them. */
import { clockStream } from '../../../bridges/midi/midi-clock.ts';
import { mtcStream } from '../../../bridges/midi/mtc.ts';
import type { MidiSystem } from '../../../bridges/midi/port.ts';
import { inlinePort } from '../../../src/output/inline-port.ts';
import type { Timed } from '../../../src/output/output-port.ts';
import { idleScheduler } from '../../../src/output/port-scheduler.ts';

export interface StandIn {
  readonly system: MidiSystem;
  /** Each message with the moment it left. */
  readonly sent: readonly Timed[];
  /** Ports that were closed, by name, in order. */
  readonly closed: readonly string[];
  /** The ports that can be seen from now on. */
  show(names: readonly string[]): void;
  /** From now on sending through a port that is open fails; or works again. */
  fail(isFailing: boolean): void;
}

export function standInSystem(names: readonly string[]): StandIn {
  const sent: Timed[] = [];
  const closed: string[] = [];
  let seen = names;
  let isFailing = false;
  return {
    sent,
    closed,
    show(now) {
      seen = now;
    },
    fail(now) {
      isFailing = now;
    },
    system: {
      outputs: () => seen,
      open: (name, _isVirtual, clock, listener) =>
        inlinePort(
          idleScheduler(mtcStream, clockStream),
          {
            send(bytes) {
              if (isFailing) throw new Error('the device is gone');
              sent.push({ at: clock.now(), bytes });
            },
            close: () => void closed.push(name),
          },
          clock,
          listener,
        ),
    },
  };
}
