/** Texts with `${…}` in them, and trees of data that hold such texts. */
import type { Expression, Scope, Value } from './expression.ts';

/** A text with expressions. Alone, `${x}` keeps the type of its result; among other text it is spelt out. */
export interface Template {
  readonly template: readonly (string | Expression)[];
  /** True for one `${round(…)}` alone: its number is a whole one and stays so on the wire. */
  readonly isWhole: boolean;
}

/** Data without templates. */
export type Filled = Value | bigint | undefined | Uint8Array | readonly Filled[] | { readonly [key: string]: Filled };

export type Filling =
  | { readonly ok: true; readonly value: Filled }
  /** An expression came out as null; its text. */
  | { readonly ok: false; readonly unknown: string };

export const isTemplate = (value: unknown): value is Template =>
  typeof value === 'object' && value !== null && 'template' in value;

/** A tree of data with every template in it replaced by what it says now. A value that is not known makes the whole fail. */
export function fill(tree: unknown, scope: Scope): Filling {
  if (isTemplate(tree)) return fillTemplate(tree, scope);
  if (Array.isArray(tree)) {
    const items: Filled[] = [];
    for (const item of tree) {
      const filling = fill(item, scope);
      if (!filling.ok) return filling;
      items.push(filling.value);
    }
    return { ok: true, value: items };
  }
  if (typeof tree === 'object' && tree !== null && !(tree instanceof Uint8Array)) {
    const record: Record<string, Filled> = {};
    for (const [key, item] of Object.entries(tree)) {
      const filling = fill(item, scope);
      if (!filling.ok) return filling;
      record[key] = filling.value;
    }
    return { ok: true, value: record };
  }
  return { ok: true, value: tree as Filled };
}

/** The names that the templates of a tree start from: `deck`, `phrase`. */
export function rootsOf(tree: unknown): readonly string[] {
  if (isTemplate(tree)) {
    return [...new Set(tree.template.flatMap(part => (typeof part === 'string' ? [] : part.roots)))];
  }
  if (typeof tree !== 'object' || tree === null || tree instanceof Uint8Array) return [];
  return [...new Set(Object.values(tree).flatMap(rootsOf))];
}

function fillTemplate({ template }: Template, scope: Scope): Filling {
  const values: Value[] = [];
  for (const part of template) {
    const value = typeof part === 'string' ? part : part.evaluate(scope);
    if (value === null) return { ok: false, unknown: typeof part === 'string' ? part : part.text };
    values.push(value);
  }
  return { ok: true, value: values.length === 1 ? (values[0] as Value) : values.map(spell).join('') };
}

/** A number in a text: whole ones as they are, others to three places. */
function spell(value: Value): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toFixed(3)));
  return String(value);
}

/** Gives a message with its templates as the profile writes them, for people, before the evening. */
export function asWritten(tree: unknown): Filled {
  if (isTemplate(tree)) {
    return tree.template.map(part => (typeof part === 'string' ? part : `\${${part.text}}`)).join('');
  }
  if (Array.isArray(tree)) return tree.map(asWritten);
  if (typeof tree !== 'object' || tree === null || tree instanceof Uint8Array) return tree as Filled;
  return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, asWritten(item)]));
}
