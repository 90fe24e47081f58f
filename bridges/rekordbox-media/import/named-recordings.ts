/**
 * Recordings of the tracks that a database names: whether an analysis that no row names can be of one of them. Pure.
 *
 * A stick that was exported to for years has analyses of files that have another name or folder now. Each of them as a track
 * without a name would be a second one of the same recording.
 */
import type { Ms } from '../../../src/core/clock.ts';
import type { StoredAnalysis } from '../store/stored-analysis.ts';

/** Grows as tracks meet their analyses. */
export interface NamedRecordings {
  /** Loose fingerprints. */
  readonly phrases: Set<string>;
  /** Lengths of those whose phrases are not known, in steps of `SAME_LENGTH_MS`. */
  readonly lengths: Set<number>;
  /** Lengths of all, likewise. */
  readonly allLengths: Set<number>;
  /** Lengths by the last part of the audio path; null: not known. */
  readonly byFileName: Map<string, (Ms | null)[]>;
}

type Recording = Pick<StoredAnalysis, 'fingerprint' | 'durationMs'>;

export const noRecordings = (): NamedRecordings => ({
  phrases: new Set(),
  lengths: new Set(),
  allLengths: new Set(),
  byFileName: new Map(),
});

/** The length of a waveform, which is drawn in steps of 1/150 s: two within a step may be of one recording. */
const SAME_LENGTH_MS: Ms = 7;
/** Lengths that differ by more are of two recordings, whatever their files are called. */
const OTHER_LENGTH_MS: Ms = 2000;

const fileNameOf = (path: string): string => (path.split(/[\\/]/).at(-1) ?? '').normalize('NFC').toLowerCase();
const stepOf = (ms: Ms): number => Math.round(ms / SAME_LENGTH_MS);

/** Takes in a track that a database names. @param analysis null: it has none */
export function addRecording(all: NamedRecordings, file: string | null, analysis: Recording | null): void {
  const { fingerprint = null, durationMs = null } = analysis ?? {};
  if (fingerprint !== null) all.phrases.add(fingerprint.loose);
  if (durationMs !== null) {
    all.allLengths.add(stepOf(durationMs));
    if (fingerprint === null) all.lengths.add(stepOf(durationMs));
  }
  if (file === null) return;
  const same = all.byFileName.get(fileNameOf(file));
  if (same === undefined) all.byFileName.set(fileNameOf(file), [durationMs]);
  else same.push(durationMs);
}

/**
 * Tells whether an analysis can be of a recording that a database names: by its phrases, by the name of its file unless the
 * lengths differ, or by its very length where one of the two has no phrases that could differ.
 */
export function canBeNamed(all: NamedRecordings, file: string | null, { fingerprint, durationMs }: Recording): boolean {
  if (fingerprint !== null && all.phrases.has(fingerprint.loose)) return true;
  const named = file === null ? [] : (all.byFileName.get(fileNameOf(file)) ?? []);
  if (named.some(ms => ms === null || durationMs === null || Math.abs(ms - durationMs) <= OTHER_LENGTH_MS)) return true;
  if (durationMs === null) return false;
  const lengths = fingerprint === null ? all.allLengths : all.lengths;
  return [-1, 0, 1].some(step => lengths.has(stepOf(durationMs) + step));
}
