/** Deck of a cue sheet: the track is put on a deck that stands, and its time does not pass. */
import { type Deck, deckKey } from '../deck/deck.ts';
import { EMPTY_SHOW, reduce, type Show } from '../deck/decks.ts';
import type { DeckRef, DeckReport } from '../deck-report.ts';
import type { ShowEvent } from '../events.ts';
import type { Said, Track } from '../track/track.ts';
import type { SheetSubject } from './sheet-subject.ts';

/** A track on its deck, with all that a unit would have told of it. */
export interface LoadedTrack {
  readonly show: Show;
  readonly track: Track;
  readonly said: Said;
}

const DECK: DeckRef = { unit: 'plan', number: 1 };

export const SHEET_DECK = deckKey(DECK);

export function loadedTrack({ knowledge, said }: SheetSubject): LoadedTrack {
  const met = reported({ ...EMPTY_SHOW, knowledge }, said, 1);
  const { id, structure, fingerprint } = said;
  const show =
    structure === undefined || fingerprint === undefined
      ? met
      : told(met, { kind: 'deck.structure', deck: DECK, trackId: id, structure, fingerprint });
  const { track } = sheetDeckOf(show);
  if (track === null) throw new Error('a report with a track loads it');
  return { show, track, said };
}

/** The show with the deck standing at a beat; its time does not pass. */
function reported(show: Show, { id, tempoBpm }: Said, beat: number): Show {
  const report: DeckReport = {
    ...{ trackId: id, trackTempoBpm: tempoBpm, pitchSpeed: 1, runSpeed: 0, beat, beatInBar: null },
    playState: 'cued',
    flags: { isMaster: true, isSynced: false, isOnAir: true },
    ...{ isOrderProved: true, isAfterLoss: false },
  };
  return told(show, { kind: 'deck.report', deck: DECK, report });
}

const told = (show: Show, event: ShowEvent): Show =>
  reduce(show, { stamp: { notBefore: 0, at: 0 }, source: DECK.unit, event });

export function sheetDeckOf({ decks }: Show): Deck {
  const deck = decks.get(SHEET_DECK);
  if (deck === undefined) throw new Error('a report makes its deck');
  return deck;
}

export function standingAt({ show, said }: LoadedTrack, beat: number): Show {
  // Put there, not moved there: a deck that has been nowhere yet lands where it is reported.
  const fresh = {
    ...show,
    decks: new Map(show.decks).set(SHEET_DECK, { ...sheetDeckOf(show), line: null, mark: null }),
  };
  return reported(fresh, said, beat);
}
