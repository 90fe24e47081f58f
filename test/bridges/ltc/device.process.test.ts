/** LTC that leaves a process: a writer that is killed, a reader that goes, a player that dies, hangs or is not there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ltcBridge } from '../../../bridges/ltc/index.ts';
import { liveClock } from '../../../src/live/live-clock.ts';
import { until } from '../../until.ts';
import { testHost } from '../fake-host.ts';
import { rateNamed, runAt } from '../midi/sample-anchors.ts';
import { decode, labelIn } from './ltc-decoder.ts';
import { ltcOptions, readWav, samplesOf } from './ltc-files.ts';
import { SOUND } from './rendered-sound.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-ltc-'));
afterAll(() => rmSync(folder, { recursive: true }));
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

function night(entry: string): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', pathOf('./ltc-night.ts'), entry], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe('LTC in a file', () => {
  it('opens though its writer was killed', async () => {
    const path = join(folder, 'killed.wav');
    const child = night(`{ type: ltc, file: "${path}" }`);
    await until(() => readdirSync(folder).includes('killed.wav') && statSync(path).size > 60_000);
    child.kill('SIGKILL');
    await new Promise(done => child.once('close', done));
    const words = decode(readWav(path), SOUND.amplitude);
    expect(words.length).toBeGreaterThan(8);
    for (const [i, word] of words.entries()) {
      const { hours, minutes, seconds, frames } = labelIn(word);
      expect([hours, minutes, 25 * seconds + frames]).toEqual([1, 0, i]);
    }
  });
});

describe('LTC to standard output', () => {
  it('is raw samples, and whoever reads may go', async () => {
    const child = night('{ type: ltc, stdout: raw }');
    const chunks: Buffer[] = [];
    let said = '';
    child.stderr?.on('data', chunk => {
      said += chunk;
    });
    child.stdout?.on('data', chunk => chunks.push(chunk));
    await until(() => Buffer.concat(chunks).length > 130_000);
    child.stdout?.destroy();
    await until(() => said.includes('has gone'));
    expect(said).toMatch(
      /^LTC goes to standard output\nwhoever read standard output has gone; start both again; tried again every 2 s\n/,
    );
    expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    const words = decode(samplesOf(Buffer.concat(chunks)), SOUND.amplitude);
    expect(words.length).toBeGreaterThan(8);
    // A machine that stalls for longer than is handed over ahead loses words, and never has a wrong one.
    const told = words.map(word => {
      const { hours, minutes, seconds, frames } = labelIn(word);
      expect([hours, minutes]).toEqual([1, 0]);
      return 25 * seconds + frames;
    });
    expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
  });
});

describe('LTC through a player', () => {
  const player = (file: string, act: string): unknown =>
    ltcOptions(`{ type: ltc, player: ["${process.execPath}", "${pathOf('./fake-player.mjs')}", "${file}", ${act}] }`);

  it('reaches it word for word', async () => {
    const clock = liveClock();
    const { host } = testHost(clock);
    const file = join(folder, 'kept.raw');
    writeFileSync(file, '');
    const bridge = ltcBridge.open('it', player(file, 'keep'), host);
    bridge.timecode(runAt(rateNamed('25'), '01:00:00:00', clock.now() + 100));
    await until(() => statSync(file).size > 96_000);
    expect(bridge.status().state).toBe('ready');
    await bridge.close();
    const words = decode(samplesOf(readFileSync(file)), SOUND.amplitude);
    expect(words.length).toBeGreaterThan(5);
    for (const word of words) expect(labelIn(word)).toMatchObject({ hours: 1, minutes: 0 });
  });

  it('that dies is said in one line with its last word, and started again', async () => {
    const clock = liveClock();
    const { host, log } = testHost(clock);
    const file = join(folder, 'dies.raw');
    writeFileSync(file, '');
    const bridge = ltcBridge.open('it', player(file, 'die'), host);
    await until(() => log.length > 0);
    expect(log).toEqual([`${process.execPath} has ended (exit code 3): no more of this; tried again every 2 s`]);
    const { size } = statSync(file);
    await until(() => statSync(file).size > size);
    await bridge.close();
  });

  it('that is not there is said in one line, with what to do', async () => {
    const { host, log } = testHost(liveClock());
    const bridge = ltcBridge.open('it', ltcOptions('{ type: ltc, player: [decklight-has-no-such-player] }'), host);
    await until(() => log.length > 0);
    expect(log).toEqual([
      'there is no program called decklight-has-no-such-player; check the name under "player:", or give its whole path; tried again every 2 s',
    ]);
    expect(bridge.status()).toEqual({ state: 'waiting', text: log[0] });
    await bridge.close();
  });

  it.each(['deaf', 'hang'])('that is %s does not hold up the end of the show', async act => {
    const { host } = testHost(liveClock());
    const file = join(folder, `${act}.raw`);
    writeFileSync(file, '');
    const bridge = ltcBridge.open('it', player(file, act), host);
    await until(() => bridge.status().state === 'ready');
    await bridge.close();
    expect(bridge.status().state).toBe('waiting');
  });

  it('that does not read is given up and started again', async () => {
    const { host, log } = testHost(liveClock());
    const bridge = ltcBridge.open('it', player(join(folder, 'deaf'), 'deaf'), host);
    const isGivenUp = (line: string): boolean =>
      line.endsWith('does not play as fast as it is fed; check its device; tried again every 2 s');
    await until(
      () => log.some(isGivenUp),
      () => log.join('\n'),
    );
    await until(() => bridge.status().state === 'ready');
    await bridge.close();
  });
});
