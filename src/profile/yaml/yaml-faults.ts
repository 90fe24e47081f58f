/** Faults of the YAML itself: those that are worth a line, and what can still be made of the file. */
import type { YAMLError } from 'yaml';
import { explain } from './fault-table.ts';
import { oddSpace } from './lookalikes.ts';
import { lineStart, quoted } from './source-lines.ts';
import { unreadable, type YamlFault } from './yaml-fault.ts';

/** Nobody reads on after so many. */
export const MOST_FAULTS = 100;

/** Each may be looked for through the whole file. */
const MOST_EXPLAINED = 300;

export interface FoundFaults {
  /** In the order of the file, at most one for each line. */
  readonly faults: readonly YamlFault[];
  /** Everything is where it was meant to be, faulty lines aside. */
  readonly isWhole: boolean;
}

/** Faults that were found without the parser. */
export interface OwnFaults {
  readonly faults: readonly YamlFault[];
  /** A bracket is never closed: the parser says so again, where it gives up. */
  readonly hasOpenBracket: boolean;
}

/** Gives one fault for each line that the parser complains of, together with those found in other ways. */
export function yamlFaults(source: string, errors: readonly YAMLError[], own: OwnFaults): FoundFaults {
  const faults = [...own.faults];
  const lines = new Set(faults.map(({ start }) => lineStart(source, start)));
  const sorted = [...errors].sort((a, b) => a.pos[0] - b.pos[0]);
  // A key that stands below a value is reported twice, as a key of two lines and as a map in a line.
  const ofTwoLines = new Set(sorted.filter(({ code }) => code === 'MULTILINE_IMPLICIT_KEY').map(({ pos }) => pos[0]));
  /** Text behind this place is not read, and a fault in it is an echo. */
  let readUpTo = Math.min(...faults.filter(({ spoils }) => spoils === 'rest').map(({ start }) => start), source.length);
  let explained = 0;
  let isWhole = faults.every(({ spoils }) => spoils === 'line');
  for (const error of sorted) {
    const at = error.pos[0];
    if (at > readUpTo) break;
    if (faults.length >= MOST_FAULTS || ++explained > MOST_EXPLAINED) {
      isWhole = false;
      break;
    }
    if (own.hasOpenBracket && isAboutBracket(error)) continue;
    if (error.code === 'BLOCK_AS_IMPLICIT_KEY' && ofTwoLines.has(at)) continue;
    if (error.message.includes('in YAML stream')) {
      isWhole = false;
      readUpTo = at;
    }
    // Where one of our own faults stands, the parser's words are not needed.
    if (lines.has(lineStart(source, at))) continue;
    const told = withOddSpace(explain(source, error), at, source);
    isWhole &&= told.spoils === 'line';
    lines.add(lineStart(source, at));
    if (lines.has(lineStart(source, told.start)) && lineStart(source, told.start) !== lineStart(source, at)) continue;
    lines.add(lineStart(source, told.start));
    if (told.spoils === 'rest') readUpTo = Math.min(readUpTo, told.start);
    if (told.spoils !== 'tree' || !isEcho(told, faults, source)) faults.push(told);
  }
  return { faults: faults.sort((a, b) => a.start - b.start), isWhole };
}

const isAboutBracket = ({ code, message }: YAMLError): boolean =>
  (code === 'BAD_INDENT' && message.includes('Flow')) || (code === 'MISSING_CHAR' && message.includes('must end with'));

/** Of lines out of line in one section of a profile the first is told: the others may be right once that is mended. */
function isEcho({ start, message }: YamlFault, faults: readonly YamlFault[], source: string): boolean {
  if (message.includes('a tab ')) return false;
  return faults.some(
    fault =>
      fault.spoils === 'tree' && fault.start < start && !/\n[^ \t\r\n#\u00a0]/.test(source.slice(fault.start, start)),
  );
}

/** A space that is none explains what the parser found on its line. */
function withOddSpace(told: YamlFault, at: number, source: string): YamlFault {
  for (const from of new Set([lineStart(source, told.start), lineStart(source, at)])) {
    const [line = ''] = source.slice(from).split('\n', 1);
    const bare = line.replaceAll(/"[^"]*"|'[^']*'|(?:^|\s)#.*$/g, text => 'x'.repeat(text.length));
    const odd = oddSpace(bare);
    if (odd !== null) return { ...unreadable(from + odd.offset, 1, odd.message, told.spoils) };
  }
  return told;
}

/**
 * Explains a bracket that is never closed since what was to close it stands in a comment: `{ title: #1 Crush }`.
 *
 * @param open     where the bracket stands
 * @param comments of the whole file
 * @returns null: no such comment stands on its line
 */
export function closedInComment(
  source: string,
  open: number,
  comments: readonly { readonly offset: number; readonly source: string }[],
): YamlFault | null {
  const lineEnd = source.indexOf('\n', open);
  const isOnLine = (at: number): boolean => at > open && (lineEnd < 0 || at < lineEnd);
  const comment = comments.find(({ offset }) => isOnLine(offset));
  if (comment === undefined || !/[\]}]/.test(comment.source)) return null;
  const { offset: start } = comment;
  const shown = comment.source.slice(0, 1) + (/^[^,\]}]*/.exec(comment.source.slice(1))?.[0].trimEnd() ?? '');
  // The value may begin before its #: `{ title: Live #1 }`.
  const begins = Math.max(...['[', '{', ',', ': '].map(sign => source.lastIndexOf(sign, start - 1) + sign.length));
  const before = source.slice(begins, start).trimStart();
  const message = `from # on it is a comment; if it is text, put it in quotes: ${quoted(before + shown)}`;
  return unreadable(start, shown.length, message, 'line');
}
