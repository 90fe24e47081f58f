/** Tracks of imported sticks, as tests make them. */
import type { MediaTrack } from '../../../src/core/track/media-track.ts';

export const mediaTrack = (change: Partial<MediaTrack> = {}): MediaTrack => ({
  ...{ stick: 'blue', id: 7, file: 'Contents/Deadmau5/strobe.mp3', title: 'Strobe', artist: 'deadmau5' },
  ...{ album: null, genre: null, musicalKey: null, tempoBpm: 120, durationMs: 300_000, playlists: [] },
  ...{ artworkFile: null, grid: null, firstDownbeat: null, structure: null, cuePoints: [] },
  fingerprint: print('a'),
  ...change,
});

/** A fingerprint of one letter; of a capital letter `loose` is that of the small one. */
export const print = (letter: string) => ({ exact: letter.repeat(64), loose: letter.toLowerCase().repeat(64) });
