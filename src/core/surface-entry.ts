/** What the profile has bound to the controls of a surface. */
import type { Ms } from './clock.ts';
import type { OperatorAction } from './operator-action.ts';
import type { Action } from './rules/rule.ts';

/** One thing that a hand asks for: an act of an operator, the firing of a cue among them, or a message. */
export type HandStep = { readonly act: OperatorAction } | Action;

export interface SurfaceEntry {
  /** The bridge that the surface is. */
  readonly bridge: string;
  /** What may have waited longer than this is dropped, counted and shown; null: nothing is. */
  readonly dropIfLateByMs: Ms | null;
  readonly buttons: ReadonlyMap<string, ButtonEntry>;
  readonly wheels: ReadonlyMap<string, WheelEntry>;
}

/** null: nothing is bound to it. */
export interface ButtonEntry {
  readonly press: readonly HandStep[] | null;
  readonly release: readonly HandStep[] | null;
  /** With it `press` comes at the release, if that is early enough. */
  readonly longPress: readonly HandStep[] | null;
  readonly doublePress: readonly HandStep[] | null;
  /** `press` waits until no second one can make it a double press. */
  readonly waits: boolean;
}

/** Done for each step that it is turned. */
export interface WheelEntry {
  readonly forward: readonly HandStep[];
  readonly reverse: readonly HandStep[];
}
