/** Conditions and values of a profile: compiled once, evaluated while the show runs, never throwing then. */

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
  evaluate(scope: Scope): Value;
}

export type Compiled =
  | { readonly ok: true; readonly expression: Expression }
  /** `offset` and `length` in characters of the text. */
  | { readonly ok: false; readonly message: string; readonly offset: number; readonly length: number };
