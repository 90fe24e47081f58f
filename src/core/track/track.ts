/** The track on a deck: what its unit has said of it, and what is known of it beyond that. */

import type { DeckReport, TrackSource } from '../deck-report.ts';
import type { Coordinate } from './beat-grid.ts';
import { type BeatGrid, isSameGrid, steadyGrid } from './beat-grid.ts';
import type { SongStructure } from './phrase.ts';
import { type Evidence, isSameTempo } from './track-identity.ts';
import type { Known } from './track-knowledge.ts';

export interface Track {
  readonly id: number;
  /** Knowledge of the track beyond the reports of its deck. */
  readonly known: Known;
  /** Facts that the unit itself has told, as far as they show which track this is. */
  readonly said: Said;
  /** As analysed, at the place last reported; null: not known. */
  readonly tempoBpm: number | null;
  /** Grid that carries beats into ms, else beat 1 at 0 ms and the tempo first reported; null: neither is known. */
  readonly timeline: BeatGrid | null;
  /** The unit's own, or else what is known; undefined: the unit has not answered yet; null: the track has none. */
  readonly structure: SongStructure | null | undefined;
  /** The first beat that begins a bar, 1..4; null: not known yet. */
  readonly firstDownbeat: number | null;
}

export interface Said extends Evidence {
  /** undefined: the unit has not answered, or cannot; null: it has none. */
  readonly structure: SongStructure | null | undefined;
  /** Tempo at which the facts of the load before, of a track with the same number, are taken over; null: none are. */
  readonly carriedTempoBpm: number | null;
}

/** Asks what is known, for what the unit has said. */
export type Know = (evidence: Evidence) => Known;

/** A track that has just been loaded. @param before what was on the deck */
export function freshTrack(id: number, before: Track | null, know: Know): Track {
  // A track that is loaded once more has the phrases it had: the unit is not asked for them again.
  const again = before?.id === id ? before.said : null;
  const said: Said = {
    ...{ id, tempoBpm: null, lengthS: null, source: null },
    structure: again?.structure,
    fingerprint: again?.fingerprint,
    carriedTempoBpm: again === null ? null : (again.tempoBpm ?? again.carriedTempoBpm),
  };
  const known = know(said);
  const { grid, firstDownbeat } = known;
  return { id, known, said, tempoBpm: null, timeline: grid, structure: structureOf(said, known), firstDownbeat };
}

const structureOf = (said: Said, known: Known): SongStructure | null | undefined =>
  said.structure ?? known.structure ?? (known.media === null ? said.structure : null);

/** The unit has said more of it: what is known of it may be something else now. */
export function withSaid(track: Track, more: Partial<Said>, know: Know): Track {
  const said = { ...track.said, ...more };
  return relearnt({ ...track, said, structure: structureOf(said, track.known) }, know);
}

/** The track with what is known of it now; the same object where that is the same, since much is kept by its identity. */
export function relearnt(track: Track, know: Know): Track {
  const known = know(track.said);
  const before = track.known;
  const isSame = (Object.keys(known) as (keyof Known)[]).every(key => key === 'grid' || known[key] === before[key]);
  const isOnSameGrid = isSameGrid(known.grid, before.grid);
  if (isSame && isOnSameGrid) return track;
  const structure = structureOf(track.said, known);
  const firstDownbeat = track.firstDownbeat ?? known.firstDownbeat;
  const base: Track = { ...track, known, structure, firstDownbeat };
  if (isOnSameGrid) return { ...base, known: { ...known, grid: before.grid } };
  const { tempoBpm } = track;
  return { ...base, timeline: known.grid ?? (tempoBpm === null ? null : steadyGrid(0, tempoBpm)) };
}

/** Takes in the tempo of a report; the same object where it is no other. */
export function withTempo(track: Track, { trackTempoBpm: tempoBpm, beat }: DeckReport, know: Know): Track {
  if (tempoBpm === null) return track;
  // The first reports of a load may still have the tempo of the track before; they have no valid beat [C UE].
  const timeline = track.timeline ?? (beat === null ? null : steadyGrid(0, tempoBpm));
  const isSame = track.tempoBpm === tempoBpm && track.timeline === timeline;
  const told = isSame ? track : { ...track, tempoBpm, timeline };
  const { tempoBpm: first, carriedTempoBpm } = track.said;
  if (beat === null || first !== null) return told;
  const isOther = carriedTempoBpm !== null && !isSameTempo(carriedTempoBpm, tempoBpm);
  // For the same number on another stick, the facts of the track before say nothing.
  return withSaid(told, isOther ? { tempoBpm, structure: undefined, fingerprint: undefined } : { tempoBpm }, know);
}

/** Takes in where the unit says the track comes from; the same object where that is nothing new. */
export function withSource(track: Track, source: TrackSource | null, know: Know): Track {
  const { source: before } = track.said;
  const isNew = source !== null && (source.slot !== before?.slot || source.kind !== before?.kind);
  return isNew ? withSaid(track, { source }, know) : track;
}

/** A place in beats as a line counts, and the other way round; null: nothing carries one into the other. */
export const toCoordinate = ({ known }: Track, coordinate: Coordinate, beat: number): number | null =>
  coordinate === 'beats' ? beat : (known.grid?.msOfBeat(beat) ?? null);
export const toBeat = ({ known }: Track, coordinate: Coordinate, place: number): number | null =>
  coordinate === 'beats' ? place : (known.grid?.beatOfMs(place) ?? null);
