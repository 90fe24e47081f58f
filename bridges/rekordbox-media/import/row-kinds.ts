/** Rows that are no analysed track of the stick: streamed ones, samples, what rekordbox has not analysed. Pure. */
import type { LibraryRow } from '../library-plus/library-row.ts';

/** A service before the colon, `tidal:tracks:1`; a drive has one letter. */
const STREAMED = /^\/?[a-z][a-z0-9+.-]+:/i;
const SAMPLED = /[\\/]sampler[\\/]/i;

type RowKind = 'streamed' | 'sample' | 'not analysed';

/** null: a track like others. */
export const rowKindOf = ({ file, analysisPath }: LibraryRow): RowKind | null =>
  file !== null && STREAMED.test(file)
    ? 'streamed'
    : file !== null && SAMPLED.test(file)
      ? 'sample'
      : analysisPath === null
        ? 'not analysed'
        : null;

const WORDS: Readonly<Record<RowKind, (count: number) => string>> = {
  streamed: count => `${count} streamed: kept by name; a unit gives a streamed track no number that means it`,
  sample: count => `${count} of the sampler: kept by name; they are loaded into no deck as a rule`,
  'not analysed': count => `${count} not analysed in rekordbox: kept by name, without phrases, grid and cues`,
};

/** One line for each kind that there is. */
export function rowKindLines(source: string, rows: readonly LibraryRow[]): readonly string[] {
  const counts = new Map<RowKind, number>();
  for (const row of rows) {
    const kind = rowKindOf(row);
    if (kind !== null) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${source}: of its tracks ${WORDS[kind](count)}`);
}
