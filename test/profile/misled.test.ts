/** Mistakes that were once told wrongly: each message names the cause and what to write. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BRIDGES } from '../../bridges/index.ts';
import { noneHeard } from '../../src/cli/doctor/devices.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { readProfile } from '../../src/files/profile-file.ts';
import { meaningOf } from '../../src/network/network-errors.ts';
import { loadProfile } from '../../src/profile/load.ts';

const RULE = 'rules:\n  - name: x\n    when: chorus\n    do: [{ console: /a }]\n';
const HEAD = `decklight: 1
bridges:
  opus: { type: opus-quad }
  console: { type: osc, host: 10.0.0.20, port: 8000 }
`;

/** Where and what, of each problem and warning. */
function told(source: string): readonly string[] {
  const loaded = loadProfile(source, 'show.yaml', BRIDGES, NO_LIBRARY);
  const problems = loaded.ok ? loaded.warnings : loaded.problems;
  return problems.map(
    ({ line, column, message, note }) => `${line}:${column} ${message}${note === null ? '' : ` // ${note}`}`,
  );
}

const tracks = (text: string): string => `${HEAD}tracks:\n${text}${RULE}`;
const when = (text: string): string => `${HEAD}rules:\n  - name: x\n    ${text}\n    do: [{ console: /a }]\n`;

describe('a mistake that was told wrongly is told by its cause and its remedy', () => {
  test.each<readonly [what: string, source: string, expected: RegExp]>([
    [
      'a map under tracks:',
      tracks('  match: { id: 1 }\n'),
      /^6:3 expected a list of tracks, found a map \/\/ each item of a list begins with a dash: - match: …$/,
    ],
    [
      'a map under tracks: with the lines of an item',
      tracks('  match: { id: 1 }\n    title: Strobe: Live\n    artist: a\n'),
      /^7:5 this line begins after 4 spaces, and "match" in line 6 after 2 spaces; line them up, or, where a list belongs, write "- match"/,
    ],
    [
      'type: mtc',
      HEAD.replace('type: osc', 'type: mtc') + RULE,
      /^4:20 unknown bridge type "mtc"; write type: midi, for MTC and MIDI clock too/,
    ],
    [
      'one space too few',
      tracks('  - match: { id: 1 }\n   title: Strobe\n'),
      /^7:4 this line begins after 3 spaces, and "match" in line 6 after 4 spaces; line them up/,
    ],
    [
      'one space too few before a dash',
      `${HEAD}${RULE} - name: y\n   when: verse\n   do: [{ console: /b }]\n`,
      /^9:2 this line begins after 1 space, and "- name" in line 6 after 2 spaces; line them up/,
    ],
    [
      'a no-break space after a colon',
      tracks('  - match: { id: 1 }\n    title:\u00a0Strobe\n'),
      /^7:11 a no-break space \(U\+00A0\) stands here, .*type a space/,
    ],
    [
      'a no-break space as indentation',
      tracks('  - match: { id: 1 }\n  \u00a0 title: Strobe\n'),
      /^7:3 a no-break space \(U\+00A0\) stands here/,
    ],
    [
      'a no-break space in a condition',
      when('while: deck.beat\u00a0< 20\n    undo: []'),
      /^7:21 a no-break space \(U\+00A0\) stands here/,
    ],
    ['an invisible sign', when('when: cho\u200brus'), /^7:14 an invisible sign \(U\+200B\) stands here; take it out/],
    [
      'a decimal comma in braces',
      tracks('  - match: { id: 1 }\n    grid: { first-beat: 0,5 s, tempo: 128 }\n'),
      /^7:25 inside \{ \} and \[ \] a comma ends a value; a number has a point: 0\.5 s$/,
    ],
    ['a decimal comma in a place', when('when: 0:30,500'), /^7:15 a number has a point and no comma; write 0:30\.500$/],
    [
      'a decimal comma in a list',
      `${HEAD}${RULE.replace('/a', '{ address: /a, args: [0,5] }')}`,
      /^8:43 0,5 is two values here; for one number write 0\.5, for two 0, 5$/,
    ],
    [
      'deck.bpm',
      when('while: deck.bpm > 120\n    undo: []'),
      /^7:17 unknown fact "bpm" of deck; did you mean "tempoBpm"\?/,
    ],
    [
      'a text without quotes',
      when('when: chorus\n    if: track.title == Night Tram'),
      /^8:24 Night Tram is no name that an expression knows; if it is a text, put it in quotes: "Night Tram"$/,
    ],
    [
      'curly quotes in a condition',
      when('when: chorus\n    if: track.title == “Night Tram”'),
      /^8:24 “ is a curly quote, which is a letter here; write straight ones: track\.title == "Night Tram"$/,
    ],
    [
      'curly quotes around a title',
      tracks('  - match: { id: 1 }\n    title: “Strobe”\n'),
      /^7:12 curly quotes are a part of the text; without them write "Strobe"/,
    ],
    [
      'a # in a title',
      tracks('  - match: { id: 1 }\n    title: Track #1\n'),
      /^7:18 from # on it is a comment, and the text is "Track"; if all of it is text, write "Track #1"/,
    ],
    [
      'while without undo',
      when('while: deck.isPlaying'),
      /^7:5 this rule has no undo: what it does stays when the state ends; .* or undo: \[\]/,
    ],
    [
      'an address with ü',
      HEAD.replace('10.0.0.20', 'pult-büro') + RULE,
      /^4:37 "pult-büro" is no host name: "ü" cannot stand in one/,
    ],
  ])('%s', (_, source, expected) => {
    const lines = told(source);
    expect(lines[0]).toMatch(expected);
    expect(lines).toHaveLength(1);
  });
});

