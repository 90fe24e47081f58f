/** Cue lists as a profile writes them, and what `check` says of them. */
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../bridges/index.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { loadProfile } from '../../src/profile/load.ts';

const load = (rest: string) =>
  loadProfile(
    `decklight: 1\nbridges:\n  console: { type: osc, host: 127.0.0.1, port: 9000 }\ncues: { a: [{ console: /a }], b: [{ console: /b }] }\npanic: a\n${rest}`,
    'show.yaml',
    BRIDGES,
    NO_LIBRARY,
  );

function listOf(rest: string) {
  const loaded = load(rest);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return {
    list: loaded.profile.lists[0],
    profile: loaded.profile,
    warnings: loaded.warnings.map(each => each.message),
  };
}

describe('a cue list', () => {
  it('is a list of steps, or a map with more than these; a cue alone is a step', () => {
    const { list } = listOf(
      'cue-lists: { main: [a, { cue: b, name: The drop, follow: 2 bars }, { cue: a, at: 4 beats before end }] }',
    );
    expect(list?.steps.map(({ name, cue, follow, at }) => [name, cue, follow, at?.text ?? null])).toEqual([
      ['a', 'a', null, null],
      ['The drop', 'b', { kind: 'beats', beats: 8 }, null],
      ['a 2', 'a', null, '4 beats before end'],
    ]);
    expect(list?.sameGoWithinMs).toBe(150);
    expect(listOf('cue-lists: { main: { same-go-within: 0.3 s, steps: [a] } }').list?.sameGoWithinMs).toBe(300);
  });

  it('with undo makes a level of a step', () => {
    const { list } = listOf('cue-lists: { main: [{ cue: a, undo: b }, b] }');
    expect(list?.steps.map(({ level }) => level?.undo.length ?? null)).toEqual([1, null]);
  });

  it('alone with a console is a whole show; with beats or places it wants decks', () => {
    expect(listOf('cue-lists: { main: [a, b] }').warnings).toEqual([]);
    expect(listOf('cue-lists: { main: [{ cue: a, follow: 8 beats }, b] }').warnings).toEqual([
      expect.stringMatching(/^no bridge here brings decks/),
    ]);
  });

  it('whose last step wants to go on is warned of', () => {
    expect(listOf('cue-lists: { main: [a, { cue: b, follow: 3 s }] }').warnings).toEqual([
      'main has no step after this one: there is nothing to go on to',
    ]);
  });

  it.each([
    ['go', { kind: 'go', list: 'main' }],
    ['go main', { kind: 'go', list: 'main' }],
    ['back main', { kind: 'back', list: 'main' }],
    ['select next', { kind: 'select', list: 'main', by: 1 }],
    ['select previous main', { kind: 'select', list: 'main', by: -1 }],
    ['go to main The drop', { kind: 'go-to', list: 'main', step: 'The drop' }],
  ])('"%s" is said in a rule', (words, act) => {
    const { profile } = listOf(
      `cue-lists: { main: [a, { cue: b, name: The drop }] }\nrules: [{ name: x, when: chorus, do: ${words} }]`,
    );
    expect(profile.rules[0]?.do).toEqual([{ act }]);
  });

  it('of several has to be named', () => {
    const loaded = load('cue-lists: { main: [a], side: [b] }\nrules: [{ name: x, when: chorus, do: go }]');
    expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toEqual([
      'expected which cue list: main, side',
    ]);
  });

  it('with two steps of one name is refused', () => {
    const loaded = load('cue-lists:\n  main:\n    - { cue: a, name: x }\n    - { cue: b, name: x }\n');
    expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toEqual([
      'main has a step of this name already: line 8',
    ]);
  });
});
