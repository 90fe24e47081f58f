/** Faults that the YAML parser finds, said to somebody who knows profiles and not YAML: one row for each of its codes. */
import type { ErrorCode, YAMLError } from 'yaml';
import { lineStart, outOfLine, quoted, restOfLine } from './source-lines.ts';
import { type Spoils, unreadable, type YamlFault } from './yaml-fault.ts';

/** A place at which the parser stumbled. */
interface Stumble {
  readonly source: string;
  readonly at: number;
  /** From there to the end of the line, without a comment. */
  readonly rest: string;
  /** From the beginning of the line to there. */
  readonly before: string;
}

type Say = (stumble: Stumble) => YamlFault;

/** Row of the table. Where one code has several faults, the parser's message tells them apart; the first row that fits counts. */
interface Row {
  readonly said?: RegExp;
  readonly say: Say;
}

/** Explains one error of the parser. */
export function explain(source: string, { code, pos, message }: YAMLError): YamlFault {
  const at = Math.min(pos[0], Math.max(0, source.length - 1));
  const before = source.slice(lineStart(source, at), at);
  const stumble: Stumble = { source, at, rest: restOfLine(source, at), before };
  const hole = MAY_BE_A_HOLE.has(code) ? holeInFlow(stumble) : null;
  if (hole !== null) return hole;
  const row = TABLE[code].find(({ said }) => said === undefined || said.test(message));
  return row === undefined ? unreadable(at, 1, 'YAML cannot read this', 'rest') : row.say(stumble);
}

/** Says one sentence of the rest of the line. */
const plainly =
  (message: string, spoils: Spoils = 'line', length: number | null = null): Say =>
  ({ at, rest }) =>
    unreadable(at, length ?? rest.length, message, spoils);

const lineUp: Say = ({ source, at }) => {
  const { start, message } = outOfLine(source, at);
  return unreadable(start, restOfLine(source, start).length, message, 'tree');
};

/** Signs that ownFaults in yaml-reader.ts names already, with the text that was meant. */
const FOREIGN: readonly Row[] = [
  { say: plainly('a profile has no anchors, aliases and tags of YAML; if this is text, put it in quotes') },
];
const SAID_ELSEWHERE: readonly Row[] = [{ say: plainly('YAML cannot read this', 'rest') }];

const TABLE: Readonly<Record<ErrorCode, readonly Row[]>> = {
  ALIAS_PROPS: FOREIGN,
  BAD_ALIAS: FOREIGN,
  BAD_PROP_ORDER: FOREIGN,
  MULTIPLE_ANCHORS: FOREIGN,
  MULTIPLE_TAGS: FOREIGN,
  TAG_RESOLVE_FAILED: FOREIGN,
  BAD_COLLECTION_TYPE: FOREIGN,
  // The reader looks for these by itself, in time proportional to the file.
  DUPLICATE_KEY: SAID_ELSEWHERE,
  MULTIPLE_DOCS: SAID_ELSEWHERE,
  NON_STRING_KEY: SAID_ELSEWHERE,
  RESOURCE_EXHAUSTION: SAID_ELSEWHERE,
  BAD_DIRECTIVE: [{ say: plainly('a line cannot begin with %; put the text in quotes') }],
  BAD_DQ_ESCAPE: [
    { say: plainly('in double quotes \\ begins a code; write \\\\, or put the text in single quotes', 'line', 2) },
  ],
  BAD_INDENT: [{ said: /Flow/, say: bracketTooEarly }, { say: lineUp }],
  BAD_SCALAR_START: [{ say: badStart }],
  BLOCK_AS_IMPLICIT_KEY: [{ said: /block sequence/, say: lineUp }, { say: mapOfText }],
  BLOCK_IN_FLOW: [{ say: mapInFlow }],
  IMPOSSIBLE: [{ say: listAsKey }],
  KEY_OVER_1024_CHARS: [{ say: plainly('this key has more than 1024 characters; was its ":" meant as text?', 'tree') }],
  MISSING_CHAR: [
    { said: /^Missing closing/, say: plainly('this quote is never closed', 'rest', 1) },
    { said: /must end with/, say: plainly('a bracket is never closed', 'rest', 1) },
    { said: /^Sequence item without/, say: lineUp },
    { said: /^Comments must be/, say: plainly('a space is missing before #; if it is text, put all of it in quotes') },
    { said: /flow/, say: plainly('a comma is missing between these', 'line', 1) },
    { said: /Implicit map keys/, say: withoutColon },
    { say: plainly('something is missing here: a quote, a bracket or a line break', 'rest', 1) },
  ],
  MULTILINE_IMPLICIT_KEY: [{ say: keyOfTwoLines }],
  TAB_AS_INDENT: [{ say: plainly('a tab indents this line; YAML wants spaces', 'tree', 1) }],
  UNEXPECTED_TOKEN: [
    { said: /^Not a YAML token/, say: blockOfLines },
    { said: /on same line with key/, say: plainly('a list begins on a line of its own, below its key') },
    { said: /flow-(?:map|seq)-end/, say: closesNothing },
    { say: cannotFollow },
  ],
};

