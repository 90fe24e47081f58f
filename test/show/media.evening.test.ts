/** From a stick to the cues of an evening: what is known of a track decides what comes, in each mode of joining. */
import { beforeAll, describe, expect, it } from 'vitest';
import { DEMO_TRACKS } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import { SIMULATED_STICK_KEY } from '../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import { type MediaLibrary, NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { EMPTY_BOOK } from '../../src/core/track/track-book.ts';
import {
  expectedOf,
  FIRST_MS,
  FPS,
  folderNamed,
  framesOfLabel,
  imported,
  isAsWritten,
  isNear,
  nextEvening,
  night,
  STARTS,
  TRACKS,
} from './media-night.ts';

let withKey: MediaLibrary = NO_LIBRARY;
let withoutKey: MediaLibrary = NO_LIBRARY;
beforeAll(async () => {
  withKey = await imported(folderNamed('media'), 'FRIDAY', TRACKS, SIMULATED_STICK_KEY);
  withoutKey = await imported(folderNamed('media'), 'FRIDAY', TRACKS, null);
});

/**
 * All that the profile asks for. Night Tram, 128 BPM from 0.123 s: beat 97 (Up 3) lies at 45.123 s, beat 129 (Chorus 1, hot
 * cue B) at 60.123 s. Glass Quay, 124 BPM from 0.057 s: beat 97 (Verse 2) at 46.509 s, beat 129 (Chorus) at 61.992 s.
 */
const OF_NIGHT_TRAM = `
  0:17.123  01:00:45:03  deck 1 phrase 4  console  /look ,s "up"
  0:17.123  01:00:45:03  deck 1 phrase 4  console  /name ,sss "Night Tram" "Decklight Demo" "up"
  0:30.248  01:00:58:06  deck 1 4 beats before hot cue B  console  /arm
  0:32.123  01:01:00:03  deck 1 phrase 5  console  /look ,s "chorus"
  0:32.123  01:01:00:03  deck 1 phrase 5  console  /name ,sss "Night Tram" "Decklight Demo" "chorus"
  0:42.500  01:01:10:12  deck 1 1:10.500  console  /drop`;
const OF_GLASS_QUAY = `
  0:56.509  02:00:46:12  deck 2 phrase 3  console  /look ,s "verse"
  0:56.509  02:00:46:12  deck 2 phrase 3  console  /name ,sss "Glass Quay" "Decklight Demo" "verse"
  1:11.992  02:01:01:24  deck 2 phrase 4  console  /look ,s "chorus"
  1:11.992  02:01:01:24  deck 2 phrase 4  console  /name ,sss "Glass Quay" "Decklight Demo" "chorus"`;
const OF_UNTITLED_YARD = `
  1:25.500  23:00:05:12  deck 3 0:05.500  console  /drop`;
const EVERYTHING = OF_NIGHT_TRAM + OF_GLASS_QUAY + OF_UNTITLED_YARD;

/** Phrases of Night Tram without the name of the track. Without a grid its timecode counts from beat 1: 123 ms behind. */
const NAMELESS_TRAM = `
  0:17.123  23:00:45:00  deck 1 phrase 4  console  /look ,s "up"
  0:17.123  23:00:45:00  deck 1 phrase 4  not sent: track.title is not known  name: deck 1, phrase 4
  0:32.123  23:01:00:00  deck 1 phrase 5  console  /look ,s "chorus"
  0:32.123  23:01:00:00  deck 1 phrase 5  not sent: track.title is not known  name: deck 1, phrase 5`;

/** 38 s after its start at 40 s the first track is at 1:18, as an unknown one. */
const FIRST_LAST_LABEL = '23:01:18:00';

describe('the transcripts below', () => {
  it('have each phrase at the beat it begins on, and every timecode where its deck is', () => {
    for (const { atMs, label, text } of expectedOf(EVERYTHING)) {
      const start = STARTS.findLast(each => each.atMs <= atMs);
      const track = DEMO_TRACKS.find(({ title }) => title === start?.title);
      if (start === undefined || track === undefined) throw new Error(text);
      const placeMs = start.fromMs + atMs - start.atMs;
      expect(framesOfLabel(label, FPS)).toBe(start.hour * 3600 * FPS + Math.floor((placeMs * FPS) / 1000));
      const [, number] = /phrase (\d+)/.exec(text) ?? [];
      const beat = track.structure?.entries[Number(number) - 1]?.beat;
      if (beat !== undefined) expect(Math.abs(track.grid.msOfBeat(beat) - placeMs)).toBeLessThan(1);
    }
  });
});

