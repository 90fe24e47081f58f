/**
 * Conditions and values of a profile: compiled once, evaluated while the show runs, never throwing then.
 *
 * mathjs parses; the tree is then built into functions of our own rather than compiled by mathjs, because its operators
 * throw on `"chorus" == "chorus"`, on `null < 20` and on a property of null, and read whatever property they are given.
 */
import { type ConstantNode, create, type MathNode, parseDependencies } from 'mathjs/number';
import { CONSTANTS, LITERALS, type Operand, readTokens } from './expression-tokens.ts';
import { FACTS } from './facts.ts';

/** What an expression works with and comes out as. null: not known. */
export type Value = number | string | boolean | null;

/** A name and its value or its record of values: `{ deck: { tempoBpm: 128 }, … }`. */
export type Scope = { readonly [name: string]: Value | Scope };

export interface Expression {
  /** As the profile writes it. */
  readonly text: string;
  /** The facts it reads, as paths: `deck.tempoBpm`, `deck2.phrase.kind`. */
  readonly facts: readonly string[];
  /** The first parts of those: `deck`, `phrase`, `deck2`. */
  readonly roots: readonly string[];
  /** The outermost thing it does is `round(…)`. */
  readonly isWhole: boolean;
  /** A fact that the scope lacks is null; so is a result that is no finite number. */
  evaluate(scope: Scope): Value;
  /** The same taken apart, for those who ask whether it can be true at all. */
  condition(): Condition;
}

/** A condition down to the parts that are true or not by themselves. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | Judgement;

/** Its place in the text is counted in characters. */
export type Judgement = Where &
  (
    | { readonly kind: 'fixed'; readonly isTrue: boolean }
    /** One fact by itself, or compared with what stands in the text: `against`. */
    | {
        readonly kind: 'fact';
        readonly path: string;
        readonly against: readonly Value[];
        isTrue(value: Value): boolean;
      }
    /** It calculates, or reads several facts. */
    | { readonly kind: 'open' }
  );

export type Compiled =
  | { readonly ok: true; readonly expression: Expression }
  /** `offset` and `length` in characters of the text; `note` is a second line (`known here: …`) or null. */
  | {
      readonly ok: false;
      readonly message: string;
      readonly note: string | null;
      readonly offset: number;
      readonly length: number;
    };

/** Compiles an expression; never throws. Every name, function and sign in it is checked. */
export function compileExpression(text: string): Compiled {
  const words = readTokens(text);
  if (!words.ok) return { ok: false, ...words.fault };
  try {
    const build: Build = { operands: words.operands, next: 0 };
    // Line breaks separate expressions for mathjs; in a profile they come from folded text and mean nothing.
    const tree = parse(text.replaceAll(/[\r\n\t]/g, ' '));
    const root = buildNode(tree, build);
    const paths = words.operands.filter(({ sort, word }) => sort === 'name' && word.includes('.'));
    const facts = [...new Set(paths.map(({ word }) => word))];
    const roots = [...new Set(facts.map(path => path.split('.')[0] ?? path))];
    const { run, condition } = root;
    const evaluate = (scope: Scope): Value => {
      try {
        return run(scope);
      } catch {
        return null; // a scope that throws when read: what is not there is not known
      }
    };
    return { ok: true, expression: { text, facts, roots, isWhole: isRound(tree), evaluate, condition } };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, ...error.fault };
    return {
      ok: false,
      message: 'cannot read this expression',
      note: null,
      offset: 0,
      length: Math.max(1, text.length),
    };
  }
}

// The one cast that mathjs needs: its types know only the full instance.
const { parse } = create(parseDependencies ?? {}, { predictable: true }) as unknown as {
  parse(text: string): MathNode;
};

type Run = (scope: Scope) => Value;

