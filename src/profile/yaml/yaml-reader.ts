/** YAML text as a tree of `Text`, lists and maps, with the place of everything; faults of the YAML itself included. */
import { Composer, CST, isAlias, isMap, isScalar, isSeq, Lexer, Parser, type Scalar, type YAMLMap } from 'yaml';
import { quote } from '../../text/quote.ts';
import { oddSpace } from './lookalikes.ts';
import { lineNumber, lineStart, quoted, restOfLine } from './source-lines.ts';
import { type Style, Text } from './source-text.ts';
import { unreadable, type YamlError, type YamlFault } from './yaml-fault.ts';
import { closedInComment, MOST_FAULTS, type OwnFaults, yamlFaults } from './yaml-faults.ts';

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

/** Reads one YAML document; never throws. Nothing is taken for a number or a date, and no part stands for another. */
export function readYaml(source: string): YamlTree {
  const tokens = readTokens(source);
  if (!Array.isArray(tokens)) return { root: null, faults: [tokens] };
  // uniqueKeys compares each key with each; mapNode below looks them up.
  const composer = new Composer({ version: '1.2', schema: 'failsafe', keepSourceTokens: true, uniqueKeys: false });
  const documents = [...composer.compose(tokens, true, source.length)];
  const errors = documents.flatMap(document => [...document.errors, ...document.warnings]);
  const { faults, isWhole } = yamlFaults(source, errors, ownFaults(source, tokens));
  const second = tokens.filter(token => token.type === 'document')[1];
  const said: readonly YamlError[] = second === undefined ? faults : [...faults, secondDocument(source, second.offset)];
  if (!isWhole) {
    const broken = faults.find(({ spoils }) => spoils !== 'line') ?? faults.at(-1);
    const note = 'the rest of the profile is checked once this can be read';
    return { root: null, faults: said.map(fault => (fault === broken ? { ...fault, note } : fault)) };
  }
  const contents = documents[0]?.contents ?? null;
  const walk: Walk = { source, faults: [] };
  const root = contents === null ? null : toNode(contents, 0, walk);
  const lines = new Set(said.map(({ start }) => lineStart(source, start)));
  return { root, faults: [...said, ...walk.faults.filter(({ start }) => !lines.has(lineStart(source, start)))] };
}

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
const FOREIGN: Readonly<Record<string, string>> = { anchor: 'an anchor', alias: 'an alias', tag: 'a tag' };

type Seen = CST.Token | CST.SourceToken;

