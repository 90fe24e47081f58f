/** How a schema over the source of a profile is put together: leaves that read a `Text`, and shapes that hold them. */
import { z } from 'zod';
import { inPlainSigns } from '../yaml/lookalikes.ts';
import { Text } from '../yaml/source-text.ts';
import { check, type Issue, isMap, issue, missing, raise, shapeIssue } from './issues.ts';

/** A part of a JSON Schema, draft 7. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What reading one word gave. `offset` and `length` count characters of the text; without them all of it is meant. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | Refused;

export interface Refused {
  readonly ok: false;
  readonly message: string;
  readonly note?: string | null;
  readonly offset?: number;
  readonly length?: number;
  readonly choices?: readonly string[];
}

/** A schema whose input is the profile's source and whose output is T. */
export type FieldType<T> = z.ZodType<T, unknown>;

/**
 * A leaf of a schema.
 *
 * @param expected  completes "expected …": `a port number (1 to 65535)`
 * @param json      the same for editors, over what YAML 1.2 core makes of the word (numbers as numbers)
 * @param parse     pure; is not asked about an empty value, nor about a list or a map
 */
export function fieldType<T>(expected: string, json: JsonSchema, parse: (text: Text) => Parsed<T>): FieldType<T> {
  return z
    .unknown()
    .transform((input, context): T => {
      const refuse = (found: Issue): never => {
        raise(context, [found]);
        return z.NEVER;
      };
      if (input === undefined) return refuse(missing(expected));
      if (!(input instanceof Text)) return refuse(shapeIssue(expected, input));
      if (input.source === '' && !input.isQuoted)
        return refuse(issue(`nothing stands here; expected ${expected}`, { expected }));
      const parsed = parse(input);
      if (parsed.ok) return parsed.value;
      const lookalike = mistaken(input, parsed, parse);
      if (lookalike !== null) return refuse(lookalike);
      const { message, note = null, offset, choices = null } = parsed;
      const part = offset === undefined ? null : { offset, length: parsed.length ?? 1 };
      return refuse(issue(message, { note, part, expected, choices }));
    })
    .meta({ ...json });
}

/** What is wrong with a text that would be right in plain signs, or was refused for one that is none; null: neither. */
function mistaken<T>(text: Text, refused: Refused, parse: (text: Text) => Parsed<T>): Issue | null {
  const mended = inPlainSigns(text.source);
  if (mended === null) return null;
  const { message, offset, length, plain } = mended;
  const isMended = parse(new Text(plain, text.isQuoted ? 'double' : 'plain', text.start, plain)).ok;
  return isMended || refused.offset === offset ? issue(message, { part: { offset, length } }) : null;
}

/** Of a text, a list and a map, those that may stand here, each with its own schema. */
export function shape<T = never, L = never, M = never>(
  expected: string,
  branches: { readonly text?: FieldType<T>; readonly list?: FieldType<L>; readonly map?: FieldType<M> },
): FieldType<T | L | M> {
  const all = [branches.text, branches.list, branches.map].filter(branch => branch !== undefined);
  const [only] = all;
  const json = lazyJson(() =>
    all.length === 1 && only !== undefined ? jsonSchemaOf(only) : { anyOf: all.map(jsonSchemaOf) },
  );
  return z
    .unknown()
    .transform((input, context): T | L | M => {
      const branch =
        input instanceof Text
          ? branches.text
          : Array.isArray(input)
            ? branches.list
            : isMap(input)
              ? branches.map
              : undefined;
      if (branch === undefined) {
        raise(context, [input === undefined ? missing(expected) : shapeIssue(expected, input)]);
        return z.NEVER;
      }
      const checked = check<FieldType<T | L | M>>(branch, input);
      if (checked.ok) return checked.value;
      raise(context, checked.issues);
      return z.NEVER;
    })
    .meta(json);
}

/** A map with these keys and no others; unlike a bare strictObject it refuses a text and an empty list. */
export function map<S extends z.core.$ZodLooseShape>(
  keys: S,
  expected = 'a map',
): FieldType<z.output<z.ZodObject<S, z.core.$strict>>> {
  return shape(expected, { map: z.strictObject(keys) as FieldType<z.output<z.ZodObject<S, z.core.$strict>>> });
}

/**
 * A key that is known but does not belong here: refused with a line of its own rather than as unknown.
 * Editors do not offer it.
 */
export const misplaced = (message: string): z.ZodType<undefined, unknown> =>
  z
    .unknown()
    .transform((input, context): undefined => {
      if (input !== undefined) raise(context, [issue(message, { at: 'key' })]);
      return undefined;
    })
    .meta({ not: {} })
    .optional();

/**
 * A JSON Schema that is worked out once somebody reads it: only editors do, and a profile is checked without it.
 */
export function lazyJson(make: () => JsonSchema): JsonSchema {
  let made: JsonSchema | null = null;
  const whole = (): JsonSchema => {
    made ??= { ...make() };
    return made;
  };
  return new Proxy<JsonSchema>(
    {},
    {
      // Asked for `id` when it is registered: none of ours has one.
      has: () => false,
      get: (_, key) => Reflect.get(whole(), key),
      ownKeys: () => Reflect.ownKeys(whole()),
      getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(whole(), key),
    },
  );
}

/** The JSON Schema of what an author may write. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const {
    $schema: _,
    '~standard': _standard,
    ...json
  } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
  });
  return withoutMisplaced(json) as JsonSchema;
}

function withoutMisplaced(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutMisplaced);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json)
      .filter(([, value]) => !(typeof value === 'object' && value !== null && 'not' in value))
      .map(([key, value]) => [key, withoutMisplaced(value)]),
  );
}

/** What an editor makes of a word that is free text: `1999` is a number to it. */
export const ANY_SCALAR: JsonSchema = { type: ['string', 'number', 'boolean'] };

/** Numbers as people write them; YAML's `.inf`, `0o17` and `1_000` are not among them. */
export const WHOLE = /^[-+]?\d+$/;
export const DECIMAL = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;

/** The answer to a bare `~`. */
export const nothing = (what: string): Refused => ({
  ok: false,
  message: `~ stands for nothing in YAML; expected ${what}. To say just that sign, put it in quotes`,
});
