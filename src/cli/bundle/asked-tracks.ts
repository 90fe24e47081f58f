/** Tracks that somebody asked for while a night ran again: of a whole library no more belongs into a bundle. */
import { readStick, storeFiles } from '../../../bridges/rekordbox-media/store/store.ts';
import type { MediaLibrary } from '../../core/track/media-library.ts';
import type { MediaTrack } from '../../core/track/media-track.ts';
import type { BundledTrack } from '../replay/bundle-file.ts';

const nameOf = (stick: string, file: string): string => `${stick}\n${file}`;

/** The library, and by `stick` and `file` what it has answered with so far. */
export function askedLibrary(library: MediaLibrary): {
  readonly library: MediaLibrary;
  readonly asked: ReadonlySet<string>;
} {
  const asked = new Set<string>();
  const noted = (tracks: readonly MediaTrack[]): readonly MediaTrack[] => {
    for (const { stick, file } of tracks) asked.add(nameOf(stick, file));
    return tracks;
  };
  return {
    asked,
    library: {
      ...library,
      withId: id => noted(library.withId(id)),
      withExact: fingerprint => noted(library.withExact(fingerprint)),
      withLoose: fingerprint => noted(library.withLoose(fingerprint)),
    },
  };
}

/** Those tracks as they lie in these folders of imported sticks, in the order of the library. */
export function storedTracks(folders: readonly string[], asked: ReadonlySet<string>): readonly BundledTrack[] {
  if (asked.size === 0) return [];
  return folders.flatMap(folder =>
    storeFiles(folder).flatMap(file => {
      const read = readStick(file);
      if (read.kind !== 'stick') return [];
      const { stick, tracks } = read.stick;
      return tracks.filter(track => asked.has(nameOf(stick, track.file))).map(track => ({ stick, track }));
    }),
  );
}
