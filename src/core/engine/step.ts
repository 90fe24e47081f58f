/**
 * The way through: an event comes in, the show changes, moments are crossed and levels judged, timecode goes on, intents
 * come out. Pure and told the time; simulated evenings, replays and the live show run this same function.
 */

import type { Ms } from '../clock.ts';
import { withUnsent } from '../cue-lists/cue-runs.ts';
import { type DeckKey, deckKey, STALE_AFTER_MS } from '../deck/deck.ts';
import { reduce, relearn, withoutUnits } from '../deck/decks.ts';
import type { Input, ShowEvent } from '../events.ts';
import { isHeldBack } from '../operator-state.ts';
import { crossDeck, momentTable, nextDueOf } from '../rules/crossings.ts';
import { NO_SNAPSHOT } from '../rules/holds.ts';
import type { StateRule } from '../rules/rule.ts';
import { sendMissedHolds } from './cues.ts';
import { tellHappenings, tellShow, tellSilence } from './deck-happenings.ts';
import {
  draftOf,
  type EngineDraft,
  type EngineState,
  type EngineStepped,
  type PendingRestore,
  type Program,
  remember,
} from './engine-state.ts';
import { listsDueAt, relocateLists } from './list-acts.ts';
import { feedLists, type ListsTold } from './list-facts.ts';
import { applyOperatorAction, tellRefused } from './operator-actions.ts';
import { restoreDeck } from './restart-state.ts';
import { level, passUntil } from './rule-fires.ts';
import { type FeedState, feed, NO_FEED } from './state-feed.ts';
import { reroute, stepStreams } from './streams.ts';
import { applyControl, pressDueAt, settlePresses } from './surfaces/control-gestures.ts';
import { forgetTold, tellValues } from './surfaces/control-values.ts';
import { showOnSurfaces } from './surfaces/surface-output.ts';

/** @param input null: the timer woke us */
export function step(program: Program, before: EngineState, input: Input | null, at: Ms): EngineStepped {
  const draft = draftOf(program, before, at);
  if (input !== null) {
    // What the line had passed before anything could have come in was passed, whatever the packet says of now.
    passUntil(draft, input.stamp.notBefore);
    const showBefore = draft.state.show;
    draft.state = { ...draft.state, show: reduce(showBefore, input) };
    tellHappenings(draft, showBefore);
    if (before.recalled !== null) restoreDecks(draft, before.recalled);
    if (input.event.kind === 'operator.act') applyOperatorAction(draft, input.event.act, input.source);
    if (input.event.kind === 'show') tellShow(draft, input.event.happening);
    if (input.event.kind === 'control') applyControl(draft, input.event, input.stamp);
    if (input.event.kind === 'bridge.ready') resyncBridge(draft, input.event.bridge);
    hearOfShow(draft, input.event);
  }
  return finish(draft, false);
}

/**
 * Another profile in the middle of the show. Marks, passes, hands and timecode stay; decks of a unit that has another name
 * by now are met anew; a hold whose rule is gone or now says something else ends as it began.
 */
export function reload(before: EngineState, old: Program, program: Program, at: Ms): EngineStepped {
  const draft = draftOf(old, before, at);
  passUntil(draft, at);
  draft.program = program;
  const names = new Set(program.profile.bridges.map(({ name }) => name));
  const gone = old.profile.bridges.map(({ name }) => name).filter(name => !names.has(name));
  const kept = withoutUnits(draft.state.show, new Set(gone));
  const { profile, library } = program;
  const show = relearn(kept, { ...kept.knowledge, entries: profile.tracks, allocated: profile.allocated, library });
  const rules = new Map(program.states.rules.map(rule => [rule.name, rule]));
  const truths = new Map<StateRule, readonly DeckKey[]>();
  for (const [rule, decks] of draft.state.truths) {
    const now = rules.get(rule.name);
    if (now !== undefined)
      truths.set(
        now,
        decks.filter(key => show.decks.has(key)),
      );
  }
  draft.state = { ...draft.state, show, truths, snapshot: NO_SNAPSHOT, lists: relocateLists(draft) };
  reroute(draft, old.profile, program.profile);
  draft.isMemorable = true;
  return finish(draft, true);
}

/**
 * The state behind a step that could not be made: what it would have fired is lost, and every mark stands where its deck
 * is, so that the next step does not meet the same moment again.
 */
export function skipStep(before: EngineState, at: Ms): EngineState {
  const crossed = [...before.show.decks].map(([key, deck]) => [key, crossDeck(NO_MOMENTS, deck, at).deck] as const);
  return { ...before, show: { ...before.show, decks: new Map(crossed) } };
}

const NO_MOMENTS = momentTable([]);

function finish(draft: EngineDraft, isAnew: boolean): EngineStepped {
  const { at, program } = draft;
  settlePresses(draft);
  passUntil(draft, at);
  tellSilence(draft);
  level(draft, isAnew);
  stepStreams(draft);
  const told = earlier(earlier(publish(draft), tellRefused(draft)), showOnSurfaces(draft));
  const tellAt = earlier(told, earlier(earlier(pressDueAt(draft.state), tellValues(draft)), listsDueAt(draft)));
  const { state, intents, dropped, outcomes, answers } = draft;
  const memory = draft.isMemorable ? remember(state, at) : null;
  const { book } = state.show.knowledge;
  const learnt = book === draft.bookBefore ? null : book;
  return {
    state,
    intents,
    dropped,
    outcomes,
    answers,
    memory,
    book: learnt,
    wakeAt: wakeAt(state, program, tellAt, at),
  };
}

