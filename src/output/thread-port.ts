/** A port whose scheduler waits in a thread of its own: the live end. */
import { MessageChannel, Worker, type WorkerOptions } from 'node:worker_threads';
import type { Clock, Ms } from '../core/clock.ts';
import type { PortListener, TimedPort } from './output-port.ts';
import type { Delivery, ThreadData, ThreadReport } from './thread-worker.ts';

/** Time that a thread may take to let go of its port; a driver that hangs must not hold up the end of the show. */
const CLOSE_WITHIN_MS: Ms = 2000;

/** Begins the thread; from the sources through tsx, which a thread does not take over from the one that starts it. */
function startThread(options: WorkerOptions): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./thread-worker.js', import.meta.url), options);
  const entry = JSON.stringify(new URL('./thread-worker.ts', import.meta.url).href);
  const source = `import('tsx/esm/api').then(({ register }) => (register(), import(${entry})))`;
  return new Worker(source, { ...options, eval: true, execArgv: [] });
}

/**
 * Begins to open a port; the listener hears how that went.
 *
 * @param module  URL of a module that exports what `OutputModule` says; loaded in the thread and only there
 * @param request plain data that says to this module what to open
 */
export function portOnThread(module: string, request: unknown, clock: Clock, listener: PortListener): TimedPort {
  const wake = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const { port1: outbox, port2: inbox } = new MessageChannel();
  const workerData: ThreadData = { module, request, wake, inbox };
  const worker = startThread({ workerData, transferList: [inbox] });
  let isOver = false;

  function deliver(what: Delivery): void {
    outbox.postMessage(what);
    Atomics.add(wake, 0, 1);
    Atomics.notify(wake, 0);
  }

  function fail(reason: string): void {
    if (isOver) return;
    isOver = true;
    // Of a module that cannot be loaded the first line says which; the others are a trace.
    listener.failed(reason.split('\n', 1)[0] ?? reason);
  }

  worker.on('message', (report: ThreadReport) => {
    if (isOver) return;
    if (report.kind === 'opened') listener.opened(report.connection);
    else if (report.kind === 'troubled') listener.troubled(report.reason);
    else if (report.kind === 'counted') listener.counted(report.timecode, report.clock);
    else fail(report.reason);
  });
  worker.on('error', error => fail(error.message));
  const ended = new Promise<void>(resolve => {
    worker.on('exit', () => {
      outbox.close();
      fail('its thread has ended');
      resolve();
    });
  });

  return {
    send: cue => deliver({ kind: 'cue', cue }),
    run: anchor => deliver({ kind: 'run', anchor }),
    tick: anchor => deliver({ kind: 'tick', anchor }),
    async close() {
      isOver = true;
      deliver({ kind: 'close' });
      const cancel = clock.at(clock.now() + CLOSE_WITHIN_MS, () => {
        worker.unref();
        void worker.terminate();
      });
      await ended;
      cancel();
    },
  };
}
