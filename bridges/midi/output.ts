/** A MIDI output by easymidi. Loaded in the thread of its port only. */
import easymidi, { type Channel, type Output } from 'easymidi';
import type { OutputModule } from '../../src/output/thread-worker.ts';
import { clockStream } from './midi-clock.ts';
import { type MtcCursor, mtcStream } from './mtc.ts';
import { readSequencer } from './sequencer.ts';

type MidiOutput = OutputModule<MidiOutputRequest, MtcCursor>;

/** The port that the thread is to open. */
export interface MidiOutputRequest {
  readonly name: string;
  readonly isVirtual: boolean;
}

export const streamFor: MidiOutput['streamFor'] = () => mtcStream;

export const clockFor: NonNullable<MidiOutput['clockFor']> = () => clockStream;

/** @throws when the port is gone or taken */
export const openOutput: MidiOutput['openOutput'] = ({ name, isVirtual }) => {
  const before = sendersTo(name);
  const output = new easymidi.Output(name, isVirtual);
  const ours = sendersTo(name)?.filter(connection => before?.includes(connection) === false) ?? [];
  const close = (): void => output.close();
  if (ours.length > 1) {
    close();
    throw new Error('another program connected to it at the same moment');
  }
  return { send: bytes => sendBytes(output, bytes), connection: ours[0] ?? null, close };
};

/** Connections to a port, by its name in full: one that is there after opening it and not before is ours; null: nobody tells. */
function sendersTo(fullName: string): readonly string[] | null {
  const address = fullName.slice(fullName.lastIndexOf(' ') + 1);
  return readSequencer()?.find(port => port.address === address)?.senders ?? null;
}

/** easymidi takes messages by name; this gives it those we send. */
export function sendBytes(output: Pick<Output, 'send'>, bytes: Uint8Array): void {
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
      return sendSystem(output, bytes);
  }
}

function sendSystem(output: Pick<Output, 'send'>, bytes: Uint8Array): void {
  const [status = 0, first = 0, second = 0] = bytes;
  switch (status) {
    case 0xf1:
      return output.send('mtc', { type: first >> 4, value: first & 0x0f });
    case 0xf2:
      return output.send('position', { value: first | (second << 7) });
    case 0xf8:
      return output.send('clock');
    case 0xfa:
      return output.send('start');
    case 0xfb:
      return output.send('continue');
    case 0xfc:
      return output.send('stop');
    default:
      return output.send('sysex', Array.from(bytes));
  }
}
