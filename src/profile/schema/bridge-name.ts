/** Bridges of a profile by their names, where only some of them will do. */
import type { Bridge } from '../../bridge.ts';
import { listed } from '../../text/quote.ts';
import type { Names } from './declared-names.ts';
import { type Issue, issue, unknownWord } from './issues.ts';

/** What a bridge has to be able to do: `which takes no timecode; those that do: daw`. */
export interface Ability {
  readonly lacking: string;
  has(bridge: Bridge): boolean;
}

export const TAKES_MESSAGES: Ability = { lacking: 'takes no messages', has: ({ message }) => message !== null };
export const TAKES_TIMECODE: Ability = { lacking: 'takes no timecode', has: ({ takesTimecode }) => takesTimecode };
export const TAKES_CLOCK: Ability = { lacking: 'takes no MIDI clock', has: ({ takesClock }) => takesClock };
export const HAS_CONTROLS: Ability = { lacking: 'has no controls', has: ({ controls }) => controls !== null };
export const TELLS: Ability = { lacking: 'tells no state', has: ({ feedMessage: tell }) => tell !== null };

export type FoundBridge =
  /** `bridge` null: there is no such type, which is complained about where it stands. */
  { readonly ok: true; readonly bridge: Bridge | null } | { readonly ok: false; readonly issue: Issue };

/** The kind of the bridge of a name, if it has the ability. */
export function findBridge(
  name: string,
  names: Names,
  bridges: readonly Bridge[],
  { lacking, has }: Ability,
): FoundBridge {
  const type = names.bridges.get(name);
  const bridge = bridges.find(one => one.type === type) ?? null;
  const isKnown = names.bridges.has(name);
  if (isKnown && (bridge === null || has(bridge))) return { ok: true, bridge };
  const able = [...names.bridges].flatMap(([each, type]) =>
    bridges.some(one => one.type === type && has(one)) ? [each] : [],
  );
  if (!isKnown || bridge === null) {
    const found = unknownWord('bridge', name, able);
    return { ok: false, issue: { ...found, note: able.length === 0 ? null : found.note } };
  }
  const others = able.length === 0 ? 'none of this profile does' : `those that do: ${listed(able)}`;
  return { ok: false, issue: issue(`${name} is of type ${bridge.type}, which ${lacking}; ${others}`) };
}
