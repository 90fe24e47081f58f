/** Whom a stream follows: the deck that is pinned, the one that the profile names, or the one its policy finds. */
import type { Ms } from '../clock.ts';
import type { Deck, DeckKey } from '../deck/deck.ts';
import { deckByNumber, decksForRules, masterOf, type Show } from '../deck/decks.ts';
import type { DeckNumber } from '../deck-report.ts';
import type { StreamEntry } from './stream-entry.ts';

export interface FollowedDeck {
  /** The deck it follows; null: none yet. */
  readonly deck: DeckKey | null;
  /** Since when that deck gives no reason to be followed; null: it does. */
  readonly awaySince: Ms | null;
}

export interface DeckSelection extends FollowedDeck {
  /** Time at which another deck will be followed; null: none is ready. */
  readonly handOverAt: Ms | null;
}

/** Facts that decide which deck a stream follows. */
interface SelectedBy {
  readonly entry: StreamEntry;
  /** The deck that an operator has pinned; null: none. */
  readonly pinned: DeckNumber | null;
}

/** Selects the deck. A pinned or fixed deck is followed at once, the choice of a policy after the time of a hand-over. */
export function selectDeck({ entry, pinned }: SelectedBy, before: FollowedDeck, show: Show, at: Ms): DeckSelection {
  const fixed = typeof entry.follow === 'number' ? entry.follow : pinned;
  if (fixed !== null) {
    const deck = deckByNumber(show, fixed)?.key ?? null;
    return { deck, awaySince: null, handOverAt: null };
  }
  const { stays, next } = policyOf(entry, before, show, at);
  if (before.deck === null) return { deck: next, awaySince: null, handOverAt: null };
  if (stays) return { deck: before.deck, awaySince: null, handOverAt: null };
  const awaySince = before.awaySince ?? at;
  const handOverAt = awaySince + entry.handOverAfterMs;
  if (next === null || next === before.deck) return { deck: before.deck, awaySince, handOverAt: null };
  return at >= handOverAt
    ? { deck: next, awaySince: null, handOverAt: null }
    : { deck: before.deck, awaySince, handOverAt };
}

/** Tells whether a deck was not heard for longer than a stream plays on by itself. */
export const isLost = ({ behaviour }: StreamEntry, deck: Deck, at: Ms): boolean =>
  at - deck.reportedAt > behaviour.freewheelMs;

/** Applies the policy: whether the deck followed so far still qualifies, and which one would be next. */
function policyOf(
  entry: StreamEntry,
  before: FollowedDeck,
  show: Show,
  at: Ms,
): { readonly stays: boolean; readonly next: DeckKey | null } {
  if (entry.follow === 'master') {
    const master = masterOf(show)?.key ?? null;
    return { stays: master !== null && master === before.deck, next: master };
  }
  const { keys } = decksForRules(show);
  const playing = [...show.decks.values()].filter(
    deck => keys.has(deck.key) && deck.playingSince !== null && !isLost(entry, deck, at),
  );
  playing.sort((a, b) => (a.playingSince ?? 0) - (b.playingSince ?? 0));
  const [longest] = playing;
  const loaded = [...show.decks.values()].find(deck => keys.has(deck.key) && deck.track !== null);
  return {
    stays: playing.some(({ key }) => key === before.deck),
    // A deck that only stands there is a place to begin, and no reason to leave another.
    next: longest?.key ?? (before.deck === null ? (loaded?.key ?? null) : null),
  };
}
