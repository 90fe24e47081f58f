/** Deck of a cue sheet: the track is put on a deck that stands, and its time does not pass. */
import { deckKey } from '../deck/deck.ts';
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
  const met = reported({ ...EMPTY_SHOW, knowledge }, said);
  const { id, structure, fingerprint } = said;
  const show =
    structure === undefined || fingerprint === undefined
      ? met
      : told(met, { kind: 'deck.structure', deck: DECK, trackId: id, structure, fingerprint });
  const track = show.decks.get(SHEET_DECK)?.track ?? null;
  if (track === null) throw new Error('a report with a track loads it');
  return { show, track, said };
}

/** The show with the deck standing on its first beat. */
function reported(show: Show, { id, tempoBpm }: Said): Show {
  const report: DeckReport = {
    ...{ trackId: id, source: null, trackTempoBpm: tempoBpm, pitchSpeed: 1, runSpeed: 0, beat: 1, beatInBar: null },
    playState: 'cued',
    flags: { isMaster: true, isSynced: false, isOnAir: true },
    ...{ isOrderProved: true, isAfterLoss: false },
  };
  return told(show, { kind: 'deck.report', deck: DECK, report });
}

const told = (show: Show, event: ShowEvent): Show =>
  reduce(show, { stamp: { notBefore: 0, at: 0 }, source: DECK.unit, event });