const aMap = (text: string): string =>
  / \? /.test(text) ? '": " makes a map of this expression' : '": " makes a map of this text';

/** From a sign that cannot begin a text to where the text ends, were it in quotes. */
const word = (rest: string): string => rest.slice(0, 1) + (/^[^,\]}]*/.exec(rest.slice(1))?.[0].trimEnd() ?? '');

function badStart({ at, rest }: Stumble): YamlFault {
  const text = word(rest);
  const message = `a text cannot begin with ${rest.slice(0, 1)}; put it in quotes: ${quoted(text)}`;
  return unreadable(at, text.length, message, 'line');
}

/** A line inside brackets that stands no further in than the key; or a bracket that closes another sort. */
function bracketTooEarly({ at, rest, before }: Stumble): YamlFault {
  const sign = rest.slice(0, 1);
  const open = /[[{][^[\]{}]*$/.exec(before)?.[0].slice(0, 1);
  const isOther = open !== undefined && /[\]}]/.test(sign) && open !== (sign === '}' ? '{' : '[');
  const message = isOther
    ? `this ${sign} cannot close a ${open}; write ${open === '{' ? '}' : ']'}`
    : 'lines inside { } and [ ], and the closing bracket, must be indented further than their key';
  return unreadable(at, 1, message, 'rest');
}

function mapOfText({ at, rest, before }: Stumble): YamlFault {
  const [, key] = /^\s*([\w-]+)[ \t]+\{/.exec(before) ?? [];
  if (key !== undefined)
    return unreadable(at - before.trimStart().length, key.length, `":" is missing after "${key}"`, 'tree');
  return unreadable(at, rest.length, `${aMap(rest)}; put it in quotes: ${quoted(rest)}`, 'line');
}

function mapInFlow({ at, rest }: Stumble): YamlFault {
  const part = /^[^,\]}]*/.exec(rest)?.[0].trimEnd() ?? rest;
  const [, key] = /\s([a-z][a-z0-9-]*):\s/.exec(part) ?? [];
  if (key !== undefined && !/ \? /.test(part)) {
    const message = `a comma is missing before "${key}:"; if it is text, put it in quotes: ${quoted(part)}`;
    return unreadable(at, part.length, message, 'line');
  }
  const missing = / \? /.test(part) ? '' : ', or a comma is missing';
  return unreadable(at, part.length, `${aMap(part)}; put it in quotes: ${quoted(part)}${missing}`, 'line');
}

