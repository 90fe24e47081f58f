/** A track as the store keeps it: what the database says of it, what an earlier import knew, and its picture. */

import { NO_TRACK_NOTES } from '../../../src/core/track/track-notes.ts';
import { audioKey } from '../analysis/track-analysis.ts';
import { type StoredTrack, storedNotesOf } from '../store/store.ts';
import type { StoredAnalysis } from '../store/stored-analysis.ts';
import { type Stick, StickGone } from './stick-folder.ts';
import type { NamedTrack } from './stick-library.ts';

export interface TrackStorer {
  /** Throws `StickGone`. */
  store(track: NamedTrack, analysis: StoredAnalysis | null): Promise<NewTrack>;
}

export interface NewTrack {
  readonly track: StoredTrack;
  /** True: this import does not say its number, which is that of an earlier one. */
  readonly keepsId: boolean;
}

/** @param stored tracks that are stored of the stick already, by the `audioKey` of their file */
export function trackStorer(stick: Stick, stored: ReadonlyMap<string, StoredTrack>): TrackStorer {
  /** Pictures that were looked for. */
  const artwork = new Map<string, Promise<string | null>>();

  function artworkOf(path: string): Promise<string | null> {
    const known = artwork.get(path);
    if (known !== undefined) return known;
    const looked = findArtwork(stick, path);
    artwork.set(path, looked);
    return looked;
  }

  return {
    async store({ id: stated, row }, analysis) {
      const { title, artist, album, genre, musicalKey, tempoBpm, lengthMs, artworkPath } = row;
      const named = row.file ?? analysis?.audioPath ?? row.analysisPath ?? `track ${stated}`;
      const file = named.replace(/^\/+/, '');
      const before = stored.get(audioKey(file));
      const id = stated ?? before?.id ?? null;
      const said = {
        title,
        artist,
        album,
        genre,
        musicalKey,
        tempoBpm,
        lengthMs,
        playlists: [...row.playlists],
        playlistPlaces: [...row.playlistPlaces],
        artworkFile: artworkPath === null ? null : await artworkOf(artworkPath),
        ...(row.notes === NO_TRACK_NOTES ? {} : { notes: storedNotesOf(row.notes) }),
      };
      // Of what no database names now, an earlier one may have.
      const isNamed = title !== null || row.analysisPath !== null;
      const track = { ...(isNamed || before === undefined ? said : before), id, file, analysis };
      return { track, keepsId: stated === null && id !== null };
    },
  };
}

/** The larger picture beside the one that the database names, where there is one; null: neither is there. */
async function findArtwork(stick: Stick, path: string): Promise<string | null> {
  const larger = await stick.find(path.replace(/(\.\w+)$/, '_m$1')).catch(unlessGone);
  return (larger ?? (await stick.find(path).catch(unlessGone)))?.path ?? null;
}

function unlessGone(error: unknown): null {
  if (error instanceof StickGone) throw error;
  return null;
}
