/** Problems of a profile, said so that one can put the cursor there: file, line, column, the line itself, and what to do. */
import type { YamlError } from './yaml/yaml-fault.ts';

export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** Both 1-based; columns count UTF-16 units, as editors do. */
  readonly line: number;
  readonly column: number;
  /** Characters that are meant, on this line. */
  readonly length: number;
  /** Without control characters, as the note is. */
  readonly message: string;
  /** A second line: `known here: …`; or null. */
  readonly note: string | null;
  /** The line as written. */
  readonly sourceLine: string;
}

const UNSEEN = /[\p{Cc}\u2028\u2029]/gu;

/** Where lines begin, to find the line of an offset. */
export interface Lines {
  readonly source: string;
  readonly starts: readonly number[];
}

export function linesOf(source: string): Lines {
  const starts = [0];
  for (let i = source.indexOf('\n'); i >= 0; i = source.indexOf('\n', i + 1)) starts.push(i + 1);
  return { source, starts };
}

/** The line of an offset, 1-based. */
export function lineOf({ starts }: Lines, offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

export function toProblem(fault: YamlError, severity: Problem['severity'], file: string, lines: Lines): Problem {
  const offset = Math.min(Math.max(0, fault.start), lines.source.length);
  const line = lineOf(lines, offset);
  const start = lines.starts[line - 1] ?? 0;
  const end = (lines.starts[line] ?? lines.source.length + 1) - 1;
  const sourceLine = lines.source.slice(start, end).replace(/\r$/, '');
  const column = offset - start + 1;
  const length = Math.max(1, Math.min(fault.end - offset, sourceLine.length - (column - 1)));
  return {
    severity,
    file,
    line,
    column,
    length,
    message: escaped(fault.message),
    note: fault.note === null ? null : escaped(fault.note),
    sourceLine,
  };
}

/** What people would not see, or a terminal would obey, as the code of the sign: `\u0000`. */
const escaped = (text: string): string =>
  text.replaceAll(UNSEEN, sign => (sign === '\t' ? sign : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`));

/** Of a long line as much as fits beside the line number. */
const WIDEST = 140;
/** How much of it stands before the fault, when not all of it fits. */
const LEAD = 60;

/**
 * A problem for people:
 *
 * ```
 * profiles/club.yaml:12:9: error: unknown name "phrse" in expression; did you mean "phrase"?
 *    12 |     if: phrse.kind == chorus and deck.onAir
 *       |         ^^^^^
 *    known here: deck, track, phrase, master, deck1..deck4
 * ```
 */
export function problemText({ severity, file, line, column, length, message, note, sourceLine }: Problem): string {
  const from = sourceLine.length <= WIDEST ? 0 : Math.max(0, Math.min(column - 1 - LEAD, sourceLine.length - WIDEST));
  const shown = printable(sourceLine.slice(from, from + WIDEST));
  const before = shown.slice(0, column - 1 - from).replaceAll(/[^\t]/g, ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(length, WIDEST - before.length)));
  const number = String(line).padStart(5);
  return [
    `${file}:${line}:${column}: ${severity}: ${message}`,
    `${number} | ${shown}`,
    `${' '.repeat(number.length)} | ${before}${carets}`,
    ...(note === null ? [] : [`   ${note}`]),
  ].join('\n');
}

/** Nothing that a terminal would obey; each sign keeps its width. */
const printable = (text: string): string => text.replaceAll(UNSEEN, sign => (sign === '\t' ? sign : '\ufffd'));
