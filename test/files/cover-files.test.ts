import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { coversFolder, openCovers } from '../../src/files/cover-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-covers-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('keeps the last cover of each track', async () => {
  const into = coversFolder(join(folder, 'show.yaml'));
  const keep = openCovers(into, () => {});
  keep(414, Uint8Array.of(1));
  await expect.poll(() => existsSync(into) && readdirSync(into)).toEqual(['414.jpg']);
  keep(414, Uint8Array.of(2, 3));
  keep(7, Uint8Array.of(4));
  await expect.poll(() => [...readFileSync(join(into, '414.jpg'))]).toEqual([2, 3]);
  await expect.poll(() => readdirSync(into).sort()).toEqual(['414.jpg', '7.jpg']);
});

it('says once that it cannot', async () => {
  const taken = join(folder, 'taken');
  writeFileSync(taken, '');
  const said: string[] = [];
  const keep = openCovers(taken, text => said.push(text));
  keep(1, Uint8Array.of(1));
  await expect.poll(() => said).toHaveLength(1);
  keep(2, Uint8Array.of(1));
  // What is asked of the disk after it, one by one, is answered after it.
  for (let i = 0; i < 8; i++) await expect(mkdir(taken)).rejects.toThrow();
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/taken cannot be written \(.*\): covers are not kept$/);
});
