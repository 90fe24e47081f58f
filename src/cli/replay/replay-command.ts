/** The words of `decklight replay`. */
import type { Command } from 'commander';
import { IMPORTED_OPTION, profileContext } from '../command-line/profile-context.ts';
import type { Terminals } from '../terminal/terminal.ts';

interface ReplayWords {
  readonly json: boolean;
  readonly relay: boolean;
  readonly html?: string;
  readonly profile?: string;
  readonly diff: boolean;
  readonly media?: string;
}

export function addReplayCommand(program: Command, { out }: Terminals): void {
  program
    .command('replay')
    .description('a recorded evening again, in seconds: what left, and why not')
    .argument('<recordings...>', 'recordings of decklight run (.pcapng) or bundles of them, one after the other')
    .option(...IMPORTED_OPTION)
    .option('--json', 'one JSON object a line', false)
    .option('--relay', "at the pace of that evening, with the unit's packets to WebSocket clients", false)
    .option('--html <file>', 'draw what happened as one HTML file, to look at and to print')
    .option('--profile <file>', 'another profile, for --diff')
    .option('--diff', 'which cues another profile would have changed, each with both whys', false)
    .action(async (recordings: string[], { media, profile, diff, ...options }: ReplayWords, command: Command) => {
      if (diff !== (profile !== undefined)) {
        command.error('error: --profile and --diff go together: which cues would that profile have changed?', {
          exitCode: 2,
        });
      }
      if (options.html !== undefined && (recordings.length > 1 || diff)) {
        command.error('error: --html draws one recording, and goes without --diff', { exitCode: 2 });
      }
      // Only the recording says by which profile.
      const contextFor = (recorded: string | null) => profileContext(recorded, media, out);
      const replayOne = async (recording: string): Promise<number> => {
        if (profile !== undefined) {
          const { replayDiffCommand } = await import('./replay-diff.ts');
          return replayDiffCommand(recording, { profile, json: options.json }, out, contextFor);
        }
        const { replayCommand } = await import('./replay.ts');
        return replayCommand(recording, options, out, contextFor);
      };
      // The first that cannot be replayed is the answer; the others are replayed all the same.
      let code = 0;
      for (const recording of recordings) {
        const own = await replayOne(recording);
        if (code === 0) code = own;
      }
      process.exitCode = code;
    });
}
