/** What operators have set with their hands, and what that means for what leaves. */
import type { Switch } from './acts.ts';
import type { DeckNumber } from './events.ts';
import type { Sent } from './plan.ts';

export interface Hands {
  /** The deck that timecode follows instead of what its policy says; null: none. */
  readonly pinned: DeckNumber | null;
  /** Bridges that are held back, by name. */
  readonly muted: ReadonlyMap<string, Mute>;
  /** Frames added to each timecode, by its name. */
  readonly nudges: ReadonlyMap<string, number>;
  readonly isLocked: boolean;
  /** Regions given away by `capture` since the start, by timecode: two captures before a save do not get the same. */
  readonly captured: ReadonlyMap<string, readonly number[]>;
}

/** A bridge that is held back: by a mute of everything, by its own name, or both. */
export interface Mute {
  readonly byAll: boolean;
  /** Its timecode is held back too. */
  readonly byName: boolean;
  /** The holds that stood out there when it was muted: what the holds then wanted are compared with at the end. */
  readonly standing: Sent;
}

export const NO_HANDS: Hands = {
  pinned: null,
  muted: new Map(),
  nudges: new Map(),
  isLocked: false,
  captured: new Map(),
};

export const isTimecodeMuted = ({ muted }: Hands, bridge: string): boolean => muted.get(bridge)?.byName === true;

/** Everything is muted at once: what the M key shows and takes back. */
export const isAllMuted = ({ muted }: Hands): boolean => [...muted.values()].some(({ byAll }) => byAll);

export interface Muting {
  readonly hands: Hands;
  /** Bridges held back from now on that were not before. */
  readonly held: readonly string[];
  /** Bridges that are free again, each with what stood there. */
  readonly freed: readonly { readonly bridge: string; readonly standing: Sent }[];
}

/**
 * Mutes, or takes a mute back.
 *
 * @param bridges the bridges it is about
 * @param by      whether everything is meant, or one bridge by name
 * @param isOn    null: the other way than it is
 * @param sent    the holds that stand now
 */
export function mute(
  hands: Hands,
  bridges: readonly string[],
  by: 'byAll' | 'byName',
  isOn: Switch,
  sent: Sent,
): Muting {
  const was = by === 'byAll' ? isAllMuted(hands) : bridges.some(bridge => isTimecodeMuted(hands, bridge));
  const will = isOn ?? !was;
  const muted = new Map(hands.muted);
  const held: string[] = [];
  const freed: { bridge: string; standing: Sent }[] = [];
  for (const bridge of bridges) {
    const before = muted.get(bridge);
    const after: Mute = { byAll: false, byName: false, standing: sent, ...before, [by]: will };
    if (after.byAll || after.byName) {
      muted.set(bridge, after);
      if (before === undefined) held.push(bridge);
    } else if (before !== undefined) {
      muted.delete(bridge);
      freed.push({ bridge, standing: before.standing });
    }
  }
  return { hands: { ...hands, muted }, held, freed };
}
