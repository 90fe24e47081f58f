/**
 * Rules that can never fire: conditions that no show makes true, and places that no track has.
 *
 * Only what is certain is said. A condition is taken apart down to facts that are compared with something fixed; each is
 * tried with every value that makes a difference to the comparisons. What calculates, or compares facts with each other,
 * may come out either way.
 */

import type { Condition, Expression, Judgement, Value } from '../../core/rules/expression.ts';
import { CONSTANTS } from '../../core/rules/expression-names.ts';
import type { Sort } from '../../core/rules/facts.ts';
import type { Place } from '../../core/rules/rule.ts';
import { factAt } from '../../core/rules/show-facts.ts';
import { listed, quote } from '../../text/quote.ts';

/**
 * What is known of facts wherever the conditions are asked, as all the values that each may have: at `chorus`,
 * `phrase.kind` is chorus. A fact of the deck itself has its short path: `track.id`, not `deck.track.id`.
 */
export type KnownValues = ReadonlyMap<string, readonly Value[]>;

/** How much may be tried before a condition passes for possible; shared by all of a profile, so that no file takes long. */
export interface SearchBudget {
  left: number;
}

export const searchBudget = (): SearchBudget => ({ left: 300_000 });

export interface Contradiction {
  /** The condition that shows it, and where in its text, in characters. */
  readonly expression: Expression;
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  /** What the fact can be; or null. */
  readonly note: string | null;
}

/** Why conditions are never all true together; null: they may be, as far as can be told. */
export function neverTrue(
  expressions: readonly Expression[],
  given: KnownValues,
  patience: SearchBudget,
): Contradiction | null {
  const parts = expressions.flatMap(expression => partsOf(expression.condition(), true, expression));
  const search: Search = { values: valuesThatMatter(parts, given), patience };
  const isNever = (some: readonly Part[]): boolean => {
    const todo = some.reduce<Todo>((rest, { condition, is }) => ({ condition, is, rest }), null);
    return !canHold(todo, new Map(), search);
  };
  if (!isNever(parts)) return null;
  for (const part of parts) {
    if (isNever([part]))
      return { ...part, message: `${saying(part)} is never true`, note: noteOn(part.condition, given) };
  }
  for (const [i, part] of parts.entries()) {
    const other = parts.slice(0, i).find(earlier => isNever([earlier, part]));
    if (other !== undefined) {
      return { ...part, message: `${saying(other)} and ${saying(part)} are never true together`, note: null };
    }
  }
  const last = expressions.at(-1);
  if (last === undefined) return null;
  const message = 'its conditions are never true together';
  return { expression: last, offset: 0, length: last.text.length, message, note: null };
}

/** One of the conditions that all have to come out as said, with its place. */
interface Part {
  readonly condition: Condition;
  readonly is: boolean;
  readonly expression: Expression;
  readonly offset: number;
  readonly length: number;
}

function partsOf(condition: Condition, is: boolean, expression: Expression): readonly Part[] {
  if (condition.kind === 'not') return partsOf(condition.part, !is, expression);
  if (condition.kind === (is ? 'and' : 'or')) return condition.parts.flatMap(part => partsOf(part, is, expression));
  const leaves = judgements(condition);
  const offset = Math.min(...leaves.map(leaf => leaf.offset));
  const length = Math.max(...leaves.map(leaf => leaf.offset + leaf.length)) - offset;
  return [{ condition, is, expression, offset, length }];
}

function saying({ expression, offset, length, is }: Part): string {
  const text = quote(expression.text.slice(offset, offset + length));
  return is ? text : `not ${text}`;
}

function judgements(condition: Condition): readonly Judgement[] {
  switch (condition.kind) {
    case 'not':
      return judgements(condition.part);
    case 'and':
    case 'or':
      return condition.parts.flatMap(judgements);
    default:
      return [condition];
  }
}

/** What has yet to come out as wanted. */
type Todo = { readonly condition: Condition; readonly is: boolean; readonly rest: Todo } | null;

interface Search {
  readonly values: ReadonlyMap<string, readonly Value[]>;
  readonly patience: SearchBudget;
}

/**
 * Whether all of it can come out as wanted at once.
 *
 * @param left  the values that each fact may still have; all that matter unless it is in here
 */
function canHold(todo: Todo, left: ReadonlyMap<string, readonly Value[]>, search: Search): boolean {
  if (todo === null || --search.patience.left < 0) return true;
  const { condition, is, rest } = todo;
  switch (condition.kind) {
    case 'not':
      return canHold({ condition: condition.part, is: !is, rest }, left, search);
    case 'and':
    case 'or': {
      const { parts } = condition;
      if ((condition.kind === 'or') === is)
        return parts.some(part => canHold({ condition: part, is, rest }, left, search));
      return canHold(
        parts.reduceRight<Todo>((more, part) => ({ condition: part, is, rest: more }), rest),
        left,
        search,
      );
    }
    case 'open':
      return canHold(rest, left, search);
    case 'fixed':
      return condition.isTrue === is && canHold(rest, left, search);
    case 'fact': {
      const path = ownPath(condition.path);
      const values = left.get(path) ?? search.values.get(path);
      if (values === undefined) return canHold(rest, left, search);
      search.patience.left -= values.length;
      const fitting = values.filter(value => condition.isTrue(value) === is);
      return fitting.length > 0 && canHold(rest, new Map(left).set(path, fitting), search);
    }
  }
}

