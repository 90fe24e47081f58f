/** Match of a profile's tracks: by number, fingerprint, file, title and artist, or playlist. */

import { asRead } from '../../text/as-read.ts';
import { nearest } from '../../text/did-you-mean.ts';
import { hasNote, type MatchedNote, matchedNoteText } from './matched-note.ts';
import type { Fingerprint, MediaTrack } from './media-track.ts';

/** Everything that is said has to be so; null: not said. */
export interface TrackMatch {
  readonly id: number | null;
  /** Of its phrases, exact or loose, in hex; at least eight digits of it. */
  readonly fingerprint: string | null;
  /** The audio file: its path on the stick, or the end of that. */
  readonly file: string | null;
  readonly title: string | null;
  readonly artist: string | null;
  /** A playlist that it is in, with the folders before it or without. */
  readonly playlist: string | null;
  /** What has to be noted of it; absent: nothing. */
  readonly notes?: readonly MatchedNote[];
}

/** Names a match as people call the track: its number, else its title, else another part of the match. */
export const matchName = ({ id, title, artist, file, fingerprint, playlist, notes = [] }: TrackMatch): string =>
  id !== null
    ? String(id)
    : title !== null
      ? [artist, title].filter(part => part !== null).join(' - ')
      : (file ?? fingerprint ?? playlist ?? notes.map(matchedNoteText).join(', '));

/** Facts of a track that is to be matched. */
export interface MatchedFacts {
  readonly id: number | null;
  readonly title: string | null;
  readonly artist: string | null;
  /** Of its phrases; null: not known. */
  readonly fingerprint: Fingerprint | null;
  /** null: no imported track is taken for it. */
  readonly media: MediaTrack | null;
}

/** All that an imported stick says of a track. */
export const factsOf = (media: MediaTrack): MatchedFacts => ({
  ...{ id: media.id, title: media.title, artist: media.artist },
  ...{ fingerprint: media.fingerprint, media },
});

/** The first of several matches that fit best: the more one says of a track, the better it fits. */
export function bestMatch(matches: readonly TrackMatch[], facts: MatchedFacts): number | null {
  let best: { readonly index: number; readonly weight: number } | null = null;
  for (const [index, match] of matches.entries()) {
    const weight = fits(match, facts) ? weightOf(match) : 0;
    if (weight > (best?.weight ?? 0)) best = { index, weight };
  }
  return best?.index ?? null;
}

/** Weighs a match: a playlist means many tracks, a number one. */
const weightOf = ({ id, fingerprint, file, title, artist, playlist, notes = [] }: TrackMatch): number =>
  (id === null ? 0 : 32) +
  (fingerprint === null ? 0 : 16) +
  (file === null ? 0 : 8) +
  (title === null ? 0 : 4 + nameWeight(title)) +
  (artist === null ? 0 : 2) +
  (playlist === null ? 0 : 1) +
  Math.min(MOST_NOTES_WEIGHT, notes.length / 32);

/** However much is said of its notes, a playlist says more. */
const MOST_NOTES_WEIGHT = 0.9;

/** A title that names its mix says more than one that does not. */
const nameWeight = (title: string): number => (plainMix(title) === '' ? 0 : 0.5);

function fits(match: TrackMatch, { id, title, artist, fingerprint, media }: MatchedFacts): boolean {
  if (match.id !== null && match.id !== id) return false;
  if (match.id !== null && media === null && title === null) {
    // A number is proof enough where no media says any of the rest.
    return match.fingerprint === null || fingerprint === null || hasFingerprint(fingerprint, match.fingerprint);
  }
  return (
    (match.fingerprint === null || hasFingerprint(fingerprint, match.fingerprint)) &&
    (match.file === null || (media !== null && isFile(media.file, match.file))) &&
    (match.title === null || (title !== null && isTitle(title, match.title))) &&
    (match.artist === null || (artist !== null && isArtist(artist, match.artist))) &&
    (match.notes === undefined || (media !== null && match.notes.every(each => hasNote(media, each)))) &&
    (match.playlist === null || (media?.playlists.some(each => isPlaylist(each, match.playlist ?? '')) ?? false))
  );
}

function hasFingerprint(fingerprint: Fingerprint | null, digits: string): boolean {
  const wanted = digits.toLowerCase();
  return fingerprint !== null && (fingerprint.exact.startsWith(wanted) || fingerprint.loose.startsWith(wanted));
}

const isFile = (file: string, wanted: string): boolean => `/${plainPath(file)}`.endsWith(`/${plainPath(wanted)}`);

const plainPath = (path: string): string =>
  path.normalize('NFC').toLowerCase().replaceAll('\\', '/').replace(/^\/+/, '');

