/** The words of `decklight run`. */
import { type Command, Option } from 'commander';
import type { Ms } from '../../core/clock.ts';
import { LOG_LEVELS, type LogLevel } from '../../live/log-levels.ts';
import { durationOption } from '../command-line/option-values.ts';
import { IMPORTED_OPTION, profileContext } from '../command-line/profile-context.ts';
import { isService } from '../command-line/service-environment.ts';
import { ENDING_SIGNALS, stopSignal } from '../terminal/stop-signal.ts';
import type { Terminals } from '../terminal/terminal.ts';

interface RunFlags {
  readonly simulate: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly require: boolean;
  readonly record: boolean;
  readonly set?: string;
  readonly trace?: string;
  readonly log?: string;
  readonly logLevel: LogLevel;
  readonly media?: string;
  readonly for?: Ms;
}

/** A terminal that is closed, or a line to it that breaks, ends a demo and no show. */
const endedBy = (isSimulated: boolean): readonly NodeJS.Signals[] =>
  isSimulated ? ENDING_SIGNALS : ENDING_SIGNALS.filter(signal => signal !== 'SIGHUP');

export function addRunCommand(program: Command, { out, aside }: Terminals): void {
  program
    .command('run')
    .description('the show: follow the decks and send what the profile says')
    .argument('<profile>', 'show profile (YAML)')
    .option('--simulate', 'play against a simulated OPUS-QUAD within this program', false)
    .option('--set <file>', 'what the simulated DJ plays (YAML); else a demo')
    .option(...IMPORTED_OPTION)
    .option('--dry-run', 'show what would leave, and send nothing', false)
    .option('--no-record', 'record nothing; else all that comes in is recorded beside the profile')
    .option('--trace <file>', 'write positions (100 a second) and everything sent, one JSON object a line')
    .option(
      '--log <file>',
      'write the log of the night as JSON lines, behind what is there; SIGHUP opens the file anew',
    )
    .addOption(new Option('--log-level <level>', 'least level that the file takes').choices(LOG_LEVELS).default('info'))
    .option('--for <time>', 'stop after this time (90s, 5min, 1h)', durationOption)
    .option('--json', 'one JSON object a line instead of the status', false)
    .option('--require', 'stop with exit code 3 when something the profile names is not there within 10 s', false)
    .action(async (profile: string, options: RunFlags) => {
      const { set = null, trace = null, log = null, for: forMs = null, media, ...flags } = options;
      const context = { ...(await profileContext(profile, media, out)), aside };
      const { runCommand } = await import('./run.ts');
      process.exitCode = await runCommand(
        profile,
        { ...flags, set, trace, log, forMs },
        context,
        stopSignal(endedBy(flags.simulate && !isService(process.env))),
      );
    });
}
