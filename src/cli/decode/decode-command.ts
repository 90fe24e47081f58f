/** The words of `decklight decode`. */
import { hostname } from 'node:os';
import { type Command, Option } from 'commander';
import type { Mode } from '../../../bridges/opus-quad/session/session-state.ts';
import { interfaceOption, ipv4Option } from '../command-line/option-values.ts';
import { stopSignal } from '../terminal/stop-signal.ts';
import type { Terminals } from '../terminal/terminal.ts';

interface DecodeWords {
  readonly json: boolean;
  readonly live: boolean;
  readonly interface?: string;
  readonly unit?: string;
  readonly mode: Mode;
}

export function addDecodeCommand(program: Command, { out }: Terminals): void {
  const command = program
    .command('decode')
    .description(
      'a capture of the network (.pcap, .pcapng), or with --live the network, as decoded packets and their counts',
    )
    .argument('[capture]', 'capture file')
    .option('--json', 'one JSON object a line; the counts go to standard error', false)
    .option('--live', 'join a unit and print its packets as they come, until Ctrl-C', false)
    .option('--interface <address>', 'with --live: address of this machine towards the unit', interfaceOption)
    .option('--unit <address>', 'with --live: address of the unit', ipv4Option)
    .addOption(
      new Option('--mode <mode>', 'with --live: how to join').choices(['lighting', 'cdj']).default('lighting'),
    );
  command.action(async (capture: string | undefined, { json, ...words }: DecodeWords) => {
    if (words.live === (capture !== undefined)) {
      command.error('error: expected either a capture file or --live, to print packets as they come', { exitCode: 2 });
    }
    if (capture === undefined) {
      const { decodeLive } = await import('./decode-live.ts');
      const { interface: address = null, unit = null, mode } = words;
      const options = { json, interface: address, unit, mode, computerName: hostname() };
      process.exitCode = await decodeLive(options, out, stopSignal());
      return;
    }
    const { decodeCommand } = await import('./decode.ts');
    process.exitCode = await decodeCommand(capture, { json }, out);
  });
}
