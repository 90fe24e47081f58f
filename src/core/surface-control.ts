/** What hands do at the controls of a surface, as plain data: it is recorded and replayed like all that comes in. */
import type { Ms } from './clock.ts';

/** What a hand did. */
export type Gesture =
  /** Begins to be held. */
  | { readonly gesture: 'press' }
  /** Held no more; `isGone`: nobody let go, its surface went away while it was held. */
  | { readonly gesture: 'release'; readonly heldMs: Ms; readonly wasLong: boolean; readonly isGone: boolean }
  /** Held for so long that it is no short press; comes once between press and release. */
  | { readonly gesture: 'long-press' }
  /** The second press within `DOUBLE_PRESS_MS`; comes right after it. */
  | { readonly gesture: 'double-press' }
  /** Turned by so many steps, at least one. */
  | {
      readonly gesture: 'turn';
      readonly count: number;
      readonly direction: 'forward' | 'reverse';
      /** Turns a second, without a sign, since the last one; null: of this wheel it is not known. */
      readonly turnsPerSecond: number | null;
    }
  /** Stands there now: a dial 0 to 1, a slider -1 to 1, a speed as sent, a state as a word or true and false. */
  | { readonly gesture: 'value'; readonly value: number | string | boolean };

export type ControlEvent = {
  readonly kind: 'control';
  /** The bridge's name in the profile. */
  readonly surface: string;
  /** 0 on a player, 1 to 4 on a controller with several decks. */
  readonly deck: number;
  readonly control: string;
} & Gesture;

/** Two presses within this time are a double press. */
export const DOUBLE_PRESS_MS: Ms = 300;
