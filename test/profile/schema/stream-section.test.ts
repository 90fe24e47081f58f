import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Profile } from '../../../src/core/profile.ts';
import { type TimecodeEntry, USUAL_BEHAVIOUR } from '../../../src/core/timecode/stream-entry.ts';
import { countOf, FRAME_RATES, type FrameRate, labelOf, labelText } from '../../../src/core/timecode/timecode.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { problemText } from '../../../src/profile/problem-text.ts';
import { Text } from '../../../src/profile/schema/field-types.ts';
import { check } from '../../../src/profile/schema/issues.ts';
import { followField, frameRate, timecode, timecodeOffset } from '../../../src/profile/schema/timecode-fields.ts';
import { rounds } from '../../rounds.ts';
import { placeOf, problemsOf, underlined, where } from '../error-positions.ts';
import { FAKES } from '../fake-bridges.ts';

const HEAD = `decklight: 1
bridges:
  decks: { type: listener }
  console: { type: desk, host: 10.0.0.20, port: 8000 }
  daw: { type: recorder, cable: red }
  tape: { type: recorder, cable: blue }
cues: { safe: [{ console: /safe }] }
panic: safe
`;
const load = (part: string): Profile => {
  const loaded = loadProfile(HEAD + part, 'show.yaml', FAKES, NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems.map(problemText).join('\n'));
  return loaded.profile;
};
const warned = (part: string) => {
  const loaded = loadProfile(HEAD + part, 'show.yaml', FAKES, NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems.map(problemText).join('\n'));
  return loaded.warnings;
};
const rateOf = (name: string): FrameRate => {
  const rate = FRAME_RATES.find(one => one.name === name);
  if (rate === undefined) throw new Error(name);
  return rate;
};
/** At 30 frames a second. */
const at = (hours: number, minutes = 0): number => (hours * 60 + minutes) * 60 * 30;

/** The value, or what is said of it. */
const read = (schema: Parameters<typeof check>[0], source: string): unknown => {
  const checked = check(schema, new Text(source, 'plain', 0, source));
  return checked.ok ? checked.value : `no: ${checked.issues[0]?.message}`;
};

describe('frame rates', () => {
  test.each(['24', '25', '29.97df', '29.97ndf', '30'])('%s is one', name =>
    expect(read(frameRate(), name)).toMatchObject({ name }),
  );
  test.each([
    ['29.97', /^no: 29\.97 is two frame rates: say 29\.97df .* or 29\.97ndf/],
    ['30 fps', /^no: a frame rate has no unit; write 30$/],
    ['25fps', /^no: a frame rate has no unit; write 25$/],
    ['29.97df fps', /write 29\.97df$/],
    ['29.97 df', /^no: unknown frame rate "29\.97 df"; did you mean "29\.97df"\?$/],
    ['30.0', /^no: unknown frame rate "30\.0"/],
    ['60', /^no: unknown frame rate "60"/],
    ['NTSC', /^no: unknown frame rate "NTSC"/],
  ])('%s is none', (source, message) => expect(read(frameRate(), source)).toMatch(message));
});

describe('labels', () => {
  // An hour of drop-frame has 107892 frames, a minute of it 1800 less 2, each tenth 1800: SMPTE ST 12-1.
  test.each([
    ['01:00:00:00', '30', 108_000],
    ['23:59:59:29', '30', 2_591_999],
    ['01:00:00:24', '25', 90_024],
    ['01:00:00;00', '29.97df', 107_892],
    ['01:00:00:00', '29.97df', 107_892],
    ['00:01:00;02', '29.97df', 1800],
    ['00:10:00;00', '29.97df', 17_982],
  ] as const)('%s at %s', (source, rate, frames) => expect(read(timecode(rateOf(rate)), source)).toBe(frames));
  test.each([
    ['1:00:00:00', '30', /^no: expected a timecode \(hh:mm:ss:ff, .*\), found "1:00:00:00"$/],
    ['01:00:00', '30', /^no: expected a timecode/],
    ['24:00:00:00', '30', /^no: there is no 24:00:00:00 in a day/],
    ['01:60:00:00', '30', /in a day: hours go to 23, minutes and seconds to 59$/],
    ['01:00:00:25', '25', /^no: there is no 01:00:00:25 at 25: frames go from 00 to 24$/],
    ['01:01:00:00', '29.97df', /^no: there is no 01:01:00:00 at 29\.97df: drop-frame .* write 01:01:00;02$/],
    ['01:01:00;01', '29.97df', /write 01:01:00;02$/],
  ] as const)('%s at %s is none', (source, rate, message) =>
    expect(read(timecode(rateOf(rate)), source)).toMatch(message),
  );
});

