/** What is said to be impossible is; a small world in which all can be tried decides. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileExpression } from '../../../src/core/rules/compile-expression.ts';
import { type Expression, isTrue, type Scope, type Value } from '../../../src/core/rules/expression.ts';
import { CONSTANTS } from '../../../src/core/rules/expression-names.ts';
import { FACTS } from '../../../src/core/rules/facts.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { PHRASE_KINDS } from '../../../src/core/track/phrase.ts';
import { neverReached, neverTrue, searchBudget } from '../../../src/profile/checks/never-true.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { parsePlace } from '../../../src/profile/schema/place.ts';
import { rounds } from '../../rounds.ts';
import { around } from '../error-positions.ts';
import { FAKES } from '../fake-bridges.ts';

const compiled = (text: string): Expression => {
  const result = compileExpression(text);
  if (!result.ok) throw new Error(`${text}: ${result.message}`);
  return result.expression;
};
const NOTHING = new Map<string, readonly Value[]>();
const never = (...texts: readonly string[]) => neverTrue(texts.map(compiled), NOTHING, searchBudget());

describe('conditions that nothing makes true, and what is said of them', () => {
  test.each<readonly [text: string, part: string, note: RegExp | null]>([
    ['false', 'false', null],
    ['1 > 2', '1 > 2', null],
    ['deck.isPlaying and 1 == 2', '1 == 2', null],
    ['deck.uncertaintyMs < 0', 'deck.uncertaintyMs < 0', /a number, 0 or more/],
    ['phrase.index < 1', 'phrase.index < 1', /a whole number, 1 or more/],
    ['deck.beatInBar > 4', 'deck.beatInBar > 4', /a whole number from 1 to 4/],
    ['deck.beatInBar == 2.5', 'deck.beatInBar == 2.5', /whole number/],
    ['deck.number == 5', 'deck.number == 5', /from 1 to 4/],
    ['deck2.track.tempoBpm < -1', 'deck2.track.tempoBpm < -1', /0 or more/],
    ['deck.isPlaying == 1', 'deck.isPlaying == 1', /true or false/],
    ['deck.isPlaying > 0', 'deck.isPlaying > 0', /true or false/],
    ['track.id == "414"', 'track.id == "414"', /a whole number/],
    ['track.title', 'track.title', /a text/],
    ['track.title == 5', 'track.title == 5', /a text/],
    ['phrase.kind == 5', 'phrase.kind == 5', /one of: intro, verse/],
    ['deck.beat < null', 'deck.beat < null', /a number/],
    ['5 < deck.beatInBar < 9', '5 < deck.beatInBar', /1 to 4/],
    ['not (deck.isPlaying or true)', 'true', null],
    ['deck.isOnAir and (deck.beatInBar > 4 or deck.number < 1)', 'deck.beatInBar > 4 or deck.number < 1', null],
  ])('%s', (text, part, note) => {
    const found = never(text);
    expect(found?.message).toMatch(/is never true$/);
    expect(text.slice(found?.offset, (found?.offset ?? 0) + (found?.length ?? 0))).toBe(part);
    if (note === null) expect(found?.note).toBeNull();
    else expect(found?.note).toMatch(note);
  });

  test.each([
    ['phrase.kind == chorus and phrase.kind == verse', 'phrase.kind == verse'],
    ['phrase.kind == chorus and deck.phrase.kind == verse', 'deck.phrase.kind == verse'],
    ['deck.isPlaying and not deck.isPlaying', 'deck.isPlaying'],
    ['deck.tempoBpm > 130 and deck.isOnAir and deck.tempoBpm < 120', 'deck.tempoBpm < 120'],
    ['deck.bar > 1 and deck.bar < 2', 'deck.bar < 2'],
    ['track.title == "a" and track.title == "b"', 'track.title == "b"'],
    ['deck.beat == null and deck.beat > 4', 'deck.beat > 4'],
  ])('%s', (text, part) => {
    const found = never(text);
    expect(found?.message).toMatch(/ are never true together$/);
    expect(text.slice(found?.offset).startsWith(part)).toBe(true);
  });

  test('more than two at once, and across while and if', () => {
    const text = '(phrase.kind == chorus or phrase.kind == up) and phrase.kind != up and phrase.kind != chorus';
    expect(never(text)).toMatchObject({ message: 'its conditions are never true together', offset: 0 });
    const found = never('phrase.kind == up', 'phrase.kind == down');
    expect(found?.expression.text).toBe('phrase.kind == down');
  });

  test('what the place gives away counts: at a chorus the phrase is a chorus', () => {
    const given = new Map<string, readonly Value[]>([['phrase.kind', ['chorus']]]);
    const found = neverTrue([compiled('deck.phrase.kind == verse')], given, searchBudget());
    expect(found?.note).toBe('here deck.phrase.kind is chorus');
    expect(neverTrue([compiled('master.phrase.kind == verse')], given, searchBudget())).toBeNull();
    expect(neverTrue([compiled('phrase.kind == chorus')], given, searchBudget())).toBeNull();
  });

  test('of a fact that may be one of several values, only these count', () => {
    const given = new Map<string, readonly Value[]>([['track.title', [null, 'Strobe', 'Opus']]]);
    const asked = (text: string) => neverTrue([compiled(text)], given, searchBudget());
    expect(asked('track.title == "Levels"')?.note).toBe('here track.title is one of: "Strobe", "Opus", not known');
    expect(asked('deck.track.title > "strobe"')?.note).toMatch(/^here deck\.track\.title is one of: "Strobe"/);
    expect(asked('track.title == "opus" and track.title == "strobe"')).not.toBeNull();
    for (const text of [
      'track.title == "STROBE"',
      'track.title == null',
      'track.title != "Strobe"',
      'track.title > "p"',
    ]) {
      expect(asked(text), text).toBeNull();
    }
  });

  test.each([
    'phrase.kind == chorus',
    'phrase.kind == chorus or phrase.kind == verse',
    'phrase.kind == chorus and master.phrase.kind == verse',
    'phrase.kind != chorus and phrase.kind != verse',
    'deck.uncertaintyMs <= 0',
    'deck.tempoBpm > 120 and deck.tempoBpm < 120.001',
    'deck.beat - phrase.startBeat < 0 and phrase.beatsLeft == 4',
    'deck.beat == phrase.startBeat',
    'deck.isPlaying != true',
    'track.title > "a" and track.title < "aa"',
    'deck.isPlaying ? false : deck.isOnAir',
    'deck.isPlaying xor deck.isPlaying',
    'deck1.isOnAir and not deck2.isOnAir',
    'deck.beat == null and track.id == null',
    '3',
  ])('nothing is said of: %s', text => expect(never(text)).toBeNull());
});

// A world of a few facts, small enough to try all of it.
const WORLD: Readonly<Record<string, readonly Value[]>> = {
  'phrase.kind': [...PHRASE_KINDS, null],
  'deck.beatInBar': [1, 2, 3, 4, null],
  'deck.isPlaying': [true, false, null],
  'deck2.isOnAir': [true, false, null],
};
const setIn = (scope: Scope, path: string, value: Value): Scope => {
  const [first = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...scope, [first]: value };
  const inner = scope[first];
  return { ...scope, [first]: setIn(typeof inner === 'object' && inner !== null ? inner : {}, rest.join('.'), value) };
};
const ALL_SCOPES: readonly Scope[] = Object.entries(WORLD).reduce<readonly Scope[]>(
  (scopes, [path, values]) => scopes.flatMap(scope => values.map(value => setIn(scope, path, value))),
  [{}],
);
const number = fc.constantFrom('-1', '0', '1', '1.5', '2', '3', '4', '4.5', '9', 'null');
const order = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const comparison = fc.oneof(
  fc
    .tuple(fc.constantFrom('==', '!='), fc.constantFrom(...PHRASE_KINDS))
    .map(([sign, kind]) => `phrase.kind ${sign} ${kind}`),
  fc.tuple(order, number).map(([sign, n]) => `deck.beatInBar ${sign} ${n}`),
  fc.tuple(order, number).map(([sign, n]) => `${n} ${sign} deck.beatInBar`),
  fc.constantFrom(
    'deck.isPlaying',
    'deck2.isOnAir',
    'deck.isPlaying == false',
    'deck.beatInBar',
    'true',
    'false',
    '2 > 1',
  ),
);
const conditionOf = (leaf: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.letrec<{ tree: string }>(tie => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.tuple(tie('tree'), fc.constantFrom('and', 'or'), tie('tree')).map(([a, word, b]) => `(${a} ${word} ${b})`),
      tie('tree').map(a => `not (${a})`),
    ),
  })).tree;
const fits = (text: string): boolean => compileExpression(text).ok;

test('in a world that can be tried out, exactly what is never true is said to be', () => {
  let said = 0;
  fc.assert(
    fc.property(conditionOf(comparison).filter(fits), text => {
      const expression = compiled(text);
      const happens = ALL_SCOPES.some(scope => isTrue(expression.evaluate(scope)));
      const found = neverTrue([expression], NOTHING, searchBudget());
      expect(found === null, text).toBe(happens);
      if (found !== null) said++;
    }),
    { numRuns: rounds(125) },
  );
  expect(said).toBeGreaterThan(10);
});

/** A number or a text alone is refused as a condition. */
const isNoValueAlone = (text: string): boolean =>
  !CONSTANTS.has(text.trim()) && (FACTS.get(text.trim())?.is.kind ?? 'truth') === 'truth';

