/**
 * Facts that the decks have taught of tracks, by the number that the unit gives them: so a sound-check in lighting mode lets a
 * show run in cdj mode with phrases and precise positions.
 *
 * The unit does not say which stick a track is on, so an entry also keeps whatever can contradict it, and is used only as
 * long as nothing does.
 */
import type { SteadyGrid } from './beat-grid.ts';
import type { Fingerprint } from './media-track.ts';
import type { SongStructure } from './phrase.ts';
import { type Confidence, type Evidence, isSameTempo } from './track-identity.ts';

export interface BookEntry {
  readonly id: number;
  /** As analysed, where it was first told after a load; null: not said. */
  readonly tempoBpm: number | null;
  /** Whole seconds; null: not said. */
  readonly lengthS: number | null;
  /** null: it has none; undefined: not told. */
  readonly structure: SongStructure | null | undefined;
  readonly fingerprint: Fingerprint | null;
  /** Learnt from beats and positions; null: not yet. */
  readonly grid: SteadyGrid | null;
  /** Beats and positions have shown that its tempo changes: no grid of one tempo is believed. */
  readonly isUnsteady: boolean;
  /** Its phrases were told in this run, or nothing of it was known before. */
  readonly isOfTonight: boolean;
}

export type TrackBook = ReadonlyMap<number, BookEntry>;

export const EMPTY_BOOK: TrackBook = new Map();

const UNWRITTEN = {
  ...{ tempoBpm: null, lengthS: null, structure: undefined, fingerprint: null, grid: null, isUnsteady: false },
  isOfTonight: true,
} as const;
/** Tracks beyond these are forgotten, the one that was taught least lately first. */
const MOST_TRACKS = 5000;

/** Facts that a deck teaches; absent facts stay as they were, unless the track is another one. */
export type LearnedFacts = Pick<BookEntry, 'id'> & Partial<Omit<BookEntry, 'id' | 'isOfTonight'>>;

/** The book with a lesson; the same book where it says nothing new. */
export function withLearned(book: TrackBook, learned: LearnedFacts): TrackBook {
  const before = book.get(learned.id);
  const isOther =
    before !== undefined &&
    (isOtherTempo(before.tempoBpm, learned.tempoBpm) ||
      isOtherLength(before.lengthS, learned.lengthS) ||
      (before.fingerprint != null &&
        learned.fingerprint != null &&
        before.fingerprint.exact !== learned.fingerprint.exact));
  const base = before === undefined || isOther ? { ...UNWRITTEN, id: learned.id } : before;
  const said = Object.fromEntries(Object.entries(learned).filter(([, value]) => value != null));
  const structure = learned.structure === undefined ? base.structure : learned.structure;
  const told: BookEntry = {
    ...base,
    ...said,
    structure,
    isOfTonight: learned.structure !== undefined || base.isOfTonight,
  };
  const entry = told.isUnsteady ? { ...told, grid: null } : told;
  const isNews =
    before === undefined || (Object.keys(entry) as (keyof BookEntry)[]).some(key => !isSame(entry[key], before[key]));
  if (!isNews) return book;
  const next = new Map(book);
  next.delete(learned.id);
  next.set(learned.id, entry);
  for (const id of next.keys()) {
    if (next.size <= MOST_TRACKS) break;
    next.delete(id);
  }
  return next;
}

const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

const isOtherTempo = (a: number | null, b: number | null | undefined): boolean =>
  a !== null && b != null && !isSameTempo(a, b);
const isOtherLength = (a: number | null, b: number | null | undefined): boolean =>
  a !== null && b != null && Math.abs(a - b) > 1;

/** Answer of the book about a track. */
export interface Consulted {
  /** null: nothing, or what is contradicted. */
  readonly entry: BookEntry | null;
  readonly confidence: Confidence;
  readonly advice: string | null;
}

const NOTHING: Consulted = { entry: null, confidence: 'unknown', advice: null };

export function consult(book: TrackBook, evidence: Evidence): Consulted {
  const entry = book.get(evidence.id);
  if (entry === undefined) return NOTHING;
  const contradicted = (what: string): Consulted => ({
    entry: null,
    confidence: 'mismatch',
    advice: `what was learnt of track ${evidence.id} has another ${what}: not used; it is learnt anew in lighting mode`,
  });
  if (isOtherTempo(entry.tempoBpm, evidence.tempoBpm)) return contradicted('tempo');
  if (isOtherLength(entry.lengthS, evidence.lengthS)) return contradicted('length');
  const { fingerprint } = evidence;
  if (fingerprint != null && entry.fingerprint !== null) {
    if (fingerprint.exact !== entry.fingerprint.exact) return contradicted('structure');
    return { entry, confidence: 'confirmed', advice: null };
  }
  return { entry, confidence: 'assumed', advice: entry.isOfTonight ? null : 'learnt on an earlier evening' };
}
