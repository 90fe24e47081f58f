/** A rule as a profile gives it: a place or a state, a condition, and what leaves. */
import type { Ms } from '../clock.ts';
import type { Happening } from '../deck/happenings.ts';
import type { OperatorAction } from '../operator-action.ts';
import type { PhraseKind } from '../track/phrase.ts';
import type { Expression } from './expression.ts';

/** Message to send through one bridge; `message` is a tree that may hold templates, see template.ts. */
export interface Action {
  readonly bridge: string;
  readonly message: unknown;
  /** The names that its templates start from: `deck`, `phrase`. */
  readonly roots: readonly string[];
  /** The cue that it is a part of; absent: of none. */
  readonly cue?: string | undefined;
  /** How long what it begins goes on by itself; absent: not at all. */
  readonly lastsMs?: Ms | undefined;
}

/** One thing that a rule or a hand asks for: an act of an operator, the firing of a cue among them, or a message. */
export type RuleStep = { readonly act: OperatorAction } | Action;

export const isMessage = (step: RuleStep): step is Action => 'bridge' in step;

export type Rule = MomentRule | StateRule;

interface RuleBase {
  /** Unique in the profile. */
  readonly name: string;
  readonly if: Expression | null;
  readonly do: readonly RuleStep[];
  /** Decks that the rule hears. */
  readonly decks: 'on-air' | 'any';
}

/** `when`: fires at a moment. */
export interface MomentRule extends RuleBase {
  readonly kind: 'when';
  readonly place: Place;
  /** Only on this track of the profile's list; null: on every one. */
  readonly track: number | null;
  /** Span in which it fires once; null: at every moment that comes. */
  readonly once: OncePer | null;
  /** Effect of a jump over the moment: `skip` it, or `fire` it on landing. */
  readonly onJump: 'skip' | 'fire';
  /** A fire later than this is dropped, counted and shown. */
  readonly dropIfLateByMs: Ms;
  /** The step of a cue list that begins there while it is armed; null: it is a rule of its own. */
  readonly begins: { readonly list: string; readonly step: string } | null;
  /** The profile says outright that each pass counts anew; left out: it says nothing of it. */
  readonly saysAgain?: true;
}

/** Span in which a rule fires once; `place`: once at each of its places in a load. */
export type OncePer = 'place' | 'pass' | 'load' | 'night';

/** `while`: a state, `do` on entry and `undo` on leaving. */
export interface StateRule extends RuleBase {
  readonly kind: 'while';
  readonly while: Expression;
  readonly undo: readonly RuleStep[];
}

/** A fire later than this is dropped unless its rule says otherwise. */
export const DROP_IF_LATE_BY_MS: Ms = 500;

/** A place in a track: `[n beats|bars|ms before|after] anchor`. */
export interface Place {
  readonly anchor: PlaceAnchor;
  readonly offset: Offset | null;
  /** As the profile writes it. */
  readonly text: string;
}

/** `amount` is negative for `before`. */
export interface Offset {
  readonly amount: number;
  readonly unit: 'beats' | 'bars' | 'ms';
}

export type PlaceAnchor =
  /** `3:27.500`: position from the start of the track. */
  | { readonly kind: 'time'; readonly positionMs: Ms }
  /** `beat 512`. */
  | { readonly kind: 'beat'; readonly beat: number }
  /** `chorus`, `chorus 2`: starts of phrases of a kind; `nth` null: every one. */
  | { readonly kind: 'phrase-kind'; readonly phraseKind: PhraseKind; readonly nth: number | null }
  /** `phrase`, `phrase 5`. */
  | { readonly kind: 'phrase'; readonly nth: number | null }
  /** `fill`, `fill 2`. */
  | { readonly kind: 'fill'; readonly nth: number | null }
  /** The end beat of the phrases, else of the beat grid. */
  | { readonly kind: 'end' }
  /** `hot cue A`, `hot cue`: a hot cue by its button, 1 to 8, or as the DJ has called it; null: every one. */
  | { readonly kind: 'hot-cue'; readonly button: number | null; readonly called?: string }
  /** `memory cue`, `memory cue 2`: counted in the order of their places; null: every one. */
  | { readonly kind: 'memory-cue'; readonly nth: number | null }
  /** The first beat of every bar. */
  | { readonly kind: 'downbeat' }
  /** No place, but what a deck does: `load`, `on air`. */
  | { readonly kind: 'happening'; readonly happening: Happening }
  /** `every 8 bars`, counted from the first bar of the track. */
  | { readonly kind: 'every'; readonly count: number; readonly unit: 'bars' | 'beats' };