describe('an evening with a stick that was imported', () => {
  it('in lighting mode: titles, phrases, regions and cues, as sure as the phrases of the unit make it', async () => {
    const { known, ...rest } = await night('lighting', withKey);
    isAsWritten('lighting mode, with the key', { known, ...rest }, EVERYTHING);
    expect(known).toEqual([
      'deck 1 Night Tram assumed, 12 phrases, grid',
      'deck 1 Night Tram confirmed, 12 phrases, grid',
      'deck 2 Glass Quay assumed, 12 phrases, grid',
      'deck 2 Glass Quay confirmed, 12 phrases, grid',
      // Nothing proves a track that has no phrases.
      'deck 3 Untitled Yard assumed, no phrases, grid',
    ]);
  });

  it('in cdj mode: the same, by the numbers alone', async () => {
    const { known, ...rest } = await night('cdj', withKey);
    isAsWritten('cdj mode, with the key', { known, ...rest }, EVERYTHING);
    expect(known.slice(0, 2)).toEqual([
      'deck 1 Night Tram assumed, 12 phrases, grid',
      'deck 2 Glass Quay assumed, 12 phrases, grid',
    ]);
    expect(known.slice(2)).toEqual([expect.stringMatching(/^deck 3 Untitled Yard assumed.*, grid$/)]);
  });

  it('without its key, in lighting mode: the same, known by their phrases; one without phrases stays unknown', async () => {
    const { known, ...rest } = await night('lighting', withoutKey);
    isAsWritten('lighting mode, without the key', { known, ...rest }, OF_NIGHT_TRAM + OF_GLASS_QUAY);
    expect(known.slice(0, 4)).toEqual([
      'deck 1 track 829: track 829 is in no imported stick; import the one it is on',
      'deck 1 Night Tram confirmed, 12 phrases, grid',
      'deck 2 track 414: track 414 is in no imported stick; import the one it is on',
      'deck 2 Glass Quay confirmed, 12 phrases, grid',
    ]);
    const ofYard = known.slice(4);
    expect(ofYard.length).toBeGreaterThan(0);
    for (const line of ofYard) expect(line).toMatch(/^deck 3 track 2020.*: track 2020 is in no imported stick; import/);
  });

  it('without its key, in cdj mode: nothing that a title or a phrase brings, and the status says why', async () => {
    const { known, told, lastLabel } = await night('cdj', withoutKey, EMPTY_BOOK, FIRST_MS);
    expect(told).toEqual([]);
    isNear(lastLabel, FIRST_LAST_LABEL);
    expect(known[0]).toBe('deck 1 track 829: track 829 is in no imported stick; import the one it is on');
  });
});

describe('an evening with no stick imported', () => {
  it('in lighting mode: phrases, and no titles; in cdj mode after it those phrases where the book has them', async () => {
    const taught = await night('lighting', NO_LIBRARY);
    isAsWritten(
      'lighting mode, nothing known',
      taught,
      `${NAMELESS_TRAM}
  0:56.509  23:00:46:11  deck 2 phrase 3  console  /look ,s "verse"
  0:56.509  23:00:46:11  deck 2 phrase 3  not sent: track.title is not known  name: deck 2, phrase 3
  1:11.992  23:01:01:23  deck 2 phrase 4  console  /look ,s "chorus"
  1:11.992  23:01:01:23  deck 2 phrase 4  not sent: track.title is not known  name: deck 2, phrase 4`,
    );
    expect(taught.known).toContain('deck 1 track 829, 12 phrases');
    expect(taught.known).toContain('deck 3 track 2020, no phrases');
    expect(taught.known.filter(line => line.includes('grid'))).toEqual([]);

    // The next evening the book is read from its file. Positions and beats teach the grid within the first beats of play.
    const second = await night('cdj', NO_LIBRARY, nextEvening(taught));
    isAsWritten(
      'cdj mode, with the book of an evening in lighting mode',
      second,
      `
  0:17.123  23:00:45:03  deck 1 phrase 4  console  /look ,s "up"
  0:17.123  23:00:45:03  deck 1 phrase 4  not sent: track.title is not known  name: deck 1, phrase 4
  0:32.123  23:01:00:03  deck 1 phrase 5  console  /look ,s "chorus"
  0:32.123  23:01:00:03  deck 1 phrase 5  not sent: track.title is not known  name: deck 1, phrase 5
  0:56.509  23:00:46:12  deck 2 phrase 3  console  /look ,s "verse"
  0:56.509  23:00:46:12  deck 2 phrase 3  not sent: track.title is not known  name: deck 2, phrase 3
  1:11.992  23:01:01:24  deck 2 phrase 4  console  /look ,s "chorus"
  1:11.992  23:01:01:24  deck 2 phrase 4  not sent: track.title is not known  name: deck 2, phrase 4`,
    );
    expect(second.known[0]).toBe('deck 1 track 829, 12 phrases: learnt on an earlier evening');
    expect(second.known).toContainEqual(expect.stringMatching(/^deck 1 track 829, 12 phrases, grid/));

    // On the third the grid is in the book, and all phrases come.
    const third = await night('cdj', NO_LIBRARY, nextEvening(second));
    isAsWritten(
      'cdj mode, with the grid in the book as well',
      third,
      `
  0:17.123  23:00:45:03  deck 1 phrase 4  console  /look ,s "up"
  0:17.123  23:00:45:03  deck 1 phrase 4  not sent: track.title is not known  name: deck 1, phrase 4
  0:32.123  23:01:00:03  deck 1 phrase 5  console  /look ,s "chorus"
  0:32.123  23:01:00:03  deck 1 phrase 5  not sent: track.title is not known  name: deck 1, phrase 5
  0:56.509  23:00:46:12  deck 2 phrase 3  console  /look ,s "verse"
  0:56.509  23:00:46:12  deck 2 phrase 3  not sent: track.title is not known  name: deck 2, phrase 3
  1:11.992  23:01:01:24  deck 2 phrase 4  console  /look ,s "chorus"
  1:11.992  23:01:01:24  deck 2 phrase 4  not sent: track.title is not known  name: deck 2, phrase 4`,
    );
    expect(third.known[0]).toBe('deck 1 track 829, 12 phrases, grid: learnt on an earlier evening');
  });

  it('in cdj mode, with nothing in the book: nothing but timecode', async () => {
    const { told, book, lastLabel } = await night('cdj', NO_LIBRARY, EMPTY_BOOK, FIRST_MS);
    expect(told).toEqual([]);
    isNear(lastLabel, FIRST_LAST_LABEL);
    // Beats and positions have taught where beat 1 is: truly at 123 ms.
    expect(book.get(829)?.structure).toBeUndefined();
    expect(Math.abs((book.get(829)?.grid?.firstBeatMs ?? 0) - 123)).toBeLessThan(3);
  });
});

