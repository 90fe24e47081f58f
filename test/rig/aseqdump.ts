/** A receiver that is not ours: aseqdump of alsa-utils, with a port of its own, or listening to one that can be read. */
import { spawn } from 'node:child_process';
import { parseSequencer } from '../../bridges/midi/sequencer.ts';
import { until } from '../until.ts';
import { sequencer } from './midi-port.ts';

/** What it says of a message: `Note on`, `0, note 60, velocity 100`. */
export interface HeardEvent {
  readonly event: string;
  readonly data: string;
}

export interface Aseqdump {
  /** `128:0` */
  readonly address: string;
  /** What came in, in order; not who connected and who left. */
  events(): readonly HeardEvent[];
  /** The bytes of quarter frames, full frames and other sysex, clock, start, stop, continue and song position. */
  streams(): readonly Uint8Array[];
  stop(): Promise<void>;
}

/** @param words `-p 20:0`: what it is to listen to */
export async function startAseqdump(...words: readonly string[]): Promise<Aseqdump> {
  const before = addresses();
  // Else it keeps its lines until it has a page of them.
  const program = spawn('stdbuf', ['-oL', 'aseqdump', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  program.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  const ended = new Promise<void>(done => program.on('close', () => done()));
  await until(() => text.includes('\nSource'));
  const address = addresses().find(each => !before.includes(each)) ?? '';
  const events = (): readonly HeardEvent[] => text.split('\n').slice(0, -1).flatMap(eventOf);
  return {
    address,
    events,
    streams: () => events().flatMap(bytesOf),
    async stop() {
      program.kill('SIGINT');
      await ended;
    },
  };
}

const addresses = (): readonly string[] =>
  parseSequencer(sequencer())
    .filter(({ client }) => client === 'aseqdump')
    .map(({ address }) => address);

/** Those of port 0:1 are news of the sequencer itself. */
function eventOf(line: string): readonly HeardEvent[] {
  const [, source, event = '', data = ''] = /^ *(\d+:\d+) +(\S.*?)(?: {2,}(\S.*))?$/.exec(line) ?? [];
  return source === undefined || source.startsWith('0:') ? [] : [{ event, data: data.trim() }];
}

const ONE_BYTE: Readonly<Record<string, number>> = { Clock: 0xf8, Start: 0xfa, Continue: 0xfb, Stop: 0xfc };

function bytesOf({ event, data }: HeardEvent): readonly Uint8Array[] {
  const byte = ONE_BYTE[event];
  if (byte !== undefined) return [Uint8Array.of(byte)];
  if (event === 'MTC quarter frame') return [Uint8Array.of(0xf1, Number.parseInt(data, 16))];
  if (event === 'System exclusive') return [Uint8Array.from(data.split(' '), hex => Number.parseInt(hex, 16))];
  if (event !== 'Song position pointer') return [];
  const position = Number(data.replace('value ', ''));
  return [Uint8Array.of(0xf2, position & 0x7f, position >> 7)];
}
