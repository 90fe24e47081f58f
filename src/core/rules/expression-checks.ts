/** Checks the tokens of an expression: values and operators in turn, parentheses in pairs, names that exist. */
import type { TextSpan } from './expression.ts';
import { ARITY, checkName, shortened } from './expression-names.ts';
import { EXPRESSION_MOST_LENGTH, type ExpressionFault, type Operand, tokensOf } from './expression-tokens.ts';

export type ReadOperands =
  | { readonly ok: true; readonly operands: readonly Operand[] }
  | { readonly ok: false; readonly fault: ExpressionFault };

/** Short enough that no nesting exhausts the parser's stack. */
const MOST_NESTING = 40;

const WORD_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'xor', 'not', 'mod']);

/** The values in an expression, in order, if it is one; else its first fault. */
export function readOperands(text: string): ReadOperands {
  if (text.length > EXPRESSION_MOST_LENGTH) {
    const message = `expression longer than ${EXPRESSION_MOST_LENGTH} characters`;
    return { ok: false, fault: fault({ offset: 0, length: text.length }, message) };
  }
  const reading: Reading = {
    text,
    operands: [],
    isValueNext: true,
    isCompared: false,
    open: [{ call: null, commas: 0, questions: 0 }],
  };
  for (const token of tokensOf(text)) {
    const found =
      token.kind === 'unreadable'
        ? token.fault
        : token.kind === 'sign'
          ? readSign(reading, token.sign, token)
          : readWord(reading, token.operand, token.source);
    if (found !== null) return { ok: false, fault: found };
  }
  const found = readEnd(reading, text);
  return found === null ? { ok: true, operands: reading.operands } : { ok: false, fault: found };
}

/** State of the reading, after each token. */
interface Reading {
  readonly text: string;
  readonly operands: Operand[];
  isValueNext: boolean;
  /** The last sign says equal or not. */
  isCompared: boolean;
  /** The outermost is the expression itself. */
  readonly open: Parenthesis[];
}

/** Parenthesis that is not closed yet. */
interface Parenthesis {
  readonly call: Operand | null;
  commas: number;
  /** `?` without their `:`. */
  questions: number;
}

const fault = ({ offset, length }: TextSpan, message: string): ExpressionFault => ({
  message,
  note: null,
  offset,
  length: Math.max(1, length),
});

function readSign(reading: Reading, sign: string, span: TextSpan): ExpressionFault | null {
  const inside = reading.open.at(-1) as Parenthesis;
  reading.isCompared = sign === '==' || sign === '!=';
  if (sign === '(') return readOpening(reading, span);
  if (reading.isValueNext) {
    return sign === '+' || sign === '-' ? null : fault(span, `expected a value before "${sign}"`);
  }
  if (sign === ')') return readClosing(reading, inside, span);
  if (sign === ',') {
    if (inside.call === null) return fault(span, 'a comma belongs between the arguments of a function');
    inside.commas++;
  } else if (sign === '?') inside.questions++;
  else if (sign === ':' && --inside.questions < 0) return fault(span, `unexpected ":"; ${aboutColon(reading, span)}`);
  reading.isValueNext = true;
  return null;
}

/** `1:30` is a time to people. */
function aboutColon({ text }: Reading, { offset }: TextSpan): string {
  const minutes = /(\d+)$/.exec(text.slice(0, offset))?.[1];
  const seconds = /^:([0-5]\d(?:\.\d+)?)/.exec(text.slice(offset))?.[1];
  if (minutes === undefined || seconds === undefined) return 'it belongs after "?"';
  const ms = Math.round((Number(minutes) * 60 + Number(seconds)) * 1000);
  return `times are in ms here: ${minutes}:${seconds} is ${ms}`;
}

function readOpening(reading: Reading, span: TextSpan): ExpressionFault | null {
  const { operands, isValueNext, open } = reading;
  const last = operands.at(-1);
  // A function is one because a parenthesis follows it: nothing else stands between the two.
  const call = !isValueNext && last?.sort === 'function' ? last : null;
  if (!isValueNext && call === null) return fault(span, 'expected an operator before "("');
  if (open.length > MOST_NESTING) return fault(span, `more than ${MOST_NESTING} parentheses in each other`);
  open.push({ call, commas: 0, questions: 0 });
  reading.isValueNext = true;
  return null;
}

function readClosing({ open }: Reading, inside: Parenthesis, span: TextSpan): ExpressionFault | null {
  if (open.length === 1) return fault(span, 'this parenthesis was never opened');
  if (inside.questions > 0) return fault(span, WITHOUT_COLON);
  const found = inside.call === null ? null : checkArity(inside.call, inside.commas + 1);
  if (found === null) open.pop();
  return found;
}

