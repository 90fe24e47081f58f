/** The words of `decklight replay`. */
import type { Command } from 'commander';
import { IMPORTED_OPTION, profileContext } from '../command-line/profile-context.ts';
import type { Terminals } from '../terminal/terminal.ts';

export function addReplayCommand(program: Command, { out }: Terminals): void {
  program
    .command('replay')
    .description('a recorded evening again, in seconds: what left, and why not')
    .argument('<recording>', 'a recording of decklight run (.pcapng)')
    .option(...IMPORTED_OPTION)
    .option('--json', 'one JSON object a line', false)
    .option('--relay', "at the pace of that evening, with the unit's packets to WebSocket clients", false)
    .action(async (recording: string, { media, ...options }: { json: boolean; relay: boolean; media?: string }) => {
      const { replayCommand } = await import('./replay.ts');
      // Only the recording says by which profile.
      const contextFor = (profile: string) => profileContext(profile, media, out);
      process.exitCode = await replayCommand(recording, options, out, contextFor);
    });
}
