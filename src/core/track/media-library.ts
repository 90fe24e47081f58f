/** The tracks of all sticks that have been imported, found by number and by fingerprint. */
import type { Fingerprint, MediaTrack } from './media-track.ts';
import { isPlaylist } from './track-match.ts';

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

/**
 * The tracks of a playlist in its order, each once. Of lists that have the same name one comes after the other.
 *
 * @param wanted its name, with the folders before it or without
 * @returns in `unordered` the sticks that do not say the order: their tracks come in the order of the import
 */
export function tracksOfPlaylist(
  library: MediaLibrary,
  wanted: string,
): { readonly tracks: readonly MediaTrack[]; readonly unordered: readonly string[] } {
  const entries: {
    readonly name: string;
    readonly stick: string;
    readonly place: number;
    readonly track: MediaTrack;
  }[] = [];
  const sticks = new Map<string, number>();
  const unordered = new Set<string>();
  for (const track of library.all()) {
    const { stick, playlists, playlistPlaces } = track;
    if (!sticks.has(stick)) sticks.set(stick, sticks.size);
    for (const [i, name] of playlists.entries()) {
      if (!isPlaylist(name, wanted)) continue;
      if (playlistPlaces === undefined) unordered.add(stick);
      // A track without a place comes last.
      entries.push({ name, stick, place: playlistPlaces?.[i] ?? Number.MAX_VALUE, track });
    }
  }
  const orderOf = ({ stick }: { readonly stick: string }): number => sticks.get(stick) ?? 0;
  entries.sort(
    (a, b) => orderOf(a) - orderOf(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) || a.place - b.place,
  );
  return { tracks: [...new Set(entries.map(({ track }) => track))], unordered: [...unordered] };
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
