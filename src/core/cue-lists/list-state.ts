/** State of a cue list, and its moves by GO, back and select. Pure: the caller sends what follows from a move. */
import type { Ms } from '../clock.ts';
import type { BeatCount } from './beat-count.ts';
import { beatsToCount } from './beat-count.ts';
import type { CueListEntry, CueStep } from './cue-list.ts';

export interface ListState {
  /** Names of the steps when it was last moved: after a reload it is known by them what has become of its places. */
  readonly steps: readonly string[];
  /** The step that has begun last; null: none. */
  readonly current: number | null;
  /** The step that the next GO begins; null: the list is done. */
  readonly armed: number | null;
  /** Wait until the list goes on by itself; null: it does not. */
  readonly follow: PendingFollow | null;
  /** Steps whose levels stand, in order. */
  readonly levels: readonly number[];
  /** Time at which each control last said each of its words. */
  readonly saidGo: ReadonlyMap<string, Ms>;
}

export type PendingFollow = { readonly kind: 'time'; readonly dueAt: Ms } | ({ readonly kind: 'beats' } & BeatCount);

export const unbegun = ({ steps }: CueListEntry): ListState => ({
  steps: steps.map(({ name }) => name),
  current: null,
  armed: 0,
  follow: null,
  levels: [],
  saidGo: new Map(),
});

/** A list in a show: what it is, and where it stands. */
export interface PlacedList {
  readonly list: CueListEntry;
  readonly state: ListState;
}

export type Moved =
  /** `begun`: the step whose messages leave now; null: none. `ended`: steps whose levels end, last first. */
  | { readonly ok: true; readonly state: ListState; readonly begun: number | null; readonly ended: readonly number[] }
  | { readonly ok: false; readonly refusal: string };

const refuse = (refusal: string): Moved => ({ ok: false, refusal });

/**
 * Tells whether this GO, back or go to is the same one as the one before: two of one control so close together are one press.
 *
 * @param said the control, and its word; null: no control has said it
 */
export function isSameGo({ list, state }: PlacedList, said: string | null, at: Ms): boolean {
  const last = said === null ? undefined : state.saidGo.get(said);
  return last !== undefined && at - last < list.sameGoWithinMs;
}

/** Notes who has said what. */
export function withGo({ list, state }: PlacedList, said: string | null, at: Ms): ListState {
  if (said === null) return state;
  const recent = [...state.saidGo].filter(([, before]) => at - before < list.sameGoWithinMs);
  return { ...state, saidGo: new Map(recent).set(said, at) };
}

/** Begins the step that is armed. @param at when it begins */
export function go(placed: PlacedList, at: Ms): Moved {
  const { list, state } = placed;
  if (state.armed === null) return refuse(`${list.name} is done: back ${list.name}, or select a step of it`);
  return begin(placed, state.armed, at);
}

/** Begins a step by its name. */
export function goTo(placed: PlacedList, name: string, at: Ms): Moved {
  const index = placed.list.steps.findIndex(step => step.name === name);
  return index < 0 ? refuse(`${placed.list.name} has no step "${name}"`) : begin(placed, index, at);
}

/** Steps that lie behind the one that begins do not stand any more; those before it stay as they are. */
function begin({ list, state }: PlacedList, index: number, at: Ms): Moved {
  const step = list.steps[index] as CueStep;
  const ended = state.levels.filter(each => each > index).reverse();
  const kept = state.levels.filter(each => each < index);
  return {
    ok: true,
    begun: index,
    ended,
    state: {
      ...state,
      current: index,
      armed: index + 1 < list.steps.length ? index + 1 : null,
      follow: index + 1 < list.steps.length ? followOf(step, at) : null,
      levels: step.level === null ? kept : [...kept, index],
    },
  };
}

function followOf({ follow }: CueStep, at: Ms): PendingFollow | null {
  if (follow === null) return null;
  return follow.kind === 'time'
    ? { kind: 'time', dueAt: at + follow.ms }
    : { kind: 'beats', ...beatsToCount(follow.beats) };
}

/** Takes the last step back: its level ends, and the next GO begins it again. The one before is not begun anew. */
export function back({ list, state }: PlacedList): Moved {
  const { current } = state;
  if (current === null) return refuse(`${list.name} is at its start`);
  return {
    ok: true,
    begun: null,
    ended: state.levels.filter(each => each >= current).reverse(),
    state: {
      ...state,
      current: current === 0 ? null : current - 1,
      armed: current,
      follow: null,
      levels: state.levels.filter(each => each < current),
    },
  };
}

/** Arms another step; beyond either end of the list it stays at the end. */
export function select({ list, state }: PlacedList, by: number): Moved {
  const from = state.armed ?? list.steps.length;
  const armed = Math.min(Math.max(from + by, 0), list.steps.length - 1);
  return { ok: true, begun: null, ended: [], state: { ...state, armed } };
}

/** The step that it goes on to by itself is not begun: it was due too long ago. It stays armed. */
export const missFollow = (state: ListState): ListState => ({ ...state, follow: null });

/**
 * Finds the same place in the list as it is by now: steps are known by their names. Where the step that stood is gone, the last
 * step before it that is still there stands, and the first one behind that is armed.
 */
export function relocated(state: ListState, list: CueListEntry): ListState {
  const names = list.steps.map(({ name }) => name);
  if (names.length === state.steps.length && names.every((name, i) => name === state.steps[i])) return state;
  const now = (index: number): number => names.indexOf(state.steps[index] ?? '');
  const before = state.steps.slice(0, (state.current ?? -1) + 1).map((_, i) => now(i));
  const current = before.filter(index => index >= 0).at(-1) ?? null;
  const isSameStep = state.current !== null && current === now(state.current);
  const behind = state.armed === null ? [] : state.steps.slice(state.armed).map((_, i) => now((state.armed ?? 0) + i));
  const next = behind.find(index => index >= 0) ?? (current === null ? 0 : current + 1);
  const follows = isSameStep && current !== null && (list.steps[current] as CueStep).follow !== null;
  return {
    ...state,
    steps: names,
    current,
    armed: next < names.length ? next : null,
    follow: follows ? state.follow : null,
    levels: state.levels
      .map(now)
      .filter(index => index >= 0 && list.steps[index]?.level !== null)
      .sort((a, b) => a - b),
  };
}
