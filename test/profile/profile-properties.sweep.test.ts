/** Laws that hold for every text somebody may save by mistake. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BRIDGES } from '../../bridges/index.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { type Loaded, loadProfile } from '../../src/profile/load.ts';
import { problemText } from '../../src/profile/problem-text.ts';
import { STARTER } from '../../src/profile/starter-profile.ts';
import { cpuMsOf } from '../cpu-time.ts';
import { rounds } from '../rounds.ts';
import { around } from './error-positions.ts';
import { FAKES } from './fake-bridges.ts';

/** Loads a text; every problem must lie within it and be fit to print. */
function load(source: string): Loaded {
  const loaded = loadProfile(source, 'show.yaml', BRIDGES, NO_LIBRARY);
  const problems = loaded.ok ? loaded.warnings : loaded.problems;
  const lines = source.replace(/^\ufeff/, '').split('\n');
  for (const problem of problems) {
    const line = lines[problem.line - 1];
    expect(line).toBeDefined();
    expect(problem.column).toBeGreaterThanOrEqual(1);
    expect(problem.column).toBeLessThanOrEqual((line?.length ?? 0) + 1);
    expect(problemText(problem)).not.toMatch(/undefined|NaN|\[object/);
  }
  const places = problems.map(({ line, column }) => line * 1e7 + column);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  if (!loaded.ok) expect(problems).not.toHaveLength(0);
  return loaded;
}

const PIECES = [
  ...[
    ': ',
    ':',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '#',
    '&a',
    '*a',
    '!t',
    '@',
    '`',
    '%',
    '|',
    '>',
    '?',
    ',',
    '~',
    '<<: ',
    '---\n',
    '...',
  ],
  ...[
    '\t',
    '\n',
    '\r\n',
    '  ',
    '\\',
    '${',
    '${x}',
    'null',
    '1e999',
    '\u0000',
    '\ufeff',
    '\ud800',
    '💥',
    'phrase.kind',
    'do: drop',
    'rules:\n',
  ],
];

/** The starter with a few parts cut out, doubled, or replaced by signs that mean something to YAML. */
const mutated = fc
  .array(fc.record({ at: fc.nat(STARTER.length), drop: fc.nat(6), put: fc.constantFrom('', ...PIECES) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map(edits => edits.reduce((text, { at, drop, put }) => text.slice(0, at) + put + text.slice(at + drop), STARTER));

describe('whatever is saved', () => {
  test('a profile with a few slips never throws, and its problems point into it', () => {
    fc.assert(
      fc.property(mutated, source => {
        load(source);
      }),
      { numRuns: rounds(75) },
    );
  });
  test('nor does any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.array(fc.constantFrom(...PIECES)).map(parts => parts.join('')),
        ),
        source => {
          load(source);
        },
      ),
      { numRuns: rounds(125) },
    );
  });
  test('nor lines of the starter in any order and indentation', () => {
    const lines = STARTER.split('\n');
    const line = fc
      .tuple(fc.constantFrom(...lines), fc.constantFrom('', ' ', '  ', '\t', '- '))
      .map(([text, before]) => before + text);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), chosen => {
        load(`decklight: 1\n${chosen.join('\n')}`);
      }),
      { numRuns: rounds(50) },
    );
  });
});

