/** Cue lists alone: what GO, back and select make of a place, whatever comes in whatever order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CueListEntry, stepNames } from '../../src/core/cue-lists/cue-list.ts';
import { recallLists, rememberLists } from '../../src/core/cue-lists/list-memory.ts';
import {
  back,
  go,
  goTo,
  type ListState,
  type Moved,
  relocated,
  select,
  unbegun,
} from '../../src/core/cue-lists/list-state.ts';
import type { StateRule } from '../../src/core/rules/rule.ts';
import { stateRule } from './core-samples.ts';

const levelNamed = (name: string): StateRule => stateRule(name, 'false');

/** Steps by their names; those in capitals set a level. */
const listOf = (names: readonly string[]): CueListEntry => ({
  name: 'main',
  sameGoWithinMs: 150,
  steps: names.map(name => {
    const level = name === name.toUpperCase() ? levelNamed(name) : null;
    return { name, cue: name, do: [], level, follow: null, at: null };
  }),
});

type Act = 'go' | 'back' | 'next' | 'previous' | number;

function moved(list: CueListEntry, state: ListState, act: Act): Moved {
  if (act === 'go') return go({ list, state }, 0);
  if (act === 'back') return back({ list, state });
  if (act === 'next' || act === 'previous') return select({ list, state }, act === 'next' ? 1 : -1);
  return goTo({ list, state }, list.steps[act]?.name ?? 'none', 0);
}

const anyList = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'E', 'F', 'G', 'H'), { minLength: 1 }).map(listOf);
const anyAct = fc.oneof(fc.constantFrom<Act>('go', 'go', 'back', 'next', 'previous'), fc.nat(8));

/** A list after some acts, with the levels that a stage would have by then. */
function play(list: CueListEntry, acts: readonly Act[]) {
  let state = unbegun(list);
  const stage = new Set<number>();
  for (const act of acts) {
    const step = moved(list, state, act);
    if (!step.ok) continue;
    for (const index of step.ended) stage.delete(index);
    if (step.begun !== null && list.steps[step.begun]?.level !== null) stage.add(step.begun);
    state = step.state;
  }
  return { state, stage };
}

describe('a cue list', () => {
  it('begins each step once, in order, and then says that it is done', () => {
    const list = listOf(['a', 'b', 'c']);
    let state = unbegun(list);
    const begun: (number | null)[] = [];
    for (let i = 0; i < 3; i++) {
      const step = go({ list, state }, 0);
      if (!step.ok) throw new Error(step.refusal);
      begun.push(step.begun);
      state = step.state;
    }
    expect(begun).toEqual([0, 1, 2]);
    expect(go({ list, state }, 0)).toEqual({ ok: false, refusal: expect.stringMatching(/^main is done: back main/) });
  });

  it('never has a place that is not in it, and what stands on the stage is what it says stands', () => {
    fc.assert(
      fc.property(anyList, fc.array(anyAct, { maxLength: 40 }), (list, acts) => {
        const { state, stage } = play(list, acts);
        const { current, armed, levels } = state;
        const last = list.steps.length - 1;
        expect(current === null || (current >= 0 && current <= last)).toBe(true);
        expect(armed === null || (armed >= 0 && armed <= last)).toBe(true);
        expect([...stage].sort((a, b) => a - b)).toEqual(levels);
        // Nothing behind the place stands.
        expect(levels.every(index => index <= (current ?? -1))).toBe(true);
      }),
    );
  });

  it('that goes and goes back as often stands where it stood, with the levels that stood there', () => {
    fc.assert(
      fc.property(anyList, fc.array(anyAct, { maxLength: 10 }), fc.nat(8), (list, acts, times) => {
        // From a place that was come to step by step: of a leap over levels back knows nothing.
        const { state } = play(
          list,
          acts.map(act => (typeof act === 'number' ? 'go' : act)).filter(act => act === 'go'),
        );
        const most = Math.min(times, state.armed === null ? 0 : list.steps.length - state.armed);
        let now = state;
        for (const act of [...Array<Act>(most).fill('go'), ...Array<Act>(most).fill('back')]) {
          const step = moved(list, now, act);
          if (!step.ok) throw new Error(step.refusal);
          now = step.state;
        }
        expect(now).toEqual(state);
      }),
    );
  });

  it('outlives a restart at its place, and twice is the same as once', () => {
    fc.assert(
      fc.property(anyList, fc.array(anyAct, { maxLength: 20 }), (list, acts) => {
        const { state } = play(list, acts);
        const kept = JSON.parse(JSON.stringify(rememberLists(new Map([['main', state]]), 500)));
        expect(recallLists(kept, [list], 900).get('main')).toEqual(state);
        expect(relocated(relocated(state, list), list)).toEqual(state);
      }),
    );
  });

  it('of which steps are taken out, put in and moved stands at the step it stood at, or the last one before it', () => {
    fc.assert(
      fc.property(anyList, anyList, fc.array(anyAct, { maxLength: 20 }), (before, after, acts) => {
        const { state } = play(before, acts);
        const now = relocated(state, after);
        const names = after.steps.map(({ name }) => name);
        const stood = before.steps.slice(0, (state.current ?? -1) + 1).map(({ name }) => name);
        const expected = stood.filter(name => names.includes(name)).at(-1) ?? null;
        expect(now.current === null ? null : names[now.current]).toBe(expected);
        expect(now.armed === null || now.armed < names.length).toBe(true);
        const armed = state.armed === null ? null : before.steps[state.armed]?.name;
        if (armed != null && names.includes(armed)) expect(names[now.armed ?? -1]).toBe(armed);
      }),
    );
  });

  it('gives each step a name of its own', () => {
    const step = (cue: string, name: string | null = null) => ({ cue, name });
    expect(stepNames([step('drop'), step('drop'), step('drop', 'drop 2'), step('drop')])).toEqual([
      'drop',
      'drop 3',
      'drop 2',
      'drop 4',
    ]);
    fc.assert(
      fc.property(fc.array(fc.record({ cue: fc.constantFrom('a', 'b'), name: fc.constant(null) })), steps => {
        expect(new Set(stepNames(steps)).size).toBe(steps.length);
      }),
    );
  });
});
