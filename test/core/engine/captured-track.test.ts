/** What is captured is pasted into the profile: it has to load there, and to mean that track. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CapturedTrack, captureTrack } from '../../../src/core/engine/captured-track.ts';
import type { Profile } from '../../../src/core/profile.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { problemText } from '../../../src/profile/problem-text.ts';
import { FAKES } from '../../profile/fake-bridges.ts';
import { rounds } from '../../rounds.ts';
import { trackEntry } from '../core-samples.ts';

const PROFILE = `decklight: 1
bridges:
  decks: { type: listener }
  daw: { type: recorder, cable: red }
  tape: { type: recorder, cable: blue }
timecode:
  main: { to: [daw], unknown-track: 23:00:00:00 }
  second: { to: [tape], rate: 29.97df, unknown-track: 22:00:00:00 }
tracks:
  - { match: { id: 5 }, timecode: { main: 03:30:00:00 } }
`;
const load = (source: string): Profile => {
  const loaded = loadProfile(source, 'show.yaml', FAKES, NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems.map(problemText).join('\n'));
  return loaded.profile;
};
const track = (change: Partial<CapturedTrack> = {}): CapturedTrack => ({
  regions: null,
  id: 414,
  title: 'Strobe',
  artist: 'deadmau5',
  isOfMedia: false,
  tempoBpm: 128,
  ...change,
});

describe('a track that is new', () => {
  test('is matched, with its next free region in every timecode', () =>
    expect(captureTrack(load(PROFILE), track(), new Map()).yaml).toBe(
      [
        '  - match: { id: 414 } # 128 BPM',
        '    title: "Strobe"',
        '    artist: "deadmau5"',
        '    timecode: { main: 04:00:00:00, second: 01:00:00;00 }',
      ].join('\n'),
    ));
  test('gets none that was given away before', () =>
    expect(captureTrack(load(PROFILE), track(), new Map([['main', [4 * 108_000]]])).yaml).toContain(
      '{ main: 05:00:00:00, second: 01:00:00;00 }',
    ));
  test('of an imported stick is known by its title there, whatever its number is on another stick', () =>
    expect(
      captureTrack(load(PROFILE), track({ isOfMedia: true }), new Map())
        .yaml.split('\n')
        .slice(0, 2),
    ).toEqual([
      '  - match: { title: "Strobe", artist: "deadmau5" } # 128 BPM',
      '    timecode: { main: 04:00:00:00, second: 01:00:00;00 }',
    ]));
  test('of which little is known is matched all the same', () => {
    const without = load(PROFILE.replace(/timecode:[\s\S]*/, ''));
    expect(captureTrack(without, track({ title: null, artist: ' ', tempoBpm: null }), new Map()).yaml).toBe(
      '  - match: { id: 414 }',
    );
  });
});

test('a track that the profile knows is a comment that says where it runs', () => {
  const said = captureTrack(
    load(PROFILE),
    track({ id: 5, regions: new Map([['main', 3.5 * 108_000]]) }),
    new Map(),
  ).yaml;
  expect(said).toBe('# track 5 is in the profile already, main 03:30:00:00, second 22:00:00;00 (as an unknown track)');
  expect(load(`${PROFILE}${said}\n`).tracks).toHaveLength(1);
});

test("pasted below the tracks it loads, with its title whatever stands in it, and in nobody's way", () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '#1 Crush',
      'Strobe: Live',
      '&ME',
      '"',
      "it's",
      'a\\b',
      '${x}',
      '~',
      '1999',
      '- ',
      '\u2028',
      '\u0085',
      '\ufeffa',
    ),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(
        fc.record({ id: fc.integer({ min: 6, max: 2 ** 32 - 1 }), title: fc.option(texts), artist: fc.option(texts) }),
        { selector: ({ id }) => id, minLength: 1, maxLength: 4 },
      ),
      captured => {
        let source = PROFILE;
        for (const each of captured) {
          const said = captureTrack(load(source), track(each), new Map()).yaml;
          source = `${source}${said}\n`;
        }
        const loaded = loadProfile(source, 'show.yaml', FAKES, NO_LIBRARY);
        if (!loaded.ok) throw new Error(loaded.problems.map(problemText).join('\n'));
        const { profile } = loaded;
        const blank = (text: string | null): string | null => (text === null || text.trim() === '' ? null : text);
        expect(profile.tracks.slice(1)).toEqual(
          captured.map(({ id, title, artist }) => trackEntry(id, blank(title), blank(artist))),
        );
        for (const { regions } of profile.timecodes) {
          for (const i of captured.keys()) expect(regions.has(i + 1)).toBe(true);
        }
        expect(loaded.warnings.filter(({ message }) => message.includes('begins'))).toEqual([]);
      },
    ),
    { numRuns: rounds(15) },
  );
});
