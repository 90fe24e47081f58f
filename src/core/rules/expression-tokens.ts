/**
 * Tokens of an expression, each with its place in the text.
 *
 * mathjs parses more than our language and forgets where things stood; this comes before it, so that a message can point.
 */
import type { TextSpan } from './expression.ts';

/** Fault with its place. `note`: a second line, or null. */
export interface ExpressionFault extends TextSpan {
  readonly message: string;
  readonly note: string | null;
}

/** A value as written: a number, a text in quotes, a name with its parts, or the name of a function that is called. */
export interface Operand extends TextSpan {
  readonly sort: 'number' | 'text' | 'name' | 'function';
  /** Names without blanks: `deck.tempoBpm`. */
  readonly word: string;
}

export type Token =
  /** A sign: `(`, `==`, `?`. */
  | (TextSpan & { readonly kind: 'sign'; readonly sign: string })
  /** A value, or an operator that is a word: `and`, `mod`. */
  | (TextSpan & { readonly kind: 'word'; readonly source: string; readonly operand: Operand })
  /** Text that is not of our language; the last token. */
  | { readonly kind: 'unreadable'; readonly fault: ExpressionFault };

const TOKEN =
  /(?<blank>[ \t\r\n]+)|(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)|(?<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<name>[\p{L}_$][\p{L}\p{N}_$]*(?:[ \t]*\.[ \t]*[\p{L}_$][\p{L}\p{N}_$]*)*)|(?<sign>[<>=!]=|[<>+\-*/^%?:(),])/uy;

/** Signs of other languages, and the word to write here. */
const FOREIGN: readonly (readonly [sign: string, advice: string])[] = [
  ['&&', 'write "and"'],
  ['||', 'write "or"'],
  ['!', 'write "not"'],
  ['=<', 'write "<="'],
  ['=>', 'write ">="'],
  ['=', 'to compare, write "=="'],
  ['${', 'a condition is an expression as it stands; leave out ${ and }'],
  ['&', 'write "and"'],
  ['|', 'write "or"'],
  ['[', 'there are no lists in an expression'],
  ['{', 'an expression has no braces of its own'],
  ['}', 'a brace was never opened'],
  [';', 'an expression is one value'],
  ['"', 'the quote is never closed'],
  ["'", 'the quote is never closed'],
];

/** A text of more characters than these is not cut: it would cost time, and nobody would read it. */
export const EXPRESSION_MOST_LENGTH = 2000;

/** Cuts an expression, up to the first thing that cannot be read. Blanks between tokens are left out. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) return [...tokens, unreadable({ offset: at, length: 1 }, foreign(text, at))];
    const source = match[0];
    const span: TextSpan = { offset: at, length: source.length };
    at += source.length;
    const { blank, sign, number, quoted } = match.groups ?? {};
    if (blank !== undefined) continue;
    if (sign === undefined) {
      const sort = number !== undefined ? 'number' : quoted !== undefined ? 'text' : nameSort(text, at);
      const word = quoted === undefined ? source.replaceAll(/[ \t]/g, '') : source;
      tokens.push({ kind: 'word', source, operand: { sort, word, ...span }, ...span });
      continue;
    }
    // `= =` and `===` come apart as `==` and a rest that is no sign of ours.
    const isTriple = (sign === '==' || sign === '!=') && text[at] === '=';
    if (isTriple) return [...tokens, unreadable({ offset: span.offset, length: 3 }, `write "${sign}"`)];
    tokens.push({ kind: 'sign', sign, ...span });
  }
  return tokens;
}

/** A name right before a parenthesis is that of a function. */
const nameSort = (text: string, at: number): 'name' | 'function' =>
  /^[ \t]*\(/.test(text.slice(at, at + 20)) ? 'function' : 'name';

const unreadable = (span: TextSpan, message: string): Token => ({
  kind: 'unreadable',
  fault: { message, note: null, ...span },
});

function foreign(text: string, at: number): string {
  for (const [sign, advice] of FOREIGN)
    if (text.startsWith(sign, at)) return `unexpected ${sign} in expression; ${advice}`;
  return `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))} in expression`;
}
