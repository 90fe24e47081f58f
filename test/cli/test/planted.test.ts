/** A test of a show finds what is wrong with it: each planted mistake is told at the right line, with what came instead and why. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { testCommand } from '../../../src/cli/test/test.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { listen } from '../doctor/doctor-rig.ts';

/** Night Tram from beat 123 at 128 BPM, twice; chorus 1 begins at beat 129. */
const SET = `set: twice to the chorus
length: 0:12
acts:
  - { at: 0:00, deck: 1, load: Night Tram, on-air: on }
  - { at: 0:01.500, deck: 1, jump: to beat 123 }
  - { at: 0:02, deck: 1, play }
  - { at: 0:07, deck: 1, jump: to beat 123 }
`;

const HEAD = `decklight: 1
name: planted
bridges:
  opus: { type: opus-quad }
  booth: { type: cdj-hid }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
cues:
  drop: [{ console: /drop }]
  calm: [{ console: /calm }]
panic: calm
controls:
  booth: { buttons: { play-pause: { press: drop } } }
rules:
`;

interface Said {
  readonly code: number;
  readonly lines: readonly string[];
  readonly value: {
    readonly ok: boolean;
    readonly expectations: readonly {
      readonly line: number;
      readonly ok: boolean;
      readonly rules: readonly { readonly name: string; readonly line: number }[];
      readonly difference: { readonly what: string; readonly instead: string[]; readonly why: string[] } | null;
    }[];
    readonly coverage: Record<string, unknown>;
  };
}

async function said(rules: string, expected: string, junit: string | null = null): Promise<Said & { file: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'expect-'));
  const file = join(folder, 'show.yaml');
  const set = join(folder, 'set.yaml');
  writeFileSync(file, `${HEAD}${rules}expect:\n  - ${expected}\n`);
  writeFileSync(set, SET);
  const out = listen();
  const options = { set, recording: null, json: true, junit, media: undefined };
  const code = await testCommand(file, options, { out, bridges: BRIDGES, library: NO_LIBRARY });
  return { code, lines: out.errors, value: JSON.parse(out.lines[0] ?? 'null'), file };
}

const lineOf = (source: string, text: string): number => source.slice(0, source.indexOf(text)).split('\n').length;

/** What is planted, its rules, what is expected, and words of the answer. */
const PLANTED: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'a cue 4 beats too early',
    '  - { name: hit, when: 4 beats before chorus, do: drop }\n',
    '{ at: chorus 1, sends: hit }',
    /it left 18\d\d ms before/,
  ],
  [
    'a condition that is not true',
    '  - { name: hit, when: chorus, if: deck.tempoBpm > 150, do: drop }\n',
    '{ at: chorus 1, sends: hit }',
    /it did not leave.*held back: hit.*deck\.tempoBpm > 150/,
  ],
  [
    'a wrong message',
    '  - { name: hit, when: chorus, do: [{ console: /cue/8 }] }\n',
    '{ at: chorus 1, sends: [{ console: /cue/7 }] }',
    /console \/cue\/7 is to leave once.*did not leave.*hit, deck 1: console \/cue\/8/,
  ],
  [
    'a cue that fires once per load',
    '  - { name: hit, when: chorus, once: per load, do: drop }\n',
    '{ at: chorus 1, sends: hit, times: 1 }',
    /held back: hit.*once/,
  ],
  [
    'two rules for one cue',
    '  - { name: hit, when: chorus, do: drop }\n  - { name: again, when: phrase, do: drop }\n',
    '{ at: chorus 1, sends: drop }',
    /is to leave once.*it left 2 times.*hit.*again/,
  ],
  [
    'a cue that must not leave',
    '  - { name: hit, when: chorus, do: calm }\n',
    '{ sends: calm, never: true }',
    /is to leave never; it left 2 times/,
  ],
  [
    'a level that nothing takes back',
    '  - { name: hit, while: deck.isPlaying, do: drop, undo: [] }\n',
    '{ ends: hit }',
    /the end of "hit" is to leave at least once; it did not leave/,
  ],
  [
    'a place that is not in the track',
    '  - { name: hit, when: chorus 9, do: drop }\n',
    '{ sends: hit }',
    /it did not leave.*has no chorus 9/,
  ],
  [
    'a wrong button',
    '  - { name: hit, when: chorus, do: drop }\n',
    '{ press: play-pause, sends: calm }',
    /"calm" is to leave at least once; it did not leave/,
  ],
  [
    'a cue too often',
    '  - { name: hit, when: every beat, do: drop }\n',
    '{ sends: hit, times: 3 }',
    /is to leave 3 times; it left \d\d times/,
  ],
];

