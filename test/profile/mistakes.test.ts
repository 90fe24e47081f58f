/** What people will really type wrong: each gets one clear line at the right place. */
import { describe, expect, test } from 'vitest';
import { problemText } from '../../src/profile/problem-text.ts';
import { around, placeOf, problemsOf, underlined, where } from './error-positions.ts';

const RULES = 'rules:\n  - name: x\n    when: chorus\n    do: [{ console: /a }]\n';

/** The one problem of a text: where (by search for `part`), and its message. */
function expectOne(source: string, part: string, message: RegExp): void {
  const problems = problemsOf(source);
  expect(problems.map(problemText)).toHaveLength(1);
  const [problem] = problems;
  if (problem === undefined) return;
  const at = source.indexOf(part);
  const line = source.slice(0, at).split('\n').length;
  expect(where(problem)).toBe(`${line}:${at - source.lastIndexOf('\n', at - 1)}`);
  expect(problemText(problem)).toMatch(message);
}

const track = (line: string): string => around(`tracks:\n  - match: { id: 1 }\n    ${line}\n${RULES}`);
const told = (line: string): string => around(`rules:\n  - name: x\n    when: chorus\n    ${line}\n`);

describe('YAML reads it otherwise', () => {
  test.each([
    ['artist: &ME', '&ME', /& begins an anchor .* put it in quotes: "&ME"/],
    ['artist: &ME and you', '&ME', /put it in quotes: "&ME and you"/],
    ['title: *foo', '*foo', /\* begins an alias .* put it in quotes: "\*foo"/],
    ['title: !x', '!x', /! begins a tag .* put it in quotes: "!x"/],
    ['title: !!str x', '!!str', /! begins a tag/],
    [
      'title: #1 Crush',
      '#1 Crush',
      /nothing stands here; expected a title[\s\S]*it is a comment; .* put it in quotes: "#1 Crush"/,
    ],
    ['title: Strobe: Live', 'Strobe: Live', /": " makes a map of this text; put it in quotes: "Strobe: Live"/],
    ['title: a: b: c', 'a: b: c', /put it in quotes: "a: b: c"/],
    ['title: @foo', '@foo', /cannot begin with @; put it in quotes: "@foo"/],
    ['title: `foo`', '`foo`', /cannot begin with `; put it in quotes/],
    ['title: %foo', '%foo', /cannot begin with %; put it in quotes: "%foo"/],
    ['title: ~', '~', /~ stands for nothing in YAML; expected a title/],
    ['title:', '\nrules', /nothing stands here; expected a title[\s\S]*leave the key out/],
    ['title: [Live] Strobe', 'Strobe', /cannot follow here; .*quotes/],
    ['title: "Live" Strobe', 'Strobe', /text follows a closing quote/],
    ["title: 'it's'", "s'", /inside single quotes write ''/],
    ['title: "a\\qb"', '\\q', /write \\\\/],
    ['title: | Live', '| Live', /begins a block of lines; .* put it in quotes/],
    ['title: - Live', '- Live', /a list begins on a line of its own/],
    ['title: "Live', '"Live', /this quote is never closed/],
    ['title: ]', ']', /closes nothing; if it is text, put it in quotes/],
    ['title: {Live}', '{Live}', /expected a title, found a map/],
    ['title:Live', 'title:Live', /a space is missing after "title:"/],
    ['\ttitle: Live', '\t', /a tab indents this line; YAML wants spaces/],
    [' title: Live', 'title: Live', /begins after 5 spaces, and "match" in line 6 after 4 spaces; line them up$/m],
    ['title: a\n    title: b', 'title: b', /key "title" stands here twice; the first is in line 7/],
    ['<<: *base', '*base', /an alias/],
    ['<<: { title: a }', '<<', /no merge keys/],
    ['__proto__: 1', '__proto__', /is no name/],
    ['{ a: b }: c', '{ a: b }', /cannot be a key/],
  ])('%s', (line, part, message) => expectOne(track(line), part === '\nrules' ? '\nrules' : part, message));

  test('a braces of an expression in a flow map', () =>
    expectOne(
      told('do: [ { console: /a/${deck.number} } ]'),
      '/a/${deck',
      /opens a map; put it in quotes: "\/a\/\$\{deck\.number\}"/,
    ));
  test('and in a flow list', () =>
    expectOne(told('do: [ { console: { address: /a, args: [1, ${deck.number}] } } ]'), '${deck', /put it in quotes/));
  test('a choice in a plain scalar', () =>
    expectOne(
      `${told('do: [{ console: /a }]')}    if: deck.isPlaying ? true : false\n`,
      'deck.isPlaying ?',
      /makes a map of this expression; put it in quotes/,
    ));
  test('a choice in a flow map', () =>
    expectOne(
      told('do: [ { console: { address: /a, args: [ deck.isPlaying ? 1 : 2 ] } } ]'),
      'deck.isPlaying ?',
      /put all of it in quotes/,
    ));
  test('@ in a list', () => expectOne(told('do:\n      - @foo'), '@foo', /cannot begin with @/));
  test('a missing space in a flow map', () =>
    expectOne(
      `decklight: 1\nbridges:\n  console: { type: desk, host: 10.0.0.20, port:8000 }\n${RULES}`,
      'port:8000',
      /a space is missing after "port:"/,
    ));
  test('a missing comma', () =>
    expectOne(
      `decklight: 1\nbridges:\n  console: { type: desk, host: auto port: 8000 }\n${RULES}`,
      'auto port',
      /a comma is missing before "port:"/,
    ));
  test('a bracket that stays open', () => {
    const source = told('do: [ { console: /a }\n');
    expectOne(source, '[ {', /this \[ is never closed/);
  });
  test.each([
    ['match: { title: #1 Crush }', '#1 Crush', '"#1 Crush"'],
    ['match: { artist: Garbage, title: #1 Crush }', '#1 Crush', '"#1 Crush"'],
    ['match: { title: Live #1, artist: x }', '#1,', '"Live #1"'],
    ['genres: [ #1 ]', '#1 ]', '"#1"'],
    ['match: { any: [ { title: #1 Crush } ] }', '#1 Crush', '"#1 Crush"'],
  ])('a bracket that is closed in a comment only: %s', (line, part, quoted) => {
    const source = around(`tracks:\n  - ${line}\n    timecode: { main: 01:00:00:00 }\n${RULES}`);
    const [problem] = problemsOf(source).filter(({ message }) => /comment|never closed/.test(message));
    expect(problemsOf(source).filter(({ message }) => message.includes('never closed'))).toEqual([]);
    if (problem === undefined) throw new Error('nothing is said of the comment');
    expect(where(problem)).toBe(placeOf(source, line, part));
    expect(problem.message).toBe(`from # on it is a comment; if it is text, put it in quotes: ${quoted}`);
  });
  test('a title that is a comment, in braces, is one line and hides nothing else', () => {
    const source = around(`tracks:\n  - match: { title: #1 Crush }\n    grd: 1\n${RULES}`);
    expect(problemsOf(source).map(({ message }) => message)).toEqual([
      'from # on it is a comment; if it is text, put it in quotes: "#1 Crush"',
      expect.stringMatching(/unknown key "grd"/),
    ]);
  });
  test('a bracket that stays open before a comment that closes nothing', () =>
    expectOne(told('do: [ { console: /a } # at the drop\n'), '[ {', /this \[ is never closed/));
  test('a sign that nobody sees is told by its code', () => {
    for (const source of [`${around(RULES)}\0`, around(`panic: "a\0b"\n${RULES}`)]) {
      const problems = problemsOf(source);
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.some(({ message }) => message.includes('\\u0000'))).toBe(true);
      expect(problems.some(({ message, note }) => `${message}${note}`.includes('\0'))).toBe(false);
    }
  });
  test('two documents', () => expectOne(`${around(RULES)}---\nname: b\n`, '---', /a second document begins here/));
  test('an empty file', () => expect(problemsOf('# nothing\n')[0]?.message).toMatch(/holds nothing.*decklight init/));
  test('a file of one text', () => expectOne('decklight:1\n', 'decklight', /a space is missing/));
  test('a file of one list', () => expectOne('- a\n', '- a', /a profile is a map of keys and values, found a list/));
});

test('around a trap the rest is checked all the same', () => {
  const source = track('title: Strobe: Live\n    artist: &ME\n    grid: { first-beat: 1, tempo: ${x} }');
  expect(problemsOf(source).map(where)).toEqual([
    placeOf(source, 'title: ', 'Strobe'),
    placeOf(source, 'artist', '&ME'),
    placeOf(source, 'grid', '${x}'),
  ]);
  const other = track('title: Strobe: Live\n    grid: { first-beat: 1, tempo: 128 }');
  expect(problemsOf(other).map(where)).toEqual([placeOf(other, 'title: ', 'Strobe'), placeOf(other, 'grid', '1,')]);
});

describe('one key, one place', () => {
  const header = 'decklight: 1\n';
  test.each<readonly [title: string, source: string, underlinedPart: string, message: RegExp]>([
    ['no version', 'bridges: {}\n', 'bridges', /missing key "decklight"/],
    ['another version', 'decklight: 2\nbridges: {}\n', '2', /version 1, found "2"; write decklight: 1/],
    [
      'an unknown key',
      `${header}bridges: {}\nruls: []\n`,
      'ruls',
      /unknown key "ruls"; did you mean "rules"\?[\s\S]*known here: decklight, name, bridges/,
    ],
    ['a text for a map', `${header}bridges: console\n`, 'console', /expected a map of bridges .*, found "console"/],
    ['a list for a map', `${header}bridges: []\n`, '[]', /expected a map of bridges .*, found a list/],
    ['nothing for a list', `${header}bridges: {}\nrules:\n`, '', /expected a list of rules, found nothing/],
    [
      'a type nobody has',
      `${header}bridges:\n  a: { type: dsk }\n`,
      'dsk',
      /unknown bridge type "dsk"; did you mean "desk"\?[\s\S]*known here: listener, desk/,
    ],
    ['no type', `${header}bridges:\n  a: { host: auto }\n`, 'a', /missing key "type"; expected one of: listener, desk/],
    [
      'a misspelt type',
      `${header}bridges:\n  a: { tpye: desk }\n`,
      'tpye',
      /unknown key "tpye"; did you mean "type"\?/,
    ],
    [
      'a name that is none',
      `${header}bridges:\n  Desk-1: { type: listener }\n`,
      'Desk-1',
      /"Desk-1" is no name: .*small letters/,
    ],
    ['no actions', around('cues:\n  a: []\n'), '[]', /this list is empty/],
    [
      'an action of two bridges',
      around('cues:\n  a:\n    - console: /a\n      decks: x\n'),
      'decks',
      /put "decks" into an item of its own/,
    ],
    [
      'a bridge that takes none',
      around('cues:\n  a:\n    - decks: x\n'),
      'decks',
      /decks is of type listener, which takes no messages; those that do: console/,
    ],
    [
      'a map for a list',
      told('do: { console: /a }'),
      '{ console: /a }',
      /expected a cue's name, words of an operator or a list of actions, found a map/,
    ],
    [
      'a step that there is not',
      `${around('cues: { a: [{ console: /a }] }\ncue-lists: { main: [{ cue: a, name: The drop }] }\n')}rules: [{ name: x, when: chorus, do: go to main the drop }]\n`,
      'go to main the drop',
      /unknown step of main "the drop"; did you mean "The drop"\?/,
    ],
    [
      'a list called by a word',
      around('cues: { a: [{ console: /a }] }\ncue-lists: { next: [a] }\n'),
      'next',
      /"next" is a word of operators/,
    ],
    [
      'a step without a cue',
      around('cues: { a: [{ console: /a }] }\ncue-lists: { main: [{ name: drop }] }\n'),
      'name',
      /missing key "cue"/,
    ],
    [
      'a follow that is no time',
      around('cues: { a: [{ console: /a }] }\ncue-lists: { main: [{ cue: a, follow: 8 }, a] }\n'),
      '8',
      /expected more than no beats, bars or time \(8 beats, 2 bars, 3 s\), found "8"/,
    ],
    ['a list that there is not', told('do: go main'), 'go main', /no cue lists; they stand under cue-lists:/],
    ['a message of a wrong kind', told('do: [{ console: [1] }]'), '[1]', /expected an address.*found a list/],
    [
      'a wrong key in a message',
      told('do: [{ console: { adress: /a } }]'),
      'adress',
      /unknown key "adress"; did you mean "address"\?/,
    ],
    [
      'when and while',
      `${told('do: [{ console: /a }]')}    while: deck.isPlaying\n`,
      'while',
      /when .* or while .*, not both/,
    ],
    ['neither', around('rules:\n  - name: x\n    do: [{ console: /a }]\n'), 'name', /found neither/],
    [
      'undo of a moment',
      `${told('do: [{ console: /a }]')}    undo: [{ console: /b }]\n`,
      'undo',
      /undo belongs to rules with while/,
    ],
    ['a cue where there is none', told('do: drop'), 'drop', /unknown cue "drop"; this profile has none/],
    [
      'a hot cue that no device has',
      around('rules:\n  - name: x\n    when: hot cue K\n    do: [{ console: /a }]\n'),
      'K',
      /expected which hot cue \(A to H, .*\), found "K"/,
    ],
    [
      'a track twice',
      around(`tracks:\n  - match: { id: 12345 }\n  - match: { id:  12345 }\n${RULES}`),
      '12345',
      /track 12345 stands here twice: line 6/,
    ],
    [
      'a port',
      `${header}bridges:\n  a: { type: desk, host: auto, port: 80000 }\n`,
      '80000',
      /expected a port number \(1 to 65535\), found "80000"/,
    ],
    [
      'two bridges on one port',
      `${header}bridges:\n  a: { type: recorder, cable: x }\n  b: { type: recorder, cable: x }\n`,
      'b',
      /^b needs the cable "x", and so does a$|: b needs the cable "x", and so does a\n/,
    ],
    [
      'an unknown cue at a panic',
      around('cues: { safe: [{ console: /a }] }\npanic: saef\n'),
      'saef',
      /did you mean "safe"\?/,
    ],
    [
      'actions for a cue',
      around('panic: [{ console: /a }]\n'),
      '[{ console: /a }]',
      /expected a cue's name, found a list/,
    ],
    [
      'a feed through a bridge that cannot tell',
      around('feed: { decks: {} }\n'),
      'decks',
      /decks is of type listener, which tells no state; those that do: console/,
    ],
    [
      'a feed through no bridge',
      around('feed: { consle: {} }\n'),
      'consle',
      /unknown bridge "consle"; did you mean "console"\?/,
    ],
    ['a feed without end', around('feed: { console: { every: 0 ms } }\n'), '0 ms', /a feed tells at most every 10 ms/],
    [
      'a tempo that is no message',
      around('feed: { console: { tempo: [1] } }\n'),
      '[1]',
      /expected an address.*found a list/,
    ],
    ['a wrong key in a feed', around('feed: { console: { evry: 50 ms } }\n'), 'evry', /did you mean "every"\?/],
    ['days of a recording', around('recording: { keep-days: 0 }\n'), '0', /expected a whole number from 1 to 3650/],
    [
      'nothing to match',
      around('tracks: [{ match: {} }]\n'),
      'match',
      /missing key "id"; expected the number of the track/,
    ],
    ['an artist alone', around('tracks: [{ match: { artist: a } }]\n'), 'match', /missing key "id"/],
    [
      'an address',
      `${header}bridges:\n  a: { type: desk, host: 10.0.0.256, port: 80 }\n`,
      '256',
      /256 is more than 255; expected an IPv4 address/,
    ],
  ])('%s', (_, source, part, message) => {
    const problems = problemsOf(source);
    expect(problems.map(problemText)).toHaveLength(1);
    const [problem] = problems;
    if (problem === undefined) return;
    expect(problemText(problem)).toMatch(message);
    expect(underlined(problem)).toBe(part);
  });
});

test("the schema library's own words never come through", () => {
  const source = around(
    'tracks: [1, [], {}, { match: [] }]\ncues: { a: 1, b: [1], c: [[]], d: [{}] }\nrules: [1, {}, { name: {} }, { when: [] }]\nname: {}\n',
  );
  const problems = problemsOf(source);
  expect(problems.length).toBeGreaterThan(10);
  for (const { message } of problems)
    expect(message).not.toMatch(/invalid|received|undefined|NaN|object|Unrecognized/i);
});
