/** Bindings of the profile at the controls of a surface. */
import type { Ms } from '../clock.ts';
import type { Expression } from '../rules/expression.ts';
import type { Action, RuleStep } from '../rules/rule.ts';
import type { Template } from '../rules/template.ts';

export interface SurfaceEntry {
  /** The bridge that the surface is. */
  readonly bridge: string;
  /** Longest time that a press may have waited; a later one is dropped, counted and shown; null: none is. */
  readonly dropIfLateByMs: Ms | null;
  readonly buttons: ReadonlyMap<string, ButtonEntry>;
  readonly wheels: ReadonlyMap<string, WheelEntry>;
  readonly values: ReadonlyMap<string, ValueEntry>;
  /** In their order: the first one that is on and binds a control has it. */
  readonly layers: readonly LayerEntry[];
  readonly lamps: ReadonlyMap<string, LampEntry>;
  /** null: nothing is shown on its screen. */
  readonly screen: ScreenEntry | null;
}

/** Bindings of controls while another one is held. */
export interface LayerEntry {
  readonly name: string;
  /** The button that is held. */
  readonly control: string;
  readonly buttons: ReadonlyMap<string, ButtonEntry>;
  readonly wheels: ReadonlyMap<string, WheelEntry>;
  readonly values: ReadonlyMap<string, ValueEntry>;
}

/** Controls by their kinds, each with what it does. */
export type Bindings = Pick<SurfaceEntry, 'buttons' | 'wheels' | 'values'>;

/** Finds what controls do in a layer; null: in none. */
export const boundIn = (entry: SurfaceEntry, layer: string | null): Bindings =>
  entry.layers.find(({ name }) => name === layer) ?? entry;

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

/** Messages that follow where a control stands, or how it is turned. */
export interface ValueEntry {
  readonly do: readonly Action[];
  /** How far it has to move from where it was last told, in its own measure; its ends and its centre are always told. */
  readonly deadBand: number;
  /** Least time between two tellings; where it has come to is told at its end. */
  readonly everyMs: Ms;
  /** Steps of a turn, of a control that turns; null: it stands somewhere. */
  readonly stepsPerTurn: number | null;
}

/** A lamp: the first of these that is true wins; off where none is. */
export interface LampEntry {
  readonly on: Expression | null;
  readonly blink: Expression | null;
  readonly pulse: Expression | null;
}

export interface ScreenEntry {
  readonly rows: RowsEntry | null;
  readonly time: TimeEntry | null;
  /** The artwork of the track is shown. */
  readonly artwork: boolean;
  /** Texts, numbers and whatever else it shows, by their names. */
  readonly fields: ReadonlyMap<string, string | Template>;
}

export type RowsEntry =
  | { readonly kind: 'list'; readonly list: string }
  | { readonly kind: 'texts'; readonly texts: readonly (string | Template)[] };

export type TimeEntry =
  | { readonly kind: 'timecode'; readonly timecode: string }
  /** Counts down to whatever comes next by itself. */
  | { readonly kind: 'next-cue' }
  /** In ms. */
  | { readonly kind: 'value'; readonly value: string | Template };
