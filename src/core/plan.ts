/** From levels wanted and levels sent to the fewest messages between them. */
import type { DeckKey } from './deck.ts';
import type { Hold } from './holds.ts';
import type { StateRule } from './profile.ts';

/** The holds that stand out there, by the name of their rule. A re-send request forgets them: levels come back, one-shots do not. */
export type Sent = ReadonlyMap<string, Hold>;

export interface Change {
  readonly rule: StateRule;
  readonly deck: DeckKey;
  readonly phase: 'do' | 'undo';
}

/**
 * What to send so that the wanted holds stand.
 *
 * @param among the rules that are in question; null: all, so that whatever is not wanted ends
 * @returns what ends, then what begins, each in the order of the rules; planning the same again gives nothing
 */
export function plan(
  sent: Sent,
  wanted: readonly Hold[],
  among: ReadonlySet<StateRule> | null,
): { readonly sent: Sent; readonly changes: readonly Change[] } {
  const names = new Set(wanted.map(({ rule }) => rule.name));
  const candidates = among === null ? sent.keys() : [...among].map(({ name }) => name);
  const ending: Change[] = [];
  for (const name of candidates) {
    const hold = sent.get(name);
    if (hold !== undefined && !names.has(name)) ending.push({ ...hold, phase: 'undo' });
  }
  const beginning: Change[] = wanted.filter(({ rule }) => !sent.has(rule.name)).map(hold => ({ ...hold, phase: 'do' }));
  if (ending.length === 0 && beginning.length === 0) return { sent, changes: [] };
  const next = new Map(sent);
  for (const { rule } of ending) next.delete(rule.name);
  for (const { rule, deck } of beginning) next.set(rule.name, { rule, deck });
  return { sent: next, changes: [...ending, ...beginning] };
}
