/** The command as people call it: in a clone, before and after the build, and in the package. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const TOP = fileURLToPath(new URL('../../', import.meta.url));
/** Not in a new clone, or nothing that the command needs. */
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', 'test', 'coverage']);
const { version } = JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8')) as { version: string };

let folder = '';
let clone = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'decklight-'));
  clone = join(folder, 'clone');
  cpSync(TOP, clone, {
    recursive: true,
    filter: path => dirname(path) !== dirname(join(TOP, 'x')) || !isLeftOut(path),
  });
  symlinkSync(join(TOP, 'node_modules'), join(clone, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** npm and a build are a matter of seconds, and of minutes on a machine with other work. */
const PATIENCE_MS = 300_000;

const isLeftOut = (path: string): boolean => LEFT_OUT.has(basename(path)) || path.endsWith('.tgz');

/** A cache of its own, and no registry: what is called is in the clone or nowhere. */
const environment = () => ({
  ...process.env,
  npm_config_cache: join(folder, 'cache'),
  npm_config_offline: 'true',
  npm_config_update_notifier: 'false',
});
const called = (command: string, args: readonly string[], cwd = clone) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env: environment() });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
};
const build = () => execFileSync('npm', ['run', 'build'], { cwd: clone, env: environment() });

describe('decklight in a clone', () => {
  it(
    'npx decklight works before the build, and in the same place after it',
    () => {
      expect(existsSync(join(clone, 'dist'))).toBe(false);
      expect(called('npx', ['decklight', '--version'])).toEqual({ status: 0, stdout: version, stderr: '' });
      build();
      // What answers now is the build: there are no sources of it any more.
      rmSync(join(clone, 'src/cli/main.ts'));
      expect(called('npx', ['decklight', '--version'])).toEqual({ status: 0, stdout: version, stderr: '' });
      copyFileSync(join(TOP, 'src/cli/main.ts'), join(clone, 'src/cli/main.ts'));
    },
    PATIENCE_MS,
  );

  it('decklight says what to do where nothing is built and nothing is installed', () => {
    const bare = join(folder, 'bare');
    mkdirSync(join(bare, 'src/cli'), { recursive: true });
    copyFileSync(join(TOP, 'package.json'), join(bare, 'package.json'));
    copyFileSync(join(TOP, 'src/cli/decklight.js'), join(bare, 'src/cli/decklight.js'));
    const { status, stdout, stderr } = called(join(bare, 'src/cli/decklight.js'), ['--version'], bare);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^decklight: nothing is built in .*bare.*; run npm ci there$/);
  });
});

describe('the package', () => {
  let packed = '';
  let files: readonly string[] = [];
  beforeAll(() => {
    if (!existsSync(join(clone, 'dist'))) build();
    const into = join(folder, 'packed');
    mkdirSync(into);
    const told = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', into], {
      cwd: clone,
      env: environment(),
      encoding: 'utf8',
    });
    // npm 12 names each package, those before it list them.
    const [report] = Object.values(JSON.parse(told) as Record<string, PackReport>);
    files = report?.files.map(({ path }) => path) ?? [];
    execFileSync('tar', ['-xzf', join(into, report?.filename ?? ''), '-C', into]);
    packed = join(into, 'package');
    symlinkSync(join(TOP, 'node_modules'), join(packed, 'node_modules'));
  }, PATIENCE_MS);

  interface PackReport {
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }

  it('its command works, and none of the sources is in it', () => {
    expect(called(join(packed, 'src/cli/decklight.js'), ['--version'], folder)).toEqual({
      ...{ status: 0, stdout: version, stderr: '' },
    });
    expect(files.filter(file => /(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  it('every page that its pages link to is in it', () => {
    const pages = files.filter(file => file.endsWith('.md'));
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/osc.md', 'bridges/osc/README.md']));
    const missing = pages.flatMap(page =>
      linksOf(readFileSync(join(packed, page), 'utf8'))
        .filter(link => !files.includes(normalize(join(dirname(page), link))))
        .map(link => `${page} -> ${link}`),
    );
    expect(missing).toEqual([]);
  });
});

/** Where a page of Markdown links to within the project, without the part of the page. */
function linksOf(page: string): readonly string[] {
  const inText = [...page.matchAll(/\]\(<?([^)>\s]+)/g)].map(([, link = '']) => link);
  const below = [...page.matchAll(/^\[[^\]]+\]:\s*<?(\S+?)>?$/gm)].map(([, link = '']) => link);
  return [...inText, ...below]
    .filter(link => !/^[a-z]+:/i.test(link))
    .map(link => link.replace(/#.*$/, ''))
    .filter(link => link !== '');
}
