import { describe, expect, it } from 'vitest';
import { libraryOf, NO_LIBRARY } from '../../src/core/track/media-library.ts';
import type { MediaTrack } from '../../src/core/track/media-track.ts';
import { differences, knownSticks } from '../../src/recording/known-sticks.ts';

const track = (stick: string, id: number, title = `track ${id}`): MediaTrack =>
  ({ stick, id, title, cuePoints: [] }) as unknown as MediaTrack;
const sticks = (...tracks: readonly MediaTrack[]) => knownSticks(libraryOf(tracks));

describe('sticks of an evening', () => {
  it('are the same whatever the order of their tracks', () => {
    const then = sticks(track('A', 1), track('B', 7), track('A', 2));
    expect(then.map(({ name, tracks }) => [name, tracks])).toEqual([
      ['A', 2],
      ['B', 1],
    ]);
    expect(differences(then, sticks(track('A', 2), track('A', 1), track('B', 7)))).toEqual([]);
    expect(differences(knownSticks(NO_LIBRARY), knownSticks(NO_LIBRARY))).toEqual([]);
  });

  it('are told where one is gone, another, or new', () => {
    const then = sticks(track('A', 1), track('B', 7));
    expect(differences(then, sticks(track('A', 1, 'renamed'), track('C', 3)))).toEqual([
      'stick A was another that evening: 1 track then, 1 now',
      'stick B, 1 track, was known that evening and is not imported here',
      'stick C was not known that evening',
    ]);
  });
});
