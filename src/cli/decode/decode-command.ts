/** The words of `decklight decode`. */
import type { Command } from 'commander';
import type { Terminals } from '../terminal/terminal.ts';

export function addDecodeCommand(program: Command, { out }: Terminals): void {
  program
    .command('decode')
    .description('a capture of the network (.pcap, .pcapng) as decoded packets, one a line, and their counts')
    .argument('<capture>', 'capture file')
    .option('--json', 'one JSON object a line; the counts go to standard error', false)
    .action(async (capture: string, options: { json: boolean }) => {
      const { decodeCommand } = await import('./decode.ts');
      process.exitCode = await decodeCommand(capture, options, out);
    });
}
