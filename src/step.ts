/**
 * The way through: an event comes in, the show changes, moments are crossed and levels judged, timecode goes on, intents
 * come out. Pure and told the time; simulated evenings, replays and the live show run this same function.
 */
import { act } from './act.ts';
import type { Ms } from './core/clock.ts';
import { nextDueOf } from './core/crossings.ts';
import { type DeckKey, STALE_AFTER_MS } from './core/deck.ts';
import type { Input } from './core/events.ts';
import { type FeedState, feed, NO_FEED } from './core/feed.ts';
import { NO_SNAPSHOT } from './core/holds.ts';
import { resume } from './core/memory.ts';
import type { StateRule } from './core/profile.ts';
import { reduce, relearn } from './core/show.ts';
import { ALL, apply, cross, level } from './cues.ts';
import {
  type Draft,
  draftOf,
  type EngineState,
  knownTracks,
  type Program,
  type Recalled,
  remember,
  type Stepped,
} from './engine-state.ts';
import { goOn, reroute } from './runs.ts';

/** @param input null: the timer woke us */
export function step(program: Program, before: EngineState, input: Input | null, at: Ms): Stepped {
  const draft = draftOf(before);
  if (input !== null) {
    // What the line had passed before anything could have come in was passed, whatever the packet says of now.
    cross(draft, program, input.stamp.notBefore, at);
    draft.state = { ...draft.state, show: reduce(draft.state.show, input) };
    if (before.recalled !== null) takeUp(draft, before.recalled, at);
    if (input.event.kind === 'operator.act') act(draft, program, input.event.act, input.source, at);
  }
  return finish(draft, program, at);
}

/**
 * Another profile in the middle of the show. Marks, passes, hands and timecode stay; a hold whose rule is gone or now says
 * something else ends as it began, and begins anew where it is still wanted.
 */
export function reload(before: EngineState, old: Program, program: Program, at: Ms): Stepped {
  const draft = draftOf(before);
  cross(draft, old, at, at);
  const rules = new Map(program.states.rules.map(rule => [rule.name, rule]));
  const sent = new Map(draft.state.sent);
  for (const [name, hold] of draft.state.sent) {
    const rule = rules.get(name);
    if (rule !== undefined && isSameLevel(rule, hold.rule)) sent.set(name, { ...hold, rule });
    else {
      sent.delete(name);
      apply(draft, { ...hold, phase: 'undo' }, at, ALL);
    }
  }
  const truths = new Map<StateRule, readonly DeckKey[]>();
  for (const [rule, decks] of draft.state.truths) {
    const now = rules.get(rule.name);
    if (now !== undefined) truths.set(now, decks);
  }
  const show = relearn(draft.state.show, knownTracks(program.profile));
  draft.state = { ...draft.state, show, sent, truths, snapshot: NO_SNAPSHOT };
  reroute(draft, old.profile, program.profile, at);
  draft.isMemorable = true;
  return finish(draft, program, at);
}

const isSameLevel = (a: StateRule, b: StateRule): boolean => spelt([a.do, a.undo]) === spelt([b.do, b.undo]);
const spelt = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each));

function finish(draft: Draft, program: Program, at: Ms): Stepped {
  cross(draft, program, at, at);
  level(draft, program, at);
  goOn(draft, program.profile, at);
  const tellAt = tell(draft, program, at);
  const { state, intents, dropped, answers } = draft;
  const memory = draft.isMemorable ? remember(state, at) : null;
  return { state, intents, dropped, answers, memory, wakeAt: wakeAt(state, program, tellAt, at) };
}

/** A unit has told all of its decks within this time, song structures included: only then a hold is known to be over. */
const SETTLES_AFTER_MS: Ms = 3000;

/** Decks that are met for the first time go on where an earlier run left them. */
function takeUp(draft: Draft, recalled: Recalled, at: Ms): void {
  const { show } = draft.state;
  if (show.decks.size === 0) return;
  const decks = new Map(show.decks);
  const firedOnce = new Map(draft.state.firedOnce);
  const left = new Map(recalled.decks);
  for (const [key, remembered] of recalled.decks) {
    const deck = decks.get(key);
    if (deck?.line == null) continue;
    left.delete(key);
    decks.set(key, resume(deck, remembered, at - recalled.madeAt));
    if (deck.track?.id === remembered.trackId) {
      firedOnce.set(key, { loads: deck.loads, ids: new Set(remembered.firedOnce) });
    }
  }
  const settlesAt = recalled.settlesAt ?? at + SETTLES_AFTER_MS;
  draft.state = {
    ...draft.state,
    show: { ...show, decks },
    firedOnce,
    recalled: { ...recalled, decks: left, settlesAt },
  };
}

/** The state feeds. @returns when one of them has more to tell */
function tell(draft: Draft, { profile }: Program, at: Ms): Ms | null {
  let next: Ms | null = null;
  if (profile.feeds.length === 0) return next;
  const feeds = new Map<string, FeedState>();
  for (const entry of profile.feeds) {
    const { bridge } = entry;
    const isAsked = draft.answers.some(({ act: { kind } }) => kind === 'tell');
    const before = draft.state.feeds.get(bridge) ?? NO_FEED;
    const { state, told, tempo, wakeAt } = feed(entry, before, draft.state.show, at, isAsked);
    feeds.set(bridge, state);
    for (const each of told) draft.intents.push({ kind: 'tell', bridge, told: each });
    if (tempo !== null) draft.intents.push({ kind: 'tempo', bridge, message: tempo });
    if (wakeAt !== null) next = Math.min(next ?? Infinity, wakeAt);
  }
  draft.state = { ...draft.state, feeds };
  return next;
}

function wakeAt(
  { show, generators, recalled }: EngineState,
  { moments, states }: Program,
  tellAt: Ms | null,
  at: Ms,
): Ms | null {
  let next = tellAt ?? Infinity;
  for (const deck of show.decks.values()) {
    next = Math.min(next, nextDueOf(moments, deck, at, states.readsPosition) ?? Infinity);
    const staleAt = deck.reportedAt + STALE_AFTER_MS;
    // One ns later it is stale, not just about to be.
    if (staleAt >= at) next = Math.min(next, staleAt + 1e-6);
  }
  for (const generator of generators.values()) next = Math.min(next, generator.wakeAt ?? Infinity);
  next = Math.min(next, recalled?.settlesAt ?? Infinity);
  return Number.isFinite(next) ? next : null;
}
