/** Parts of an expression: each runs by itself, and says which condition it is when taken by itself. */
import { type Condition, isTrue, type PartValue, type Scope, type TextSpan, type Value } from './expression.ts';
import { COMPARISONS, type Evaluate, readFact } from './operators.ts';

/** A part with its place in the text. */
export interface Part extends TextSpan {
  readonly run: Evaluate;
  /** Its text, where it is one whatever the scope; null: it is none. */
  readonly constant: string | null;
  /** The fact that it is, alone; null: it is none. */
  readonly fact: string | null;
  /** No fact is read in it. */
  readonly isFixed: boolean;
  condition(): Condition;
  /** Parts of it that are true or not by themselves; it alone, if it is one. */
  leaves(): readonly Leaf[];
}

/** A part that is true or not by itself. */
export interface Leaf extends TextSpan {
  readonly run: Evaluate;
  readonly isDenied: boolean;
  /** Paths of the facts in it. */
  readonly facts: readonly string[];
}

/** @param text of the whole expression */
export function partValues(leaves: readonly Leaf[], text: string, scope: Scope): readonly PartValue[] {
  return leaves.map(({ run, isDenied, facts, offset, length }) => ({
    text: `${isDenied ? 'not ' : ''}${closed(text.slice(offset, offset + length))}`,
    isTrue: isTrue(run(scope)) !== isDenied,
    facts: facts.map(path => ({ path, value: readFact(path)(scope) })),
  }));
}

/** A part ends with its last word: what closes a function behind it is put back. */
function closed(part: string): string {
  const open = part.split('(').length - part.split(')').length;
  return part + ')'.repeat(Math.max(0, open));
}

const leafOf = (span: TextSpan, run: Evaluate, facts: readonly string[]): Leaf => ({
  run,
  isDenied: false,
  facts,
  offset: span.offset,
  length: span.length,
});

export function constantPart({ offset, length }: TextSpan, value: Value): Part {
  return {
    run: () => value,
    offset,
    length,
    constant: typeof value === 'string' ? value : null,
    fact: null,
    isFixed: true,
    condition: () => ({ kind: 'fixed', isTrue: isTrue(value), offset, length }),
    leaves: () => [leafOf({ offset, length }, () => value, [])],
  };
}

export function factPart(path: string, { offset, length }: TextSpan): Part {
  return {
    run: readFact(path),
    offset,
    length,
    constant: null,
    fact: path,
    isFixed: false,
    condition: () => ({ kind: 'fact', path, against: [0], isTrue, offset, length }),
    leaves: () => [leafOf({ offset, length }, readFact(path), [path])],
  };
}

/** Several parts and what comes out of them; the condition of it is open unless all are fixed. */
export function joined(parts: readonly Part[], run: Evaluate): Part {
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
    leaves: () => [leafOf({ offset, length }, run, factsIn(parts))],
  };
}

const factsIn = (parts: readonly Part[]): readonly string[] => [
  ...new Set(parts.flatMap(part => part.leaves().flatMap(({ facts }) => facts))),
];

export const negation = (part: Part): Part => ({
  ...joined([part], scope => !isTrue(part.run(scope))),
  leaves: () => {
    const leaves = part.leaves();
    return leaves.length === 1 ? leaves.map(leaf => ({ ...leaf, isDenied: !leaf.isDenied })) : leaves;
  },
  condition: () => ({ kind: 'not', part: part.condition() }),
});

export function junction(kind: 'and' | 'or', left: Part, right: Part): Part {
  const [a, b] = [left.run, right.run];
  const run: Evaluate =
    kind === 'and' ? scope => isTrue(a(scope)) && isTrue(b(scope)) : scope => isTrue(a(scope)) || isTrue(b(scope));
  return {
    ...joined([left, right], run),
    leaves: () => [...left.leaves(), ...right.leaves()],
    condition: () => ({ kind, parts: [left.condition(), right.condition()] }),
  };
}

/** Comparisons in a row, all of which have to be true: `1 < deck.bar <= 8`. */
export function chain(parts: readonly Part[], links: readonly Part[]): Part {
  return {
    ...joined(parts, scope => links.every(({ run }) => run(scope) === true)),
    leaves: () => links.flatMap(link => link.leaves()),
    condition: () => ({ kind: 'and', parts: links.map(link => link.condition()) }),
  };
}

/** @param name of the comparison, as in COMPARISONS */
export function comparison(name: string, left: Part, right: Part): Part {
  const test = COMPARISONS[name];
  if (test === undefined) throw new Error(`a comparison that the language does not have: ${name}`);
  const [a, b] = [left.run, right.run];
  const part = joined([left, right], scope => test(a(scope), b(scope)));
  const { offset, length } = part;
  const ofFact = (path: string, value: Value, isTrue: (value: Value) => boolean): Part => ({
    ...part,
    condition: () => ({ kind: 'fact', path, against: [value], isTrue, offset, length }),
  });
  if (left.fact !== null && right.isFixed) {
    const value = b({});
    return ofFact(left.fact, value, x => test(x, value));
  }
  if (right.fact !== null && left.isFixed) {
    const value = a({});
    return ofFact(right.fact, value, x => test(value, x));
  }
  return part;
}
