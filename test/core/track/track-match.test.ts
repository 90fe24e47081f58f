import { describe, expect, it, test } from 'vitest';
import { bestMatch, factsOf, nearTitles, type TrackMatch } from '../../../src/core/track/track-match.ts';
import { mediaTrack, print } from './media-samples.ts';

const NONE: TrackMatch = { id: null, fingerprint: null, file: null, title: null, artist: null, playlist: null };
const fits = (match: Partial<TrackMatch>, change: Parameters<typeof mediaTrack>[0] = {}): boolean =>
  bestMatch([{ ...NONE, ...match }], factsOf(mediaTrack(change))) === 0;

describe('a title', () => {
  test.each([
    ['STROBE', 'Strobe'],
    ['Strobe', 'Strobe (Original Mix)'],
    ['Strobe', 'Strobe (feat. Nobody) [Extended Mix]'],
    ['Strobe - Radio Edit', 'Strobe (Radio Edit)'],
    ['Beyonce', 'Beyoncé'],
    ['Ghosts n Stuff', "Ghosts 'n' Stuff (ft. Rob)"],
    ['???', '???'],
    ['Strobe (Original Mix)', 'Strobe'],
    ['Blue Monday', 'Blue Monday - 2011 Remaster'],
    ['Levels', 'Levels (Original Mix) feat. X'],
    ['Levels', 'Levels (Extended)'],
    ['Levels', 'Levels (Radio Edit) [Label 01]'],
    ['Strobe (Someone Remix)', 'Strobe (Someone Remix)'],
  ])('"%s" is "%s"', (wanted, title) => expect(fits({ title: wanted }, { title })).toBe(true));
  test.each([
    ['Strobe', 'Strobelight'],
    ['Strobe (Club Edit)', 'Strobe (Original Mix)'],
    ['Strobe (Club Edit)', 'Strobe'],
    ['???', '!!!'],
    ['Strobe', 'Strobe (Someone Remix)'],
    ['Ft. Worth', 'Ft. Lauderdale'],
    ['かき', 'がき'],
    ['Strobe', ''],
  ])('"%s" is not "%s"', (wanted, title) => expect(fits({ title: wanted }, { title })).toBe(false));
});

describe('an artist', () => {
  test.each([
    ['deadmau5', 'deadmau5 feat. Rob Swire'],
    ['Kaskade', 'deadmau5 & Kaskade'],
    ['Kaskade, deadmau5', 'deadmau5 & Kaskade'],
    ['A and B', 'A & B'],
    ['!!!', '!!!'],
  ])('"%s" is among "%s"', (wanted, artist) =>
    expect(fits({ artist: wanted, title: 'Strobe' }, { artist })).toBe(true),
  );
  it('who is not among them is not', () => {
    expect(fits({ artist: 'Avicii', title: 'Strobe' })).toBe(false);
    expect(fits({ artist: '!!!', title: 'Strobe' })).toBe(false);
  });
});

describe('a file, a fingerprint, a playlist', () => {
  it('by the end of its path, however its letters are cased', () => {
    expect(fits({ file: 'deadmau5/STROBE.mp3' })).toBe(true);
    expect(fits({ file: '/Contents/Deadmau5/strobe.mp3' })).toBe(true);
    expect(fits({ file: 'robe.mp3' })).toBe(false);
  });
  it('by the first digits of either fingerprint', () => {
    expect(fits({ fingerprint: 'aaaaaaaa' })).toBe(true);
    expect(fits({ fingerprint: 'AAAAAAAA' }, { fingerprint: { ...print('a'), exact: 'b'.repeat(64) } })).toBe(true);
    expect(fits({ fingerprint: 'bbbbbbbb' })).toBe(false);
  });
  it('a playlist with its folders or without', () => {
    const playlists = ['Friday/Opening'];
    expect(fits({ playlist: 'opening' }, { playlists })).toBe(true);
    expect(fits({ playlist: 'Friday/Opening' }, { playlists })).toBe(true);
    expect(fits({ playlist: 'pening' }, { playlists })).toBe(false);
  });
});

describe('of several that fit', () => {
  const facts = factsOf(mediaTrack({ playlists: ['Friday'], title: 'Strobe (Club Edit)' }));
  const best = (...matches: readonly Partial<TrackMatch>[]): number | null =>
    bestMatch(
      matches.map(match => ({ ...NONE, ...match })),
      facts,
    );
  it('what says most of the track is taken; of two alike the first', () => {
    expect(best({ playlist: 'Friday' }, { title: 'Strobe' }, { id: 7 })).toBe(2);
    expect(best({ title: 'Strobe' }, { title: 'Strobe (Club Edit)' })).toBe(1);
    expect(best({ title: 'Strobe' }, { title: 'STROBE' })).toBe(0);
    expect(best({ id: 8 }, { title: 'Levels' })).toBeNull();
  });
  it('all that is said has to be so', () => expect(best({ id: 7, title: 'Levels' })).toBeNull());
});

it('a number is enough where nobody says a title', () => {
  const facts = { id: 7, title: null, artist: null, fingerprint: null, media: null };
  expect(bestMatch([{ ...NONE, id: 7, title: 'Strobe' }], facts)).toBe(0);
});

it('titles that may have been meant', () => {
  expect(nearTitles('Strbe', ['Strobe', 'Levels'])).toEqual(['Strobe']);
  expect(nearTitles('ghosts', ["Ghosts 'n' Stuff"])).toEqual(["Ghosts 'n' Stuff"]);
  expect(nearTitles('Opus', ['Strobe', 'Levels'])).toEqual([]);
});
