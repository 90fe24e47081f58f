/**
 * The words of an expression: cut, checked for order and known to exist, each with its place in the text.
 *
 * mathjs parses more than our language and forgets where things stood; this comes before it, so that a message can point.
 */

import { didYouMean, nearest } from '../../text/did-you-mean.ts';
import { BANKS, MOODS, PHRASE_KINDS } from '../track/phrase.ts';
import { DECK_FACTS, DECK_NAMES, FACTS, PHRASE_FACTS, PLAY_STATES, TRACK_FACTS } from './facts.ts';

/** What is wrong, and where: `offset` and `length` in characters of the text. `note`: a second line, or null. */
export interface ExpressionFault {
  readonly message: string;
  readonly note: string | null;
  readonly offset: number;
  readonly length: number;
}

/** A value as written: a number, a text in quotes, a name with its parts, or the name of a function that is called. */
export interface Operand {
  readonly sort: 'number' | 'text' | 'name' | 'function';
  /** Names without blanks: `deck.tempoBpm`. */
  readonly word: string;
  readonly offset: number;
  readonly length: number;
}

export type ExpressionTokens =
  | { readonly ok: true; readonly operands: readonly Operand[] }
  | { readonly ok: false; readonly fault: ExpressionFault };

/** Names that stand for themselves as text, so that they need no quotes. */
export const CONSTANTS: ReadonlySet<string> = new Set([...PHRASE_KINDS, ...MOODS, ...BANKS, ...PLAY_STATES]);

export const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Functions and how many arguments they take. */
export const ARITY: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['abs', [1, 1]],
  ['ceil', [1, 1]],
  ['floor', [1, 1]],
  ['max', [1, 16]],
  ['min', [1, 16]],
  ['mod', [2, 2]],
  ['round', [1, 2]],
  ['sign', [1, 1]],
  ['sqrt', [1, 1]],
]);

/** Longer than anything one would read, short enough that no nesting exhausts the parser's stack. */
const MAX_LENGTH = 2000;
const MAX_NESTING = 40;

const WORD_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'xor', 'not', 'mod']);
const TOKEN =
  /(?<blank>[ \t\r\n]+)|(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)|(?<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<name>[\p{L}_$][\p{L}\p{N}_$]*(?:[ \t]*\.[ \t]*[\p{L}_$][\p{L}\p{N}_$]*)*)|(?<operator>[<>=!]=|[<>+\-*/^%?:(),])/uy;

/** What other languages write, and what to write here. */
const FOREIGN: readonly (readonly [sign: string, advice: string])[] = [
  ['&&', 'write "and"'],
  ['||', 'write "or"'],
  ['!', 'write "not"'],
  ['=', 'to compare, write "=="'],
  ['&', 'write "and"'],
  ['|', 'write "or"'],
  ['[', 'there are no lists in an expression'],
  ['{', 'an expression has no braces of its own'],
  ['}', 'a brace was never opened'],
  [';', 'an expression is one value'],
  ['"', 'the quote is never closed'],
  ["'", 'the quote is never closed'],
];

