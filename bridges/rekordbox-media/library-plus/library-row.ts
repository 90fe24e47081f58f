/** A track as a database of a stick describes it. */
import type { Ms } from '../../../src/core/clock.ts';
import type { TrackNotes } from '../../../src/core/track/track-notes.ts';

/** A track in either database of a stick. A text that is empty there is null here. */
export interface LibraryRow {
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  readonly genre: string | null;
  readonly musicalKey: string | null;
  /** The headline figure of the track, not of a moment. */
  readonly tempoBpm: number | null;
  /** At normal speed, in whole seconds as stored; the length of the waveform is the better figure. */
  readonly lengthMs: Ms | null;
  /** The audio file as stored: from the root of the stick, with a leading slash. The same in both databases. */
  readonly file: string | null;
  /** The `.DAT` file as stored, written like `file`. */
  readonly analysisPath: string | null;
  /** The small picture of its cover, or of its album's, written like `file`. */
  readonly artworkPath: string | null;
  /** Playlists it is in, sorted, with the folders before them: `Friday/Opening`. */
  readonly playlists: readonly string[];
  /** For each of `playlists` its place there: the lower comes first, and there may be gaps; null: the list does not say. */
  readonly playlistPlaces: readonly (number | null)[];
  readonly notes: TrackNotes;
}

/** Stars as both databases have them; some programs write them in steps of 51, as tags of audio files do. */
export const starsOf = (stored: number): number => Math.min(5, stored > 5 ? Math.round(stored / 51) : stored);

/** Day of a stored date, `2026-01-31` or that with a time; null: it is none. */
export const dayOf = (stored: string | null): string | null =>
  /^(\d{4}-\d{2}-\d{2})(?:[ T].*)?$/.exec(stored?.trim() ?? '')?.[1] ?? null;

/** Names of the lists of some kind that each track is in, sorted, each once. */
export function namesByTrack(
  names: ReadonlyMap<number, string>,
  entries: readonly { readonly track: number | null; readonly list: number | null }[],
): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, Set<string>>();
  for (const { track, list } of entries) {
    const name = list === null ? undefined : names.get(list);
    if (name === undefined || track === null) continue;
    found.set(track, (found.get(track) ?? new Set()).add(name));
  }
  return new Map([...found].map(([track, own]) => [track, [...own].sort()]));
}
