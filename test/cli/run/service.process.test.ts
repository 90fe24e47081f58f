/** A run under systemd, as far as it goes without one: the units are verified, and what systemd would be told is written down. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../until.ts';

const TOP = fileURLToPath(new URL('../../..', import.meta.url));
const unit = (path: string): string => readFileSync(join(TOP, 'docs/service', path), 'utf8');
const hasVerify = spawnSync('systemd-analyze', ['--version']).error === undefined;

let folder = '';
let child: ChildProcess | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'decklight-service-'));
});
afterEach(() => {
  if (child !== null && child.exitCode === null) child.kill('SIGKILL');
  child = null;
  rmSync(folder, { recursive: true });
});

describe.skipIf(!hasVerify)(
  `units of systemd${hasVerify ? '' : ' (skipped: systemd-analyze is not installed)'}`,
  () => {
    it.each([
      ['decklight.service', '--system'],
      ['user/decklight.service', '--user'],
    ])('%s is verified without a word', (path, manager) => {
      const command = join(TOP, 'src/cli/decklight.js');
      const text = unit(path)
        .replace('/usr/local/bin/decklight', command)
        .replace(/^Documentation=.*\n/m, '');
      writeFileSync(join(folder, 'decklight.service'), text);
      if (manager === '--system') {
        mkdirSync(join(folder, 'decklight.service.d'));
        writeFileSync(join(folder, 'decklight.service.d/realtime.conf'), unit('realtime.conf'));
      }
      const { status, stdout, stderr } = spawnSync(
        'systemd-analyze',
        [manager, 'verify', '--man=no', '--recursive-errors=no', join(folder, 'decklight.service')],
        { encoding: 'utf8', env: { ...process.env, XDG_RUNTIME_DIR: folder } },
      );
      expect(`${status} ${stdout}${stderr}`.trim()).toBe('0');
    });

    it('a word that systemd does not know is found by the same command', () => {
      const text = unit('decklight.service').replace('Restart=on-failure', 'Restart=sometimes');
      writeFileSync(join(folder, 'decklight.service'), text);
      const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', join(folder, 'decklight.service')], {
        encoding: 'utf8',
      });
      expect(stderr).toContain('sometimes');
    });
  },
);

describe('a run that systemd starts', () => {
  /** Starts a run with a systemd-notify that writes down what it is asked to say. */
  async function start(watchdogMs: number): Promise<() => string> {
    const told = join(folder, 'told');
    writeFileSync(told, '');
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'systemd-notify'), `#!/bin/sh\nprintf '%s\\n' "$*" >> '${told}'\n`);
    chmodSync(join(bin, 'systemd-notify'), 0o755);
    writeFileSync(
      join(folder, 'show.yaml'),
      'decklight: 1\nname: Box\nbridges: { o: { type: osc, host: 127.0.0.1, port: 46999 } }\n',
    );
    const args = ['--import', 'tsx', 'src/cli/main.ts', 'run', '--no-record', join(folder, 'show.yaml')];
    child = spawn(process.execPath, args, {
      cwd: TOP,
      stdio: 'ignore',
      env: {
        ...process.env,
        ...{ PATH: `${bin}:${process.env['PATH']}`, NOTIFY_SOCKET: join(folder, 'socket') },
        WATCHDOG_USEC: String(watchdogMs * 1000),
      },
    });
    return () => readFileSync(told, 'utf8');
  }

  it('is ready, shows signs of life, lives through SIGHUP, and says that it stops', async () => {
    const told = await start(300);
    await until(() => told().includes('--ready --status=Box: the show runs'), told);
    await until(() => told().split('WATCHDOG=1').length > 3, told);
    child?.kill('SIGHUP');
    const signs = told().split('WATCHDOG=1').length;
    await until(() => told().split('WATCHDOG=1').length > signs + 2, told);
    expect(child?.exitCode).toBeNull();
    child?.kill('SIGTERM');
    if (child !== null && child.exitCode === null) await once(child, 'exit');
    expect(child?.exitCode).toBe(0);
    await until(() => told().includes('STOPPING=1'), told);
  });
});
