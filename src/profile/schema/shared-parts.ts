/** A JSON Schema that says what it says often in one place: a fifth as long, and editors read it sooner. */
import type { JsonSchema } from './schema-builder.ts';

/** A part that is shorter stands where it is, and can be read there. */
const SHARED_FROM_CHARACTERS = 300;

const isMap = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same schema, with each of its parts changed. */
function withParts(schema: JsonSchema, change: (part: JsonSchema) => JsonSchema): JsonSchema {
  const each = (value: unknown): unknown => (isMap(value) ? change(value) : value);
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === 'anyOf' && Array.isArray(value)) return [key, value.map(each)];
      if (key === 'properties' && isMap(value)) {
        return [key, Object.fromEntries(Object.entries(value).map(([name, part]) => [name, each(part)]))];
      }
      const holdsOne = key === 'items' || key === 'additionalProperties' || key === 'propertyNames';
      return [key, holdsOne ? each(value) : value];
    }),
  );
}

/** What stands in it twice or more moves to its `definitions`, and is referred to. */
export function withSharedParts(schema: JsonSchema): JsonSchema {
  const seen = new Set<string>();
  const names = new Map<string, string>();
  (function look(part: JsonSchema): JsonSchema {
    const text = JSON.stringify(part);
    if (text.length < SHARED_FROM_CHARACTERS) return part;
    // What stands within a part that is shared stands there once.
    if (!seen.has(text)) {
      seen.add(text);
      return withParts(part, look);
    }
    if (!names.has(text)) names.set(text, `part-${names.size + 1}`);
    return part;
  })(schema);

  const definitions: Record<string, JsonSchema> = {};
  function share(part: JsonSchema): JsonSchema {
    const name = names.get(JSON.stringify(part));
    if (name === undefined) return withParts(part, share);
    definitions[name] ??= withParts(part, share);
    return { $ref: `#/definitions/${name}` };
  }
  return { ...share(schema), definitions };
}
