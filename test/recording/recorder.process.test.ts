/** A recorder whose program is killed while it writes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readRecording } from '../../src/recording/recording-format.ts';
import { until } from '../until.ts';
import { START } from './sample-recordings.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'decklight-recorder-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'show.recordings', 'evening.pcapng');

describe('a program that is killed', () => {
  let child: ChildProcess | null = null;
  afterEach(() => {
    if (child?.exitCode === null) child.kill('SIGKILL');
  });

  it('leaves a file that can be read, with all but the last moments in it', async () => {
    const script = `
      import { openRecorder } from './src/recording/recorder.ts';
      const log = { info() {}, warn() {}, error() {} };
      const start = ${JSON.stringify(START)};
      const recorder = openRecorder({ file: ${JSON.stringify(file)}, unixMs: at => 1.7e12 + at, log }, start);
      let at = start.startedAtMs;
      setInterval(() => {
        const from = { address: '10.0.0.2', port: 1606 };
        for (let i = 0; i < 20; i++) {
          at++;
          recorder.datagram({ from, port: 50002, bytes: new Uint8Array(300), stamp: { notBefore: at, at } }, '10.0.0.1');
        }
      }, 5);
    `;
    child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: TOP,
      stdio: 'inherit',
    });
    await until(() => existsSync(file) && statSync(file).size > 300_000);
    const ended = new Promise(done => child?.once('exit', done));
    child.kill('SIGKILL');
    await ended;
    const read = [...readRecording(readFileSync(file))];
    const end = read.pop();
    expect(end).toMatchObject({ kind: 'end', how: expect.stringMatching(/whole|cut/) });
    // The start, then every ms without one missing.
    const times = read.slice(1).map(item => (item.kind === 'datagram' ? item.stamp.at : null));
    expect(times.length).toBeGreaterThan(500);
    expect(times).toEqual(times.map((_, i) => START.startedAtMs + 1 + i));
  });
});
