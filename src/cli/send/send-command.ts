/** The words of the line check: `decklight send` and `decklight timecode`. */
import type { Command } from 'commander';
import type { Ms } from '../../core/clock.ts';
import { durationOption, JSON_OPTION } from '../command-line/option-values.ts';
import { profileContext } from '../command-line/profile-context.ts';
import { stopSignal } from '../terminal/stop-signal.ts';
import type { Terminals } from '../terminal/terminal.ts';

export function addSendCommand(program: Command, { out, aside }: Terminals): void {
  program
    .command('send')
    .description('the line check: send a cue now')
    .argument('<profile>', 'show profile (YAML)')
    .argument('<cue>', 'a name under cues:')
    .option(...JSON_OPTION)
    .action(async (profile: string, cue: string, { json }: { json: boolean }) => {
      const { sendCommand } = await import('./send.ts');
      process.exitCode = await sendCommand(
        profile,
        { cue, json },
        { ...(await profileContext(profile, undefined, out)), aside },
      );
    });
}

export function addTimecodeCommand(program: Command, { out, aside }: Terminals): void {
  program
    .command('timecode')
    .description('the line check for timecode: free-running, from no deck')
    .argument('<start>', 'where it begins: 01:00:00:00')
    .requiredOption('--to <bridge>', 'the bridge of the profile that it goes to')
    .option('--profile <file>', 'show profile (YAML)', 'show.yaml')
    .option('--rate <rate>', '24, 25, 29.97df, 29.97ndf or 30; else that of the profile')
    .option('--for <time>', 'stop after this time (90s, 5min)', durationOption)
    .action(async (start: string, options: { to: string; profile: string; rate?: string; for?: Ms }) => {
      const { rate = null, for: forMs = null, ...names } = options;
      const context = { ...(await profileContext(names.profile, undefined, out)), aside };
      const { timecodeCommand } = await import('./free-timecode.ts');
      process.exitCode = await timecodeCommand(start, { ...names, rate, forMs }, context, stopSignal());
    });
}
