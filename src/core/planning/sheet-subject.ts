/** Subject of a cue sheet: a track as a unit would name it, and what there is to know of it then. */
import type { Profile } from '../profile.ts';
import { libraryOf } from '../track/media-library.ts';
import type { MediaTrack } from '../track/media-track.ts';
import type { Said } from '../track/track.ts';
import type { TrackBook } from '../track/track-book.ts';
import { type Knowledge, NO_KNOWLEDGE } from '../track/track-knowledge.ts';

/** A track that is to be planned: what a unit would say of it, and what there is to know of it then. */
export interface SheetSubject {
  readonly knowledge: Knowledge;
  readonly said: Said;
}

/** A number that no unit gives to a track. */
export const NO_ID = 0;

/** Report of a unit about an imported track; its number is 0 if it has none. */
export const saidOf = ({ id, grid, tempoBpm, structure, fingerprint }: MediaTrack): Said => ({
  ...{ id: id ?? NO_ID, tempoBpm: grid?.tempi[0] ?? tempoBpm, lengthS: null, source: null },
  ...{ structure, fingerprint, carriedTempoBpm: null },
});

/** An imported track, whatever else is imported. */
export const ofMedia = ({ tracks, allocated }: Profile, track: MediaTrack): SheetSubject => ({
  knowledge: { ...NO_KNOWLEDGE, entries: tracks, allocated, library: libraryOf([track]) },
  said: saidOf(track),
});

/** A track by its number alone: known from the profile and from the track book. */
export function ofNumber({ tracks, allocated }: Profile, id: number, book: TrackBook): SheetSubject {
  const tempoBpm = book.get(id)?.tempoBpm ?? null;
  return {
    knowledge: { ...NO_KNOWLEDGE, entries: tracks, allocated, book },
    said: {
      id,
      tempoBpm,
      lengthS: null,
      source: null,
      structure: undefined,
      fingerprint: undefined,
      carriedTempoBpm: null,
    },
  };
}