describe('files made to be slow end quickly with one line', () => {
  test.each([
    [
      'an alias bomb',
      `a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*a, *a, *a, *a, *a]`).join('\n')}`,
      /anchor|alias/,
    ],
    ['brackets', '['.repeat(1_000_000), /more than 64 lists and maps inside each other/],
    ['braces', '{a: '.repeat(200_000), /more than 64/],
    ['dashes', '- '.repeat(400_000), /more than 64/],
    ['many values', `[${'a,'.repeat(400_000)}]`, /more than 100000 values/],
    ['many keys', Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join('\n'), /more than 100000 values/],
    ['many lines', '\n'.repeat(900_000), /more than 100000 lines/],
    ['backslashes', `"${'\\'.repeat(900_000)}`, /quote is never closed/],
    ['a large file', 'x'.repeat(1_048_577), /larger than 1 MiB/],
    ['many holes', around(`name: "${'${'.repeat(20_000)}"`), /./],
    [
      'a long expression',
      around(`rules: [{ name: x, when: end, if: "${'('.repeat(50_000)}", do: x }]`),
      /longer than 2000 characters/,
    ],
    [
      'conditions with more ways than can be tried',
      around(
        `cues: { a: [{ console: /a }] }\nrules:\n${Array.from({ length: 300 }, (_, i) => {
          const pairs = Array.from({ length: 30 }, (_, j) => `(deck.beat < ${j} or deck.positionMs < ${j})`);
          const condition = `deck.number == 1 and deck.number == 2 and ${pairs.join(' and ')}`;
          return `  - { name: r${i}, when: chorus, if: ${condition}, do: a }\n`;
        }).join('')}`,
      ),
      /panic: names the cue/,
    ],
    [
      'many tracks in one region',
      `decklight: 1\nbridges: { tape: { type: recorder, cable: a } }\ntimecode: { main: { to: [tape] } }\ntracks:\n${Array.from(
        { length: 5000 },
        (_, i) => `- { match: { id: ${i + 1} }, timecode: { main: 01:00:00:00 } }\n`,
      ).join('')}`,
      /track 2 begins where track 1 does/,
    ],
    [
      'many bridges that take no timecode',
      around(`timecode: { main: { to: [${'console, '.repeat(20_000)}] } }\n`),
      /console is of type desk, which takes no timecode/,
    ],
  ])('%s', (_, source, message) => {
    let loaded = loadProfile('', 'show.yaml', FAKES, NO_LIBRARY);
    const cpuMs = cpuMsOf(() => {
      loaded = loadProfile(source, 'show.yaml', FAKES, NO_LIBRARY);
    });
    // Not a benchmark: between a blink and a hang lies a factor of a hundred.
    expect(cpuMs).toBeLessThan(10_000);
    const first = loaded.ok ? (loaded.warnings[0]?.message ?? '') : (loaded.problems[0]?.message ?? '');
    if (!loaded.ok) expect(loaded.problems.map(({ message: said }) => said).join('\n')).toMatch(message);
    else expect(first).toMatch(message);
  });

  test('many unknown cues', () => {
    const cues = Array.from({ length: 1500 }, (_, i) => `  aaaaaaaaaaa${i}: x`).join('\n');
    const rules = Array.from({ length: 1500 }, (_, i) => `  - do: aaaaaaaaaab${i}`).join('\n');
    const source = around(`cues:\n${cues}\nrules:\n${rules}\n`);
    let isTaken = true;
    const cpuMs = cpuMsOf(() => {
      isTaken = loadProfile(source, 'show.yaml', FAKES, NO_LIBRARY).ok;
    });
    expect(cpuMs).toBeLessThan(20_000);
    expect(isTaken).toBe(false);
  });
});

const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);

test('a profile written from values comes back as those values', () => {
  const cue = fc.record({
    name: word,
    address: word,
    arg: fc.oneof(fc.integer({ min: -1e9, max: 1e9 }), fc.string({ maxLength: 12 })),
  });
  const quote = (text: string): string => JSON.stringify(text).replaceAll('\u2028', '\\u2028');
  fc.assert(
    fc.property(
      fc.uniqueArray(cue, { selector: ({ name }) => name, minLength: 1, maxLength: 5 }),
      fc.string({ minLength: 1, maxLength: 12 }),
      (cues, title) => {
        fc.pre(title.trim() !== '' && !cues.some(({ arg }) => String(arg).includes('${')));
        const source = around(
          `name: ${quote(title)}\ncues:\n${cues
            .map(
              ({ name, address, arg }) =>
                `  ${name}: [{ console: { address: /${address}, args: [${typeof arg === 'number' ? arg : quote(arg)}] } }]`,
            )
            .join('\n')}\n`,
        );
        const loaded = loadProfile(source, 'show.yaml', FAKES, NO_LIBRARY);
        if (!loaded.ok) throw new Error(loaded.problems.map(problemText).join('\n'));
        expect(loaded.profile.name).toBe(title);
        expect([...loaded.profile.cues].map(([name, [action]]) => [name, action?.message])).toEqual(
          cues.map(({ name, address, arg }) => [
            name,
            { address: `/${address}`, args: [{ type: typeof arg === 'number' ? 'int' : 'string', value: arg }] },
          ]),
        );
      },
    ),
  );
});
