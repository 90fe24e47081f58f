/** Two programs with one profile: one keeps its state, the other says so and keeps none. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { lockDoor } from '../../src/files/state-lock.ts';
import { until } from '../until.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'decklight-lock-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

function start(...args: readonly string[]): { readonly child: ChildProcess; readonly output: () => string } {
  const child = spawn(process.execPath, args, { cwd: TOP, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)));
  return { child, output: () => output };
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('the lock of a state file', () => {
  it.skipIf(process.platform === 'win32')('as a file does not outlive a program that was killed', async () => {
    const door = join(folder, 'door');
    const script = `require('node:net').createServer().listen(process.argv[1], () => console.log('there'))`;
    const { child, output } = start('-e', script, door);
    await until(() => output().includes('there'), output);
    expect((await lockDoor(door)).isOurs).toBe(false);
    await killed(child);
    expect(existsSync(door)).toBe(true);
    const lock = await lockDoor(door);
    expect(lock.isOurs).toBe(true);
    if (lock.isOurs) await lock.release();
  });
});

describe('a second run of one profile', () => {
  it('says so in one line and leaves the state alone; after kill -9 of the first the next has it', async () => {
    const file = join(folder, 'show.yaml');
    const state = `${file}.state.json`;
    writeFileSync(
      file,
      'decklight: 1\nname: twice\nbridges: { console: { type: osc, host: 127.0.0.1, port: 9 } }\nrules: []\n',
    );
    const run = (seconds: number) =>
      start('--import', 'tsx', 'src/cli/main.ts', 'run', '--no-record', '--for', `${seconds}s`, file);
    const first = run(600);
    await until(() => first.output().includes('console'), first.output);
    // Whoever takes the state up sets a broken one aside.
    writeFileSync(state, 'broken');
    const second = run(1);
    expect(await once(second.child, 'close')).toEqual([0, null]);
    const lines = second.output().split('\n');
    expect(lines.filter(line => line.includes(`another Decklight (pid ${first.child.pid}) runs ${file}`))).toHaveLength(
      1,
    );
    expect(readFileSync(state, 'utf8')).toBe('broken');
    await killed(first.child);
    const third = run(1);
    expect(await once(third.child, 'close')).toEqual([0, null]);
    expect(third.output()).not.toContain('another Decklight');
    expect(third.output()).toContain('set aside');
    expect(readdirSync(folder)).toContain('show.yaml.state.json.broken');
  });
});
