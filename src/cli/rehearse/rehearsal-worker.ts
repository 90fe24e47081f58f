/** Thread that plays evenings of a rehearsal, one after the other, until it is told to stop. */
import { parentPort, workerData } from 'node:worker_threads';
import { readProfile } from '../../files/profile-file.ts';
import { profileContext } from '../command-line/profile-context.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type EveningResult, rehearseEvening } from './evening-result.ts';
import { readyRehearsal } from './rehearsal-setup.ts';
import { rehearsedTracks } from './rehearsed-tracks.ts';

/** What a thread is begun with: plain data. */
export interface WorkerOrder {
  readonly file: string;
  readonly set: string | null;
  readonly media: string | null;
  readonly lengthMs: number;
}

/** null: the thread is ready for a seed. */
export type WorkerReport = { readonly kind: 'ready' } | { readonly kind: 'played'; readonly result: EveningResult };

/** What is wrong has been said before any thread was begun. */
const SILENT: Terminal = { isTerminal: false, columns: () => 80, rows: () => 24, line() {}, error() {}, redraw() {} };

async function work(order: WorkerOrder, port: NonNullable<typeof parentPort>): Promise<void> {
  const { bridges, library } = await profileContext(order.file, order.media ?? undefined, SILENT);
  const { profile } = readProfile(order.file, bridges, library);
  const chosen = profile === null ? null : rehearsedTracks(profile, library, order.set);
  if (profile === null || chosen === null || !chosen.ok) throw new Error(`${order.file} cannot be used any more`);
  const ready = await readyRehearsal({ profile, bridges, library }, chosen.tracks);
  const tell = (report: WorkerReport): void => port.postMessage(report);
  let playing: Promise<void> = Promise.resolve();
  port.on('message', (seed: number) => {
    playing = playing.then(async () =>
      tell({ kind: 'played', result: await rehearseEvening(ready, seed, order.lengthMs) }),
    );
    playing.catch((error: unknown) => {
      // Only an error that is thrown ends the thread with its reason.
      setImmediate(() => {
        throw new Error(`seed ${seed}: ${(error as Error).message}`);
      });
    });
  });
  tell({ kind: 'ready' });
}

if (parentPort !== null) await work(workerData as WorkerOrder, parentPort);
