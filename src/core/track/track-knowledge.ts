/**
 * Knowledge of a track on a deck beyond its reports: from the profile, from imported sticks, from the track book, and
 * from what the unit itself has sent. Each is asked once, when the evidence changes.
 */
import type { Ms } from '../clock.ts';
import { NO_TRACK_NUMBER } from '../deck-report.ts';
import { type BeatGrid, type HeardGrid, type SteadyGrid, steadyGrid } from './beat-grid.ts';
import { type MediaLibrary, NO_LIBRARY } from './media-library.ts';
import type { CuePoint, MediaTrack } from './media-track.ts';
import type { SongStructure } from './phrase.ts';
import { type Consulted, consult, EMPTY_BOOK, type TrackBook } from './track-book.ts';
import type { AllocatedRegion, TrackEntry } from './track-entry.ts';
import { type Confidence, type Evidence, type Identity, identify, numberTrouble } from './track-identity.ts';
import { bestMatch, type MatchedFacts } from './track-match.ts';

export interface Knowledge {
  /** The tracks of the profile, in its order. */
  readonly entries: readonly TrackEntry[];
  /** Starts of tracks that the profile does not prepare. */
  readonly allocated: readonly AllocatedRegion[];
  readonly library: MediaLibrary;
  readonly book: TrackBook;
}

export const NO_KNOWLEDGE: Knowledge = { entries: [], allocated: [], library: NO_LIBRARY, book: EMPTY_BOOK };

/** A track as far as it is known. */
export interface Known {
  /** Certainty of the match; `unknown` where only the unit itself says anything. */
  readonly confidence: Confidence;
  /** Source of most of it. */
  readonly from: 'media' | 'book' | 'unit';
  /** Advice to an operator about it; null: none. */
  readonly advice: string | null;
  /** null: no imported track is taken for it. */
  readonly media: MediaTrack | null;
  /** Index of the track in the profile, from 0; null: the profile does not name it. */
  readonly entry: number | null;
  /** Start of the track in timecodes, by their names, as far as that was allocated. */
  readonly regions: ReadonlyMap<string, number>;
  readonly title: string | null;
  readonly artist: string | null;
  readonly durationMs: Ms | null;
  /** From the profile, media, or from the book and what is heard, the better known of the two; null: nobody gives one. */
  readonly grid: BeatGrid | null;
  /** How far its beats may be from where they are, to either side; 0: it is the track's own. */
  readonly gridErrorMs: Ms;
  /** The first beat that begins a bar, 1..4; null: nobody says. */
  readonly firstDownbeat: number | null;
  /** Phrases that somebody else than the unit gives; null: nobody does. */
  readonly structure: SongStructure | null;
  readonly cuePoints: readonly CuePoint[];
}

export const NOTHING_KNOWN: Known = {
  ...{ confidence: 'unknown', from: 'unit', advice: null, media: null, entry: null },
  ...{ regions: new Map(), title: null, artist: null },
  ...{ durationMs: null, grid: null, gridErrorMs: 0, firstDownbeat: null, structure: null, cuePoints: [] },
};

export function know({ entries, allocated, library, book }: Knowledge, told: Evidence): Known {
  const trouble = numberTrouble(told);
  // A number that is not that of a stick proves nothing; its phrases still may.
  const evidence = trouble === null ? told : { ...told, id: NO_TRACK_NUMBER };
  const learnt = consult(book, evidence);
  const identity = identityOf(library, learnt, evidence);
  const media = identity.track;
  const { entry: noted } = learnt;
  const facts: MatchedFacts = {
    ...{
      id: trouble === null ? evidence.id : (media?.id ?? null),
      title: media?.title ?? null,
      artist: media?.artist ?? null,
      media,
    },
    fingerprint: media?.fingerprint ?? evidence.fingerprint ?? noted?.fingerprint ?? null,
  };
  const index = bestMatch(
    entries.map(({ match }) => match),
    facts,
  );
  const entry = index === null ? null : (entries[index] ?? null);
  const isOfMedia = media !== null || identity.confidence === 'mismatch' || identity.confidence === 'ambiguous';
  // Facts that the unit tells itself need no book, and a grid alone does not show which track it is.
  const isOfBook = !isOfMedia && evidence.fingerprint === undefined && noted?.structure !== undefined;
  const { confidence, advice } = isOfMedia
    ? identity
    : isOfBook || learnt.confidence === 'mismatch'
      ? learnt
      : { confidence: 'unknown' as const, advice: identity.advice };
  return {
    confidence,
    from: media !== null ? 'media' : isOfBook ? 'book' : 'unit',
    advice: trouble === null || media !== null ? advice : `${trouble}, so nothing is known of it by its number`,
    media,
    entry: index,
    regions: allocated.length === 0 ? NOTHING_KNOWN.regions : regionsOf(allocated, facts),
    title: entry?.title ?? media?.title ?? null,
    artist: entry?.artist ?? media?.artist ?? null,
    durationMs: media?.durationMs ?? (evidence.lengthS === null ? null : evidence.lengthS * 1000),
    ...gridOf(entry?.grid ?? media?.grid ?? null, noted?.grid ?? null, told.heard ?? null),
    firstDownbeat: media?.firstDownbeat ?? null,
    structure: media?.structure ?? noted?.structure ?? null,
    cuePoints: media?.cuePoints ?? NOTHING_KNOWN.cuePoints,
  };
}

/** @param own the track's own grid, as a profile or media give it */
function gridOf(
  own: BeatGrid | null,
  noted: SteadyGrid | null,
  heard: HeardGrid | null,
): Pick<Known, 'grid' | 'gridErrorMs'> {
  if (own !== null) return { grid: own, gridErrorMs: 0 };
  const learnt = noted === null ? null : { ...noted, errorMs: LEARNT_ERROR_MS };
  const best = learnt !== null && (heard === null || heard.errorMs >= learnt.errorMs) ? learnt : heard;
  if (best === null) return { grid: null, gridErrorMs: 0 };
  return { grid: steadyGrid(best.firstBeatMs, best.tempoBpm), gridErrorMs: best.errorMs };
}

/** A grid of the book is known this well: it was learnt where beat 1 lay within 16 ms, and a clue may be 8 ms later than is usual. */
const LEARNT_ERROR_MS: Ms = 16;

/** Finds the identity. Facts that the unit told tonight of this number still count where it is silent now: they cannot confirm, but can contradict. */
function identityOf(library: MediaLibrary, { entry }: Consulted, evidence: Evidence): Identity {
  const isSilent = evidence.fingerprint === undefined && entry?.isOfTonight === true && entry.structure !== undefined;
  if (!isSilent) return identify(library, evidence);
  const identity = identify(library, { ...evidence, fingerprint: entry.fingerprint });
  return identity.confidence === 'confirmed' ? { ...identity, confidence: 'assumed' } : identity;
}

/** Gives the start of a track in each timecode, as allocated; the match that says most wins. */
export function regionsOf(allocated: readonly AllocatedRegion[], facts: MatchedFacts): ReadonlyMap<string, number> {
  const regions = new Map<string, number>();
  for (const timecode of new Set(allocated.map(each => each.timecode))) {
    const own = allocated.filter(each => each.timecode === timecode);
    const best = bestMatch(
      own.map(({ match }) => match),
      facts,
    );
    const region = best === null ? undefined : own[best];
    if (region !== undefined) regions.set(timecode, region.start);
  }
  return regions;
}
