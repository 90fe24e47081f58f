/** Signals to a show that runs as a program of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../../src/cli/decklight.js', import.meta.url));
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

const PATIENCE_MS = 120_000;
const PROFILE = `decklight: 1
bridges: { console: { type: osc, host: 127.0.0.1, port: 47391 } }
cues: { safe: [{ console: /safe }] }
panic: safe
`;

/** Waits for what the machine takes its time for; the test's own patience ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(done => setTimeout(done, 20));
}

async function startShow(): Promise<{
  child: ChildProcess;
  log: string;
  said: () => string;
  ended: Promise<number | null>;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'signals-'));
  const [profile, log] = [join(folder, 'show.yaml'), join(folder, 'night.log')];
  writeFileSync(profile, PROFILE);
  const child = spawn(process.execPath, [COMMAND, 'run', profile, '--no-record', '--log', log]);
  running.push(child);
  let said = '';
  child.stdout?.on('data', chunk => {
    said += String(chunk);
  });
  child.stderr?.on('data', chunk => {
    said += String(chunk);
  });
  const ended = new Promise<number | null>(done => child.on('exit', done));
  await until(() => existsSync(log) && readFileSync(log, 'utf8').includes('sending OSC'));
  return { child, log, said: () => said, ended };
}

test(
  'a hang-up opens the log anew and ends no show; a polite kill ends it with exit code 0',
  async () => {
    const { child, log, ended } = await startShow();
    renameSync(log, `${log}.old`);
    child.kill('SIGHUP');
    await until(() => existsSync(log));
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(readFileSync(`${log}.old`, 'utf8')).toContain('sending OSC');
  },
  PATIENCE_MS,
);

test(
  'SIGUSR1 opens no debugger',
  async () => {
    const { child, said, ended } = await startShow();
    child.kill('SIGUSR1');
    // The next signal is handled after it.
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(said()).not.toMatch(/debugger/i);
  },
  PATIENCE_MS,
);
