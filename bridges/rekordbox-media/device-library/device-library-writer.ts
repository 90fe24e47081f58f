/** Writes Device Libraries (`export.pdb`), as a stick has them. Pure; for simulated sticks and for tests. */

import { TRACK_COLOURS } from '../../../src/core/track/track-notes.ts';
import { colourNumber, numbering, playlistTree } from '../library-plus/library-plus-writer.ts';
import {
  albumRow,
  artistRow,
  COLOUR_NAME_AT,
  COLUMN_NAME_AT,
  colourRow,
  columnRow,
  EXTENSION_TABLE,
  historyEntryRow,
  libraryFileHeader,
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
  TABLES_OF_A_FILE,
  TABLES_OF_AN_EXTENSION,
  TAG_NAME_AT,
  TEXT_AT,
  TRACK_TEXT,
  TRACK_TEXTS,
  tablePointer,
  taggedTrackRow,
  tagRow,
  trackRow,
} from './device-library-layout.ts';
import type { DeviceLibraryTrack } from './device-library-reader.ts';

const PAGE_BYTES = 4096;

/** The rows of a table in their order; `present: false` is a row that was deleted and whose bytes still stand there. */
export interface TableToWrite {
  readonly type: number;
  readonly rows: readonly { readonly bytes: Uint8Array; readonly present: boolean }[];
}

/** A text as DeviceSQL stores it: short where it can be, else long, in ASCII or in UTF-16. */
export function textBytes(text: string): Uint8Array {
  const isAscii = /^[\0-\x7f]*$/.test(text);
  if (isAscii && text.length <= 126) return Buffer.from([2 * (text.length + 1) + 1, ...Buffer.from(text, 'ascii')]);
  const characters = Buffer.from(text, isAscii ? 'ascii' : 'utf16le');
  const header = Buffer.from([isAscii ? 0x40 : 0x90, 0, 0, 0]);
  header.writeUInt16LE(4 + characters.length, 1);
  return Buffer.concat([header, characters]);
}

/** A row with texts behind its fixed part. @param fixed makes the fixed part, given where each text will stand */
function withTexts(
  fixedBytes: number,
  texts: readonly string[],
  fixed: (at: readonly number[]) => Uint8Array,
): Uint8Array {
  const stored = texts.map(textBytes);
  let end = fixedBytes;
  const at = stored.map(bytes => {
    const start = end;
    end += bytes.length;
    return start;
  });
  return Buffer.concat([fixed(at), ...stored]);
}

function artist(id: number, name: string, isFar: boolean): Uint8Array {
  return withTexts(isFar ? 12 : 10, [name], ([at = 0]) =>
    artistRow.encode(
      { subtype: isFar ? 0x64 : 0x60, id, nearNameAt: isFar ? 0 : at, farNameAt: isFar ? at : null },
      isFar ? 12 : 10,
    ),
  );
}

function album(id: number, name: string, isFar: boolean): Uint8Array {
  return withTexts(isFar ? 24 : 22, [name], ([at = 0]) =>
    albumRow.encode(
      { subtype: isFar ? 0x84 : 0x80, id, nearNameAt: isFar ? 0 : at, farNameAt: isFar ? at : null },
      isFar ? 24 : 22,
    ),
  );
}

const named = (id: number, name: string, textAt: number): Uint8Array =>
  withTexts(textAt, [name], () => namedRow.encode({ id }, textAt));

/**
 * The tables of a library of tracks: all that a genuine file has, since readers look some up that they then find empty.
 *
 * @param isFar names stand where two bytes are needed to say so
 */
export function tablesOf(tracks: readonly DeviceLibraryTrack[], isFar: boolean): TableToWrite[] {
  const numbers = numbersOf(tracks);
  const { artists, albums, genres, labels, keys, artwork, histories } = numbers;
  const filled = [
    table(
      TABLE.tracks,
      tracks.map(track => trackBytes(track, numbers)),
    ),
    table(TABLE.genres, namedRows(genres, TEXT_AT.genre)),
    table(
      TABLE.artists,
      [...artists].map(([name, id]) => artist(id, name ?? '', isFar)),
    ),
    table(
      TABLE.albums,
      [...albums].map(([name, id]) => album(id, name ?? '', isFar)),
    ),
    table(TABLE.labels, namedRows(labels, TEXT_AT.label)),
    table(TABLE.keys, namedRows(keys, TEXT_AT.key)),
    table(TABLE.colours, COLOURS.map(colour)),
    ...playlistTables(tracks),
    table(TABLE.histories, namedRows(histories, TEXT_AT.history)),
    table(TABLE['history entries'], historyEntries(tracks, histories)),
    table(TABLE.artwork, namedRows(artwork, TEXT_AT.artwork)),
    table(TABLE.columns, COLUMNS.map(column)),
  ];
  return allTables(filled, TABLES_OF_A_FILE);
}

