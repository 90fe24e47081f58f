/** The track book on disk: what decks have taught, kept from evening to evening beside the profile. */

import { z } from 'zod';
import type { Cancel, Clock, Ms } from '../core/clock.ts';
import { type BookEntry, EMPTY_BOOK, type TrackBook } from '../core/track/track-book.ts';
import { besideProfile } from './beside-profile.ts';
import { type KeptFile, keptWriter, readKept } from './kept-file.ts';
import { bookEntrySchema } from './track-schemas.ts';

/** `show.yaml` has `show.yaml.tracks.json` beside it. */
export const trackBookOf = (profileFile: string): string => besideProfile(profileFile, 'tracks.json');

const content = z.object({ decklight: z.literal(1), tracks: z.array(z.unknown()) });

const keptAt = (file: string): KeptFile => ({
  file,
  what: 'a track book of this version',
  without: 'tracks are learnt anew',
  unwritten: 'what is learnt tonight is lost',
});

/** Reads what was learnt on other evenings; an empty book if there is nothing of use, which is said. */
export function readTrackBook(file: string, say: (text: string) => void): TrackBook {
  const tracks = readKept(keptAt(file), text => content.parse(JSON.parse(text)).tracks, say) ?? [];
  const book = new Map<number, BookEntry>();
  let refused = 0;
  for (const track of tracks) {
    const read = bookEntrySchema.safeParse(track);
    if (read.success) book.set(read.data.id, { ...read.data, structure: read.data.structure, isOfTonight: false });
    else refused++;
  }
  if (refused > 0) {
    say(
      `${file}: ${refused} of ${tracks.length} tracks say what cannot be (a tempo, a place or an id out of bounds): they are learnt anew`,
    );
  }
  return book.size === 0 ? EMPTY_BOOK : book;
}

export interface TrackBookFile {
  /** Written within a few seconds: nothing that leaves depends on it. */
  write(book: TrackBook): void;
  /** Writes what has not been written yet. */
  close(): void;
}

/** Lessons come in bursts, at a load on each deck. */
const WRITTEN_WITHIN_MS: Ms = 3000;

/** @param say told once when it cannot be written; the show goes on */
export function openTrackBook(file: string, clock: Clock, say: (text: string) => void): TrackBookFile {
  const write = keptWriter(keptAt(file), say);
  let waiting: TrackBook | null = null;
  let cancel: Cancel = () => {};
  function flush(): void {
    cancel();
    if (waiting === null) return;
    const tracks = [...waiting.values()].map(({ isOfTonight: _, ...kept }) => kept);
    waiting = null;
    write(JSON.stringify({ decklight: 1, tracks }));
  }
  return {
    write(book) {
      if (waiting === null) cancel = clock.at(clock.now() + WRITTEN_WITHIN_MS, flush);
      waiting = book;
    },
    close: flush,
  };
}