describe('offsets', () => {
  test.each([
    ['-2 frames', '30', -2],
    ['+1 frame', '30', 1],
    ['40 ms', '25', 1],
    ['-0.5 s', '30', -15],
    ['1001 ms', '29.97df', 30],
    ['0 ms', '30', 0],
  ] as const)('%s at %s', (source, rate, frames) =>
    expect(read(timecodeOffset(rateOf(rate)), source)).toBeCloseTo(frames, 9),
  );
  test.each([
    ['-2', /^no: -2 of what\? Write -2 frames, -2 ms or -2 s$/],
    ['0.5 frames', /^no: "0\.5 frames" is no whole number of frames; say it in ms$/],
    ['2 beats', /^no: expected an offset/],
    ['100000 s', /less than a day/],
  ])('%s is none', (source, message) => expect(read(timecodeOffset(rateOf('30')), source)).toMatch(message));
});

test.each([
  ['on-air', 'on-air'],
  ['master', 'master'],
  ['deck 3', 3],
  ['deck3', 'no: unknown deck to follow "deck3"; did you mean "deck 3"?'],
  ['deck 5', expect.stringMatching(/^no: unknown deck to follow "deck 5"/)],
  ['onair', 'no: unknown deck to follow "onair"; did you mean "on-air"?'],
])('follow: %s', (source, expected) => expect(read(followField(), source)).toEqual(expected));

describe('what is made of the timecodes of a profile', () => {
  test('as little as may be said', () => {
    const [main] = load('timecode: { main: { to: [daw] } }\n').timecodes;
    const expected: TimecodeEntry = {
      name: 'main',
      follow: 'on-air',
      handOverAfterMs: 500,
      behaviour: USUAL_BEHAVIOUR,
      rate: rateOf('30'),
      to: ['daw'],
      offsetFrames: 0,
      regions: new Map(),
      unknownTrack: at(1),
    };
    expect(main).toEqual(expected);
  });
  test('all that may be said', () => {
    const [main, second] = load(`timecode:
  main:
    follow: deck 2
    hand-over-after: 1 s
    rate: 25
    to: [daw]
    offset: -2 frames
    unknown-track: 23:00:00:00
  second: { to: [tape], rate: 29.97df }
tracks:
  - { match: { id: 5 }, timecode: { main: 02:00:00:10, second: 03:00:00:00 } }
  - { match: { id: 6 }, timecode: { second: 04:00:00;00 } }
  - { match: { title: Strobe }, timecode: { second: 09:00:00:00 } }
`).timecodes;
    expect(main).toMatchObject({ follow: 2, handOverAfterMs: 1000, offsetFrames: -2, unknownTrack: 23 * 90_000 });
    expect(main?.regions).toEqual(new Map([[0, 2 * 90_000 + 10]]));
    expect(second).toMatchObject({ name: 'second', rate: { name: '29.97df' }, unknownTrack: 10 * 107_892 });
    // Regions name the tracks by their place in the list.
    expect([...(second?.regions ?? [])]).toEqual([
      [0, 3 * 107_892],
      [1, 4 * 107_892],
      [2, 9 * 107_892],
    ]);
  });
  test('a profile without any has none', () => expect(load('').timecodes).toEqual([]));
});

