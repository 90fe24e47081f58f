/** The words of `decklight bundle`. */
import type { Command } from 'commander';
import { IMPORTED_OPTION, profileContext } from '../command-line/profile-context.ts';
import type { Terminals } from '../terminal/terminal.ts';

interface BundleWords {
  readonly to?: string;
  readonly mask: boolean;
  readonly doctor: boolean;
  readonly media?: string;
}

export function addBundleCommand(program: Command, { out }: Terminals): void {
  program
    .command('bundle')
    .description('a recorded evening and all that it needs to run again elsewhere, in one file')
    .argument('<recording>', 'a recording of decklight run (.pcapng), or a bundle, to mask it')
    .option('--to <file>', 'the file to write; <recording>.bundle.pcapng.gz unless said')
    .option('--mask', 'other words for titles, names and addresses', false)
    .option('--no-doctor', 'without what doctor finds on this machine, which takes 3 s')
    .option(...IMPORTED_OPTION)
    .action(async (recording: string, { to, media, ...options }: BundleWords) => {
      const { bundleCommand } = await import('./bundle.ts');
      process.exitCode = await bundleCommand(
        recording,
        { ...options, to: to ?? null, media: media ?? null },
        out,
        profile => profileContext(profile, media, out),
      );
    });
}
