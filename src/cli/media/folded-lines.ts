/** Lines that say one thing of many files, as one line. Pure. */

/** As many of a kind are shown one by one. */
const MOST_ALIKE = 4;

/**
 * The lines in their order; of more than four that differ in paths, names and numbers alone the first two, and then how many
 * more there are. A folder that was not copied costs three lines, however many tracks it had.
 */
export function foldedLines(lines: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  const kinds = lines.map(kindOf);
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const seen = new Map<string, number>();
  return lines.flatMap((line, i) => {
    const kind = kinds[i] ?? '';
    const count = counts.get(kind) ?? 0;
    const place = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, place);
    if (count <= MOST_ALIKE || place < SHOWN) return [line];
    return place === SHOWN ? [line, `and ${count - SHOWN} more files of which the same is to say`] : [];
  });
}

const SHOWN = 2;

/** What a line says but for the file that it says it of: without its path, what is quoted, and numbers. */
const kindOf = (line: string): string =>
  line
    .replace(/^[^:]*: /, '')
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/\d+(?:\.\d+)?/g, '0');
