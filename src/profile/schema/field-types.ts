/**
 * The words of a profile as zod schemas: the leaves of every schema, those of the bridges included.
 *
 * Each reads a `Text`, says in its own words what it expected, and carries the JSON Schema that an editor checks with.
 */
import type { Ms } from '../../core/clock.ts';
import { compileExpression } from '../../core/rules/compile-expression.ts';
import type { Expression } from '../../core/rules/expression.ts';
import { CONSTANTS } from '../../core/rules/expression-names.ts';
import { FACTS } from '../../core/rules/facts.ts';
import type { Template } from '../../core/rules/template.ts';
import { isLatency } from '../../core/timecode/stream-bounds.ts';
import { quote } from '../../text/quote.ts';
import type { Text } from '../yaml/source-text.ts';
import { describeValue, NAME, NAME_RULE, unknownWord } from './issues.ts';
import { ANY_SCALAR, DECIMAL, type FieldType, fieldType, nothing, type Refused, WHOLE } from './schema-builder.ts';
import { readTemplate } from './template-field.ts';

export { Text } from '../yaml/source-text.ts';
export { type OscValue, value } from './osc-value.ts';
export { type FieldType, fieldType, type JsonSchema, jsonSchemaOf, map, type Parsed, shape } from './schema-builder.ts';

const no = (expected: string, text: Text): Refused => ({
  ok: false,
  message: `expected ${expected}, found ${describeValue(text)}`,
});

/** The same of a number, which may stand there with a unit that it has by itself: `128 bpm`. */
function noNumber(expected: string, text: Text): Refused {
  const [, size, unit] = /^([-+]?[\d.]+)[ \t]*([A-Za-z]+)$/.exec(text.source) ?? [];
  if (size === undefined || !DECIMAL.test(size)) return no(expected, text);
  return { ok: false, message: `${no(expected, text).message}; write ${size}, without "${unit}"` };
}

/** A name that people give: `[a-z][a-z0-9_]*`. */
export const name = (what = 'a name'): FieldType<string> =>
  fieldType(what, { type: 'string', pattern: NAME.source }, text => {
    if (NAME.test(text.source)) return { ok: true, value: text.source };
    return { ok: false, message: `${quote(text.source)} is no name: ${NAME_RULE}` };
  });

/** Free text, never empty. A bare `~` is YAML for nothing, so hardly what was meant. */
export const text = (what = 'a text'): FieldType<string> =>
  fieldType(what, ANY_SCALAR, ({ source, isQuoted }) => {
    if (source.trim() === '') return { ok: false, message: `expected ${what}, found an empty one` };
    return source === '~' && !isQuoted ? nothing(what) : { ok: true, value: source };
  });

/** A whole number from `least` to `most`. */
export const integer = (
  least: number,
  most: number,
  what = `a whole number from ${least} to ${most}`,
): FieldType<number> =>
  fieldType(what, { type: 'integer', minimum: least, maximum: most }, text => {
    const value = Number(text.source);
    return WHOLE.test(text.source) && value >= least && value <= most ? { ok: true, value } : noNumber(what, text);
  });

/**
 * A whole number from `least` to `most`, or one `${…}` alone: what that comes out as is brought into this range by whoever
 * sends it.
 */
export const integerOrValue = (least: number, most: number, what: string): FieldType<number | Template> =>
  fieldType<number | Template>(what, ANY_SCALAR, text => {
    const value = Number(text.source);
    if (WHOLE.test(text.source) && value >= least && value <= most) return { ok: true, value };
    const read = readTemplate(text.source);
    if (!read.ok) return read;
    if (typeof read.value === 'string') return noNumber(what, text);
    if (read.value.template.length === 1) return { ok: true, value: read.value };
    return { ok: false, message: `a number is one ${quote('${…}')} alone, found ${quote(text.source)}` };
  });

/** A number from `least` to `most`. */
export const number = (least: number, most: number, what = `a number from ${least} to ${most}`): FieldType<number> =>
  fieldType(what, { type: 'number', minimum: least, maximum: most }, text => {
    const value = Number(text.source);
    return DECIMAL.test(text.source) && value >= least && value <= most ? { ok: true, value } : noNumber(what, text);
  });

/** A port number. */
export const port = (): FieldType<number> => integer(1, 65535, 'a port number (1 to 65535)');

