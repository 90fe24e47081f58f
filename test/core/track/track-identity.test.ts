import { describe, expect, it } from 'vitest';
import { steadyGrid } from '../../../src/core/track/beat-grid.ts';
import { libraryOf, NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import type { MediaTrack } from '../../../src/core/track/media-track.ts';
import { type Evidence, identify } from '../../../src/core/track/track-identity.ts';
import { mediaTrack, print } from './media-samples.ts';

const said = (change: Partial<Evidence> = {}): Evidence => ({
  ...{ id: 7, tempoBpm: 120, lengthS: null, fingerprint: undefined, source: null },
  ...change,
});

/** What is made of it: how sure, and which title; the advice where there is one. */
function told(tracks: readonly MediaTrack[], evidence: Evidence): string {
  const { confidence, track, advice } = identify(libraryOf(tracks), evidence);
  return [confidence, track?.title ?? '-', ...(advice === null ? [] : [advice])].join(' | ');
}

describe('which track is on a deck', () => {
  const strobe = mediaTrack();
  const ghosts = mediaTrack({ id: 8, title: 'Ghosts', file: 'Contents/ghosts.mp3', fingerprint: print('b') });

  it('nothing is said where nothing was imported', () => {
    expect(identify(NO_LIBRARY, said())).toEqual({ confidence: 'unknown', track: null, advice: null });
  });

  it('by its number it is assumed, by its phrases confirmed', () => {
    expect(told([strobe, ghosts], said())).toBe('assumed | Strobe');
    expect(told([strobe, ghosts], said({ fingerprint: print('a') }))).toBe('confirmed | Strobe');
  });

  it('phrases prove it whatever the number is: another stick, or a library without numbers', () => {
    expect(told([strobe, ghosts], said({ id: 900, fingerprint: print('b') }))).toBe('confirmed | Ghosts');
    expect(told([{ ...ghosts, id: null }], said({ id: 900, fingerprint: print('b') }))).toBe('confirmed | Ghosts');
  });

  it('a recording on two sticks is one, however little else its name differs there', () => {
    const names = [
      [{ title: 'strobe' }, 'case'],
      [{ title: 'Strobe ' }, 'a space'],
      [{ title: 'Strobe (Original Mix)' }, 'what the matcher forgives'],
      [{ title: 'Strobe', artist: 'Deadmau5  feat. Nobody' }, 'a guest'],
    ] as const;
    for (const [change, what] of names) {
      const pair = [strobe, mediaTrack({ ...change, stick: 'red', id: null })];
      for (const tracks of [pair, [...pair].reverse()]) {
        const { confidence } = identify(libraryOf(tracks), said({ id: 900, fingerprint: print('a') }));
        expect([what, confidence]).toEqual([what, 'confirmed']);
      }
    }
    const remix = mediaTrack({ title: 'Strobe (Club Remix)', stick: 'red', id: null });
    expect(told([strobe, remix], said({ id: 900, fingerprint: print('a') }))).toMatch(/^ambiguous/);
  });

  it('phrases of another bank are the same phrases', () => {
    expect(told([strobe, ghosts], said({ fingerprint: print('A') }))).toBe('confirmed | Strobe');
  });

  it('a number whose track has other phrases is a mismatch, and not used', () => {
    expect(told([strobe], said({ fingerprint: print('c') }))).toBe(
      'mismatch | - | "Strobe" (blue) has other phrases there than on the deck: not used; import the stick again',
    );
  });

  it('so is one with another tempo or length', () => {
    const why =
      '"Strobe" (blue) has another tempo, another length or other phrases there than on the deck: not used; import the stick again';
    expect(told([strobe], said({ tempoBpm: 128 }))).toBe(`mismatch | - | ${why}`);
    expect(told([strobe], said({ lengthS: 240 }))).toBe(`mismatch | - | ${why}`);
    expect(told([strobe], said({ lengthS: 299 }))).toBe('assumed | Strobe');
    const varied = mediaTrack({ grid: { ...steadyGrid(0, 120), tempi: [120, 128] } });
    expect(told([varied], said({ tempoBpm: 128 }))).toBe('assumed | Strobe');
  });

  it('two sticks with one number are ambiguous until the phrases prove one of them', () => {
    const other = mediaTrack({ stick: 'red', title: 'Levels', fingerprint: print('b') });
    expect(told([strobe, other], said())).toBe(
      'ambiguous | - | the number 7 may be "Strobe" (blue) or "Levels" (red): none is used; forget the sticks that are not here',
    );
    expect(told([strobe, other], said({ fingerprint: print('b') }))).toBe('confirmed | Levels');
    expect(told([strobe, { ...other, tempoBpm: 126 }], said())).toBe('assumed | Strobe');
  });

  it('one recording on two sticks is one track', () => {
    expect(told([strobe, { ...strobe, stick: 'red' }], said())).toBe('assumed | Strobe');
  });

  it('of tracks with the same phrases the number decides, then the tempo; else nobody does', () => {
    const twin = mediaTrack({ id: 9, title: 'Twin', file: 'Contents/twin.mp3', tempoBpm: 128 });
    expect(told([strobe, twin], said({ fingerprint: print('a') }))).toBe('confirmed | Strobe');
    expect(told([strobe, twin], said({ id: 500, tempoBpm: 128, fingerprint: print('a') }))).toBe('confirmed | Twin');
    const alike = { ...twin, tempoBpm: 120 };
    expect(told([strobe, alike], said({ id: 500, fingerprint: print('a') }))).toMatch(
      /^ambiguous \| - \| these phrases/,
    );
  });

  it('what contradicts it speaks against phrases too, and so does a unit that has none', () => {
    expect(told([strobe], said({ tempoBpm: 174, fingerprint: print('a') }))).toMatch(/^mismatch \| - \| "Strobe"/);
    expect(told([strobe], said({ fingerprint: null }))).toMatch(/^mismatch \| - \| "Strobe"/);
  });

  it('a track without phrases is assumed, and a number that no import has is unknown', () => {
    const plain = mediaTrack({ fingerprint: null });
    expect(told([plain], said({ fingerprint: null }))).toBe('assumed | Strobe');
    expect(told([plain], said({ id: 1 }))).toBe(
      'unknown | - | track 1 is in no imported stick; import the one it is on',
    );
  });
});
