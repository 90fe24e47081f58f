import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

  it('is whole after the first state; what comes later are lines of a journal, and the last whole one counts', () => {
    const [file, journal] = [join(folder, 'd.state.json'), join(folder, 'd.state.json.journal')];
    let now = 1000;
    const state = openStateFile(file, () => now, quiet);
    for (const rule of ['one', 'two', 'three']) {
      state.write({ ...MEMORY, firedTonight: [rule] });
      now += 10;
    }
    const read = () => readStateFile(file, 1100, quiet);
    expect(readFileSync(file, 'utf8')).toContain('"one"');
    expect(read()).toEqual({ memory: { ...MEMORY, firedTonight: ['three'] }, ageMs: 80 });
    const text = readFileSync(journal, 'utf8');
    // A crash in the middle of the last line, at any byte of it.
    const lastAt = text.indexOf('\n') + 1;
    for (let length = lastAt; length < text.length - 1; length += 7) {
      writeFileSync(journal, text.slice(0, length));
      expect(read()?.memory.firedTonight, `${length} bytes`).toEqual(['two']);
    }
    for (const rubbish of ['', '\n\n', '{"writtenUnixMs":1e9}\n', '\u0000'.repeat(99)]) {
      writeFileSync(journal, rubbish);
      expect(read()?.memory.firedTonight).toEqual(['one']);
    }
  });

  it('has all of it after a clean end, and the journal is gone', () => {
    const file = join(folder, 'e.state.json');
    const state = openStateFile(file, () => 1000, quiet);
    for (const rule of ['one', 'two']) state.write({ ...MEMORY, firedTonight: [rule] });
    state.close();
    expect(readFileSync(file, 'utf8')).toContain('"two"');
    expect(readdirSync(folder).filter(name => name.startsWith('e.'))).toEqual(['e.state.json']);
  });

  it('takes up a journal that has grown to 1 MiB, once what it was written for has left', async () => {
    const [file, journal] = [join(folder, 'f.state.json'), join(folder, 'f.state.json.journal')];
    const state = openStateFile(file, () => 1000, quiet);
    const size = (): number => statSync(journal, { throwIfNoEntry: false })?.size ?? 0;
    let count = 0;
    do state.write({ ...MEMORY, firedTonight: [`${count++} ${'x'.repeat(50_000)}`] });
    while (size() < 1 << 20);
    expect(readFileSync(file, 'utf8')).toContain('"0 x');
    await new Promise(setImmediate);
    expect(size()).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain(`"${count - 1} x`);
    state.write({ ...MEMORY, firedTonight: ['after it'] });
    expect(readStateFile(file, 1000, quiet)?.memory.firedTonight).toEqual(['after it']);
  });

  it.each([
    ['is deleted under it', (journal: string) => rmSync(journal)],
    [
      'has become a folder',
      (journal: string) => {
        rmSync(journal);
        mkdirSync(journal);
      },
    ],
  ])('is written whole where the journal %s', (_, spoil) => {
    const place = mkdtempSync(join(folder, 'g'));
    const file = join(place, 'g.state.json');
    const state = openStateFile(file, () => 1000, quiet);
    for (const rule of ['one', 'two']) state.write({ ...MEMORY, firedTonight: [rule] });
    spoil(`${file}.journal`);
    state.write({ ...MEMORY, firedTonight: ['three'] });
    expect(readStateFile(file, 1000, quiet)?.memory.firedTonight).toEqual(['three']);
  });

  it('is not taken over by the journal of an earlier run, whatever the clock said then', () => {
    const file = join(folder, 'h.state.json');
    const before = openStateFile(file, () => 9000, quiet);
    for (const rule of ['one', 'two']) before.write({ ...MEMORY, firedTonight: [rule] });
    openStateFile(file, () => 1000, quiet).write({ ...MEMORY, firedTonight: ['now'] });
    expect(readStateFile(file, 2000, quiet)?.memory.firedTonight).toEqual(['now']);
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
