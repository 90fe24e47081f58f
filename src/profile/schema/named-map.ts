/** Maps whose keys are names that people give. */
import { z } from 'zod';
import { badName, check, type Issue, isMap, NAME, raise } from './issues.ts';
import { type FieldType, jsonSchemaOf, lazyJson, shape } from './schema-builder.ts';

/** A map from names to things that are all read alike. */
export const namedMap = <T>(entry: FieldType<T>, expected: string): FieldType<ReadonlyMap<string, T>> =>
  namedEach(entry, expected, () => ({ ok: true, entry }));

/** How the thing of a name is read; or why it cannot be there, said of the key. */
export type Naming<T> =
  | { readonly ok: true; readonly entry: FieldType<T> }
  | { readonly ok: false; readonly issue: Issue };

/**
 * A map from names to things that are read according to the name.
 *
 * @param json  what editors, which know no names, check each of them with
 */
export function namedEach<T>(
  json: FieldType<T>,
  expected: string,
  naming: (name: string) => Naming<T>,
): FieldType<ReadonlyMap<string, T>> {
  // Not a z.record, which looks no further where a name is wrong.
  const read = z
    .unknown()
    .transform((input, context): ReadonlyMap<string, T> => {
      const entries = new Map<string, T>();
      for (const [name, node] of Object.entries(isMap(input) ? input : {})) {
        if (!NAME.test(name)) raise(context, [badName(name)]);
        const of = NAME.test(name) ? naming(name) : { ok: true as const, entry: json };
        if (!of.ok) {
          raise(context, [{ ...of.issue, path: [name], at: 'key' }]);
          continue;
        }
        const checked = check(of.entry, node);
        if (checked.ok) entries.set(name, checked.value);
        else {
          raise(
            context,
            checked.issues.map(one => ({ ...one, path: [name, ...one.path] })),
          );
        }
      }
      return entries;
    })
    .meta(
      lazyJson(() => ({
        type: 'object',
        propertyNames: { pattern: NAME.source },
        additionalProperties: jsonSchemaOf(json),
      })),
    );
  return shape(expected, { map: read });
}
