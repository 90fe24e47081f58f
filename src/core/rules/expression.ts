/** A condition or value of a profile, compiled: what it reads, what it comes out as, and which condition it is. */

/** Value that an expression works with and comes out as. null: not known. */
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
  /** True if the outermost function is `round(…)`. */
  readonly isWhole: boolean;
  /** A fact that the scope lacks is null; so is a result that is no finite number. */
  evaluate(scope: Scope): Value;
  /** Takes the expression apart, for checks of whether it can be true at all. */
  condition(): Condition;
  /** Its parts with what they are in a scope, from left to right, for people who ask why. */
  parts(scope: Scope): readonly PartValue[];
}

/** A part of a condition that is true or not by itself, and the facts that it was judged by. */
export interface PartValue {
  /** As the profile writes it. */
  readonly text: string;
  readonly isTrue: boolean;
  readonly facts: readonly { readonly path: string; readonly value: Value }[];
}

/** A condition down to the parts that are true or not by themselves. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | Judgement;

/** A place in the text of an expression, counted in characters. */
export interface TextSpan {
  readonly offset: number;
  readonly length: number;
}

export type Judgement = TextSpan &
  (
    | { readonly kind: 'fixed'; readonly isTrue: boolean }
    /** A single fact, by itself or compared with a value in the text: `against`. */
    | {
        readonly kind: 'fact';
        readonly path: string;
        readonly against: readonly Value[];
        isTrue(value: Value): boolean;
      }
    /** A calculation, or a comparison of several facts. */
    | { readonly kind: 'open' }
  );

/** null counts as false. A text is no answer to a condition, so it does too. */
export const isTrue = (value: Value): boolean => value === true || (typeof value === 'number' && value !== 0);