/** Anchors, aliases and tags, texts in spaces that are none, and quotes and brackets that are never closed. */
function ownFaults(source: string, tokens: readonly CST.Token[]): OwnFaults {
  const faults: YamlFault[] = [];
  const open: CST.SourceToken[] = [];
  const comments: CST.SourceToken[] = [];
  const lookAt = (token: Seen): void => {
    const fault = foreignFault(source, token) ?? scalarFault(source, token);
    if (fault !== null) faults.push(fault);
    if (token.type === 'flow-collection') {
      const isClosed = token.end.some(end => end.type === 'flow-map-end' || end.type === 'flow-seq-end');
      if (!isClosed) open.push(token.start);
    }
    if (token.type === 'comment') comments.push(token);
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
  // What stands behind a quote that is open is a text, closing brackets too.
  const isQuoteOpen = faults.some(({ spoils }) => spoils === 'rest');
  for (const { offset, source: sign } of isQuoteOpen ? [] : open) {
    const fault = closedInComment(source, offset, comments);
    const isSaid = faults.some(({ start }) => lineStart(source, start) === lineStart(source, offset));
    if (fault === null && isSaid) continue;
    if (fault === null) faults.push(unreadable(offset, 1, `this ${sign} is never closed`, 'rest'));
    else if (!faults.some(({ start }) => start === fault.start)) faults.push(fault);
  }
  return { faults, hasOpenBracket: open.length > 0 };
}

function foreignFault(source: string, token: Seen): YamlFault | null {
  const what = Object.hasOwn(FOREIGN, token.type) ? FOREIGN[token.type] : undefined;
  if (what === undefined || !('source' in token)) return null;
  const text = restOfLine(source, token.offset);
  const isCondition = /(?:if|while)[ \t]*:[ \t]*$/.test(source.slice(lineStart(source, token.offset), token.offset));
  if (isCondition && token.type === 'tag') {
    return unreadable(token.offset, 1, 'in a condition write "not" for !', 'line');
  }
  const message = `${text.slice(0, 1)} begins ${what} of YAML, which a profile does not have; if it is text, put it in quotes: ${quoted(text)}`;
  return unreadable(token.offset, token.source.length, message, 'line');
}

function scalarFault(source: string, token: Seen): YamlFault | null {
  if (token.type === 'double-quoted-scalar' || token.type === 'single-quoted-scalar') {
    const isClosed = token.source.length > 1 && token.source.endsWith(token.source.slice(0, 1));
    return isClosed ? null : unreadable(token.offset, 1, 'this quote is never closed', 'rest');
  }
  if (token.type !== 'scalar') return null;
  const end = token.offset + token.source.length;
  if (/^-[a-z][\w-]*$/i.test(token.source) && /^[ \t]*:\s/.test(source.slice(end, end + 20))) {
    return unreadable(
      token.offset,
      token.source.length,
      `a space is missing after the dash: - ${token.source.slice(1)}:`,
      'tree',
    );
  }
  // Inside a text such a space may be meant; at its ends nobody sees it, and before a key it is no indentation.
  const odd = oddSpace(token.source);
  const isAtEnd = odd !== null && (odd.offset === 0 || oddSpace(token.source.slice(-1)) !== null);
  if (!isAtEnd) return null;
  const offset = odd.offset === 0 ? 0 : token.source.length - 1;
  return unreadable(token.offset + offset, 1, odd.message, 'tree');
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
  const waiting = [...map.items].reverse();
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    if (walk.faults.length >= MOST_FAULTS) break;
    const key = toNode(pair.key, start, walk);
    const complain = (message: string): void => {
      walk.faults.push({ start: key.start, end: Math.max(key.end, key.start + 1), message, note: null });
    };
    if (key.kind !== 'text') {
      complain('a list or a map cannot be a key; if it is text, put it in quotes');
      continue;
    }
    const comma = map.flow === true ? decimalComma(pair, key, walk.source) : null;
    if (comma !== null) {
      walk.faults.push(comma);
      continue;
    }
    const name = key.data.source;
    const earlier = entries.get(name);
    if (name === '') complain('a key is missing before ":"');
    else if (name === '<<' && !key.data.isQuoted) complain('a profile has no merge keys; write the keys out');
    else if (name === '__proto__') complain('__proto__ is no name');
    else if (earlier !== undefined) {
      complain(`key ${quote(name)} stands here twice; the first is in line ${lineNumber(walk.source, earlier.start)}`);
    } else {
      const meant = map.flow === true ? null : textMeant(pair.value, key, walk.source);
      for (const swallowed of meant?.after ?? []) waiting.push(swallowed);
      const node = meant?.node ?? toNode(pair.value, key.end, walk);
      entries.set(name, { start: key.start, end: key.end, node });
      data[name] = node.data;
    }
  }
  return { kind: 'map', start, end, entries, data };
}

/**
 * The value in `title: Strobe: Live`, which the parser makes a map of: the text that was meant, and the keys of the lines
 * after it, the last one first, which that map has swallowed. The fault itself has been said.
 *
 * @returns null: it is no such value
 */
function textMeant(
  value: unknown,
  key: TextNode,
  source: string,
): { readonly node: TextNode; readonly after: YAMLMap['items'] } | null {
  if (!isMap(value) || value.flow === true) return null;
  const start = value.range?.[0] ?? key.end;
  if (lineStart(source, start) !== lineStart(source, key.start)) return null;
  const raw = restOfLine(source, start);
  let after: YAMLMap['items'] = [];
  for (let inner: unknown = value; isMap(inner) && inner.flow !== true; inner = inner.items[0]?.value) {
    after = after.concat(inner.items.slice(1).reverse());
  }
  return { node: { kind: 'text', start, end: start + raw.length, data: new Text(raw, 'plain', start, raw) }, after };
}

/** `{ first-beat: 0,5 s }`: what follows the comma is a key without a value to YAML. */
function decimalComma({ value }: { readonly value: unknown }, key: TextNode, source: string): YamlError | null {
  const isAlone =
    value === null || (isScalar(value) && value.source === undefined && value.range?.[0] === value.range?.[2]);
  if (!isAlone || key.data.isQuoted || !/^\d/.test(key.data.source)) return null;
  const [before] = /[\w.:+-]*\d,$/.exec(source.slice(Math.max(0, key.start - 20), key.start)) ?? [];
  if (before === undefined) return null;
  const meant = `${before.slice(0, -1)}.${key.data.source}`;
  const message = `inside { } and [ ] a comma ends a value; a number has a point: ${meant}`;
  return { start: key.start - before.length, end: key.end, message, note: null };
}
