/** What operators have set with their hands, and what that means for what leaves. */

import type { Ms } from './clock.ts';
import type { DeckNumber } from './deck-report.ts';
import type { Switch } from './operator-action.ts';
import type { SentHolds } from './rules/hold-diff.ts';

export interface OperatorState {
  /** The deck that timecode follows instead of what its policy says; null: none. */
  readonly pinned: DeckNumber | null;
  /** Every bridge is held back, whatever it is called. */
  readonly isAllMuted: boolean;
  /** That is so since a panic, and not by a mute. */
  readonly isPanic: boolean;
  /** Bridges that are held back by name: their timecode too. */
  readonly muted: ReadonlySet<string>;
  /**
   * The holds that stood on a bridge when it began to be held back: what is then wanted is compared with these at the
   * end. On a bridge that has come since none stands.
   */
  readonly standing: ReadonlyMap<string, SentHolds>;
  /** Frames added to each timecode, by its name. */
  readonly nudges: ReadonlyMap<string, number>;
  /** How much earlier than the profile says the streams of each bridge leave, by its name. */
  readonly latencies: ReadonlyMap<string, Ms>;
  readonly isLocked: boolean;
  /** Regions given away by `capture` since the start, by timecode: two captures before a save do not get the same. */
  readonly captured: ReadonlyMap<string, readonly number[]>;
}

export const NO_OPERATOR_STATE: OperatorState = {
  pinned: null,
  isAllMuted: false,
  isPanic: false,
  muted: new Set(),
  standing: new Map(),
  nudges: new Map(),
  latencies: new Map(),
  isLocked: false,
  captured: new Map(),
};

/** Cues to this bridge do not leave. */
export const isHeldBack = ({ isAllMuted, muted }: OperatorState, bridge: string): boolean =>
  isAllMuted || muted.has(bridge);

export interface Muting {
  readonly hands: OperatorState;
  /** Bridges held back from now on that were not before. */
  readonly held: readonly string[];
  /** Bridges that are free again, each with what stood there. */
  readonly freed: readonly { readonly bridge: string; readonly standing: SentHolds }[];
}

/**
 * Mutes, or takes a mute back.
 *
 * @param asked   `bridge` null: everything; `isOn` null: the other way than it is
 * @param bridges all that cues go to
 * @param sent    the holds that stand now
 */
export function muteBridge(
  before: OperatorState,
  { bridge, isOn }: { readonly bridge: string | null; readonly isOn: Switch },
  bridges: readonly string[],
  sent: SentHolds,
): Muting {
  const muted = new Set(before.muted);
  const was = bridge === null ? before.isAllMuted : muted.has(bridge);
  const will = isOn ?? !was;
  if (bridge !== null && will) muted.add(bridge);
  if (bridge !== null && !will) muted.delete(bridge);
  const isAllMuted = bridge === null ? will : before.isAllMuted;
  const after: OperatorState = { ...before, muted, isAllMuted, isPanic: isAllMuted && before.isPanic };
  const all = [...new Set([...bridges, ...before.standing.keys(), ...(bridge === null ? [] : [bridge])])];
  const held = all.filter(each => isHeldBack(after, each) && !isHeldBack(before, each));
  const free = all.filter(each => isHeldBack(before, each) && !isHeldBack(after, each));
  const freed = free.map(each => ({ bridge: each, standing: before.standing.get(each) ?? new Map() }));
  const standing = new Map(before.standing);
  for (const each of held) standing.set(each, sent);
  for (const each of free) standing.delete(each);
  return { hands: { ...after, standing }, held, freed };
}
