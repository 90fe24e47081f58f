/** The time before beat 1 of a track whose grid nobody knows: how far before it a deck is shows only when it is there. */
import type { Ms } from '../clock.ts';
import type { Deck } from './deck.ts';

/** A deck may have played for so long before a status said so: 202 ms between two, lag and delay. */
const START_TOLD_WITHIN_MS: Ms = 225;

/**
 * A deck whose line waited while it played, and now runs: it has run since it began to play. So what lies before beat 1 was passed
 * at its own time, and what lies further back than the deck has played was not passed at all.
 *
 * @param waited the deck before the report that set its line going; any other is returned as it is
 */
export function runningSinceStart(waited: Deck, met: Deck): Deck {
  const { line, mark, playingSince } = met;
  const isSetGoing = waited.line?.rate === 0 && waited.pass === met.pass;
  if (!isSetGoing || line === null || mark === null || playingSince === null) return met;
  if (line.rate <= 0 || line.coordinate !== 'beats' || playingSince >= line.at) return met;
  const startedFrom = line.place - line.rate * (line.at - playingSince + START_TOLD_WITHIN_MS);
  return {
    ...met,
    line: { ...line, runsSince: playingSince },
    mark: { ...mark, crossed: Math.max(mark.crossed, startedFrom) },
  };
}
