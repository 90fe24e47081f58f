/** Rules at work: moments that are crossed fire, levels that change are sent, cue lists go on. Pure. */
import type { Ms } from '../clock.ts';
import type { DeckKey } from '../deck/deck.ts';
import { decksForRules, type Show } from '../deck/decks.ts';
import { type Crossing, crossDeck } from '../rules/crossings.ts';
import { type Expression, isTrue, type PartValue } from '../rules/expression.ts';
import { type RuleSubject, scopeOf } from '../rules/fact-values.ts';
import { diffHolds } from '../rules/hold-diff.ts';
import { holdsAmong, judgeChanges } from '../rules/holds.ts';
import { isMessage, type MomentRule } from '../rules/rule.ts';
import { ALL_BRIDGES, type Emission, type Emitted, emit, holdEmission } from './cues.ts';
import type { EngineDraft, PendingRestore } from './engine-state.ts';
import { takeOnce, takeTonight } from './fired-once.ts';
import { type Because, becauseText, type Reason } from './intents.ts';
import { followLists, goAtPlace, holdsOfLists, notArmedIn } from './list-acts.ts';
import { actAtControl } from './operator-actions.ts';

/** Passes all that has come by a moment: moments that decks have passed, and cue lists that go on by themselves. */
export function passUntil(draft: EngineDraft, until: Ms): void {
  cross(draft, until);
  followLists(draft, until);
}

/** Does what a rule asks for, in its order. */
function doSteps(draft: EngineDraft, emission: Emission): Emitted {
  const { because, id } = emission.cue;
  const parts = emission.steps.flatMap(step => {
    if (isMessage(step)) return emit(draft, { ...emission, steps: [step] });
    actAtControl(draft, step.act, { place: becauseText(because), cause: id, control: null });
    return [];
  });
  return { sentTo: parts.flatMap(({ sentTo }) => sentTo), heldBack: parts.flatMap(({ heldBack }) => heldBack) };
}

/** Moves every deck's mark to where it was at `until`; what that passed has come, and fires or is held back. */
function cross(draft: EngineDraft, until: Ms): void {
  const crossings: Crossing[] = [];
  let { decks } = draft.state.show;
  for (const deck of decks.values()) {
    const crossed = crossDeck(draft.program.moments, deck, until);
    if (crossed.deck === deck) continue;
    decks = new Map(decks).set(deck.key, crossed.deck);
    crossings.push(...crossed.crossings);
  }
  if (decks !== draft.state.show.decks) draft.state = { ...draft.state, show: { ...draft.state.show, decks } };
  if (crossings.length === 0) return;
  const hearing = decksForRules(draft.state.show);
  crossings.sort((a, b) => a.trueTime - b.trueTime);
  for (const crossing of crossings) come(draft, crossing, hearing);
}

/** Finds the outcome of a moment that has come: every one has exactly one. */
export function come(draft: EngineDraft, crossing: Crossing, hearing: Hearing): void {
  const { deck, moment, trueTime } = crossing;
  const { rule, label } = moment;
  const because: Because = { rule: rule.name, deck: deck.ref.number, place: label, phase: 'fire' };
  // A deck does things again and again in one pass.
  const again = rule.place.anchor.kind === 'happening' ? [trueTime] : [];
  const id = [rule.name, deck.key, deck.track?.id, deck.pass, label, ...again].join('/');
  const of: RuleSubject = { deck, moment };
  const reason = heldBackBy(draft, crossing, hearing);
  if (reason !== null) draft.dropped.push({ because, trueTime, reason });
  const parts = draft.program.explains && rule.if !== null ? { parts: partsOf(draft, crossing, rule.if) } : {};
  const { sentTo, heldBack } =
    reason === null
      ? begin(draft, crossing, { cue: { kind: 'fire', id, because, trueTime }, steps: rule.do, of, which: ALL_BRIDGES })
      : { sentTo: [], heldBack: [reason] };
  draft.outcomes.push({ id, because, trueTime, sentTo, heldBack, ...parts });
}

/** Finds the outcome of a happening that is of no deck. */
export function comeAlone(draft: EngineDraft, rule: MomentRule, label: string): void {
  const { at: trueTime } = draft;
  const because: Because = { rule: rule.name, deck: null, place: label, phase: 'fire' };
  const id = [rule.name, label, trueTime].join('/');
  const of: RuleSubject = { deck: null };
  const scope = rule.if === null ? null : scopeOf(draft.state.show, of, rule.if.roots, trueTime);
  const parts = rule.if === null || scope === null ? [] : rule.if.parts(scope);
  const reason = heldBackAlone(draft, rule, {
    isTrue: scope === null || isTrue(rule.if?.evaluate(scope) ?? null),
    parts,
  });
  if (reason !== null) draft.dropped.push({ because, trueTime, reason });
  const { sentTo, heldBack } =
    reason === null
      ? doSteps(draft, { cue: { kind: 'fire', id, because, trueTime }, steps: rule.do, of, which: ALL_BRIDGES })
      : { sentTo: [], heldBack: [reason] };
  const explained = draft.program.explains && rule.if !== null ? { parts } : {};
  draft.outcomes.push({ id, because, trueTime, sentTo, heldBack, ...explained });
}

