/** The live end of a port: a thread of its own. Nothing here asserts how fast anything is. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { virtualClock } from '../../src/core/clock.ts';
import { liveClock } from '../../src/live/live-clock.ts';
import type { PortListener, TimedPort } from '../../src/output/output-port.ts';
import { portOnThread } from '../../src/output/thread-port.ts';
import { clockReceiver } from '../bridges/midi/clock-receiver.ts';
import { mtcReceiver } from '../bridges/midi/mtc-receiver.ts';
import { clocksPerMs, rateNamed, runAt } from '../bridges/midi/sample-anchors.ts';
import { until } from '../until.ts';
import { BROKEN, DOUBTED, LOST } from './recording-output.ts';

const MODULE = new URL('./recording-output.ts', import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), 'decklight-timed-'));
afterAll(() => rmSync(folder, { recursive: true }));

const clock = liveClock();
/** Gives a thread all the time it takes to end. */
const patientClock = virtualClock();

/** Opens a port and waits until it is there, or until it is known that it is not. */
async function opened(name: string) {
  const failures: string[] = [];
  const troubles: string[] = [];
  let counted = [0, 0];
  let fail: () => void = () => {};
  const failed = new Promise<void>(resolve => {
    fail = resolve;
  });
  const port = await new Promise<TimedPort>(resolve => {
    const listener: PortListener = {
      opened: () => resolve(made),
      troubled: reason => void troubles.push(reason),
      failed(reason) {
        failures.push(reason);
        fail();
        resolve(made);
      },
      counted(timecode, ticks) {
        counted = [timecode, ticks].map(counts => (counts?.lateness ?? []).reduce((sum, each) => sum + each, 0));
      },
    };
    const made = portOnThread(MODULE, { name }, clock, listener);
  });
  return { port, failures, troubles, failed, counted: () => counted };
}

