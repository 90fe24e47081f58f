/**
 * Compiles conditions and values of a profile, once; they are evaluated while the show runs and never throw then.
 *
 * mathjs parses; the tree is then built into functions of our own rather than compiled by mathjs, because its operators
 * throw on `"chorus" == "chorus"`, on `null < 20` and on a property of null, and read whatever property they are given.
 */
import { type ConstantNode, create, type MathNode, parseDependencies } from 'mathjs/number';
import {
  chain,
  comparison,
  constantPart,
  factPart,
  joined,
  junction,
  type Leaf,
  negation,
  type Part,
  partValues,
} from './condition.ts';
import { type Expression, isTrue, type PartValue, type Scope, type TextSpan, type Value } from './expression.ts';
import { readOperands } from './expression-checks.ts';
import { CONSTANTS, LITERALS } from './expression-names.ts';
import type { Operand } from './expression-tokens.ts';
import { COMPARISONS, calculation, cleanValue, TEXT_TESTS, textTest } from './operators.ts';
import { factAt } from './show-facts.ts';

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
  const read = readOperands(text);
  if (!read.ok) return { ok: false, ...read.fault };
  try {
    const build: Build = { operands: read.operands, next: 0 };
    // Line breaks separate expressions for mathjs; in a profile they come from folded text and mean nothing.
    const tree = parse(text.replaceAll(/[\r\n\t]/g, ' '));
    const part = buildNode(tree, build);
    const { run, condition } = part;
    const paths = read.operands.filter(({ sort, word }) => sort === 'name' && word.includes('.'));
    const facts = [...new Set(paths.map(({ word }) => word))];
    const roots = [...new Set(facts.map(path => path.split('.')[0] ?? path))];
    const evaluate = (scope: Scope): Value => {
      try {
        return run(scope);
      } catch {
        return null; // a scope that throws when read: what is not there is not known
      }
    };
    let leaves: readonly Leaf[] | null = null;
    const parts = (scope: Scope): readonly PartValue[] => {
      leaves ??= part.leaves();
      return partValues(leaves, text, scope);
    };
    return { ok: true, expression: { text, facts, roots, isWhole: isRound(tree), evaluate, condition, parts } };
  } catch (error) {
    if (error instanceof ExpressionError) return { ok: false, ...error.fault };
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

/** The tree is walked from left to right, so its leaves meet the operands in order. */
interface Build {
  readonly operands: readonly Operand[];
  next: number;
}

/** Leaves the walk through the tree; seen by compileExpression only. */
class ExpressionError extends Error {
  readonly fault: TextSpan & { readonly message: string; readonly note: string | null };
  constructor({ offset, length }: TextSpan, message: string, note: string | null = null) {
    super(message);
    this.fault = { message, note, offset, length };
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

function buildNode(node: MathNode | Tree, build: Build): Part {
  const tree = node as Tree;
  switch (tree.type) {
    case 'ConstantNode': {
      const operand = takeOperand(build);
      if (operand.sort === 'name') return constantPart(operand, LITERALS.get(operand.word) ?? null);
      const value: unknown = (node as ConstantNode).value;
      return constantPart(operand, typeof value === 'number' || typeof value === 'string' ? cleanValue(value) : null);
    }
    case 'SymbolNode': {
      const operand = takeOperand(build);
      if (!CONSTANTS.has(operand.word)) throw new Error('a name that was not checked');
      return constantPart(operand, operand.word);
    }
    case 'AccessorNode': {
      const operand = takeOperand(build);
      return factPart(operand.word, operand);
    }
    case 'ParenthesisNode':
      return buildNode(tree.content as Tree, build);
    case 'ConditionalNode':
      return buildChoice(tree, build);
    case 'RelationalNode': {
      const parts = buildComparands(tree.params ?? [], build);
      const links = (tree.conditionals ?? []).map((name, i) => compare(name, parts[i] as Part, parts[i + 1] as Part));
      return chain(parts, links);
    }
    case 'OperatorNode':
      if (tree.implicit === true || tree.isPercentage === true) throw new Error('an operator that nobody wrote');
      return buildOperator(tree, build);
    case 'FunctionNode': {
      const name = takeOperand(build);
      if (Object.hasOwn(TEXT_TESTS, name.word)) {
        const texts = (tree.args ?? []).map(arg => buildNode(arg, build));
        return joined([constantPart(name, null), ...texts], textTest(name.word, texts.map(runOf)));
      }
      const args = (tree.args ?? []).map(arg => asNumber(buildNode(arg, build)));
      return joined([constantPart(name, null), ...args], calculation(name.word, args.map(runOf)));
    }
    default:
      throw new Error(`a part that the language does not have: ${tree.type}`);
  }
}

const runOf = ({ run }: Part): Part['run'] => run;

function buildChoice(tree: Tree, build: Build): Part {
  const condition = asCondition(buildNode(tree.condition as Tree, build));
  const whenTrue = buildNode(tree.trueExpr as Tree, build);
  const whenFalse = buildNode(tree.falseExpr as Tree, build);
  const [yes, no] = [whenTrue.run, whenFalse.run];
  return joined([condition, whenTrue, whenFalse], scope => (isTrue(condition.run(scope)) ? yes(scope) : no(scope)));
}

function buildOperator(tree: Tree, build: Build): Part {
  const name = functionName(tree);
  const [first, second] = tree.args ?? [];
  if (first === undefined) throw new Error('an operator without a value');
  if (name === 'not') return negation(asCondition(buildNode(first, build)));
  if (name === 'and' || name === 'or' || name === 'xor') {
    if (second === undefined) throw new Error('an operator without its second value');
    const left = asCondition(buildNode(first, build));
    const right = asCondition(buildNode(second, build));
    if (name !== 'xor') return junction(name, left, right);
    return joined([left, right], scope => isTrue(left.run(scope)) !== isTrue(right.run(scope)));
  }
  const parts = buildComparands(tree.args ?? [], build);
  if (Object.hasOwn(COMPARISONS, name)) return compare(name, parts[0] as Part, parts[1] as Part);
  return joined(parts, calculation(name, parts.map(asNumber).map(runOf)));
}

/** The values of an operator. `not a == b` is `(not a) == b` to mathjs, and to nobody else. */
function buildComparands(trees: readonly Tree[], build: Build): readonly Part[] {
  return trees.map((tree, i) => {
    const part = buildNode(tree, build);
    const isBeforeOperator = i < trees.length - 1;
    if (isBeforeOperator && tree.type === 'OperatorNode' && functionName(tree) === 'not') {
      throw new ExpressionError(
        part,
        '"not" takes only the word after it; put what it belongs to in parentheses: not (…)',
      );
    }
    return part;
  });
}

/** `phrase.kind == chorus or verse` says nothing: a text is neither true nor false. */
function asCondition(part: Part): Part {
  if (part.constant === null) return part;
  throw new ExpressionError(
    part,
    `${part.constant} is a text, neither true nor false; compare it with something (… == ${part.constant})`,
  );
}

function asNumber(part: Part): Part {
  if (part.constant === null) return part;
  throw new ExpressionError(part, `${part.constant} is a text; there is nothing to calculate with`);
}

function compare(name: string, left: Part, right: Part): Part {
  checkTexts(left, right);
  checkTexts(right, left);
  return comparison(name, left, right);
}

/** A fact that takes a few known texts: another text is a slip that would never be true. */
function checkTexts({ fact }: Part, other: Part): void {
  const { constant } = other;
  const is = factAt(fact ?? '')?.is;
  if (constant === null || is?.kind !== 'text' || is.values === null) return;
  if (is.values.includes(constant.toLowerCase())) return;
  throw new ExpressionError(other, `${fact} is never "${constant}"`, `it is one of: ${is.values.join(', ')}`);
}