describe('a stick that is not quite the one on the unit', () => {
  const [tram] = TRACKS;
  if (tram?.structure == null) throw new Error('the first track has phrases');
  const { structure } = tram;
  const otherPhrases = {
    ...structure,
    entries: structure.entries.map((entry, i) => (i === 4 ? { ...entry, kind: 3, k1: 0 } : entry)),
  };

  it('a second one with the same number for another track: neither is used until the phrases prove one', async () => {
    const into = folderNamed('media');
    const bus = { ...tram, title: 'Night Bus', file: '/Contents/Night Bus.mp3', structure: otherPhrases };
    await imported(into, 'FRIDAY', TRACKS, SIMULATED_STICK_KEY);
    const both = await imported(into, 'SATURDAY', [bus], SIMULATED_STICK_KEY);
    const doubt =
      'the number 829 may be "Night Tram" (FRIDAY) or "Night Bus" (SATURDAY): none is used; forget the sticks that are not here';
    const lighting = await night('lighting', both, EMPTY_BOOK, FIRST_MS);
    expect(lighting.known.slice(0, 2)).toEqual([
      `deck 1 track 829: ${doubt}`,
      'deck 1 Night Tram confirmed, 12 phrases, grid',
    ]);
    isAsWritten('lighting mode, two sticks with one number', lighting, OF_NIGHT_TRAM);
    const cdj = await night('cdj', both, EMPTY_BOOK, FIRST_MS);
    expect(cdj.told).toEqual([]);
    const ofTram = cdj.known.filter(line => line.startsWith('deck 1'));
    expect(ofTram.length).toBeGreaterThan(0);
    for (const line of ofTram) expect(line).toMatch(/^deck 1 track 829(, grid)?: /);
    for (const line of ofTram) expect(line).toContain(doubt);
  });

  it('a track that was analysed again is not used: its own phrases come, and the status says what to do', async () => {
    const again = [{ ...tram, structure: otherPhrases }];
    const library = await imported(folderNamed('media'), 'FRIDAY', again, SIMULATED_STICK_KEY);
    const evening = await night('lighting', library, EMPTY_BOOK, FIRST_MS);
    isAsWritten('lighting mode, a track analysed again', evening, NAMELESS_TRAM);
    expect(evening.known).toContain(
      'deck 1 track 829, 12 phrases: "Night Tram" (FRIDAY) has other phrases there than on the deck: not used; import the stick again',
    );
  });

  it('one of which only the bank was changed is the same track', async () => {
    const library = await imported(
      folderNamed('media'),
      'FRIDAY',
      [{ ...tram, structure: { ...structure, bank: structure.bank + 1 } }],
      SIMULATED_STICK_KEY,
    );
    const evening = await night('lighting', library, EMPTY_BOOK, FIRST_MS);
    isAsWritten('lighting mode, another bank', evening, OF_NIGHT_TRAM);
    expect(evening.known.at(1)).toBe('deck 1 Night Tram confirmed, 12 phrases, grid');
  });
});
