/**
 * The parts of a Device Library (`export.pdb`) that we read, as tables. Every number is little-endian.
 *
 * The file is pages of one size. Page 0 holds the file's header and a pointer to each table; a table is a chain of
 * pages, the first of them an index without rows. In a page, rows stand in a heap behind the header, and a row index
 * grows from the end of the page backwards: for each group of up to sixteen rows two bytes we do not know, two bytes
 * that say which of the rows are there, and two bytes per row that say where it stands in the heap.
 *
 * Offsets count from the first byte of the header, page or row.
 * Sources: CD crate-digger's analysis of the exports, RC rekordcrate, `[S]` in both.
 */
import { bytesAt, type Field, mapped, u8, u16be, u32le, whenLong } from '../../../src/bytes/fields.ts';
import { layout } from '../../../src/bytes/packet-layout.ts';

const swapped = (n: number): number => ((n & 0xff) << 8) | (n >> 8);
const u16le = (offset: number, doc: string): Field<number> => mapped(u16be(offset, doc), swapped, swapped);

export const libraryFileHeader = layout('device-library', {
  doc: 'the start of page 0 [S]',
  minBytes: 0x1c,
  length: null,
  constants: [],
  fields: {
    pageBytes: u32le(0x04, 'size of every page, 4096 in every file seen [S]'),
    tables: u32le(0x08, 'number of table pointers [S]'),
    nextUnusedPage: u32le(0x0c, 'a page beyond the end of the file [CD]'),
    sequence: u32le(0x14, 'raised with each export [CD]'),
  },
});

/** Offset of the first table pointer; the others follow it. */
export const TABLE_POINTERS_AT = 0x1c;
export const TABLE_POINTER_BYTES = 0x10;

export const tablePointer = layout('device-library-table', {
  doc: 'which pages a table has [S]',
  minBytes: TABLE_POINTER_BYTES,
  length: null,
  constants: [],
  fields: {
    type: u32le(0x00, 'what its rows are [S]'),
    emptyCandidate: u32le(0x04, 'maybe the next page it would take [CD]'),
    firstPage: u32le(0x08, 'its index page [S]'),
    lastPage: u32le(0x0c, 'where its chain ends; the links go on beyond it [S]'),
  },
});

/** Types of tables, as their pointers and their pages state them [S]. */
export const TABLE = {
  tracks: 0,
  genres: 1,
  artists: 2,
  albums: 3,
  labels: 4,
  keys: 5,
  colours: 6,
  playlists: 7,
  'playlist entries': 8,
  histories: 11,
  'history entries': 12,
  artwork: 13,
  columns: 16,
} as const;

/** Tables of a genuine file, whatever is in them: from 0 to one below this [S]. Readers look some up without asking. */
export const TABLES_OF_A_FILE = 20;

/** Types of tables in `exportExt.pdb`, which is written like `export.pdb` [S]. */
export const EXTENSION_TABLE = { tags: 3, 'tagged tracks': 4 } as const;
/** Tables of a genuine `exportExt.pdb` [S]. */
export const TABLES_OF_AN_EXTENSION = 9;

export const PAGE_HEADER_BYTES = 0x28;
/** Set in the flags of a page that has no rows: an index. */
export const NO_ROWS = 0x40;
/** Of a whole group of sixteen in the row index. */
export const ROW_GROUP_BYTES = 0x24;

/** Numbers of rows: those a page has had, and those it has. */
export interface RowCounts {
  /** Places in the row index, those of deleted rows included. */
  readonly slots: number;
  readonly present: number;
}

