/**
 * The tracks of a Device Library (`export.pdb`). Pure; the tables are in device-library-layout.ts.
 *
 * It is the source for a stick whose Device Library Plus cannot be opened: it says as much of a track, but numbers
 * tracks in its own way. No pointer is followed before it is checked, no page is read twice in a chain, and what is
 * wrong costs one row or the rest of one table.
 */

import { TRACK_COLOURS } from '../../../src/core/track/track-notes.ts';
import { dayOf, type LibraryRow, namesByTrack, starsOf } from '../library-plus/library-row.ts';
import { IN_NO_PLAYLIST, playlistsByTrack } from '../library-plus/playlists.ts';
import {
  albumRow,
  artistRow,
  EXTENSION_TABLE,
  FAR_TEXTS,
  historyEntryRow,
  LONG_ASCII,
  LONG_TEXT_HEADER_BYTES,
  LONG_UTF16,
  libraryFileHeader,
  NO_ROWS,
  namedRow,
  PAGE_HEADER_BYTES,
  PLAYLIST_NAME_AT,
  pageHeader,
  playlistEntryRow,
  playlistRow,
  ROW_GROUP_BYTES,
  TABLE,
  TABLE_POINTER_BYTES,
  TABLE_POINTERS_AT,
  TEXT_AT,
  TRACK_TEXT,
  tablePointer,
  taggedTrackRow,
  tagRow,
  trackRow,
} from './device-library-layout.ts';

export interface DeviceLibraryTrack extends LibraryRow {
  /** In this file alone: an OPUS-QUAD reports another number for the same track. */
  readonly pdbId: number;
}

