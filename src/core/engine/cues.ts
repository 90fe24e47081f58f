/** Cues: what rules and hands want said, from the moment or the level that asks for it to an intent. Pure. */
import type { Ms } from '../clock.ts';
import type { Deck, DeckKey } from '../deck/deck.ts';
import { decksForRules, type Show } from '../deck/decks.ts';
import { isHeldBack } from '../operator-state.ts';
import { type Crossing, crossDeck } from '../rules/crossings.ts';
import { isTrue } from '../rules/expression.ts';
import { type RuleSubject, scopeOf } from '../rules/fact-values.ts';
import { diffHolds, type HoldChange, type SentHolds } from '../rules/hold-diff.ts';
import { holdsAmong, judgeChanges } from '../rules/holds.ts';
import type { Action } from '../rules/rule.ts';
import { fill } from '../rules/template.ts';
import type { EngineDraft, PendingRestore } from './engine-state.ts';
import type { Because, CueIntent, Reason } from './intents.ts';
import type { Outcome } from './outcome.ts';

/** Which bridges are told; ALL: every one but those that are held back. */
type Which = ((bridge: string) => boolean) | typeof ALL_BRIDGES;
export const ALL_BRIDGES = null;

/** Moves every deck's mark to where it was at `until`; what that passed has come, and fires or is held back. */
export function cross(draft: EngineDraft, until: Ms): void {
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
function come(draft: EngineDraft, crossing: Crossing, hearing: Hearing): void {
  const { deck, moment, trueTime } = crossing;
  const { rule, label } = moment;
  const because: Because = { rule: rule.name, deck: deck.ref.number, place: label, phase: 'fire' };
  const id = [rule.name, deck.key, deck.track?.id, deck.pass, label].join('/');
  const of: RuleSubject = { deck, moment };
  const reason = heldBackBy(draft, crossing, hearing);
  if (reason !== null) draft.dropped.push({ because, trueTime, reason });
  const { sentTo, heldBack } =
    reason === null
      ? emit(draft, { cue: { kind: 'fire', id, because, trueTime }, actions: rule.do, of, which: ALL_BRIDGES })
      : { sentTo: [], heldBack: [reason] };
  draft.outcomes.push({ id, because, trueTime, sentTo, heldBack });
}

type Hearing = ReturnType<typeof decksForRules>;

/** What holds a moment back whole; null: nothing does. */
function heldBackBy(draft: EngineDraft, { deck, moment, trueTime }: Crossing, hearing: Hearing): Reason | null {
  const { rule, label } = moment;
  const { show } = draft.state;
  if (rule.decks === 'on-air' && !hearing.keys.has(deck.key)) return notHeard(show, hearing);
  if (rule.if !== null) {
    const scope = scopeOf(show, { deck, moment }, rule.if.roots, trueTime);
    if (!isTrue(rule.if.evaluate(scope))) return { kind: 'condition', text: rule.if.text, parts: rule.if.parts(scope) };
  }
  const lateMs = draft.at - trueTime;
  if (lateMs > rule.dropIfLateByMs) return { kind: 'late', lateMs };
  const isSpent = rule.onLoop === 'once' && !firstThisLoad(draft, deck, `${rule.name}/${label}`);
  return isSpent ? { kind: 'once', per: 'place' } : null;
}

const notHeard = ({ decks }: Show, { by, keys }: Hearing): Reason => ({
  kind: 'not-heard',
  by,
  heard: [...keys].flatMap(key => decks.get(key)?.ref.number ?? []),
});

/** Notes that a rule has had its one fire of this load; false: it had had it. */
function firstThisLoad(draft: EngineDraft, deck: Deck, id: string): boolean {
  const known = draft.state.firedOnce.get(deck.key);
  const ids = known?.loads === deck.loads ? known.ids : new Set<string>();
  if (ids.has(id)) return false;
  const entry = { loads: deck.loads, ids: new Set(ids).add(id) };
  draft.state = { ...draft.state, firedOnce: new Map(draft.state.firedOnce).set(deck.key, entry) };
  return true;
}

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
  const wanted = holdsAmong(touched, judged.truths);
  const names = isAll ? [...state.sent.keys(), ...touched.map(({ name }) => name)] : touched.map(({ name }) => name);
  const asked = new Set(wanted.map(({ rule }) => rule.name));
  // What stood before a restart is not taken down before it is known what its deck plays.
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
  for (const change of planned.changes) applyHoldChange(draft, change, ALL_BRIDGES);
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

/** Sends again every level that stands: levels come back, one-shots do not. */
export function resend(draft: EngineDraft): void {
  for (const hold of draft.state.sent.values()) applyHoldChange(draft, { ...hold, phase: 'do' }, ALL_BRIDGES);
}

/** Brings bridges that were held back to where the holds are by now. @param standing what stood there since */
export function sendMissedHolds(draft: EngineDraft, standing: SentHolds, bridge: string): void {
  const { changes } = diffHolds(standing, [...draft.state.sent.values()], null);
  for (const change of changes) applyHoldChange(draft, change, name => name === bridge);
}

/** A cue of the profile that an operator fires. */
export interface CueByHand {
  readonly name: string;
  readonly actions: readonly Action[];
  /** The deck that the show is about; null: none. */
  readonly deck: Deck | null;
}

/** Whose hand it is, for people, and what tells it from any other. */
export interface Hand {
  readonly place: string;
  readonly cause: string;
}

/** Fires a cue by hand. */
export function fireByHand(
  draft: EngineDraft,
  { name, actions, deck }: CueByHand,
  { place, cause }: Hand,
  which: Which,
): void {
  const because: Because = { rule: name, deck: null, place, phase: 'fire' };
  sendByHand(draft, { because, cause, actions, deck }, which);
}

/** What a hand wants said, though it is no cue of the profile. */
interface SaidByHand extends Omit<CueByHand, 'name'> {
  readonly because: Because;
  readonly cause: string;
}

export function sendByHand(draft: EngineDraft, said: SaidByHand, which: Which = ALL_BRIDGES): void {
  const { at } = draft;
  const { because, cause, actions, deck } = said;
  const cue = { kind: 'fire', id: [cause, because.rule, at].join('/'), because, trueTime: at } as const;
  emit(draft, { cue, actions, of: { deck }, which });
}

/** One side of a hold. */
export function applyHoldChange(draft: EngineDraft, { rule, deck: key, phase }: HoldChange, which: Which): void {
  const deck = draft.state.show.decks.get(key) ?? null;
  const place = draft.state.snapshot.decks.get(key)?.phrase.label;
  const because: Because = {
    rule: rule.name,
    deck: deck?.ref.number ?? null,
    place: typeof place === 'string' ? place.toLowerCase() : null,
    phase,
  };
  const id = [rule.name, key, phase].join('/');
  const actions = phase === 'do' ? rule.do : rule.undo;
  emit(draft, { cue: { kind: 'hold', id, because, trueTime: draft.at }, actions, of: { deck }, which });
}

/** A cue on its way out: why it leaves, what it says, of what, and to whom. */
interface Emission {
  readonly cue: Omit<CueIntent, 'bridge' | 'message'>;
  readonly actions: readonly Action[];
  readonly of: RuleSubject;
  readonly which: Which;
}

/** What came of each message of a cue. */
type Emitted = Pick<Outcome, 'sentTo' | 'heldBack'>;

function emit(draft: EngineDraft, { cue, actions, of, which }: Emission): Emitted {
  draft.isMemorable = true;
  const { because, trueTime, kind } = cue;
  const sentTo: string[] = [];
  const heldBack: Reason[] = [];
  const drop = (reason: Reason): void => {
    heldBack.push(reason);
    draft.dropped.push({ because, trueTime, reason });
  };
  for (const { bridge, message, roots } of actions) {
    const isLeftOut = which === ALL_BRIDGES ? isHeldBack(draft.state.hands, bridge) : !which(bridge);
    if (isLeftOut) {
      // A level is made up for when the mute ends; a fire is gone.
      if (which === ALL_BRIDGES && kind === 'fire') drop({ kind: 'muted', bridge });
      continue;
    }
    const filling = fill(message, scopeOf(draft.state.show, of, roots, trueTime));
    if (!filling.ok) {
      drop({ kind: 'unknown', what: filling.unknown });
      continue;
    }
    sentTo.push(bridge);
    draft.intents.push({ ...cue, bridge, message: filling.value });
  }
  return { sentTo, heldBack };
}