export const pageHeader = layout('device-library-page', {
  doc: 'the start of a page of a table [S]',
  minBytes: PAGE_HEADER_BYTES,
  length: null,
  constants: [],
  fields: {
    number: u32le(0x04, 'of the page, from 0 [S]'),
    type: u32le(0x08, 'of its table [S]'),
    nextPage: u32le(0x0c, 'the page after it in the chain [S]'),
    // CD reads the low byte alone and takes 0x22, the number of the last row, for a count when it is larger.
    rowCounts: mapped<Uint8Array, RowCounts>(
      bytesAt(
        0x18,
        3,
        'slots in the low 13 of 24 bits, rows present in the high 11 [RC]; as in the counts CD tells of',
      ),
      ([low = 0, mid = 0, high = 0]) => ({ slots: ((mid & 0x1f) << 8) | low, present: (high << 3) | (mid >> 5) }),
      ({ slots, present }) => Uint8Array.of(slots & 0xff, (slots >> 8) | ((present & 7) << 5), present >> 3),
    ),
    flags: u8(0x1b, '24 and 34 with rows, 44 and 64 without [CD]'),
    freeBytes: u16le(0x1c, 'between heap and row index [S]'),
    usedBytes: u16le(0x1e, 'of the heap [S]'),
  },
});

/** Set in the subtype of a row whose offsets to texts take two bytes each [RC]. */
export const FAR_TEXTS = 0x04;

/** Places in `texts` of a track [S]. */
export const TRACK_TEXT = { dateAdded: 10, analysisPath: 14, comment: 16, title: 17, fileName: 19, file: 20 } as const;
/** Number of texts of a track [S]. */
export const TRACK_TEXTS = 21;

export const trackRow = layout('device-library-track', {
  doc: 'a track [S]; a key of 0 means none',
  minBytes: 0x88,
  length: null,
  constants: [{ offset: 0x00, hex: '24 00', doc: 'subtype [S]' }],
  fields: {
    artworkId: u32le(0x1c, 'its cover [S]'),
    keyId: u32le(0x20, 'its musical key [S]'),
    labelId: u32le(0x28, 'its record label [S]'),
    tempo: u32le(0x38, 'track tempo in hundredths of a BPM [S]'),
    genreId: u32le(0x3c, 'its genre [S]'),
    albumId: u32le(0x40, 'its album [S]'),
    artistId: u32le(0x44, 'its artist [S]'),
    id: u32le(0x48, 'of the track in this file; not the one an OPUS-QUAD reports [S]'),
    playCount: u16le(0x4e, 'times it was played [S]'),
    year: u16le(0x50, 'of its release; 0: not said [S]'),
    lengthSeconds: u16le(0x54, 'at normal speed [S]'),
    colourId: u8(0x58, 'its colour, 1..8; 0: none [S]'),
    rating: u8(0x59, 'stars, 0..5 [S]'),
    texts: mapped<Uint8Array, readonly number[]>(
      bytesAt(0x5e, 2 * TRACK_TEXTS, 'where its texts are, from the start of the row [S]'),
      bytes => Array.from({ length: TRACK_TEXTS }, (_, i) => (bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8)),
      offsets => Uint8Array.from(offsets.flatMap(offset => [offset & 0xff, offset >> 8])),
    ),
  },
});

export const artistRow = layout('device-library-artist', {
  doc: 'an artist [S]',
  minBytes: 0x0a,
  length: null,
  constants: [],
  fields: {
    subtype: u16le(0x00, '60 with a near name, 64 with a far one [S]'),
    id: u32le(0x04, 'of the artist [S]'),
    nearNameAt: u8(0x09, 'from the start of the row [S]'),
    farNameAt: whenLong(u16le(0x0a, 'from the start of the row, when the subtype says so [S]')),
  },
});

export const albumRow = layout('device-library-album', {
  doc: 'an album [S]',
  minBytes: 0x16,
  length: null,
  constants: [],
  fields: {
    subtype: u16le(0x00, '80 with a near name, 84 with a far one [RC]'),
    id: u32le(0x0c, 'of the album [S]'),
    nearNameAt: u8(0x15, 'from the start of the row [S]'),
    farNameAt: whenLong(u16le(0x16, 'from the start of the row, when the subtype says so [RC]')),
  },
});

/** A row that is an id and one text: where that text stands. */
export const TEXT_AT = { genre: 0x04, key: 0x08, artwork: 0x04, label: 0x04, history: 0x04 } as const;

export const namedRow = layout('device-library-name', {
  doc: 'a genre, a musical key, a label, a history, or the path of a cover [S]',
  minBytes: 0x04,
  length: null,
  constants: [],
  fields: { id: u32le(0x00, 'of the row [S]') },
});

