/** A cue list as a profile gives it: steps in order, begun one after the other by GO. */
import type { Ms } from '../clock.ts';
import type { Action, Place, StateRule } from '../rules/rule.ts';

export interface CueListEntry {
  readonly name: string;
  /** A GO of the control that said the one before, within this time, is the same GO. */
  readonly sameGoWithinMs: Ms;
  /** At least one. */
  readonly steps: readonly CueStep[];
}

export interface CueStep {
  /** Unique in its list. */
  readonly name: string;
  readonly cue: string;
  readonly do: readonly Action[];
  /** The level that it sets, with what takes it back; null: it sets none, and its messages leave once. */
  readonly level: StateRule | null;
  /** Time after its beginning at which the list goes on by itself; null: it does not. */
  readonly follow: AutoFollow | null;
  /** Place at which it begins by itself while it is armed; null: none. */
  readonly at: Place | null;
}

export type AutoFollow =
  | { readonly kind: 'time'; readonly ms: Ms }
  /** Of the deck that the show is about, at whatever tempo it plays; while that stands they do not pass. */
  | { readonly kind: 'beats'; readonly beats: number };

export const SAME_GO_WITHIN_MS: Ms = 150;

/** Names of the steps of a list: as the profile calls them, else their cues', counted where a name has been taken. */
export function stepNames(steps: readonly { readonly name: string | null; readonly cue: string }[]): readonly string[] {
  const taken = new Set(steps.flatMap(({ name }) => name ?? []));
  return steps.map(({ name, cue }) => {
    if (name !== null) return name;
    let free = cue;
    for (let nth = 2; taken.has(free); nth++) free = `${cue} ${nth}`;
    taken.add(free);
    return free;
  });
}
