/** The deck that the show is about, where no rule says which. */
import type { Deck } from '../deck/deck.ts';
import { decksForRules, type Show } from '../deck/decks.ts';
import type { EngineState } from './engine-state.ts';

/** Finds the deck of the first timecode, else the first that rules hear. */
export function subject({ show, timecodes }: Pick<EngineState, 'show' | 'timecodes'>): Deck | null {
  const [generator] = timecodes.values();
  const followed = generator?.deck == null ? null : (show.decks.get(generator.deck) ?? null);
  return followed ?? firstHeard(show);
}

function firstHeard(show: Show): Deck | null {
  const { keys } = decksForRules(show);
  for (const deck of show.decks.values()) if (keys.has(deck.key) && deck.track !== null) return deck;
  for (const deck of show.decks.values()) if (deck.track !== null) return deck;
  return null;
}