/** Offset of the name of a colour. */
export const COLOUR_NAME_AT = 0x08;

export const colourRow = layout('device-library-colour', {
  doc: 'a colour of tracks [S]; the ids are the same in every file, the names may be what somebody has made of them',
  minBytes: COLOUR_NAME_AT,
  length: null,
  constants: [],
  fields: { id: u16le(0x05, 'of the colour [S]') },
});

/** Offset of the name of a column. */
export const COLUMN_NAME_AT = 0x04;

export const columnRow = layout('device-library-column', {
  doc: 'a way to browse the tracks [RC]; its name stands between the signs fffa and fffb',
  minBytes: COLUMN_NAME_AT,
  length: null,
  constants: [],
  fields: {
    id: u16le(0x00, 'from 1 [RC]'),
    kind: u16le(0x02, 'what is browsed: 80 genre, 81 artist, 82 album … [RC]'),
  },
});

export const historyEntryRow = layout('device-library-history-entry', {
  doc: 'a track that was played in a session [S]',
  minBytes: 0x0c,
  length: null,
  constants: [],
  fields: {
    trackId: u32le(0x00, 'the track [S]'),
    historyId: u32le(0x04, 'the session [S]'),
    index: u32le(0x08, 'its place in the session [S]'),
  },
});

/** Offset of the name of a tag where it is near. */
export const TAG_NAME_AT = 0x1f;

export const tagRow = layout('device-library-tag', {
  doc: 'a My Tag, or a group of them, in exportExt.pdb [S]',
  minBytes: TAG_NAME_AT,
  length: null,
  constants: [{ offset: 0x1c, hex: '03', doc: 'unknown [S]' }],
  fields: {
    subtype: u16le(0x00, '680 with a near name, 684 with a far one [RC]'),
    groupId: u32le(0x0c, 'the group it is in; 0: it is one [S]'),
    place: u32le(0x10, 'in its group [S]'),
    id: u32le(0x14, 'of the tag [S]'),
    isGroup: u32le(0x18, 'not 0: a group [S]'),
    nearNameAt: u8(0x1d, 'from the start of the row [RC]'),
    farNameAt: whenLong(u16le(0x1e, 'from the start of the row, when the subtype says so [RC]')),
  },
});

export const taggedTrackRow = layout('device-library-tagged-track', {
  doc: 'a track that has a tag, in exportExt.pdb [S]',
  minBytes: 0x10,
  length: null,
  constants: [{ offset: 0x0c, hex: '03 00 00 00', doc: 'unknown [S]' }],
  fields: { trackId: u32le(0x04, 'the track, as export.pdb numbers it [S]'), tagId: u32le(0x08, 'the tag [S]') },
});

/** Offset of the name of a playlist. */
export const PLAYLIST_NAME_AT = 0x14;

export const playlistRow = layout('device-library-playlist', {
  doc: 'a playlist, or a folder of playlists [S]',
  minBytes: PLAYLIST_NAME_AT,
  length: null,
  constants: [],
  fields: {
    parentId: u32le(0x00, 'the folder it is in; 0: none [S]'),
    order: u32le(0x08, 'its place in its folder [CD]'),
    id: u32le(0x0c, 'of the playlist [S]'),
    isFolder: u32le(0x10, 'not 0: a folder [S]'),
  },
});

export const playlistEntryRow = layout('device-library-playlist-entry', {
  doc: 'a track in a playlist [S]',
  minBytes: 0x0c,
  length: null,
  constants: [],
  fields: {
    index: u32le(0x00, 'its place in the playlist [S]'),
    trackId: u32le(0x04, 'the track [S]'),
    playlistId: u32le(0x08, 'the playlist [S]'),
  },
});

/** First byte of a long text; an odd one begins a short text of ASCII and says its length [S]. */
export const LONG_ASCII = 0x40;
export const LONG_UTF16 = 0x90;
/** Of a long text before its characters: what it is, its whole length in two bytes, a zero [RC]. */
export const LONG_TEXT_HEADER_BYTES = 4;
