/** A profile made ready, the state of a show that runs by it, and what a step of that state comes to. */

import type { Ms } from '../clock.ts';
import type { CueRuns } from '../cue-lists/cue-runs.ts';
import { recallLists, rememberLists } from '../cue-lists/list-memory.ts';
import type { ListState } from '../cue-lists/list-state.ts';
import type { DeckKey } from '../deck/deck.ts';
import { EMPTY_SHOW, type Show } from '../deck/decks.ts';
import type { Happening, JumpBack } from '../deck/happenings.ts';
import type { OperatorAction } from '../operator-action.ts';
import { NO_OPERATOR_STATE, type OperatorState } from '../operator-state.ts';
import type { Profile } from '../profile.ts';
import { type MomentTable, momentTable } from '../rules/crossings.ts';
import { OF_NO_DECK, type SentHolds } from '../rules/hold-diff.ts';
import { isStateRule, NO_SNAPSHOT, type Snapshot, type StateIndex, stateIndex, type Truths } from '../rules/holds.ts';
import { type Action, isMessage, type MomentRule, type RuleStep, type StateRule } from '../rules/rule.ts';
import type { SurfaceShown } from '../surfaces/shown.ts';
import type { Bindings, SurfaceEntry } from '../surfaces/surface-entry.ts';
import { readingOf, type SurfaceReading } from '../surfaces/surface-reading.ts';
import type { Generator } from '../timecode/generator.ts';
import { type MediaLibrary, NO_LIBRARY } from '../track/media-library.ts';
import { EMPTY_BOOK, type TrackBook } from '../track/track-book.ts';
import { type ActionBudget, FULL_BUDGET } from './action-budget.ts';
import { type FiredOnce, firedSinceLoad, NOTHING_FIRED } from './fired-once.ts';
import { type HandsAtControls, NO_HANDS_AT_CONTROLS } from './hands-at-controls.ts';
import type { Dropped, Intent } from './intents.ts';
import type { ListsTold } from './list-facts.ts';
import type { Outcome } from './outcome.ts';
import {
  type RememberedDeck,
  type RestartState,
  recallHolds,
  recallOperator,
  rememberDeck,
  rememberHolds,
  rememberOperator,
  type SavedState,
} from './restart-state.ts';
import type { FeedState } from './state-feed.ts';

/** A profile made ready: what is worked out from it once. */
export interface Program {
  readonly profile: Profile;
  /** The tracks of imported sticks. */
  readonly library: MediaLibrary;
  readonly moments: MomentTable;
  /** Rules at what decks do. */
  readonly happenings: ReadonlyMap<Happening, readonly MomentRule[]>;
  readonly states: StateIndex;
  /** Somebody asks why things left: outcomes of what is sent say what its condition was, too. */
  readonly explains: boolean;
  /** Surfaces that show something. */
  readonly readings: readonly SurfaceReading[];
}

/** @param explains outcomes of what is sent say what its condition was, too */
export function prepare(profile: Profile, library: MediaLibrary, explains = false): Program {
  const momentRules = profile.rules.filter((rule): rule is MomentRule => !isStateRule(rule));
  return {
    profile,
    library,
    moments: momentTable(momentRules),
    happenings: byHappening(momentRules),
    states: stateIndex(profile.rules),
    readings: profile.surfaces.flatMap(surface => readingOf(surface) ?? []),
    explains,
  };
}

function byHappening(rules: readonly MomentRule[]): ReadonlyMap<Happening, readonly MomentRule[]> {
  const found = new Map<Happening, MomentRule[]>();
  for (const rule of rules) {
    const { anchor } = rule.place;
    if (anchor.kind !== 'happening') continue;
    found.set(anchor.happening, [...(found.get(anchor.happening) ?? []), rule]);
  }
  return found;
}

/** Bridges that cues are said to, by name. */
export function speakingOf({ cues, rules, lists, surfaces }: Profile): readonly string[] {
  const ofRules = rules.flatMap(rule => [...rule.do, ...(isStateRule(rule) ? rule.undo : [])]);
  const ofLists = lists.flatMap(({ steps }) => steps.flatMap(step => [...step.do, ...(step.level?.undo ?? [])]));
  const said: readonly RuleStep[] = [...[...cues.values()].flat(), ...ofRules, ...ofLists];
  return [...new Set([...said.filter(isMessage), ...surfaces.flatMap(messagesOf)].map(({ bridge }) => bridge))];
}