test('a profile is warned of those of its rules that never fire, and of no other', () => {
  fc.assert(
    fc.property(
      fc.array(
        conditionOf(comparison).filter(text => fits(text) && isNoValueAlone(text)),
        { minLength: 1, maxLength: 12 },
      ),
      conditions => {
        const rules = conditions.map(
          (text, i) => `  - { name: r${i}, when: phrase, if: '${text}', do: [{ console: /a }] }\n`,
        );
        const source = around(`rules:\n${rules.join('')}`);
        const loaded = loadProfile(source, 'show.yaml', FAKES, NO_LIBRARY);
        const expected = conditions.flatMap((text, i) => {
          const expression = compiled(text);
          return ALL_SCOPES.some(scope => isTrue(expression.evaluate(scope))) ? [] : [i];
        });
        // The first rule stands in line 6.
        expect(loaded.ok && loaded.warnings.map(({ line }) => line - 6)).toEqual(expected);
      },
    ),
    { numRuns: rounds(25) },
  );
});

/** Any value that a fact may have, told by what its page says of it. */
function anyValueOf(path: string): fc.Arbitrary<Value> {
  const is = FACTS.get(path)?.is;
  switch (is?.kind) {
    case 'truth':
      return fc.constantFrom(true, false, null);
    case 'text':
      return is.values === null ? fc.constantFrom('a', 'aa', 'b', '', null) : fc.constantFrom(...is.values, null);
    case 'number': {
      const least = Math.max(is.least, -300);
      const most = Math.min(is.most, 300);
      const whole = fc.integer({ min: least, max: most });
      return fc.oneof(whole, fc.constant(null), is.isWhole ? whole : fc.double({ min: least, max: most, noNaN: true }));
    }
    default:
      throw new Error(path);
  }
}
const paths = [
  'deck.tempoBpm',
  'deck.beat',
  'track.title',
  'track.id',
  'phrase.index',
  'master.phrase.mood',
  'deck.pass',
]
  .concat(['deck.track.id', 'track.mood', 'deck.playState', 'deck.uncertaintyMs', 'deck3.bar', 'phrase.beatsLeft'])
  .filter(path => FACTS.has(path));
