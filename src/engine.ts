/**
 * The way through: an event comes in, the show changes, moments are crossed and levels judged, intents come out.
 *
 * `step` is the whole of it, pure and told the time; simulated evenings and the live show run this same function.
 * `startEngine` is its thin live end: the inbox, the one timer, and the hand-over to the bridges.
 */
import type { OpenBridge } from './bridge.ts';
import type { Cancel, Clock, Ms, Stamp } from './core/clock.ts';
import { type Crossing, crossDeck, type MomentTable, momentTable, nextDueOf } from './core/crossings.ts';
import { type Deck, type DeckKey, STALE_AFTER_MS } from './core/deck.ts';
import type { Input, ShowEvent } from './core/events.ts';
import { isTrue } from './core/expression.ts';
import {
  holdsAmong,
  isStateRule,
  judgeChanges,
  NO_SNAPSHOT,
  type Snapshot,
  type StateIndex,
  stateIndex,
  type Truths,
} from './core/holds.ts';
import type { Because, Dropped, Intent } from './core/intents.ts';
import { type Change, plan, type Sent } from './core/plan.ts';
import type { Action, MomentRule, Profile } from './core/profile.ts';
import { scopeOf } from './core/scope.ts';
import { EMPTY_SHOW, heard, reduce, type Show } from './core/show.ts';
import { fill } from './core/template.ts';

/** A profile made ready: what is worked out from it once. */
export interface Program {
  readonly profile: Profile;
  readonly moments: MomentTable;
  readonly states: StateIndex;
}

export function prepare(profile: Profile): Program {
  const momentRules = profile.rules.filter((rule): rule is MomentRule => !isStateRule(rule));
  return { profile, moments: momentTable(momentRules), states: stateIndex(profile) };
}

export interface EngineState {
  readonly show: Show;
  readonly snapshot: Snapshot;
  readonly truths: Truths;
  readonly sent: Sent;
  /** What `on-loop: once` rules have fired since the load of each deck. */
  readonly firedOnce: ReadonlyMap<DeckKey, { readonly loads: number; readonly ids: ReadonlySet<string> }>;
}

export interface Stepped {
  readonly state: EngineState;
  readonly intents: readonly Intent[];
  readonly dropped: readonly Dropped[];
  /** When to step again if nothing comes in before; null: only when something does. */
  readonly wakeAt: Ms | null;
}

/** The state before the first event: what the profile knows about tracks is already in it. */
export function begin({ profile }: Program): EngineState {
  const known = new Map(profile.tracks.map(track => [track.id, track]));
  return {
    show: { ...EMPTY_SHOW, known },
    snapshot: NO_SNAPSHOT,
    truths: new Map(),
    sent: new Map(),
    firedOnce: new Map(),
  };
}

/** What a step has come to so far; its own scratch pad, never seen outside. */
interface Draft {
  state: EngineState;
  readonly intents: Intent[];
  readonly dropped: Dropped[];
}

/** @param input null: the timer woke us */
export function step(program: Program, before: EngineState, input: Input | null, at: Ms): Stepped {
  const draft: Draft = { state: before, intents: [], dropped: [] };
  if (input !== null) {
    // What the line had passed before anything could have come in was passed, whatever the packet says of now.
    cross(draft, program, input.stamp.notBefore, at);
    draft.state = { ...draft.state, show: reduce(draft.state.show, input) };
  }
  cross(draft, program, at, at);
  level(draft, program, at);
  return { ...draft, wakeAt: wakeAt(draft.state.show, program, at) };
}

/** Moves every deck's mark to where it was at `until`; what that passed fires, or is dropped for being late. */
function cross(draft: Draft, program: Program, until: Ms, at: Ms): void {
  const crossings: Crossing[] = [];
  let { decks } = draft.state.show;
  for (const deck of decks.values()) {
    const crossed = crossDeck(program.moments, deck, until);
    if (crossed.deck === deck) continue;
    decks = new Map(decks).set(deck.key, crossed.deck);
    crossings.push(...crossed.crossings);
  }
  if (decks !== draft.state.show.decks) draft.state = { ...draft.state, show: { ...draft.state.show, decks } };
  if (crossings.length === 0) return;
  const { keys } = heard(draft.state.show);
  crossings.sort((a, b) => a.trueTime - b.trueTime);
  for (const crossing of crossings) {
    if (crossing.moment.rule.decks === 'any' || keys.has(crossing.deck.key)) fire(draft, crossing, at);
  }
}

function fire(draft: Draft, { deck, moment, trueTime }: Crossing, at: Ms): void {
  const { rule, label, phrase } = moment;
  const because: Because = { rule: rule.name, deck: deck.ref.number, place: label, phase: 'fire' };
  const of = { deck, phrase };
  const { show } = draft.state;
  if (rule.if !== null && !isTrue(rule.if.evaluate(scopeOf(show, of, rule.if.roots, trueTime)))) return;
  const lateMs = at - trueTime;
  if (lateMs > rule.dropIfLateByMs) {
    draft.dropped.push({ because, trueTime, reason: { kind: 'late', lateMs } });
    return;
  }
  if (rule.onLoop === 'once' && !firstThisLoad(draft, deck, `${rule.name}/${label}`)) return;
  const id = [rule.name, deck.key, deck.track?.id, deck.pass, label].join('/');
  intend(draft, { kind: 'fire', id, because, trueTime }, rule.do, of);
}

