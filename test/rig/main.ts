/**
 * `npm run test:rig`: runs the device tests on an emulated machine that has a real MIDI sequencer, HID, USB and sound.
 *
 * Its words choose files by a part of their names. RIG_CACHE is the folder that keeps the kernel, RIG_LIMIT_S the time after
 * which the machine is switched off, RIG_COMMAND lines for a shell to run inside instead of the tests.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInGuest } from './guest.ts';
import { guestKernel } from './guest-kernel.ts';
import { initramfs } from './initramfs.ts';

const LIMIT_S = 1200;
/** One test that waits for what does not come must not use up the time of the others. */
const TEST_LIMIT_MS = 150_000;

const top = fileURLToPath(new URL('../../', import.meta.url));
const { RIG_CACHE, RIG_LIMIT_S, RIG_COMMAND } = process.env as Readonly<Record<string, string | undefined>>;
const cache = RIG_CACHE ?? join(tmpdir(), `decklight-rig-${userInfo().uid}`);
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Lines for the shell inside, where the build lies over whatever `dist` the project has. */
function linesFor(build: string): string {
  const node = [process.execPath, '--test-reporter=spec', '--test-force-exit', `--test-timeout=${TEST_LIMIT_MS}`];
  const tests = [...node, 'dist/test/rig/inside.js', ...process.argv.slice(2)].map(quoted).join(' ');
  return [
    `cd ${quoted(top)}`,
    `mkdir -p dist && mount -o bind ${quoted(build)} dist`,
    'export NO_COLOR=1 HOME=/root',
    RIG_COMMAND ?? tests,
    '',
  ].join('\n');
}

/** @returns whether all tests passed, and some ran */
async function runTests(work: string): Promise<boolean> {
  const startedAt = performance.now();
  const seconds = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const counts = { pass: 0, fail: 0, cancelled: 0, skipped: 0 };
  const build = join(work, 'dist');
  execFileSync(join(top, 'node_modules/.bin/tsc'), ['-p', join(top, 'tsconfig.rig.json'), '--outDir', build], {
    stdio: 'inherit',
  });
  const kernel = guestKernel(cache);
  const initrd = join(work, 'initrd.cpio');
  writeFileSync(initrd, initramfs(kernel));
  say(`rig: Linux ${kernel.version}, made ready in ${seconds()}`);
  const code = await runInGuest({
    image: kernel.image,
    initrd,
    command: linesFor(build),
    limitMs: 1000 * Number(RIG_LIMIT_S ?? LIMIT_S),
    line(text) {
      const [, what = '', count = ''] = /^ℹ (pass|fail|cancelled|skipped) (\d+)$/.exec(text) ?? [];
      if (what in counts) counts[what as keyof typeof counts] = Number(count);
      say(text);
    },
  });
  if (code === null) say('rig: the machine was switched off before its tests had ended');
  say(
    `rig: ${counts.pass} tests passed, ${counts.fail + counts.cancelled} failed, ${counts.skipped} skipped, in ${seconds()}`,
  );
  return code === 0 && (counts.pass > 0 || RIG_COMMAND !== undefined);
}

mkdirSync(cache, { recursive: true });
const work = mkdtempSync(join(cache, 'run-'));
try {
  process.exitCode = (await runTests(work)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`rig: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
