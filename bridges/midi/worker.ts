/**
 * The thread of a port: its owner waits here for the next due moment, undisturbed by what the main thread does.
 *
 * It waits without spinning, is woken when something is handed over, and never returns to its event loop until the port
 * is given up: sending through the output module must not need one.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Anchor } from '../../src/core/anchor.ts';
import type { Ms } from '../../src/core/clock.ts';
import type { Timed } from './codec.ts';
import { handAnchor, handCue, IDLE_OWNER, type MtcCounts, step } from './owner.ts';

/** An output as the module of a port opens it. */
export interface MidiOutput {
  /** One whole message. @throws when the device is gone */
  send(bytes: Uint8Array): void;
  close(): void;
}

/** What the module of a port exports as `openOutput`. @throws when the port is gone or taken */
export type OpenOutput = (name: string, isVirtual: boolean) => MidiOutput;

/** What the thread is started with. */
export interface PortRequest {
  /** URL of a module that exports an `openOutput`. */
  readonly module: string;
  readonly name: string;
  readonly isVirtual: boolean;
}

export interface ThreadData extends PortRequest {
  /** One number that is raised after each hand-over, and waited on. */
  readonly wake: Int32Array;
  readonly handed: MessagePort;
}

export type HandOver =
  | { readonly kind: 'cue'; readonly cue: Timed }
  | { readonly kind: 'anchor'; readonly anchor: Anchor }
  | { readonly kind: 'close' };

export type ThreadReport =
  | { readonly kind: 'opened' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'counted'; readonly counts: MtcCounts };

const REPORT_EVERY_MS: Ms = 1000;

/** The same clock as the main thread's. */
const now = (): Ms => Number(process.hrtime.bigint()) / 1e6;
const tell = (report: ThreadReport): void => parentPort?.postMessage(report);

function own(output: MidiOutput, { wake, handed }: ThreadData): void {
  let owner = IDLE_OWNER;
  let told = owner.counts;
  let tellAt = now() + REPORT_EVERY_MS;
  for (let isClosing = false; !isClosing; ) {
    // Read first: whatever is handed over from here on raises it, and the wait below then does not begin.
    const seen = Atomics.load(wake, 0);
    for (let each = receiveMessageOnPort(handed); each !== undefined; each = receiveMessageOnPort(handed)) {
      const handOver = each.message as HandOver;
      if (handOver.kind === 'cue') owner = handCue(owner, handOver.cue);
      else if (handOver.kind === 'anchor') owner = handAnchor(owner, handOver.anchor);
      else isClosing = true;
    }
    const stepped = step(owner, now());
    owner = stepped.owner;
    for (const bytes of stepped.send) output.send(bytes);
    if (now() >= tellAt) {
      if (owner.counts !== told) tell({ kind: 'counted', counts: owner.counts });
      told = owner.counts;
      tellAt = now() + REPORT_EVERY_MS;
    }
    const until = Math.min(stepped.wakeAt ?? Number.POSITIVE_INFINITY, tellAt);
    if (!isClosing) Atomics.wait(wake, 0, seen, Math.max(0, until - now()));
  }
}

const data = workerData as ThreadData;
try {
  const { openOutput } = (await import(data.module)) as { openOutput: OpenOutput };
  const output = openOutput(data.name, data.isVirtual);
  tell({ kind: 'opened' });
  try {
    own(output, data);
  } finally {
    output.close();
  }
} catch (error) {
  tell({ kind: 'failed', reason: (error as Error).message });
}
data.handed.close();
