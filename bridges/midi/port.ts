/** The ports of this machine's MIDI system, behind the smallest interface that a test can stand in for. */

import type { Channel, Output } from 'easymidi';

export interface MidiSystem {
  /** Names of the output ports that are there now. */
  outputs(): readonly string[];
  /** @throws when the port is gone or taken */
  open(name: string, isVirtual: boolean): MidiPort;
}

export interface MidiPort {
  /** One whole message. @throws when the device is gone */
  send(bytes: Uint8Array): void;
  close(): void;
}

/**
 * The real one, by easymidi; loaded only when a profile has a MIDI bridge.
 *
 * @throws Error with one line on what to install where there is no MIDI system
 */
export async function loadMidiSystem(): Promise<MidiSystem> {
  try {
    const { default: easymidi } = await import('easymidi');
    // Listing is the first thing that fails where there is no sound system.
    easymidi.getOutputs();
    return {
      outputs: () => easymidi.getOutputs(),
      open(name, isVirtual) {
        const output = new easymidi.Output(name, isVirtual);
        return { send: bytes => sendBytes(output, bytes), close: () => output.close() };
      },
    };
  } catch (error) {
    throw new Error(
      `there is no MIDI system here (${(error as Error).message}): on Debian install libasound2 and see that /dev/snd/seq is there (modprobe snd-seq)`,
    );
  }
}

/** easymidi takes messages by name; this tells it those we send. */
function sendBytes(output: Output, bytes: Uint8Array): void {
  const [status = 0, first = 0, second = 0] = bytes;
  const channel = (status & 0x0f) as Channel;
  switch (status & 0xf0) {
    case 0x80:
      return output.send('noteoff', { note: first, velocity: second, channel });
    case 0x90:
      return output.send('noteon', { note: first, velocity: second, channel });
    case 0xb0:
      return output.send('cc', { controller: first, value: second, channel });
    case 0xc0:
      return output.send('program', { number: first, channel });
    default:
      return output.send('sysex', Array.from(bytes));
  }
}
