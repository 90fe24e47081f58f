/**
 * Levels: what should be true now. Each `while` rule is true as long as at least one deck it hears makes it so.
 *
 * `holds` answers from scratch. While the show runs only the rules are judged again that read a fact which has changed;
 * both come to the same, which a property test holds them to.
 */
import type { Ms } from '../clock.ts';
import type { Deck, DeckKey } from '../deck/deck.ts';
import { decksForRules, masterOf, type Show } from '../deck/decks.ts';
import { isTrue } from './expression.ts';
import { type DeckScope, deckScope, scopeOf } from './fact-values.ts';
import { FACTS } from './facts.ts';
import type { Rule, StateRule } from './rule.ts';

/** A `while` rule that is true, and the deck that has made it so longest. */
export interface Hold {
  readonly rule: StateRule;
  readonly deck: DeckKey;
}

/** Decks that make each rule true, in the order in which they came to it. */
export type Truths = ReadonlyMap<StateRule, readonly DeckKey[]>;

export const isStateRule = (rule: Rule): rule is StateRule => rule.kind === 'while';

/** Levels that should stand now, worked out from scratch; decks in their own order, as if all had come to it at once. */
export function holds({ rules }: { readonly rules: readonly Rule[] }, show: Show, at: Ms): readonly Hold[] {
  const look: Look = { show, at, audible: decksForRules(show).keys };
  return rules.filter(isStateRule).flatMap(rule => {
    const deck = [...show.decks.values()].find(each => judge(rule, each, look));
    return deck === undefined ? [] : [{ rule, deck: deck.key }];
  });
}

/** The show at a time, and the decks that rules hear then. */
interface Look {
  readonly show: Show;
  readonly at: Ms;
  readonly audible: ReadonlySet<DeckKey>;
}

function judge(rule: StateRule, deck: Deck, { show, at, audible }: Look): boolean {
  if (rule.decks === 'on-air' && !audible.has(deck.key)) return false;
  const roots = new Set([...rule.while.roots, ...(rule.if?.roots ?? [])]);
  const scope = scopeOf(show, { deck }, roots, at);
  return isTrue(rule.while.evaluate(scope)) && (rule.if === null || isTrue(rule.if.evaluate(scope)));
}

/** Rules by the facts that they read, worked out once per profile. */
export interface StateIndex {
  readonly rules: readonly StateRule[];
  /** By a path as the deck itself sees it: `deck.isPlaying`, `track.id`. */
  readonly byOwnFact: ReadonlyMap<string, readonly StateRule[]>;
  /** By a path of a deck by name: `deck2.isPlaying`, `master.phrase.kind`. */
  readonly byNamedFact: ReadonlyMap<string, readonly StateRule[]>;
  /** True if a condition moves with the playhead and must be looked at between reports. */
  readonly readsPosition: boolean;
}

const OWN_ROOTS: ReadonlySet<string> = new Set(['deck', 'track', 'phrase']);

export function stateIndex(all: readonly Rule[]): StateIndex {
  const rules = all.filter(isStateRule);
  const byOwnFact = new Map<string, StateRule[]>();
  const byNamedFact = new Map<string, StateRule[]>();
  let readsPosition = false;
  for (const rule of rules) {
    const facts = new Set([...rule.while.facts, ...(rule.if?.facts ?? [])]);
    if (rule.decks === 'on-air') facts.add('deck.isHeard');
    for (const path of facts) {
      // `deck.track.id` is the same fact as `track.id`.
      // So is `now.phrase.kind` where there is no moment.
      const own = path.replace(/^(?:deck|now)\.(?=track\.|phrase\.)/, '');
      const table = OWN_ROOTS.has(own.split('.')[0] ?? '') ? byOwnFact : byNamedFact;
      table.set(own, [...(table.get(own) ?? []), rule]);
      if (FACTS.get(path)?.changes === 'position') readsPosition = true;
    }
  }
  return { rules, byOwnFact, byNamedFact, readsPosition };
}

/** The facts of every deck as last looked at, and the master then. */
export interface Snapshot {
  readonly decks: ReadonlyMap<DeckKey, DeckScope>;
  readonly master: DeckKey | null;
}

export const NO_SNAPSHOT: Snapshot = { decks: new Map(), master: null };