export type DeviceLibrary =
  | {
      readonly ok: true;
      /** In the order of their ids. */
      readonly tracks: readonly DeviceLibraryTrack[];
      /** Faults and what was left out for them, one line each, with its place in the file. */
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

const LEAST_PAGE_BYTES = 512;
/** A row is found by two bytes. */
const MOST_PAGE_BYTES = 65_536;
const MOST_WARNINGS = 50;
/** Texts do not overlap, so they are less than the file; one that says they do is not read for hours. */
const MOST_TEXT_PER_FILE = 4;

type TableName = keyof typeof TABLE | keyof typeof EXTENSION_TABLE;

const TYPES: Readonly<Record<TableName, number>> = { ...TABLE, ...EXTENSION_TABLE };

/** The file while it is read. */
interface Reading {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly pageBytes: number;
  readonly pointers: ReadonlyMap<number, { readonly firstPage: number; readonly lastPage: number }>;
  readonly warnings: string[];
  textBytesLeft: number;
}

/** A row that the row index says is there. */
interface Row {
  /** The page up to the row index. */
  readonly heap: Uint8Array;
  /** Offset in `heap`. */
  readonly at: number;
  /** Offset in the file. */
  readonly offset: number;
}

/**
 * The tracks of a Device Library.
 *
 * @param bytes     the whole of `export.pdb`
 * @param extension the whole of `exportExt.pdb`, which has the tags; null: there is none
 */
export function readDeviceLibrary(bytes: Uint8Array, extension: Uint8Array | null = null): DeviceLibrary {
  const opened = open(bytes, 'export.pdb', TABLE.tracks);
  if (typeof opened === 'string') {
    return {
      ok: false,
      reason: `export.pdb ${opened}: it is no rekordbox export or an incomplete copy; copy it again`,
    };
  }
  const tags = extension === null ? NO_TAGS : tagsOf(extension, opened.warnings);
  const tracks = readTracks(opened, tags);
  if (tracks.length === 0) opened.warnings.push('export.pdb has no tracks');
  const left = opened.warnings.length - MOST_WARNINGS;
  const warnings = opened.warnings.slice(0, MOST_WARNINGS);
  return { ok: true, tracks, warnings: left > 0 ? [...warnings, `export.pdb: ${left} more like these`] : warnings };
}

/** @returns the fault, when it cannot be read at all */
function open(bytes: Uint8Array, name: string, needed: number): Reading | string {
  const header = libraryFileHeader.decode(bytes);
  if (!header.ok) return `has ${bytes.length} bytes, expected at least ${libraryFileHeader.minBytes}`;
  const { pageBytes, tables } = header.value;
  if (pageBytes < LEAST_PAGE_BYTES || pageBytes > MOST_PAGE_BYTES || pageBytes % 2 !== 0) {
    const expected = `expected an even number from ${LEAST_PAGE_BYTES} to ${MOST_PAGE_BYTES}`;
    return `says its pages have ${pageBytes} bytes, ${expected}`;
  }
  if (bytes.length < pageBytes) return `has ${bytes.length} bytes, less than one page of ${pageBytes}`;
  const mostTables = Math.floor((pageBytes - TABLE_POINTERS_AT) / TABLE_POINTER_BYTES);
  if (tables > mostTables) return `says it has ${tables} tables, expected at most ${mostTables}`;

  const pointers = new Map<number, { readonly firstPage: number; readonly lastPage: number }>();
  for (let i = 0; i < tables; i++) {
    const pointer = tablePointer.decode(bytes.subarray(TABLE_POINTERS_AT + i * TABLE_POINTER_BYTES));
    if (pointer.ok && !pointers.has(pointer.value.type)) pointers.set(pointer.value.type, pointer.value);
  }
  if (!pointers.has(needed)) return name === 'export.pdb' ? 'has no table of tracks' : 'has no table of tags';
  const warnings =
    bytes.length % pageBytes === 0 ? [] : [`${name} ends inside a page: the copy is incomplete; copy it again`];
  return { name, bytes, pageBytes, pointers, warnings, textBytesLeft: MOST_TEXT_PER_FILE * bytes.length };
}

/** Names of tags by the track they are on. */
type Tags = ReadonlyMap<number, readonly string[]>;

const NO_TAGS: Tags = new Map();

/** The tags of an `exportExt.pdb`; one that cannot be read costs a line and the tags. */
function tagsOf(bytes: Uint8Array, warnings: string[]): Tags {
  const file = open(bytes, 'exportExt.pdb', EXTENSION_TABLE.tags);
  if (typeof file === 'string') {
    warnings.push(`exportExt.pdb ${file}: tracks are without their My Tags; copy it again`);
    return NO_TAGS;
  }
  const names = namesOf(file, 'tags', row => {
    const read = tagRow.decode(row.heap.subarray(row.at));
    if (!read.ok) return null;
    const { id, isGroup, subtype, nearNameAt, farNameAt } = read.value;
    const nameAt = (subtype & FAR_TEXTS) === 0 ? nearNameAt : farNameAt;
    // A group of tags is none itself; no track has the number that it is kept under.
    return nameAt === null ? null : { id: isGroup === 0 ? id : -1, textAt: row.at + nameAt };
  });
  const entries = rowsOf(file, 'tagged tracks', row => {
    const read = taggedTrackRow.decode(row.heap.subarray(row.at));
    return read.ok ? { track: read.value.trackId, list: read.value.tagId } : null;
  });
  warnings.push(...file.warnings);
  return namesByTrack(names, entries);
}

/** Sessions by the tracks that were played in them. */
function historiesOf(file: Reading): Tags {
  const names = namesOf(file, 'histories', row => named(row, TEXT_AT.history));
  const entries = rowsOf(file, 'history entries', row => {
    const read = historyEntryRow.decode(row.heap.subarray(row.at));
    return read.ok ? { track: read.value.trackId, list: read.value.historyId } : null;
  });
  return namesByTrack(names, entries);
}

function readTracks(file: Reading, tags: Tags): DeviceLibraryTrack[] {
  const artists = namesOf(file, 'artists', row => trailingName(row, artistRow.decode(row.heap.subarray(row.at))));
  const albums = namesOf(file, 'albums', row => trailingName(row, albumRow.decode(row.heap.subarray(row.at))));
  const genres = namesOf(file, 'genres', row => named(row, TEXT_AT.genre));
  const keys = namesOf(file, 'keys', row => named(row, TEXT_AT.key));
  const labels = namesOf(file, 'labels', row => named(row, TEXT_AT.label));
  const histories = historiesOf(file);
  const artwork = namesOf(file, 'artwork', row => named(row, TEXT_AT.artwork));
  const playlists = playlistsByTrack(
    rowsOf(file, 'playlists', row => {
      const read = playlistRow.decode(row.heap.subarray(row.at));
      if (!read.ok) return null;
      const { id, parentId } = read.value;
      return { id, parent: parentId || null, name: textOf(file, row, row.at + PLAYLIST_NAME_AT) };
    }),
    rowsOf(file, 'playlist entries', row => {
      const read = playlistEntryRow.decode(row.heap.subarray(row.at));
      if (!read.ok) return null;
      const { playlistId, trackId, index } = read.value;
      return { playlist: playlistId, track: trackId, place: index };
    }),
  );

  const tracks = new Map<number, DeviceLibraryTrack>();
  rowsOf(file, 'tracks', row => {
    const read = trackRow.decode(row.heap.subarray(row.at));
    if (!read.ok || read.value.id === 0 || tracks.has(read.value.id)) return null;
    const { id, texts, tempo, lengthSeconds, artistId, albumId, genreId, keyId, artworkId } = read.value;
    const { labelId, rating, colourId, year, playCount } = read.value;
    const text = (index: number) => textOf(file, row, row.at + (texts[index] ?? 0));
    const track: DeviceLibraryTrack = {
      pdbId: id,
      title: text(TRACK_TEXT.title),
      artist: artists.get(artistId) ?? null,
      album: albums.get(albumId) ?? null,
      genre: genres.get(genreId) ?? null,
      musicalKey: keys.get(keyId) ?? null,
      tempoBpm: tempo === 0 ? null : tempo / 100,
      lengthMs: lengthSeconds === 0 ? null : lengthSeconds * 1000,
      file: text(TRACK_TEXT.file),
      analysisPath: text(TRACK_TEXT.analysisPath),
      artworkPath: artwork.get(artworkId) ?? null,
      ...(playlists.get(id) ?? IN_NO_PLAYLIST),
      notes: {
        ...{ rating: starsOf(rating), colour: TRACK_COLOURS[colourId] ?? null, comment: text(TRACK_TEXT.comment) },
        ...{ label: labels.get(labelId) ?? null, year: year || null, playCount },
        dateAdded: dayOf(text(TRACK_TEXT.dateAdded)),
        ...{ tags: tags.get(id) ?? [], histories: histories.get(id) ?? [] },
      },
    };
    tracks.set(id, track);
    return track;
  });
  return [...tracks.values()].sort((a, b) => a.pdbId - b.pdbId);
}

// ---- rows with a name

interface NamedRow {
  readonly id: number;
  /** Offset of its text in the heap. */
  readonly textAt: number;
}

function named({ heap, at }: Row, textAt: number): NamedRow | null {
  const read = namedRow.decode(heap.subarray(at));
  return read.ok ? { id: read.value.id, textAt: at + textAt } : null;
}

type TrailingName = ReturnType<typeof artistRow.decode> | ReturnType<typeof albumRow.decode>;

function trailingName({ at }: Row, read: TrailingName): NamedRow | null {
  if (!read.ok) return null;
  const { id, subtype, nearNameAt, farNameAt } = read.value;
  const nameAt = (subtype & FAR_TEXTS) === 0 ? nearNameAt : farNameAt;
  return nameAt === null ? null : { id, textAt: at + nameAt };
}

function namesOf(file: Reading, table: TableName, read: (row: Row) => NamedRow | null): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  rowsOf(file, table, row => {
    const name = read(row);
    if (name === null || name.id === 0) return null;
    const text = textOf(file, row, name.textAt);
    if (text !== null) found.set(name.id, text);
    return name;
  });
  return found;
}

