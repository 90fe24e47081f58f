import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import type { ShowHappening } from '../../../src/core/show-happening.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { problemText } from '../../../src/profile/problem-text.ts';
import { openBooth } from '../../show/booth.ts';

const profileWith = (rules: string): string => `decklight: 1
bridges:
  booth: { type: cdj-hid }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
cues: { dark: [{ console: /dark }] }
panic: dark
rules:
${rules}
`;

async function told(rules: string, ...happenings: readonly ShowHappening[]) {
  const booth = openBooth(profileWith(rules));
  await booth.pass(100);
  for (const happening of happenings) {
    const at = booth.clock.now();
    booth.show.engine.emit('show', { kind: 'show', happening }, { notBefore: at, at });
    await booth.pass(100);
  }
  const said = booth.said();
  await booth.show.close();
  return { said, outcomes: booth.outcomes };
}

describe('a rule at the start and the stop of the show', () => {
  it('fires then, of no deck, and at nothing else', async () => {
    const { said, outcomes } = await told(
      `  - { name: hello, when: show start, do: [{ console: /hello }] }
  - { name: bye, when: show stop, do: dark }
  - { name: other, when: play, do: dark }`,
      'show start',
      'show stop',
    );
    expect(said).toEqual(['/hello show start', '/dark show stop']);
    expect(outcomes.map(({ because, sentTo, heldBack }) => [because.rule, because.deck, sentTo, heldBack])).toEqual([
      ['hello', null, ['console'], []],
      ['bye', null, ['console'], []],
    ]);
  });

  it('is held back by a condition that is not true, with the parts of it', async () => {
    const rules = '  - { name: hello, when: show start, if: master.isPlaying, do: [{ console: /hello }] }';
    const { said, outcomes } = await told(rules, 'show start');
    expect(said).toEqual([]);
    expect(outcomes.map(({ heldBack }) => heldBack)).toMatchObject([[{ kind: 'condition', text: 'master.isPlaying' }]]);
  });

  it('once per night fires once', async () => {
    const rules = '  - { name: hello, when: show start, once: per night, do: [{ console: /hello }] }';
    const { said, outcomes } = await told(rules, 'show start', 'show start');
    expect(said).toEqual(['/hello show start']);
    expect(outcomes[1]?.heldBack).toEqual([{ kind: 'once', per: 'night' }]);
  });
});

it.each([
  [
    'rules:\n  - { name: x, when: show start, decks: any, do: dark }',
    /decks is about decks, and show start is of none/,
  ],
  [
    'rules:\n  - { name: x, when: show start, once: per load, do: dark }',
    /once: per load is about a deck, and show start is of none/,
  ],
  ['rules:\n  - { name: x, when: show start, on-loop: again, do: dark }', /on-loop is about places of a track/],
  ['rules:\n  - { name: x, when: show strt, do: dark }', /did you mean "show start"\?/],
  [
    'tracks:\n  - { match: { id: 1 }, cues: [{ at: show stop, do: dark }] }',
    /show stop is of no deck; it stands in a rule/,
  ],
  ['cue-lists: { main: [{ cue: dark, at: show start }] }', /show start is of no deck; it stands in a rule/],
])('%s is refused in one line', (text, line) => {
  const source = profileWith('').replace('rules:\n', text);
  const loaded = loadProfile(source, 'test.yaml', BRIDGES, NO_LIBRARY);
  expect(loaded.ok ? [] : loaded.problems.map(problemText)).toEqual([expect.stringMatching(line)]);
});

it('a show that is about its start and its stop alone wants no deck', () => {
  const source = profileWith('  - { name: x, when: show start, do: dark }');
  const loaded = loadProfile(source, 'test.yaml', BRIDGES, NO_LIBRARY);
  expect(loaded.ok && loaded.warnings.map(problemText)).toEqual([]);
});
