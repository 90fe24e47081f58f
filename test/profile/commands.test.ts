import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BRIDGES } from '../../bridges/index.ts';
import { checkCommand } from '../../src/cli/check.ts';
import { initCommand } from '../../src/cli/init.ts';
import type { Terminal } from '../../src/cli/terminal/terminal.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { checkProfile, readProfile } from '../../src/files/profile-file.ts';
import { STARTER } from '../../src/profile/starter-profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-'));
const file = (name: string, text: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

function listen(): Terminal & { readonly lines: string[]; readonly errors: string[] } {
  const lines: string[] = [];
  const errors: string[] = [];
  return {
    ...{ lines, errors, isTerminal: false, columns: () => 80 },
    rows: () => 24,
    line: text => lines.push(text),
    error: text => errors.push(text),
    redraw: () => {},
  };
}

describe('check', () => {
  test('a right profile: one line saying what it holds, exit code 0', async () => {
    const out = listen();
    const path = file('right.yaml', STARTER);
    expect(await checkCommand(path, { json: false }, { out, bridges: BRIDGES, library: NO_LIBRARY })).toBe(0);
    expect(out.lines).toEqual([`${path}: My show: 4 rules, 2 cues, 2 bridges, 0 tracks, 0 timecodes; no problems`]);
    expect(out.errors).toEqual([]);
  });
  test('a name that a terminal would obey: the line is one line all the same', async () => {
    const out = listen();
    const path = file('red.yaml', STARTER.replace('name: My show', 'name: "My\\e[31m\\nshow"'));
    expect(await checkCommand(path, { json: false }, { out, bridges: BRIDGES, library: NO_LIBRARY })).toBe(0);
    expect(out.lines).toEqual([
      `${path}: My [31m show: 4 rules, 2 cues, 2 bridges, 0 tracks, 0 timecodes; no problems`,
    ]);
  });
  test('a wrong one: every problem, exit code 2', async () => {
    const out = listen();
    const path = file('wrong.yaml', STARTER.replace('when: chorus', 'when: chrous').replace('do: drop', 'do: drp'));
    expect(await checkCommand(path, { json: false }, { out, bridges: BRIDGES, library: NO_LIBRARY })).toBe(2);
    expect(out.errors.map(text => text.split('\n')[0])).toEqual([
      `${path}:31:11: error: unknown place "chrous"; did you mean "chorus"?`,
      `${path}:32:9: error: unknown cue "drp"; did you mean "drop"?`,
    ]);
    expect(out.lines).toEqual([]);
  });
  test('a doubtful one: every warning, what it holds, exit code 0', async () => {
    const out = listen();
    const path = file('doubtful.yaml', STARTER.replace('panic: safe', '').replace('< 20', '< 0'));
    expect(await checkCommand(path, { json: false }, { out, bridges: BRIDGES, library: NO_LIBRARY })).toBe(0);
    expect(out.errors.map(text => text.split('\n')[0])).toEqual([
      expect.stringMatching(/^.*doubtful\.yaml:\d+:1: warning: panic: names the cue/),
      expect.stringMatching(/^.*doubtful\.yaml:\d+:9: warning: this can never fire: "deck\.uncertaintyMs < 0"/),
    ]);
    expect(out.lines).toEqual([`${path}: My show: 4 rules, 2 cues, 2 bridges, 0 tracks, 0 timecodes; 2 warnings`]);
  });
  test('warnings without end are counted too', () => {
    const tracks = Array.from({ length: 150 }, (_, i) => `{ match: { title: t${i} } }`);
    const path = file(
      'titles.yaml',
      `decklight: 1\nbridges: { opus: { type: opus-quad } }\ntracks: [${tracks.join(', ')}]\n`,
    );
    const { lines, warnings, profile } = readProfile(path, BRIDGES, NO_LIBRARY);
    expect(profile?.tracks).toHaveLength(150);
    expect([lines.length, warnings]).toEqual([101, 151]);
    expect(lines.at(-1)).toBe(`${path}: and 51 more warnings`);
  });
  test('the text that was read is handed on with what was made of it', () => {
    const path = file('text.yaml', STARTER);
    expect(readProfile(path, BRIDGES, NO_LIBRARY).source).toBe(STARTER);
    expect(readProfile(join(folder, 'none.yaml'), BRIDGES, NO_LIBRARY).source).toBe('');
    expect(checkProfile(STARTER, 'x.yaml', BRIDGES, NO_LIBRARY).profile?.name).toBe('My show');
    expect(checkProfile('decklight: 2', 'x.yaml', BRIDGES, NO_LIBRARY)).toMatchObject({
      profile: null,
      source: 'decklight: 2',
    });
  });
  test('problems without end are counted', () => {
    const path = file('many.yaml', `decklight: 1\nbridges: {}\nrules: [${'1, '.repeat(150)}]\n`);
    const { lines } = readProfile(path, BRIDGES, NO_LIBRARY);
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe(`${path}: and 50 more problems`);
  });
  test.each([
    ['nothing there', join(folder, 'none.yaml'), /no such file.*decklight init/],
    ['a directory', folder, /this is a directory/],
    ['no text', file('binary.yaml', Uint8Array.of(0xff, 0xfe, 0x80)), /not text in UTF-8/],
    ['a film', file('film.yaml', new Uint8Array(9 * 1024 * 1024)), /larger than 8 MiB/],
  ])('%s: one line, exit code 2', async (_, path, message) => {
    const out = listen();
    expect(await checkCommand(path, { json: false }, { out, bridges: BRIDGES, library: NO_LIBRARY })).toBe(2);
    expect(out.errors).toHaveLength(1);
    expect(out.errors[0]).toMatch(message);
    expect(out.errors[0]?.replace(/:1:1(?=: error)/, '').startsWith(`${path}: error: `)).toBe(true);
  });
});

describe('init', () => {
  test('writes a profile that is right and the schema beside it, and says what is next', async () => {
    const out = listen();
    const path = join(folder, 'new', 'show.yaml');
    expect(await initCommand(path, null, out)).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(STARTER);
    expect(JSON.parse(readFileSync(join(folder, 'new', 'profile.schema.json'), 'utf8')).title).toBe(
      'Decklight show profile',
    );
    expect(out.lines.join('\n')).toContain(`decklight run --simulate ${path}`);
    expect(await checkCommand(path, { json: false }, { out: listen(), bridges: BRIDGES, library: NO_LIBRARY })).toBe(0);
  });
  test('leaves what is there alone', async () => {
    const path = file('mine.yaml', 'mine');
    const schema = file('profile.schema.json', 'mine too');
    const out = listen();
    expect(await initCommand(path, null, out)).toBe(2);
    expect(out.errors[0]).toMatch(/already, and it was left as it is/);
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(await initCommand(join(folder, 'other.yaml'), null, out)).toBe(0);
    expect(readFileSync(schema, 'utf8')).toBe('mine too');
  });
  test('a place that cannot be written: one line, exit code 1', async () => {
    const out = listen();
    expect(await initCommand(join(file('plain', 'x'), 'show.yaml'), null, out)).toBe(1);
    expect(out.errors).toHaveLength(1);
  });
});
