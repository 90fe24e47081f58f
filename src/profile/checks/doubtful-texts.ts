/** Texts that are taken as they stand and hardly meant so: cut by a comment, in curly quotes, two numbers for one. */
import { FACTS } from '../../core/rules/facts.ts';
import { isInCurlyQuotes } from '../yaml/lookalikes.ts';
import { quoted } from '../yaml/source-lines.ts';
import type { YamlError } from '../yaml/yaml-fault.ts';
import type { ListNode, Node, TextNode } from '../yaml/yaml-reader.ts';

/** Keys behind which a text of people stands: after any other `#` begins a comment and nothing else. */
const PEOPLE_TEXT: ReadonlySet<string> = new Set(['name', 'title', 'artist', 'file', 'playlist', 'device']);

/** All such texts beneath a node, as doubts with their place. */
export function doubtfulTexts(root: Node, source: string): readonly YamlError[] {
  const found: YamlError[] = [];
  const lookAt = (node: Node, key: string): void => {
    if (node.kind === 'map') for (const [name, entry] of node.entries) lookAt(entry.node, name);
    else if (node.kind === 'list') {
      const doubt = twoForOne(node, source);
      if (doubt !== null) found.push(doubt);
      for (const item of node.items) lookAt(item, key);
    } else {
      const doubt =
        inCurlyQuotes(node) ??
        (PEOPLE_TEXT.has(key) ? cutByComment(node, source) : null) ??
        (key === 'args' ? (factAsText(node) ?? numbersAsText(node)) : null);
      if (doubt !== null) found.push(doubt);
    }
  };
  lookAt(root, '');
  return found;
}

function inCurlyQuotes({ data, start, end }: TextNode): YamlError | null {
  if (data.isQuoted || !isInCurlyQuotes(data.source)) return null;
  const plain = quoted(data.source.slice(1, -1));
  const message = `curly quotes are a part of the text; without them write ${plain}, with them ${quoted(data.source)}`;
  return { start, end, message, note: null };
}

/** `title: Track #1`: a comment that begins as none does, right behind a text without quotes. */
function cutByComment({ data, start, end }: TextNode, source: string): YamlError | null {
  const [comment] = /^[ \t]+#[^\s#][^\n]*/.exec(source.slice(end, end + 200)) ?? [];
  if (data.isQuoted || data.source === '' || comment === undefined) return null;
  const from = end + comment.indexOf('#');
  const whole = quoted(`${data.source}${comment.trimEnd()}`);
  const message = `from # on it is a comment, and the text is ${quoted(data.source)}; if all of it is text, write ${whole}`;
  return {
    start: from,
    end: Math.max(from + 1, end + comment.trimEnd().length, start),
    message,
    note: 'a space after # says that it is a comment',
  };
}

/** `args: [deck.tempoBpm]`: the name of a fact, which is sent as it stands. */
function factAsText({ data, start, end }: TextNode): YamlError | null {
  const [, fact] = /^\$?\{?\s*([\w.]+)\s*\}?$/.exec(data.source) ?? [];
  if (fact === undefined || !FACTS.has(fact) || data.source.includes('${')) return null;
  const message = `this is sent as the text ${quoted(data.source)}; for the value write "\${${fact}}"`;
  return { start, end, message, note: null };
}

/** `args: [1 0.5]`: without a comma it is one text. */
function numbersAsText({ data, start, end }: TextNode): YamlError | null {
  if (data.isQuoted || !/^-?[\d.]+(?: +-?[\d.]+)+$/.test(data.source)) return null;
  const message = `this is sent as the text ${quoted(data.source)}; for numbers put commas between them: ${data.source.replaceAll(/ +/g, ', ')}`;
  return { start, end, message, note: null };
}

const DIGITS = /^\d+$/;

/** `[0,5]`: two values, where one number may be meant. A longer list of numbers without spaces is one. */
function twoForOne({ items, start, end }: ListNode, source: string): YamlError | null {
  const tight = items.flatMap((item, i) => {
    const next = items[i + 1];
    const isTight = next !== undefined && source.slice(item.end, next.start) === ',';
    return isTight && isNumber(item) && isNumber(next) ? [{ item, next }] : [];
  });
  const [only] = tight;
  if (only === undefined || tight.length > 1) return null;
  const whole = source.slice(only.item.start, only.next.end);
  const message = `${whole} is two values here; for one number write ${whole.replace(',', '.')}, for two ${whole.replace(',', ', ')}`;
  return { start: Math.max(start, only.item.start), end: Math.min(end, only.next.end), message, note: null };
}

const isNumber = (node: Node): node is TextNode =>
  node.kind === 'text' && !node.data.isQuoted && DIGITS.test(node.data.source);
