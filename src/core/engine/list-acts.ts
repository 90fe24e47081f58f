/** Cue lists in a show: hands, rules, places and time move them; what a step says leaves. Pure. */
import { didYouMean } from '../../text/did-you-mean.ts';
import type { Ms } from '../clock.ts';
import { countBeats, countEndsAt } from '../cue-lists/beat-count.ts';
import type { CueListEntry, CueStep } from '../cue-lists/cue-list.ts';
import {
  back,
  go,
  goTo,
  isSameGo,
  type ListState,
  type Moved,
  missFollow,
  type PlacedList,
  relocated,
  select,
  unbegun,
  withGo,
} from '../cue-lists/list-state.ts';
import { type ListAction, operatorActionText } from '../operator-action.ts';
import type { RuleSubject } from '../rules/fact-values.ts';
import { diffHolds, OF_NO_DECK } from '../rules/hold-diff.ts';
import type { Hold } from '../rules/holds.ts';
import { DROP_IF_LATE_BY_MS, type MomentRule } from '../rules/rule.ts';
import { ALL_BRIDGES, applyHoldChange, type Emitted, emit, type Hand } from './cues.ts';
import type { EngineDraft, EngineState } from './engine-state.ts';
import type { Because, Reason } from './intents.ts';
import { subject } from './show-subject.ts';

/** null: it was done. */
export type ListOutcome = { readonly refusal: string } | null;

/** Gives a list of the profile with its state. */
export const placed = ({ lists }: Pick<EngineState, 'lists'>, list: CueListEntry): PlacedList => ({
  list,
  state: lists.get(list.name) ?? unbegun(list),
});

/** Does what a hand, or a rule, wants of a list. */
export function actOnList(draft: EngineDraft, act: ListAction, { place, cause, control }: Hand): ListOutcome {
  const { lists } = draft.program.profile;
  const list = act.list === null ? lists[0] : lists.find(({ name }) => name === act.list);
  if (list === undefined) return { refusal: noSuchList(act.list, lists) };
  if (act.kind === 'select') return move(draft, list, select(placed(draft.state, list), act.by), null);
  const before = placed(draft.state, list);
  const said = control === null ? null : `${control} ${operatorActionText(act)}`;
  if (isSameGo(before, said, draft.at)) {
    return { refusal: `the same control said so less than ${list.sameGoWithinMs} ms ago: taken as one` };
  }
  put(draft, list, withGo(before, said, draft.at));
  const now = placed(draft.state, list);
  const moved = act.kind === 'back' ? back(now) : act.kind === 'go' ? go(now, draft.at) : goTo(now, act.step, draft.at);
  const of: RuleSubject = { deck: subject(draft.state) };
  return move(draft, list, withAdvice(moved, list, act), { place, cause, trueTime: draft.at, of });
}

function noSuchList(name: string | null, lists: readonly CueListEntry[]): string {
  const names = lists.map(list => list.name);
  if (names.length === 0) return 'this profile has no cue lists; they stand under cue-lists:';
  return `there is no cue list called "${name ?? ''}"; there are: ${names.join(', ')}${didYouMean(name ?? '', names)}`;
}

function withAdvice(moved: Moved, { steps }: CueListEntry, act: ListAction): Moved {
  if (moved.ok || act.kind !== 'go-to') return moved;
  const names = steps.map(({ name }) => name);
  return { ok: false, refusal: `${moved.refusal}; there are: ${names.join(', ')}${didYouMean(act.step, names)}` };
}

/** Cause of the beginning or the end of a step. */
interface ListCause {
  readonly place: string;
  readonly cause: string;
  readonly trueTime: Ms;
  readonly of: RuleSubject;
}

/** @param why null: nothing leaves by this move */
function move(draft: EngineDraft, list: CueListEntry, moved: Moved, why: ListCause | null): ListOutcome {
  if (!moved.ok) return { refusal: moved.refusal };
  put(draft, list, moved.state);
  if (why === null) return null;
  for (const index of moved.ended) endLevel(draft, list, index, why);
  if (moved.begun !== null) beginStep(draft, list, moved.begun, why);
  return null;
}

const NOTHING_SENT: Emitted = { sentTo: [], heldBack: [] };

function put(draft: EngineDraft, { name }: CueListEntry, state: ListState): void {
  draft.state = { ...draft.state, lists: new Map(draft.state.lists).set(name, state) };
  draft.isMemorable = true;
}

const placeText = (list: CueListEntry, index: number, { place }: ListCause): string =>
  `step ${index + 1} of ${list.name}, ${place}`;

function beginStep(draft: EngineDraft, list: CueListEntry, index: number, why: ListCause): Emitted {
  const step = list.steps[index] as CueStep;
  const place = placeText(list, index, why);
  const { trueTime, cause, of } = why;
  let emitted: Emitted;
  if (step.level === null) {
    const deck = of.moment == null ? null : (of.deck?.ref.number ?? null);
    const because: Because = { rule: step.cue, deck, place, phase: 'fire' };
    const id = [cause, list.name, step.name, trueTime].join('/');
    const cue = { kind: 'fire', id, because, trueTime } as const;
    emitted = emit(draft, { cue, steps: step.do, of, which: ALL_BRIDGES });
  } else {
    // A level that stands already is said again: somebody has asked for it.
    const sent = new Map([...draft.state.sent].filter(([name]) => name !== step.level?.name));
    draft.state = { ...draft.state, sent };
    emitted = changeLevels(draft, [{ rule: step.level, deck: OF_NO_DECK }], new Set([step.level.name]), place);
  }
  count(draft, list, trueTime);
  return emitted;
}

