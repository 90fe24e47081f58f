/** A track as a database of a stick describes it. */
import type { Ms } from '../../../src/core/clock.ts';

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
}