/** A part of the tree, built; `offset` and `length` are where it stands in the text. */
interface Built {
  readonly run: Run;
  readonly offset: number;
  readonly length: number;
  /** It is this text whatever the scope. */
  readonly constant: string | null;
  /** It is this fact alone. */
  readonly fact: string | null;
  /** No fact is read in it. */
  readonly isFixed: boolean;
  condition(): Condition;
}

/** The tree is walked from left to right, so its leaves meet the words in order. */
interface Build {
  readonly operands: readonly Operand[];
  next: number;
}

interface Where {
  readonly offset: number;
  readonly length: number;
}

/** Leaves the walk through the tree; seen by compileExpression only. */
class Refusal extends Error {
  readonly fault: Where & { readonly message: string; readonly note: string | null };
  constructor(where: Where, message: string, note: string | null = null) {
    super(message);
    this.fault = { message, note, offset: where.offset, length: where.length };
  }
}

/** The tree as far as it is read here: mathjs's own types miss half of it. */
interface Tree {
  readonly type: string;
  readonly fn?: string | { readonly name?: string };
  readonly args?: readonly Tree[];
  readonly implicit?: boolean;
  readonly isPercentage?: boolean;
  readonly content?: Tree;
  readonly condition?: Tree;
  readonly trueExpr?: Tree;
  readonly falseExpr?: Tree;
  readonly conditionals?: readonly string[];
  readonly params?: readonly Tree[];
}

const asTree = (node: MathNode): Tree => node as unknown as Tree;

function isRound(node: MathNode): boolean {
  let tree: Tree | undefined = asTree(node);
  while (tree?.type === 'ParenthesisNode') tree = tree.content;
  return tree?.type === 'FunctionNode' && functionName(tree) === 'round' && tree.args?.length === 1;
}

const functionName = ({ fn }: Tree): string => (typeof fn === 'string' ? fn : (fn?.name ?? ''));

function takeOperand(build: Build): Operand {
  const operand = build.operands[build.next++];
  if (operand === undefined) throw new Error('the tree has more leaves than the text has words');
  return operand;
}

function buildNode(node: MathNode | Tree, build: Build): Built {
  const tree = node as Tree;
  switch (tree.type) {
    case 'ConstantNode': {
      const operand = takeOperand(build);
      if (operand.sort === 'name') return leaf(operand, LITERALS.get(operand.word) ?? null);
      const value: unknown = (node as ConstantNode).value;
      return leaf(operand, typeof value === 'number' || typeof value === 'string' ? clean(value) : null);
    }
    case 'SymbolNode': {
      const operand = takeOperand(build);
      if (!CONSTANTS.has(operand.word)) throw new Error('a name that was not checked');
      return leaf(operand, operand.word);
    }
    case 'AccessorNode': {
      const operand = takeOperand(build);
      return factLeaf(operand);
    }
    case 'ParenthesisNode':
      return buildNode(tree.content as Tree, build);
    case 'ConditionalNode': {
      const condition = asCondition(buildNode(tree.condition as Tree, build));
      const whenTrue = buildNode(tree.trueExpr as Tree, build);
      const whenFalse = buildNode(tree.falseExpr as Tree, build);
      const [yes, no] = [whenTrue.run, whenFalse.run];
      return join([condition, whenTrue, whenFalse], scope => (isTrue(condition.run(scope)) ? yes(scope) : no(scope)));
    }
    case 'RelationalNode': {
      const parts = (tree.params ?? []).map((part, i, all) => buildOperand(part, i < all.length - 1, build));
      const links = (tree.conditionals ?? []).map((name, i) => compare(name, parts[i] as Built, parts[i + 1] as Built));
      return {
        ...join(parts, scope => links.every(({ run }) => run(scope) === true)),
        condition: () => ({ kind: 'and', parts: links.map(link => link.condition()) }),
      };
    }
    case 'OperatorNode':
      if (tree.implicit === true || tree.isPercentage === true) throw new Error('an operator that nobody wrote');
      return buildOperator(tree, build);
    case 'FunctionNode': {
      const name = takeOperand(build);
      const args = (tree.args ?? []).map(arg => asNumber(buildNode(arg, build)));
      return join([leaf(name, null), ...args], calculate(name.word, args));
    }
    default:
      throw new Error(`a part that the language does not have: ${tree.type}`);
  }
}