/** The tables of an `exportExt.pdb`: tags, and the tracks that have them. */
export function extensionTablesOf(tracks: readonly DeviceLibraryTrack[]): TableToWrite[] {
  const tags = numbering(tracks.flatMap(({ notes }) => notes.tags));
  const group = tag({ id: tags.size + 1, groupId: 0, place: 0, isGroup: 1 }, 'My Tags');
  const rows = [...tags].map(([name, id], place) => tag({ id, groupId: tags.size + 1, place, isGroup: 0 }, name ?? ''));
  const entries = tracks.flatMap(({ pdbId, notes }) =>
    notes.tags.map(name => taggedTrackRow.encode({ trackId: pdbId, tagId: tags.get(name) ?? 0 })),
  );
  const filled = [table(EXTENSION_TABLE.tags, [group, ...rows]), table(EXTENSION_TABLE['tagged tracks'], entries)];
  return allTables(filled, TABLES_OF_AN_EXTENSION);
}

function allTables(filled: readonly TableToWrite[], count: number): TableToWrite[] {
  return Array.from({ length: count }, (_, type) => filled.find(each => each.type === type) ?? table(type, []));
}

const COLOURS = TRACK_COLOURS.flatMap((name, id) => (name === null ? [] : [{ id, name }]));
const colour = ({ id, name }: { readonly id: number; readonly name: string }): Uint8Array =>
  withTexts(COLOUR_NAME_AT, [`${name[0]?.toUpperCase()}${name.slice(1)}`], () => colourRow.encode({ id }));

/** Ways to browse, as a player offers them: their number, and what is browsed [RC]. */
const COLUMNS: readonly (readonly [kind: number, name: string])[] = [
  [0x80, 'GENRE'],
  [0x81, 'ARTIST'],
  [0x82, 'ALBUM'],
  [0x83, 'TRACK'],
  [0x85, 'BPM'],
  [0x86, 'RATING'],
  [0x8b, 'KEY'],
  [0x8e, 'COLOR'],
  [0x84, 'PLAYLIST'],
  [0x95, 'HISTORY'],
];
const column = ([kind, name]: (typeof COLUMNS)[number], i: number): Uint8Array =>
  withTexts(COLUMN_NAME_AT, [`\ufffa${name}\ufffb`], () => columnRow.encode({ id: i + 1, kind }));

function tag(
  fields: { readonly id: number; readonly groupId: number; readonly place: number; readonly isGroup: number },
  name: string,
): Uint8Array {
  return withTexts(TAG_NAME_AT, [name], () =>
    tagRow.encode({ subtype: 0x680, ...fields, nearNameAt: TAG_NAME_AT, farNameAt: null }),
  );
}

function historyEntries(
  tracks: readonly DeviceLibraryTrack[],
  histories: ReadonlyMap<string | null, number>,
): Uint8Array[] {
  return tracks.flatMap(({ pdbId, notes }, i) =>
    notes.histories.map(name =>
      historyEntryRow.encode({ trackId: pdbId, historyId: histories.get(name) ?? 0, index: i + 1 }),
    ),
  );
}

const table = (type: number, rows: readonly Uint8Array[]): TableToWrite => ({
  type,
  rows: rows.map(bytes => ({ bytes, present: true })),
});

const namedRows = (names: ReadonlyMap<string | null, number>, textAt: number): readonly Uint8Array[] =>
  [...names].map(([name, id]) => named(id, name ?? '', textAt));

/** Numbers for all that a track names. */
const numbersOf = (tracks: readonly DeviceLibraryTrack[]) => ({
  artists: numbering(tracks.map(track => track.artist)),
  albums: numbering(tracks.map(track => track.album)),
  genres: numbering(tracks.map(track => track.genre)),
  labels: numbering(tracks.map(track => track.notes.label)),
  keys: numbering(tracks.map(track => track.musicalKey)),
  histories: numbering(tracks.flatMap(track => track.notes.histories)),
  artwork: numbering(tracks.map(track => track.artworkPath)),
});

function trackBytes(track: DeviceLibraryTrack, numbers: ReturnType<typeof numbersOf>): Uint8Array {
  const texts = Array.from({ length: TRACK_TEXTS }, () => '');
  const { rating, colour: colourName, comment, label, year, playCount, dateAdded } = track.notes;
  texts[TRACK_TEXT.title] = track.title ?? '';
  texts[TRACK_TEXT.comment] = comment ?? '';
  texts[TRACK_TEXT.dateAdded] = dateAdded ?? '';
  texts[TRACK_TEXT.fileName] = track.file?.split('/').at(-1) ?? '';
  texts[TRACK_TEXT.file] = track.file ?? '';
  texts[TRACK_TEXT.analysisPath] = track.analysisPath ?? '';
  return withTexts(trackRow.minBytes, texts, at =>
    trackRow.encode({
      id: track.pdbId,
      artistId: numbers.artists.get(track.artist) ?? 0,
      albumId: numbers.albums.get(track.album) ?? 0,
      genreId: numbers.genres.get(track.genre) ?? 0,
      keyId: numbers.keys.get(track.musicalKey) ?? 0,
      artworkId: numbers.artwork.get(track.artworkPath) ?? 0,
      tempo: Math.round((track.tempoBpm ?? 0) * 100),
      lengthSeconds: (track.lengthMs ?? 0) / 1000,
      labelId: numbers.labels.get(label) ?? 0,
      rating: rating ?? 0,
      colourId: colourNumber(colourName),
      year: year ?? 0,
      playCount: playCount ?? 0,
      texts: at,
    }),
  );
}

