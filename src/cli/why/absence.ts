/** Reason why a rule was never even due on an evening: its place is in no track that was played, or its state never came. */
import type { Ms } from '../../core/clock.ts';
import type { Deck } from '../../core/deck/deck.ts';
import { decksForRules } from '../../core/deck/decks.ts';
import { isStateRule } from '../../core/rules/holds.ts';
import type { MomentRule, StateRule } from '../../core/rules/rule.ts';
import { isShowHappening } from '../../core/show-happening.ts';
import type { OpenShow } from '../../live/open-show.ts';
import { partsText } from '../terminal/reason-text.ts';
import { showTime } from '../terminal/transcript.ts';
import { type Looker, stateParts } from './explanation-list.ts';

export interface Absence {
  readonly look: Looker;
  /** Lines that say what was missing, when all is over. */
  lines(): readonly string[];
}

/**
 * @param names of the rules that are asked about
 * @param atMs the moment that is asked about, on the clock of the show; null: the whole evening
 */
export function absenceOf(names: ReadonlySet<string>, atMs: Ms | null, startedAtMs: Ms): Absence {
  const places = new Map<string, string>();
  const parts = new Map<string, Map<string, boolean>>();
  const asStood: string[] = [];
  let hasLooked = false;
  return {
    look(show, at) {
      const { rules } = show.engine.program().profile;
      const asked = rules.filter(({ name }) => names.has(name));
      const isNow = atMs !== null && !hasLooked && at >= atMs;
      hasLooked ||= isNow;
      for (const rule of asked) {
        if (!isStateRule(rule)) lookForPlace(show, rule, places);
        else if (atMs === null) lookForState(show, rule, { at, parts });
        else if (isNow) asStood.push(...standing(show, rule, { at, sinceMs: at - startedAtMs }));
      }
    },
    lines() {
      const never = [...parts].flatMap(([rule, each]) => {
        const missing = [...each].filter(([, wasTrue]) => !wasTrue).map(([text]) => text);
        if (missing.length > 0) return [`${rule}: never true on a deck that it hears: ${missing.join(', ')}`];
        return [`${rule}: each part of its condition was true at times; --at <time> shows them as they stood`];
      });
      return [...places.values(), ...(atMs === null ? never : asStood)];
    },
  };
}

function lookForPlace(show: OpenShow, rule: MomentRule, places: Map<string, string>): void {
  if (rule.place.anchor.kind === 'happening') {
    places.set(
      rule.name,
      isShowHappening(rule.place.anchor.happening)
        ? `${rule.name}: that has not come: ${rule.place.text}`
        : `${rule.name}: no deck did that: ${rule.place.text}`,
    );
    return;
  }
  for (const { track, line, ref } of show.engine.state().show.decks.values()) {
    if (track === null || line === null) continue;
    const key = `${rule.name} ${ref.number} ${track.id}`;
    const { single, series, unknown } = show.engine.program().moments(track, line.coordinate);
    const called = track.known.title ?? `track ${track.id}`;
    const missing = unknown.find(each => each.rule === rule)?.missing;
    const isThere = single.some(each => each.rule === rule) || series.some(each => each.rule === rule);
    const isOther = rule.track !== null && rule.track !== track.known.entry;
    if (isThere) places.delete(key);
    else if (missing !== undefined) places.set(key, `${called}: ${rule.place.text} is not known: ${missing}`);
    else places.set(key, `${called}: ${isOther ? 'the rule is of another track' : `has no ${rule.place.text}`}`);
  }
}

interface StateLook {
  readonly at: Ms;
  /** By rule and part, whether it was ever true. */
  readonly parts: Map<string, Map<string, boolean>>;
}

function lookForState(show: OpenShow, rule: StateRule, { at, parts }: StateLook): void {
  const known = parts.get(rule.name) ?? new Map<string, boolean>();
  parts.set(rule.name, known);
  for (const deck of heardDecks(show, rule)) {
    for (const { text, isTrue } of stateParts(show, rule, { deck, at })) {
      known.set(text, known.get(text) === true || isTrue);
    }
  }
}

const heardDecks = (show: OpenShow, rule: StateRule): readonly Deck[] => {
  const state = show.engine.state().show;
  const { keys } = decksForRules(state);
  return [...state.decks.values()].filter(deck => rule.decks === 'any' || keys.has(deck.key));
};

function standing(
  show: OpenShow,
  rule: StateRule,
  { at, sinceMs }: { readonly at: Ms; readonly sinceMs: Ms },
): readonly string[] {
  const lines = heardDecks(show, rule).map(
    deck =>
      `${showTime(sinceMs)}  ${rule.name}: deck ${deck.ref.number}: ${partsText(stateParts(show, rule, { deck, at }))}`,
  );
  return lines.length > 0 ? lines : [`${showTime(sinceMs)}  ${rule.name}: it hears no deck`];
}
