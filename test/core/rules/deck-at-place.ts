/** Decks and tracks made by hand, for laws that are about places and not about how they are known. */
import type { Deck } from '../../../src/core/deck/deck.ts';
import { EMPTY_SHOW, reduce } from '../../../src/core/deck/decks.ts';
import type { ShowEvent } from '../../../src/core/events.ts';
import { steadyGrid } from '../../../src/core/track/beat-grid.ts';
import { freshTrack, type Track } from '../../../src/core/track/track.ts';
import { NOTHING_KNOWN } from '../../../src/core/track/track-knowledge.ts';
import { report, reportEvent, stampAt, structure } from '../core-samples.ts';

/** A track whose first beat is at its start, and begins a bar. */
export function trackOf(tempoBpm: number): Track {
  const track = freshTrack(7, null, () => ({ ...NOTHING_KNOWN, grid: steadyGrid(0, tempoBpm) }));
  return { ...track, structure, firstDownbeat: 1 };
}

/** A deck that plays a track at normal speed, told in ms, and is at a place at time 0. */
export function deckAt(place: number, track: Track): Deck {
  const line = PLAYING.line;
  if (line === null) throw new Error('a deck that is told has a line');
  return {
    ...{ ...PLAYING, track, reportedAt: 0, playingSince: 0 },
    line: { ...line, at: 0, place, rate: 1, runsSince: 0, slewUntil: 0, slewRate: 1 },
    mark: { crossed: -1, at: 0, isFresh: false, looked: null },
  };
}

/** Deck 1, told once by a status and once by a position. */
const PLAYING: Deck = (() => {
  const position = { positionMs: 0, lengthS: 300, pitchSpeed: 1 };
  const events = [reportEvent(1, report()), { kind: 'deck.position', deck: { unit: 'opus', number: 1 }, ...position }];
  const show = (events as ShowEvent[]).reduce(
    (before, event) => reduce(before, { source: 'opus', stamp: stampAt(0), event }),
    EMPTY_SHOW,
  );
  const [deck] = show.decks.values();
  if (deck === undefined) throw new Error('a report makes its deck');
  return deck;
})();
