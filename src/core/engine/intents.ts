/** What is to leave, with its reason. Plain data, so that it can be logged, compared and replayed. */

import type { Ms } from '../clock.ts';
import type { AudibleBy } from '../deck/decks.ts';
import type { PartValue } from '../rules/expression.ts';
import type { OncePer } from '../rules/rule.ts';
import type { Filled } from '../rules/template.ts';
import type { Shown } from '../surfaces/shown.ts';
import type { StreamAnchor, TimecodeAnchor } from '../timecode/stream-anchor.ts';
import type { FeedValue } from './feed-facts.ts';

/** Why something leaves. */
export interface Because {
  /** The name of the rule, or of the cue that a hand fired. */
  readonly rule: string;
  readonly deck: number | null;
  /** Where in the track: `chorus 2`, `4 beats before chorus 1`. */
  readonly place: string | null;
  readonly phase: 'fire' | 'do' | 'undo';
}

export type Intent =
  | CueIntent
  | TimecodeIntent
  | ClockIntent
  | ReleaseIntent
  | FeedIntent
  | TempoIntent
  | FollowIntent
  | ShowIntent;

/** A message that a rule or a hand asked for. */
export interface CueIntent {
  /** `fire`: once, never again; `hold`: a level, sent again on request. */
  readonly kind: 'fire' | 'hold';
  /** Made from the cause: the same cause has the same id after a reload or a restart. */
  readonly id: string;
  readonly bridge: string;
  readonly message: Filled;
  /** The cue that it is a part of; null: of none. */
  readonly cue: string | null;
  readonly because: Because;
  /** The moment it is meant for. */
  readonly trueTime: Ms;
}

/** A stream of timecode: how it goes on. */
export interface TimecodeIntent {
  readonly kind: 'run';
  readonly bridge: string;
  /** Its name in the profile. */
  readonly timecode: string;
  readonly anchor: TimecodeAnchor;
}

/** A stream of MIDI clock: how it goes on. */
export interface ClockIntent {
  readonly kind: 'tick';
  readonly bridge: string;
  /** Its name in the profile. */
  readonly clock: string;
  readonly anchor: StreamAnchor;
}

/** A bridge lets go of whatever sounds. */
export interface ReleaseIntent {
  readonly kind: 'release';
  readonly bridge: string;
}

/** A fact of the state feed. */
export interface FeedIntent {
  readonly kind: 'tell';
  readonly bridge: string;
  readonly value: FeedValue;
}

/** The tempo line of a feed, in the words of its console. */
export interface TempoIntent {
  readonly kind: 'tempo';
  readonly bridge: string;
  readonly message: Filled;
}

/** A message that follows a slider, a dial or a wheel: told as it moves, and no cue. */
export interface FollowIntent {
  readonly kind: 'follow';
  readonly bridge: string;
  readonly message: Filled;
}

/** What lamps and screen of a surface show from now on, as far as it is news; null of a name: nothing. */
export interface ShowIntent {
  readonly kind: 'show';
  readonly bridge: string;
  readonly shown: Shown;
}

/** Something that was due and does not leave. */
export interface Dropped {
  readonly because: Because;
  readonly trueTime: Ms;
  readonly reason: Reason;
}

/** Why something that was due does not leave. */
export type Reason =
  /** Its condition was not true; `parts` say what each part of it was. */
  | { readonly kind: 'condition'; readonly text: string; readonly parts: readonly PartValue[] }
  /** Its deck is none of those that rules hear; `heard` are the numbers of these, found as `by` says. */
  | { readonly kind: 'not-heard'; readonly by: AudibleBy; readonly heard: readonly number[] }
  /** By more than its rule allows. */
  | { readonly kind: 'late'; readonly lateMs: Ms }
  /** Its rule has had its one fire. */
  | { readonly kind: 'once'; readonly per: OncePer }
  /** A step of a cue list at its place; `armed` is the step that is, null: the list is done. */
  | { readonly kind: 'not-armed'; readonly list: string; readonly armed: string | null }
  /** A value in it is not known. */
  | { readonly kind: 'unknown'; readonly what: string }
  /** `absent`: its bridge could not send; `muted`: an operator holds it back. */
  | { readonly kind: 'absent' | 'muted'; readonly bridge: string };

/** `strobe before the chorus: deck 1, 4 beats before chorus 2`. */
export function becauseText({ rule, deck, place, phase }: Because): string {
  const where = [deck === null ? null : `deck ${deck}`, place].filter(part => part !== null).join(', ');
  return `${rule}${phase === 'undo' ? ' ends' : ''}${where === '' ? '' : `: ${where}`}`;
}
