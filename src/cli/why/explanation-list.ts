/** Explanations of what a show sends and does not, gathered while it runs. */
import type { Ms } from '../../core/clock.ts';
import { decksForRules } from '../../core/deck/decks.ts';
import type { Because, Dropped, Reason } from '../../core/engine/intents.ts';
import type { Outcome } from '../../core/engine/outcome.ts';
import type { PartValue } from '../../core/rules/expression.ts';
import { scopeOf } from '../../core/rules/fact-values.ts';
import { isStateRule } from '../../core/rules/holds.ts';
import type { StateRule } from '../../core/rules/rule.ts';
import { type Departure, NO_WATCHER, type Watcher } from '../../live/engine.ts';
import type { OpenShow } from '../../live/open-show.ts';
import type { ProfileSources } from '../../profile/profile-sources.ts';
import type { CameMoment } from '../../recording/recording-format.ts';

/** Something that was due that evening: a moment, a side of a level, a hand. */
export interface Explanation {
  readonly at: Ms;
  readonly because: Because;
  readonly trueTime: Ms;
  readonly sent: readonly { readonly bridge: string; readonly message: string }[];
  readonly heldBack: readonly Reason[];
  /** Parts of its condition as they were; none: it has no condition, or it is a hand. */
  readonly parts: readonly PartValue[];
  /** Line of its rule or cue; null: a hand at a control, or one of a profile that is not known. */
  readonly source: SourceLine | null;
  /** Record of the moment from that evening; null: none, as of levels and hands. */
  recorded: CameMoment | null;
}

export interface SourceLine {
  readonly file: string;
  readonly line: number;
}

/** Lines of a profile, and the file that they are in. */
export interface NamedSources {
  readonly file: string;
  readonly sources: ProfileSources;
}

/** Listens to every event of a show, with the show as it stands before it. */
export type Looker = (show: OpenShow, at: Ms) => void;

export interface ExplanationList {
  readonly watcher: Watcher;
  /** Takes in the record of a moment from that evening. */
  recorded(record: CameMoment): void;
  /** Gives all of them, in order of time, when the show is over. */
  ended(): readonly Explanation[];
}

/**
 * @param profile the one that runs now
 * @param look    called before each event, for who wants to see the show as it stood
 */
export function explanationList(
  show: () => OpenShow,
  profile: () => NamedSources | null,
  look: Looker = () => {},
): ExplanationList {
  const list: Explanation[] = [];
  const waiting: { readonly departure: Departure; readonly message: string }[] = [];
  const newest = new Map<string, Explanation>();

  const lineOf = (name: string): SourceLine | null => {
    const known = profile();
    const line = known?.sources.rules.get(name) ?? known?.sources.cues.get(name);
    return known === null || line === undefined ? null : { file: known.file, line };
  };
  const add = (answer: Omit<Explanation, 'source' | 'recorded'>): Explanation => {
    const whole: Explanation = { ...answer, source: lineOf(answer.because.rule), recorded: null };
    list.push(whole);
    return whole;
  };
  /** Settles messages that belong to no moment: levels and hands, each with all its messages. */
  const settle = (): void => {
    while (waiting.length > 0) {
      const [{ departure }] = waiting as [(typeof waiting)[number]];
      const { because, trueTime, id } = departure.intent;
      const parts = levelParts(show(), departure);
      add({ at: departure.at, because, trueTime, sent: taken(id), heldBack: [], parts });
    }
  };
  const taken = (id: string): Explanation['sent'] => {
    const own = waiting.filter(({ departure }) => departure.intent.id === id);
    for (const each of own) waiting.splice(waiting.indexOf(each), 1);
    return own.map(({ departure, message }) => ({ bridge: departure.intent.bridge, message }));
  };
  const came = (outcome: Outcome, at: Ms): void => {
    const { id, because, trueTime, heldBack, parts = [] } = outcome;
    newest.set(id, add({ at, because, trueTime, sent: taken(id), heldBack, parts }));
  };
  const dropped = ({ because, trueTime, reason }: Dropped, at: Ms): void => {
    // Of a moment its outcome says it.
    if (because.deck !== null && because.phase === 'fire') return;
    add({ at, because, trueTime, sent: [], heldBack: [reason], parts: [] });
  };
  const before = (at: Ms): void => {
    settle();
    look(show(), at);
  };
  return {
    watcher: {
      ...NO_WATCHER,
      received: ({ stamp }) => before(stamp.at),
      woke: before,
      sent: departure => void waiting.push({ departure, message: show().describe(departure.intent) }),
      dropped,
      came: ({ outcome, at }) => came(outcome, at),
    },
    recorded(record) {
      const answer = newest.get(record.outcome.id);
      if (answer !== undefined) answer.recorded = record;
    },
    ended() {
      settle();
      return list.sort((a, b) => a.at - b.at);
    },
  };
}

/** The condition of a level when a side of it left; none: a hand. */
function levelParts(show: OpenShow, { at, intent: { because } }: Departure): readonly PartValue[] {
  const { show: decks } = show.engine.state();
  const rule = show.engine.program().profile.rules.find(({ name }) => name === because.rule);
  const deck = [...decks.decks.values()].find(({ ref }) => ref.number === because.deck) ?? null;
  if (rule === undefined || !isStateRule(rule) || deck === null) return [];
  return stateParts(show, rule, { deck, at });
}

/** Parts of the conditions of a level on a deck, and whether that is heard where it has to be. */
export function stateParts(
  show: OpenShow,
  rule: StateRule,
  { deck, at }: { readonly deck: Parameters<typeof scopeOf>[1]['deck']; readonly at: Ms },
): readonly PartValue[] {
  const state = show.engine.state().show;
  const conditions = rule.if === null ? [rule.while] : [rule.while, rule.if];
  const roots = new Set(conditions.flatMap(each => [...each.roots]));
  const scope = scopeOf(state, { deck }, roots, at);
  const parts = conditions.flatMap(each => each.parts(scope));
  if (rule.decks === 'any' || deck === null) return parts;
  const isHeard = decksForRules(state).keys.has(deck.key);
  return [...parts, { text: 'deck.isHeard', isTrue: isHeard, facts: [{ path: 'deck.isHeard', value: isHeard }] }];
}