/** Messages that are bound to the controls of a surface. */
export const messagesOf = (surface: SurfaceEntry): readonly Action[] =>
  [surface, ...surface.layers].flatMap(messagesIn);

function messagesIn({ buttons, wheels, values }: Bindings): readonly Action[] {
  const ofButtons = [...buttons.values()].flatMap(({ press, release, longPress, doublePress }) =>
    [press, release, longPress, doublePress].flatMap(steps => steps ?? []),
  );
  const ofWheels = [...wheels.values()].flatMap(({ forward, reverse }) => [...forward, ...reverse]);
  const ofValues = [...values.values()].flatMap(entry => entry.do);
  return [...[...ofButtons, ...ofWheels].filter(isMessage), ...ofValues];
}

export interface EngineState {
  readonly show: Show;
  readonly snapshot: Snapshot;
  readonly truths: Truths;
  readonly sent: SentHolds;
  /** Where cue lists stand, by name; one that nobody has moved yet is not in it. */
  readonly lists: ReadonlyMap<string, ListState>;
  /** Decks that have fallen silent, and the last jump back of each. */
  readonly silent: ReadonlySet<DeckKey>;
  readonly jumpsBack: ReadonlyMap<DeckKey, JumpBack>;
  /** What rules that fire once have fired. */
  readonly fired: FiredOnce;
  readonly hands: OperatorState;
  readonly budget: ActionBudget;
  readonly atControls: HandsAtControls;
  /** The generators of timecode, by name. */
  readonly timecodes: ReadonlyMap<string, Generator>;
  /** The generators of MIDI clock, by name. */
  readonly clocks: ReadonlyMap<string, Generator>;
  /** By the name of the bridge. */
  readonly feeds: ReadonlyMap<string, FeedState>;
  /** What the feeds have told of cue lists, by the name of the bridge. */
  readonly feedsOfLists: ReadonlyMap<string, ListsTold>;
  /** Cues that have been fired, by name. */
  readonly cueRuns: CueRuns;
  /** Bridges whose device is there or not, as far as that has been said. */
  readonly bridgesReady: ReadonlyMap<string, boolean>;
  /** Units that were there and are gone. */
  readonly lostUnits: ReadonlySet<string>;
  /** The artwork that each deck's unit has sent last. */
  readonly artworks: ReadonlyMap<DeckKey, { readonly trackId: number; readonly jpeg: Uint8Array }>;
  /** What surfaces have been told to show, by the name of the bridge. */
  readonly surfaces: ReadonlyMap<string, SurfaceShown>;
  /** What is left of an earlier run; null: nothing. */
  readonly recalled: PendingRestore | null;
}

/** What an earlier run left behind, until it has been taken up. */
export interface PendingRestore {
  /** When it was made, on the clock of this run. */
  readonly madeAt: Ms;
  /** Decks that have not been met again; null: of no use but that a hold stood on it. */
  readonly decks: ReadonlyMap<DeckKey, RememberedDeck | null>;
  /** Decks that have, and when all is known of them: until then no hold of theirs is taken down. */
  readonly settling: ReadonlyMap<DeckKey, Ms>;
}

/** What came of an act, for the log and for whoever asked. */
export interface Answer {
  readonly act: OperatorAction;
  readonly source: string;
  /** null: it was done; else why not. */
  readonly refusal: string | null;
  /** What was asked for: the YAML of a captured track; null: nothing was. */
  readonly text: string | null;
}

export interface EngineStepped {
  readonly state: EngineState;
  readonly intents: readonly Intent[];
  readonly dropped: readonly Dropped[];
  /** One for each moment that came. */
  readonly outcomes: readonly Outcome[];
  readonly answers: readonly Answer[];
  /** To be kept before anything leaves; null: what was kept last still holds. */
  readonly memory: RestartState | null;
  /** To be kept; null: nothing has been learnt. */
  readonly book: TrackBook | null;
  /** When to step again if nothing comes in before; null: only when something does. */
  readonly wakeAt: Ms | null;
}

/** What an evening begins with, beside its profile. */
export interface StartState {
  /** What an earlier run left, and how old it is; null: this is a new evening. */
  readonly memory: SavedState | null;
  /** The tracks of imported sticks. */
  readonly library: MediaLibrary;
  /** What decks have taught of tracks before. */
  readonly book: TrackBook;
}

