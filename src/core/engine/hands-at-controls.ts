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
}

export const NO_HANDS_AT_CONTROLS: HandsAtControls = { count: 0, held: new Map(), waiting: [] };

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