describe('decklight test', () => {
  it.each(PLANTED)('%s is told at its line', async (_, rules, expected, words) => {
    const { code, value } = await said(rules, expected);
    expect(code).toBe(1);
    const [first] = value.expectations;
    const source = `${HEAD}${rules}expect:\n  - `;
    expect(first).toMatchObject({ line: source.split('\n').length, ok: false });
    for (const { name, line } of first?.rules ?? []) {
      const declared = name === 'drop' || name === 'calm' ? `  ${name}: [` : `{ name: ${name},`;
      expect(line, name).toBe(lineOf(source, declared));
    }
    const { what = '', instead = [], why = [] } = first?.difference ?? {};
    expect([what, ...instead, ...why].join(' ')).toMatch(words);
  });

  it('a show as expected is met, and what it did not reach is told', async () => {
    const rules = '  - { name: hit, when: chorus, do: drop }\n  - { name: other, when: outro, do: calm }\n';
    const { code, value, lines } = await said(rules, '{ at: chorus 1, sends: hit, within: 2 frames }');
    expect({ code, ok: value.ok, lines }).toEqual({ code: 0, ok: true, lines: [] });
    expect(value.coverage).toMatchObject({
      rules: 2,
      unfired: [{ name: 'other', line: lineOf(HEAD + rules, 'name: other') }],
    });
  });

  it('JUnit XML says the same, with every sign written', async () => {
    const junit = join(mkdtempSync(join(tmpdir(), 'junit-')), 'report.xml');
    await said('  - { name: "a <b> & c", when: chorus, do: drop }\n', '{ sends: calm }', junit);
    const xml = readFileSync(junit, 'utf8');
    expect(xml).toContain('<testsuite name="planted" tests="1" failures="1" errors="0" skipped="0">');
    expect(xml).toMatch(/<failure message="&quot;calm&quot; is to leave at least once; it did not leave">/);
    expect(xml).not.toContain('<b>');
  });
});

describe('what cannot be tested is said in a line', () => {
  const wrong = async (expected: string): Promise<string> => {
    const { code, lines, value } = await said('  - { name: hit, when: chorus, do: drop }\n', expected);
    expect({ code, value }).toEqual({ code: 2, value: null });
    return lines.join('\n');
  };
  it.each([
    ['{ sends: hti }', /unknown rule or cue "hti"; did you mean "hit"\?/],
    ['{ ends: hit }', /unknown rule with while: "hit"/],
    ['{ press: play-pauze, sends: hit }', /unknown bound button "play-pauze"; did you mean "play-pause"\?/],
    ['{ press: play-pause, surface: boot, sends: hit }', /unknown surface "boot"; did you mean "booth"\?/],
    [
      '{ play: Nigth Tram, sends: hit }',
      /no track that can be played is called "Nigth Tram"; did you mean "Night Tram"\?/,
    ],
    ['{ at: chorus }', /says what sends or ends/],
    ['{ sends: hit, ends: hit }', /two expectations/],
    ['{ sends: hit, times: 2, never: true }', /contradict/],
    ['{ sends: hit, within: 1 frame }', /at is missing/],
    ['{ sends: hit, at: chorus, within: soon }', /expected a distance/],
    ['{ sends: hit, surface: booth }', /press is missing/],
    ['{ press: play-pause, at: chorus, sends: hit }', /leave at out/],
    ['{ send: hit }', /did you mean "sends"\?/],
  ])('%s', async (expected, words) => {
    expect(await wrong(expected)).toMatch(words);
  });
});
