/**
 * The program that a bench measures: that of this checkout, or that of another one, so that two of them stand in one
 * table. The simulated unit, the network and the weather are always those of this checkout.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BRIDGES } from '../../bridges/index.ts';
import { positionAt } from '../../src/core/deck/position.ts';
import { FRESH_START } from '../../src/core/engine/engine-state.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { NO_WATCHER } from '../../src/live/engine.ts';
import { openShow } from '../../src/live/open-show.ts';
import { loadProfile } from '../../src/profile/load.ts';

export interface MeasuredProgram {
  /** As tables print it: `here`, or the commit of the other checkout. */
  readonly name: string;
  readonly BRIDGES: typeof BRIDGES;
  readonly positionAt: typeof positionAt;
  readonly FRESH_START: typeof FRESH_START;
  readonly NO_LIBRARY: typeof NO_LIBRARY;
  readonly NO_WATCHER: typeof NO_WATCHER;
  readonly openShow: typeof openShow;
  readonly loadProfile: typeof loadProfile;
}

export const THIS_PROGRAM: MeasuredProgram = {
  ...{ name: 'here', BRIDGES, positionAt, FRESH_START, NO_LIBRARY, NO_WATCHER, openShow, loadProfile },
};

/** Names that other checkouts have for the same thing, the newest first. */
const NAMES: Readonly<Record<keyof Omit<MeasuredProgram, 'name'>, readonly string[]>> = {
  BRIDGES: ['BRIDGES'],
  positionAt: ['positionAt'],
  FRESH_START: ['FRESH_START', 'NEW_EVENING'],
  NO_LIBRARY: ['NO_LIBRARY', 'EMPTY_LIBRARY'],
  NO_WATCHER: ['NO_WATCHER'],
  openShow: ['openShow'],
  loadProfile: ['loadProfile'],
};

/**
 * The program of another checkout, from its sources: run the bench by `node --import tsx`.
 *
 * Files are found by what they export, since a checkout may have them in other folders.
 *
 * @throws Error when the checkout lacks one of the parts
 */
export async function programIn(checkout: string): Promise<MeasuredProgram> {
  const sources = ['src', 'bridges'].flatMap(folder => sourcesIn(join(resolve(checkout), folder)));
  const parts: Record<string, unknown> = {};
  for (const [part, names] of Object.entries(NAMES)) {
    const found = names.flatMap(name => {
      const declares = new RegExp(`^export (?:const|function|async function) ${name}\\b`, 'm');
      const file = sources.find(source => declares.test(source.text));
      return file === undefined ? [] : [{ name, path: file.path }];
    })[0];
    if (found === undefined) throw new Error(`${checkout} exports none of ${names.join(', ')} under src and bridges`);
    const module = (await import(pathToFileURL(found.path).href)) as Record<string, unknown>;
    parts[part] = module[found.name];
  }
  const { openShow: open } = parts as unknown as MeasuredProgram;
  return {
    ...(parts as unknown as MeasuredProgram),
    name: commitOf(checkout),
    // Older checkouts call a network a wire.
    openShow: setup => open({ ...setup, wire: setup.network } as typeof setup),
  };
}

/** In `src` before `bridges`, so that the core's own names win over those of a simulated unit. */
function sourcesIn(folder: string): { readonly path: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .sort()
    .map(file => ({ path: join(folder, file), text: readFileSync(join(folder, file), 'utf8') }));
}

function commitOf(checkout: string): string {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', checkout, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'src', 'bridges') === '' ? '' : '+')
    );
  } catch {
    return checkout;
  }
}
