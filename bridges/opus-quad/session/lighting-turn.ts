/**
 * Turns of several programs on a network that pose as rekordbox's lighting: the second one yields.
 *
 * A program listens for longer than the pause between two keep-alives before it speaks, and yields to whomever it hears. Two
 * that begin in the same moment hear each other's first word: both fall silent, and a random part parts them. Nobody knows
 * what a unit does with two such peers, so that two are never meant to speak at once. Pure.
 */
import type { Ms } from '../../../src/core/clock.ts';

/** Policy for a program that begins to pose as lighting while we do: go on, or fall silent until it is gone. */
export const RIVAL_POLICIES = ['stay', 'yield'] as const;
export type RivalPolicy = (typeof RIVAL_POLICIES)[number];

/** Before a first word: rekordbox keeps itself alive every 1.5 to 2 s [I KA, BL]. */
const LISTEN_MS: Ms = 2100;
/** The most by which luck makes that longer. */
const LISTEN_LUCK_MS: Ms = 200;
export const LISTEN_MOST_MS = LISTEN_MS + LISTEN_LUCK_MS;
/** Two keep-alives of a rival that did not come: it is gone. */
const GONE_AFTER_MS: Ms = 4200;
const GONE_LUCK_MS: Ms = 400;
/** The most by which luck parts two that have begun in the same moment. */
const COLLISION_LUCK_MS: Ms = 1500;
/** Words nearer to each other than this are one: a keep-alive and what belongs to it. */
const SAME_WORD_MS: Ms = 500;
/** The age that a Decklight tells has whole seconds, and the network takes its time. */
const AGE_DOUBT_MS: Ms = 2000;
const RIVALS_MOST = 16;

/** Another program that poses as rekordbox's lighting. */
export interface Rival {
  /** As its packets say. */
  readonly name: string;
  readonly address: string;
  readonly heardAt: Ms;
  /** Number of its words heard, up to 2: a program that has spoken once may have fallen silent again. */
  readonly words: 1 | 2;
  /** The machine it runs on, where it has shown that it is a Decklight too; null: it has not. */
  readonly decklightOn: string | null;
}

export interface LightingTurn {
  /** Since when we speak; null: we are silent. */
  readonly beganAt: Ms | null;
  /** The random part of the present silence, 0..1. */
  readonly luck: number;
  /** Somebody else has had the turn since we had it: at a unit that comes anew that one goes first. */
  readonly isSecond: boolean;
  /** By address, the one heard last standing last. */
  readonly rivals: ReadonlyMap<string, Rival>;
}

export const NO_TURN: LightingTurn = { beganAt: null, luck: 0, isSecond: false, rivals: new Map() };

/** One word of a rival. */
export interface RivalWord {
  readonly name: string;
  readonly address: string;
  /** Its mark, where the word carries one. */
  readonly mark: DecklightMark | null;
}

/** The turn with a rival's word taken in. */
export function withRival(turn: LightingTurn, { name, address, mark }: RivalWord, at: Ms): LightingTurn {
  const known = turn.rivals.get(address);
  const rivals = new Map(turn.rivals);
  rivals.delete(address);
  const isSameWord = known !== undefined && at - known.heardAt < SAME_WORD_MS;
  rivals.set(address, {
    ...{ name, address, decklightOn: mark?.machine ?? known?.decklightOn ?? null },
    // Many words in a row are one word for as long as they last.
    heardAt: isSameWord && known.words === 1 ? known.heardAt : at,
    words: known === undefined || (isSameWord && known.words === 1) ? 1 : 2,
  });
  const oldest = rivals.keys().next();
  if (rivals.size > RIVALS_MOST && !oldest.done) rivals.delete(oldest.value);
  return { ...turn, rivals, isSecond: turn.isSecond || turn.beganAt === null };
}

/** Gives the time at which a rival counts as gone, unless it is heard again. */
export const goneAt = ({ heardAt, words }: Rival, luck: number): Ms =>
  heardAt + (words === 1 ? LISTEN_MS + luck * COLLISION_LUCK_MS : GONE_AFTER_MS + luck * GONE_LUCK_MS);

/** From when on nobody is in the way; the past: nobody is. */
export const freeAt = ({ rivals, luck }: LightingTurn): Ms =>
  [...rivals.values()].reduce((latest, rival) => Math.max(latest, goneAt(rival, luck)), -Infinity);

/** Gives the listening time before a first word. */
export const listenMs = ({ luck }: LightingTurn): Ms => LISTEN_MS + luck * LISTEN_LUCK_MS;

/** The turn without the rivals that are gone, and those. */
export function withoutGone(
  turn: LightingTurn,
  at: Ms,
): { readonly turn: LightingTurn; readonly gone: readonly Rival[] } {
  const gone = [...turn.rivals.values()].filter(rival => at >= goneAt(rival, turn.luck));
  if (gone.length === 0) return { turn, gone };
  const rivals = new Map(turn.rivals);
  for (const { address } of gone) rivals.delete(address);
  return { turn: { ...turn, rivals }, gone };
}

/** Tells whether a speaker has spoken for too short a time to be the first for certain. */
export const hasJustBegun = (beganAt: Ms, at: Ms): boolean => at - beganAt < GONE_AFTER_MS;

/** Tells whether others take us for gone, since we have said nothing for so long. */
export const isTakenForGone = (spokeAt: Ms, at: Ms): boolean => at - spokeAt > GONE_AFTER_MS;

/**
 * Tells whether we, who speak, yield to a rival's latest word.
 *
 * Two Decklights settle it by age: the younger yields, and so do both where neither is older for certain; luck parts them.
 */
export function yieldsTo(turn: LightingTurn, word: RivalWord, policy: RivalPolicy, at: Ms): boolean {
  const { beganAt } = turn;
  if (beganAt === null) return false;
  if (word.mark !== null) return at - word.mark.ageS * 1000 <= beganAt + AGE_DOUBT_MS;
  if (hasJustBegun(beganAt, at)) return true;
  const rival = turn.rivals.get(word.address);
  if (rival === undefined || rival.decklightOn !== null) return false;
  // A second program of our kind falls silent by itself after its first word.
  return policy === 'yield' && rival.words === 2;
}

// ---- the mark by which Decklights know each other

/** Data that a Decklight puts into the computer name of its status request, which no unit looks at [I BL]. */
export interface DecklightMark {
  readonly machine: string;
  /** Since it has spoken, in whole seconds. */
  readonly ageS: number;
}

/** Most characters of a machine's name in the mark. */
const MACHINE_MOST = 80;

export const markText = ({ machine, ageS }: DecklightMark): string =>
  `Decklight on ${machine.slice(0, MACHINE_MOST)} for ${ageS} s`;

/** The mark in a computer name; null: that of another program. */
export function readMark(computerName: string): DecklightMark | null {
  const [, machine, age] = /^Decklight on (.+) for (\d{1,9}) s$/.exec(computerName) ?? [];
  return machine === undefined ? null : { machine, ageS: Number(age) };
}