function endLevel(draft: EngineDraft, list: CueListEntry, index: number, why: ListCause): void {
  const level = list.steps[index]?.level ?? null;
  if (level !== null) changeLevels(draft, [], new Set([level.name]), placeText(list, index, why));
}

function changeLevels(draft: EngineDraft, wanted: readonly Hold[], among: ReadonlySet<string>, place: string): Emitted {
  const { sent, changes } = diffHolds(draft.state.sent, wanted, among);
  draft.state = { ...draft.state, sent };
  const parts = changes.map(change => applyHoldChange(draft, change, ALL_BRIDGES, place));
  return { sentTo: parts.flatMap(({ sentTo }) => sentTo), heldBack: parts.flatMap(({ heldBack }) => heldBack) };
}

/** Levels that steps of lists have set and that stand. */
export function holdsOfLists({ state, program }: Pick<EngineDraft, 'state' | 'program'>): readonly Hold[] {
  return program.profile.lists.flatMap(list =>
    placed(state, list).state.levels.flatMap(index => {
      const rule = list.steps[index]?.level ?? null;
      return rule === null ? [] : [{ rule, deck: OF_NO_DECK }];
    }),
  );
}

/** Gives the reason why a step does not begin at its place; null: it is armed. */
export function notArmedIn(draft: EngineDraft, begins: NonNullable<MomentRule['begins']>): Reason | null {
  const list = draft.program.profile.lists.find(({ name }) => name === begins.list);
  const armed = list === undefined ? null : placed(draft.state, list).state.armed;
  const name = armed === null ? null : (list?.steps[armed]?.name ?? null);
  return name === begins.step ? null : { kind: 'not-armed', list: begins.list, armed: name };
}

/** A place in a track has come at which the step that is armed begins. */
export function goAtPlace(draft: EngineDraft, begins: NonNullable<MomentRule['begins']>, why: ListCause): Emitted {
  const list = draft.program.profile.lists.find(({ name }) => name === begins.list);
  const moved = list === undefined ? null : go(placed(draft.state, list), why.trueTime);
  if (list === undefined || moved?.ok !== true || moved.begun === null) return NOTHING_SENT;
  put(draft, list, moved.state);
  for (const index of moved.ended) endLevel(draft, list, index, why);
  return beginStep(draft, list, moved.begun, why);
}

/** Rounding of doubles: a moment that has come but for that has come. */
const SAME_MOMENT_MS: Ms = 1e-3;

/** Lists whose time to go on has come by a moment. */
export function followLists(draft: EngineDraft, until: Ms): void {
  for (const list of draft.program.profile.lists) {
    for (let i = 0; i < list.steps.length; i++) {
      count(draft, list, until);
      const dueAt = followDueAt(draft, list);
      if (dueAt === null || dueAt > until + SAME_MOMENT_MS) break;
      follow(draft, list, dueAt);
    }
  }
}

function follow(draft: EngineDraft, list: CueListEntry, dueAt: Ms): void {
  const before = placed(draft.state, list);
  const step = list.steps[before.state.armed ?? -1];
  const place = `after ${list.steps[before.state.current ?? -1]?.name ?? ''}`;
  const lateMs = draft.at - dueAt;
  if (step === undefined || lateMs > DROP_IF_LATE_BY_MS) {
    put(draft, list, missFollow(before.state));
    if (step === undefined) return;
    const because: Because = {
      rule: step.cue,
      deck: null,
      place: `${step.name} of ${list.name}, ${place}`,
      phase: 'fire',
    };
    draft.dropped.push({ because, trueTime: dueAt, reason: { kind: 'late', lateMs } });
    return;
  }
  const why = { place, cause: `${list.name} by itself`, trueTime: dueAt, of: { deck: subject(draft.state) } };
  move(draft, list, go(before, dueAt), why);
}

/** Counts the beats that a list waits for up to a moment; what it comes to is kept with the next thing that must be. */
function count(draft: EngineDraft, list: CueListEntry, until: Ms): void {
  const state = draft.state.lists.get(list.name);
  if (state?.follow?.kind !== 'beats') return;
  const counted = countBeats(state.follow, subject(draft.state), until);
  if (counted === state.follow) return;
  const next: ListState = { ...state, follow: { kind: 'beats', ...counted } };
  draft.state = { ...draft.state, lists: new Map(draft.state.lists).set(list.name, next) };
}

/** Gives the time at which a list goes on by itself; null: it does not, or not before more is heard of the deck. */
export function followDueAt({ state }: Pick<EngineDraft, 'state'>, { name }: CueListEntry): Ms | null {
  const follow = state.lists.get(name)?.follow ?? null;
  if (follow === null) return null;
  return follow.kind === 'time' ? follow.dueAt : countEndsAt(follow, subject(state));
}

export function listsDueAt(draft: EngineDraft): Ms | null {
  const times = draft.program.profile.lists.flatMap(list => followDueAt(draft, list) ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

/** The lists of another profile, each where it stood. */
export function relocateLists({ state, program }: Pick<EngineDraft, 'state' | 'program'>): EngineState['lists'] {
  const lists = new Map(program.profile.lists.map(list => [list.name, list]));
  return new Map(
    [...state.lists].flatMap(([name, before]) => {
      const list = lists.get(name);
      return list === undefined ? [] : [[name, relocated(before, list)] as const];
    }),
  );
}
