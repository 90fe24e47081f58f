/** The words of `decklight check`. */
import type { Command } from 'commander';
import { JSON_OPTION } from './command-line/option-values.ts';
import { IMPORTED_OPTION, profileContext } from './command-line/profile-context.ts';
import type { Terminals } from './terminal/terminal.ts';

export function addCheckCommand(program: Command, { out }: Terminals): void {
  program
    .command('check')
    .description('every problem of a profile at once, each with file:line:column')
    .argument('<profile>', 'show profile (YAML)')
    .option(...IMPORTED_OPTION)
    .option(...JSON_OPTION)
    .action(async (profile: string, { media, json }: { media?: string; json: boolean }) => {
      const { checkCommand } = await import('./check.ts');
      process.exitCode = await checkCommand(profile, { json }, await profileContext(profile, media, out));
    });
}
