/**
 * What this program costs beside another commit of it: both compiled, in turn A B A B, medians of the pairs and their ratio.
 *
 *   node --import tsx test/bench/cost.ts COMMIT [--pairs 5] [--hours 1] [--night 8] [--rows hour,night,check,install]
 *
 * `hour`: an hour of test/bench/evening.ts with four timecodes; `night`: eight of it with one MTC; `check`: the command on the
 * demo's profile; `install`: megabytes of the packed package in an empty folder. Both are checked out and built below the folder for temporary files.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { quantile } from './quantile.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '5' },
    hours: { type: 'string', default: '1' },
    night: { type: 'string', default: '8' },
    rows: { type: 'string', default: 'hour,night,check,install' },
  },
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMib: number;
}

/** Prints what the process has used at its end, as one line on standard error. */
const TELLS_USE = `data:text/javascript,${encodeURIComponent(
  `process.on('exit', () => { const u = process.resourceUsage();
   process.stderr.write('\\nused ' + (u.userCPUTime + u.systemCPUTime) / 1000 + ' ' + u.maxRSS / 1024 + '\\n'); });`,
)}`;

function measured(cwd: string, file: string, args: readonly string[]): Cost {
  const startedAt = performance.now();
  const ended = spawnSync(process.execPath, ['--import', TELLS_USE, file, ...args], { cwd, encoding: 'utf8' });
  const wallMs = performance.now() - startedAt;
  const [, cpuMs, peakMib] = /\nused (\S+) (\S+)\n/.exec(ended.stderr) ?? [];
  if (ended.status !== 0 || cpuMs === undefined) throw new Error(`${cwd}: ${file} ended so:\n${ended.stderr}`);
  return { wallMs, cpuMs: Number(cpuMs), peakMib: Number(peakMib) };
}

interface Build {
  readonly name: string;
  readonly source: string;
  /** The compiled tree, with all that it reads. */
  readonly tree: string;
  /** The command, from there. */
  readonly command: string;
}

function build(folder: string, name: string, commit: string): Build {
  const [source, tree] = [join(folder, `${name}-source`), join(folder, name)];
  execFileSync('git', ['clone', '-q', TOP, source]);
  execFileSync('git', ['-C', source, 'checkout', '-q', commit]);
  execFileSync('npm', ['ci', '--silent'], { cwd: source, stdio: 'inherit' });
  const config = {
    extends: './tsconfig.json',
    compilerOptions: { noEmit: false, incremental: false, rootDir: '.', outDir: tree },
    include: ['src', 'bridges', 'test/bench/evening.ts'],
  };
  writeFileSync(join(source, 'tsconfig.cost.json'), JSON.stringify(config));
  execFileSync('npx', ['tsc', '-p', 'tsconfig.cost.json'], { cwd: source, stdio: 'inherit' });
  for (const each of ['profiles', 'package.json']) cpSync(join(source, each), join(tree, each), { recursive: true });
  // What a bridge reads beside its code, as a page.
  for (const file of readdirSync(join(source, 'bridges'), { recursive: true, encoding: 'utf8' })) {
    const isRead = /\.(?:html|css|js|json|svg)$/.test(file);
    if (isRead) cpSync(join(source, 'bridges', file), join(tree, 'bridges', file));
  }
  symlinkSync(join(source, 'node_modules'), join(tree, 'node_modules'));
  const command = ['src/cli/main.js', 'src/shell/cli.js'].find(file =>
    statSync(join(tree, file), { throwIfNoEntry: false }),
  );
  if (command === undefined) throw new Error(`${commit} has no command that is known here`);
  return { name, source, tree, command };
}

/** Bytes below a folder, links not followed. */
function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** Megabytes of what `npm install` of the packed package puts into an empty folder, and the largest packages. */
function installed({ name, source }: Build, folder: string): { megabytes: number; largest: string } {
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: source,
    encoding: 'utf8',
  }).trim();
  const empty = join(folder, `${name}-installed`);
  mkdirSync(empty);
  writeFileSync(join(empty, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--silent', join(folder, packed.split('\n').at(-1) ?? '')], { cwd: empty });
  const modules = join(empty, 'node_modules');
  const sizes = readdirSync(modules, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(entry => ({ of: entry.name, megabytes: bytesBelow(join(modules, entry.name)) / 1e6 }))
    .sort((a, b) => b.megabytes - a.megabytes);
  const largest = sizes.slice(0, 8).map(({ of, megabytes }) => `${of} ${megabytes.toFixed(1)}`);
  return { megabytes: bytesBelow(modules) / 1e6, largest: largest.join(', ') };
}

const median = (values: readonly number[]): number => quantile(values, 0.5);

/** One row: both in turn, as often as asked. */
function row(what: string, [ours, theirs]: readonly [Build, Build], run: (build: Build) => Cost): void {
  const costs: { ours: Cost; theirs: Cost }[] = [];
  for (let pair = 0; pair < Number(asked.pairs); pair++) costs.push({ theirs: run(theirs), ours: run(ours) });
  for (const [key, unit] of [
    ['wallMs', 'ms'],
    ['cpuMs', 'ms of CPU'],
    ['peakMib', 'MiB at most'],
  ] as const) {
    const ratio = median(costs.map(pair => pair.ours[key] / pair.theirs[key]));
    const [then, now] = [median(costs.map(pair => pair.theirs[key])), median(costs.map(pair => pair.ours[key]))];
    say(`| ${what}, ${unit} | ${then.toFixed(0)} | ${now.toFixed(0)} | ${ratio.toFixed(2)} |`);
  }
}

const [commit] = positionals;
if (commit === undefined) {
  say(
    'usage: node --import tsx test/bench/cost.ts COMMIT [--pairs 5] [--hours 1] [--night 8] [--rows hour,night,check,install]',
  );
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'decklight-cost-'));
try {
  const both = [build(folder, 'ours', 'HEAD'), build(folder, 'theirs', commit)] as const;
  const rows = asked.rows.split(',');
  say(`| what | ${commit} | here | ratio |\n| --- | --- | --- | --- |`);
  const evening = 'test/bench/evening.js';
  if (rows.includes('hour')) {
    row(`${asked.hours} h, four timecodes, twice`, both, ({ tree }) => measured(tree, evening, [asked.hours, 'four']));
  }
  if (rows.includes('night')) {
    row(`${asked.night} h, one MTC, twice`, both, ({ tree }) => measured(tree, evening, [asked.night, 'one']));
  }
  if (rows.includes('check')) {
    row('check of the demo', both, ({ tree, command }) => measured(tree, command, ['check', 'profiles/demo.yaml']));
  }
  if (rows.includes('install')) {
    const [ours, theirs] = [installed(both[0], folder), installed(both[1], folder)];
    const ratio = (ours.megabytes / theirs.megabytes).toFixed(2);
    say(`| installed, MB | ${theirs.megabytes.toFixed(1)} | ${ours.megabytes.toFixed(1)} | ${ratio} |`);
    say(`here: ${ours.largest}\n${commit}: ${theirs.largest}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
