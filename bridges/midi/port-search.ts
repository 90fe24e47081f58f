/** The search for a MIDI port by its name, and the watch over it while it is open. */
import type { Cancel, Clock, Ms } from '../../src/core/clock.ts';
import type { Attempt, Closable } from '../../src/network/retrying-connection.ts';
import type { StreamCounts } from '../../src/output/lateness-histogram.ts';
import type { TimedPort } from '../../src/output/output-port.ts';
import type { MidiSystem } from './port.ts';

/** Time between two looks at the ports: a device that comes back is used again within it. */
export const LOOK_EVERY_MS: Ms = 2000;

/** A port that is open, and how punctual its streams have been; null: nothing has been counted. */
export interface OpenedMidiPort {
  readonly name: string;
  readonly port: TimedPort;
  timecodeCounts: StreamCounts | null;
  clockCounts: StreamCounts | null;
}

export interface PortSearch {
  /** A port of this name, or the first whose name holds it; or the name of a port that we make. */
  readonly device: string;
  readonly isVirtual: boolean;
  readonly clock: Clock;
  readonly load: () => Promise<MidiSystem>;
  /** Searches again at once. */
  readonly searchAgain: () => void;
}

/** Attempts to open the port. The MIDI system is loaded by the first one. */
export function searchPort(search: PortSearch): (attempt: Attempt<OpenedMidiPort>) => Closable {
  let system: MidiSystem | null = null;

  function loadAndOpen(attempt: Attempt<OpenedMidiPort>): Closable {
    let opening: Closable | null = null;
    let isOver = false;
    search
      .load()
      .then(loaded => {
        system = loaded;
        if (!isOver) opening = openPort(search, loaded, attempt);
      })
      .catch((error: Error) => attempt.failed(error.message));
    return {
      close() {
        isOver = true;
        return opening?.close();
      },
    };
  }

  return attempt => (system === null ? loadAndOpen(attempt) : openPort(search, system, attempt));
}

/** @throws Error that lists the ports there are, when none has the name */
function openPort(search: PortSearch, system: MidiSystem, attempt: Attempt<OpenedMidiPort>): Closable {
  const { device, isVirtual, clock, searchAgain } = search;
  const name = isVirtual ? device : nameIn(system.outputs(), device);
  let cancelLook: Cancel = () => {};

  function fail(reason: string): void {
    cancelLook();
    attempt.failed(`${device}: ${reason}; it is used again as soon as it is back`);
  }

  const port = system.open(name, isVirtual, clock, {
    opened: () => attempt.opened(opened),
    troubled: attempt.troubled,
    failed: fail,
    counted(timecode, ticks) {
      opened.timecodeCounts = timecode;
      opened.clockCounts = ticks;
    },
  });
  const opened: OpenedMidiPort = { name, port, timecodeCounts: null, clockCounts: null };

  function look(): void {
    try {
      if (!system.outputs().includes(name)) {
        void port.close();
        fail('it has been unplugged');
        return searchAgain();
      }
    } catch (error) {
      attempt.troubled((error as Error).message);
    }
    cancelLook = clock.at(clock.now() + LOOK_EVERY_MS, look);
  }

  if (!isVirtual) cancelLook = clock.at(clock.now() + LOOK_EVERY_MS, look);
  return {
    close() {
      cancelLook();
      return port.close();
    },
  };
}

function nameIn(names: readonly string[], device: string): string {
  const name = names.find(each => each === device) ?? names.find(each => each.includes(device));
  if (name !== undefined) return name;
  throw new Error(`no MIDI output is called "${device}"; there are: ${names.join(', ') || 'none'}`);
}
