/** The words of `decklight plan` and `decklight regions`. */
import type { Command } from 'commander';
import { JSON_OPTION } from '../command-line/option-values.ts';
import { IMPORTED_OPTION, profileContext } from '../command-line/profile-context.ts';
import type { Terminals } from '../terminal/terminal.ts';

export function addPlanCommand(program: Command, { out }: Terminals): void {
  program
    .command('plan')
    .description('the cue sheet: what would leave when in each track, to the frame')
    .argument('<profile>', 'show profile (YAML)')
    .option(...IMPORTED_OPTION)
    .option('--track <name>', 'this track alone: a part of its title, artist or file, or its number')
    .option('--all', 'every imported track, not just those that the profile prepares', false)
    .option('--csv <file>', 'write CSV instead of text; - for standard output')
    .option('--html <file>', 'draw the evening as one HTML file, to look at and to print; - for standard output')
    .option(...JSON_OPTION)
    .action(async (profile: string, options: PlanFlags) => {
      const { media, track = null, all, csv = null, html = null, json } = options;
      const { planCommand } = await import('./plan.ts');
      process.exitCode = await planCommand(
        profile,
        { track, all, csv, html, json },
        await profileContext(profile, media, out),
      );
    });
}

interface PlanFlags {
  readonly media?: string;
  readonly track?: string;
  readonly all: boolean;
  readonly csv?: string;
  readonly html?: string;
  readonly json: boolean;
}

interface RegionsFlags {
  readonly media?: string;
  readonly timecode?: string;
  readonly packed: boolean;
  readonly from: string;
}

export function addRegionsCommand(program: Command, { out }: Terminals): void {
  program
    .command('regions')
    .description('give each track of a playlist a region of a timecode, kept in a CSV beside the profile')
    .argument('<profile>', 'show profile (YAML)')
    .argument('<playlist>', 'a playlist of an imported stick')
    .option(...IMPORTED_OPTION)
    .option('--timecode <name>', 'which timecode of the profile; else its first')
    .option('--packed', 'one track after the other, each from a whole minute; else an hour for each', false)
    .option('--from <label>', 'no region begins before', '01:00:00:00')
    .action(async (profile: string, playlist: string, options: RegionsFlags) => {
      const { media, timecode = null, packed, from } = options;
      const context = await profileContext(profile, media, out);
      const { regionsCommand } = await import('./give-regions.ts');
      process.exitCode = await regionsCommand(profile, playlist, { timecode, packed, from }, context);
    });
}
