/** `decklight simulate stick` as people type it, with what it does not take. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'decklight-stick-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('decklight simulate stick', () => {
  it.each([
    [['--tracks', '0'], 'Expected a whole number from 1 to 100000.'],
    [['--tracks', '1e3'], 'Expected a whole number from 1 to 100000.'],
    [['--key', ''], 'Expected at least one character.'],
    [[], "required option '--to <folder>' not specified"],
  ])('refuses %j on the command line before it writes anything', (args, words) => {
    const to = join(folder, 'refused');
    const where = args.length === 0 ? [] : ['--to', to];
    const line = ['--import', 'tsx', 'src/cli/main.ts', 'simulate', 'stick', ...where, ...args];
    const { status, stderr } = spawnSync(process.execPath, line, { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain(words);
    expect(existsSync(to)).toBe(false);
  });
});