interface Line {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** What left through a port that has been closed. */
function recorded(file: string): readonly Line[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(lines.pop()).toBe('closed');
  return lines.map(line => {
    const [at, ...hex] = line.split(' ');
    return { at: Number(at), bytes: Uint8Array.from(hex, byte => Number.parseInt(byte, 16)) };
  });
}

describe('a port in a thread of its own', () => {
  it('sends timecode while the main thread is blocked: no piece twice, in order, and lets go of the port', async () => {
    const file = join(folder, 'blocked');
    const { port, failures } = await opened(file);
    port.send({ at: 0, bytes: Uint8Array.of(0x90, 60, 1) });
    port.run(runAt(rateNamed('30'), '01:00:00:00', clock.now() + 10));
    const from = clock.now();
    while (clock.now() < from + 300);
    const to = clock.now();
    for (let note = 1; note <= 50; note++) port.send({ at: to, bytes: Uint8Array.of(0x80, note, 64) });
    await port.close();
    expect(failures).toEqual([]);

    const lines = [...recorded(file)];
    // It ends as if the deck had stopped: a full frame, and nothing after it.
    expect([...(lines.pop()?.bytes ?? [])].slice(0, 6)).toEqual([0xf0, 0x7f, 0x7f, 0x01, 0x01, 0x61]);
    const cues = lines.filter(({ bytes }) => bytes[0] !== 0xf1);
    expect(cues.map(({ bytes }) => bytes[1])).toEqual([60, ...Array.from({ length: 50 }, (_, i) => i + 1)]);
    const pieces = lines.filter(({ bytes }) => bytes[0] === 0xf1);
    expect(pieces.filter(({ at }) => at > from && at < to).length).toBeGreaterThan(0);
    const receiver = mtcReceiver();
    for (const { at, bytes } of pieces) receiver.hear(at, bytes);
    expect(receiver.strays).toEqual([]);
    expect(receiver.labels.length).toBeGreaterThan(0);
    for (const { hours, minutes, frames } of receiver.labels) expect([hours, minutes, frames % 2]).toEqual([1, 0, 0]);
    const counts = receiver.labels.map(({ seconds, frames }) => 30 * seconds + frames);
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
  });

  it('sends timecode and clock side by side, and tells how punctual each was', async () => {
    const file = join(folder, 'counted');
    const { port, counted } = await opened(file);
    port.run(runAt(rateNamed('25'), '01:00:00:00', clock.now()));
    port.tick({ from: clock.now() + 10, place: 0, speed: clocksPerMs(128), join: 'locate', since: 0 });
    await until(() => !counted().includes(0));
    await port.close();
    const lines = recorded(file);
    const pieces = lines.filter(({ bytes }) => bytes[0] === 0xf1);
    const receiver = clockReceiver();
    for (const { at, bytes } of lines) receiver.hear(at, bytes);
    // Of what it would stumble over, how close two are depends on the machine.
    expect(receiver.faults.filter(fault => !fault.includes('on the heels'))).toEqual([]);
    expect(counted()[0]).toBeLessThanOrEqual(pieces.length);
    expect(counted()[1]).toBeLessThanOrEqual(receiver.clocks.length);
  });

  it('a port that cannot be had, and one that is gone, say so once', async () => {
    const missing = await opened('gone');
    expect(missing.failures).toEqual(['No MIDI output found with name: gone']);
    await missing.port.close();

    const file = join(folder, 'broken');
    const broken = await opened(file);
    broken.port.send({ at: 0, bytes: Uint8Array.of(0x90, 60, 1) });
    broken.port.send({ at: 0, bytes: Uint8Array.of(BROKEN) });
    await broken.failed;
    // Handed to nobody, and no harm done.
    broken.port.send({ at: 0, bytes: Uint8Array.of(0x90, 61, 1) });
    await broken.port.close();
    await broken.port.close();
    expect(broken.failures).toEqual(['the device is gone']);
    expect(recorded(file).map(({ bytes }) => bytes[1])).toEqual([60]);
  });

  it('hears of a failure that comes to be known later: a passing one leaves it there, a lasting one ends it', async () => {
    const file = join(folder, 'later');
    const { port, failures, troubles, failed } = await opened(file);
    port.send({ at: 0, bytes: Uint8Array.of(DOUBTED) });
    await until(() => troubles.length > 0);
    expect(failures).toEqual([]);
    port.send({ at: 0, bytes: Uint8Array.of(LOST) });
    await failed;
    await port.close();
    expect([troubles, failures]).toEqual([['nobody listens there'], ['no network leads there']]);
    expect(recorded(file).map(({ bytes }) => bytes[0])).toEqual([DOUBTED, LOST]);
  });

  it('closed at once, before it is open, it lets go and ends', async () => {
    const file = join(folder, 'at-once');
    const port = portOnThread(MODULE, { name: file }, patientClock, {
      opened: () => expect.unreachable(),
      troubled: () => expect.unreachable(),
      failed: () => expect.unreachable(),
      counted: () => expect.unreachable(),
    });
    await port.close();
    expect(recorded(file)).toEqual([]);
  });

  it('a process that has closed its ports ends by itself', () => {
    const source = `
      import { portOnThread } from ${JSON.stringify(new URL('../../src/output/thread-port.ts', import.meta.url).href)};
      import { liveClock } from ${JSON.stringify(new URL('../../src/live/live-clock.ts', import.meta.url).href)};
      const listener = { troubled() {}, failed(reason) { throw new Error(reason); }, counted() {}, opened: () => void port.close() };
      const name = ${JSON.stringify(join(folder, 'process'))};
      const port = portOnThread(${JSON.stringify(MODULE)}, { name }, liveClock(), listener);
    `;
    const ended = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', source], {
      encoding: 'utf8',
      timeout: 50_000,
    });
    expect([ended.status, ended.signal, ended.stderr]).toEqual([0, null, '']);
    expect(recorded(join(folder, 'process'))).toEqual([]);
  });
});
