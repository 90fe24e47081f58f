/** What YAML itself has against a file, said to somebody who knows profiles and not YAML. */
import type { YAMLError } from 'yaml';

/** One thing wrong in a file; offsets count characters from its start. `note`: a second line, or null. */
export interface YamlError {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly note: string | null;
}

/** A fault of the YAML itself. */
export interface YamlFault extends YamlError {
  /** Put in the place of each of its characters, this makes the file readable around it; null: nothing does. */
  readonly mask: 'x' | ' ' | null;
}

/** Nobody reads on after so many. */
export const MOST_FAULTS = 100;

/**
 * One fault for each line that YAML complains of, in the order of the file.
 *
 * @param own  faults that were found in other ways; the result holds them too
 */
export function yamlFaults(
  source: string,
  errors: readonly YAMLError[],
  own: readonly YamlFault[],
): readonly YamlFault[] {
  const faults = [...own];
  const lines = new Set(own.map(({ start }) => lineStart(source, start)));
  const sorted = [...errors].sort((a, b) => a.pos[0] - b.pos[0]);
  const starts = (code: YAMLError['code']): ReadonlySet<number> =>
    new Set(sorted.filter(error => error.code === code).map(({ pos }) => pos[0]));
  // A key that stands below a value is reported twice, as a key of two lines and as a map in a line.
  const ofTwoLines = starts('MULTILINE_IMPLICIT_KEY');
  const inALine = starts('BLOCK_AS_IMPLICIT_KEY');
  // An open quote or bracket swallows what follows.
  const readUpTo = Math.min(...own.filter(({ mask }) => mask === null).map(({ start }) => start), source.length);
  let isBroken = readUpTo < source.length;
  for (const error of sorted) {
    const at = error.pos[0];
    if (at > readUpTo || faults.length >= MOST_FAULTS) break;
    if (error.code === 'MULTILINE_IMPLICIT_KEY' && inALine.has(at)) continue;
    // Where one of our own stands, YAML's words are not needed; of a file that is broken above, they are an echo.
    if (lines.has(lineStart(source, at))) continue;
    if (isBroken && error.message.includes('in YAML stream')) continue;
    const told = explain(source, error, ofTwoLines.has(at));
    isBroken ||= told.mask === null;
    if (lines.has(lineStart(source, told.start))) continue;
    lines.add(lineStart(source, at));
    lines.add(lineStart(source, told.start));
    faults.push({ ...told, note: null });
  }
  return faults.sort((a, b) => a.start - b.start);
}

