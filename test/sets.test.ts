/** The two sets: what a quick test file must not do, and what the page about them names. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const top = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, top), 'utf8');

const files = readdirSync(new URL('test', top), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.test.ts'))
  .map(file => `test/${file.replaceAll('\\', '/')}`);
const quick = files.filter(file => !/\.(evening|sweep|process|oracle|rig)\.test\.ts$/.test(file));

describe('the quick set', () => {
  it.each([
    ['starts no program that goes on', /process\.execPath|\bspawn(Sync)?\(/],
    ['starts no thread of a port', /\b(portOnThread|threadPort)\(/],
    ['waits for no time', /\bset(Timeout|Interval)\(/],
    ['judges nothing by a clock', /\b(performance|Date)\.now\(/],
  ])('%s', (_, pattern) => {
    expect(quick.filter(file => pattern.test(read(file)))).toEqual([]);
  });
});

describe('the page about tests', () => {
  it('names files, scripts and kinds of files that are there', () => {
    const page = read('docs/testing.md');
    for (const [, path = ''] of page.matchAll(/`((?:test|src)\/[\w./-]+\.\w+)`/g)) {
      expect(existsSync(new URL(path, top)), path).toBe(true);
    }
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const [, script = ''] of page.matchAll(/`npm run ([\w:]+)`/g)) expect(Object.keys(scripts)).toContain(script);
    for (const [, kind = ''] of page.matchAll(/`\*\.(\w+)\.test\.ts`/g)) {
      expect(
        files.some(file => file.endsWith(`.${kind}.test.ts`)),
        kind,
      ).toBe(true);
    }
  });
});