export const FRESH_START: StartState = { memory: null, library: NO_LIBRARY, book: EMPTY_BOOK };

/** The state before the first event: what is known about tracks is already in it. */
export function begin({ profile, library }: Program, { memory, book }: StartState, at: Ms): EngineState {
  const state: EngineState = {
    show: { ...EMPTY_SHOW, knowledge: { entries: profile.tracks, allocated: profile.allocated, library, book } },
    snapshot: NO_SNAPSHOT,
    truths: new Map(),
    sent: new Map(),
    lists: new Map(),
    silent: new Set(),
    jumpsBack: new Map(),
    fired: NOTHING_FIRED,
    hands: NO_OPERATOR_STATE,
    budget: FULL_BUDGET,
    atControls: NO_HANDS_AT_CONTROLS,
    timecodes: new Map(),
    clocks: new Map(),
    feeds: new Map(),
    feedsOfLists: new Map(),
    cueRuns: new Map(),
    bridgesReady: new Map(),
    lostUnits: new Set(),
    artworks: new Map(),
    surfaces: new Map(),
    recalled: null,
  };
  if (memory === null) return state;
  const { holds, hands, lists } = memory.memory;
  const levels = [...profile.rules, ...listLevelsOf(profile)];
  const decks = new Map<DeckKey, RememberedDeck | null>([
    ...holds.flatMap(hold => (hold.deck === OF_NO_DECK ? [] : [[hold.deck, null] as const])),
    ...memory.memory.decks.map(deck => [deck.key, deck] as const),
  ]);
  return {
    ...state,
    sent: recallHolds(holds, levels),
    fired: { ...NOTHING_FIRED, tonight: new Set(memory.memory.firedTonight) },
    lists: recallLists(lists, profile.lists, at - memory.ageMs),
    hands: recallOperator(hands, levels),
    recalled: decks.size === 0 ? null : { madeAt: at - memory.ageMs, decks, settling: new Map() },
  };
}

/** What a step has come to so far; its own scratch pad, never seen outside. */
export interface EngineDraft {
  /** When the step is made. */
  readonly at: Ms;
  program: Program;
  state: EngineState;
  readonly intents: Intent[];
  readonly dropped: Dropped[];
  readonly outcomes: Outcome[];
  readonly answers: Answer[];
  /** Bridges that know nothing of their streams: they are told outright where those are. */
  readonly bridgesToResync: Set<string>;
  /** Bridges whose streams leave earlier or later from now on. */
  readonly latencyChanged: Set<string>;
  /** The track book as it was. */
  readonly bookBefore: TrackBook;
  /** Something is about to leave, or was set, that must not be forgotten. */
  isMemorable: boolean;
}

export const draftOf = (program: Program, state: EngineState, at: Ms): EngineDraft => ({
  at,
  program,
  state,
  intents: [],
  dropped: [],
  outcomes: [],
  answers: [],
  bridgesToResync: new Set(),
  latencyChanged: new Set(),
  bookBefore: state.show.knowledge.book,
  isMemorable: false,
});

/** The levels that steps of cue lists set. */
export const listLevelsOf = ({ lists }: Profile): readonly StateRule[] =>
  lists.flatMap(({ steps }) => steps.flatMap(({ level }) => level ?? []));

/** What must outlive the program, as it is now; of decks that have not been met again, what was known before. */
export function remember({ show, sent, hands, lists, fired, recalled }: EngineState, at: Ms): RestartState {
  const decks = new Map<DeckKey, RememberedDeck>();
  for (const deck of recalled?.decks.values() ?? []) {
    if (deck !== null) decks.set(deck.key, { ...deck, agoMs: deck.agoMs + at - (recalled?.madeAt ?? at) });
  }
  for (const deck of show.decks.values()) {
    const remembered = rememberDeck(deck, firedSinceLoad(fired, deck), at);
    if (remembered !== null) decks.set(deck.key, remembered);
  }
  const own = { holds: rememberHolds(sent), lists: rememberLists(lists, at), hands: rememberOperator(hands) };
  return { decklight: 1, decks: [...decks.values()], firedTonight: [...fired.tonight], ...own };
}
