/**
 * Writes Device Library Plus databases, plain and encrypted, as a stick has them. For simulated sticks and for tests: what
 * should never be the same twice, the initialisation vectors, is worked out here, so that one input gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { TRACK_COLOURS } from '../../../src/core/track/track-notes.ts';
import type { LibraryPlusTrack } from './library-plus-reader.ts';
import { encryptPage, PAGE_BYTES, type PageKeys, RESERVED_BYTES, VECTOR_BYTES } from './page-cipher.ts';
import { openImage, type SqlValue } from './sqlite-image.ts';

type Value = SqlValue;
/** A statement for SQLite, with a value for each question mark. */
export type Statement = readonly [sql: string, values?: readonly Value[]];

/**
 * A plain database with the room that the cipher needs at the end of each page, as SQLite writes it.
 *
 * SQLite takes the size of that room from page 1, so it is given an empty database that says so: byte 20 is the room,
 * bytes 105 and 106 are where the content of page 1 begins, which is its end (SQLite, "Database File Format", 1.3 and 1.6).
 */
export async function plainImage(statements: readonly Statement[]): Promise<Uint8Array> {
  const empty = await openImage(new Uint8Array(0));
  empty.rows('PRAGMA user_version = 1');
  const first = empty.bytes();
  empty.close();
  const view = new DataView(first.buffer, first.byteOffset);
  view.setUint8(20, RESERVED_BYTES);
  view.setUint16(105, PAGE_BYTES - RESERVED_BYTES);
  return changedImage(first, statements);
}

/** The same database after more statements. */
export async function changedImage(image: Uint8Array, statements: readonly Statement[]): Promise<Uint8Array> {
  const database = await openImage(image);
  try {
    for (const [sql, values = []] of statements) database.rows(sql, values);
    return database.bytes();
  } finally {
    database.close();
  }
}

/** A page of an image. @param number from 1 */
export const pageOf = (image: Uint8Array, number: number): Uint8Array =>
  image.subarray((number - 1) * PAGE_BYTES, number * PAGE_BYTES);

/** Number of pages of an image. */
export const pagesOf = (image: Uint8Array): number => image.length / PAGE_BYTES;

/**
 * The initialisation vector of a page: a hash of its number and round, where a real writer draws a random one.
 *
 * @param round 0 in the main file, higher in its log, where the same page may stand again
 */
export const vectorOf = (number: number, round: number): Uint8Array =>
  createHash('sha256').update(`page ${number}, round ${round}`).digest().subarray(0, VECTOR_BYTES);

/** A plain image, encrypted as the main file. */
export function encrypted(image: Uint8Array, keys: PageKeys, salt: Uint8Array): Uint8Array {
  const stored = new Uint8Array(image.length);
  for (let number = 1; number <= pagesOf(image); number++) {
    const clear = { number, page: pageOf(image, number), vector: vectorOf(number, 0), salt };
    stored.set(encryptPage(keys, clear), (number - 1) * PAGE_BYTES);
  }
  return stored;
}

// ---- libraries

/** The tables of a library that are read, with the columns that are read and a few more; a real export has others. */
export const TABLES: readonly Statement[] = [
  [
    `CREATE TABLE content (content_id INTEGER PRIMARY KEY, title TEXT, subtitle TEXT, bpmx100 INTEGER, length INTEGER,
     artist_id_artist INTEGER, album_id INTEGER, genre_id INTEGER, label_id INTEGER, key_id INTEGER, color_id INTEGER,
     image_id INTEGER, rating INTEGER, path TEXT, fileName TEXT, analysisDataFilePath TEXT, masterContentId INTEGER,
     djComment TEXT, releaseYear INTEGER, djPlayCount INTEGER, dateAdded TEXT)`,
  ],
  ['CREATE TABLE artist (artist_id INTEGER PRIMARY KEY, name TEXT, nameForSearch TEXT)'],
  ['CREATE TABLE album (album_id INTEGER PRIMARY KEY, name TEXT, artist_id INTEGER, image_id INTEGER)'],
  ['CREATE TABLE genre (genre_id INTEGER PRIMARY KEY, name TEXT)'],
  ['CREATE TABLE "key" (key_id INTEGER PRIMARY KEY, name TEXT)'],
  ['CREATE TABLE label (label_id INTEGER PRIMARY KEY, name TEXT)'],
  ['CREATE TABLE color (color_id INTEGER PRIMARY KEY, name TEXT)'],
  [
    'CREATE TABLE myTag (myTag_id INTEGER PRIMARY KEY, sequenceNo INTEGER, name TEXT, attribute INTEGER, myTag_id_parent INTEGER)',
  ],
  ['CREATE TABLE myTag_content (myTag_id INTEGER, content_id INTEGER)'],
  [
    'CREATE TABLE history (history_id INTEGER PRIMARY KEY, sequenceNo INTEGER, name TEXT, attribute INTEGER, history_id_parent INTEGER)',
  ],
  ['CREATE TABLE history_content (history_id INTEGER, content_id INTEGER, sequenceNo INTEGER)'],
  ['CREATE TABLE image (image_id INTEGER PRIMARY KEY, path TEXT)'],
  [
    `CREATE TABLE playlist (playlist_id INTEGER PRIMARY KEY, sequenceNo INTEGER, name TEXT, image_id INTEGER,
     attribute INTEGER, playlist_id_parent INTEGER)`,
  ],
  ['CREATE TABLE playlist_content (playlist_id INTEGER, content_id INTEGER, sequenceNo INTEGER)'],
  ['CREATE TABLE property (deviceName TEXT, dbVersion TEXT, numberOfContents INTEGER, createdDate TEXT)'],
];

