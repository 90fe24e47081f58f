/** Hands at controls: what of their gestures still waits for its effect. */

import type { Ms } from '../clock.ts';
import type { ControlEvent } from '../surface-control.ts';

/** What is known of the hands at controls. Does not outlive the program: a hand presses again. */
export interface HandsAtControls {
  /** Gestures so far: two of one moment are told apart by it. */
  readonly count: number;
  /** Buttons that are held, by surface, deck and control, each with the layer that it was pressed in; null: in none. */
  readonly held: ReadonlyMap<string, string | null>;
  /** Presses whose effect waits, in their order. */
  readonly waiting: readonly WaitingPress[];
  /** Controls that messages follow, by surface, deck, control and layer. */
  readonly followed: ReadonlyMap<string, FollowedControl>;
}

export const NO_HANDS_AT_CONTROLS: HandsAtControls = { count: 0, held: new Map(), waiting: [], followed: new Map() };

export interface WaitingPress {
  readonly event: ControlEvent;
  /** The layer that it was pressed in; null: in none. */
  readonly layer: string | null;
  /** How long it may have waited to be heard. */
  readonly lateMs: Ms;
  /** Until then a second press makes it a double one. */
  readonly untilMs: Ms;
  /** It is still held, and may become a long press. */
  readonly isHeld: boolean;
}

export type ControlValue = number | string | boolean;

/** Control that messages follow. */
export interface FollowedControl {
  readonly surface: string;
  readonly control: string;
  /** Layer that it is bound in; null: none. */
  readonly layer: string | null;
  /** Where it stands; of a wheel the turns that have not been told, below 0 in reverse. */
  readonly value: ControlValue;
  /** How fast it is turned, below 0 in reverse; null: it is no wheel. */
  readonly turnsPerSecond: number | null;
  readonly movedAt: Ms;
  readonly toldAt: Ms;
  /** What each of its messages has said last; null: nothing, or its bridge has missed it. Empty of a wheel. */
  readonly told: readonly (ControlValue | null)[];
}
