/** Track as a media library knows it: the value that its readers make and all else uses. */
import type { Ms } from '../clock.ts';
import type { BeatGrid } from './beat-grid.ts';
import type { SongStructure } from './phrase.ts';
import type { TrackEnergy, TrackNotes } from './track-notes.ts';

/** A marker of the DJ: a hot cue, or a memory cue. */
export interface CuePoint {
  /** `hot`: one of the eight buttons; `memory`: in the list. */
  readonly kind: 'hot' | 'memory';
  /** 1..8 for hot cues A to H; null: a memory cue. */
  readonly button: number | null;
  /** From the start of the track at normal speed. */
  readonly positionMs: Ms;
  /** End of its loop, from the start of the track; null: it is no loop. */
  readonly loopEndMs: Ms | null;
  /** null: it has none. */
  readonly name: string | null;
  /** `#rrggbb`, or the name of one of the eight colours of memory cues (`pink`); null: none was given. */
  readonly colour: string | null;
}

/** Mark of a song structure, as SHA-256 in lower-case hex. */
export interface Fingerprint {
  /** Over all of it. */
  readonly exact: string;
  /** Over its mood, beats, kinds and fills alone. */
  readonly loose: string;
}

/** A track of a stick. */
export interface MediaTrack {
  /** The stick it is on, by the name that it was imported under. */
  readonly stick: string;
  /** As an OPUS-QUAD reports it; null: only the database that has other numbers could be read. */
  readonly id: number | null;
  /** The audio file, from the root of the stick. */
  readonly file: string;
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  readonly genre: string | null;
  readonly musicalKey: string | null;
  /** The headline figure; the grid knows better. */
  readonly tempoBpm: number | null;
  readonly durationMs: Ms | null;
  /** Playlists it is in, with the folders before them: `Friday/Opening`. */
  readonly playlists: readonly string[];
  /**
   * For each of `playlists` its place there: the lower comes first, and there may be gaps; null: the list does not say.
   * Absent: the stick was imported before places were kept.
   */
  readonly playlistPlaces?: readonly (number | null)[];
  /** The cover's file on the stick; null: none. */
  readonly artworkFile: string | null;
  /** null: not analysed. */
  readonly grid: BeatGrid | null;
  /** The first beat that begins a bar, 1..4; null: the grid does not say. */
  readonly firstDownbeat: number | null;
  /** null: not analysed for phrases. */
  readonly structure: SongStructure | null;
  /** Of the structure; null: there is none. */
  readonly fingerprint: Fingerprint | null;
  /** In the order of their places; a memory cue before a hot cue at the same place. */
  readonly cuePoints: readonly CuePoint[];
  /** Absent: the stick was imported before notes were kept. */
  readonly notes?: TrackNotes;
  /** Absent: there is no waveform, or the stick was imported before this was kept. */
  readonly energy?: TrackEnergy;
}
