import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import type { Expression } from '../../../src/core/rules/expression.ts';
import { fill, type Template } from '../../../src/core/rules/template.ts';
import { ipv4OrAuto } from '../../../src/profile/schema/address-fields.ts';
import {
  boolean,
  choice,
  duration,
  type expression,
  type FieldType,
  integer,
  jsonSchemaOf,
  map,
  name,
  number,
  type OscValue,
  port,
  shape,
  Text,
  template,
  text,
  value,
} from '../../../src/profile/schema/field-types.ts';
import { check } from '../../../src/profile/schema/issues.ts';
import { readYaml } from '../../../src/profile/yaml/yaml-reader.ts';

const plain = (source: string): Text => new Text(source, 'plain', 0, source);
const quoted = (source: string): Text => new Text(source, 'double', 0, `"${source}"`);
/** A value, or the first message. */
const read = (schema: z.ZodType, input: unknown): unknown => {
  const checked = check(schema, input);
  return checked.ok ? checked.value : `no: ${checked.issues[0]?.message}`;
};

describe('a scalar is what its author wrote', () => {
  const words = [
    '1.10',
    '1999',
    '01:00:00:00',
    '3:27.500',
    'C3',
    'on',
    '~',
    '0x1F',
    '1_000',
    '.inf',
    'null',
    'yes',
    '=',
    '1e3',
  ];
  test.each(words)('%s', word => {
    const { root } = readYaml(`- ${word}\n`);
    const [item] = root?.kind === 'list' ? root.items : [];
    expect(item?.data).toMatchObject({ source: word, isQuoted: false, start: 2, end: 2 + word.length });
  });
  test('quotes are known, and what they hold', () => {
    const { root } = readYaml(`- 'it''s'\n- "a\\tb"\n`);
    const items = root?.kind === 'list' ? root.items.map(({ data }) => data) : [];
    expect(items).toMatchObject([
      { source: "it's", isQuoted: true },
      { source: 'a\tb', isQuoted: true },
    ]);
  });
});

describe('arguments', () => {
  test.each<readonly [string, OscValue]>([
    ['1', { type: 'int', value: 1 }],
    ['-2147483648', { type: 'int', value: -2147483648 }],
    ['1.0', { type: 'float', value: 1 }],
    ['1.10', { type: 'float', value: 1.1 }],
    ['1e3', { type: 'float', value: 1000 }],
    ['.5', { type: 'float', value: 0.5 }],
    ['true', { type: 'bool', value: true }],
    ['false', { type: 'bool', value: false }],
    ['on', { type: 'string', value: 'on' }],
    ['C3', { type: 'string', value: 'C3' }],
    ['3:27.500', { type: 'string', value: '3:27.500' }],
    ['null', { type: 'string', value: 'null' }],
  ])('%s', (source, expected) => expect(read(value(), plain(source))).toEqual(expected));

  test('in quotes all is text', () => {
    for (const source of ['1', '1.0', 'true', '~', '']) {
      expect(read(value(), quoted(source))).toEqual({ type: 'string', value: source });
    }
  });
  test('one ${…} alone keeps its type, quoted or not; among text it is spelt out', () => {
    for (const written of [plain, quoted]) {
      expect(read(value(), written('${deck.tempoBpm}'))).toMatchObject({ type: 'auto', isWhole: false });
      expect(read(value(), written('${round(deck.tempoBpm)}'))).toMatchObject({ type: 'auto', isWhole: true });
      const among = read(value(), written('at ${round(deck.tempoBpm)} bpm'));
      expect(fill(among, { deck: { tempoBpm: 127.9 } })).toEqual({
        ok: true,
        value: { type: 'string', value: 'at 128 bpm' },
      });
    }
  });
  test('one-key maps for the types that no writing shows', () => {
    expect(read(value(), { int64: plain('9007199254740993') })).toEqual({ type: 'int64', value: 9007199254740993n });
    expect(read(value(), { blob: plain('00 ff 1a') })).toEqual({ type: 'blob', value: Uint8Array.of(0, 255, 26) });
    expect(read(value(), { double: plain('0.1') })).toEqual({ type: 'double', value: 0.1 });
    expect(read(value(), { float: plain('1') })).toEqual({ type: 'float', value: 1 });
    expect(read(value(), { int: quoted('7') })).toEqual({ type: 'int', value: 7 });
    expect(read(value(), { string: plain('1') })).toEqual({ type: 'string', value: '1' });
    expect(read(value(), { bool: plain('true') })).toEqual({ type: 'bool', value: true });
    const spelt = read(value(), { string: plain('${deck.number}') });
    expect(fill(spelt, { deck: { number: 2 } })).toEqual({ ok: true, value: { type: 'string', value: '2' } });
  });
  test.each([
    [plain('2147483648'), 'no: 2147483648 is beyond the 32 bits of an OSC integer; write { int64: 2147483648 }'],
    [plain('1e39'), 'no: 1e39 is beyond the 32 bits of an OSC float; write { double: 1e39 }'],
    [
      { int: plain('9999999999') },
      'no: 9999999999 is beyond the 32 bits of an OSC integer; write { int64: 9999999999 }',
    ],
    [{ int64: plain('9223372036854775808') }, 'no: expected a whole number of 64 bits, found "9223372036854775808"'],
    [{ blob: plain('0 f') }, 'no: expected bytes in hexadecimal (00 ff 1a), found "0 f"'],
    [{ itn: plain('1') }, 'no: unknown key "itn"; did you mean "int"?'],
  ])('%o', (input, message) => expect(read(value(), input)).toBe(message));
});

