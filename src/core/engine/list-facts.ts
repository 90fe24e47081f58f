/** Facts of cue lists: for the status, for the state feed, and for other screens. */
import type { Ms } from '../clock.ts';
import type { CueListEntry } from '../cue-lists/cue-list.ts';
import type { Value } from '../rules/expression.ts';
import type { EngineDraft, EngineState } from './engine-state.ts';
import { type FeedValue, feedValueOf } from './feed-facts.ts';
import { followDueAt, placed } from './list-acts.ts';

export interface ListFacts {
  readonly name: string;
  /** The step that has begun last; null: none. */
  readonly step: string | null;
  /** The step that the next GO begins; null: the list is done. */
  readonly next: string | null;
  /** A step has begun and stands. */
  readonly isRunning: boolean;
  /** Time and beats after which it goes on by itself, null where not known yet; null as a whole: it does not. */
  readonly follows: { readonly at: Ms | null; readonly beatsLeft: number | null } | null;
  /** Place at which the next step begins by itself; null: none. */
  readonly place: string | null;
}

export function listFacts(state: EngineState, list: CueListEntry): ListFacts {
  const { current, armed, follow } = placed(state, list).state;
  const next = armed === null ? undefined : list.steps[armed];
  const beatsLeft = follow?.kind === 'beats' ? follow.left : null;
  return {
    name: list.name,
    step: current === null ? null : (list.steps[current]?.name ?? null),
    next: next?.name ?? null,
    isRunning: current !== null,
    follows: follow === null ? null : { at: followDueAt({ state }, list), beatsLeft },
    place: next?.at?.text ?? null,
  };
}

/** Facts of the state feed that every cue list has, after `/decklight/list/<name>/`. */
export const LIST_FEED: readonly {
  readonly name: string;
  readonly type: FeedValue['type'];
  readonly doc: string;
  value(facts: ListFacts): Value;
}[] = [
  { name: 'step', type: 'string', doc: 'the step that has begun last', value: ({ step }) => step },
  { name: 'next', type: 'string', doc: 'the step that the next GO begins', value: ({ next }) => next },
  { name: 'done', type: 'int', doc: '1: the last step has begun', value: ({ next }) => next === null },
];

/** Facts of cue lists that have been told, by address. */
export type ListsTold = ReadonlyMap<string, number | string>;

/** Finds what has to be told of cue lists now. @param isAll everything is told again */
export function feedLists(
  { state, program }: Pick<EngineDraft, 'state' | 'program'>,
  before: ListsTold,
  isAll: boolean,
): { readonly told: readonly FeedValue[]; readonly lists: ListsTold } {
  const values = program.profile.lists.flatMap(list => {
    const facts = listFacts(state, list);
    return LIST_FEED.map((fact): FeedValue => {
      const { name, type } = fact;
      return { address: `/decklight/list/${list.name}/${name}`, type, value: feedValueOf(fact, fact.value(facts)) };
    });
  });
  const told = values.filter(({ address, value }) => isAll || before.get(address) !== value);
  return { told, lists: told.length === 0 ? before : new Map(values.map(({ address, value }) => [address, value])) };
}