/** Cuts an expression and checks every name in it. */
export function readTokens(text: string): ExpressionTokens {
  const fail = (offset: number, length: number, message: string, note: string | null = null): ExpressionTokens => ({
    ok: false,
    fault: { message, note, offset, length: Math.max(1, length) },
  });
  if (text.length > MAX_LENGTH) return fail(0, text.length, `expression longer than ${MAX_LENGTH} characters`);

  const operands: Operand[] = [];
  let isValueNext = true;
  const open: Parenthesis[] = [{ call: null, commas: 0, questions: 0 }];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) return fail(at, 1, foreign(text, at));
    const source = match[0];
    const offset = at;
    at += source.length;
    const { blank, operator, number, quoted, name } = match.groups ?? {};
    if (blank !== undefined) continue;

    if (operator !== undefined) {
      // `= =` and `===` come apart as `==` and a rest that is no sign of ours.
      if ((source === '==' || source === '!=') && text[at] === '=') return fail(offset, 3, `write "${source}"`);
      const inside = open.at(-1) as Parenthesis;
      if (source === '(') {
        const opener = operands.at(-1);
        const isCall = !isValueNext && opener?.sort === 'function' && text.slice(end(opener), offset).trim() === '';
        if (!isValueNext && !isCall) return fail(offset, 1, 'expected an operator before "("');
        if (open.length > MAX_NESTING) return fail(offset, 1, `more than ${MAX_NESTING} parentheses in each other`);
        open.push({ call: isCall ? opener : null, commas: 0, questions: 0 });
        isValueNext = true;
        continue;
      }
      if (isValueNext) {
        if (source === '+' || source === '-') continue;
        return fail(offset, source.length, `expected a value before "${source}"`);
      }
      if (source === ')') {
        if (open.length === 1) return fail(offset, 1, 'this parenthesis was never opened');
        if (inside.questions > 0)
          return fail(offset, 1, 'expected ":" and a value, for when the condition does not hold');
        const fault = inside.call === null ? null : checkArity(inside.call, inside.commas + 1);
        if (fault !== null) return { ok: false, fault };
        open.pop();
        continue;
      }
      if (source === ',') {
        if (inside.call === null) return fail(offset, 1, 'a comma belongs between the arguments of a function');
        inside.commas++;
      } else if (source === '?') inside.questions++;
      else if (source === ':' && --inside.questions < 0) return fail(offset, 1, 'unexpected ":"; it belongs after "?"');
      isValueNext = true;
      continue;
    }

    const word = name === undefined ? source : source.replaceAll(/[ \t]/g, '');
    const isCalled = /^[ \t]*\(/.test(text.slice(at, at + 20));
    if (name !== undefined && WORD_OPERATORS.has(word) && !(isValueNext && word === 'mod' && isCalled)) {
      if (word === 'not' && !isValueNext) return fail(offset, source.length, 'expected an operator before "not"');
      if (word !== 'not' && isValueNext) return fail(offset, source.length, `expected a value before "${word}"`);
      isValueNext = true;
      continue;
    }
    if (!isValueNext) return fail(offset, source.length, `expected an operator before "${short(source)}"`);
    isValueNext = false;
    const sort = number !== undefined ? 'number' : quoted !== undefined ? 'text' : 'name';
    const operand: Operand = {
      sort: sort === 'name' && isCalled ? 'function' : sort,
      word,
      offset,
      length: source.length,
    };
    const fault = sort === 'name' ? checkName(operand, source) : null;
    if (fault !== null) return { ok: false, fault };
    operands.push(operand);
  }
  if (operands.length === 0 && text.trim() === '') return fail(0, text.length, 'an expression is missing');
  if (isValueNext)
    return fail(Math.max(0, text.trimEnd().length - 1), 1, 'the expression ends where a value should follow');
  if (open.length > 1) return fail(text.trimEnd().length - 1, 1, 'a parenthesis is never closed');
  if ((open[0]?.questions ?? 0) > 0) {
    return fail(text.trimEnd().length - 1, 1, 'expected ":" and a value, for when the condition does not hold');
  }
  return { ok: true, operands };
}

/** What stands open while reading; the outermost is the expression itself. */
interface Parenthesis {
  readonly call: Operand | null;
  commas: number;
  /** `?` without their `:`. */
  questions: number;
}

function checkArity(call: Operand, count: number): ExpressionFault | null {
  const [least, most] = ARITY.get(call.word) ?? [0, 0];
  if (count >= least && count <= most) return null;
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  const message = `${call.word} takes ${wanted} ${most === 1 ? 'value' : 'values'}, found ${count}`;
  return { message, note: null, offset: call.offset, length: call.length };
}

const end = (operand: Operand): number => operand.offset + operand.length;

const short = (source: string): string => (source.length > 40 ? `${source.slice(0, 40)}…` : source);