/** Result of the last judgement, and the facts that it was made of. */
export interface Judgements {
  readonly truths: Truths;
  readonly snapshot: Snapshot;
}

export interface Judged extends Judgements {
  /** Rules whose state may have changed. */
  readonly touched: ReadonlySet<StateRule>;
}

/** Decks to be judged again, by rule. */
type Questions = Map<StateRule, Set<Deck>>;

/** Judges again what reads a fact that has changed since `before`. */
export function judgeChanges(index: StateIndex, before: Judgements, show: Show, at: Ms): Judged {
  const look: Look = { show, at, audible: decksForRules(show).keys };
  const snapshot: Snapshot = {
    decks: new Map([...show.decks].map(([key, deck]) => [key, deckScope(show, deck, at, look.audible.has(key))])),
    master: masterOf(show)?.key ?? null,
  };
  const questions = questionsOf(index, before.snapshot, snapshot, show);
  if (questions.size === 0) return { truths: before.truths, snapshot, touched: new Set() };
  const truths = new Map(before.truths);
  for (const [rule, decks] of questions) {
    for (const deck of decks) {
      const known = truths.get(rule) ?? [];
      const rest = known.filter(key => key !== deck.key);
      const wasTrue = rest.length !== known.length;
      const isNowTrue = judge(rule, deck, look);
      if (isNowTrue !== wasTrue) truths.set(rule, isNowTrue ? [...rest, deck.key] : rest);
    }
  }
  return { truths, snapshot, touched: new Set(questions.keys()) };
}

/** Finds the rules and decks that may come out otherwise, since a fact that they read has changed. */
function questionsOf(index: StateIndex, before: Snapshot, now: Snapshot, show: Show): Questions {
  const questions: Questions = new Map();
  const judgeAgain = (rules: readonly StateRule[] | undefined, which: Iterable<Deck>): void => {
    for (const rule of rules ?? []) {
      const decks = questions.get(rule) ?? new Set();
      for (const deck of which) decks.add(deck);
      questions.set(rule, decks);
    }
  };
  const all = show.decks;
  const seenNumbers = new Set<number>();
  for (const deck of all.values()) {
    const isFirstOfNumber = !seenNumbers.has(deck.ref.number);
    seenNumbers.add(deck.ref.number);
    const last = before.decks.get(deck.key);
    if (last === undefined) judgeAgain(index.rules, [deck]);
    for (const path of changedPaths(last, now.decks.get(deck.key))) {
      judgeAgain(index.byOwnFact.get(path), [deck]);
      if (index.byNamedFact.size === 0) continue;
      const named = path.startsWith('deck.') ? path.slice('deck'.length) : `.${path}`;
      if (isFirstOfNumber) judgeAgain(index.byNamedFact.get(`deck${deck.ref.number}${named}`), all.values());
      if (deck.key === now.master) judgeAgain(index.byNamedFact.get(`master${named}`), all.values());
    }
  }
  if (now.master === before.master) return questions;
  for (const [path, rules] of index.byNamedFact) if (path.startsWith('master.')) judgeAgain(rules, all.values());
  return questions;
}

function changedPaths(last: DeckScope | undefined, now: DeckScope | undefined): string[] {
  const paths: string[] = [];
  if (now === undefined) return paths;
  for (const key of Object.keys(now) as (keyof DeckScope)[]) {
    const value = now[key];
    const old = last?.[key];
    if (key === 'track' || key === 'phrase') {
      for (const [name, inner] of Object.entries(now[key])) {
        const was = last === undefined ? undefined : (last[key] as Readonly<Record<string, unknown>>)[name];
        if (was === inner) continue;
        if (typeof inner !== 'object' || inner === null) paths.push(`${key}.${name}`);
        // Of a phrase beside it: it is another one.
        else paths.push(...Object.keys(inner).map(each => `${key}.${name}.${each}`));
      }
    } else if (old !== value) paths.push(`deck.${key}`);
  }
  return paths;
}

/** The holds among some rules, by what is known to be true. */
export function holdsAmong(rules: Iterable<StateRule>, truths: Truths): readonly Hold[] {
  const found: Hold[] = [];
  for (const rule of rules) {
    const deck = truths.get(rule)?.[0];
    if (deck !== undefined) found.push({ rule, deck });
  }
  return found;
}
