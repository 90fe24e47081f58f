/** The words of `decklight why` and `decklight why-not`. */
import type { Command } from 'commander';
import { showTimeOption } from '../command-line/option-values.ts';
import { IMPORTED_OPTION, profileContext } from '../command-line/profile-context.ts';
import type { Terminals } from '../terminal/terminal.ts';

interface WhyWords {
  readonly at?: number;
  readonly json: boolean;
  readonly media?: string;
}

export function addWhyCommands(program: Command, { out }: Terminals): void {
  const add = (question: 'why' | 'why-not', description: string): void => {
    program
      .command(question)
      .description(description)
      .argument('<recording>', 'a recording of decklight run (.pcapng)')
      .argument('[name]', 'a rule or a cue; all of them unless said')
      .option('--at <time>', 'about this time of the show, as its lines say it: 1:12:03', showTimeOption)
      .option(...IMPORTED_OPTION)
      .option('--json', 'one JSON object a line', false)
      .action(async (recording: string, name: string | undefined, { at, json, media }: WhyWords) => {
        const { whyCommand } = await import('./why.ts');
        const asked = { question, name: name ?? null, atMs: at ?? null, json };
        process.exitCode = await whyCommand(recording, asked, out, profile => profileContext(profile, media, out));
      });
  };
  add('why', 'why something left on a recorded evening: rule, moment, values, and how long it took');
  add('why-not', 'why something did not leave on a recorded evening');
}
