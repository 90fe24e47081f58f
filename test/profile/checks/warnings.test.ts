/** What is allowed and hardly meant: each has its place, and a profile without it has no word said. */

import { describe, expect, test } from 'vitest';
import { libraryOf, NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import type { MediaTrack } from '../../../src/core/track/media-track.ts';
import { NO_TRACK_NOTES } from '../../../src/core/track/track-notes.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { type Problem, problemText } from '../../../src/profile/problem-text.ts';
import { around, placeOf, underlined, where } from '../error-positions.ts';
import { FAKES } from '../fake-bridges.ts';

function warned(source: string): readonly Problem[] {
  const loaded = loadProfile(source, 'show.yaml', FAKES, NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems.map(problemText).join('\n'));
  expect(loaded.warnings.every(({ severity }) => severity === 'warning')).toBe(true);
  return loaded.warnings;
}

const CUES = 'cues: { safe: [{ console: /safe }], drop: [{ console: /drop }] }\npanic: safe\n';
const rule = (lines: string): string => around(`${CUES}rules:\n  - name: x\n    do: drop\n    ${lines}\n`);
const track = (line: string): string => around(`${CUES}tracks:\n  - ${line}\n${RULE}`);
const RULE = 'rules: [{ name: x, when: chorus, do: drop }]\n';

describe('one warning, at its place', () => {
  test.each<readonly [title: string, source: string, inLine: string, part: string, message: RegExp]>([
    [
      'no panic',
      around(`${CUES.replace('panic: safe\n', '')}${RULE}`),
      'cues',
      'cues',
      /^panic: names the cue .* nothing else leaves$/,
    ],
    [
      'once at places that come again',
      rule('when: 4 beats before chorus\n    on-loop: once'),
      'on-loop',
      'once',
      /^on-loop: once is once at each of the places that "4 beats before chorus" names, .* once: per load fires once in all$/,
    ],
    ['no rules', around(CUES), 'decklight', 'decklight: 1', /^this profile has no rules/],
    [
      'no bridge that brings decks',
      `decklight: 1\nbridges: { console: { type: desk, host: 10.0.0.20, port: 8000 } }\n${CUES}${RULE}`,
      'bridges',
      'bridges',
      /^no bridge here brings decks \(type: listener\)/,
    ],
    [
      'a title alone',
      track('match: { title: Strobe, artist: deadmau5 }'),
      'match',
      'match',
      /^only an imported stick can tell this track: decklight media import .* say id:/,
    ],
    [
      'a condition',
      rule('when: chorus\n    if: deck.isPlaying and deck.beatInBar > 4'),
      'if:',
      'deck.beatInBar > 4',
      /^this can never fire: "deck\.beatInBar > 4" is never true$/,
    ],
    [
      'a condition in quotes',
      rule("when: chorus\n    if: 'phrase.label == 5'"),
      'if:',
      'phrase.label == 5',
      /is never true$/,
    ],
    [
      'a state',
      rule('while: phrase.kind == up and phrase.kind == down\n    undo: []'),
      'while',
      'phrase.kind == down',
      /are never true together$/,
    ],
    [
      'a state and its condition',
      rule('while: phrase.kind == up\n    if: phrase.kind == down\n    undo: []'),
      'if:',
      'phrase.kind == down',
      /are never true together$/,
    ],
    [
      'a phrase of another kind',
      rule('when: 4 beats before chorus\n    if: phrase.kind == up'),
      'if:',
      'phrase.kind == up',
      /is never true$/,
    ],
    [
      'a place',
      rule('when: 16 beats before beat 4'),
      'when',
      '16 beats before beat 4',
      /^this can never fire: it is beat -12/,
    ],
    [
      'a place of a track',
      track('{ match: { id: 5 }, cues: [{ at: 4 beats after end, do: drop }] }'),
      'match',
      '4 beats after end',
      /^this can never fire/,
    ],
    [
      'a condition of a cue of a track',
      track('{ match: { id: 5 }, cues: [{ at: fill, if: track.id == 6, do: drop }] }'),
      'match',
      'track.id == 6',
      /is never true$/,
    ],
    [
      'a title that nobody says',
      rule('when: chorus\n    if: deck.isPlaying and track.title == "Strobe"'),
      'if:',
      'track.title',
      /^no unit says a title: track\.title is never known; say title: under tracks:, with id$/,
    ],
    [
      'an artist that nobody says',
      rule('while: deck.isPlaying xor master.track.artist == "a"\n    undo: []'),
      'while',
      'master.track.artist',
      /^no unit says an artist: master\.track\.artist is never known; say artist: under tracks:, with id$/,
    ],
    [
      'a title of another deck',
      rule('when: chorus\n    if: deck2.track.title != "a"'),
      'if:',
      'deck2.track.title',
      /^no unit says a title: deck2\.track\.title is never known/,
    ],
    [
      'a title in the text of a cue',
      around(
        `cues: { safe: [{ console: /safe }], drop: [{ console: "/x/\${deck.number}/\${deck.track.title}" }] }\npanic: safe\n${RULE}`,
      ),
      'cues',
      'deck.track.title',
      /^no unit says a title/,
    ],
    [
      'a title as an argument',
      rule('when: chorus\n    if: deck.isPlaying').replace(
        'do: drop',
        'do: [{ console: { address: /x, args: [1, "${track.title}"] } }]',
      ),
      'args',
      'track.title',
      /^no unit says a title/,
    ],
    [
      'a title when a state ends',
      rule('while: deck.isPlaying\n    undo: [{ console: "/x/${track.title}" }]'),
      'undo',
      'track.title',
      /^no unit says a title/,
    ],
    [
      'a title in a cue of a track that does not say it',
      track('{ match: { id: 5 }, artist: a, cues: [{ at: fill, do: [{ console: "/x/${track.title}" }] }] }'),
      'match',
      'track.title',
      /^no unit says a title/,
    ],
    [
      'a title in the tempo of a feed',
      around('feed: { console: { tempo: "/x/${master.track.title}" } }\n'),
      'feed',
      'master.track.title',
      /^no unit says a title/,
    ],
    [
      'a title that no track has',
      track('{ match: { id: 5 }, title: Opus }').replace('when: chorus', 'when: chorus, if: track.title == "Strobe"'),
      'rules',
      'track.title == "Strobe"',
      /^this can never fire: "track\.title == "Strobe"" is never true$/,
    ],
    [
      'an artist that no track has, on another deck',
      track('{ match: { id: 5 }, artist: a }').replace('when: chorus', 'when: chorus, if: deck2.track.artist == "b"'),
      'rules',
      'deck2.track.artist == "b"',
      /is never true$/,
    ],
    [
      'the title of another track, in a cue of a track',
      track(
        '{ match: { id: 5 }, title: Opus, cues: [{ at: fill, if: track.title == "Strobe", do: drop }] }\n  - { match: { id: 6 }, title: Strobe }',
      ),
      'at: fill',
      'track.title == "Strobe"',
      /is never true$/,
    ],
    [
      'a tempo of one deck',
      around('feed: { console: { tempo: "/x/${deck.tempoBpm}" } }\n'),
      'feed',
      '"/x/${deck.tempoBpm}"',
      /^"deck" is no deck here/,
    ],
  ])('%s', (_, source, inLine, part, message) => {
    const warnings = warned(source);
    expect(warnings.map(problemText)).toHaveLength(1);
    const [warning] = warnings;
    if (warning === undefined) return;
    expect(warning.message).toMatch(message);
    expect(where(warning)).toBe(placeOf(source, inLine, part));
    expect(underlined(warning)).toBe(part);
  });
});

describe('nothing is said of', () => {
  test.each([
    ['a cue that nothing uses: a hand may fire it', around(`${CUES}${RULE}`)],
    ['a profile that only tells', around('feed: { console: {} }\n')],
    [
      'a profile that only sends timecode',
      around('  tape: { type: recorder, cable: a }\ntimecode: { main: { to: [tape] } }\n'),
    ],
    ['a profile without cues and without panic', around('rules: [{ name: x, when: chorus, do: [{ console: /a }] }]\n')],
    [
      'titles and artists that some track says, in any case',
      track('{ match: { id: 5 }, title: Opus, artist: a }\n  - { match: { id: 6 } }').replace(
        'when: chorus, do: drop',
        'when: chorus, if: track.title == "OPUS" or master.track.artist == "A", do: [{ console: "/x/${track.title}" }]',
      ),
    ],
    [
      'a title that is not known, or another one',
      track('{ match: { id: 5 }, title: Opus }').replace(
        'when: chorus',
        'when: chorus, if: track.title == null or track.title != "Strobe"',
      ),
    ],
    ['a text that looks like one', rule('when: chorus\n    if: phrase.label == "track.title"')],
    [
      'places before the first beat where the grid leaves room',
      track(
        '{ match: { id: 5 }, grid: { first-beat: 10 s, tempo: 120 }, cues: [{ at: 4 beats before beat 1, do: drop }] }',
      ),
    ],
  ])('%s', (_, source) => expect(warned(source).map(problemText)).toEqual([]));
});

describe('with imported sticks', () => {
  const media = (title: string, id: number): MediaTrack => ({
    ...{ stick: 'blue', id, file: `/Contents/${title}.mp3`, title, artist: 'deadmau5', album: null, genre: null },
    ...{ musicalKey: null, tempoBpm: 128, durationMs: null, playlists: [], artworkFile: null, grid: null },
    ...{ firstDownbeat: null, structure: null, fingerprint: null, cuePoints: [] },
  });
  const library = libraryOf([media('Strobe (Original Mix)', 7), media("Ghosts 'n' Stuff", 8)]);
  const told = (source: string): string[] => {
    const loaded = loadProfile(source, 'show.yaml', FAKES, library);
    return loaded.ok ? loaded.warnings.map(({ message }) => message) : ['broken'];
  };

  test('a title that one of them has is no reason to warn, nor a condition that asks for one', () => {
    expect(told(track('match: { title: strobe }'))).toEqual([]);
    expect(told(rule('when: chorus\n    if: track.title == "Strobe"'))).toEqual([]);
  });

  test('a title that none has, with those that are near', () => {
    expect(told(track('match: { title: Strove }'))).toEqual([
      'no imported stick has this track; did you mean "Strobe (Original Mix)"?',
    ]);
    expect(told(track('match: { title: Levels }'))).toEqual(['no imported stick has this track']);
  });

  test('a playlist or a tag that none has, with the one that is near', () => {
    const [one, two] = [media('Strobe', 7), media('Ghosts', 8)];
    const notes = { ...NO_TRACK_NOTES, tags: ['Peak  Time '], rating: 3 };
    const known = libraryOf([{ ...one, notes, playlists: ['Clubs/Friday  Night '] }, two]);
    const of = (match: string): string[] => {
      const loaded = loadProfile(track(`match: ${match}`), 'show.yaml', FAKES, known);
      return loaded.ok ? loaded.warnings.map(({ message }) => message) : ['broken'];
    };
    expect([of('{ playlist: friday night }'), of('{ tag: peak time, rating: ">= 3" }')]).toEqual([[], []]);
    expect(of('{ playlist: Firday Night }')).toEqual([
      'no imported stick has this track; did you mean "Friday  Night "?',
    ]);
    expect(of('{ tag: Paek Time }')).toEqual(['no imported stick has this track; did you mean "Peak  Time "?']);
    expect(of('{ tag: Peak Time, rating: ">= 4" }')).toEqual(['no imported stick has this track']);
  });

  test.each(['rating: ">= four"', 'rating: =>3', 'added: ">= 2026"', 'year: "2026-01-01"'])(
    'a comparison that is none is refused with an example: %s',
    match => {
      const loaded = loadProfile(track(`match: { ${match} }`), 'show.yaml', FAKES, library);
      expect(loaded.ok).toBe(false);
      if (!loaded.ok) expect(loaded.problems[0]?.message).toMatch(/ is no comparison; expected ".+"$/);
    },
  );
});

test('a title that only a track without an id says is known of no track', () => {
  const source = track('match: { title: Strobe }\n    title: Strobe').replace(
    'when: chorus',
    'when: chorus, if: track.title == "Strobe"',
  );
  expect(warned(source).map(({ message }) => message)).toEqual([
    expect.stringMatching(/^only an imported stick can tell this track/),
    expect.stringMatching(/^no unit says a title: track\.title is never known/),
  ]);
});

test('of a title that no track has, those that there are are told', () => {
  const source = track('{ match: { id: 5 }, title: Opus }\n  - { match: { id: 6 }, title: Levels }');
  const [warning] = warned(source.replace('when: chorus', 'when: chorus, if: track.title == "Strobe"'));
  expect(warning?.note).toBe('here track.title is one of: "Opus", "Levels", not known');
});

test('a cue that says a title is warned of where it stands, not where it is called', () => {
  const source = around(
    'cues:\n  drop: [{ console: "/x/${track.title}" }]\npanic: drop\nrules: [{ name: x, when: chorus, do: drop }]\n',
  );
  expect(warned(source).map(({ line }) => line)).toEqual([6]);
});

test('warnings come in the order of the file', () => {
  const lines = warned(
    around(
      `tracks: [{ match: { title: a } }]\n${CUES}rules:\n  - { name: x, when: chorus, if: false, do: drop }\n  - { name: y, when: 1 beat after end, do: drop }\n`,
    ),
  ).map(({ line }) => line);
  expect(lines).toEqual([5, 9, 10]);
});
