/**
 * Figures of the house: how large it is, and where it is hard to read.
 *
 *     node --import tsx test/bench/house-figures.ts [checkout] [--list] [--measure]
 *
 * Functions are found by their text: declarations, and arrow functions that are given a name. A function's length counts
 * from its head to its closing brace. `--list` names what is long; `--measure` also packs and installs the checkout, which has
 * to be built, and times its command.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

const LONG_LINES = 60;
const MANY_PARAMETERS = 5;

interface Source {
  readonly file: string;
  readonly text: string;
  /** The text with comments and strings blanked, every other character in its place. */
  readonly code: string;
}

interface FoundFunction {
  readonly name: string;
  readonly lines: number;
  readonly parameters: number;
}

const checkout = process.argv.slice(2).find(word => !word.startsWith('--')) ?? '.';
const tracked = (...folders: string[]): Source[] =>
  execFileSync('git', ['ls-files', ...folders], { cwd: checkout, encoding: 'utf8' })
    .split('\n')
    .filter(file => file.endsWith('.ts'))
    .map(file => {
      const text = readFileSync(join(checkout, file), 'utf8');
      return { file, text, code: blanked(text) };
    });

/** Replaces comments, strings and regular expressions by spaces, so that brackets in them do not count. */
function blanked(text: string): string {
  const pattern =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|(?<=[=(,:!&|?{};\n]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//g;
  return text.replace(pattern, found => found.replace(/[^\n]/g, ' '));
}

/** @returns the index behind the bracket that closes the one at `from` */
function closing(code: string, from: number): number {
  let depth = 0;
  for (let i = from; i < code.length; i++) {
    const char = code[i] ?? '';
    if ('([{'.includes(char)) depth++;
    if (')]}'.includes(char) && --depth === 0) return i + 1;
  }
  return code.length;
}

/** Parameters in a bracketed list: the commas outside inner brackets and type arguments, plus one. */
function parametersIn(list: string): number {
  let depth = 0;
  let count = 0;
  let isOpen = false;
  for (let i = 0; i < list.length; i++) {
    const char = list[i] ?? '';
    if ('([{<'.includes(char)) depth++;
    else if (')]}'.includes(char) || (char === '>' && list[i - 1] !== '=')) depth--;
    if (char === ',' && depth === 0) isOpen = false;
    else if (!isOpen && /\S/.test(char)) {
      count++;
      isOpen = true;
    }
  }
  return count;
}

function functionsIn({ code }: Source): FoundFunction[] {
  const head =
    /\bfunction\*?\s+(\w+)\s*(?:<[^(]*>)?\(|\bconst\s+(\w+)(?:\s*:[^=\n]+)?\s*=\s*(?:async\s*)?(?:<[^(\n]*>)?\(/g;
  return [...code.matchAll(head)].flatMap(match => {
    const open = match.index + match[0].length - 1;
    const end = closing(code, open);
    const isArrow = match[2] !== undefined;
    const after = isArrow ? /^\s*(?::[^=;]*(?:=>[^=;]*)*?)?=>/.exec(code.slice(end, end + 300)) : null;
    if (isArrow && after === null) return [];
    const brace = code.indexOf('{', bodyFrom(code, end + (after?.[0].length ?? 0)));
    const semicolon = code.indexOf(';', end);
    const hasBlock = brace >= 0 && (semicolon < 0 || brace < semicolon);
    const last = hasBlock ? closing(code, brace) : semicolon;
    return [
      {
        name: match[1] ?? match[2] ?? '',
        lines: code.slice(match.index, last).split('\n').length,
        parameters: parametersIn(code.slice(open + 1, end - 1)),
      },
    ];
  });
}

/** Skips a return type that is written as an object, so that its brace is not taken for the body. */
function bodyFrom(code: string, from: number): number {
  const type = /^\s*:\s*(?:Promise<)?\{/.exec(code.slice(from));
  return type === null ? from : closing(code, from + type[0].length - 1);
}

const count = <T>(items: readonly T[], is: (item: T) => boolean): number => items.filter(is).length;
const linesOf = (sources: readonly Source[]): number =>
  sources.reduce((sum, { text }) => sum + text.split('\n').length, 0);

function sharedNames(sources: readonly Source[]): number {
  const files = new Map<string, Set<string>>();
  for (const { file, text } of sources) {
    for (const [, name = ''] of text.matchAll(
      /^export (?:async )?(?:function\*?|const|let|class|interface|type) (\w+)/gm,
    )) {
      files.set(name, (files.get(name) ?? new Set()).add(file));
    }
  }
  return count([...files.values()], found => found.size > 1);
}

function sharedFileNames(sources: readonly Source[]): number {
  const counts = new Map<string, number>();
  for (const { file } of sources) counts.set(basename(file), (counts.get(basename(file)) ?? 0) + 1);
  return count([...counts.values()], times => times > 1);
}

function fullestFolder(sources: readonly Source[]): string {
  const counts = new Map<string, number>();
  for (const { file } of sources) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  const [folder, files] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? ['', 0];
  return `${files} (${folder}), ${counts.size} folders`;
}

/** CPU seconds of a command and its children, the median of five; bash counts them. */
function cpuSeconds(command: string): number {
  const seconds = Array.from({ length: 5 }, () => {
    const told = execFileSync('bash', ['-c', `${command} >/dev/null 2>&1; times`], { encoding: 'utf8' });
    const [, children = ''] = told.split('\n');
    return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
  });
  return seconds.sort((a, b) => a - b)[2] ?? 0;
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) return sum;
    return sum + (entry.isDirectory() ? bytesBelow(path) : statSync(path).size);
  }, 0);
}

/** Packs the checkout and installs it as its users do, in an empty folder. */
function measured(): readonly (readonly [string, string | number])[] {
  const folder = mkdtempSync(join(tmpdir(), 'decklight-figures-'));
  try {
    const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
      cwd: checkout,
      encoding: 'utf8',
    });
    execFileSync('npm', ['init', '-y'], { cwd: folder, stdio: 'ignore' });
    execFileSync('npm', ['install', '--silent', join(folder, packed.trim())], { cwd: folder, stdio: 'ignore' });
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: object };
    const command = join(folder, 'node_modules/.bin/decklight');
    return [
      ['CPU seconds of --version', cpuSeconds(`${command} --version`).toFixed(2)],
      ['CPU seconds of --help', cpuSeconds(`${command} --help`).toFixed(2)],
      [
        'CPU seconds of check profiles/demo.yaml',
        cpuSeconds(`${command} check ${resolve(checkout, 'profiles/demo.yaml')}`).toFixed(2),
      ],
      ['packages installed', Object.keys(lock.packages).length - 1],
      ['megabytes installed', (bytesBelow(join(folder, 'node_modules')) / 1e6).toFixed(1)],
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const source = tracked('src', 'bridges');
const tests = tracked('test');
const functions = source.flatMap(functionsIn);
const docs = source.flatMap(({ text }) => [...text.matchAll(/\/\*\*\s*(?:\*\s*)?(\w+)/g)].map(([, word = '']) => word));
const isQuestion = (word: string): boolean => /^(What|How|Where|Who|Whose|Which|Whether|Why)$/.test(word);
const isPronoun = (word: string): boolean => /^(It|They|The same|That|One|Nothing|These|Those)$/.test(word);

const rows: readonly (readonly [string, string | number])[] = [
  ['source files', source.length],
  ['source lines', linesOf(source)],
  ['test files', tests.length],
  ['test lines', linesOf(tests)],
  ['most files in a folder', fullestFolder(source)],
  ['file names used twice or more', sharedFileNames(source)],
  ['exported names defined twice or more', sharedNames(source)],
  [`functions over ${LONG_LINES} lines`, count(functions, ({ lines }) => lines > LONG_LINES)],
  [
    `functions with ${MANY_PARAMETERS} and more parameters`,
    count(functions, ({ parameters }) => parameters >= MANY_PARAMETERS),
  ],
  ['doc comments', docs.length],
  ['doc comments that begin with What, How, Where, Who …', count(docs, isQuestion)],
  ['doc comments that begin with a pronoun', count(docs, isPronoun)],
];
const all = process.argv.includes('--measure') ? [...rows, ...measured()] : rows;
for (const [what, figure] of all) process.stdout.write(`${what.padEnd(56)} ${figure}\n`);
if (process.argv.includes('--list')) {
  for (const each of source) {
    for (const { name, lines, parameters } of functionsIn(each)) {
      if (lines > LONG_LINES || parameters >= MANY_PARAMETERS) {
        process.stdout.write(`${each.file}: ${name}: ${lines} lines, ${parameters} parameters\n`);
      }
    }
  }
}
