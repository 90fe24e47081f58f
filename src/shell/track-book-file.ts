/** The track book on disk: what decks have taught, kept from evening to evening beside the profile. */
import { z } from 'zod';
import { BANKS, MOODS, PHRASE_KINDS } from '../core/phrase.ts';
import { type BookEntry, EMPTY_BOOK, type TrackBook } from '../core/track-book.ts';
import { besideProfile } from './beside-profile.ts';
import { type KeptFile, keptWriter, readKept } from './kept-file.ts';

/** `show.yaml` has `show.yaml.tracks.json` beside it. */
export const trackBookOf = (profileFile: string): string => besideProfile(profileFile, 'tracks.json');

const phrase = z.object({
  index: z.number(),
  startBeat: z.number(),
  endBeat: z.number(),
  kind: z.enum(PHRASE_KINDS),
  label: z.string(),
  alternativeLabel: z.string().nullable(),
  rawKind: z.number(),
  k1: z.number(),
  k2: z.number(),
  k3: z.number(),
  b: z.number(),
  extraBeats: z.array(z.number()),
  fillBeat: z.number().nullable(),
});

const structure = z.object({
  mood: z.enum(MOODS).nullable(),
  bank: z.enum(BANKS).nullable(),
  rawBank: z.number(),
  phrases: z.array(phrase),
  endBeat: z.number(),
  vocabulary: z.enum(['high', 'verse']).nullable(),
  isLabelSuspect: z.boolean(),
});

const entry = z.object({
  id: z.number(),
  tempoBpm: z.number().nullable(),
  lengthS: z.number().nullable(),
  // Not told is not there.
  structure: structure.nullable().optional(),
  fingerprint: z.object({ exact: z.string(), loose: z.string() }).nullable(),
  grid: z.object({ firstBeatMs: z.number(), tempoBpm: z.number().positive() }).nullable(),
});

const content = z.object({ decklight: z.literal(1), tracks: z.array(entry) });

const keptAt = (file: string): KeptFile => ({
  file,
  what: 'a track book of this version',
  without: 'tracks are learnt anew',
  unwritten: 'what is learnt tonight is lost',
});

/** What was learnt on other evenings; an empty book where there is nothing of use, which is said. */
export function readTrackBook(file: string, say: (text: string) => void): TrackBook {
  const parse = (text: string): TrackBook =>
    new Map(
      content
        .parse(JSON.parse(text))
        .tracks.map(({ structure, ...rest }): [number, BookEntry] => [
          rest.id,
          { ...rest, structure, isOfTonight: false },
        ]),
    );
  return readKept(keptAt(file), parse, say) ?? EMPTY_BOOK;
}

export interface TrackBookFile {
  write(book: TrackBook): void;
}

/** @param say told once when it cannot be written; the show goes on */
export function openTrackBook(file: string, say: (text: string) => void): TrackBookFile {
  const write = keptWriter(keptAt(file), say);
  return {
    write(book) {
      const tracks = [...book.values()].map(({ isOfTonight: _, ...kept }) => kept);
      write(JSON.stringify({ decklight: 1, tracks }));
    },
  };
}
