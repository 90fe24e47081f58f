import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { type Compiled, compileExpression } from '../../../src/core/rules/compile-expression.ts';
import type { Expression, Scope, Value } from '../../../src/core/rules/expression.ts';
import { DECK_NAMES, FACTS } from '../../../src/core/rules/facts.ts';
import { cpuMsOf } from '../../cpu-time.ts';
import { rounds } from '../../rounds.ts';

const compiled = (text: string): Expression => {
  const result = compileExpression(text);
  if (!result.ok) throw new Error(`${text}: ${result.message}`);
  return result.expression;
};
const scope: Scope = {
  deck: { tempoBpm: 128, isPlaying: true, beat: null, playState: 'playing', number: 2, track: { id: 7 } },
  phrase: { kind: 'Chorus', beatsLeft: 4, isFill: false },
  track: { title: 'Strobe' },
};
const evaluate = (text: string): Value => compiled(text).evaluate(scope);
const fault = (text: string): Exclude<Compiled, { ok: true }> => {
  const result = compileExpression(text);
  if (result.ok) throw new Error(`${text} is an expression`);
  return result;
};

describe('values', () => {
  test.each<readonly [string, Value]>([
    ['deck.tempoBpm', 128],
    ['deck.tempoBpm / 2 + 1', 65],
    ['-2 ^ 2', -4],
    ['2 ^ 3 ^ 2', 512],
    ['(1 + 2) * 3', 9],
    ['- - 3', 3],
    ['7 % 4', 3],
    ['-1 % 4', 3],
    ['mod(-1, 4)', 3],
    ['7 mod 4', 3],
    ['round(2.5)', 3],
    ['round(-2.5)', -3],
    ['round(128.567, 1)', 128.6],
    ['min(3, 1, 2) + max(3, 1)', 4],
    ['abs(-1) + floor(1.9) + ceil(0.1) + sign(-3)', 2],
    ['sqrt(16)', 4],
    ['1e3', 1000],
    ['.5', 0.5],
    ['true', true],
    ['null', null],
    ['"text"', 'text'],
    ["'text'", 'text'],
    ['"a\\"b"', 'a"b'],
    ['chorus', 'chorus'],
    ['deck.isPlaying ? 1 : 2', 1],
    ['deck.beat ? 1 : 2', 2],
    ['false ? 1 : true ? 2 : 3', 2],
    ['phrase.kind', 'Chorus'],
    ['deck.track.id', 7],
    ['deck . tempoBpm', 128],
    ['deck.tempoBpm\n  > 1', true],
  ])('%s', (text, value) => expect(evaluate(text)).toBe(value));
});

describe('comparing', () => {
  test.each<readonly [string, boolean]>([
    ['phrase.kind == chorus', true],
    ['phrase.kind == "CHORUS"', true],
    ['phrase.kind != chorus', false],
    ['phrase.kind == verse', false],
    ['deck.playState == playing', true],
    ['"a" < "B"', true],
    ['deck.beat < 20', false],
    ['deck.beat > 20', false],
    ['deck.beat <= 20 or deck.beat >= 20', false],
    ['null < 20', false],
    ['null <= null', false],
    ['deck.beat == null', true],
    ['deck.tempoBpm == null', false],
    ['deck.tempoBpm != null', true],
    ['0 == false', false],
    ['1 == "1"', false],
    ['"2" < 3', false],
    ['1 < 2 < 3', true],
    ['1 < 3 < 2', false],
  ])('%s is %s', (text, value) => expect(evaluate(text)).toBe(value));
});

describe('and, or, not take null as false and always answer', () => {
  test.each<readonly [string, boolean]>([
    ['deck.isPlaying and not phrase.isFill', true],
    ['deck.beat and true', false],
    ['deck.beat or true', true],
    ['not deck.beat', true],
    ['null or null', false],
    ['true xor deck.beat', true],
    ['not (phrase.kind == verse or phrase.kind == up)', true],
    ['not not true', true],
    ['2 and true', true],
    ['track.title or false', false],
  ])('%s is %s', (text, value) => expect(evaluate(text)).toBe(value));
});

describe('what is not known is null', () => {
  test.each([
    'deck.beat + 1',
    '-deck.beat',
    'max(1, deck.beat)',
    'round(deck.beat)',
    '1 / 0',
    '0 / 0',
    '1e308 * 10',
    'sqrt(-1)',
    '1e400',
    'mod(1, 0)',
    'track.title * 2',
    'deck.isPlaying + 1',
  ])('%s', text => expect(evaluate(text)).toBeNull());
  test('a scope that lacks a record, or has something else there', () => {
    const text = 'deck.track.id';
    const odd: readonly unknown[] = [
      {},
      { deck: null },
      { deck: 3 },
      { deck: {} },
      { deck: { track: 'x' } },
      { deck: { track: { id: {} } } },
    ];
    for (const one of odd) expect(compiled(text).evaluate(one as Scope)).toBeNull();
    expect(compiled('phrase.kind == chorus').evaluate({})).toBe(false);
    expect(compiled('deck.tempoBpm').evaluate({ deck: { tempoBpm: Number.NaN } })).toBeNull();
    expect(compiled('deck.tempoBpm').evaluate({ deck: { tempoBpm: Number.POSITIVE_INFINITY } })).toBeNull();
  });
  test('a scope that throws', () => {
    const hostile = {
      get deck(): never {
        throw new Error('no');
      },
    };
    expect(compiled('deck.tempoBpm').evaluate(hostile as unknown as Scope)).toBeNull();
  });
  test('there is no negative zero', () => expect(Object.is(evaluate('-0'), 0)).toBe(true));
});

