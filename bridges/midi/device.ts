/** One MIDI port: opens it when it is there, hands over what leaves, and lets go of every note. Decides nothing. */
import type { BridgeHost, OpenBridge } from '../../src/bridge.ts';
import type { Cancel, Ms } from '../../src/core/clock.ts';
import type { StreamAnchor, TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import { isRunning, locatedAgain } from '../../src/output/anchor-list.ts';
import { countsText, type StreamCounts } from '../../src/output/lateness-histogram.ts';
import type { TimedPort } from '../../src/output/output-port.ts';
import { encode, type MidiMessage } from './codec.ts';
import type { MidiSystem } from './port.ts';

export interface MidiDeviceOptions {
  /** A port of this name, or the first whose name holds it; or the name of a port that we make. */
  readonly device: string;
  readonly isVirtual: boolean;
  /** What lies behind the port takes so long; timecode and clock are handed over so much earlier. Below 0: later. */
  readonly latencyMs: Ms;
}

/** How often the ports are looked at: a device that comes back is used again within this time. */
const LOOK_EVERY_MS: Ms = 2000;

/** A port from the moment it is asked for until it is given up. */
interface Held {
  readonly name: string;
  readonly port: TimedPort;
  isReady: boolean;
  mtc: StreamCounts | null;
  ticks: StreamCounts | null;
}

export function openMidi(
  { device, isVirtual }: Omit<MidiDeviceOptions, 'latencyMs'>,
  host: BridgeHost,
  load: () => Promise<MidiSystem>,
  toMessage: (message: unknown) => MidiMessage,
): OpenBridge {
  const { clock, log } = host;
  /** Notes that sound, by channel and number, each with what takes back its end. */
  const sounding = new Map<string, { readonly off: MidiMessage; readonly cancel: Cancel }>();
  let system: MidiSystem | null = null;
  let held: Held | null = null;
  /** How timecode goes on, whether the port is there or not. */
  let standing: TimecodeAnchor | null = null;
  /** How its MIDI clock goes on, likewise. */
  let ticking: StreamAnchor | null = null;
  let trouble: string | null = null;
  let isClosed = false;
  let cancelLook: Cancel = () => {};
  let sent = 0;

  async function look(): Promise<void> {
    try {
      system ??= await load();
      if (isClosed) return;
      if (held !== null && !isVirtual && !system.outputs().includes(held.name)) {
        void held.port.close();
        lose('it has been unplugged');
      }
      if (held === null) connect(system);
    } catch (error) {
      complain((error as Error).message);
    }
    if (!isClosed) cancelLook = clock.at(clock.now() + LOOK_EVERY_MS, () => void look());
  }

  function connect(from: MidiSystem): void {
    const names = from.outputs();
    const name = isVirtual
      ? device
      : (names.find(each => each === device) ?? names.find(each => each.includes(device)));
    if (name === undefined) {
      return complain(`no MIDI output is called "${device}"; there are: ${names.join(', ') || 'none'}`);
    }
    const port = from.open(name, isVirtual, clock, {
      opened: () => held === mine && begin(mine),
      troubled: complain,
      failed: reason => held === mine && lose(reason),
      counted(timecode, ticks) {
        mine.mtc = timecode;
        mine.ticks = ticks;
      },
    });
    const mine: Held = { name, port, isReady: false, mtc: null, ticks: null };
    held = mine;
  }

  function begin(mine: Held): void {
    mine.isReady = true;
    trouble = null;
    log.info({ device: mine.name }, `MIDI goes to ${mine.name}`);
    const [known, knownTick] = [standing, ticking];
    host.ready();
    if (held !== mine) return;
    // What the show has told anew just now has been said, and a second full frame would only disturb.
    const anchor = known === null || known !== standing ? null : locatedAgain(known, clock.now());
    if (anchor !== null) mine.port.run(anchor);
    const tick = knownTick === null || knownTick !== ticking ? null : locatedAgain(knownTick, clock.now());
    if (tick !== null) mine.port.tick(tick);
  }

  function lose(reason: string): void {
    held = null;
    for (const { cancel } of sounding.values()) cancel();
    sounding.clear();
    complain(`${device}: ${reason}; it is used again as soon as it is back`);
  }

  /** Said once per kind of trouble. */
  function complain(text: string): void {
    if (text !== trouble) log.warn({ device }, text);
    trouble = text;
  }

  function transmit(message: MidiMessage, at: Ms): void {
    held?.port.send({ at, bytes: encode(message) });
  }

  /** Lets go of a note that sounds; of one that does not, nothing is sent. */
  function letGo(key: string): void {
    const note = sounding.get(key);
    if (note === undefined) return;
    note.cancel();
    sounding.delete(key);
    transmit(note.off, clock.now());
  }

  void look();
  return {
    send(filled, at) {
      const message = toMessage(filled);
      if (held === null || !held.isReady) return false;
      sent++;
      if (message.kind === 'note') {
        const { note, channel, forMs } = message;
        const key = `${channel}/${note}`;
        // Struck again while it sounds, a note is let go first: else two ends would meet one beginning.
        letGo(key);
        transmit(message, at);
        const cancel = forMs === null ? () => {} : clock.at(at + forMs, () => letGo(key));
        sounding.set(key, { off: { kind: 'note-off', note, channel }, cancel });
      } else if (message.kind === 'note-off') {
        const key = `${message.channel}/${message.note}`;
        if (sounding.has(key)) letGo(key);
        else transmit(message, at);
      } else transmit(message, at);
      // A port that failed just now has been given up.
      return held !== null;
    },
    timecode(anchor) {
      standing = anchor;
      if (held?.isReady === true) held.port.run(anchor);
    },
    clock(anchor) {
      ticking = anchor;
      if (held?.isReady === true) held.port.tick(anchor);
    },
    release() {
      for (const key of [...sounding.keys()]) letGo(key);
    },
    status() {
      if (held === null || !held.isReady) return { state: 'waiting', text: trouble ?? `opening ${device}` };
      const streams = `${punctualText('MTC', standing, held.mtc)}${punctualText('clock', ticking, held.ticks)}`;
      return { state: 'ready', text: `${held.name}, ${sent} sent${streams}` };
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      cancelLook();
      for (const key of [...sounding.keys()]) letGo(key);
      const last = held;
      held = null;
      await last?.port.close();
    },
  };
}

/** `, MTC late p99 0.3 ms`; empty while it does not run, and until something has been counted. */
function punctualText(name: string, anchor: StreamAnchor | null, counts: StreamCounts | null): string {
  if (anchor === null || !isRunning(anchor)) return '';
  const punctual = counts === null ? null : countsText(counts);
  return punctual === null ? '' : `, ${name} ${punctual}`;
}
