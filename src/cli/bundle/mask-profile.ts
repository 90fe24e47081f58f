/** The text of a profile with its titles, names and addresses masked and its comments emptied; lines stay where they are. Pure. */
import { CST, Lexer } from 'yaml';
import { type Node, readYaml, type TextNode } from '../../profile/yaml/yaml-reader.ts';
import { isIpv4, type MaskWords } from './mask-words.ts';

/** A part of the text that is replaced. */
interface Replaced {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** Takes in the words that a profile names, so that they are known wherever they stand. */
export function learnProfile(source: string, mask: MaskWords): void {
  const { root } = readYaml(source);
  if (root === null) return;
  eachText(root, [], (node, path) => void ownWord(node.data.source, path, mask));
  eachText(root, [], ({ data }) => learnLiterals(data.source, mask));
}

export function maskProfile(source: string, mask: MaskWords): string {
  const { root } = readYaml(source);
  const replaced: Replaced[] = comments(source);
  const put = (start: number, end: number, text: string, by: string): void => {
    if (by !== text) replaced.push({ start, end, by: written(source.slice(start, end), by) });
  };
  if (root !== null) {
    eachText(
      root,
      [],
      ({ start, end, data }, path) =>
        put(start, end, data.source, ownWord(data.source, path, mask) ?? mask.text(data.source)),
      (key, { start, end }) => put(start, end, key, mask.text(key)),
    );
  }
  let text = source;
  for (const { start, end, by } of replaced.sort((a, b) => b.start - a.start)) {
    text = text.slice(0, start) + by + text.slice(end);
  }
  return text;
}

type Path = readonly (string | number)[];

function eachText(
  node: Node,
  path: Path,
  text: (node: TextNode, path: Path) => void,
  key: (key: string, entry: { readonly start: number; readonly end: number }) => void = () => {},
): void {
  if (node.kind === 'text') text(node, path);
  if (node.kind === 'list') for (const [i, item] of node.items.entries()) eachText(item, [...path, i], text, key);
  if (node.kind === 'map') {
    for (const [name, entry] of node.entries) {
      key(name, entry);
      eachText(entry.node, [...path, name], text, key);
    }
  }
}

/** Gives the mask of a value that is a title, a name or an address by its place; null: by its place it is none. */
function ownWord(text: string, path: Path, mask: MaskWords): string | null {
  const [section, , third, fourth] = path;
  if (text === '') return null;
  if (section === 'name' && path.length === 1) return mask.name('Show', text);
  if (section === 'tracks') {
    const key = third === 'match' ? fourth : third;
    if (key === 'title') return mask.title(text);
    if (key === 'artist') return mask.artist(text);
    if (key === 'file') return mask.path(text);
    if (key === 'playlist') return mask.playlist(text);
    if (typeof key === 'string' && NOTE_KEYS.has(key)) return mask.name(NOTE_KEYS.get(key) ?? 'Tag', text);
    return null;
  }
  if (section !== 'bridges') return null;
  const key = path.findLast(part => typeof part === 'string');
  if (typeof key !== 'string' || text === 'auto' || text === 'null') return null;
  if (text.startsWith('/') || text === 'localhost') return null;
  if (HOST_KEYS.has(key)) return mask.host(text);
  if (key === 'path' || key === 'file') return mask.path(text);
  if (key === 'token') return mask.name('Token', text);
  if (key === 'origins') return text.replace(/\/\/([^/:]+)/, (_, host: string) => `//${mask.host(host).toLowerCase()}`);
  return DEVICE_KEYS.has(key) && !isIpv4(text) ? mask.name('Device', text) : null;
}

/** Keys of a match that hold what the DJ or the shop has written. */
const NOTE_KEYS: ReadonlyMap<string, 'Tag' | 'Label' | 'Comment' | 'History'> = new Map([
  ['tag', 'Tag'],
  ['label', 'Label'],
  ['comment', 'Comment'],
  ['history', 'History'],
]);

const HOST_KEYS: ReadonlySet<string> = new Set(['host', 'interface', 'unit', 'address', 'trust', 'device-name']);
const DEVICE_KEYS: ReadonlySet<string> = new Set(['device', 'virtual', 'serial']);

/** Takes in texts that a condition compares a title or an artist with. */
function learnLiterals(text: string, mask: MaskWords): void {
  for (const [, fact, , literal] of text.matchAll(
    /track\.(title|artist|album|label|comment|tags|histories)\b[^"']*(["'])(.*?)\2/g,
  )) {
    if (literal === undefined || literal === '') continue;
    if (fact === 'title') mask.title(literal);
    else if (fact === 'artist') mask.artist(literal);
    else mask.name(LITERAL_KINDS[fact ?? ''] ?? 'Album', literal);
  }
}

const LITERAL_KINDS: Readonly<Record<string, 'Tag' | 'Label' | 'Comment' | 'History'>> = {
  label: 'Label',
  comment: 'Comment',
  tags: 'Tag',
  histories: 'History',
};

/** Writes a text in the way that the old one was written. */
function written(raw: string, text: string): string {
  const lines = raw.split('\n').length - 1;
  const below = '\n'.repeat(lines);
  if (lines > 0) return `${JSON.stringify(text.trimEnd())}${below}`;
  if (raw.startsWith('"')) return JSON.stringify(text);
  if (raw.startsWith("'")) return `'${text.replaceAll("'", "''")}'`;
  return text;
}

/** Signs with which the reader of YAML marks places; they are not in the text. */
const MARKS: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

function comments(source: string): Replaced[] {
  const found: Replaced[] = [];
  let at = 0;
  for (const lexeme of new Lexer().lex(source)) {
    if (MARKS.has(lexeme)) continue;
    const bare = lexeme.trimEnd();
    if (CST.tokenType(lexeme) === 'comment' && bare.length > 1)
      found.push({ start: at, end: at + bare.length, by: '#' });
    at += lexeme.length;
  }
  return found;
}