function foreign(text: string, at: number): string {
  for (const [sign, advice] of FOREIGN)
    if (text.startsWith(sign, at)) return `unexpected ${sign} in expression; ${advice}`;
  return `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))} in expression`;
}

const ROOTS: readonly string[] = ['track', 'phrase', ...DECK_NAMES];
const KNOWN_ROOTS = 'known here: deck, track, phrase, master, deck1..deck4';

const isFact = (path: string): boolean => FACTS.has(path);

/** Nothing is looked up but names that stand in our own tables: `constructor` is as unknown as `phrse`. */
function checkName(operand: Operand, source: string): ExpressionFault | null {
  const { word, offset } = operand;
  const parts = word.split('.');
  const root = parts[0] ?? '';
  const at = (message: string, note: string | null, from: number, length: number): ExpressionFault => ({
    message,
    note,
    offset: offset + from,
    length,
  });
  const whole = (message: string, note: string | null): ExpressionFault => at(message, note, 0, source.length);

  if (operand.sort === 'function') {
    if (ARITY.has(word)) return null;
    const note = `known here: ${[...ARITY.keys()].join(', ')}`;
    const known = isFact(word) || CONSTANTS.has(word) || ROOTS.includes(word);
    if (known) return whole(`${word} is not a function; put an operator between it and "("`, note);
    return whole(`unknown function "${short(word)}" in expression${didYouMean(word, ARITY.keys())}`, note);
  }
  if (parts.length === 1) {
    if (CONSTANTS.has(word) || LITERALS.has(word)) return null;
    if (ROOTS.includes(word)) return whole(`${word} is a record; say ${word}.…`, knownOf(word));
    if (ARITY.has(word)) return whole(`${word} is a function; say ${word}(…)`, null);
    return whole(`unknown name "${short(word)}" in expression${suggestName(word)}`, KNOWN_ROOTS);
  }
  if (!ROOTS.includes(root)) {
    const length = root.length;
    if (CONSTANTS.has(root) || LITERALS.has(root))
      return whole(`${root} is a value; nothing can follow it with a dot`, null);
    return at(`unknown name "${short(root)}" in expression${suggestName(root)}`, KNOWN_ROOTS, 0, length);
  }
  if (isFact(word)) return null;

  // The first part that leads nowhere is where the fault is.
  let path = root;
  for (const [i, part] of parts.entries()) {
    if (i === 0) continue;
    const from = nthPart(source, i);
    if (isFact(path)) return at(`${path} is a value; nothing can follow it with a dot`, null, from, part.length);
    const names = membersOf(path);
    const isLast = i === parts.length - 1;
    if (!names.includes(part)) {
      const message = `unknown fact "${short(part)}" of ${path}${didYouMean(part, names)}`;
      return at(message, knownOf(path), from, part.length);
    }
    path = `${path}.${part}`;
    if (isLast) return whole(`${path} is a record; say ${path}.…`, knownOf(path));
  }
  return null;
}

/** Where the i-th part of a dotted name begins, blanks around the dots allowed for. */
function nthPart(source: string, i: number): number {
  let from = 0;
  for (let n = 0; n < i; n++) from = source.indexOf('.', from) + 1;
  while (source[from] === ' ' || source[from] === '\t') from++;
  return from;
}

function membersOf(path: string): readonly string[] {
  if (path.endsWith('track')) return Object.keys(TRACK_FACTS);
  if (path.endsWith('phrase')) return Object.keys(PHRASE_FACTS);
  return [...Object.keys(DECK_FACTS), 'track', 'phrase'];
}

const knownOf = (path: string): string => `known of ${path}: ${membersOf(path).join(', ')}`;

/** A fact without its record (`kind`) is as likely as a misspelt name. */
function suggestName(word: string): string {
  for (const root of ['phrase', 'track', 'deck']) {
    if (isFact(`${root}.${word}`)) return `; did you mean "${root}.${word}"?`;
  }
  const near = nearest(word, [...ROOTS, ...CONSTANTS, ...LITERALS.keys()]);
  return near === null ? '' : `; did you mean "${near}"?`;
}