// ---- pages

/** Everything that `read` makes of the rows of a table; a row it makes nothing of is a warning. */
function rowsOf<T>(file: Reading, table: TableName, read: (row: Row) => T | null): T[] {
  const found: T[] = [];
  for (const row of presentRows(file, table)) {
    const value = read(row);
    if (value !== null) found.push(value);
    else file.warnings.push(`${file.name}: the row of ${table} at byte ${row.offset} makes no sense and is left out`);
  }
  return found;
}

function* presentRows(file: Reading, table: TableName): Generator<Row, void> {
  const pointer = file.pointers.get(TYPES[table]);
  if (pointer === undefined) return;
  const { bytes, pageBytes } = file;
  const left = `the rest of ${table} is left out`;
  const seen = new Set<number>();
  for (let number = pointer.firstPage; ; ) {
    const start = number * pageBytes;
    if (number === 0 || start + pageBytes > bytes.length) {
      file.warnings.push(`${file.name} has no page ${number}, where its table of ${table} goes on: ${left}`);
      return;
    }
    const page = bytes.subarray(start, start + pageBytes);
    const header = pageHeader.decode(page);
    if (!header.ok || header.value.type !== TYPES[table] || seen.has(number)) {
      const what = seen.has(number) ? 'comes twice in' : 'is not one of';
      file.warnings.push(`${file.name}: page ${number} at byte ${start} ${what} its table of ${table}: ${left}`);
      return;
    }
    seen.add(number);
    if ((header.value.flags & NO_ROWS) === 0) yield* rowsOfPage(file, page, start, header.value);
    if (number === pointer.lastPage) return;
    number = header.value.nextPage;
  }
}

