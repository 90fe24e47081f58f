/**
 * The tracks of a Device Library Plus (`exportLibrary.db`), from its plain image.
 *
 * Every table is read by itself, by the names of the columns it has, and joined here: a column or a table that is
 * missing costs what it would have said and nothing else, and one that we do not know is passed over.
 * Sources: pyrekordbox's description of the tables; beat-link's use of them. The ids in `content` are those an
 * OPUS-QUAD reports.
 */

import type { Ms } from '../../../src/core/clock.ts';
import { TRACK_COLOURS, type TrackNotes } from '../../../src/core/track/track-notes.ts';
import { oneLine } from '../../../src/text/one-line.ts';
import { dayOf, type LibraryRow, namesByTrack, starsOf } from './library-row.ts';
import { IN_NO_PLAYLIST, playlistsByTrack } from './playlists.ts';
import { openImage, type SqliteImage, type SqlValue } from './sqlite-image.ts';

export interface LibraryPlusTrack extends LibraryRow {
  /** As an OPUS-QUAD reports it. */
  readonly contentId: number;
}

export type LibraryPlus =
  | {
      readonly ok: true;
      /** In the order of their ids. */
      readonly tracks: readonly LibraryPlusTrack[];
      /** The name that the stick was given in rekordbox. */
      readonly deviceName: string | null;
      /** Number of tracks by the library's own count; null: it does not say, which is usual. */
      readonly numberOfContents: number | null;
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

/** A length above this many seconds, five hours and a half, is in milliseconds. */
const MOST_LENGTH_SECONDS = 20_000;

/**
 * The tracks of a Device Library Plus.
 *
 * @param image of the database in the clear, its log merged; it is not written to
 *
 * @param open opens the image
 *
 * SQLite is loaded when it is first called.
 */
export async function readLibraryPlus(image: Uint8Array, open = openImage): Promise<LibraryPlus> {
  try {
    const database = await open(image);
    try {
      return read(database);
    } finally {
      database.close();
    }
  } catch (error) {
    return { ok: false, reason: `exportLibrary.db cannot be read: SQLite says "${messageOf(error)}"; copy it again` };
  }
}

const messageOf = (error: unknown): string => quoted(error instanceof Error ? error.message : String(error));

/** Text out of the file, which SQLite quotes in its messages, at no more than it is worth. */
const quoted = (text: string): string => oneLine(text).slice(0, 120);

function read(database: SqliteImage): LibraryPlus {
  const warnings: string[] = [];
  const contents = rowsOf(database, 'content', CONTENT_COLUMNS);
  if (contents === null) {
    return { ok: false, reason: 'exportLibrary.db has no table "content": it is no Device Library Plus' };
  }
  const rows: ReadRows = (table, columns) => {
    try {
      return rowsOf(database, table, columns) ?? [];
    } catch (error) {
      warnings.push(`exportLibrary.db: table "${table}" cannot be read ("${messageOf(error)}") and is left out`);
      return [];
    }
  };
  const links = linksOf(rows);
  warnings.push(...emptySmartLists(rows));
  const tracks: LibraryPlusTrack[] = [];
  for (const row of contents) {
    const contentId = idOf(row.content_id);
    if (contentId !== null) tracks.push(trackOf(contentId, row, links));
    else {
      const shown = quoted(String(row.content_id));
      warnings.push(`exportLibrary.db: a track with the id ${shown} is left out: ids count from 1`);
    }
  }
  tracks.sort((a, b) => a.contentId - b.contentId);

  const [property] = rows('property', ['deviceName', 'numberOfContents']);
  const numberOfContents = idOf(property?.numberOfContents ?? null);
  if (tracks.length === 0) {
    warnings.push('exportLibrary.db has no tracks: most of a fresh export is in its -wal file; was it copied too?');
  } else if (numberOfContents !== null && numberOfContents !== tracks.length) {
    warnings.push(`exportLibrary.db counts ${numberOfContents} tracks and has ${tracks.length}`);
  }
  return { ok: true, tracks, deviceName: textOf(property?.deviceName ?? null), numberOfContents, warnings };
}

/** The rows of a table; none when it is not there or cannot be read. */
type ReadRows = <const Column extends string>(table: string, columns: readonly Column[]) => RowOf<Column>[];

/** Everything that the row of a track names by a number. */
type Links = ReturnType<typeof linksOf>;

function linksOf(rows: ReadRows) {
  const names = (table: string, id: string): ReadonlyMap<number, string> =>
    byId(rows(table, [id, 'name']), row => [row[id] ?? null, row['name'] ?? null]);
  const artists = names('artist', 'artist_id');
  const genres = names('genre', 'genre_id');
  const keys = names('key', 'key_id');
  const images = byId(rows('image', ['image_id', 'path']), row => [row.image_id, row.path]);
  const albumRows = rows('album', ['album_id', 'name', 'image_id']);
  const albums = byId(albumRows, row => [row.album_id, row.name]);
  const albumImages = new Map(albumRows.map(row => [idOf(row.album_id), idOf(row.image_id)]));
  const playlists = playlistsByTrack(
    rows('playlist', ['playlist_id', 'playlist_id_parent', 'name']).map(row => ({
      id: idOf(row.playlist_id),
      parent: idOf(row.playlist_id_parent),
      name: textOf(row.name),
    })),
    rows('playlist_content', ['playlist_id', 'content_id', 'sequenceNo']).map(row => ({
      playlist: idOf(row.playlist_id),
      track: idOf(row.content_id),
      place: typeof row.sequenceNo === 'number' ? row.sequenceNo : null,
    })),
  );
  const labels = names('label', 'label_id');
  const tags = listsOf(rows, { lists: 'myTag', id: 'myTag_id', entries: 'myTag_content' });
  const histories = listsOf(rows, { lists: 'history', id: 'history_id', entries: 'history_content' });
  return { artists, genres, keys, labels, images, albums, albumImages, playlists, tags, histories };
}

/** Number of a playlist that rekordbox fills by rules. */
const SMART = 4;

/** Smart playlists that were exported without the tracks they had. */
function emptySmartLists(rows: ReadRows): readonly string[] {
  const smart = rows('playlist', ['playlist_id', 'name', 'attribute']).filter(({ attribute }) => attribute === SMART);
  if (smart.length === 0) return [];
  const filled = new Set(rows('playlist_content', ['playlist_id']).map(row => row.playlist_id));
  const names = smart.filter(row => !filled.has(row.playlist_id)).flatMap(({ name }) => textOf(name) ?? []);
  if (names.length === 0) return [];
  const listed = names
    .slice(0, 3)
    .map(name => `"${quoted(name)}"`)
    .join(', ');
  return [
    `exportLibrary.db: ${names.length} smart playlists are without tracks (${listed}): their rules stay on the computer; make playlists of them there`,
  ];
}

/** Names of lists that have no folders in their names, by track: tags stand in groups, which have no tracks. */
function listsOf(rows: ReadRows, { lists, id, entries }: Readonly<Record<'lists' | 'id' | 'entries', string>>) {
  const names = byId(rows(lists, [id, 'name']), row => [row[id] ?? null, row['name'] ?? null]);
  return namesByTrack(
    names,
    rows(entries, [id, 'content_id']).map(row => ({
      list: idOf(row[id] ?? null),
      track: idOf(row['content_id'] ?? null),
    })),
  );
}

function notesOf(contentId: number, row: ContentRow, { labels, tags, histories }: Links): TrackNotes {
  return {
    rating: typeof row.rating === 'number' && row.rating >= 0 ? starsOf(row.rating) : null,
    colour: TRACK_COLOURS[idOf(row.color_id) ?? 0] ?? null,
    comment: textOf(row.djComment),
    label: linked(labels, row.label_id),
    year: idOf(row.releaseYear),
    playCount: typeof row.djPlayCount === 'number' && row.djPlayCount >= 0 ? row.djPlayCount : null,
    dateAdded: dayOf(textOf(row.dateAdded)),
    tags: tags.get(contentId) ?? [],
    histories: histories.get(contentId) ?? [],
  };
}

type ContentRow = RowOf<(typeof CONTENT_COLUMNS)[number]>;

function trackOf(contentId: number, row: ContentRow, links: Links): LibraryPlusTrack {
  const imageId = idOf(row.image_id) ?? links.albumImages.get(idOf(row.album_id)) ?? null;
  return {
    contentId,
    title: textOf(row.title),
    artist: linked(links.artists, row.artist_id_artist),
    album: linked(links.albums, row.album_id),
    genre: linked(links.genres, row.genre_id),
    musicalKey: linked(links.keys, row.key_id),
    tempoBpm: tempoOf(row.bpmx100),
    lengthMs: lengthOf(row.length),
    file: textOf(row.path),
    analysisPath: textOf(row.analysisDataFilePath),
    artworkPath: linked(links.images, imageId),
    ...(links.playlists.get(contentId) ?? IN_NO_PLAYLIST),
    notes: notesOf(contentId, row, links),
  };
}

const CONTENT_COLUMNS = [
  'content_id',
  'title',
  'artist_id_artist',
  'album_id',
  'genre_id',
  'key_id',
  'image_id',
  'bpmx100',
  'length',
  'path',
  'analysisDataFilePath',
  'rating',
  'color_id',
  'label_id',
  'djComment',
  'releaseYear',
  'djPlayCount',
  'dateAdded',
] as const;

// ---- tables

type Value = SqlValue;
type RowOf<Column extends string> = Readonly<Record<Column, Value>>;

/**
 * The rows of a table; null: there is no such table. A column it does not have is null in every row.
 *
 * Columns are looked up first: SQLite takes a quoted name that it does not know for a text.
 */
function rowsOf<const Column extends string>(
  database: SqliteImage,
  table: string,
  columns: readonly Column[],
): RowOf<Column>[] | null {
  const known = new Set(database.rows('SELECT name FROM pragma_table_info(?)', [table]).map(([name]) => String(name)));
  if (known.size === 0) return null;
  const selected = columns.map(column => (known.has(column) ? `"${column}"` : 'NULL')).join(', ');
  return database.rows(
    `SELECT ${selected} FROM "${table}"`,
    [],
    row => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])) as RowOf<Column>,
  );
}

/** A key, of a row or to another one; NULL and 0 both mean none. */
const idOf = (value: Value): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;

/** NULL and '' both mean none. */
function textOf(value: Value): string | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  const end = text.indexOf('\0');
  return (end < 0 ? text : text.slice(0, end)) || null;
}

const tempoOf = (value: Value): number | null => (typeof value === 'number' && value > 0 ? value / 100 : null);

/**
 * Seconds, says what has looked at real exports; one description and one program say milliseconds. No track takes five
 * hours, so the figure tells which.
 */
const lengthOf = (value: Value): Ms | null =>
  typeof value !== 'number' || value <= 0 ? null : value > MOST_LENGTH_SECONDS ? value : value * 1000;

function byId<Row>(rows: readonly Row[], pair: (row: Row) => readonly [Value, Value]): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const row of rows) {
    const [key, value] = pair(row);
    const id = idOf(key);
    const text = textOf(value);
    if (id !== null && text !== null) found.set(id, text);
  }
  return found;
}

function linked(names: ReadonlyMap<number, string>, key: Value): string | null {
  const id = idOf(key);
  return id === null ? null : (names.get(id) ?? null);
}
