/** The words of `decklight replay`. */
import type { Command } from 'commander';
import { IMPORTED_OPTION, profileContext } from '../command-line/profile-context.ts';
import type { Terminals } from '../terminal/terminal.ts';

export function addReplayCommand(program: Command, { out }: Terminals): void {
  program
    .command('replay')
    .description('a recorded evening again, in seconds: what left, and why not')
    .argument('<recordings...>', 'recordings of decklight run (.pcapng) or bundles of them, one after the other')
    .option(...IMPORTED_OPTION)
    .option('--json', 'one JSON object a line', false)
    .option('--relay', "at the pace of that evening, with the unit's packets to WebSocket clients", false)
    .action(async (recordings: string[], { media, ...options }: { json: boolean; relay: boolean; media?: string }) => {
      const { replayCommand } = await import('./replay.ts');
      // Only the recording says by which profile.
      const contextFor = (profile: string | null) => profileContext(profile, media, out);
      // The first that cannot be replayed is the answer; the others are replayed all the same.
      let code = 0;
      for (const recording of recordings) {
        const own = await replayCommand(recording, options, out, contextFor);
        if (code === 0) code = own;
      }
      process.exitCode = code;
    });
}