describe('what is wrong with timecodes, at its place', () => {
  test.each<readonly [title: string, part: string, inLine: string, underlinedPart: string, message: RegExp]>([
    [
      'a bridge that takes none',
      'timecode: { main: { to: [daw, console] } }',
      'timecode',
      'console',
      /^console is of type desk, which takes no timecode; those that do: daw, tape$/,
    ],
    [
      'an unknown bridge',
      'timecode: { main: { to: [dwa] } }',
      'timecode',
      'dwa',
      /^unknown bridge "dwa"; did you mean "daw"\?$/,
    ],
    [
      'no bridge',
      'timecode: { main: { rate: 25 } }',
      'timecode',
      'main',
      /^missing key "to"; expected a list of bridges/,
    ],
    ['an empty list', 'timecode: { main: { to: [] } }', 'timecode', '[]', /^this list is empty/],
    [
      'one bridge for a list',
      'timecode: { main: { to: daw } }',
      'timecode',
      'daw',
      /^expected a list of bridges \(\[daw\]\), found "daw"$/,
    ],
    ['a name that is none', 'timecode: { Main: { to: [daw] } }', 'timecode', 'Main', /^"Main" is no name/],
    [
      'a label that its rate lacks',
      'timecode: { main: { to: [daw], rate: 25, unknown-track: 01:00:00:25 } }',
      'timecode',
      '01:00:00:25',
      /frames go from 00 to 24/,
    ],
    [
      'two timecodes for one port',
      'timecode:\n  main: { to: [daw] }\n  other: { to: [tape, daw] }',
      'other',
      'daw',
      /^daw sends the timecode of line 10 already; a port carries one$/,
    ],
    [
      'a misspelt timecode of a track',
      'timecode: { main: { to: [daw] } }\ntracks: [{ match: { id: 5 }, timecode: { mian: 01:00:00:00 } }]',
      'tracks',
      'mian',
      /^unknown timecode "mian"; did you mean "main"\?$/,
    ],
    [
      'a timecode of a track where there is none',
      'tracks: [{ match: { id: 5 }, timecode: { main: 01:00:00:00 } }]',
      'tracks',
      'main',
      /^unknown timecode "main"; this profile has none/,
    ],
    [
      'a region that the rate lacks',
      'timecode: { main: { to: [daw], rate: 29.97df } }\ntracks: [{ match: { id: 5 }, timecode: { main: 01:01:00:00 } }]',
      'tracks',
      '01:01:00:00',
      /there is no 01:01:00:00 at 29\.97df/,
    ],
    [
      'a freewheel that ends between two reports',
      'timecode: { main: { to: [daw], freewheel: 0 ms } }',
      'timecode',
      '0 ms',
      /^freewheel is 500 ms or more: decks report every 200 ms/,
    ],
    [
      'a freewheel that one late report outlasts',
      'timecode: { main: { to: [daw], freewheel: 0.499 s } }',
      'timecode',
      '0.499 s',
      /^freewheel is 500 ms or more/,
    ],
    [
      'two tracks at one place',
      'timecode: { main: { to: [daw] } }\ntracks:\n  - { match: { id: 5 }, timecode: { main: 02:00:00:00 } }\n  - { match: { id: 6 }, timecode: { main: 02:00:00:00 } }',
      'id: 6',
      '02:00:00:00',
      /^track 6 begins where track 5 does: line 11$/,
    ],
    [
      'a track where unknown tracks begin',
      'tracks:\n  - { match: { id: 5 }, timecode: { main: 02:00:00:00 } }\ntimecode: { main: { to: [daw], unknown-track: 02:00:00:00 } }',
      'unknown-track',
      '02:00:00:00',
      /^the region of unknown tracks begins where track 5 does: line 10$/,
    ],
  ])('%s', (_, part, inLine, underlinedPart, message) => {
    const source = `${HEAD}${part}\n`;
    const problems = problemsOf(source);
    expect(problems.map(problemText)).toHaveLength(1);
    const [problem] = problems;
    if (problem === undefined) return;
    expect(problem.message).toMatch(message);
    expect(where(problem)).toBe(placeOf(source, inLine, underlinedPart));
    expect(underlined(problem)).toBe(underlinedPart);
  });
  test('a wrong rate is said once, and labels below it are not guessed at', () => {
    const problems = problemsOf(
      `${HEAD}timecode: { main: { to: [daw], rate: 29.97, offset: 40 ms, unknown-track: 01:01:00:00 } }\n`,
    );
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/29\.97df .* or 29\.97ndf/)]);
  });
  test('three tracks at one place: each names the one before', () => {
    const track = (id: number): string => `  - { match: { id: ${id} }, timecode: { main: 02:00:00:00 } }\n`;
    const messages = problemsOf(
      `${HEAD}timecode: { main: { to: [daw] } }\ntracks:\n${[1, 2, 3].map(track).join('')}`,
    ).map(({ message }) => message);
    expect(messages).toEqual([
      'track 2 begins where track 1 does: line 11',
      'track 3 begins where track 2 does: line 12',
    ]);
  });
});

