/** One argument of a message as OSC needs it: its type is decided by how it is written. */
import { z } from 'zod';
import type { Template } from '../../core/rules/template.ts';
import { quote } from '../../text/quote.ts';
import { check, describeValue, isMap, issue, raise } from './issues.ts';
import {
  ANY_SCALAR,
  DECIMAL,
  type FieldType,
  fieldType,
  type JsonSchema,
  jsonSchemaOf,
  nothing,
  type Parsed,
  shape,
  WHOLE,
} from './schema-builder.ts';
import { readTemplate } from './template-field.ts';

export type OscValue =
  | { readonly type: 'int' | 'float' | 'double'; readonly value: number }
  /** A template here always comes out as text. */
  | { readonly type: 'string'; readonly value: string | Template }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'blob'; readonly value: Uint8Array }
  | { readonly type: 'int64'; readonly value: bigint }
  /** One `${…}` alone: number → float, whole number by `round()` → int, text → string, true or false → bool. */
  | { readonly type: 'auto'; readonly value: Template; readonly isWhole: boolean };

/**
 * `1` is an int, `1.0` and `1e3` are floats, a bare `true` a bool, `${…}` alone whatever it comes out as, all else a string.
 * In quotes it is a string. The other types have a one-key map: `{ int64: 9007199254740993 }`, `{ blob: 00 ff 1a }`.
 */
export const value = (what = 'a value (1, 1.0, true, text, or { blob: 00 ff })'): FieldType<OscValue> =>
  shape(what, { text: plain(what), map: explicit(what) });

const INT32_LEAST = -(2 ** 31);
const INT32_MOST = 2 ** 31 - 1;
const INT64_LEAST = -(2n ** 63n);
const INT64_MOST = 2n ** 63n - 1n;
/** The largest 32-bit float. */
const FLOAT_MOST = 3.4028234663852886e38;

const plain = (what: string): FieldType<OscValue> =>
  fieldType<OscValue>(what, ANY_SCALAR, text => {
    const { source, isQuoted } = text;
    if (!isQuoted) {
      if (source === '~') return nothing(what);
      if (WHOLE.test(source)) return int(source);
      if (DECIMAL.test(source)) return float(source);
      if (source === 'true' || source === 'false')
        return { ok: true, value: { type: 'bool', value: source === 'true' } };
    }
    const read = readTemplate(source);
    if (!read.ok) return read;
    const { value } = read;
    if (typeof value === 'string') return { ok: true, value: { type: 'string', value } };
    const isAlone = value.template.length === 1;
    return {
      ok: true,
      value: isAlone ? { type: 'auto', value, isWhole: value.isWhole } : { type: 'string', value },
    };
  });

const refuse = (message: string): Parsed<never> => ({ ok: false, message });

function int(source: string): Parsed<OscValue> {
  const value = Number(source);
  if (value >= INT32_LEAST && value <= INT32_MOST) return { ok: true, value: { type: 'int', value: value + 0 } };
  return refuse(`${source} is beyond the 32 bits of an OSC integer; write { int64: ${source} }`);
}

function float(source: string): Parsed<OscValue> {
  const value = Number(source);
  if (Math.abs(value) <= FLOAT_MOST) return { ok: true, value: { type: 'float', value } };
  return refuse(`${source} is beyond the 32 bits of an OSC float; write { double: ${source} }`);
}

/** One form with its name as key. `expected` completes "expected …". */
const form = (
  expected: string,
  json: JsonSchema,
  parse: (source: string) => OscValue | Parsed<OscValue> | null,
): FieldType<OscValue> =>
  fieldType<OscValue>(expected, json, text => {
    const read = parse(text.source);
    if (read === null) return refuse(`expected ${expected}, found ${describeValue(text)}`);
    return 'ok' in read ? read : { ok: true, value: read };
  });

const FORMS = {
  int: form('a whole number of 32 bits', { type: 'integer', minimum: INT32_LEAST, maximum: INT32_MOST }, source =>
    WHOLE.test(source) ? int(source) : null,
  ),
  float: form('a number', { type: 'number' }, source => (DECIMAL.test(source) ? float(source) : null)),
  string: form('a text', ANY_SCALAR, source => {
    const read = readTemplate(source);
    if (!read.ok) return read;
    // Beside an empty text a `${…}` is not alone, and so is spelt out.
    const { value } = read;
    return {
      type: 'string',
      value: typeof value === 'string' ? value : { template: ['', ...value.template], isWhole: false },
    };
  }),
  bool: form('true or false', { type: 'boolean' }, source =>
    source === 'true' || source === 'false' ? { type: 'bool', value: source === 'true' } : null,
  ),
  blob: form('bytes in hexadecimal (00 ff 1a)', ANY_SCALAR, source => {
    const digits = source.replaceAll(/\s/g, '');
    const isHex = /^[0-9a-f]{2}(?:\s*[0-9a-f]{2})*$/i.test(source);
    return isHex
      ? { type: 'blob', value: Uint8Array.from(digits.match(/../g) ?? [], pair => Number.parseInt(pair, 16)) }
      : null;
  }),
  int64: form('a whole number of 64 bits', { type: 'integer' }, source => {
    if (!WHOLE.test(source) || source.length > 25) return null;
    const value = BigInt(source.replace('+', ''));
    return value >= INT64_LEAST && value <= INT64_MOST ? { type: 'int64', value } : null;
  }),
  double: form('a number', { type: 'number' }, source => {
    const value = Number(source);
    return DECIMAL.test(source) && Number.isFinite(value) ? { type: 'double', value } : null;
  }),
} as const;

const FORM_MAP = z.strictObject({
  int: FORMS.int.optional(),
  float: FORMS.float.optional(),
  string: FORMS.string.optional(),
  bool: FORMS.bool.optional(),
  blob: FORMS.blob.optional(),
  int64: FORMS.int64.optional(),
  double: FORMS.double.optional(),
});

const explicit = (what: string): FieldType<OscValue> =>
  z
    .unknown()
    .transform((input, context): OscValue => {
      const keys = isMap(input) ? Object.keys(input) : [];
      if (keys.length !== 1) {
        const found = keys.length === 0 ? 'an empty map' : keys.map(quote).join(' and ');
        raise(context, [issue(`expected ${what}: a map with one key, found ${found}`)]);
        return z.NEVER;
      }
      const checked = check(FORM_MAP, input);
      const [value] = checked.ok ? Object.values(checked.value) : [];
      if (value !== undefined) return value;
      raise(context, checked.ok ? [] : checked.issues);
      return z.NEVER;
    })
    .meta({ ...jsonSchemaOf(FORM_MAP), minProperties: 1, maxProperties: 1 });