/** Tells whether a playlist has this name, as people read it: with the folders before it or without. */
export const isPlaylist = (playlist: string, wanted: string): boolean =>
  `/${namesAsRead(playlist)}`.endsWith(`/${namesAsRead(wanted)}`);

const namesAsRead = (names: string): string => names.split(/[\\/]/).map(asRead).join('/').replace(/^\/+/, '');

/** `Strobe` is "Strobe (Original Mix)" too, but no remix; `Strobe (Club Edit)` is that mix alone. */
export function isTitle(title: string, wanted: string): boolean {
  if (asRead(title) === asRead(wanted)) return true;
  const base = plain(baseOf(wanted));
  // Of a title that is nothing but signs nothing is left to compare.
  if (base === '' || plain(baseOf(title)) !== base) return false;
  const [mix, wantedMix] = [plainMix(title), plainMix(wanted)];
  return mix === wantedMix || (wantedMix === '' && ORIGINALS.test(mix));
}

/** Any one of several artists will do, and guests need not be named. */
export function isArtist(artist: string, wanted: string): boolean {
  const [all, some] = [artistsOf(artist), artistsOf(wanted)];
  return some.length === 0 ? asRead(artist) === asRead(wanted) : some.every(each => all.includes(each));
}

/** The artists that a text names, as they are written, without guests. */
export const artistNames = (artist: string): readonly string[] =>
  withoutGuests(artist)
    .split(/\s*(?:,|&|\band\b|\bvs\.?(?=\s)|\s+x\s+|;|\/)\s*/i)
    .filter(each => plain(each) !== '');

const artistsOf = (artist: string): readonly string[] => artistNames(artist).map(plain);

const MIX_WORDS = 'mix|edit|version|remix|rework|dub|bootleg|vip|extended|remaster(?:ed)?';
/** `(Original Mix)`, `[Club Edit]`, ` - Radio Edit` at the end of a title. */
const MIX = new RegExp(
  `\\s*(?:[([]([^()[\\]]*\\b(?:${MIX_WORDS})\\b[^()[\\]]*)[)\\]]|\\s-\\s+([^-]*\\b(?:${MIX_WORDS})))\\s*$`,
  'i',
);
/** Mixes that are the recording itself, longer or shorter. */
const ORIGINALS =
  /^(?:original|extended|radio|album|club|single|\d{4}|remaster(?:ed)?)?(?: (?:mix|version|edit|remaster(?:ed)?))?$/;
/** ` (feat. Somebody)`, ` ft. Somebody`: never at the beginning, for that is a title. */
const GUESTS = /(?<=\S)\s*(?:[([]\s*(?:feat|ft|featuring)\b\.?[^()[\]]*[)\]]|\s(?:feat|ft|featuring)\b\.?\s[^()[\]]*)/i;
/** Suffix that a shop adds: ` [Label 01]`. */
const LABEL = /(?<=\S)\s*\[[^()[\]]*\]\s*$/;

const withoutGuests = (text: string): string => text.replace(GUESTS, '');
/** The mix is named last, or before guests and labels. */
const trimmed = (title: string): string => {
  const bare = withoutGuests(title).trim();
  return MIX.test(bare) ? bare : bare.replace(LABEL, '');
};
const baseOf = (title: string): string => trimmed(title).replace(MIX, '');

/** A title as it compares: without its mix, guests and labels, and the mix alone; empty: it is the original. */
export const titleParts = (
  title: string,
): { readonly base: string; readonly mix: string; readonly isOriginal: boolean } => {
  const mix = plainMix(title);
  return { base: baseOf(title), mix, isOriginal: ORIGINALS.test(mix) };
};

/** As it compares; empty: the title names none, or says that it is the original. */
function plainMix(title: string): string {
  const [, bracketed, dashed] = MIX.exec(trimmed(title)) ?? [];
  const mix = plain(bracketed ?? dashed ?? '');
  return mix === 'original mix' || mix === 'original' ? '' : mix;
}

/** A text as it compares: without case, the accents of Latin letters, and signs. */
export const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/(?<=\p{Script=Latin})\p{M}+/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/ß/g, 'ss')
    .replaceAll(/ø/g, 'o')
    .replaceAll(/æ/g, 'ae')
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();

/** Titles of a library that somebody may have meant; none: nothing is near. */
export function nearTitles(title: string, titles: readonly string[]): readonly string[] {
  const wanted = plain(baseOf(title));
  const near = titles.filter(each => {
    const other = plain(baseOf(each));
    return other.includes(wanted) || nearest(wanted, [other]) !== null;
  });
  return [...new Set(near)].slice(0, 3);
}
