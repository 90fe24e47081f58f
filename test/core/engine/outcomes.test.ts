import { describe, expect, it } from 'vitest';
import {
  begin,
  type EngineState,
  type EngineStepped,
  FRESH_START,
  prepare,
} from '../../../src/core/engine/engine-state.ts';
import { type Outcome, tallied, verdictOf, withAbsent } from '../../../src/core/engine/outcome.ts';
import { step } from '../../../src/core/engine/step.ts';
import type { ShowEvent } from '../../../src/core/events.ts';
import type { MomentRule } from '../../../src/core/rules/rule.ts';
import { expression, momentRule, profileOf, report, reportEvent, stampAt } from '../core-samples.ts';

const BEAT_2 = { kind: 'beat', beat: 2 } as const;
const flags = { isMaster: true, isSynced: false, isOnAir: true };

/** Outcomes of a rule at beat 2, on deck 1 that plays at 120 BPM from its first beat on. */
function outcomesOf(
  rule: MomentRule,
  { first = [], looksAt = [600] }: { first?: readonly ShowEvent[]; looksAt?: readonly number[] } = {},
): readonly Outcome[] {
  const program = prepare(profileOf([rule]), FRESH_START.library);
  let state: EngineState = begin(program, FRESH_START, 0);
  const found: Outcome[] = [];
  const take = (stepped: EngineStepped): void => {
    state = stepped.state;
    found.push(...stepped.outcomes);
  };
  for (const event of [...first, reportEvent(1, report({ beat: 1 }))])
    take(step(program, state, { source: 'opus', event, stamp: stampAt(0) }, 0));
  for (const at of looksAt) take(step(program, state, null, at));
  return found;
}

const console2 = (message: unknown, roots: readonly string[] = []) => ({ bridge: 'console', message, roots });

describe('the outcome of a moment', () => {
  it('is sent, with the bridges it goes to in the order of the rule', () => {
    const actions = ['console', 'daw'].map(bridge => ({ bridge, message: '/a', roots: [] }));
    expect(outcomesOf(momentRule('beat', BEAT_2, null, { do: actions }))).toEqual([
      {
        id: 'beat/opus/1/7/1/beat 2',
        because: { rule: 'beat', deck: 1, place: 'beat 2', phase: 'fire' },
        trueTime: expect.any(Number),
        sentTo: ['console', 'daw'],
        heldBack: [],
      },
    ]);
  });

  it('is that its condition was false, with each part of it and what that read', () => {
    const text = 'deck.beatInBar == 1 and (deck.tempoBpm > 125 or not deck.isMaster) and deck.bar + 1 == 2';
    const [outcome] = outcomesOf(momentRule('beat', BEAT_2, null, { if: expression(text) }));
    expect(outcome?.heldBack).toEqual([
      {
        kind: 'condition',
        text,
        parts: [
          { text: 'deck.beatInBar == 1', isTrue: false, facts: [{ path: 'deck.beatInBar', value: 2 }] },
          { text: 'deck.tempoBpm > 125', isTrue: false, facts: [{ path: 'deck.tempoBpm', value: 120 }] },
          { text: 'not deck.isMaster', isTrue: false, facts: [{ path: 'deck.isMaster', value: true }] },
          { text: 'deck.bar + 1 == 2', isTrue: true, facts: [{ path: 'deck.bar', value: 1 }] },
        ],
      },
    ]);
  });

  it('is that its deck is not heard, with those that are', () => {
    const other = reportEvent(3, report({ trackId: 9, playState: 'cued', flags }));
    const silent = { ...flags, isMaster: false, isOnAir: false };
    const program = prepare(profileOf([momentRule('beat', BEAT_2)]), FRESH_START.library);
    let state = begin(program, FRESH_START, 0);
    for (const event of [other, reportEvent(1, report({ beat: 1, flags: silent }))])
      state = step(program, state, { source: 'opus', event, stamp: stampAt(0) }, 0).state;
    expect(step(program, state, null, 600).outcomes.map(({ heldBack }) => heldBack)).toEqual([
      [{ kind: 'not-heard', by: 'on-air', heard: [3] }],
    ]);
  });

  it('is that it is late, that an operator mutes it, or that a value is not known', () => {
    const late = outcomesOf(momentRule('beat', BEAT_2, null, { dropIfLateByMs: 20 }));
    expect(late.map(({ heldBack }) => heldBack)).toEqual([[{ kind: 'late', lateMs: expect.any(Number) }]]);
    const mute: ShowEvent = { kind: 'operator.act', act: { kind: 'mute', bridge: 'console', isOn: true } };
    const muted = outcomesOf(momentRule('beat', BEAT_2), { first: [mute] });
    expect(muted.map(({ heldBack }) => heldBack)).toEqual([[{ kind: 'muted', bridge: 'console' }]]);
    const template = { template: [expression('track.genre')], isWhole: false };
    const unknown = outcomesOf(momentRule('beat', BEAT_2, null, { do: [console2(template, ['track'])] }));
    expect(unknown.map(({ heldBack }) => heldBack)).toEqual([[{ kind: 'unknown', what: 'track.genre' }]]);
  });

  it('is sent where a part of it leaves, and keeps why the rest does not', () => {
    const template = { template: [expression('track.genre')], isWhole: false };
    const actions = [console2(template, ['track']), { bridge: 'daw', message: '/a', roots: [] }];
    const [outcome] = outcomesOf(momentRule('beat', BEAT_2, null, { do: actions }));
    expect(outcome === undefined ? null : verdictOf(outcome)).toBe('sent');
    expect(outcome).toMatchObject({ sentTo: ['daw'], heldBack: [{ kind: 'unknown' }] });
  });

  it('is that its bridges were down once that is known, and sent as long as one of them took its part', () => {
    const because = { rule: 'beat', deck: 1, place: 'beat 2', phase: 'fire' } as const;
    const sent: Outcome = { id: 'x', because, trueTime: 1, sentTo: ['console', 'daw', 'console'], heldBack: [] };
    expect(verdictOf(withAbsent(sent, ['console']))).toBe('sent');
    const down = withAbsent(sent, ['console', 'console', 'daw']);
    expect(down).toMatchObject({
      sentTo: [],
      heldBack: [{ bridge: 'console' }, { bridge: 'console' }, { bridge: 'daw' }],
    });
    expect([sent, down, down].reduce(tallied, {})).toEqual({ sent: 1, absent: 2 });
  });
});