function listAsKey({ at, rest }: Stumble): YamlFault {
  const isKey = /^[{[]/.test(rest);
  const message = isKey
    ? 'a list or a map cannot be a key; if it is text, put it in quotes'
    : 'YAML cannot make sense of this';
  return unreadable(at, rest.length, message, isKey ? 'line' : 'rest');
}

/** `title` alone, `title Strobe`, `title:Strobe`. */
function withoutColon({ source, at, rest, before }: Stumble): YamlFault {
  const [line = ''] = source.slice(at).split('\n', 1);
  const glued = /^([\w-]+):\S/.exec(rest);
  if (glued !== null) return unreadable(at, rest.length, `a space is missing after "${glued[1]}:"`, 'line');
  const [key = ''] = (rest || before.trim() || line.trim()).split(/[ \t=]/, 1);
  const isWord = /^[a-z][\w-]*$/i.test(key);
  const after = isWord ? key : (rest || before.trim() || line.trim()).slice(0, 40);
  return unreadable(at, rest.length, `":" is missing after "${after}"`, 'line');
}

/** `a: b` and, on the next line and further in, `c: d`; or a key without its colon before such a line. */
function keyOfTwoLines(stumble: Stumble): YamlFault {
  const { source, at, rest, before } = stumble;
  if (!/:[ \t]+$/.test(before)) {
    return rest.startsWith('-') ? lineUp(stumble) : { ...withoutColon(stumble), spoils: 'tree' };
  }
  const next = source.indexOf('\n', at) + 1;
  const from = next + (/^[ \t\r]*/.exec(source.slice(next))?.[0].length ?? 0);
  const key = /([\w-]+)[ \t]*:[ \t]+$/.exec(before)?.[1] ?? '';
  const message = `this line is indented below a value; line it up with the keys above, as "${key}" is one`;
  return unreadable(from, restOfLine(source, from).length, message, 'tree');
}

function blockOfLines({ source, at, before }: Stumble): YamlFault {
  const bar = before.search(/[|>][^|>]*$/);
  const start = bar < 0 ? at : at - before.length + bar;
  const text = restOfLine(source, start);
  const message = `${text.slice(0, 1)} begins a block of lines; if this is text, put it in quotes: ${quoted(text)}`;
  return unreadable(start, text.length, message, 'line');
}

function closesNothing({ at, rest }: Stumble): YamlFault {
  return unreadable(at, 1, `this ${rest.slice(0, 1)} closes nothing; if it is text, put it in quotes`, 'rest');
}

/** Something after what was complete. */
function cannotFollow({ source, at, rest, before }: Stumble): YamlFault {
  const told = (message: string): YamlFault => unreadable(at, rest.length, message, 'line');
  if (/"[^"]*"\s*$/.test(before)) return told('text follows a closing quote; put all of it in one pair of quotes');
  if (/'[^']*'\s*$/.test(before)) {
    return told("text follows a closing quote; inside single quotes write '' for one ', or use double quotes");
  }
  if (before.trim() === '') return { ...told(outOfLine(source, at).message), spoils: 'tree' };
  if (/^[{[]/.test(rest) && /[\]}]\s*$/.test(before)) return told('a comma is missing before this');
  if (/^, *[{[]/.test(rest)) return told('several of these belong in a list; put [ ] around them');
  return told('this cannot follow here; check brackets and quotes, or put the text in quotes');
}

const MAY_BE_A_HOLE: ReadonlySet<ErrorCode> = new Set(['UNEXPECTED_TOKEN', 'MISSING_CHAR', 'BLOCK_IN_FLOW']);

/** `${…}` without quotes, if the place is in one that stands inside brackets. */
function holeInFlow({ source, at, before }: Stumble): YamlFault | null {
  const start = at - before.length;
  const end = source.indexOf('\n', at);
  const line = source.slice(start, end < 0 ? source.length : end);
  if (line.length > 1000) return null; // nobody wrote this by hand, and the pattern is slow on it
  for (const match of line.matchAll(/[^\s,[\]{}"']*\$\{[^}"'\n]*\}?[^\s,[\]{}"']*/g)) {
    const from = start + match.index;
    if (at < from || at > from + match[0].length || !/[[{]/.test(line.slice(0, match.index))) continue;
    const message = `inside { } and [ ] the brace of \${…} opens a map; put it in quotes: ${quoted(match[0])}`;
    return unreadable(from, match[0].length, message, 'line');
  }
  return null;
}