const anyComparison = fc.oneof(
  fc
    .tuple(fc.constantFrom(...paths), order, fc.oneof(number, fc.constantFrom('"a"', '"B"', 'true', '120', '128.5')))
    .map(parts => parts.join(' ')),
  fc.tuple(fc.constantFrom(...paths), order, fc.constantFrom(...paths)).map(parts => parts.join(' ')),
  fc.tuple(fc.constantFrom(...paths), order, number).map(([path, sign, n]) => `${path} * 2 + 1 ${sign} ${n}`),
  fc.constantFrom(...paths),
);

test.each(['deck3.bar', 'deck.beat', 'track.title', 'track.id', 'deck.isPlaying', 'phrase.index'])(
  '%s may be known, and may not be',
  path => {
    for (const sign of ['==', '!=']) {
      expect(neverTrue([compiled(`${path} ${sign} null`)], NOTHING, searchBudget())).toBeNull();
    }
  },
);

test('nothing that is true once is said to be impossible', () => {
  const scopes = fc.array(fc.tuple(...paths.map(anyValueOf)), { minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(conditionOf(anyComparison).filter(fits), scopes, (text, rows) => {
      const expression = compiled(text);
      if (neverTrue([expression], NOTHING, searchBudget()) === null) return;
      for (const row of rows) {
        const scope = row.reduce<Scope>((made, value, i) => setIn(made, paths[i] ?? '', value), {});
        // One fact under two names has one value.
        const id = (scope['track'] as Scope)['id'] as Value;
        expect(isTrue(expression.evaluate(setIn(scope, 'deck.track.id', id))), text).toBe(false);
      }
    }),
    { numRuns: rounds(125) },
  );
});

describe('a condition made to be slow', () => {
  const pairs = (count: number): string =>
    Array.from({ length: count }, (_, i) => `(deck.beat < ${i} or deck.positionMs < ${i})`).join(' and ');
  const text = (count: number): string => `deck.number == 1 and deck.number == 2 and ${pairs(count)}`;
  test('is looked through while that is short', () => expect(never(text(4))).not.toBeNull());
  test('and passes for possible once patience is at its end, for all conditions that follow too', () => {
    const left = searchBudget();
    // Two to the power of forty ways.
    expect(neverTrue([compiled(text(40))], NOTHING, left)).toBeNull();
    expect(neverTrue([compiled('false')], NOTHING, left)).toBeNull();
  });
});

describe('places that no track has', () => {
  const grid = { firstBeatMs: 2000, tempoBpm: 120 };
  const reached = (text: string, of: typeof grid | null = null): string | null => {
    const parsed = parsePlace(text);
    if (!parsed.ok) throw new Error(text);
    return neverReached(parsed.value, of);
  };
  test.each([
    ['16 beats before beat 4', null, /beat -12/],
    ['1 bar before beat 4', null, /beat 0/],
    ['4 beats after end', null, /after its end/],
    ['100 ms after end', null, /after its end/],
    ['10 s before 0:05', null, /before the start/],
    ['100 ms before downbeat', null, /beats or bars/],
    ['2 s after every 8 bars', null, /beats or bars/],
    // With the first beat at 2 s and half a second to a beat, beat -3 is the start of the track.
    ['5 beats before beat 1', grid, /before the start/],
    ['3 s before beat 1', grid, /before the start/],
    ['11 beats before 0:05', grid, /before the start/],
  ] as const)('%s', (text, of, message) => expect(reached(text, of)).toMatch(message));
  test.each([
    ['3 beats before beat 4', null],
    ['16 beats before end', null],
    ['0 beats after end', null],
    ['100 ms before beat 1', null],
    ['16 beats before intro', null],
    ['4 beats before downbeat', null],
    ['5 s before 0:05', null],
    ['4 beats before beat 1', grid],
    ['2 s before beat 1', grid],
    ['10 beats before 0:05', grid],
    ['8 bars before 0:05', null],
  ] as const)('nothing is said of: %s', (text, of) => expect(reached(text, of)).toBeNull());
});
