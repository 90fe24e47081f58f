/**
 * How late quarter frames leave through a port's own thread while the main thread is busy, and what one costs. Prints
 * figures; compares within this one run. It fails where a piece was doubled or spliced, whatever the machine was doing.
 *
 *   node --import tsx test/bench/mtc.ts [seconds] [free|full]
 *
 * `full`: two processes that spin keep two cores busy meanwhile.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FROM_THE_START, type MtcMessage, mtcStream, nextMessage } from '../../bridges/midi/mtc.ts';
import { ANCHOR_AHEAD_MS, anchoredAt, type TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import { liveClock } from '../../src/live/live-clock.ts';
import { LATENESS_BOUNDS_MS, NO_COUNTS, type StreamCounts } from '../../src/output/lateness-histogram.ts';
import type { TimedPort } from '../../src/output/output-port.ts';
import { idleScheduler, step, TOO_LATE_MS, withTimecode } from '../../src/output/port-scheduler.ts';
import { portOnThread } from '../../src/output/thread-port.ts';
import { countOfHeard, type HeardLabel, mtcReceiver } from '../bridges/midi/mtc-receiver.ts';
import { rateNamed, runAt } from '../bridges/midi/sample-anchors.ts';
import { quantile } from './quantile.ts';

const BLOCKED_MS = 15;
const EVERY_MS = 100;
const RATE = rateNamed('30');
const QUARTER_MS = 1000 / 120;
const SPINNING = 2;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const clock = liveClock();

/** Runs timecode through a thread for so long; what left, and what the thread itself has counted. */
async function record(seconds: number, file: string) {
  const module = new URL('../output/recording-output.ts', import.meta.url).href;
  let counts: StreamCounts = NO_COUNTS;
  const port = await new Promise<TimedPort>((resolve, reject) => {
    const made = portOnThread(module, { name: file }, clock, {
      opened: () => resolve(made),
      troubled: reason => reject(new Error(reason)),
      failed: reason => reject(new Error(reason)),
      counted(now) {
        counts = now;
      },
    });
  });
  const anchor = runAt(RATE, '01:00:00:00', clock.now() + ANCHOR_AHEAD_MS);
  port.run(anchor);
  const end = anchor.from + seconds * 1000;
  while (clock.now() < end) {
    const from = clock.now();
    while (clock.now() < from + BLOCKED_MS);
    await new Promise(resolve => setTimeout(resolve, EVERY_MS - BLOCKED_MS));
  }
  port.run({ ...anchor, from: clock.now() + ANCHOR_AHEAD_MS, join: 'silence' });
  // Whatever is counted in the last second is told by then.
  await new Promise(resolve => setTimeout(resolve, 1100));
  await port.close();
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(0, -1);
  const pieces = lines.map(line => {
    const [at, ...hex] = line.split(' ');
    return { at: Number(at), bytes: Uint8Array.from(hex, byte => Number.parseInt(byte, 16)) };
  });
  return { anchor, pieces, counts };
}