/**
 * What is wrong where a bracket is never closed since what was to close it stands in a comment: `{ title: #1 Crush }`.
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
  const shown = word(comment.source);
  // The value may begin before its #: `{ title: Live #1 }`.
  const begins = Math.max(...['[', '{', ',', ': '].map(sign => source.lastIndexOf(sign, start - 1) + sign.length));
  const before = source.slice(begins, start).trimStart();
  const message = `from # on it is a comment; if it is text, put it in quotes: ${quoted(before + shown)}`;
  return { start, end: start + shown.length, message, note: null, mask: 'x' };
}

type Told = Omit<YamlFault, 'note'>;

const lineStart = (source: string, at: number): number => source.lastIndexOf('\n', at - 1) + 1;

/** From here to the end of the line, without a comment and the blanks before it. */
export function restOfLine(source: string, at: number): string {
  const end = source.indexOf('\n', at);
  const line = source.slice(at, end < 0 ? source.length : end);
  return line.replace(/[ \t]#.*$/, '').trimEnd();
}

/** As it should have been written; a long text is cut. */
export function quoted(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return shown.includes('"') || shown.includes('\\') ? `'${shown.replaceAll("'", "''")}'` : `"${shown}"`;
}

function explain(source: string, { code, pos, message }: YAMLError, isBroken: boolean): Told {
  const at = Math.min(pos[0], Math.max(0, source.length - 1));
  const rest = restOfLine(source, at);
  const tell = (said: string, length: number, mask: Told['mask'] = null): Told => ({
    start: at,
    end: at + Math.max(1, length),
    message: said,
    mask,
  });
  const place: FaultPlace = { source, at, rest, tell };
  const hole = holeInFlow(source, at);
  if (hole !== null && (code === 'UNEXPECTED_TOKEN' || code === 'MISSING_CHAR' || code === 'BLOCK_IN_FLOW')) {
    return {
      start: hole.start,
      end: hole.start + hole.text.length,
      message: `inside { } and [ ] the brace of \${…} opens a map; put it in quotes: ${quoted(hole.text)}`,
      mask: 'x',
    };
  }

  switch (code) {
    case 'BLOCK_AS_IMPLICIT_KEY':
      if (isBroken || !rest.includes(':')) return belowValue(source, at);
      return tell(`${aMap(rest)}; put it in quotes: ${quoted(rest)}`, rest.length, 'x');
    case 'BLOCK_IN_FLOW': {
      const part = /^[^,\]}]*/.exec(rest)?.[0].trimEnd() ?? rest;
      const missing = / \? /.test(part) ? '' : ', or a comma is missing';
      return tell(`${aMap(part)}; put it in quotes: ${quoted(part)}${missing}`, part.length, 'x');
    }
    case 'TAB_AS_INDENT':
      return tell('a tab indents this line; YAML wants spaces', 1);
    case 'BAD_SCALAR_START':
      return tell(
        `a text cannot begin with ${rest.slice(0, 1)}; put it in quotes: ${quoted(word(rest))}`,
        word(rest).length,
        'x',
      );
    case 'BAD_DIRECTIVE':
      return tell('a line cannot begin with %; put the text in quotes', rest.length);
    case 'BAD_DQ_ESCAPE':
      return tell('in double quotes \\ begins a code; write \\\\, or put the text in single quotes', 2, 'x');
    case 'BAD_INDENT':
      return indent(source, at, message);
    case 'MULTILINE_IMPLICIT_KEY':
      return belowKeyless(source, at, rest);
    case 'MISSING_CHAR':
      return missingSign(place, message);
    case 'UNEXPECTED_TOKEN':
      return unexpected(place, message);
    case 'IMPOSSIBLE':
      if (!/^[{[]/.test(rest)) return tell('YAML cannot make sense of this', rest.length);
      return tell('a list or a map cannot be a key; if it is text, put it in quotes', rest.length);
    default:
      return tell(`YAML cannot read this: ${message.split('\n', 1)[0]?.toLowerCase() ?? code}`, 1);
  }
}

const aMap = (text: string): string =>
  / \? /.test(text) ? '": " makes a map of this expression' : '": " makes a map of this text';

/** From a sign that cannot begin a text to where the text ends, were it in quotes. */
const word = (rest: string): string => rest.slice(0, 1) + (/^[^,\]}]*/.exec(rest.slice(1))?.[0].trimEnd() ?? '');

type Tell = (said: string, length: number, mask?: Told['mask']) => Told;

/** A place at which YAML stumbled, and what is said of it. */
interface FaultPlace {
  readonly source: string;
  readonly at: number;
  /** From there to the end of the line. */
  readonly rest: string;
  readonly tell: Tell;
}

