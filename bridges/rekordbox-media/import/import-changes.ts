/** Changes of a stick since it was imported last, track by track, and in words. Pure. */
import type { Ms } from '../../../src/core/clock.ts';
import type { StoredTrack } from '../store/store.ts';
import { storedGridOf } from '../store/stored-analysis.ts';

/** Changes so far; they are added to as tracks are stored. */
export interface ImportChanges {
  /** Names of tracks that were not there. */
  readonly added: string[];
  /** How far each grid has moved that is else the same. */
  readonly movedMs: Ms[];
  /** Tracks whose beats are others, or that have a grid now and had none, or the other way round. */
  otherGrids: number;
  otherPhrases: number;
  otherCues: number;
  /** Titles, artists, albums, genres, keys. */
  otherNames: number;
  /** Rating, colour, comment, tags and so on. */
  otherNotes: number;
  otherPlaylists: number;
}

export const noChanges = (): ImportChanges => ({
  ...{ added: [], movedMs: [] },
  ...{ otherGrids: 0, otherPhrases: 0, otherCues: 0, otherNames: 0, otherNotes: 0, otherPlaylists: 0 },
});

/** @param before the track as it was stored; undefined: it was not */
export function addChanges(changes: ImportChanges, before: StoredTrack | undefined, after: StoredTrack): void {
  if (before === undefined) {
    changes.added.push([after.artist, after.title ?? after.file].filter(part => part !== null).join(' - '));
    return;
  }
  const isOther = (part: (track: StoredTrack) => unknown): number =>
    JSON.stringify(part(before)) === JSON.stringify(part(after)) ? 0 : 1;
  if (before.analysis !== null && after.analysis !== null) {
    const moved = movedBy(before.analysis, after.analysis);
    if (moved === null) changes.otherGrids += 1;
    else if (moved !== 0) changes.movedMs.push(moved);
    changes.otherPhrases += isOther(({ analysis }) => analysis?.fingerprint?.exact);
    changes.otherCues += isOther(({ analysis }) => analysis?.cuePoints);
  }
  changes.otherNames += isOther(({ title, artist, album, genre, musicalKey }) => [
    title,
    artist,
    album,
    genre,
    musicalKey,
  ]);
  // Sticks that were imported before notes were kept have none.
  if (before.notes !== undefined) changes.otherNotes += isOther(({ notes }) => notes);
  changes.otherPlaylists += isOther(({ playlists, playlistPlaces }) => [playlists, playlistPlaces]);
}

type Gridded = Pick<NonNullable<StoredTrack['analysis']>, 'grid'>;

/** Distance by which all beats of a grid have moved; null: they are others. */
function movedBy(before: Gridded, after: Gridded): Ms | null {
  if (before.grid === after.grid) return 0;
  const [a, b] = [storedGridOf(before), storedGridOf(after)];
  if (a === null || b === null || a.beats === null || a.beats !== b.beats) return null;
  const moved = [1, Math.ceil(a.beats / 2), a.beats].map(beat => b.msOfBeat(beat) - a.msOfBeat(beat));
  const [first = 0] = moved;
  // Stored times are whole milliseconds.
  return moved.every(each => Math.abs(each - first) <= 1) ? first : null;
}

const counted = (count: number): string => (count === 1 ? '1 track' : `${count} tracks`);

/** New tracks that are named one by one. */
const MOST_NAMED = 5;

/**
 * What changed since, one line for each kind of change; none: nothing did.
 *
 * @param gone tracks that were stored and are not there any more
 */
export function changeLines(changes: ImportChanges, gone: number): readonly string[] {
  const { added, movedMs, otherGrids, otherPhrases, otherCues, otherNames, otherNotes, otherPlaylists } = changes;
  const more = added.length > MOST_NAMED ? ` and ${added.length - MOST_NAMED} more` : '';
  const lines: readonly (readonly [count: number, text: string])[] = [
    [added.length, `new: ${added.slice(0, MOST_NAMED).join(', ')}${more}`],
    [gone, 'gone'],
    [movedMs.length, `re-analysed, grid moved by ${spanText(movedMs)}: what is placed by beats moves too`],
    [otherGrids, 're-analysed, with another grid: what is placed by beats lies elsewhere; look at the plan'],
    [otherPhrases, 'with other phrases: what is placed by them lies elsewhere; look at the plan'],
    [otherCues, 'with other hot or memory cues: what is placed by them lies elsewhere'],
    [otherNames, 'with another title, artist, album, genre or key'],
    [otherNotes, 'with another rating, colour, comment, tag or the like'],
    [otherPlaylists, 'in other playlists, or in another order: decklight regions gives new ones a region'],
  ];
  return lines.flatMap(([count, text]) => (count === 0 ? [] : [`${counted(count)} ${text}`]));
}

function spanText(moved: readonly Ms[]): string {
  const least = Math.min(...moved);
  const most = Math.max(...moved);
  return least === most ? `${least} ms` : `${least} to ${most} ms`;
}