const DURATION = /^(\d+(?:\.\d+)?|\.\d+)[ \t]*(ms|s|min)$/;
const MS_PER: Readonly<Record<string, Ms>> = { ms: 1, s: 1000, min: 60_000 };
/** A week: longer than any show, and far from where sums of milliseconds lose their fractions. */
const LONGEST_MS: Ms = 7 * 24 * 3_600_000;

/** A length of time, in ms: `100 ms`, `0.5 s`, `2 min`. */
export const duration = (what = 'a length of time (100 ms, 0.5 s, 2 min)'): FieldType<Ms> =>
  fieldType(what, { type: 'string', pattern: DURATION.source }, text => {
    const match = DURATION.exec(text.source);
    if (match !== null) {
      const value = Number(match[1]) * (MS_PER[match[2] ?? ''] ?? Number.NaN);
      if (value <= LONGEST_MS) return { ok: true, value };
    }
    if (!DECIMAL.test(text.source)) return no(what, text);
    return {
      ok: false,
      message: `${text.source} of what? Write ${text.source} ms, ${text.source} s or ${text.source} min`,
    };
  });

const LATENCY = /^([-+]?\d+(?:\.\d+)?)[ \t]*(ms|s)$/;

/** How much earlier something has to leave, in ms; may be negative: `30 ms`, `-5 ms`. */
export const latency = (what = 'a latency (30 ms, -5 ms)'): FieldType<Ms> =>
  fieldType(what, { type: 'string', pattern: LATENCY.source }, ({ source }) => {
    const [, size, unit] = LATENCY.exec(source) ?? [];
    const value = Number(size) * (MS_PER[unit ?? ''] ?? Number.NaN);
    if (size !== undefined && isLatency(value)) return { ok: true, value: value + 0 };
    return { ok: false, message: `"${source}" is no latency; expected one of at most 10 s (30 ms, -5 ms)` };
  });

const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
]);

/** true or false, as people say it. */
export const boolean = (what = 'yes or no (true, false, on, off)'): FieldType<boolean> =>
  fieldType(what, { enum: [true, false, 'yes', 'no', 'on', 'off'] }, text => {
    const value = text.isQuoted ? undefined : TRUTHS.get(text.source.toLowerCase());
    return value === undefined ? no(what, text) : { ok: true, value };
  });

/**
 * One of a few words.
 *
 * @param what    names the sort: `unknown mode "cjd"; did you mean "cdj"?`
 * @param advice  what to write for words that are likely and none of these
 */
export const choice = <const C extends readonly string[]>(
  choices: C,
  what = 'word',
  advice: Readonly<Record<string, string>> = {},
): FieldType<C[number]> =>
  fieldType(`one of: ${choices.join(', ')}`, { enum: choices }, ({ source }) => {
    if (choices.includes(source)) return { ok: true, value: source };
    const { message, note } = unknownWord(what, source, choices);
    const told = Object.hasOwn(advice, source) ? `unknown ${what} ${quote(source)}; ${advice[source]}` : message;
    return { ok: false, message: told, note, choices };
  });

const textAlone = (word: string): string =>
  `${word} is a text, neither true nor false; write what it is compared with: phrase.kind == ${word}`;

/** A condition or a value, compiled. */
export const expression = (what = 'an expression (phrase.kind == chorus)'): FieldType<Expression> =>
  fieldType(what, ANY_SCALAR, ({ source }) => {
    const alone = source.trim();
    if (CONSTANTS.has(alone)) return { ok: false, message: textAlone(alone) };
    const unit = FACTS.get(alone)?.is.kind;
    if (unit === 'number' || unit === 'text') {
      return {
        ok: false,
        message: `${alone} is a ${unit}, neither true nor false; compare it with something (${alone} == …)`,
      };
    }
    const compiled = compileExpression(source);
    return compiled.ok ? { ok: true, value: compiled.expression } : compiled;
  });

/**
 * A text with `${…}` in it anywhere. One `${…}` alone keeps the type of its result; a text without any stays a string.
 */
export const template = (what = 'a text'): FieldType<string | Template> =>
  fieldType(what, ANY_SCALAR, ({ source, isQuoted }) =>
    source === '~' && !isQuoted ? nothing(what) : readTemplate(source),
  );