/** Notes that a rule has had its one fire of this load; false: it had had it. */
function firstThisLoad(draft: Draft, deck: Deck, id: string): boolean {
  const known = draft.state.firedOnce.get(deck.key);
  const ids = known?.loads === deck.loads ? known.ids : new Set<string>();
  if (ids.has(id)) return false;
  const entry = { loads: deck.loads, ids: new Set(ids).add(id) };
  draft.state = { ...draft.state, firedOnce: new Map(draft.state.firedOnce).set(deck.key, entry) };
  return true;
}

/** Judges what has changed and sends what follows from it. */
function level(draft: Draft, { states }: Program, at: Ms): void {
  if (states.rules.length === 0) return;
  const { state } = draft;
  const judged = judgeChanges(states, state.snapshot, state.truths, state.show, at);
  const touched = states.rules.filter(rule => judged.touched.has(rule));
  const planned = plan(state.sent, holdsAmong(touched, judged.truths), new Set(touched));
  draft.state = { ...state, snapshot: judged.snapshot, truths: judged.truths, sent: planned.sent };
  for (const change of planned.changes) apply(draft, change, at);
}

function apply(draft: Draft, { rule, deck: key, phase }: Change, at: Ms): void {
  const deck = draft.state.show.decks.get(key) ?? null;
  const place = draft.state.snapshot.decks.get(key)?.phrase.label;
  const because: Because = {
    rule: rule.name,
    deck: deck?.ref.number ?? null,
    place: typeof place === 'string' ? place.toLowerCase() : null,
    phase,
  };
  const id = [rule.name, key, phase].join('/');
  intend(draft, { kind: 'hold', id, because, trueTime: at }, phase === 'do' ? rule.do : rule.undo, { deck });
}

function intend(
  draft: Draft,
  intent: Omit<Intent, 'bridge' | 'message'>,
  actions: readonly Action[],
  of: Parameters<typeof scopeOf>[1],
): void {
  for (const { bridge, message, roots } of actions) {
    const filling = fill(message, scopeOf(draft.state.show, of, roots, intent.trueTime));
    if (filling.ok) draft.intents.push({ ...intent, bridge, message: filling.value });
    else {
      const { because, trueTime } = intent;
      draft.dropped.push({ because, trueTime, reason: { kind: 'unknown', what: filling.unknown } });
    }
  }
}

function wakeAt(show: Show, { moments, states }: Program, at: Ms): Ms | null {
  let next = Infinity;
  for (const deck of show.decks.values()) {
    next = Math.min(next, nextDueOf(moments, deck, at, states.readsPosition) ?? Infinity);
    const staleAt = deck.reportedAt + STALE_AFTER_MS;
    // One ns later it is stale, not just about to be.
    if (staleAt >= at) next = Math.min(next, staleAt + 1e-6);
  }
  return Number.isFinite(next) ? next : null;
}

// ---- the live end

export interface Engine {
  /** The inbox. */
  emit(source: string, event: ShowEvent, stamp: Stamp): void;
  /** The state after the last step, for status and trace. */
  state(): EngineState;
  /** Stops the timer; bridges are closed by who opened them. */
  stop(): void;
}

/** What leaves, told to whoever listens: the status, the trace, a transcript. */
export interface Departure {
  readonly at: Ms;
  readonly intent: Intent;
}

export interface Watcher {
  sent(departure: Departure): void;
  dropped(dropped: Dropped, at: Ms): void;
  received(input: Input): void;
}

export function startEngine(
  program: Program,
  clock: Clock,
  bridgeOf: (name: string) => OpenBridge | null,
  watcher: Watcher,
): Engine {
  let state = begin(program);
  let cancelWake: Cancel = () => {};
  let isStopped = false;

  function run(input: Input | null, at: Ms): void {
    const stepped = step(program, state, input, at);
    state = stepped.state;
    for (const intent of stepped.intents) {
      const { bridge, because, trueTime } = intent;
      // Without a bridge this is a dry run, which shows what would leave.
      const hasLeft = bridgeOf(bridge)?.send(intent.message, trueTime) ?? true;
      if (hasLeft) watcher.sent({ at, intent });
      else watcher.dropped({ because, trueTime, reason: { kind: 'absent', bridge } }, at);
    }
    for (const dropped of stepped.dropped) watcher.dropped(dropped, at);
    cancelWake();
    if (stepped.wakeAt !== null) cancelWake = clock.at(stepped.wakeAt, () => run(null, clock.now()));
  }

  return {
    emit(source, event, stamp) {
      if (isStopped) return;
      const input: Input = { source, event, stamp };
      watcher.received(input);
      run(input, Math.max(stamp.at, clock.now()));
    },
    state: () => state,
    stop() {
      isStopped = true;
      cancelWake();
    },
  };
}
