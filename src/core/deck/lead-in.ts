/** The time before beat 1 of a track whose grid nobody knows: how far before it a deck is shows only when it is there. */
import type { Ms, Stamp } from '../clock.ts';
import type { DeckReport } from '../deck-report.ts';
import type { Deck } from './deck.ts';
import { placeAt } from './line.ts';

/** A deck may have played for so long before a status said so: 202 ms between two, lag and delay. */
const START_TOLD_WITHIN_MS: Ms = 225;

/**
 * A deck that is told to be at beat 1 or beyond for the first time since it began to play before it. Where the line had waited, or was
 * taken to be further back, what lies before beat 1 was passed at its own time, and what lies further back than the deck has played
 * was not passed at all.
 *
 * @param before the deck before that report; any other report leaves the deck as it is
 */
export function runningSinceStart(before: Deck, met: Deck): Deck {
  const { line, mark, playingSince } = met;
  if (line === null || mark === null || playingSince === null || before.line === null) return met;
  const waited = before.line.rate === 0 || (placeAt(before.line, line.at) < 1 && line.place >= 1);
  if (!waited || before.pass !== met.pass || line.rate <= 0 || line.coordinate !== 'beats') return met;
  if (playingSince >= line.at) return met;
  const startedFrom = line.place - line.rate * (line.at - playingSince + START_TOLD_WITHIN_MS);
  return {
    ...met,
    line: { ...line, runsSince: playingSince },
    mark: { ...mark, crossed: Math.max(mark.crossed, startedFrom) },
  };
}

/** Tells whether a deck that stood at beat 1 or beyond now stands before it: it was taken there, and is not just a little before. */
export const isTakenBeforeFirst = ({ isPlaying, line }: Deck, report: DeckReport, { at }: Stamp): boolean =>
  !isPlaying &&
  report.playState !== 'playing' &&
  report.isOrderProved &&
  report.beat !== null &&
  report.beat < 1 &&
  line?.coordinate === 'beats' &&
  placeAt(line, at) >= 1;
