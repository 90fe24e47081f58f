/**
 * The thread of a port: its scheduler waits here for the next due moment, undisturbed by what the main thread does.
 *
 * It waits without spinning, is woken when something is delivered, and returns to its event loop only for a glance
 * once a second, in which an output hears what has become of its messages: sending must not need one.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Ms } from '../core/clock.ts';
import type { StreamAnchor, TimecodeAnchor } from '../core/timecode/stream-anchor.ts';
import type { StreamCounts } from './lateness-histogram.ts';
import type { OutputListener, Timed, TimedOutput } from './output-port.ts';
import { ended, idleScheduler, type PortScheduler, step, withClock, withCue, withTimecode } from './port-scheduler.ts';
import type { Cursor, Stream } from './stream.ts';

/** Exports of the module of a port. `R` is plain data: it is passed to the thread. */
export interface OutputModule<R, C extends Cursor> {
  /** Stream of its timecode. */
  readonly streamFor: (request: R) => Stream<C>;
  /** Stream of its MIDI clock; a module without it opens ports that have none. */
  readonly clockFor?: (request: R) => Stream<Cursor, StreamAnchor>;
  /** @throws when the port is gone or taken */
  readonly openOutput: (request: R, listener: OutputListener) => TimedOutput | Promise<TimedOutput>;
}

/** Data that the thread is started with. */
export interface ThreadData {
  /** URL of an `OutputModule`. */
  readonly module: string;
  readonly request: unknown;
  /** Number that is raised after each delivery, and waited on. */
  readonly wake: Int32Array;
  /** The port at which deliveries come in. */
  readonly inbox: MessagePort;
}

export type Delivery =
  | { readonly kind: 'cue'; readonly cue: Timed }
  | { readonly kind: 'run'; readonly anchor: TimecodeAnchor }
  | { readonly kind: 'tick'; readonly anchor: StreamAnchor }
  | { readonly kind: 'close' };

export type ThreadReport =
  | { readonly kind: 'opened'; readonly connection: string | null }
  | { readonly kind: 'troubled'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'counted'; readonly timecode: StreamCounts; readonly clock: StreamCounts | null };

const REPORT_EVERY_MS: Ms = 1000;

/** Clock of this thread, the same as the main thread's. */
const now = (): Ms => Number(process.hrtime.bigint()) / 1e6;
const report = (what: ThreadReport): void => parentPort?.postMessage(what);
const glance = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** @param failure why the output is gone; null: it is not */
async function runLoop(
  idle: PortScheduler,
  output: TimedOutput,
  { wake, inbox }: ThreadData,
  failure: () => string | null,
): Promise<void> {
  let scheduler = idle;
  let reported = scheduler;
  let reportAt = now() + REPORT_EVERY_MS;
  for (let isClosing = false; !isClosing; ) {
    // Read first: whatever is delivered from here on raises it, and the wait below then does not begin.
    const seen = Atomics.load(wake, 0);
    for (let each = receiveMessageOnPort(inbox); each !== undefined; each = receiveMessageOnPort(inbox)) {
      const delivery = each.message as Delivery;
      if (delivery.kind === 'cue') scheduler = withCue(scheduler, delivery.cue);
      else if (delivery.kind === 'run') scheduler = withTimecode(scheduler, delivery.anchor);
      else if (delivery.kind === 'tick') scheduler = withClock(scheduler, delivery.anchor);
      else isClosing = true;
    }
    const at = now();
    const stepped = step(isClosing ? ended(scheduler, at) : scheduler, at);
    scheduler = stepped.scheduler;
    for (const bytes of stepped.send) output.send(bytes);
    if (now() >= reportAt) {
      const { timecode, clock } = scheduler;
      const isCounted = timecode.counts !== reported.timecode.counts || clock?.counts !== reported.clock?.counts;
      if (isCounted) report({ kind: 'counted', timecode: timecode.counts, clock: clock?.counts ?? null });
      reported = scheduler;
      reportAt = now() + REPORT_EVERY_MS;
      await glance();
      const reason = failure();
      if (reason !== null) throw new Error(reason);
    }
    const until = Math.min(stepped.wakeAt ?? Number.POSITIVE_INFINITY, reportAt);
    if (!isClosing) Atomics.wait(wake, 0, seen, Math.max(0, until - now()));
  }
}

const data = workerData as ThreadData;
try {
  const { streamFor, clockFor, openOutput } = (await import(data.module)) as OutputModule<unknown, Cursor>;
  let failure: string | null = null;
  const output = await openOutput(data.request, {
    troubled: reason => report({ kind: 'troubled', reason }),
    failed(reason) {
      failure ??= reason;
    },
  });
  report({ kind: 'opened', connection: output.connection ?? null });
  try {
    const idle = idleScheduler(streamFor(data.request), clockFor?.(data.request) ?? null);
    await runLoop(idle, output, data, () => failure);
  } finally {
    await output.close();
  }
} catch (error) {
  report({ kind: 'failed', reason: (error as Error).message });
}
data.inbox.close();
