/** From levels wanted and levels sent to the fewest messages between them. */
import type { DeckKey } from '../deck/deck.ts';
import type { Hold } from './holds.ts';
import type { StateRule } from './rule.ts';

/** In the place of a deck: the hold is of no deck but of a cue list. */
export const OF_NO_DECK: DeckKey = '';

/** The holds that stand out there, by the name of their rule. A re-send request forgets them: levels come back, one-shots do not. */
export type SentHolds = ReadonlyMap<string, Hold>;

export interface HoldChange {
  readonly rule: StateRule;
  readonly deck: DeckKey;
  readonly phase: 'do' | 'undo';
}

/**
 * Finds the fewest messages after which the wanted holds stand.
 *
 * A rule of the same name that now says something else is another level: the one that stands ends as it began.
 *
 * @param among the names of the rules that are in question; null: all, so that whatever is not wanted ends
 * @returns what ends, then what begins, each in the order of the rules; planning the same again gives nothing
 */
export function diffHolds(
  sent: SentHolds,
  wanted: readonly Hold[],
  among: ReadonlySet<string> | null,
): { readonly sent: SentHolds; readonly changes: readonly HoldChange[] } {
  const levels = new Map(wanted.map(({ rule }) => [rule.name, levelOf(rule)]));
  const stands = ({ rule }: Hold): boolean => levels.get(rule.name) === levelOf(rule);
  const ending: HoldChange[] = [];
  for (const name of among ?? sent.keys()) {
    const hold = sent.get(name);
    if (hold !== undefined && !stands(hold)) ending.push({ ...hold, phase: 'undo' });
  }
  const beginning: HoldChange[] = [];
  for (const hold of wanted) {
    const standing = sent.get(hold.rule.name);
    if (standing === undefined || !stands(standing)) beginning.push({ ...hold, phase: 'do' });
  }
  if (ending.length === 0 && beginning.length === 0) return { sent, changes: [] };
  const next = new Map(sent);
  for (const { rule } of ending) next.delete(rule.name);
  for (const { rule, deck } of beginning) next.set(rule.name, { rule, deck });
  return { sent: next, changes: [...ending, ...beginning] };
}

const levels = new WeakMap<StateRule, string>();

/** Digest of what a rule says on entry and on leaving: two rules with the same one are one level. Worked out once. */
export function levelOf(rule: StateRule): string {
  const known = levels.get(rule);
  if (known !== undefined) return known;
  const spelt = JSON.stringify([rule.do, rule.undo], (_, each) => (typeof each === 'bigint' ? `${each}n` : each));
  // FNV-1a, twice with another start: enough to tell the levels of one profile apart.
  const level = [0x811c9dc5, 0x01234567].map(start => hash(spelt, start).toString(16).padStart(8, '0')).join('');
  levels.set(rule, level);
  return level;
}

function hash(text: string, start: number): number {
  let sum = start;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return sum >>> 0;
}