function leaf({ offset, length }: Where, value: Value): Built {
  return {
    run: () => value,
    offset,
    length,
    constant: typeof value === 'string' ? value : null,
    fact: null,
    isFixed: true,
    condition: () => ({ kind: 'fixed', isTrue: isTrue(value), offset, length }),
  };
}

function factLeaf({ word: path, offset, length }: Operand): Built {
  return {
    run: readFact(path),
    offset,
    length,
    constant: null,
    fact: path,
    isFixed: false,
    condition: () => ({ kind: 'fact', path, against: [0], isTrue, offset, length }),
  };
}

function join(parts: readonly Built[], run: Run): Built {
  const offset = Math.min(...parts.map(part => part.offset));
  const length = Math.max(...parts.map(part => part.offset + part.length)) - offset;
  const isFixed = parts.every(part => part.isFixed);
  return {
    run,
    offset,
    length,
    constant: null,
    fact: null,
    isFixed,
    condition: () =>
      isFixed ? { kind: 'fixed', isTrue: isTrue(run({})), offset, length } : { kind: 'open', offset, length },
  };
}

function buildOperator(tree: Tree, build: Build): Built {
  const name = functionName(tree);
  const [first, second] = tree.args ?? [];
  if (first === undefined) throw new Error('an operator without a value');
  if (name === 'not') {
    const part = asCondition(buildNode(first, build));
    return {
      ...join([part], scope => !isTrue(part.run(scope))),
      condition: () => ({ kind: 'not', part: part.condition() }),
    };
  }
  if (name === 'and' || name === 'or' || name === 'xor') {
    if (second === undefined) throw new Error('an operator without its second value');
    const left = asCondition(buildNode(first, build));
    const right = asCondition(buildNode(second, build));
    const [a, b] = [left.run, right.run];
    if (name === 'xor') return join([left, right], scope => isTrue(a(scope)) !== isTrue(b(scope)));
    const isAnd = name === 'and';
    return {
      ...join([left, right], scope =>
        isAnd ? isTrue(a(scope)) && isTrue(b(scope)) : isTrue(a(scope)) || isTrue(b(scope)),
      ),
      condition: () => ({ kind: name, parts: [left.condition(), right.condition()] }),
    };
  }
  const parts = (tree.args ?? []).map((part, i, all) => buildOperand(part, i < all.length - 1, build));
  if (Object.hasOwn(COMPARISONS, name)) return compare(name, parts[0] as Built, parts[1] as Built);
  return join(parts, calculate(name, parts.map(asNumber)));
}

/** `not a == b` is `(not a) == b` to mathjs, and to nobody else. */
function buildOperand(tree: Tree, isBeforeOperator: boolean, build: Build): Built {
  const built = buildNode(tree, build);
  if (isBeforeOperator && tree.type === 'OperatorNode' && functionName(tree) === 'not') {
    throw new Refusal(built, '"not" takes only the word after it; put what it belongs to in parentheses: not (…)');
  }
  return built;
}

/** `phrase.kind == chorus or verse` says nothing: a text is neither true nor false. */
function asCondition(part: Built): Built {
  if (part.constant === null) return part;
  throw new Refusal(
    part,
    `${part.constant} is a text, neither true nor false; compare it with something (… == ${part.constant})`,
  );
}

function asNumber(part: Built): Built {
  if (part.constant === null) return part;
  throw new Refusal(part, `${part.constant} is a text; there is nothing to calculate with`);
}

