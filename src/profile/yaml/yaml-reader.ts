/** YAML text as a tree of `Text`, lists and maps, with the place of everything; faults of the YAML itself included. */
import { Composer, CST, isAlias, isMap, isScalar, isSeq, Lexer, Parser, type Scalar, type YAMLMap } from 'yaml';
import { quote } from '../../text/quote.ts';
import { type Style, Text } from './source-text.ts';
import {
  closedInComment,
  MOST_FAULTS,
  quoted,
  restOfLine,
  type YamlError,
  type YamlFault,
  yamlFaults,
} from './yaml-errors.ts';

/** `data` is what a schema checks. Offsets count characters from the start of the source. */
export type Node = TextNode | ListNode | MapNode;

interface Placed {
  readonly start: number;
  readonly end: number;
}

export interface TextNode extends Placed {
  readonly kind: 'text';
  readonly data: Text;
}

export interface ListNode extends Placed {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly data: readonly unknown[];
}

export interface MapNode extends Placed {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
  /** Without prototype, so that no key is special. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A key of a map, with where it stands, and what belongs to it. */
export interface Entry extends Placed {
  readonly node: Node;
}

export interface YamlTree {
  /** null: nothing can be made of it. */
  readonly root: Node | null;
  readonly faults: readonly YamlError[];
}

/** What no profile needs, and what would take long to answer. */
const MOST_CHARACTERS = 1024 * 1024;
const DEEPEST = 64;
const MOST_NODES = 100_000;
const MOST_LINES = 100_000;

/** How often a file is read again with its small faults covered: each time others may come to light. */
const MOST_READINGS = 6;

/** Reads one YAML document; never throws. Nothing is taken for a number or a date, and no part stands for another. */
export function readYaml(source: string): YamlTree {
  const said: YamlError[] = [];
  let text = source;
  for (let reading = 1; ; reading++) {
    const tokens = readTokens(text);
    if (!Array.isArray(tokens)) return { root: null, faults: [...said, tokens] };
    // uniqueKeys compares each key with each; mapNode below looks them up.
    const composer = new Composer({ version: '1.2', schema: 'failsafe', keepSourceTokens: true, uniqueKeys: false });
    const documents = [...composer.compose(tokens, true, text.length)];
    const errors = documents.flatMap(document => [...document.errors, ...document.warnings]);
    const faults = yamlFaults(text, errors, ownFaults(text, tokens));
    // A small fault is covered by as many letters, so that everything else is read as meant and keeps its place.
    const small = faults.filter(({ mask }) => mask !== null);
    if (small.length > 0 && reading < MOST_READINGS && said.length < MOST_FAULTS) {
      said.push(...small);
      text = covered(text, small);
      continue;
    }
    said.push(...faults);
    const second = tokens.filter(token => token.type === 'document')[1];
    if (second !== undefined) said.push(secondDocument(text, second.offset));
    const contents = documents[0]?.contents ?? null;
    if (faults.length > 0) return { root: null, faults: withNote(said, faults[0]) };
    const walk: Walk = { source: text, faults: [] };
    const root = contents === null ? null : toNode(contents, 0, walk);
    const lines = new Set(said.map(({ start }) => lineOf(text, start)));
    return { root, faults: [...said, ...walk.faults.filter(({ start }) => !lines.has(lineOf(text, start)))] };
  }
}

function covered(text: string, faults: readonly YamlFault[]): string {
  let result = '';
  for (const { start, end, mask } of faults) {
    if (start < result.length) continue;
    result += text.slice(result.length, start) + (mask ?? ' ').repeat(end - start);
  }
  return result + text.slice(result.length);
}

const withNote = (faults: readonly YamlError[], broken: YamlError | undefined): readonly YamlError[] =>
  faults.map(fault =>
    fault === broken ? { ...fault, note: 'the rest of the profile is checked once this can be read' } : fault,
  );

/** The tokens of YAML, read no further than a profile goes: a fault as soon as a limit is passed. */
function readTokens(source: string): CST.Token[] | YamlError {
  const beyond = (message: string, at: number): YamlError => ({ start: at, end: at + 1, message, note: null });
  if (source.length > MOST_CHARACTERS)
    return beyond('this file is larger than 1 MiB; a profile has a few hundred lines', 0);
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let nodes = 0;
  let lines = 0;
  for (const lexeme of new Lexer().lex(source)) {
    const at = parser.offset;
    for (const token of parser.next(lexeme)) tokens.push(token);
    // The document and a scalar stand on the stack beside the lists and maps.
    if (parser.stack.length > DEEPEST + 2) return beyond(`more than ${DEEPEST} lists and maps inside each other`, at);
    const type = CST.tokenType(lexeme) ?? '';
    if (type === 'newline' && ++lines > MOST_LINES) {
      return beyond(`more than ${MOST_LINES} lines; a profile has a few hundred`, at);
    }
    if (NODE_LEXEMES.has(type) && ++nodes > MOST_NODES) {
      return beyond(`more than ${MOST_NODES} values; a profile has a few hundred`, at);
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

/** Lexemes with each of which another node may begin. */
const NODE_LEXEMES: ReadonlySet<string> = new Set([
  'scalar',
  'single-quoted-scalar',
  'double-quoted-scalar',
  'block-scalar-header',
  'alias',
  'anchor',
  'tag',
  'flow-map-start',
  'flow-map-end',
  'flow-seq-start',
  'flow-seq-end',
  'seq-item-ind',
  'map-value-ind',
  'explicit-key-ind',
  'comma',
  'doc-start',
  'doc-end',
  'directive-line',
]);

/** What YAML has and profiles do not: names for parts, and types. Without them no file unfolds into a larger one. */
const FOREIGN: Readonly<Record<string, { readonly what: string; readonly mask: 'x' | ' ' }>> = {
  anchor: { what: 'an anchor', mask: ' ' },
  alias: { what: 'an alias', mask: 'x' },
  tag: { what: 'a tag', mask: ' ' },
};

/** Anchors, aliases and tags, and quotes and brackets that are never closed. */
function ownFaults(source: string, tokens: readonly CST.Token[]): readonly YamlFault[] {
  const faults: YamlFault[] = [];
  const add = (start: number, length: number, message: string, mask: YamlFault['mask']): void => {
    faults.push({ start, end: start + Math.max(1, length), message, note: null, mask });
  };
  const open: CST.SourceToken[] = [];
  const comments: CST.SourceToken[] = [];
  const lookAt = (token: CST.Token | CST.SourceToken): void => {
    const { type, offset } = token;
    const foreign = Object.hasOwn(FOREIGN, type) ? FOREIGN[type] : undefined;
    if (foreign !== undefined && 'source' in token) {
      const text = restOfLine(source, offset);
      const [sign = ''] = text;
      add(
        offset,
        token.source.length,
        `${sign} begins ${foreign.what} of YAML, which a profile does not have; if it is text, put it in quotes: ${quoted(text)}`,
        foreign.mask,
      );
    }
    if (type === 'double-quoted-scalar' || type === 'single-quoted-scalar') {
      const isClosed = token.source.length > 1 && token.source.endsWith(token.source.slice(0, 1));
      if (!isClosed) add(offset, 1, 'this quote is never closed', null);
    }
    if (type === 'flow-collection') {
      const isClosed = token.end.some(end => end.type === 'flow-map-end' || end.type === 'flow-seq-end');
      if (!isClosed) open.push(token.start);
    }
    if (type === 'comment') comments.push(token);
  };
  // A list of what is still to be seen rather than a recursion, and no spreading: a file may hold a million line breaks.
  const waiting: unknown[] = [tokens];
  while (waiting.length > 0 && faults.length < MOST_FAULTS) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    if ('type' in value && 'offset' in value) lookAt(value as CST.Token);
    const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    for (let i = inner.length - 1; i >= 0; i--) if (typeof inner[i] === 'object') waiting.push(inner[i]);
  }
  for (const { offset, source: sign } of open) {
    const fault = closedInComment(source, offset, comments);
    if (fault === null) add(offset, 1, `this ${sign} is never closed`, null);
    else if (!faults.some(({ start }) => start === fault.start)) faults.push(fault);
  }
  return faults;
}

function secondDocument(source: string, offset: number): YamlError {
  // The token begins at `---` or, after `...`, at what follows.
  const start = offset + (/^\s*/.exec(source.slice(offset))?.[0].length ?? 0);
  const length = restOfLine(source, start).length;
  const message = 'a second document begins here; a profile is one, so take out the line --- or ... between them';
  return { start, end: start + Math.max(1, length), message, note: null };
}

interface Walk {
  readonly source: string;
  readonly faults: YamlError[];
}

/** `at`: where an empty value would stand. */
function toNode(node: unknown, at: number, walk: Walk): Node {
  if (isMap(node)) return mapNode(node, walk);
  if (isSeq(node)) {
    const [start, end] = node.range ?? [at, at];
    const items = node.items.map(item => toNode(item, start, walk));
    return { kind: 'list', start, end, items, data: items.map(item => item.data) };
  }
  if (isScalar(node)) return textNode(node, walk.source);
  const [start, end] = isAlias(node) && node.range ? node.range : [at, at];
  const raw = walk.source.slice(start, end);
  return { kind: 'text', start, end, data: new Text(raw, 'plain', start, raw) };
}

const STYLES: Readonly<Record<string, Style>> = {
  'single-quoted-scalar': 'single',
  'double-quoted-scalar': 'double',
  'block-scalar': 'block',
};

function textNode(scalar: Scalar, source: string): TextNode {
  const [start, end] = scalar.range ?? [0, 0];
  const raw = source.slice(start, end);
  const style = STYLES[scalar.srcToken?.type ?? ''] ?? 'plain';
  // The failsafe schema makes a text of everything; YAML's null of an empty value is the one exception.
  const value = typeof scalar.value === 'string' ? scalar.value : '';
  return { kind: 'text', start, end, data: new Text(value, style, start, raw) };
}

function mapNode(map: YAMLMap, walk: Walk): MapNode {
  const [start, end] = map.range ?? [0, 0];
  const entries = new Map<string, Entry>();
  const data: Record<string, unknown> = Object.create(null);
  for (const pair of map.items) {
    if (walk.faults.length >= MOST_FAULTS) break;
    const key = toNode(pair.key, start, walk);
    const complain = (message: string): void => {
      walk.faults.push({ start: key.start, end: Math.max(key.end, key.start + 1), message, note: null });
    };
    if (key.kind !== 'text') {
      complain('a list or a map cannot be a key; if it is text, put it in quotes');
      continue;
    }
    const name = key.data.source;
    const earlier = entries.get(name);
    if (name === '') complain('a key is missing before ":"');
    else if (name === '<<' && !key.data.isQuoted) complain('a profile has no merge keys; write the keys out');
    else if (name === '__proto__') complain('__proto__ is no name');
    else if (earlier !== undefined) {
      complain(`key ${quote(name)} stands here twice; the first is in line ${lineOf(walk.source, earlier.start)}`);
    } else {
      const node = toNode(pair.value, key.end, walk);
      entries.set(name, { start: key.start, end: key.end, node });
      data[name] = node.data;
    }
  }
  return { kind: 'map', start, end, entries, data };
}

/** 1-based. Called for messages only: it counts from the start of the file. */
function lineOf(source: string, at: number): number {
  let line = 1;
  for (let i = source.indexOf('\n'); i >= 0 && i < at; i = source.indexOf('\n', i + 1)) line++;
  return line;
}
