/** Bridges of a profile: each has a type, and the options that its type brings. */
import { z } from 'zod';
import type { Bridge } from '../../../bridge.ts';
import type { BridgeEntry } from '../../../core/profile.ts';
import { bridgeType } from '../bridge-type.ts';
import { type FieldType, jsonSchemaOf } from '../field-types.ts';
import { check, type Issue, isMap, isMeant, issue, missing, raise, shapeIssue, unknownKey } from '../issues.ts';
import { namedMap } from '../named-map.ts';
import { lazyJson } from '../schema-builder.ts';

/** The bridges by name; no two may need the same for themselves alone. */
export const bridgeMap = (bridges: readonly Bridge[]): FieldType<ReadonlyMap<string, Omit<BridgeEntry, 'name'>>> =>
  namedMap(bridgeEntry(bridges), 'a map of bridges (name: { type: … })').transform((entries, context) => {
    const holders = new Map<string, string>();
    for (const [name, { type, options }] of entries) {
      const claims = bridges.find(one => one.type === type)?.claims(options) ?? [];
      const [taken] = claims.filter(claim => holders.has(claim));
      const holder = holders.get(taken ?? '');
      if (holder !== undefined) {
        raise(context, [issue(`${name} needs ${taken}, and so does ${holder}`, { path: [name], at: 'key' })]);
      }
      for (const claim of claims) if (!holders.has(claim)) holders.set(claim, name);
    }
    return entries;
  });

/** The options of a bridge are checked by the schema of its type, `type` itself aside. */
function bridgeEntry(bridges: readonly Bridge[]): FieldType<Omit<BridgeEntry, 'name'>> {
  const types = bridges.map(({ type }) => type);
  const type = bridgeType(types);
  const jsonOf = (bridge: Bridge) => {
    const {
      properties = {},
      required = [],
      ...rest
    } = jsonSchemaOf(bridge.options) as Readonly<{
      properties?: Readonly<Record<string, unknown>>;
      required?: readonly string[];
    }>;
    return { ...rest, properties: { type: { const: bridge.type }, ...properties }, required: ['type', ...required] };
  };
  return z
    .unknown()
    .transform((input, context): Omit<BridgeEntry, 'name'> => {
      const give = (issues: readonly Issue[]): never => {
        raise(context, issues);
        return z.NEVER;
      };
      const expected = 'a map with a type ({ type: … })';
      if (!isMap(input)) return give([input === undefined ? missing(expected) : shapeIssue(expected, input)]);
      const { type: written, ...options } = input;
      if (written === undefined) return give([withoutKey('type', Object.keys(options), `one of: ${types.join(', ')}`)]);
      const known = check(type, written);
      if (!known.ok) return give(known.issues.map(one => ({ ...one, path: ['type', ...one.path] })));
      const bridge = bridges.find(one => one.type === known.value);
      const checked = bridge === undefined ? null : check(bridge.options, options);
      if (bridge === undefined || checked === null || !checked.ok)
        return give(checked?.ok === false ? checked.issues : []);
      return { type: known.value, options: checked.value, latencyMs: bridge.latencyMs(checked.value) };
    })
    .meta(
      lazyJson(() => {
        const [only, ...more] = bridges.map(jsonOf);
        return more.length === 0 ? { ...only } : { anyOf: [only, ...more] };
      }),
    );
}

/** A key that is missing, or misspelt. */
function withoutKey(key: string, keys: readonly string[], expected: string): Issue {
  const misspelt = keys.find(one => isMeant(one, key));
  return misspelt === undefined ? missing(expected, [key]) : unknownKey(misspelt, [key], []);
}
