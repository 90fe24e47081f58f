/** One MIDI port: opens it when it is there, sends, and lets go of every note. Decides nothing. */
import type { Host, OpenBridge } from '../../src/bridge.ts';
import type { Cancel, Ms } from '../../src/core/clock.ts';
import { encode, type MidiMessage } from './codec.ts';
import type { MidiPort, MidiSystem } from './port.ts';

export interface MidiDeviceOptions {
  /** A port of this name, or the first whose name holds it; or the name of a port that we make. */
  readonly device: string;
  readonly isVirtual: boolean;
}

/** How often the ports are looked at: a device that comes back is used again within this time. */
const LOOK_EVERY_MS: Ms = 2000;

export function openMidi(
  { device, isVirtual }: MidiDeviceOptions,
  host: Host,
  load: () => Promise<MidiSystem>,
  toMessage: (message: unknown) => MidiMessage,
): OpenBridge {
  const { clock, log } = host;
  /** Notes that sound, by channel and number, each with what takes back its end. */
  const sounding = new Map<string, { readonly off: MidiMessage; readonly cancel: Cancel }>();
  let system: MidiSystem | null = null;
  let open: { readonly port: MidiPort; readonly name: string } | null = null;
  let trouble: string | null = null;
  let isClosed = false;
  let cancelLook: Cancel = () => {};
  let sent = 0;

  async function look(): Promise<void> {
    try {
      system ??= await load();
      if (isClosed) return;
      if (open !== null && !isVirtual && !system.outputs().includes(open.name)) lose('it has been unplugged');
      if (open === null) connect(system);
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
    open = { port: from.open(name, isVirtual), name };
    trouble = null;
    log.info({ device: name }, `MIDI goes to ${name}`);
  }

  function lose(reason: string): void {
    try {
      open?.port.close();
    } catch {
      // It is gone already; there is nothing left to close.
    }
    open = null;
    for (const { cancel } of sounding.values()) cancel();
    sounding.clear();
    complain(`${device}: ${reason}; it is used again as soon as it is back`);
  }

  /** Said once per kind of trouble. */
  function complain(text: string): void {
    if (text !== trouble) log.warn({ device }, text);
    trouble = text;
  }

  function transmit(message: MidiMessage): void {
    try {
      open?.port.send(encode(message));
    } catch (error) {
      lose((error as Error).message);
    }
  }

  /** Lets go of a note that sounds; of one that does not, nothing is sent. */
  function release(key: string): void {
    const held = sounding.get(key);
    if (held === undefined) return;
    held.cancel();
    sounding.delete(key);
    transmit(held.off);
  }

  void look();
  return {
    send(filled, at) {
      const message = toMessage(filled);
      if (open === null) return false;
      sent++;
      if (message.kind === 'note') {
        const { note, channel, forMs } = message;
        const key = `${channel}/${note}`;
        // Struck again while it sounds, a note is let go first: else two ends would meet one beginning.
        release(key);
        transmit(message);
        const cancel = forMs === null ? () => {} : clock.at(at + forMs, () => release(key));
        sounding.set(key, { off: { kind: 'note-off', note, channel }, cancel });
      } else if (message.kind === 'note-off') {
        const key = `${message.channel}/${message.note}`;
        if (sounding.has(key)) release(key);
        else transmit(message);
      } else transmit(message);
      // A port that failed just now has been given up.
      return open !== null;
    },
    status() {
      if (open === null) return { state: 'waiting', text: trouble ?? `opening ${device}` };
      return { state: 'ready', text: `${open.name}, ${sent} sent` };
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      cancelLook();
      for (const key of [...sounding.keys()]) release(key);
      open?.port.close();
      open = null;
    },
  };
}
