/** The search for a MIDI port by its name, and the watch over our connection to it while it is open. */
import type { Cancel, Clock, Ms } from '../../src/core/clock.ts';
import type { Attempt, Closable } from '../../src/network/retrying-connection.ts';
import type { StreamCounts } from '../../src/output/lateness-histogram.ts';
import type { TimedPort } from '../../src/output/output-port.ts';
import type { MidiSystem, SeenPort, Sender } from './port.ts';
import { choosePort, lastingName } from './port-names.ts';

/** Time between two looks at the ports: a device that comes back is used again within it. */
export const LOOK_EVERY_MS: Ms = 500;

/**
 * Programs that connect to every port by themselves, for others that may want to send through them. Source: PipeWire,
 * `spa_alsa_seq_activate_port` in its `alsa-seq.c`.
 */
const GO_BETWEENS: ReadonlySet<string> = new Set(['PipeWire-RT-Event']);

/** A port that is open, and how punctual its streams have been; null: nothing has been counted. */
export interface OpenedMidiPort {
  /** The name that stays. */
  readonly name: string;
  readonly port: TimedPort;
  /** Other programs that are connected to send to it. */
  others: readonly Sender[];
  timecodeCounts: StreamCounts | null;
  clockCounts: StreamCounts | null;
}

export interface PortSearch {
  /** Name of a port, or a part of it; or the name of a port that we make. */
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

/** @throws Error that lists the ports there are, when none has the name, or more than one */
function openPort(search: PortSearch, system: MidiSystem, attempt: Attempt<OpenedMidiPort>): Closable {
  const { device, isVirtual, clock, searchAgain } = search;
  const fullName = isVirtual ? device : fullNameOf(system, device);
  let connection: string | null = null;
  let toldOthers = '';
  let cancelLook: Cancel = () => {};

  function fail(reason: string): void {
    cancelLook();
    attempt.failed(`${device}: ${reason}; it is used again as soon as it is back`);
  }

  const port = system.open(fullName, isVirtual, clock, {
    opened(ours) {
      connection = ours;
      attempt.opened(opened);
    },
    troubled: attempt.troubled,
    failed: fail,
    counted(timecode, ticks) {
      opened.timecodeCounts = timecode;
      opened.clockCounts = ticks;
    },
  });
  const name = isVirtual ? device : lastingName(fullName);
  const opened: OpenedMidiPort = { name, port, others: [], timecodeCounts: null, clockCounts: null };

  function look(): void {
    try {
      const seen = system.outputs().find(each => each.fullName === fullName);
      const why = whyLost(seen, connection);
      if (why !== null) {
        void port.close();
        fail(why);
        return searchAgain();
      }
      if (seen !== undefined) watchOthers(seen);
    } catch (error) {
      attempt.troubled((error as Error).message);
    }
    cancelLook = clock.at(clock.now() + LOOK_EVERY_MS, look);
  }

  function watchOthers({ senders }: SeenPort): void {
    if (connection === null || senders === null) return;
    opened.others = senders.filter(each => each.connection !== connection && !GO_BETWEENS.has(each.program));
    const text = opened.others.length === 0 ? '' : `${name}: ${othersText(opened.others)}; what both send is mixed`;
    if (text !== '' && text !== toldOthers) attempt.troubled(text);
    toldOthers = text;
  }

  if (!isVirtual) cancelLook = clock.at(clock.now() + LOOK_EVERY_MS, look);
  return {
    close() {
      cancelLook();
      return port.close();
    },
  };
}

function fullNameOf(system: MidiSystem, device: string): string {
  const choice = choosePort(system.outputs(), device);
  if (choice.ok) return choice.port.fullName;
  throw new Error(choice.text);
}

/**
 * A port that was away for a moment has its name again, and often its numbers: whether it still hears us, only our connection
 * tells, where the system does.
 *
 * @param connection ours; null: the system does not tell
 * @returns null: it hears us
 */
function whyLost(seen: SeenPort | undefined, connection: string | null): string | null {
  if (seen === undefined) return 'it has been unplugged';
  if (connection === null || seen.senders === null) return null;
  const isOurs = seen.senders.some(each => each.connection === connection);
  return isOurs ? null : 'it was unplugged for a moment, or its connection was cut';
}

/** `aplaymidi (129:0) sends to it too`. */
export const othersText = (others: readonly Sender[]): string =>
  `${others.map(({ program, connection }) => `${program} (${connection})`).join(', ')} ${others.length === 1 ? 'sends' : 'send'} to it too`;
