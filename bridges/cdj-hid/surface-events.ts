/** What comes from a surface, as plain data: hands at its controls, and its coming and going. */
import type { Ms } from '../../src/core/clock.ts';
import type { InputId } from './controls/input-controls.ts';

/** What a hand did. */
export type Gesture =
  /** Begins to be held. */
  | { readonly gesture: 'press' }
  /** Held no more, or its player has gone while it was held. */
  | { readonly gesture: 'release'; readonly heldMs: Ms; readonly wasLong: boolean }
  /** Held for 600 ms now; comes once between press and release. */
  | { readonly gesture: 'long-press' }
  /** The second press within 300 ms; comes right after it. */
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
  readonly control: InputId;
} & Gesture;

export type SurfaceEvent =
  | ControlEvent
  /** It is logged in: it reports its controls, and shows what it is told. */
  | {
      readonly kind: 'surface.found';
      readonly surface: string;
      readonly product: string;
      readonly firmware: string | null;
    }
  /** It is gone; what was held has been released. */
  | { readonly kind: 'surface.lost'; readonly surface: string; readonly why: string };

/** Something the operator should read. */
export interface SurfaceNote {
  readonly level: 'info' | 'warn';
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
}
