/** Where a part of a text stands, found by searching the text: the loader's own counting has no part in it. */
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { loadProfile } from '../../src/profile/load.ts';
import type { Problem } from '../../src/profile/problem-text.ts';
import { FAKES } from './fake-bridges.ts';

/** `line:column` of the only place where a line holds `inLine`, and in it `part`. */
export function placeOf(source: string, inLine: string, part: string): string {
  const lines = source.split('\n');
  const found = lines.flatMap((line, i) => (line.includes(inLine) ? [i] : []));
  if (found.length !== 1) throw new Error(`${found.length} lines hold ${inLine}`);
  const [i = 0] = found;
  const column = (lines[i] ?? '').indexOf(part, (lines[i] ?? '').indexOf(inLine));
  if (column < 0) throw new Error(`${part} is not in the line of ${inLine}`);
  return `${i + 1}:${column + 1}`;
}

export function problemsOf(source: string): readonly Problem[] {
  const loaded = loadProfile(source, 'show.yaml', FAKES, NO_LIBRARY);
  return loaded.ok ? [] : loaded.problems;
}

export const where = ({ line, column }: Problem): string => `${line}:${column}`;

/** What a problem underlines. */
export const underlined = ({ sourceLine, column, length }: Problem): string =>
  sourceLine.slice(column - 1, column - 1 + length);

/** A profile around a part of it. */
export const around = (part: string): string => `decklight: 1
bridges:
  decks: { type: listener }
  console: { type: desk, host: 10.0.0.20, port: 8000 }
${part}`;