describe('what an expression says of itself', () => {
  test('the facts it reads, each once', () => {
    const { facts, roots, text } = compiled('deck.tempoBpm > 1 and deck2.phrase.kind == up and deck.tempoBpm < 9');
    expect({ facts, roots }).toEqual({ facts: ['deck.tempoBpm', 'deck2.phrase.kind'], roots: ['deck', 'deck2'] });
    expect(text).toBe('deck.tempoBpm > 1 and deck2.phrase.kind == up and deck.tempoBpm < 9');
  });
  test('whole is what round alone makes', () => {
    expect(
      ['round(deck.beat)', '(round(2.5))', 'round(2.5, 1)', 'round(1) + 0', 'floor(1.5)', '1'].map(
        text => compiled(text).isWhole,
      ),
    ).toEqual([...[true, true, false, false, false, false]]);
  });
  test('its types', () => {
    expectTypeOf<ReturnType<Expression['evaluate']>>().toEqualTypeOf<number | string | boolean | null>();
    expectTypeOf<Extract<Compiled, { ok: false }>['note']>().toEqualTypeOf<string | null>();
  });
});

describe('faults point', () => {
  test.each([
    ['phrse.kind == chorus', 'phrse', /^unknown name "phrse" in expression; did you mean "phrase"\?$/],
    ['deck.tempo > 3', 'tempo', /^unknown fact "tempo" of deck; did you mean "tempoBpm"\?$/],
    ['deck2.phrase.kid', 'kid', /^unknown fact "kid" of deck2\.phrase; did you mean "kind"\?$/],
    ['kind == chorus', 'kind', /did you mean "phrase.kind"\?$/],
    ['phrase.kind == chrous', 'chrous', /did you mean "chorus"\?$/],
    ['deck', 'deck', /^deck is a record; say deck\.…$/],
    ['1 + deck.phrase', 'deck.phrase', /^deck\.phrase is a record; say deck\.phrase\.…$/],
    ['deck.tempoBpm.x', 'x', /is a value/],
    ['chorus.x', 'chorus.x', /is a value/],
    ['rond(1)', 'rond', /^unknown function "rond" in expression; did you mean "round"\?$/],
    ['sin(1)', 'sin', /^unknown function "sin" in expression/],
    ['abs', 'abs', /is a function; say abs\(…\)/],
    ['chorus(1)', 'chorus', /is not a function/],
    ['abs(1, 2)', 'abs', /^abs takes 1 value, found 2$/],
    ['mod(1)', 'mod', /^mod takes 2 values, found 1$/],
    ['deck.beat = 3', '=', /to compare, write "=="$/],
    ['deck.beat === 3', '===', /^write "=="$/],
    ['true && false', '&', /write "and"$/],
    ['true || false', '|', /write "or"$/],
    ['!true', '!', /write "not"$/],
    ['1 2', '2', /^expected an operator before "2"$/],
    ['2 deck.beat', 'deck.beat', /^expected an operator before/],
    ['5 km', 'km', /^expected an operator before/],
    ['1 +', '+', /^the expression ends where a value should follow$/],
    ['1 + * 2', '*', /^expected a value before "\*"$/],
    ['and true', 'and', /^expected a value before "and"$/],
    ['abs()', ')', /^expected a value before/],
    ['(1', '1', /never closed/],
    ['1)', ')', /never opened/],
    ['1, 2', ',', /^a comma belongs between the arguments/],
    ['true ? 1', '1', /^expected ":" and a value/],
    ['1 : 2', ':', /it belongs after "\?"$/],
    ['"abc', '"', /never closed$/],
    ['phrase.kind == chorus or verse', 'verse', /^verse is a text, neither true nor false/],
    ['not phrase.kind == chorus', 'phrase.kind', /^"not" takes only the word after it; .*parentheses/],
    ['phrase.kind == "hot"', '"hot"', /^phrase\.kind is never "hot"$/],
    ['track.bank == chorus', 'chorus', /^track\.bank is never "chorus"$/],
    ['chorus + 1', 'chorus', /there is nothing to calculate with$/],
    ['', '', /^an expression is missing$/],
    ['1 # more', '#', /^unexpected "#"/],
  ])('%s', (text, part, message) => {
    const { offset, length, message: said } = fault(text);
    expect(said).toMatch(message);
    if (part !== '') expect(text.slice(offset, offset + length)).toBe(part);
  });
  test('and list what is known', () => {
    expect(fault('phrse').note).toBe('known here: deck, track, phrase, now, jump, master, deck1..deck4');
    expect(fault('phrase.kid').note).toMatch(/^known of phrase: kind, label, index/);
    expect(fault('phrase.kind == hot').note).toMatch(/^it is one of: intro, verse/);
  });
});

