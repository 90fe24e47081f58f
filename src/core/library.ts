/** The tracks of all sticks that have been imported, found by number and by fingerprint. */
import type { Fingerprint, MediaTrack } from './media.ts';

export interface MediaLibrary {
  readonly size: number;
  /** Tracks that a unit may report by this number: one of each stick that has it. */
  withId(id: number): readonly MediaTrack[];
  /** Tracks whose phrases are these. */
  withExact(fingerprint: Fingerprint): readonly MediaTrack[];
  /** Tracks whose phrases have the same beats, kinds and fills. */
  withLoose(fingerprint: Fingerprint): readonly MediaTrack[];
  all(): Iterable<MediaTrack>;
}

export const NO_LIBRARY: MediaLibrary = {
  size: 0,
  withId: () => [],
  withExact: () => [],
  withLoose: () => [],
  all: () => [],
};

export function libraryOf(tracks: readonly MediaTrack[]): MediaLibrary {
  const byId = grouped(tracks, ({ id }) => id);
  const byExact = grouped(tracks, ({ fingerprint }) => fingerprint?.exact ?? null);
  const byLoose = grouped(tracks, ({ fingerprint }) => fingerprint?.loose ?? null);
  return {
    size: tracks.length,
    withId: id => byId.get(id) ?? [],
    withExact: ({ exact }) => byExact.get(exact) ?? [],
    withLoose: ({ loose }) => byLoose.get(loose) ?? [],
    all: () => tracks,
  };
}

function grouped<K>(
  tracks: readonly MediaTrack[],
  keyOf: (track: MediaTrack) => K | null,
): ReadonlyMap<K, MediaTrack[]> {
  const groups = new Map<K, MediaTrack[]>();
  for (const track of tracks) {
    const key = keyOf(track);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [track]);
    else group.push(track);
  }
  return groups;
}
