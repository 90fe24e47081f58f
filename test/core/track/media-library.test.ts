/** The tracks of a playlist, in the order of the DJ. */
import { describe, expect, it } from 'vitest';
import { libraryOf, tracksOfPlaylist } from '../../../src/core/track/media-library.ts';
import type { MediaTrack } from '../../../src/core/track/media-track.ts';
import { mediaTrack } from './media-samples.ts';

const listed = (title: string, places: Readonly<Record<string, number | null>>, stick = 'blue'): MediaTrack =>
  mediaTrack({ title, stick, playlists: Object.keys(places), playlistPlaces: Object.values(places) });
const titles = (tracks: readonly MediaTrack[], wanted: string) => {
  const found = tracksOfPlaylist(libraryOf(tracks), wanted);
  return { titles: found.tracks.map(({ title }) => title).join(' '), unordered: found.unordered };
};

describe('the tracks of a playlist', () => {
  it('come in its order, whatever their numbers; what has no place comes last', () => {
    const tracks = [
      listed('A', { Friday: 30 }),
      listed('B', { Friday: null }),
      listed('C', { Late: 1, Friday: 2 }),
      listed('D', { Friday: 7 }),
      listed('E', { Late: 1 }),
    ];
    expect(titles(tracks, 'friday')).toEqual({ titles: 'C D A B', unordered: [] });
  });

  it('of several lists of the name come list by list, and each once', () => {
    const tracks = [
      listed('A', { 'Saturday/Opening': 1, 'Friday/Opening': 2 }),
      listed('B', { 'Friday/Opening': 1 }),
      listed('C', { Opening: 2 }, 'green'),
      listed('D', { Opening: 1 }, 'green'),
    ];
    expect(titles(tracks, 'Opening').titles).toBe('B A D C');
    expect(titles(tracks, 'Saturday/Opening').titles).toBe('A');
  });

  it('of a stick that does not say the order come as they were imported, and that is told', () => {
    const old = (title: string) => mediaTrack({ title, stick: 'old', playlists: ['Friday'] });
    const tracks = [old('A'), old('B'), listed('D', { Friday: 2 }), listed('C', { Friday: 1 })];
    expect(titles(tracks, 'Friday')).toEqual({ titles: 'A B C D', unordered: ['old'] });
    expect(titles(tracks, 'Late')).toEqual({ titles: '', unordered: [] });
  });
});
