/** The words of `decklight init`. */
import type { Command } from 'commander';
import type { Terminals } from './terminal/terminal.ts';

export function addInitCommand(program: Command, { out }: Terminals): void {
  program
    .command('init')
    .description('write a commented profile to start from')
    .argument('[file]', 'where to', 'show.yaml')
    .option('--receiver <name>', 'who is to be told over OSC: qlcplus, ola, eos, grandma3, resolume …')
    .action(async (file: string, { receiver }: { receiver?: string }) => {
      const { initCommand } = await import('./init.ts');
      process.exitCode = await initCommand(file, receiver ?? null, out);
    });
}
