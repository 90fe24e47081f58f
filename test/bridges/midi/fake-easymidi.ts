/** A MIDI system without a machine behind it: ports in simulated time that keep what leaves through them. */
import { clockStream } from '../../../bridges/midi/midi-clock.ts';
import { mtcStream } from '../../../bridges/midi/mtc.ts';
import type { MidiSystem, SeenPort, Sender } from '../../../bridges/midi/port.ts';
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
  /** From now on these are connected to each port; until then nobody can tell. Ours is `OURS`. */
  connect(senders: readonly Sender[]): void;
  /** From now on sending through a port that is open fails; or works again. */
  fail(isFailing: boolean): void;
}

/** The connection of whoever opens a port of it. */
export const OURS: Sender = { connection: '128:0', program: 'RtMidi Output Client' };

export function standInSystem(names: readonly string[]): StandIn {
  const sent: Timed[] = [];
  const closed: string[] = [];
  let seen = names;
  let senders: readonly Sender[] | null = null;
  let isFailing = false;
  return {
    sent,
    closed,
    show(now) {
      seen = now;
    },
    connect(now) {
      senders = now;
    },
    fail(now) {
      isFailing = now;
    },
    system: {
      outputs: () => seen.map((fullName): SeenPort => ({ fullName, senders })),
      open: (name, _isVirtual, clock, listener) =>
        inlinePort(
          idleScheduler(mtcStream, clockStream),
          {
            send(bytes) {
              if (isFailing) throw new Error('the device is gone');
              sent.push({ at: clock.now(), bytes });
            },
            connection: senders === null ? null : OURS.connection,
            close: () => void closed.push(name),
          },
          clock,
          listener,
        ),
    },
  };
}