function playlistTables(tracks: readonly DeviceLibraryTrack[]): readonly [TableToWrite, TableToWrite] {
  const { nodes, idOf } = playlistTree(tracks.flatMap(track => track.playlists));
  const lists = nodes.map(({ id, parentId, name, isFolder }) =>
    withTexts(PLAYLIST_NAME_AT, [name], () =>
      playlistRow.encode({ id, parentId, order: id, isFolder: isFolder ? 1 : 0 }),
    ),
  );
  const entries = tracks.flatMap(({ pdbId, playlists, playlistPlaces }) =>
    playlists.map((whole, i) =>
      playlistEntryRow.encode({ index: playlistPlaces[i] ?? 0, trackId: pdbId, playlistId: idOf(whole) }),
    ),
  );
  return [table(TABLE.playlists, lists), table(TABLE['playlist entries'], entries)];
}

const indexBytes = (rows: number): number =>
  Math.floor(rows / 16) * ROW_GROUP_BYTES + (rows % 16 === 0 ? 0 : 4 + 2 * (rows % 16));

/** Rows begin at multiples of four. */
const aligned = (at: number): number => (at + 3) & ~3;

/** Readers of the older kind take the count of the rows of a page from one byte. */
const MOST_ROWS_PER_PAGE = 255;

/** Rows by the pages they fit in. */
function pageful(rows: TableToWrite['rows']): TableToWrite['rows'][] {
  const pages: TableToWrite['rows'][number][][] = [[]];
  let used = PAGE_HEADER_BYTES;
  for (const row of rows) {
    const page = pages[pages.length - 1] ?? [];
    const isFull = aligned(used) + row.bytes.length + indexBytes(page.length + 1) > PAGE_BYTES;
    if (isFull || page.length === MOST_ROWS_PER_PAGE) {
      pages.push([row]);
      used = PAGE_HEADER_BYTES + row.bytes.length;
    } else {
      page.push(row);
      used = aligned(used) + row.bytes.length;
    }
  }
  return pages;
}

function rowsPage(number: number, type: number, nextPage: number, rows: TableToWrite['rows']): Uint8Array {
  const page = new Uint8Array(PAGE_BYTES);
  let used = PAGE_HEADER_BYTES;
  rows.forEach(({ bytes, present }, slot) => {
    const at = aligned(used);
    page.set(bytes, at);
    used = at + bytes.length;
    const groupEnd = PAGE_BYTES - Math.floor(slot / 16) * ROW_GROUP_BYTES;
    const view = new DataView(page.buffer);
    view.setUint16(groupEnd - 6 - 2 * (slot % 16), at - PAGE_HEADER_BYTES, true);
    const flags = view.getUint16(groupEnd - 4, true);
    view.setUint16(groupEnd - 4, present ? flags | (1 << (slot % 16)) : flags, true);
  });
  const present = rows.filter(row => row.present).length;
  const freeBytes = Math.max(0, PAGE_BYTES - used - indexBytes(rows.length));
  const usedBytes = used - PAGE_HEADER_BYTES;
  const rowCounts = { slots: rows.length, present };
  return pageHeader.encode({ number, type, nextPage, rowCounts, flags: 0x24, freeBytes, usedBytes }, null, page);
}

/** A whole file. Page 0 is the header; each table is its index page, without rows, and then pages of rows. */
export function deviceLibrary(tables: readonly TableToWrite[]): Uint8Array {
  const pages: Uint8Array[] = [new Uint8Array(PAGE_BYTES)];
  const pointers = tables.map(({ type, rows }) => {
    const firstPage = pages.length;
    const pagefuls = rows.length === 0 ? [] : pageful(rows);
    const rowCounts = { slots: 0x1fff, present: 0x7ff };
    const index = { number: firstPage, type, nextPage: firstPage + 1, rowCounts, flags: 0x64 };
    // Of an index the rest is garbage.
    const garbage = new Uint8Array(PAGE_BYTES).fill(0xf8, PAGE_HEADER_BYTES);
    pages.push(pageHeader.encode({ ...index, freeBytes: 0, usedBytes: 0 }, null, garbage));
    for (const some of pagefuls) pages.push(rowsPage(pages.length, type, pages.length + 1, some));
    return { type, emptyCandidate: pages.length, firstPage, lastPage: pages.length - 1 };
  });
  const [header = new Uint8Array(0)] = pages;
  header.set(
    libraryFileHeader.encode({
      pageBytes: PAGE_BYTES,
      tables: tables.length,
      nextUnusedPage: pages.length,
      sequence: 1,
    }),
  );
  pointers.forEach((pointer, i) => {
    header.set(tablePointer.encode(pointer), TABLE_POINTERS_AT + i * TABLE_POINTER_BYTES);
  });
  // Not a Buffer: its `slice` is a view, and whoever changes a copy would change the file.
  return new Uint8Array(Buffer.concat(pages));
}
