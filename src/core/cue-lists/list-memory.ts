/** Places in cue lists, as they outlive the program: plain JSON. */
import type { Ms } from '../clock.ts';
import type { CueListEntry } from './cue-list.ts';
import { type ListState, type PendingFollow, relocated } from './list-state.ts';

export interface RememberedList {
  readonly list: string;
  readonly steps: readonly string[];
  readonly current: number | null;
  readonly armed: number | null;
  readonly levels: readonly number[];
  /** `inMs`: how long after the memory was made; below 0: before. */
  readonly follow:
    | { readonly kind: 'time'; readonly inMs: Ms }
    | {
        readonly kind: 'beats';
        readonly left: number;
        readonly phase: number | null;
        readonly agoMs: Ms;
        readonly seen: SeenBeat | null;
      }
    | null;
}

interface SeenBeat {
  readonly deck: string;
  readonly pass: number;
  readonly beat: number;
  readonly beatsPerMs: number;
}

export const rememberLists = (lists: ReadonlyMap<string, ListState>, at: Ms): readonly RememberedList[] =>
  [...lists].map(([list, { steps, current, armed, levels, follow }]) => ({
    ...{ list, steps, current, armed, levels },
    follow: follow === null ? null : rememberFollow(follow, at),
  }));

function rememberFollow(follow: PendingFollow, at: Ms): RememberedList['follow'] {
  if (follow.kind === 'time') return { kind: 'time', inMs: follow.dueAt - at };
  const { left, phase, seen } = follow;
  const agoMs = seen === null ? 0 : at - seen.at;
  if (seen === null) return { kind: 'beats', left, phase, agoMs, seen };
  const { deck, pass, beat, beatsPerMs } = seen;
  return { kind: 'beats', left, phase, agoMs, seen: { deck, pass, beat, beatsPerMs } };
}

/** @param madeAt when the memory was made, on the clock of now; @returns the lists of the profile that it knows */
export function recallLists(
  remembered: readonly RememberedList[],
  lists: readonly CueListEntry[],
  madeAt: Ms,
): ReadonlyMap<string, ListState> {
  const byName = new Map(lists.map(list => [list.name, list]));
  return new Map(
    remembered.flatMap(({ list: name, steps, current, armed, levels, follow }): [string, ListState][] => {
      const list = byName.get(name);
      if (list === undefined) return [];
      const isWithin = (index: number | null): boolean => index === null || index < steps.length;
      if (!isWithin(current) || !isWithin(armed) || !levels.every(isWithin)) return [];
      const recalled = follow === null ? null : recallFollow(follow, madeAt);
      return [[name, relocated({ steps, current, armed, levels, follow: recalled, saidGo: new Map() }, list)]];
    }),
  );
}

function recallFollow(follow: NonNullable<RememberedList['follow']>, madeAt: Ms): PendingFollow {
  if (follow.kind === 'time') return { kind: 'time', dueAt: madeAt + follow.inMs };
  const { left, phase, seen, agoMs } = follow;
  return { kind: 'beats', left, phase, seen: seen === null ? null : { ...seen, at: madeAt - agoMs } };
}
