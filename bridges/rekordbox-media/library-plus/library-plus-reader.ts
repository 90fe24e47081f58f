/**
 * The tracks of a Device Library Plus (`exportLibrary.db`), from its plain image.
 *
 * Every table is read by itself, by the names of the columns it has, and joined here: a column or a table that is
 * missing costs what it would have told and nothing else, and one that we do not know is passed over.
 * Sources: pyrekordbox's description of the tables; beat-link's use of them. The ids in `content` are those an
 * OPUS-QUAD reports.
 */

import type { Ms } from '../../../src/core/clock.ts';
import { oneLine } from '../../../src/text/one-line.ts';

/** What either database of a stick says of a track. A text that is empty there is null here. */
export interface LibraryRow {
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  readonly genre: string | null;
  readonly musicalKey: string | null;
  /** The headline figure of the track, not of a moment. */
  readonly tempoBpm: number | null;
  /** At normal speed, in whole seconds as stored; the length of the waveform is the better figure. */
  readonly lengthMs: Ms | null;
  /** The audio file as stored: from the root of the stick, with a leading slash. The same in both databases. */
  readonly file: string | null;
  /** The `.DAT` file as stored, written like `file`. */
  readonly analysisPath: string | null;
  /** The small picture of its cover, or of its album's, written like `file`. */
  readonly artworkPath: string | null;
  /** Playlists it is in, sorted, with the folders before them: `Friday/Opening`. */
  readonly playlists: readonly string[];
  /** For each of `playlists` its place there: the lower comes first, and there may be gaps; null: the list does not say. */
  readonly playlistPlaces: readonly (number | null)[];
}

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
      /** What the library itself says it holds; null: it does not say, which is usual. */
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
 * SQLite is loaded when it is first called.
 */
export async function readLibraryPlus(image: Uint8Array): Promise<LibraryPlus> {
  try {
    const { default: initSqlJs } = await import('sql.js/dist/sql-wasm.js');
    const { Database } = await initSqlJs();
    const database = new Database(image);
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

/** What comes out of the file, which SQLite quotes in its messages, at no more than it is worth. */
const quoted = (text: string): string => oneLine(text).slice(0, 120);

function read(database: SqlDatabase): LibraryPlus {
  const warnings: string[] = [];
  const contents = rowsOf(database, 'content', CONTENT_COLUMNS);
  if (contents === null) {
    return { ok: false, reason: 'exportLibrary.db has no table "content": it is no Device Library Plus' };
  }
  const rows = <const Column extends string>(table: string, columns: readonly Column[]): RowOf<Column>[] => {
    try {
      return rowsOf(database, table, columns) ?? [];
    } catch (error) {
      warnings.push(`exportLibrary.db: table "${table}" cannot be read ("${messageOf(error)}") and is left out`);
      return [];
    }
  };
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

  const tracks: LibraryPlusTrack[] = [];
  for (const row of contents) {
    const contentId = idOf(row.content_id);
    if (contentId === null) {
      warnings.push(
        `exportLibrary.db: a track with the id ${quoted(String(row.content_id))} is left out: ids count from 1`,
      );
      continue;
    }
    tracks.push({
      contentId,
      title: textOf(row.title),
      artist: linked(artists, row.artist_id_artist),
      album: linked(albums, row.album_id),
      genre: linked(genres, row.genre_id),
      musicalKey: linked(keys, row.key_id),
      tempoBpm: tempoOf(row.bpmx100),
      lengthMs: lengthOf(row.length),
      file: textOf(row.path),
      analysisPath: textOf(row.analysisDataFilePath),
      artworkPath: linked(images, idOf(row.image_id) ?? albumImages.get(idOf(row.album_id)) ?? null),
      ...(playlists.get(contentId) ?? IN_NO_PLAYLIST),
    });
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
] as const;

// ---- tables

type SqlDatabase = import('sql.js').Database;
type Value = import('sql.js').SqlValue;
type RowOf<Column extends string> = Readonly<Record<Column, Value>>;

/**
 * The rows of a table; null: there is no such table. A column it does not have is null in every row.
 *
 * Columns are looked up first: SQLite takes a quoted name that it does not know for a text.
 */
function rowsOf<const Column extends string>(
  database: SqlDatabase,
  table: string,
  columns: readonly Column[],
): RowOf<Column>[] | null {
  const known = new Set(
    database.exec('SELECT name FROM pragma_table_info(?)', [table])[0]?.values.map(([name]) => String(name)) ?? [],
  );
  if (known.size === 0) return null;
  const selected = columns.map(column => (known.has(column) ? `"${column}"` : 'NULL')).join(', ');
  const values = database.exec(`SELECT ${selected} FROM "${table}"`)[0]?.values ?? [];
  return values.map(row => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])) as RowOf<Column>);
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

// ---- playlists

/** A playlist or a folder of playlists. */
export interface PlaylistNode {
  readonly id: number | null;
  /** The folder it is in; null: it is in none. */
  readonly parent: number | null;
  readonly name: string | null;
}

/** A track in a playlist; null: what stands there is no number. */
export interface PlaylistEntry {
  readonly playlist: number | null;
  readonly track: number | null;
  /** The lower comes first. */
  readonly place: number | null;
}

/** What a track's row says of its playlists. */
type Listed = Pick<LibraryRow, 'playlists' | 'playlistPlaces'>;

/** Of a track that is in none. */
export const IN_NO_PLAYLIST: Listed = { playlists: [], playlistPlaces: [] };

/** Folders within folders; beyond them the name begins in the middle. */
const MOST_FOLDERS = 32;

/**
 * The playlists of each track by their whole names, `Friday/Opening`, sorted, each once: where it is first in it.
 *
 * A folder that is not there, or is inside itself, ends the name. A list without a name is passed over.
 */
export function playlistsByTrack(
  nodes: readonly PlaylistNode[],
  entries: readonly PlaylistEntry[],
): ReadonlyMap<number, Listed> {
  const byNumber = new Map(nodes.map(node => [node.id, node]));
  const wholeNames = new Map<number | null, string | null>();
  for (const node of nodes) {
    const folders: string[] = [];
    const seen = new Set<number | null>([node.id]);
    const isWithin = (id: number | null): id is number => id !== null && !seen.has(id) && seen.size <= MOST_FOLDERS;
    for (let id = node.parent; isWithin(id); id = byNumber.get(id)?.parent ?? null) {
      seen.add(id);
      const name = byNumber.get(id)?.name ?? null;
      if (name !== null) folders.unshift(name);
    }
    wholeNames.set(node.id, node.name === null ? null : [...folders, node.name].join('/'));
  }
  const found = new Map<number, Map<string, number | null>>();
  for (const { playlist, track, place } of entries) {
    const name = playlist === null ? null : (wholeNames.get(playlist) ?? null);
    if (name === null || track === null) continue;
    const places = found.get(track) ?? new Map<string, number | null>();
    const before = places.get(name) ?? null;
    found.set(track, places.set(name, before === null || (place !== null && place < before) ? place : before));
  }
  return new Map(
    [...found].map(([track, places]) => {
      const playlists = [...places.keys()].sort();
      return [track, { playlists, playlistPlaces: playlists.map(name => places.get(name) ?? null) }];
    }),
  );
}