describe('the language has nothing else', () => {
  test.each([
    ...[
      'x = 1',
      'f(x) = x',
      '[1, 2]',
      'deck[1]',
      'deck["tempoBpm"]',
      '{ a: 1 }',
      '1:3',
      '1; 2',
      '1\n2',
      '5 cm',
      '5!',
      "5'",
      '50%',
      '1 to 2',
      '1 in 2',
    ],
    ...[
      'constructor',
      '__proto__',
      'toString',
      'this',
      'deck.constructor',
      'deck.__proto__',
      'deck.constructor.name',
      'phrase.toString',
      'hasOwnProperty(1)',
    ],
    ...[
      'import(1)',
      'eval("1")',
      'parse("1")',
      'evaluate("1")',
      'config(1)',
      'createUnit("a")',
      'random()',
      'pi',
      'i',
      'e',
      'NaN',
      'Infinity',
      'undefined',
      'end',
      'x',
    ],
    ...[
      '"a".length',
      '(deck).tempoBpm',
      'deck.tempoBpm()',
      'deck.toString()',
      '1 & 2',
      '1 | 2',
      '~1',
      '1 << 2',
      'deck .* 2',
      '`a`',
      '\\',
      '1,',
      '()',
      '$',
      '\u0000',
      '\u2028',
    ],
  ])('%j', text => expect(compileExpression(text).ok).toBe(false));
  test('nor depth without end', () => {
    for (const text of [
      `${'('.repeat(500)}1${')'.repeat(500)}`,
      `${'-'.repeat(1999)}1`,
      `${'not '.repeat(499)}true`,
      `1${'^1'.repeat(999)}`,
      `${'true ? 1 : '.repeat(150)}1`,
      '('.repeat(1e6),
    ]) {
      const result = compileExpression(text);
      if (result.ok) result.expression.evaluate({});
    }
    expect(fault('1+'.repeat(2000)).message).toMatch(/longer than 2000/);
  });
});

const leaves = fc.oneof(
  fc.constantFrom(...FACTS.keys()),
  fc.constantFrom('1', '2.5', '0', 'true', 'false', 'null', 'deck.tempoBpm'),
);
const { tree } = fc.letrec<{ tree: string }>(tie => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaves,
    fc
      .tuple(
        tie('tree'),
        fc.constantFrom('+', '-', '*', '/', '^', '%', '==', '!=', '<', '<=', '>', '>=', 'and', 'or', 'xor'),
        tie('tree'),
      )
      .map(([a, sign, b]) => `(${a} ${sign} ${b})`),
    fc
      .tuple(fc.constantFrom('abs', 'round', 'floor', 'ceil', 'sqrt', 'sign', 'min', 'max'), tie('tree'))
      .map(([name, a]) => `${name}(${a})`),
    tie('tree').map(a => `(not (${a}))`),
    fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
}));
const records = fc.record(
  Object.fromEntries(['track', 'phrase', ...DECK_NAMES].map(name => [name, fc.oneof(fc.constant({}), fc.anything())])),
  { requiredKeys: [] },
);

test('what the grammar makes compiles, and comes out as a value whatever the scope', () => {
  fc.assert(
    fc.property(tree, records, (text, any) => {
      fc.pre(text.length < 2000);
      const result = compileExpression(text);
      if (!result.ok) return expect(result.message).toMatch(/more than 40 parentheses/);
      const value = result.expression.evaluate(any as Scope);
      expect(value === null || ['boolean', 'string'].includes(typeof value) || Number.isFinite(value)).toBe(true);
    }),
    { numRuns: rounds(300) },
  );
});

test('any text either compiles or is a fault within it; nothing throws', () => {
  const pieces = fc
    .array(
      fc.constantFrom(
        'deck',
        '.',
        'tempoBpm',
        'phrase.kind',
        ' ',
        '(',
        ')',
        '==',
        '=',
        'and',
        'not',
        '?',
        ':',
        ',',
        '1',
        '"',
        "'",
        'round',
        '[',
        '{',
        '-',
        '%',
        '!',
        'mod',
        '\\',
      ),
    )
    .map(parts => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), pieces), text => {
      const result = compileExpression(text);
      if (result.ok) return void result.expression.evaluate(scope);
      expect(result.offset).toBeGreaterThanOrEqual(0);
      expect(result.length).toBeGreaterThanOrEqual(1);
      expect(result.offset + result.length).toBeLessThanOrEqual(Math.max(1, text.length));
      expect(result.message).not.toBe('');
    }),
    { numRuns: rounds(1000) },
  );
});

test('an expression evaluates in microseconds, not milliseconds', () => {
  const { evaluate: run } = compiled('phrase.kind == chorus and deck.tempoBpm > 120');
  const cpuMs = cpuMsOf(() => {
    for (let i = 0; i < 10_000; i++) run(scope);
  });
  expect((cpuMs * 1000) / 10_000).toBeLessThan(200);
});
