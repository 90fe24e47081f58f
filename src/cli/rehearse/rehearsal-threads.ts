/** Evenings played in several threads; what has been played counts, whenever it is stopped. */
import { Worker } from 'node:worker_threads';
import type { EveningResult } from './evening-result.ts';
import type { WorkerOrder, WorkerReport } from './rehearsal-worker.ts';

export interface ThreadedRehearsal {
  readonly order: WorkerOrder;
  readonly evenings: number;
  readonly workers: number;
  readonly played: (result: EveningResult) => void;
}

/** Begins a thread; from the sources through tsx, which a thread does not take over from the one that starts it. */
function startThread(workerData: WorkerOrder): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./rehearsal-worker.js', import.meta.url), { workerData });
  const entry = JSON.stringify(new URL('./rehearsal-worker.ts', import.meta.url).href);
  const source = `import('tsx/esm/api').then(({ register }) => (register(), import(${entry})))`;
  return new Worker(source, { workerData, eval: true, execArgv: [] });
}

/**
 * Plays seeds from 1 on. @param stopped ends it early
 *
 * @returns the reason why a thread has failed; null: none has
 */
export async function playInThreads(
  { order, evenings, workers, played }: ThreadedRehearsal,
  stopped: AbortSignal,
): Promise<string | null> {
  let next = 1;
  let failure: string | null = null;
  const count = Math.min(workers, evenings);
  await Promise.all(
    Array.from({ length: count }, async () => {
      const worker = startThread(order);
      const giveNext = (): void => {
        if (next > evenings || stopped.aborted || failure !== null) void worker.terminate();
        else worker.postMessage(next++);
      };
      const onAbort = (): void => void worker.terminate();
      stopped.addEventListener('abort', onAbort, { once: true });
      worker.on('message', (report: WorkerReport) => {
        if (report.kind === 'played') played(report.result);
        giveNext();
      });
      worker.on('error', error => {
        failure ??= error.message;
      });
      await new Promise<void>(done => worker.on('exit', () => done()));
      stopped.removeEventListener('abort', onAbort);
    }),
  );
  return failure;
}
