/** From the checked steps of a cue list to those of a show: names given, levels and places made rules. */
import { type CueListEntry, type CueStep, stepNames } from '../core/cue-lists/cue-list.ts';
import type { Expression } from '../core/rules/expression.ts';
import { type Action, DROP_IF_LATE_BY_MS, type MomentRule, type RuleStep } from '../core/rules/rule.ts';
import type { Step } from './schema/actions.ts';
import type { CheckedList } from './schema/sections/cue-lists-section.ts';

/** Actions of the profile's cues. */
interface Said {
  readonly cues: ReadonlyMap<string, readonly Action[]>;
  stepsOf(steps: readonly Step[]): readonly RuleStep[];
}

export function buildList(list: string, { sameGoWithinMs, steps }: CheckedList, said: Said): CueListEntry {
  const names = stepNames(steps);
  return {
    name: list,
    sameGoWithinMs,
    steps: steps.map(({ cue, follow, at, undo }, i): CueStep => {
      const name = names[i] ?? cue;
      const actions = said.cues.get(cue) ?? [];
      return { name, cue, do: actions, level: levelOfStep(list, name, actions, said.stepsOf(undo)), follow, at };
    }),
  };
}

/** Condition that never holds: the list alone decides whether a level stands. */
const NEVER: Expression = {
  text: 'false',
  facts: [],
  roots: [],
  isWhole: false,
  evaluate: () => false,
  parts: () => [],
  condition: () => ({ kind: 'fixed', isTrue: false, offset: 0, length: 5 }),
};

function levelOfStep(
  list: string,
  step: string,
  actions: readonly Action[],
  undo: readonly RuleStep[],
): CueStep['level'] {
  if (undo.length === 0) return null;
  return { kind: 'while', name: `${list}: ${step}`, while: NEVER, if: null, do: actions, undo, decks: 'any' };
}

/** Rules for the places at which steps begin by themselves. */
export const placesOf = ({ name: list, steps }: CueListEntry): readonly MomentRule[] =>
  steps.flatMap(({ name, at, do: actions }): readonly MomentRule[] => {
    if (at === null) return [];
    const rule = { kind: 'when', name: `${list}: ${name}`, track: null, place: at, if: null, do: actions } as const;
    const usual = { once: null, onJump: 'skip', dropIfLateByMs: DROP_IF_LATE_BY_MS } as const;
    return [{ ...rule, ...usual, begins: { list, step: name }, decks: 'on-air' }];
  });