/** `${…}` without quotes, if the place is in one that stands inside brackets. */
function holeInFlow(source: string, at: number): { readonly start: number; readonly text: string } | null {
  const start = lineStart(source, at);
  const end = source.indexOf('\n', at);
  const line = source.slice(start, end < 0 ? source.length : end);
  if (line.length > 1000) return null; // nobody wrote this by hand, and the pattern is slow on it
  for (const match of line.matchAll(/[^\s,[\]{}"']*\$\{[^}"'\n]*\}?[^\s,[\]{}"']*/g)) {
    const from = start + match.index;
    const before = line.slice(0, match.index);
    if (at >= from && at <= from + match[0].length && /[[{]/.test(before)) return { start: from, text: match[0] };
  }
  return null;
}

/** `a: b` and, on the next line and further in, `c: d`. */
function belowValue(source: string, at: number): Told {
  const next = source.indexOf('\n', at) + 1;
  const from = next + (/^[ \t\r]*/.exec(source.slice(next))?.[0].length ?? 0);
  const line = restOfLine(source, from);
  return {
    start: from,
    end: from + Math.max(1, line.length),
    message: 'this line is indented below a value; line it up with the keys above',
    mask: null,
  };
}

function belowKeyless(source: string, at: number, rest: string): Told {
  const told = (message: string, start: number, length: number): Told => ({
    start,
    end: start + Math.max(1, length),
    message,
    mask: null,
  });
  const glued = /^([\w-]+):\S/.exec(rest);
  if (glued !== null) return told(`a space is missing after "${glued[1]}:"`, at, rest.length);
  if (rest.startsWith('-')) return told('a list item cannot stand among keys; check the indentation', at, rest.length);
  const [line = ''] = source.slice(at).split('\n', 1);
  return told(`":" is missing after "${line.trim().slice(0, 40)}"`, at, rest.length);
}

function indent(source: string, at: number, message: string): Told {
  const isFlow = message.includes('Flow');
  const from = isFlow
    ? at
    : lineStart(source, at) + (/^[ \t]*/.exec(source.slice(lineStart(source, at)))?.[0].length ?? 0);
  const line = restOfLine(source, from);
  return {
    start: from,
    end: from + Math.max(1, isFlow ? 1 : line.length),
    message: isFlow
      ? 'lines inside { } and [ ], and the closing bracket, must be indented further than their key'
      : 'this line does not line up with the others of its map or list; check the indentation',
    mask: null,
  };
}

function missingSign({ source, at, rest, tell }: FaultPlace, message: string): Told {
  if (message.includes('must end with')) return tell('a bracket is never closed', 1);
  if (message.includes('flow')) return tell('a comma is missing between these', 1);
  const glued = /^([\w-]+):\S/.exec(rest);
  if (glued !== null) return tell(`a space is missing after "${glued[1]}:"`, rest.length);
  if (message.includes('Implicit map keys')) {
    return tell(
      `":" is missing after "${rest.slice(0, 40) || source.slice(lineStart(source, at), at).trim()}"`,
      rest.length,
    );
  }
  return tell('something is missing here: a quote, a bracket or a line break', 1);
}

function unexpected({ source, at, rest, tell }: FaultPlace, message: string): Told {
  const [sign = ''] = rest;
  const before = source.slice(lineStart(source, at), at);
  if (/Not a YAML token/.test(message)) {
    const bar = before.search(/[|>][^|>]*$/);
    const start = bar < 0 ? at : lineStart(source, at) + bar;
    const text = restOfLine(source, start);
    return {
      start,
      end: start + Math.max(1, text.length),
      message: `${text.slice(0, 1)} begins a block of lines; if this is text, put it in quotes: ${quoted(text)}`,
      mask: null,
    };
  }
  if (/"[^"]*"\s*$/.test(before))
    return tell('text follows a closing quote; put all of it in one pair of quotes', rest.length);
  if (/'[^']*'\s*$/.test(before)) {
    return tell(
      "text follows a closing quote; inside single quotes write '' for one ', or use double quotes",
      rest.length,
    );
  }
  if (sign === '-') return tell('a list begins on a line of its own, below its key', rest.length);
  if (sign === ']' || sign === '}') return tell(`this ${sign} closes nothing; if it is text, put it in quotes`, 1);
  if (before.trim() === '')
    return tell('this line does not line up with the lines above; check the indentation', rest.length);
  return tell('this cannot follow here; check brackets and quotes, or put the text in quotes', rest.length);
}
