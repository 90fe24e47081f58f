/**
 * The ports of Linux's MIDI sequencer and what is connected to them, as its kernel prints them: a look that opens nothing.
 *
 * Source: `sound/core/seq/seq_clientmgr.c` of Linux, `snd_seq_info_clients_read`.
 */
import { readFileSync } from 'node:fs';

export interface SequencerPort {
  /** `128:0`: the numbers of its client and of the port, which are others after the next start. */
  readonly address: string;
  /** Name of the program or card that it belongs to. */
  readonly client: string;
  readonly name: string;
  /** Others may connect to it, to send to it. */
  readonly takesSenders: boolean;
  /** Addresses of the ports that send to it. */
  readonly senders: readonly string[];
}

/** Absent where there is no sequencer, and where a container hides it. */
const CLIENTS = '/proc/asound/seq/clients';

/** @returns null: this system does not tell */
export function readSequencer(): readonly SequencerPort[] | null {
  try {
    return parseSequencer(readFileSync(CLIENTS, 'utf8'));
  } catch {
    return null;
  }
}

const CLIENT = /^Client +(\d+) : "(.*)" \[/;
/** After the name: may be read, may be written (a capital: by subscription), is shown to others. */
const PORT = /^ {2}Port +(\d+) : "(.*)" \([Rr-]([Ww-])([e-])/;
const SENDERS = /^ {4}Connected From: (.*)$/;

/** Lines that are none of these are passed over: other releases of the kernel print more. */
export function parseSequencer(text: string): readonly SequencerPort[] {
  const ports: SequencerPort[] = [];
  let client: { readonly number: string; readonly name: string } | null = null;
  for (const line of text.split('\n')) {
    const [, number, name = ''] = CLIENT.exec(line) ?? [];
    if (number !== undefined) client = { number, name };
    const port = PORT.exec(line);
    if (port !== null && client !== null) {
      const [, own = '', called = '', writable, exported] = port;
      const takesSenders = writable === 'W' && exported === 'e';
      ports.push({ address: `${client.number}:${own}`, client: client.name, name: called, takesSenders, senders: [] });
    }
    const from = SENDERS.exec(line)?.[1];
    const last = ports.at(-1);
    if (from !== undefined && last !== undefined) {
      ports[ports.length - 1] = { ...last, senders: [...from.matchAll(/\d+:\d+/g)].map(([address]) => address) };
    }
  }
  return ports;
}
