/** The phrase that a deck plays, and the one that comes. */
import type { Deck } from '../../core/deck/deck.ts';
import type { Position } from '../../core/deck/position.ts';
import { phraseNow } from '../../core/rules/fact-values.ts';
import type { Phrase } from '../../core/track/phrase.ts';

export interface PhraseAhead {
  readonly now: Phrase | null;
  /** null: none comes any more, or nobody knows where the deck is. */
  readonly next: Phrase | null;
  /** Whole beats until the next one begins or the last one ends; null: not known. */
  readonly beatsLeft: number | null;
}

export function phraseAhead(deck: Deck, position: Position): PhraseAhead {
  const { beat } = position;
  const phrases = deck.track?.structure?.phrases ?? [];
  if (beat === null) return { now: null, next: null, beatsLeft: null };
  const now = phraseNow(deck, position);
  const next = phrases.find(({ startBeat }) => startBeat > beat) ?? null;
  const edge = next?.startBeat ?? now?.endBeat ?? null;
  return { now, next, beatsLeft: edge === null ? null : Math.max(0, Math.ceil(edge - beat)) };
}