test('a comment behind a title, a list of numbers and a title with # in quotes are taken as they are', () => {
  const source = tracks('  - match: { id: 1 } #first\n    title: Track # of Friday\n    artist: "DJ #1"\n');
  expect(told(source.replace('/a', '{ address: /a, args: [1,2,3] }'))).toEqual([]);
});

test('an end that nothing belongs to is said by undo: []', () => {
  expect(told(when('while: deck.isPlaying\n    undo: []'))).toEqual([]);
});

test('a file that is not in UTF-8 is told with its line, its column and its sign', () => {
  const folder = mkdtempSync(join(tmpdir(), 'misled-'));
  const file = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const latin = file('latin.yaml', Buffer.from(`${HEAD}name: Café\n`, 'latin1'));
  const wide = file('wide.yaml', Buffer.from(`\ufeff${HEAD}`, 'utf16le'));
  expect(readProfile(latin, BRIDGES, NO_LIBRARY).lines).toEqual([
    `${latin}:5:10: error: this is not text in UTF-8 (as Latin-1 or Windows-1252 this sign is é); save it as UTF-8; expected a profile (YAML)`,
  ]);
  expect(readProfile(wide, BRIDGES, NO_LIBRARY).lines).toEqual([
    `${wide}:1:1: error: this is not text in UTF-8, but in UTF-16; save it as UTF-8; expected a profile (YAML)`,
  ]);
});

test('a name that cannot be looked up is told without the words of the system', () => {
  const error = Object.assign(new Error('getaddrinfo EAI_AGAIN pult.local'), { code: 'EAI_AGAIN' });
  expect(meaningOf(error)).toBe('no name server answers, so that the name cannot be looked up; write its IPv4 address');
});

test('where another program holds a port, devices does not blame the cable', () => {
  const held = { kind: 'held', port: 50000, holder: 'rekordbox (pid 12)', message: 'held' } as const;
  expect(noneHeard([held])).toBe(
    'none heard, and none could be on port 50000: rekordbox (pid 12) has it; close that program and look again (the cable may be fine)',
  );
  expect(noneHeard([{ kind: 'free', port: 50000 }])).toMatch(/is the OPUS-QUAD on, its network cable in/);
});
