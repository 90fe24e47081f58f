import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openStateFile, readStateFile, stateFileOf } from '../../src/files/state-file.ts';
import { MEMORY } from '../core/engine/restart-sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-state-'));
afterAll(() => rmSync(folder, { recursive: true }));

const quiet = (text: string): never => {
  throw new Error(`said: ${text}`);
};

describe('the state file', () => {
  it('lies beside the profile', () => {
    expect(stateFileOf('shows/friday.yaml')).toBe('shows/friday.yaml.state.json');
    expect(stateFileOf('friday')).toBe('friday.state.json');
  });

  it('is read back as it was written, with its age', () => {
    const file = join(folder, 'a.state.json');
    openStateFile(file, () => 5000, quiet).write(MEMORY);
    expect(readStateFile(file, 7500, quiet)).toEqual({ memory: MEMORY, ageMs: 2500 });
    expect(readdirSync(folder)).toEqual(['a.state.json']);
  });

  it('of yesterday means nothing any more, and one that is not there is no trouble', () => {
    const file = join(folder, 'b.state.json');
    openStateFile(file, () => 0, quiet).write(MEMORY);
    expect(readStateFile(file, 13 * 3_600_000, quiet)).toBeNull();
    expect(readStateFile(join(folder, 'none.state.json'), 0, quiet)).toBeNull();
  });

  it.each(['', '{', '[]', '{"writtenUnixMs":1,"memory":{"decklight":2}}', 'null'])(
    'that holds %j is set aside with a word, and not fatal',
    text => {
      const file = join(folder, 'c.state.json');
      writeFileSync(file, text);
      const said: string[] = [];
      expect(readStateFile(file, 0, line => said.push(line))).toBeNull();
      expect(said).toEqual([expect.stringMatching(/set aside as .*c\.state\.json\.broken/)]);
      expect(readFileSync(`${file}.broken`, 'utf8')).toBe(text);
    },
  );

  it('that cannot be written is told once, and the show goes on', () => {
    const said: string[] = [];
    const state = openStateFile(
      join(folder, 'no', 'such', 'folder.json'),
      () => 0,
      line => said.push(line),
    );
    for (let i = 0; i < 5; i++) state.write(MEMORY);
    expect(said).toEqual([expect.stringMatching(/cannot be written .*a cue could go twice/)]);
  });
});
