/** The words of `decklight surface`. */
import type { Command } from 'commander';
import { textOption } from '../command-line/option-values.ts';
import { profileContext } from '../command-line/profile-context.ts';
import type { Terminals } from '../terminal/terminal.ts';

export function addSurfaceCommand(program: Command, { out }: Terminals): void {
  program
    .command('surface')
    .description('what each control of a surface does, as text and as a drawing to print')
    .argument('<profile>', 'show profile (YAML)')
    .option('--svg <file>', 'write the drawing; black on white, on one page')
    .option('--of <bridge>', 'this surface alone, where the profile has several', textOption)
    .action(async (profile: string, options: { svg?: string; of?: string }) => {
      const { svg = null, of = null } = options;
      const context = await profileContext(profile, undefined, out);
      const { surfaceCommand } = await import('./surface.ts');
      process.exitCode = await surfaceCommand(profile, { svg, of }, context);
    });
}
