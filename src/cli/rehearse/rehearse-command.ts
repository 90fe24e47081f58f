/** The words of `decklight rehearse`. */
import { type Command, InvalidArgumentError } from 'commander';
import { JSON_OPTION } from '../command-line/option-values.ts';
import { IMPORTED_OPTION, profileContext } from '../command-line/profile-context.ts';
import { stopSignal } from '../terminal/stop-signal.ts';
import type { Terminals } from '../terminal/terminal.ts';

interface RehearseWords {
  readonly evenings: number;
  readonly minutes: number;
  readonly set?: string;
  readonly seed?: number;
  readonly html?: string;
  readonly workers: number;
  readonly media?: string;
  readonly json: boolean;
}

const MOST_EVENINGS = 1_000_000;
const MOST_MINUTES = 60;
const MOST_WORKERS = 64;
const MOST_SEED = 2_000_000_000;

const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : -1;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };

export function addRehearseCommand(program: Command, { out }: Terminals): void {
  program
    .command('rehearse')
    .description('the show through many simulated evenings in foul weather: what could go wrong, worst first')
    .argument('<profile>', 'show profile (YAML)')
    .option('--evenings <n>', 'how many', wholeNumber(1, MOST_EVENINGS), 100)
    .option('--minutes <n>', 'length of each', wholeNumber(2, MOST_MINUTES), 3)
    .option('--set <file>', 'DJ set whose tracks are played; else those that the profile prepares, or all there are')
    .option('--seed <n>', 'one evening again, with why', wholeNumber(1, MOST_SEED))
    .option('--html <file>', 'also writes a page about it')
    .option('--workers <n>', 'how many evenings are played at a time', wholeNumber(1, MOST_WORKERS), 2)
    .option(...IMPORTED_OPTION)
    .option(...JSON_OPTION)
    .action(async (profile: string, { set, seed, html, media, ...rest }: RehearseWords) => {
      const { rehearseCommand } = await import('./rehearse.ts');
      const options = { ...rest, set: set ?? null, seed: seed ?? null, html: html ?? null, media };
      process.exitCode = await rehearseCommand(
        profile,
        options,
        await profileContext(profile, media, out),
        stopSignal(),
      );
    });
}
