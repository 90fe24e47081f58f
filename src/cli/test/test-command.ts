/** The words of `decklight test`. */
import type { Command } from 'commander';
import { JSON_OPTION } from '../command-line/option-values.ts';
import { IMPORTED_OPTION, profileContext } from '../command-line/profile-context.ts';
import type { Terminals } from '../terminal/terminal.ts';

interface TestWords {
  readonly set?: string;
  readonly recording?: string;
  readonly junit?: string;
  readonly media?: string;
  readonly json: boolean;
}

export function addTestCommand(program: Command, { out }: Terminals): void {
  program
    .command('test')
    .description('the expect: of a profile, played through on simulated time: what left instead, and why')
    .argument('<profile>', 'show profile (YAML)')
    .option('--set <file>', 'DJ set that is played for what is expected of an evening; else the demo set')
    .option('--recording <file>', 'a recording of decklight run (.pcapng) that everything is held against')
    .option('--junit <file>', 'also writes a report in JUnit XML')
    .option(...IMPORTED_OPTION)
    .option(...JSON_OPTION)
    .action(async (profile: string, { set, recording, junit, media, json }: TestWords) => {
      const { testCommand } = await import('./test.ts');
      const options = { set: set ?? null, recording: recording ?? null, junit: junit ?? null, media, json };
      process.exitCode = await testCommand(profile, options, await profileContext(profile, media, out));
    });
}