function* rowsOfPage(
  file: Reading,
  page: Uint8Array,
  start: number,
  { rowCounts: { slots }, usedBytes }: { readonly rowCounts: { readonly slots: number }; readonly usedBytes: number },
): Generator<Row, void> {
  const lastGroup = slots % 16;
  const indexBytes = Math.floor(slots / 16) * ROW_GROUP_BYTES + (lastGroup === 0 ? 0 : 4 + 2 * lastGroup);
  const heap = page.subarray(0, Math.max(0, page.length - indexBytes));
  if (heap.length < PAGE_HEADER_BYTES) {
    file.warnings.push(`${file.name}: the page at byte ${start} has no room for the ${slots} rows it counts: left out`);
    return;
  }
  // The row index says of each row that it is there: one more than were counted is one that the count has lost.
  // Of a full group the next one would stand where the heap may be.
  const hasGroup = lastGroup > 0 || (slots === 0 && usedBytes > 0);
  const lastFlags = wordAt(page, page.length - Math.floor(slots / 16) * ROW_GROUP_BYTES - 4);
  if (hasGroup && lastFlags >> lastGroup !== 0) {
    file.warnings.push(
      `${file.name}: the page at byte ${start} counts ${slots} rows and marks more: those are left out; export again`,
    );
  }
  for (let slot = 0; slot < slots; slot++) {
    const groupEnd = page.length - Math.floor(slot / 16) * ROW_GROUP_BYTES;
    const isPresent = ((wordAt(page, groupEnd - 4) >> (slot % 16)) & 1) === 1;
    if (!isPresent) continue;
    const at = PAGE_HEADER_BYTES + wordAt(page, groupEnd - 6 - 2 * (slot % 16));
    yield { heap, at, offset: start + at };
  }
}

const wordAt = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);

// ---- texts

/** ASCII is the part of UTF-8 that rekordbox keeps to; what another writer may put there is shown, not refused. */
const ascii = new TextDecoder('utf-8');
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true });

/** A text of a row; null: it is empty, or it cannot be read and that is a warning. */
function textOf(file: Reading, { heap, offset }: Row, at: number): string | null {
  const found = textBytes(heap, at);
  if (found === null || found.bytes.length > file.textBytesLeft) {
    file.warnings.push(`${file.name}: a text of the row at byte ${offset} cannot be read and is left out`);
    return null;
  }
  file.textBytesLeft -= found.bytes.length;
  const text = found.decoder.decode(found.bytes);
  const end = text.indexOf('\0');
  return (end < 0 ? text : text.slice(0, end)) || null;
}

/** The characters of a text; null: it is of no kind we know, or goes on beyond the heap. */
function textBytes(
  heap: Uint8Array,
  at: number,
): { readonly bytes: Uint8Array; readonly decoder: typeof ascii } | null {
  const kind = heap[at];
  if (kind === undefined) return null;
  const isShort = kind % 2 === 1;
  if (!isShort && kind !== LONG_ASCII && kind !== LONG_UTF16) return null;
  // A short text counts its first byte too: 3 is a text of no characters.
  const from = at + (isShort ? 1 : LONG_TEXT_HEADER_BYTES);
  const to = at + (isShort ? kind >> 1 : wordAt(heap, at + 1));
  if (to < from || to > heap.length) return null;
  return { bytes: heap.subarray(from, to), decoder: kind === LONG_UTF16 ? utf16 : ascii };
}