/** `deck.track.id` is the same fact as `track.id`. */
const ownPath = (path: string): string => path.replace(/^deck\.(?=track\.|phrase\.)/, '');

/** For each fact some of its values: one on each side of, and at, everything that it is compared with. */
function valuesThatMatter(parts: readonly Part[], given: KnownValues): ReadonlyMap<string, readonly Value[]> {
  const against = new Map<string, Value[]>();
  for (const leaf of parts.flatMap(part => judgements(part.condition))) {
    if (leaf.kind !== 'fact') continue;
    const path = ownPath(leaf.path);
    const known = against.get(path);
    if (known === undefined) against.set(path, [...leaf.against]);
    else known.push(...leaf.against);
  }
  return new Map(
    [...against].flatMap(([path, others]) => {
      const known = given.get(path);
      if (known !== undefined) return [[path, known]];
      const is = factAt(path)?.is;
      // Any fact may be unknown.
      return is === undefined ? [] : [[path, [null, ...valuesOf(is, others)]]];
    }),
  );
}

function valuesOf(is: Sort, against: readonly Value[]): readonly Value[] {
  switch (is.kind) {
    case 'truth':
      return [true, false];
    case 'text': {
      if (is.values !== null) return is.values;
      const texts = against.filter(value => typeof value === 'string').map(text => text.toLowerCase());
      // Before all, at each, and right after each: no text lies between one and the same with a NUL behind it.
      return ['', ...texts, ...texts.map(text => `${text}\0`)];
    }
    case 'number':
      return numbersOf(is, against);
  }
}

function numbersOf({ least, most, isWhole }: Extract<Sort, { kind: 'number' }>, against: readonly Value[]): number[] {
  const numbers = [...against, least, most].filter(value => typeof value === 'number' && Number.isFinite(value));
  // One without bounds that is compared with no number has some value all the same.
  const marks = numbers.length === 0 ? [0] : [...new Set(numbers as number[])].sort((a, b) => a - b);
  const isIn = (x: number): boolean => x >= least && x <= most;
  if (isWhole) {
    const around = marks.flatMap(x => [Math.floor(x) - 1, Math.floor(x), Math.ceil(x), Math.ceil(x) + 1]);
    return [...new Set(around)].filter(isIn);
  }
  const [first = 0] = marks;
  const last = marks.at(-1) ?? 0;
  const between = marks.slice(1).map((x, i) => x / 2 + (marks[i] ?? x) / 2);
  const beyond = [first - Math.max(1, Math.abs(first)), last + Math.max(1, Math.abs(last))];
  return [...marks, ...between, ...beyond].filter(isIn);
}

function noteOn(condition: Condition, given: KnownValues): string | null {
  if (condition.kind !== 'fact') return null;
  const known = given.get(ownPath(condition.path));
  if (known !== undefined) return `here ${condition.path} is ${knownText(known)}`;
  const is = factAt(condition.path)?.is;
  return is === undefined ? null : `${condition.path} is ${sortText(is)}`;
}

/** Texts as an expression writes them. */
function knownText(values: readonly Value[]): string {
  const spell = (value: Value): string =>
    typeof value === 'string' && !CONSTANTS.has(value) ? quote(value) : String(value);
  const texts = values.filter(value => value !== null).map(spell);
  const all = values.includes(null) ? [...texts, 'not known'] : texts;
  return all.length === 1 ? String(all[0]) : `one of: ${listed(all)}`;
}

function sortText(is: Sort): string {
  switch (is.kind) {
    case 'truth':
      return 'true or false';
    case 'text':
      return is.values === null ? 'a text' : `one of: ${listed(is.values)}`;
    case 'number': {
      const what = is.isWhole ? 'a whole number' : 'a number';
      if (Number.isFinite(is.most)) return `${what} from ${is.least} to ${is.most}`;
      return Number.isFinite(is.least) ? `${what}, ${is.least} or more` : what;
    }
  }
}

const BEATS_PER_BAR = 4;

/**
 * Why a place is in no track; null: it may be in one.
 *
 * @param grid  of the one track that it is about; null: it may be any, or its grid is not known
 */
export function neverReached(
  { anchor, offset }: Place,
  grid: { readonly firstBeatMs: number; readonly tempoBpm: number } | null,
): string | null {
  const amount = offset?.amount ?? 0;
  const shiftMs = offset?.unit === 'ms' ? amount : 0;
  const beats = offset?.unit === 'ms' ? 0 : amount * (offset?.unit === 'bars' ? BEATS_PER_BAR : 1);
  switch (anchor.kind) {
    case 'end':
      return amount > 0 ? 'nothing is known of a track after its end' : null;
    case 'downbeat':
    case 'every':
      return offset?.unit === 'ms' ? 'beside what comes again and again stand beats or bars, no ms' : null;
    case 'beat': {
      const beat = anchor.beat + beats;
      if (grid === null) return beat < 1 ? `it is beat ${beat}, and a track begins with beat 1` : null;
      const ms = grid.firstBeatMs + ((beat - 1) * 60_000) / grid.tempoBpm + shiftMs;
      return ms < 0 ? 'it lies before the start of the track' : null;
    }
    case 'time': {
      const msPerBeat = grid === null ? 0 : 60_000 / grid.tempoBpm;
      return anchor.positionMs + shiftMs + beats * msPerBeat < 0 ? 'it lies before the start of the track' : null;
    }
    default:
      return null;
  }
}
