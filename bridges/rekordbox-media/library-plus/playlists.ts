/** Playlists and their folders, as either database of a stick has them. Pure. */
import type { LibraryRow } from './library-row.ts';

/** A playlist or a folder of playlists. */
export interface PlaylistNode {
  readonly id: number | null;
  /** The folder it is in; null: it is in none. */
  readonly parent: number | null;
  readonly name: string | null;
}

/** A track in a playlist; null: what stands there is no number. */
export interface PlaylistEntry {
  readonly playlist: number | null;
  readonly track: number | null;
  /** The lower comes first. */
  readonly place: number | null;
}

/** The playlists of a track, as its row has them. */
type Listed = Pick<LibraryRow, 'playlists' | 'playlistPlaces'>;

/** Of a track that is in none. */
export const IN_NO_PLAYLIST: Listed = { playlists: [], playlistPlaces: [] };

/** Folders within folders; beyond them the name begins in the middle. */
const MOST_FOLDERS = 32;

/**
 * The playlists of each track by their whole names, `Friday/Opening`, sorted, each once: where it is first in it.
 *
 * A folder that is not there, or is inside itself, ends the name. A list without a name is passed over.
 */
export function playlistsByTrack(
  nodes: readonly PlaylistNode[],
  entries: readonly PlaylistEntry[],
): ReadonlyMap<number, Listed> {
  const byNumber = new Map(nodes.map(node => [node.id, node]));
  const wholeNames = new Map<number | null, string | null>();
  for (const node of nodes) {
    const folders: string[] = [];
    const seen = new Set<number | null>([node.id]);
    const isWithin = (id: number | null): id is number => id !== null && !seen.has(id) && seen.size <= MOST_FOLDERS;
    for (let id = node.parent; isWithin(id); id = byNumber.get(id)?.parent ?? null) {
      seen.add(id);
      const name = byNumber.get(id)?.name ?? null;
      if (name !== null) folders.unshift(name);
    }
    wholeNames.set(node.id, node.name === null ? null : [...folders, node.name].join('/'));
  }
  const found = new Map<number, Map<string, number | null>>();
  for (const { playlist, track, place } of entries) {
    const name = playlist === null ? null : (wholeNames.get(playlist) ?? null);
    if (name === null || track === null) continue;
    const places = found.get(track) ?? new Map<string, number | null>();
    const before = places.get(name) ?? null;
    found.set(track, places.set(name, before === null || (place !== null && place < before) ? place : before));
  }
  return new Map(
    [...found].map(([track, places]) => {
      const playlists = [...places.keys()].sort();
      return [track, { playlists, playlistPlaces: playlists.map(name => places.get(name) ?? null) }];
    }),
  );
}
