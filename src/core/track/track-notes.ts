/** Facts that a DJ or a shop has given a track, beyond its name: what both databases of a stick say. */

/** Notes on a track. */
export interface TrackNotes {
  /** Stars, 0 to 5; null: nobody says. */
  readonly rating: number | null;
  /** One of the eight colours of rekordbox, `pink`; null: none. */
  readonly colour: string | null;
  /** null: none, as for each of the texts. */
  readonly comment: string | null;
  /** The record label. */
  readonly label: string | null;
  /** Of its release; null: not said. */
  readonly year: number | null;
  /** Times it was played; null: nobody says. */
  readonly playCount: number | null;
  /** Day on which it came into the collection: `2026-01-31`. */
  readonly dateAdded: string | null;
  /** My Tags, sorted, without the groups they are in. */
  readonly tags: readonly string[];
  /** Sessions in which it was played, by their names, sorted: `HISTORY 001`. */
  readonly histories: readonly string[];
}

/** Of a track that no database names. */
export const NO_TRACK_NOTES: TrackNotes = {
  ...{ rating: null, colour: null, comment: null, label: null, year: null, playCount: null, dateAdded: null },
  ...{ tags: [], histories: [] },
};

/** Colours of tracks and of memory cues, by their number; 0 is none. */
export const TRACK_COLOURS = [null, 'pink', 'red', 'orange', 'yellow', 'green', 'aqua', 'blue', 'purple'] as const;

/** Loudness of a part of a track as its waveform draws it, in percent of the tallest that a waveform can be. */
export interface Energy {
  /** Mean of the heights. */
  readonly mean: number;
  readonly peak: number;
}

/** Energy of a track. */
export interface TrackEnergy extends Energy {
  /** Of each of its phrases, in their order; empty: it has none, or no grid that says where they are. */
  readonly phrases: readonly Energy[];
}
