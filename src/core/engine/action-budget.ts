/**
 * How much operators may ask for in a second: timecode and decks come first, and a flood of messages must not stop them.
 *
 * A bucket that fills at a steady rate: a few dozen at once pass, a stream passes at that rate, and what is beyond is not done.
 */
import type { Ms } from '../clock.ts';
import type { OperatorAction } from '../operator-action.ts';

/** So many pass in a second, and at once after a pause: more than a console's scene asks for. */
const ACTIONS_PER_SECOND = 50;

/** An action, and through which bridge it was asked for. */
export interface AskedAction {
  readonly act: OperatorAction;
  readonly source: string;
}

export interface ActionBudget {
  /** How many would pass at `at`. */
  readonly left: number;
  readonly at: Ms;
  /** Actions that were not done and have not been told; null: none. */
  readonly refused: Refused | null;
}

interface Refused {
  readonly count: number;
  readonly last: AskedAction;
  readonly tellAt: Ms;
}

export const FULL_BUDGET: ActionBudget = { left: ACTIONS_PER_SECOND, at: Number.NEGATIVE_INFINITY, refused: null };

/** How long refused actions are counted before they are told, so that a flood is one line a second. */
const TELL_AFTER_MS: Ms = 1000;

/** Takes an action out of the budget. A panic always passes. */
export function spend(
  before: ActionBudget,
  asked: AskedAction,
  at: Ms,
): { readonly budget: ActionBudget; readonly isAllowed: boolean } {
  if (asked.act.kind === 'panic') return { budget: before, isAllowed: true };
  const left = Math.min(ACTIONS_PER_SECOND, before.left + ((at - before.at) * ACTIONS_PER_SECOND) / 1000);
  if (left >= 1) return { budget: { ...before, left: left - 1, at }, isAllowed: true };
  const { count = 0, tellAt = at + TELL_AFTER_MS } = before.refused ?? {};
  return { budget: { left, at, refused: { count: count + 1, last: asked, tellAt } }, isAllowed: false };
}

/** What was not done, once it is time to tell; null: nothing, or not yet. */
export function refusalDue(
  { refused }: ActionBudget,
  at: Ms,
): { readonly asked: AskedAction; readonly refusal: string } | null {
  if (refused === null || at < refused.tellAt) return null;
  const what = refused.count === 1 ? '1 request was' : `${refused.count} requests were`;
  const refusal = `${what} not done: operators may ask for ${ACTIONS_PER_SECOND} things in a second; slow down what sends them`;
  return { asked: refused.last, refusal };
}
