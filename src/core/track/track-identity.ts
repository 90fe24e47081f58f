/**
 * Identity of the track on a deck among the imported sticks, and how sure that is.
 *
 * A unit says a number, which is that of one stick and means nothing on another; in lighting mode it says the phrases of
 * the track as well, and those prove it. What contradicts a candidate is never passed over.
 */
import { NO_TRACK_NUMBER, type TrackSource } from '../deck-report.ts';
import type { HeardGrid } from './beat-grid.ts';
import type { MediaLibrary } from './media-library.ts';
import type { Fingerprint, MediaTrack } from './media-track.ts';
import { isArtist, isTitle } from './track-match.ts';

/**
 * `confirmed`: its phrases are those that the unit sent; `assumed`: its number is, and nothing contradicts it; `mismatch`:
 * its number is, and something does; `ambiguous`: several would do; `unknown`: none would.
 */
export type Confidence = (typeof CONFIDENCES)[number];
export const CONFIDENCES = ['confirmed', 'assumed', 'mismatch', 'ambiguous', 'unknown'] as const;

/** Facts that a unit has told of the track on a deck. */
export interface Evidence {
  readonly id: number;
  /** As analysed, where it was first told after the load; null: not told yet. */
  readonly tempoBpm: number | null;
  /** Whole seconds; null: not told. */
  readonly lengthS: number | null;
  /** Of the phrases that the unit sent; null: it has none; undefined: it has not answered, or cannot. */
  readonly fingerprint: Fingerprint | null | undefined;
  /** null: not told. */
  readonly source: TrackSource | null;
  /** The grid that its beats and positions say for now; null, or not there: none yet. */
  readonly heard?: HeardGrid | null;
}

/**
 * Gives the reason why the number of a track is not that of a track on a stick, as the end of a sentence about it; null: it may be.
 *
 * Only what rekordbox has analysed for a stick or card has such a number. One that says nothing of itself is believed.
 */
export function numberTrouble({ id, source }: Pick<Evidence, 'id' | 'source'>): string | null {
  if (id === NO_TRACK_NUMBER) return 'the unit gives it no number';
  const { slot = null, kind = null } = source ?? {};
  if (slot === 'streaming' || kind === 'streaming') return 'it is streamed';
  if (slot === 'cd' || kind === 'audio-cd') return 'it is on a CD';
  if (slot === 'link') return 'it comes from a rekordbox on the network';
  return kind === 'unanalysed' ? 'rekordbox has not analysed it' : null;
}

export interface Identity {
  readonly confidence: Confidence;
  /** The one that is taken for it; null where that would be a guess. */
  readonly track: MediaTrack | null;
  /** Advice to an operator about the match; null: none. */
  readonly advice: string | null;
}

export const UNIDENTIFIED: Identity = { confidence: 'unknown', track: null, advice: null };

export function identify(library: MediaLibrary, evidence: Evidence): Identity {
  if (library.size === 0) return UNIDENTIFIED;
  const { fingerprint } = evidence;
  const named = library.withId(evidence.id);
  if (fingerprint != null) {
    const proved = proof(library, named, evidence, fingerprint);
    if (proved !== null) return proved;
    const contradicted = named.filter(track => track.fingerprint !== null);
    if (contradicted.length > 0) return mismatch(contradicted, 'has other phrases there than on the deck');
  }
  const possible = withNames(named.filter(track => !contradicts(track, evidence)));
  if (possible.length === 0 && named.length > 0)
    return mismatch(named, 'has another tempo, another length or other phrases there than on the deck');
  const [first] = possible;
  if (first === undefined) {
    return { ...UNIDENTIFIED, advice: `track ${evidence.id} is in no imported stick; import the one it is on` };
  }
  if (possible.some(track => !isSameTrack(track, first))) return ambiguous(possible, `the number ${evidence.id}`);
  return { confidence: 'assumed', track: first, advice: null };
}

/** By the phrases that the unit sent, whatever number it says: first all of them alike, then what matters of them. */
function proof(
  library: MediaLibrary,
  named: readonly MediaTrack[],
  evidence: Evidence,
  fingerprint: Fingerprint,
): Identity | null {
  const alike = library.withExact(fingerprint);
  const candidates = alike.length > 0 ? alike : library.withLoose(fingerprint);
  if (candidates.length === 0) return null;
  // Very regular tracks have the same phrases: the tempo and the length decide, then the number.
  const possible = candidates.filter(track => !contradicts(track, evidence));
  const numbered = possible.filter(track => named.includes(track));
  const likely = withNames(numbered.length > 0 ? numbered : possible);
  const [first] = likely;
  if (first === undefined) return mismatch(candidates, 'has these phrases at another tempo or length');
  if (likely.some(track => !isSameTrack(track, first))) return ambiguous(likely, 'these phrases');
  return { confidence: 'confirmed', track: first, advice: null };
}

/** Tells whether two tempi are the same: a unit tells them in hundredths. */
export const isSameTempo = (a: number, b: number): boolean => Math.abs(a - b) <= 0.06;

/** Lengths that differ by more are of two tracks: a database and a unit may round another way. */
const SAME_LENGTH_S = 2;

/** The tempo that was reported occurs nowhere in the track, it has another length, or phrases that the unit says it has not. */
function contradicts(
  { grid, tempoBpm, durationMs, fingerprint }: MediaTrack,
  { tempoBpm: reported, lengthS, fingerprint: told }: Evidence,
): boolean {
  if (told === null && fingerprint !== null) return true;
  if (durationMs !== null && lengthS !== null && Math.abs(durationMs / 1000 - lengthS) > SAME_LENGTH_S) return true;
  if (reported === null || (tempoBpm === null && grid === null)) return false;
  if (tempoBpm !== null && isSameTempo(reported, tempoBpm)) return false;
  return grid === null || !grid.tempi.some(each => isSameTempo(reported, each));
}

/** Without those that no database names, unless there are no others: a leftover is no second track. */
function withNames(tracks: readonly MediaTrack[]): readonly MediaTrack[] {
  const named = tracks.filter(({ title }) => title !== null);
  return named.length > 0 ? named : tracks;
}

/** Tells whether two tracks are the same recording, whichever stick each is on: names differ by no more than a match forgives. */
export const isSameTrack = (a: MediaTrack, b: MediaTrack): boolean =>
  a === b ||
  (a.fingerprint?.exact === b.fingerprint?.exact &&
    isSameName(a.title, b.title, isTitle) &&
    isSameName(a.artist, b.artist, isArtist));

/** Either may be the one that says less: `Strobe` and `Strobe (Original Mix)`. */
const isSameName = (a: string | null, b: string | null, isNamed: (name: string, wanted: string) => boolean): boolean =>
  a === b || (a !== null && b !== null && (isNamed(a, b) || isNamed(b, a)));

function mismatch(tracks: readonly MediaTrack[], why: string): Identity {
  const [first] = tracks;
  return {
    confidence: 'mismatch',
    track: null,
    advice: `${first === undefined ? 'the track' : nameOf(first)} ${why}: not used; import the stick again`,
  };
}

const ambiguous = (tracks: readonly MediaTrack[], what: string): Identity => ({
  confidence: 'ambiguous',
  track: null,
  advice: `${what} may be ${tracks.slice(0, 3).map(nameOf).join(' or ')}: none is used; forget the sticks that are not here`,
});

const nameOf = ({ title, file, stick }: MediaTrack): string => `"${title ?? file}" (${stick})`;
