/** Conditions of a match on what a DJ or a shop has noted of a track: `tag: Peak`, `rating: ">= 4"`. Pure. */
import { asRead } from '../../text/as-read.ts';
import type { MediaTrack } from './media-track.ts';
import { NO_TRACK_NOTES } from './track-notes.ts';

/** Notes that are compared as people read them; a comment that holds the text will do. */
export const MATCHED_TEXTS = ['tag', 'colour', 'label', 'genre', 'key', 'comment', 'history'] as const;
/** Notes that are put in order; `added` is a day. */
export const MATCHED_ORDERS = ['rating', 'year', 'play-count', 'added'] as const;

export const NOTE_COMPARISONS = ['>=', '<=', '>', '<', '!=', '='] as const;

/** One condition on a note of a track. A note that is not known fulfils none. */
export type MatchedNote =
  | { readonly note: (typeof MATCHED_TEXTS)[number]; readonly text: string }
  | {
      readonly note: (typeof MATCHED_ORDERS)[number];
      readonly comparison: (typeof NOTE_COMPARISONS)[number];
      /** A day is a text, `2026-01-31`. */
      readonly value: number | string;
    };

/** As the profile says it: `tag Peak`, `rating >= 4`. */
export const matchedNoteText = (each: MatchedNote): string =>
  'text' in each ? `${each.note} ${each.text}` : `${each.note} ${each.comparison} ${each.value}`;

export function hasNote(track: MediaTrack, wanted: MatchedNote): boolean {
  if (!('text' in wanted)) {
    const value = orderedNote(track, wanted.note);
    return value !== null && isOrdered(value, wanted.comparison, wanted.value);
  }
  const text = asRead(wanted.text);
  const said = namedNotes(track, wanted.note).map(asRead);
  return wanted.note === 'comment' ? said.some(each => each.includes(text)) : said.includes(text);
}

/** The notes of a kind that a track has. */
export function namedNotes(track: MediaTrack, note: (typeof MATCHED_TEXTS)[number]): readonly string[] {
  const { tags, colour, label, comment, histories } = track.notes ?? NO_TRACK_NOTES;
  const one = (text: string | null): readonly string[] => (text === null ? [] : [text]);
  switch (note) {
    case 'tag':
      return tags;
    case 'history':
      return histories;
    case 'colour':
      return one(colour);
    case 'label':
      return one(label);
    case 'comment':
      return one(comment);
    case 'genre':
      return one(track.genre);
    case 'key':
      return one(track.musicalKey);
  }
}

function orderedNote(
  { notes = NO_TRACK_NOTES }: MediaTrack,
  note: (typeof MATCHED_ORDERS)[number],
): number | string | null {
  const { rating, year, playCount, dateAdded } = notes;
  return { rating, year, 'play-count': playCount, added: dateAdded }[note];
}

function isOrdered(a: number | string, comparison: (typeof NOTE_COMPARISONS)[number], b: number | string): boolean {
  switch (comparison) {
    case '>=':
      return a >= b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '<':
      return a < b;
    case '!=':
      return a !== b;
    case '=':
      return a === b;
  }
}