describe('words', () => {
  test.each<readonly [title: string, schema: z.ZodType, source: string, expected: unknown]>([
    ['duration', duration(), '100 ms', 100],
    ['duration', duration(), '0.5 s', 500],
    ['duration', duration(), '2min', 120_000],
    ['duration', duration(), '100', 'no: 100 of what? Write 100 ms, 100 s or 100 min'],
    ['duration', duration(), '-1 s', 'no: expected a length of time (100 ms, 0.5 s, 2 min), found "-1 s"'],
    ['duration', duration(), '999999 min', 'no: expected a length of time (100 ms, 0.5 s, 2 min), found "999999 min"'],
    ['boolean', boolean(), 'on', true],
    ['boolean', boolean(), 'No', false],
    ['boolean', boolean(), '1', 'no: expected yes or no (true, false, on, off), found "1"'],
    ['integer', integer(1, 4), '4', 4],
    ['integer', integer(1, 4), '5', 'no: expected a whole number from 1 to 4, found "5"'],
    ['integer', integer(1, 4), '1.0', 'no: expected a whole number from 1 to 4, found "1.0"'],
    ['number', number(0, 1), '1e-1', 0.1],
    ['number', number(0, 1), '0x1', 'no: expected a number from 0 to 1, found "0x1"'],
    ['number', number(0, 1), 'Infinity', 'no: expected a number from 0 to 1, found "Infinity"'],
    ['port', port(), '8000', 8000],
    ['address', ipv4OrAuto(), 'auto', 'auto'],
    [
      'address',
      ipv4OrAuto(),
      '10.0.0.256',
      'no: "10.0.0.256" is no IPv4 address: 256 is more than 255; expected an IPv4 address (10.0.0.20) or auto',
    ],
    [
      'address',
      ipv4OrAuto(),
      '010.0.0.1',
      'no: "010.0.0.1" is no IPv4 address: a zero in front makes another number of it to some systems; write 10; expected an IPv4 address (10.0.0.20) or auto',
    ],
    ['name', name(), 'main_2', 'main_2'],
    ['name', name(), 'Main', 'no: "Main" is no name: a name has small letters, digits and _ and begins with a letter'],
    ['text', text(), '1999', '1999'],
    ['text', text(), '~', 'no: ~ stands for nothing in YAML; expected a text. To say just that sign, put it in quotes'],
    ['text', text(), '', 'no: nothing stands here; expected a text'],
    ['choice', choice(['again', 'once'], 'way'), 'agian', 'no: unknown way "agian"; did you mean "again"?'],
    ['template', template(), 'plain', 'plain'],
    ['template', template(), '${deck.number', 'no: this ${ is never closed with }'],
    ['template', template(), 'a ${} b', 'no: an expression is missing'],
  ])('%s: %3$s', (_, schema, source, expected) => expect(read(schema, plain(source))).toEqual(expected));

  test('a brace within quotes does not end an expression', () => {
    const made = read(template(), plain('${track.title == "}" ? 1 : 2}')) as Template;
    expect(fill(made, { track: { title: '}' } })).toEqual({ ok: true, value: 1 });
  });
});

test('types: a word gives what it says', () => {
  expectTypeOf(choice(['a', 'b'])).toEqualTypeOf<FieldType<'a' | 'b'>>();
  expectTypeOf<z.output<ReturnType<typeof expression>>>().toEqualTypeOf<Expression>();
  const options = map({ host: ipv4OrAuto(), port: port().optional() });
  expectTypeOf<z.output<typeof options>>().toEqualTypeOf<{ host: string; port?: number | undefined }>();
});

describe('shapes, also of schemas that are not ours', () => {
  const options = z.strictObject({ mode: choice(['a', 'b'], 'mode').optional() });
  test('a text is no map, and neither is an empty list', () => {
    expect(read(options, plain('x'))).toBe('no: expected a map, found "x"');
    expect(read(map({ mode: choice(['a']).optional() }), [])).toBe('no: expected a map, found a list');
    expect(read(z.array(port()), plain('x'))).toBe('no: expected a list, found "x"');
  });
  test('of a union the branch that fits speaks', () => {
    const union = z.union([text(), options]);
    expect(read(union, { mode: plain('c') })).toBe('no: unknown mode "c"');
    const typed = z.union([text(), z.strictObject({ type: choice(['c', 'd']), n: port() })]);
    expect(read(typed, { type: plain('c'), n: plain('x') })).toBe('no: expected a port number (1 to 65535), found "x"');
    expect(read(union, [])).toBe('no: expected a text or a map, found a list');
    const types = z.union([map({ type: choice(['one']), n: port() }), map({ type: choice(['two']) })]);
    expect(read(types, { type: plain('tow') })).toBe('no: unknown type "tow"; did you mean "two"?');
  });
  test('shape says what may stand there', () =>
    expect(read(shape('a word or a list', { text: text(), list: z.array(text()) }), {})).toBe(
      'no: expected a word or a list, found a map',
    ));
});

test('JSON Schema says what an editor needs', () => {
  const schema = map({
    host: ipv4OrAuto().meta({ description: 'where' }),
    port: port(),
    mode: choice(['a', 'b']).optional(),
    on: boolean().optional(),
  });
  expect(jsonSchemaOf(schema)).toEqual({
    type: 'object',
    properties: {
      host: { anyOf: [{ const: 'auto' }, { type: 'string', format: 'ipv4' }], description: 'where' },
      port: { type: 'integer', minimum: 1, maximum: 65535 },
      mode: { enum: ['a', 'b'] },
      on: { enum: [true, false, 'yes', 'no', 'on', 'off'] },
    },
    required: ['host', 'port'],
    additionalProperties: false,
  });
});