const WITHOUT_COLON = 'expected ":" and a value, for when the condition does not hold';

function readWord(reading: Reading, operand: Operand, source: string): ExpressionFault | null {
  const { sort, word } = operand;
  const { isValueNext } = reading;
  const isOperator = (sort === 'name' || sort === 'function') && WORD_OPERATORS.has(word);
  if (isOperator && !(isValueNext && word === 'mod' && sort === 'function')) {
    if (word === 'not' && !isValueNext) return fault(operand, 'expected an operator before "not"');
    if (word !== 'not' && isValueNext) return fault(operand, `expected a value before "${word}"`);
    reading.isValueNext = true;
    return null;
  }
  if (!isValueNext) return fault(operand, noOperator(reading, operand, source));
  reading.isValueNext = false;
  reading.operands.push(operand);
  if (sort !== 'name' && sort !== 'function') return null;
  const found = checkName(operand, source);
  const isText =
    found !== null &&
    sort === 'name' &&
    reading.isCompared &&
    (!/; did you mean|\./.test(found.message) || hasMoreWords(reading.text, operand));
  return isText ? textWithoutQuotes(reading.text, operand) : found;
}

/** `phrase.label == Chorus 2`: more than one word, so hardly a misspelt name. */
const hasMoreWords = (text: string, { offset, length }: Operand): boolean =>
  /^[ \t]+(?!(?:and|or|xor|mod)\b)[\p{L}\p{N}]/u.test(text.slice(offset + length));

/** Operators of other languages, and ours. */
const OTHER_OPERATORS: ReadonlyMap<string, string> = new Map([
  ['is', 'write "=="'],
  ['equals', 'write "=="'],
  ['eq', 'write "=="'],
  ['isnt', 'write "!="'],
  ['in', 'there are no lists: write … == a or … == b'],
  ['then', 'a condition ends here; what happens stands under do:'],
]);
/** Units that facts have by themselves. */
const UNITS: ReadonlySet<string> = new Set(['ms', 's', 'min', 'bpm', 'beats', 'beat', 'bars', 'bar', 'percent', 'sec']);

function noOperator({ operands }: Reading, { offset }: Operand, source: string): string {
  const word = source.toLowerCase();
  if (WORD_OPERATORS.has(word)) return `operators have small letters: write "${word}"`;
  const last = operands.at(-1);
  if (last?.sort === 'number' && UNITS.has(word)) {
    return `a number has no unit in an expression; leave out "${source}", the fact's name says it`;
  }
  if (last?.word === 'deck' && offset > 0 && /^[1-4]\b/.test(source)) return `decks are deck1 to deck4, in one word`;
  const isAfterText = last?.sort === 'text' && last.word.startsWith("'");
  const advice = isAfterText
    ? "a text ends at its quote; put one with ' in it in double quotes"
    : OTHER_OPERATORS.get(word);
  return `expected an operator before "${shortened(source)}"${advice === undefined ? '' : `; ${advice}`}`;
}

/** `track.title == Night Tram`. */
function textWithoutQuotes(text: string, { offset }: Operand): ExpressionFault {
  const meant = /^[^()=<>?:]*?(?=\s+(?:and|or|xor)\s|\s*[()=<>?:]|\s*$)/.exec(text.slice(offset))?.[0].trim() ?? '';
  const message = `${shortened(meant)} is no name that an expression knows; if it is a text, put it in quotes: "${shortened(meant)}"`;
  return fault({ offset, length: meant.length }, message);
}

function readEnd({ operands, isValueNext, open }: Reading, text: string): ExpressionFault | null {
  if (operands.length === 0 && text.trim() === '') {
    return fault({ offset: 0, length: text.length }, 'an expression is missing');
  }
  const last = text.trimEnd().length - 1;
  if (isValueNext) {
    return fault({ offset: Math.max(0, last), length: 1 }, 'the expression ends where a value should follow');
  }
  if (open.length > 1) return fault({ offset: last, length: 1 }, 'a parenthesis is never closed');
  return (open[0]?.questions ?? 0) > 0 ? fault({ offset: last, length: 1 }, WITHOUT_COLON) : null;
}

function checkArity(call: Operand, count: number): ExpressionFault | null {
  const [least, most] = ARITY.get(call.word) ?? [0, 0];
  if (count >= least && count <= most) return null;
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  return fault(call, `${call.word} takes ${wanted} ${most === 1 ? 'value' : 'values'}, found ${count}`);
}
