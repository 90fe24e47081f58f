/**
 * Operators and functions of an expression, over values that may be unknown: none of them throws, and what cannot be
 * calculated is null.
 */
import { asRead } from '../../text/as-read.ts';
import type { Scope, Value } from './expression.ts';

/** A part of an expression as it runs. */
export type Evaluate = (scope: Scope) => Value;

export const COMPARISONS: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  equal: (a, b) => isEqual(a, b),
  unequal: (a, b) => !isEqual(a, b),
  smaller: (a, b) => order(a, b) < 0,
  smallerEq: (a, b) => order(a, b) <= 0,
  larger: (a, b) => order(a, b) > 0,
  largerEq: (a, b) => order(a, b) >= 0,
};

/** Texts as people read them; null equals only null; a number is never equal to a text. */
function isEqual(a: Value, b: Value): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a === b || asRead(a) === asRead(b);
  return a === b;
}

/** NaN, with which every order is false, unless both are numbers or both texts. */
function order(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== 'string' || typeof b !== 'string') return Number.NaN;
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Sign between names in a row, such as the tags of a track. */
export const LIST_JOINT = ', ';

/** Questions about two texts, as people read them; false unless both are texts. */
export const TEXT_TESTS: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  contains: (text, part) => text.includes(part),
  startsWith: (text, part) => text.startsWith(part),
  // Of names in a row, one and all of it.
  has: (text, name) => `${LIST_JOINT}${text}${LIST_JOINT}`.includes(`${LIST_JOINT}${name}${LIST_JOINT}`),
};

export function textTest(name: string, [text, part]: readonly Evaluate[]): Evaluate {
  const test = Object.hasOwn(TEXT_TESTS, name) ? TEXT_TESTS[name] : undefined;
  if (test === undefined || text === undefined || part === undefined) {
    throw new Error(`a question that the language does not have: ${name}`);
  }
  return scope => {
    const [a, b] = [text(scope), part(scope)];
    return typeof a === 'string' && typeof b === 'string' && test(asRead(a), asRead(b));
  };
}

/** Away from zero at the half, as people do it. */
const roundHalf = (x: number): number => Math.sign(x) * Math.round(Math.abs(x));
/** The sign of the divisor, as in counting bars: `mod(-1, 4)` is 3. */
const modulo = (x: number, y: number): number => x - y * Math.floor(x / y);

const UNARY: Readonly<Record<string, (x: number) => number>> = {
  unaryMinus: x => 0 - x,
  unaryPlus: x => x,
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  round: roundHalf,
  sign: Math.sign,
  sqrt: Math.sqrt,
};

const BINARY: Readonly<Record<string, (x: number, y: number) => number>> = {
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  divide: (x, y) => x / y,
  pow: (x, y) => x ** y,
  mod: modulo,
  round: (x, places) => {
    const scale = 10 ** Math.min(15, Math.max(0, Math.trunc(places)));
    return roundHalf(x * scale) / scale;
  },
};

/** Numbers in, a number out; null as soon as one of them is not known. */
export function calculation(name: string, parts: readonly Evaluate[]): Evaluate {
  const [a, b] = parts;
  if (name === 'min' || name === 'max') return extreme(Math[name], parts);
  const unary = parts.length === 1 && Object.hasOwn(UNARY, name) ? UNARY[name] : undefined;
  if (unary !== undefined && a !== undefined) {
    return scope => {
      const x = a(scope);
      return typeof x === 'number' ? cleanValue(unary(x)) : null;
    };
  }
  const binary = parts.length === 2 && Object.hasOwn(BINARY, name) ? BINARY[name] : undefined;
  if (binary === undefined || a === undefined || b === undefined) {
    throw new Error(`an operation that the language does not have: ${name}`);
  }
  return scope => {
    const x = a(scope);
    const y = b(scope);
    return typeof x === 'number' && typeof y === 'number' ? cleanValue(binary(x, y)) : null;
  };
}

function extreme(choose: (a: number, b: number) => number, parts: readonly Evaluate[]): Evaluate {
  return scope => {
    let best: number | null = null;
    for (const part of parts) {
      const value = part(scope);
      if (typeof value !== 'number') return null;
      best = best === null ? value : choose(best, value);
    }
    return best;
  };
}

/** NaN and the infinities are not values of a show; neither is -0, which would be another byte on the wire. */
export function cleanValue(value: unknown): Value {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

/** A fact by its path. The path stands in FACTS; a record that is missing on the way there, or is none, gives null. */
export function readFact(path: string): Evaluate {
  const names = path.split('.');
  const [first = '', second = '', third] = names;
  if (names.length > 3) {
    return scope => {
      let found: unknown = scope;
      for (const name of names) found = isRecord(found) ? found[name] : null;
      return cleanValue(found);
    };
  }
  if (third === undefined) {
    return scope => {
      const record: unknown = scope[first];
      return isRecord(record) ? cleanValue(record[second]) : null;
    };
  }
  return scope => {
    const outer: unknown = scope[first];
    const inner = isRecord(outer) ? outer[second] : null;
    return isRecord(inner) ? cleanValue(inner[third]) : null;
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