describe('regions that are close', () => {
  const tracks = (...labels: readonly string[]): string =>
    `timecode: { main: { to: [daw], unknown-track: 12:00:00:00 } }\ntracks:\n${labels
      .map((label, i) => `  - { match: { id: ${i + 1} }, timecode: { main: ${label} } }\n`)
      .join('')}`;
  test.each([
    ['ten minutes apart', ['01:00:00:00', '01:10:00:00'], []],
    ['a frame less', ['01:00:00:01', '01:10:00:00'], ['12 track 2 | track 1 (line 11)']],
    ['the later one first', ['01:10:00:00', '01:05:00:00'], ['12 track 2 | track 1 (line 11)']],
    ['over midnight', ['23:55:00:00', '00:04:59:29'], ['12 track 2 | track 1 (line 11)']],
    ['unknown tracks', ['12:05:00:00'], ['11 track 1 | the region of unknown tracks (line 9)']],
    [
      'three',
      ['01:00:00:00', '01:05:00:00', '01:09:00:00'],
      ['12 track 2 | track 1 (line 11)', '13 track 3 | track 2 (line 12)'],
    ],
  ])('%s', (_, labels, expected) => {
    const said = warned(tracks(...labels)).map(({ line, message }) => {
      const [, who, whom] = /^(.*) begins within 10 minutes of (.*): a track of usual length/.exec(message) ?? [];
      return `${line} ${who} | ${whom}`;
    });
    expect(said).toEqual(expected);
  });
  test('to where unknown tracks begin when nothing is said', () => {
    const part = 'timecode: { main: { to: [daw] } }\ntracks: [{ match: { id: 1 }, timecode: { main: 01:55:00:00 } }]\n';
    expect(load(part).timecodes[0]?.unknownTrack).toBe(at(2));
    expect(warned(part).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^track 1 begins within 10 minutes of the region of unknown tracks \(02:00:00:00\)/),
    ]);
  });
});

test('regions come back as written, at every rate', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...FRAME_RATES),
      fc.uniqueArray(fc.integer({ min: 0, max: 2_073_599 }), { minLength: 1, maxLength: 8 }),
      (rate, frames) => {
        const labels = frames.map(count => labelText(rate, labelOf(rate, count)));
        const tracks = labels.map((label, i) => `  - { match: { id: ${i + 1} }, timecode: { main: ${label} } }\n`);
        const part = `timecode: { main: { to: [daw], rate: ${rate.name} } }\ntracks:\n${tracks.join('')}`;
        const [main] = load(part).timecodes;
        expect([...(main?.regions.values() ?? [])]).toEqual(frames);
        expect(frames).toEqual(frames.map(count => countOf(rate, labelOf(rate, count))));
      },
    ),
    { numRuns: rounds(15) },
  );
});