/** Does it while other processes keep this many cores busy. */
async function whileSpinning<T>(cores: number, run: () => Promise<T>): Promise<T> {
  const spinning = Array.from({ length: cores }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  try {
    return await run();
  } finally {
    for (const child of spinning) child.kill('SIGKILL');
  }
}

/** Whether a label was on the line no longer ago than a piece may be late, and one that a cycle may carry. */
function isOfOneCycle(anchor: TimecodeAnchor, label: HeardLabel): boolean {
  const count = countOfHeard(label, RATE.base, RATE.isDrop);
  const lateMs = (anchoredAt(anchor, label.at) - count) / anchor.speed;
  return count % 2 === 0 && lateMs > -1e-3 && lateMs < TOO_LATE_MS + QUARTER_MS;
}

async function lateness(seconds: number, isFull: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'decklight-mtc-'));
  const { anchor, pieces, counts } = await whileSpinning(isFull ? SPINNING : 0, () =>
    record(seconds, join(folder, 'sent')),
  );
  rmSync(folder, { recursive: true });
  const receiver = mtcReceiver();
  let doubled = 0;
  const late = pieces.map(({ at, bytes }, i) => {
    receiver.hear(at, bytes);
    const [, data = 0] = bytes;
    if (data === pieces[i - 1]?.bytes[1]) doubled++;
    // The last quarter frame of this piece number that was due by then.
    const due = Math.floor((at - anchor.from) / QUARTER_MS);
    const number = due - ((((due - (data >> 4)) % 8) + 8) % 8);
    return at - (anchor.from + number * QUARTER_MS);
  });
  const lateBy = (q: number): string => quantile(late, q).toFixed(3);
  const due = Math.floor(((pieces.at(-1)?.at ?? anchor.from) - anchor.from) / QUARTER_MS) + 1;
  const spliced = receiver.strays.length + receiver.labels.filter(label => !isOfOneCycle(anchor, label)).length;
  say(
    `${pieces.length} quarter frames at 30 in ${seconds} s, ${isFull ? `${SPINNING} cores kept busy` : 'cores free'}`,
  );
  say(`and the main thread blocked ${BLOCKED_MS} ms in every ${EVERY_MS}:`);
  say(`  late by p50 ${lateBy(0.5)}, p95 ${lateBy(0.95)}, p99 ${lateBy(0.99)}, max ${lateBy(1)} ms`);
  say(`  labels ${receiver.labels.length}, doubled ${doubled}, spliced ${spliced}`);
  say(`  skipped ${due - pieces.length}, cycles cut off ${receiver.cuts.length}, gaps ${counts.gaps}`);
  say("  the thread's own count:");
  for (const [i, bound] of LATENESS_BOUNDS_MS.entries()) {
    say(`    up to ${String(bound).padStart(4)} ms ${String(counts.lateness[i]).padStart(7)}`);
  }
  if (doubled + spliced > 0) process.exitCode = 1;
}

/** An hour of timecode that is corrected five times a second. */
function corrected(): readonly TimecodeAnchor[] {
  const anchors = [runAt(RATE, '01:00:00:00', 0)];
  for (let i = 1; i < 5 * 3600; i++) {
    const before = anchors[i - 1] as TimecodeAnchor;
    const from = i * 200;
    anchors.push({
      ...before,
      from,
      place: anchoredAt(before, from),
      speed: RATE.frames / (1000 + (i % 7)),
      join: 'on',
    });
  }
  return anchors;
}

function cost(): void {
  const [first] = corrected() as readonly [TimecodeAnchor];
  const count = 1_000_000;
  for (const round of ['cold', 'warm']) {
    let message: MtcMessage | null = null;
    const from = clock.now();
    for (let i = 0; i < count; i++) message = nextMessage([first], message?.after ?? FROM_THE_START);
    say(`nextMessage, ${round}: ${(((clock.now() - from) * 1e6) / count).toFixed(0)} ns each over ${count}`);
  }
  const anchors = corrected();
  const from = clock.now();
  let scheduler = idleScheduler(mtcStream);
  let sent = 0;
  let next = 0;
  for (let now = 0; now < 3_600_000; ) {
    for (
      let anchor = anchors[next];
      anchor !== undefined && anchor.from - ANCHOR_AHEAD_MS <= now;
      anchor = anchors[++next]
    ) {
      scheduler = withTimecode(scheduler, anchor);
    }
    const stepped = step(scheduler, now);
    scheduler = stepped.scheduler;
    sent += stepped.send.length;
    now = Math.min(
      stepped.wakeAt ?? Number.POSITIVE_INFINITY,
      (anchors[next]?.from ?? Number.POSITIVE_INFINITY) - ANCHOR_AHEAD_MS,
    );
  }
  const ms = clock.now() - from;
  say(
    `the scheduler, an hour corrected five times a second: ${sent} messages in ${ms.toFixed(0)} ms, ${((ms * 1e6) / sent).toFixed(0)} ns each`,
  );
}

const [, , seconds = '20', load = 'free'] = process.argv;
if (!(Number(seconds) > 0) || !['free', 'full'].includes(load)) {
  say(
    `expected seconds and free or full, found "${seconds} ${load}"; say: node --import tsx test/bench/mtc.ts 20 full`,
  );
  process.exit(2);
}
await lateness(Number(seconds), load === 'full');
cost();
