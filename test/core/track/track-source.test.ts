/** Number is not track: what a streamed, unanalysed, Link or CD track with the number of a prepared one is taken for. */
import { describe, expect, it } from 'vitest';
import { deckKey } from '../../../src/core/deck/deck.ts';
import { EMPTY_SHOW, reduce, type Show } from '../../../src/core/deck/decks.ts';
import type { TrackSource } from '../../../src/core/deck-report.ts';
import { libraryOf } from '../../../src/core/track/media-library.ts';
import type { TrackEntry } from '../../../src/core/track/track-entry.ts';
import { type Evidence, numberTrouble } from '../../../src/core/track/track-identity.ts';
import { know, NO_KNOWLEDGE } from '../../../src/core/track/track-knowledge.ts';
import type { TrackMatch } from '../../../src/core/track/track-match.ts';
import { report, reportEvent, stampAt, structureEvent } from '../core-samples.ts';
import { mediaTrack, print } from './media-samples.ts';

const ANY: TrackMatch = { id: null, fingerprint: null, file: null, title: null, artist: null, playlist: null };
const entry = (match: Partial<TrackMatch>): TrackEntry => ({
  ...{ match: { ...ANY, ...match }, title: null, artist: null, grid: null },
});
const BY_NUMBER = { ...NO_KNOWLEDGE, entries: [entry({ id: 7 })] };
const said = (source: TrackSource | null, change: Partial<Evidence> = {}): Evidence => ({
  ...{ id: 7, tempoBpm: 120, lengthS: null, fingerprint: undefined, source },
  ...change,
});

const FROM_STICK: readonly (TrackSource | null)[] = [
  null,
  { slot: null, kind: 'rekordbox' },
  { slot: 'usb', kind: null },
  { slot: 'usb', kind: 'rekordbox' },
  { slot: 'sd', kind: 'rekordbox' },
];
const FROM_ELSEWHERE: readonly (readonly [TrackSource, string])[] = [
  [{ slot: 'streaming', kind: 'streaming' }, 'it is streamed'],
  [{ slot: null, kind: 'streaming' }, 'it is streamed'],
  [{ slot: 'streaming', kind: null }, 'it is streamed'],
  [{ slot: 'usb', kind: 'unanalysed' }, 'rekordbox has not analysed it'],
  [{ slot: 'link', kind: 'rekordbox' }, 'it comes from a rekordbox on the network'],
  [{ slot: 'cd', kind: 'audio-cd' }, 'it is on a CD'],
];

describe('the number of a track', () => {
  it.each(FROM_STICK)('is that of a stick where its unit says %j', source => {
    expect(numberTrouble(said(source))).toBeNull();
    expect(know(BY_NUMBER, said(source)).entry).toBe(0);
  });

  it.each(FROM_ELSEWHERE)('is not where its unit says %j: no entry fits by it, and why is said', (source, why) => {
    expect(numberTrouble(said(source))).toBe(why);
    expect(know(BY_NUMBER, said(source))).toMatchObject({
      ...{ entry: null, confidence: 'unknown', title: null },
      advice: `${why}, so nothing is known of it by its number`,
    });
  });

  it('0 is none, whatever the unit says beside it', () => {
    for (const source of FROM_STICK) {
      expect(numberTrouble(said(source, { id: 0 }))).toBe('the unit gives it no number');
    }
    const entries = [entry({ id: 0 })];
    expect(know({ ...NO_KNOWLEDGE, entries }, said(null, { id: 0 })).entry).toBeNull();
  });
});

describe('a track that is not of a stick', () => {
  const [[streamed]] = FROM_ELSEWHERE as readonly [readonly [TrackSource, string]];
  const strobe = mediaTrack({ id: 7, title: 'Strobe', fingerprint: print('a') });

  it('is no imported track by its number, and has neither its grid nor its title', () => {
    const knowledge = { ...BY_NUMBER, library: libraryOf([strobe]) };
    expect(know(knowledge, said(null))).toMatchObject({ title: 'Strobe', entry: 0 });
    expect(know(knowledge, said(streamed))).toMatchObject({ title: null, media: null, entry: null, grid: null });
  });

  it('is one whose phrases the unit sends, since those prove it: then what the profile says of that one holds', () => {
    const library = libraryOf([strobe]);
    const entries = [entry({ id: 99 }), entry({ title: 'Strobe' })];
    const known = know({ ...NO_KNOWLEDGE, library, entries }, said(streamed, { id: 99, fingerprint: print('a') }));
    expect(known).toMatchObject({ confidence: 'confirmed', title: 'Strobe', entry: 1, advice: null });
  });

  const play = (source: TrackSource | null): Show => {
    const events = [reportEvent(1, report({ source })), structureEvent(1)];
    return events.reduce(
      (show, event, i) => reduce(show, { source: 'opus', event, stamp: stampAt(200 * i) }),
      EMPTY_SHOW,
    );
  };

  it('teaches the track book nothing of the one with its number', () => {
    expect(play(null).knowledge.book.get(7)).toBeDefined();
    expect(play(streamed).knowledge.book.size).toBe(0);
  });

  it('is known to be so from the report on that says it, and stays so when a later report does not', () => {
    const knowledge = BY_NUMBER;
    let show: Show = { ...EMPTY_SHOW, knowledge };
    const entries = ([null, streamed, null] as const).map((source, i) => {
      const event = reportEvent(1, report({ source, beat: 1 + i }));
      show = reduce(show, { source: 'opus', event, stamp: stampAt(500 * i) });
      return show.decks.get(deckKey({ unit: 'opus', number: 1 }))?.track?.known.entry;
    });
    expect(entries).toEqual([0, null, null]);
  });
});
