/** What the profile has bound to the controls of a surface. */
import type { Ms } from './clock.ts';
import type { RuleStep } from './rules/rule.ts';

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
  readonly press: readonly RuleStep[] | null;
  readonly release: readonly RuleStep[] | null;
  /** With it `press` comes at the release, if that is early enough. */
  readonly longPress: readonly RuleStep[] | null;
  readonly doublePress: readonly RuleStep[] | null;
  /** `press` waits until no second one can make it a double press. */
  readonly waits: boolean;
}

/** Done for each step that it is turned. */
export interface WheelEntry {
  readonly forward: readonly RuleStep[];
  readonly reverse: readonly RuleStep[];
}
