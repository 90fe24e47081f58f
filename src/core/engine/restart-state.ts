/**
 * What must outlive the program: what has fired, which holds stand, what hands have set. Plain JSON.
 *
 * It is written before anything leaves, so that after a crash no one-shot goes twice: a deck that is met again where it
 * must be by then goes on in the same pass, behind its mark.
 */
import type { Ms } from '../clock.ts';
import type { RememberedList } from '../cue-lists/list-memory.ts';
import type { Deck, DeckKey } from '../deck/deck.ts';
import type { DeckNumber } from '../deck-report.ts';
import type { OperatorState } from '../operator-state.ts';
import { levelOf, type SentHolds } from '../rules/hold-diff.ts';
import type { Hold } from '../rules/holds.ts';
import type { Rule } from '../rules/rule.ts';
import { toBeat } from '../track/track.ts';

export interface RestartState {
  readonly decklight: 1;
  readonly decks: readonly RememberedDeck[];
  /** Rules that fire once per night, and have. */
  readonly firedTonight: readonly string[];
  readonly holds: readonly RememberedHold[];
  readonly lists: readonly RememberedList[];
  readonly hands: {
    readonly pinned: DeckNumber | null;
    readonly isAllMuted: boolean;
    readonly isPanic: boolean;
    readonly muted: readonly string[];
    readonly standing: readonly (readonly [bridge: string, holds: readonly RememberedHold[]])[];
    readonly nudges: readonly (readonly [timecode: string, frames: number])[];
    readonly latencies: readonly (readonly [bridge: string, addedMs: Ms])[];
    readonly isLocked: boolean;
  };
}

/** A memory as it is found again, and how long ago it was made. */
export interface SavedState {
  readonly memory: RestartState;
  readonly ageMs: Ms;
}

export interface RememberedHold {
  readonly rule: string;
  readonly deck: DeckKey;
  /** What the rule said then: a rule that says something else by now is another level. */
  readonly level: string;
}

export interface RememberedDeck {
  readonly key: DeckKey;
  readonly trackId: number;
  readonly pass: number;
  /** How far its moments have been looked at, in beats. */
  readonly crossedBeat: number;
  /** How long before the memory was made that was so. */
  readonly agoMs: Ms;
  readonly beatsPerMs: number;
  /** What rules that fire once have fired since its load. */
  readonly firedOnce: readonly string[];
}

export function rememberDeck(deck: Deck, firedOnce: Iterable<string>, at: Ms): RememberedDeck | null {
  const { line, track, mark, key, pass } = deck;
  if (line === null || track === null || mark === null) return null;
  const crossedBeat = toBeat(track, line.coordinate, mark.crossed);
  if (crossedBeat === null) return null;
  const ahead = toBeat(track, line.coordinate, mark.crossed + line.rate * 1000) ?? crossedBeat;
  const beatsPerMs = (ahead - crossedBeat) / 1000;
  return { key, trackId: track.id, pass, crossedBeat, agoMs: at - mark.at, beatsPerMs, firedOnce: [...firedOnce] };
}

export const rememberHolds = (sent: SentHolds): readonly RememberedHold[] =>
  [...sent.values()].map(({ rule, deck }) => ({ rule: rule.name, deck, level: levelOf(rule) }));

export const rememberOperator = ({
  pinned,
  isAllMuted,
  isPanic,
  muted,
  standing,
  nudges,
  latencies,
  isLocked,
}: OperatorState): RestartState['hands'] => ({
  ...{ pinned, isAllMuted, isPanic, isLocked },
  muted: [...muted],
  standing: [...standing].map(([bridge, sent]) => [bridge, rememberHolds(sent)] as const),
  nudges: [...nudges],
  latencies: [...latencies],
});

/** Holds of rules that the profile still has, and that still say the same. */
export function recallHolds(holds: readonly RememberedHold[], rules: readonly Rule[]): SentHolds {
  const byName = new Map(rules.map(rule => [rule.name, rule]));
  return new Map(
    holds.flatMap(({ rule: name, deck, level }): [string, Hold][] => {
      const rule = byName.get(name);
      return rule?.kind === 'while' && levelOf(rule) === level ? [[name, { rule, deck }]] : [];
    }),
  );
}

export const recallOperator = (hands: RestartState['hands'], rules: readonly Rule[]): OperatorState => ({
  pinned: hands.pinned,
  isAllMuted: hands.isAllMuted,
  isPanic: hands.isPanic,
  muted: new Set(hands.muted),
  standing: new Map(hands.standing.map(([bridge, holds]) => [bridge, recallHolds(holds, rules)])),
  nudges: new Map(hands.nudges),
  latencies: new Map(hands.latencies),
  isLocked: hands.isLocked,
  captured: new Map(),
});

/** What was looked at ran ahead of the reports by this at most: a moment this far back has been seen already. */
const BACK_MOST_BEATS = 1;
/** A deck plays at most this much faster than it did, and a report is a beat late. */
const FORWARD_SHARE = 1.2;
const FORWARD_MARGIN_BEATS = 2;

/**
 * A deck that is met for the first time, with what is remembered of it.
 *
 * @param elapsedMs since the memory was made
 * @returns the deck in the pass it was in, its moments looked at as far as they had been; or in a new pass, where it has
 *          been moved meanwhile
 */
export function restoreDeck(deck: Deck, remembered: RememberedDeck, elapsedMs: Ms): Deck {
  const { line, track, mark } = deck;
  if (line === null || track === null || mark === null || track.id !== remembered.trackId) return deck;
  const landing = toBeat(track, line.coordinate, mark.crossed);
  if (landing === null) return deck;
  const { crossedBeat, beatsPerMs, agoMs, pass } = remembered;
  const most = crossedBeat + Math.max(0, beatsPerMs) * (elapsedMs + agoMs) * FORWARD_SHARE + FORWARD_MARGIN_BEATS;
  if (landing < crossedBeat - BACK_MOST_BEATS || landing > most) return { ...deck, pass: pass + 1 };
  if (landing > crossedBeat) return { ...deck, pass };
  const crossed = line.coordinate === 'beats' ? crossedBeat : (track.known.grid?.msOfBeat(crossedBeat) ?? mark.crossed);
  return { ...deck, pass, mark: { crossed, at: mark.at, isFresh: false, looked: null } };
}
