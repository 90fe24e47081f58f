/**
 * The outcome of a moment that came: what left for it, or the one reason why nothing did. Plain data.
 *
 * A rule that says something through several bridges has one outcome all the same: it is sent if any of it has left.
 */
import type { Ms } from '../clock.ts';
import type { PartValue } from '../rules/expression.ts';
import type { Because, Reason } from './intents.ts';

export interface Outcome {
  /** Made from the cause, as that of its messages: `strobe/opus/1/414/3/4 beats before chorus 1`. */
  readonly id: string;
  readonly because: Because;
  /** Time at which the playhead was there. */
  readonly trueTime: Ms;
  /** Bridges through which its messages leave, in the order of the rule. */
  readonly sentTo: readonly string[];
  /** Reasons why its other messages do not leave, in the order of the rule; of a moment that is held back whole, its one reason. */
  readonly heldBack: readonly Reason[];
  /** Parts of its condition when it came; left out unless somebody asks why, and where it has none. */
  readonly parts?: readonly PartValue[];
}

/** Outcome of a moment in one word. */
export type Verdict = 'sent' | Reason['kind'];

/** Gives the outcome in one word. A rule that says nothing is sent as soon as nothing holds it back. */
export const verdictOf = ({ sentTo, heldBack: [first] }: Outcome): Verdict =>
  sentTo.length > 0 || first === undefined ? 'sent' : first.kind;

/** The outcome when it is known which bridges could not take their messages. */
export function withAbsent(outcome: Outcome, absent: readonly string[]): Outcome {
  if (absent.length === 0) return outcome;
  const sentTo = [...outcome.sentTo];
  for (const bridge of absent) {
    const i = sentTo.indexOf(bridge);
    if (i >= 0) sentTo.splice(i, 1);
  }
  return { ...outcome, sentTo, heldBack: [...outcome.heldBack, ...absent.map(absentFrom)] };
}

const absentFrom = (bridge: string): Reason => ({ kind: 'absent', bridge });

/** Number of moments with each outcome. The sum of all is the number of moments that came. */
export type Tally = Readonly<Partial<Record<Verdict, number>>>;

export const NO_TALLY: Tally = {};

export function tallied(tally: Tally, outcome: Outcome): Tally {
  const verdict = verdictOf(outcome);
  return { ...tally, [verdict]: (tally[verdict] ?? 0) + 1 };
}

export const cameIn = (tally: Tally): number => Object.values(tally).reduce((sum, count) => sum + count, 0);
