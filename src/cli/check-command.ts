/** The words of `decklight check`. */
import type { Command } from 'commander';
import { IMPORTED_OPTION, profileContext } from './command-line/profile-context.ts';
import type { Terminals } from './terminal/terminal.ts';

export function addCheckCommand(program: Command, { out }: Terminals): void {
  program
    .command('check')
    .description('every problem of a profile at once, each with file:line:column')
    .argument('<profile>', 'show profile (YAML)')
    .option(...IMPORTED_OPTION)
    .action(async (profile: string, options: { media?: string }) => {
      const { checkCommand } = await import('./check.ts');
      process.exitCode = await checkCommand(profile, await profileContext(profile, options.media, out));
    });
}
