/**
 * How much the tests notice: makes small changes to sources, one at a time and by a seed, in a copy of this checkout, and
 * runs the quick tests on each. Prints which changes were caught, and by what; judges nothing unless told how many must be.
 *
 *   node --import tsx test/bench/mutations.ts [--count 50] [--seed 1] [--least N] [--list] [--tests WHAT]... [FILE...]
 *
 * Without files: those of src/core/deck, which decide what a late report is and where a deck has landed. `--list` prints
 * the changes and runs nothing. `--tests`: which tests, one stage after the other, each a folder or `related`, which are
 * all that import the changed file; `test/core/deck`, `test/core`, `related` unless said. Tests that need an evening,
 * other processes or other programs are left out.
 *
 * Exit code: 0 printed, 1 fewer than `--least` were caught, 2 the tests fail without any change, or a file is not there.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../src/core/random.ts';
import { type Mutation, mutationsOf, withMutation } from './mutation.ts';

const { values: options, positionals } = parseArgs({
  options: {
    count: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    least: { type: 'string' },
    list: { type: 'boolean', default: false },
    tests: { type: 'string', multiple: true, default: ['test/core/deck', 'test/core', 'related'] },
  },
  allowPositionals: true,
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const top = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const files = positionals.length > 0 ? positionals : sourcesIn('src/core/deck');

/** The cheapest tests first; each stage runs only for what the one before has not caught. */
const STAGES: readonly (readonly string[])[] = options.tests.map(what =>
  what === 'related' ? ['related', '--run'] : ['run', what],
);
/** A change may make a loop endless; how long the same tests take without it says when that is to be thought. */
const PATIENCE = { leastMs: 60_000, times: 4 } as const;

interface Chosen {
  readonly file: string;
  readonly mutation: Mutation;
}

function sourcesIn(folder: string): readonly string[] {
  const names = readdirSync(join(top, folder)).filter(name => name.endsWith('.ts'));
  return names.sort().map(name => join(folder, name));
}

/** Seeded, no two on one line: `count` changes of all that could be made. */
function choose(): readonly Chosen[] {
  const random = seededRandom(Number(options.seed));
  const all = files.flatMap(file =>
    mutationsOf(readFileSync(join(top, file), 'utf8')).map(mutation => ({ file, mutation, order: random() })),
  );
  const taken = new Set<string>();
  const chosen = all
    .sort((a, b) => a.order - b.order)
    .filter(({ file, mutation: { line } }) => !taken.has(`${file}:${line}`) && taken.add(`${file}:${line}`));
  return chosen.slice(0, Number(options.count));
}

interface Run {
  readonly isGood: boolean;
  readonly ms: number;
  /** The first test that failed, or that time ran out. */
  readonly text: string;
}

function runTests(folder: string, stage: readonly string[], file: string | null, patienceMs: number): Promise<Run> {
  const related = stage[0] === 'related' ? (file === null ? files : [file]) : [];
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [
      join('node_modules', 'vitest', 'vitest.mjs'),
      ...stage,
      ...related,
      '--project=quick',
      '--bail=1',
      '--reporter=default',
    ],
    { cwd: folder, env: { ...process.env, NO_COLOR: '1', CI: '1' }, detached: true },
  );
  let output = '';
  let isOver = false;
  child.stdout.on('data', bytes => {
    output += String(bytes);
  });
  child.stderr.on('data', bytes => {
    output += String(bytes);
  });
  const timer = setTimeout(() => {
    isOver = true;
    // Its workers are in its group.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, patienceMs);
  return new Promise(done => {
    child.on('close', code => {
      clearTimeout(timer);
      const failed = /^ *(?:FAIL|×) +(.*)$/m.exec(output)?.[1] ?? output.trim().split('\n').at(-1) ?? '';
      done({ isGood: code === 0, ms: performance.now() - begun, text: isOver ? 'no end' : failed });
    });
  });
}

/** A copy of what git knows or could, with the same packages. */
function copyOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'decklight-mutations-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: top,
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter(Boolean)) {
    cpSync(join(top, file), join(folder, file), { recursive: true, force: true });
  }
  symlinkSync(join(top, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function measure(folder: string, chosen: readonly Chosen[]): Promise<number> {
  const patience: number[] = [];
  for (const stage of STAGES) {
    const { isGood, ms, text } = await runTests(folder, stage, null, 3_600_000);
    if (!isGood) {
      say(`without any change, vitest ${stage.join(' ')} fails: ${text}`);
      return 2;
    }
    patience.push(Math.max(PATIENCE.leastMs, PATIENCE.times * ms));
    say(`without any change: vitest ${stage.join(' ')}: ${(ms / 1000).toFixed(1)} s`);
  }
  let caught = 0;
  for (const { file, mutation } of chosen) {
    const path = join(folder, file);
    const source = readFileSync(path, 'utf8');
    writeFileSync(path, withMutation(source, mutation));
    let by: string | null = null;
    for (let i = 0; i < STAGES.length && by === null; i++) {
      const stage = STAGES[i] ?? [];
      const { isGood, text } = await runTests(folder, stage, file, patience[i] ?? Infinity);
      if (!isGood) by = text;
    }
    writeFileSync(path, source);
    if (by !== null) caught++;
    say(
      `${by === null ? 'SURVIVED' : 'caught  '} ${describe(file, mutation)}${by === null ? '' : `\n           by ${by}`}`,
    );
  }
  say(`${caught} of ${chosen.length} caught`);
  return options.least !== undefined && caught < Number(options.least) ? 1 : 0;
}

const describe = (file: string, { line, from, to, text }: Mutation): string =>
  `${file}:${line}  ${from.trim()} -> ${to.trim() || 'nothing'}   ${text}`;

const chosen = choose();
if (options.list) for (const { file, mutation } of chosen) say(describe(file, mutation));
else {
  const folder = copyOf();
  try {
    process.exitCode = await measure(folder, chosen);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
