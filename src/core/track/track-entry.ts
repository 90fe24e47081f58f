/** A track as a profile prepares it, and where a track begins that a playlist has given a region. */
import type { BeatGrid } from './beat-grid.ts';
import type { TrackMatch } from './track-match.ts';

/** A track that the profile prepares. */
export interface TrackEntry {
  readonly match: TrackMatch;
  /** Title to be used, whatever media say; null: the title of the media. */
  readonly title: string | null;
  readonly artist: string | null;
  readonly grid: BeatGrid | null;
}

/** A region that was given to a track of a playlist, and is kept beside the profile. */
export interface AllocatedRegion {
  /** The name of the timecode. */
  readonly timecode: string;
  /** Frames since midnight. */
  readonly start: number;
  readonly lengthFrames: number;
  readonly match: TrackMatch;
}