/** Numbers for names, from 1 on. */
export function numbering(names: readonly (string | null)[]): ReadonlyMap<string | null, number> {
  const present = [...new Set(names)].filter(name => name !== null);
  return new Map(present.map((name, i) => [name, i + 1]));
}

/** A playlist or a folder of playlists. */
export interface PlaylistToWrite {
  readonly id: number;
  /** 0: in no folder. */
  readonly parentId: number;
  readonly name: string;
  readonly isFolder: boolean;
}

/** The playlists and folders that whole names such as `Friday/Opening` stand for, and the number of each list. */
export function playlistTree(wholeNames: readonly string[]) {
  const nodes = new Map<string, PlaylistToWrite>();
  for (const whole of wholeNames) {
    const parts = whole.split('/');
    parts.forEach((name, i) => {
      const isFolder = i < parts.length - 1;
      const key = `${parts.slice(0, i + 1).join('/')}${isFolder ? '/' : ''}`;
      const parentId = nodes.get(`${parts.slice(0, i).join('/')}/`)?.id ?? 0;
      if (!nodes.has(key)) nodes.set(key, { id: nodes.size + 1, parentId, name, isFolder });
    });
  }
  return { nodes: [...nodes.values()], idOf: (whole: string) => nodes.get(whole)?.id ?? 0 };
}

/** Number of a colour of tracks; 0: none. */
export const colourNumber = (name: string | null): number => Math.max(0, COLOUR_NAMES.indexOf(name));

const COLOUR_NAMES: readonly (string | null)[] = TRACK_COLOURS;

/** Statements that fill the tables with tracks, in the order of the keys they need. */
export function rowsOf(tracks: readonly LibraryPlusTrack[]): Statement[] {
  const statements: Statement[] = [];
  const insert = (table: string, values: readonly Value[]) => {
    statements.push([`INSERT INTO "${table}" VALUES (${values.map(() => '?').join(', ')})`, values]);
  };
  const artists = numbering(tracks.map(({ artist }) => artist));
  const albums = numbering(tracks.map(({ album }) => album));
  const genres = numbering(tracks.map(({ genre }) => genre));
  const keys = numbering(tracks.map(({ musicalKey }) => musicalKey));
  const images = numbering(tracks.map(({ artworkPath }) => artworkPath));
  const labels = numbering(tracks.map(({ notes }) => notes.label));
  const tags = numbering(tracks.flatMap(({ notes }) => notes.tags));
  const histories = numbering(tracks.flatMap(({ notes }) => notes.histories));
  for (const [name, id] of labels) insert('label', [id, name]);
  for (const [name, id] of tags) insert('myTag', [id, id, name, 0, 0]);
  for (const [name, id] of histories) insert('history', [id, id, name, 0, 0]);
  const playlists = playlistTree(tracks.flatMap(track => track.playlists));
  for (const [name, id] of artists) insert('artist', [id, name, null]);
  for (const [name, id] of albums) insert('album', [id, name, 0, 0]);
  for (const [name, id] of genres) insert('genre', [id, name]);
  for (const [name, id] of keys) insert('key', [id, name]);
  for (const [path, id] of images) insert('image', [id, path]);
  for (const { id, parentId, name, isFolder } of playlists.nodes) {
    insert('playlist', [id, id, name, 0, isFolder ? 1 : 0, parentId]);
  }
  for (const track of tracks) {
    const { contentId, title, artist, album, genre, musicalKey, artworkPath, tempoBpm, lengthMs, notes } = track;
    const links = { artist: artists.get(artist) ?? 0, album: albums.get(album) ?? 0, genre: genres.get(genre) ?? 0 };
    const bpmx100 = tempoBpm === null ? null : Math.round(tempoBpm * 100);
    const seconds = lengthMs === null ? null : lengthMs / 1000;
    insert('content', [
      ...[contentId, title, '', bpmx100, seconds],
      ...[links.artist, links.album, links.genre, labels.get(notes.label) ?? 0, keys.get(musicalKey) ?? null],
      ...[colourNumber(notes.colour), images.get(artworkPath) ?? 0],
      ...[notes.rating, track.file, track.file?.split('/').at(-1) ?? '', track.analysisPath, 0],
      ...[notes.comment ?? '', notes.year ?? 0, notes.playCount, notes.dateAdded],
    ]);
    for (const name of notes.tags) insert('myTag_content', [tags.get(name) ?? 0, contentId]);
    for (const name of notes.histories) insert('history_content', [histories.get(name) ?? 0, contentId, 0]);
    track.playlists.forEach((whole, i) => {
      insert('playlist_content', [playlists.idOf(whole), contentId, track.playlistPlaces[i] ?? null]);
    });
  }
  return statements;
}