/** A fact that takes a few known texts: another text is a slip that would never be true. */
function checkTexts({ fact }: Built, other: Built): void {
  const { constant } = other;
  const is = FACTS.get(fact ?? '')?.is;
  if (constant === null || is?.kind !== 'text' || is.values === null) return;
  if (is.values.includes(constant.toLowerCase())) return;
  throw new Refusal(other, `${fact} is never "${constant}"`, `it is one of: ${is.values.join(', ')}`);
}

function compare(name: string, left: Built, right: Built): Built {
  checkTexts(left, right);
  checkTexts(right, left);
  const test = COMPARISONS[name];
  if (test === undefined) throw new Error(`a comparison that the language does not have: ${name}`);
  const [a, b] = [left.run, right.run];
  const built = join([left, right], scope => test(a(scope), b(scope)));
  const { offset, length } = built;
  const judges = (path: string, value: Value, isTrue: (value: Value) => boolean): Built => ({
    ...built,
    condition: () => ({ kind: 'fact', path, against: [value], isTrue, offset, length }),
  });
  if (left.fact !== null && right.isFixed) {
    const value = b({});
    return judges(left.fact, value, x => test(x, value));
  }
  if (right.fact !== null && left.isFixed) {
    const value = a({});
    return judges(right.fact, value, x => test(value, x));
  }
  return built;
}

const COMPARISONS: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  equal: (a, b) => isEqual(a, b),
  unequal: (a, b) => !isEqual(a, b),
  smaller: (a, b) => order(a, b) < 0,
  smallerEq: (a, b) => order(a, b) <= 0,
  larger: (a, b) => order(a, b) > 0,
  largerEq: (a, b) => order(a, b) >= 0,
};

/** null counts as false. A text is no answer to a condition, so it does too. */
export const isTrue = (value: Value): boolean => value === true || (typeof value === 'number' && value !== 0);

/** Texts without case; null equals only null; a number is never equal to a text. */
function isEqual(a: Value, b: Value): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a === b || a.toLowerCase() === b.toLowerCase();
  return a === b;
}

/** NaN, with which every order is false, unless both are numbers or both texts. */
function order(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== 'string' || typeof b !== 'string') return Number.NaN;
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
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
function calculate(name: string, parts: readonly Built[]): Run {
  const runs = parts.map(part => part.run);
  const [a, b] = runs;
  if (name === 'min' || name === 'max') {
    const choose = Math[name];
    return scope => {
      let best: number | null = null;
      for (const run of runs) {
        const value = run(scope);
        if (typeof value !== 'number') return null;
        best = best === null ? value : choose(best, value);
      }
      return best;
    };
  }
  const unary = runs.length === 1 && Object.hasOwn(UNARY, name) ? UNARY[name] : undefined;
  if (unary !== undefined && a !== undefined) {
    return scope => {
      const x = a(scope);
      return typeof x === 'number' ? clean(unary(x)) : null;
    };
  }
  const binary = runs.length === 2 && Object.hasOwn(BINARY, name) ? BINARY[name] : undefined;
  if (binary === undefined || a === undefined || b === undefined) {
    throw new Error(`an operation that the language does not have: ${name}`);
  }
  return scope => {
    const x = a(scope);
    const y = b(scope);
    return typeof x === 'number' && typeof y === 'number' ? clean(binary(x, y)) : null;
  };
}

/** NaN and the infinities are not values of a show; neither is -0, which would be another byte on the wire. */
function clean(value: unknown): Value {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

/** A fact by its path. The path stands in FACTS; a record that is missing on the way there, or is none, gives null. */
function readFact(path: string): Run {
  const [first = '', second = '', third] = path.split('.');
  if (third === undefined) {
    return scope => {
      const record: unknown = scope[first];
      return isRecord(record) ? clean(record[second]) : null;
    };
  }
  return scope => {
    const outer: unknown = scope[first];
    const inner = isRecord(outer) ? outer[second] : null;
    return isRecord(inner) ? clean(inner[third]) : null;
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
