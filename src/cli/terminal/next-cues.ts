/** The next cues of a show, with their count-down and their conditions as they stand. Pure. */
import type { Ms } from '../../core/clock.ts';
import { type Deck, isStale } from '../../core/deck/deck.ts';
import { decksForRules, type Show } from '../../core/deck/decks.ts';
import type { Program } from '../../core/engine/engine-state.ts';
import { upcoming } from '../../core/rules/crossings.ts';
import { isTrue } from '../../core/rules/expression.ts';
import { scopeOf } from '../../core/rules/fact-values.ts';
import type { Moment } from '../../core/rules/moments.ts';
import { partsText } from './reason-text.ts';

export interface ComingCue {
  readonly inMs: Ms;
  readonly deck: number;
  /** `chorus 2` */
  readonly place: string;
  readonly rule: string;
  /** Condition as it stands now: what the place decides is as it will be, the rest as it is; null: it has none. */
  readonly condition: { readonly isTrue: boolean; readonly text: string } | null;
}

/** Finds the next cues of decks that rules hear, soonest first. */
export function comingCues({ moments }: Program, show: Show, at: Ms, most: number): readonly ComingCue[] {
  const { keys } = decksForRules(show);
  return [...show.decks.values()]
    .filter(deck => !isStale(deck, at))
    .flatMap(deck =>
      upcoming(moments, deck, most)
        .filter(({ moment }) => moment.rule.decks === 'any' || keys.has(deck.key))
        .map(next => ({ ...next, deck })),
    )
    .sort((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ at: due, moment, deck }) => ({
      inMs: Math.max(0, due - at),
      deck: deck.ref.number,
      place: moment.label,
      rule: moment.rule.name,
      condition: conditionNow(show, { deck, moment }, at),
    }));
}

const LINES_SHOWN = 4;

/** Lines of the next cues, as a status shows them. */
export const nextCues = (program: Program, show: Show, at: Ms): string[] =>
  comingCues(program, show, at, LINES_SHOWN).map(({ inMs, deck, place, rule, condition }) => {
    const inS = (inMs / 1000).toFixed(1).padStart(5);
    const stands = condition === null ? '' : condition.isTrue ? '  if: yes' : `  if: not now: ${condition.text}`;
    return `next in ${inS} s  deck ${deck} ${place}  ${rule}${stands}`;
  });

function conditionNow(
  show: Show,
  { deck, moment }: { readonly deck: Deck; readonly moment: Moment },
  at: Ms,
): ComingCue['condition'] {
  const condition = moment.rule.if;
  if (condition === null) return null;
  const scope = scopeOf(show, { deck, moment }, condition.roots, at);
  return { isTrue: isTrue(condition.evaluate(scope)), text: partsText(condition.parts(scope)) };
}