/** A unit has told all of its decks within this time, song structures included: only then a hold is known to be over. */
const SETTLES_AFTER_MS: Ms = 3000;

/** Decks that are met for the first time go on where an earlier run left them. */
function restoreDecks(draft: EngineDraft, recalled: PendingRestore): void {
  const { at } = draft;
  const { show } = draft.state;
  const unmet = new Map(recalled.decks);
  const settling = new Map(recalled.settling);
  const decks = new Map(show.decks);
  const firedDecks = new Map(draft.state.fired.decks);
  for (const [key, remembered] of recalled.decks) {
    const deck = decks.get(key);
    // One that is loaded and has not said where it is may still be where it was.
    if (deck === undefined || (deck.track !== null && deck.line === null)) continue;
    unmet.delete(key);
    settling.set(key, at + SETTLES_AFTER_MS);
    if (remembered === null) continue;
    decks.set(key, restoreDeck(deck, remembered, at - recalled.madeAt));
    if (deck.track?.id === remembered.trackId) {
      firedDecks.set(key, { loads: deck.loads, ids: new Set(remembered.firedOnce) });
    }
  }
  if (unmet.size === recalled.decks.size) return;
  draft.state = {
    ...draft.state,
    show: { ...show, decks },
    fired: { ...draft.state.fired, decks: firedDecks },
    recalled: { ...recalled, decks: unmet, settling },
  };
}

/** What surfaces show of units, bridges and cues, and nothing else depends on. */
function hearOfShow(draft: EngineDraft, event: ShowEvent): void {
  const { lostUnits, bridgesReady, artworks, cueRuns } = draft.state;
  const set = (change: Partial<EngineState>): void => {
    draft.state = { ...draft.state, ...change };
  };
  switch (event.kind) {
    case 'unit.found':
      if (lostUnits.has(event.unit)) set({ lostUnits: new Set([...lostUnits].filter(unit => unit !== event.unit)) });
      return;
    case 'unit.lost':
      return set({ lostUnits: new Set(lostUnits).add(event.unit) });
    case 'bridge.state':
      return set({ bridgesReady: new Map(bridgesReady).set(event.bridge, event.isReady) });
    case 'cue.unsent':
      return set({ cueRuns: withUnsent(cueRuns, event.cue, event.id) });
    case 'deck.artwork': {
      const { deck, trackId, jpeg } = event;
      return set({ artworks: new Map(artworks).set(deckKey(deck), { trackId, jpeg }) });
    }
  }
}

/** A bridge that has missed something: holds, timecode and feed as they stand. No one-shot comes back. */
function resyncBridge(draft: EngineDraft, bridge: string): void {
  const { hands, feeds, feedsOfLists, surfaces } = draft.state;
  const others = <T>(all: ReadonlyMap<string, T>) => new Map([...all].filter(([name]) => name !== bridge));
  draft.bridgesToResync.add(bridge);
  forgetTold(draft, bridge);
  draft.state = {
    ...draft.state,
    feeds: others(feeds),
    feedsOfLists: others(feedsOfLists),
    surfaces: others(surfaces),
  };
  if (!isHeldBack(hands, bridge)) sendMissedHolds(draft, new Map(), bridge);
  else draft.state = { ...draft.state, hands: { ...hands, standing: new Map(hands.standing).set(bridge, new Map()) } };
}

/** The state feeds. @returns when one of them has more to tell */
function publish(draft: EngineDraft): Ms | null {
  const {
    at,
    program: { profile },
  } = draft;
  let next: Ms | null = null;
  if (profile.feeds.length === 0) return next;
  const feeds = new Map<string, FeedState>();
  const lists = new Map<string, ListsTold>();
  for (const entry of profile.feeds) {
    const { bridge } = entry;
    const isAsked = draft.answers.some(({ act: { kind } }) => kind === 'tell');
    // Held back by name: at its end everything is told.
    if (draft.state.hands.muted.has(bridge)) continue;
    const before = draft.state.feeds.get(bridge) ?? NO_FEED;
    const { state, told, tempo, wakeAt } = feed({ entry, show: draft.state.show, at, isAll: isAsked }, before);
    feeds.set(bridge, state);
    const ofLists = feedLists(draft, draft.state.feedsOfLists.get(bridge) ?? new Map(), isAsked);
    lists.set(bridge, ofLists.lists);
    for (const each of [...told, ...ofLists.told]) draft.intents.push({ kind: 'tell', bridge, value: each });
    if (tempo !== null) draft.intents.push({ kind: 'tempo', bridge, message: tempo });
    if (wakeAt !== null) next = Math.min(next ?? Infinity, wakeAt);
  }
  draft.state = { ...draft.state, feeds, feedsOfLists: lists };
  return next;
}

const earlier = (a: Ms | null, b: Ms | null): Ms | null => (a === null || b === null ? (a ?? b) : Math.min(a, b));

function wakeAt(
  { show, timecodes, clocks, recalled }: EngineState,
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
  for (const generator of [...timecodes.values(), ...clocks.values()])
    next = Math.min(next, generator.wakeAt ?? Infinity);
  for (const until of recalled?.settling.values() ?? []) next = Math.min(next, until);
  return Number.isFinite(next) ? next : null;
}