function heldBackAlone(
  draft: EngineDraft,
  rule: MomentRule,
  condition: { readonly isTrue: boolean; readonly parts: readonly PartValue[] },
): Reason | null {
  if (rule.if !== null && !condition.isTrue) return { kind: 'condition', text: rule.if.text, parts: condition.parts };
  if (rule.once !== 'night') return null;
  const fired = takeTonight(draft.state.fired, rule);
  if (fired === null) return { kind: 'once', per: rule.once };
  draft.state = { ...draft.state, fired };
  return null;
}

const partsOf = (
  draft: EngineDraft,
  { deck, moment, trueTime }: Crossing,
  condition: Expression,
): readonly PartValue[] => condition.parts(scopeOf(draft.state.show, { deck, moment }, condition.roots, trueTime));

/** Does what the rule of a moment asks for, or begins the step that it is for. */
function begin(draft: EngineDraft, { moment }: Crossing, emission: Emission): Emitted {
  const { begins } = moment.rule;
  if (begins === null) return doSteps(draft, emission);
  const { because, id, trueTime } = emission.cue;
  return goAtPlace(draft, begins, { place: because.place ?? '', cause: id, trueTime, of: emission.of });
}

export type Hearing = ReturnType<typeof decksForRules>;

/** Gives the reason that holds a moment back whole; null: none. */
function heldBackBy(draft: EngineDraft, { deck, moment, trueTime }: Crossing, hearing: Hearing): Reason | null {
  const { rule, label } = moment;
  const { show } = draft.state;
  if (rule.decks === 'on-air' && !hearing.keys.has(deck.key)) return notHeard(show, hearing);
  if (rule.if !== null) {
    const scope = scopeOf(show, { deck, moment }, rule.if.roots, trueTime);
    if (!isTrue(rule.if.evaluate(scope))) return { kind: 'condition', text: rule.if.text, parts: rule.if.parts(scope) };
  }
  const notArmed = rule.begins === null ? null : notArmedIn(draft, rule.begins);
  if (notArmed !== null) return notArmed;
  const lateMs = draft.at - trueTime;
  if (lateMs > rule.dropIfLateByMs) return { kind: 'late', lateMs };
  if (rule.once === null) return null;
  const fired = takeOnce(draft.state.fired, { deck, label }, rule, rule.once);
  if (fired === null) return { kind: 'once', per: rule.once };
  draft.state = { ...draft.state, fired };
  return null;
}

const notHeard = ({ decks }: Show, { by, keys }: Hearing): Reason => ({
  kind: 'not-heard',
  by,
  heard: [...keys].flatMap(key => decks.get(key)?.ref.number ?? []),
});

/**
 * Judges what has changed and sends what follows from it.
 *
 * @param isAnew every hold is in question, also those of rules that are gone: another profile has come
 */
export function level(draft: EngineDraft, isAnew: boolean): void {
  const {
    state,
    at,
    program: { states },
  } = draft;
  const { recalled } = state;
  if (states.rules.length === 0 && state.sent.size === 0 && recalled === null) return;
  const judged = judgeChanges(states, state, state.show, at);
  const settled = recalled === null ? new Set<DeckKey>() : settledBy(recalled, at);
  const isAll = isAnew || settled.size > 0;
  const touched = isAll ? states.rules : states.rules.filter(rule => judged.touched.has(rule));
  const ofLists = isAll ? holdsOfLists(draft) : [];
  const wanted = [...holdsAmong(touched, judged.truths), ...ofLists];
  const names = isAll
    ? [...state.sent.keys(), ...wanted.map(({ rule }) => rule.name)]
    : touched.map(({ name }) => name);
  const asked = new Set(wanted.map(({ rule }) => rule.name));
  // A level from before a restart is not taken down before the track of its deck is known.
  const isUnsure = (name: string): boolean => {
    const deck = state.sent.get(name)?.deck;
    return (
      deck !== undefined && !asked.has(name) && recalled !== null && isRecalled(recalled, deck) && !settled.has(deck)
    );
  };
  const planned = diffHolds(state.sent, wanted, new Set(names.filter(name => !isUnsure(name))));
  draft.state = {
    ...state,
    snapshot: judged.snapshot,
    truths: judged.truths,
    sent: planned.sent,
    recalled: recalled === null ? null : without(recalled, settled),
  };
  for (const change of planned.changes) doSteps(draft, holdEmission(draft, change, ALL_BRIDGES, null));
}

const isRecalled = ({ decks, settling }: PendingRestore, deck: DeckKey): boolean =>
  decks.has(deck) || settling.has(deck);

const settledBy = ({ settling }: PendingRestore, at: Ms): ReadonlySet<DeckKey> =>
  new Set([...settling].filter(([, until]) => at >= until).map(([deck]) => deck));

function without(recalled: PendingRestore, settled: ReadonlySet<DeckKey>): PendingRestore | null {
  if (settled.size === 0) return recalled;
  const settling = new Map([...recalled.settling].filter(([deck]) => !settled.has(deck)));
  return settling.size === 0 && recalled.decks.size === 0 ? null : { ...recalled, settling };
}
