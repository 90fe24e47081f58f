/**
 * The tags of rekordbox's analysis files that we read, as tables: PPTH, PQTZ, PQT2, PCOB, PCO2, PWV3, and PSSI, the song
 * structure, which an OPUS-QUAD also hands out over the network.
 *
 * Offsets count from the first byte of the file, tag or entry; every number is big-endian.
 * Sources: CD crate-digger's analysis of the ANLZ files, BL beat-link, PR pyrekordbox. `[M]` measured on real files, 12
 * of their PSSI tags with 216 phrases, `[S]` in their sources, `[I]` inferred and not proven.
 */
import {
  absentWhen,
  ascii,
  bytesAt,
  enumerated,
  scaled,
  u8,
  u16be,
  u32be,
  utf16be,
  whenLong,
} from '../../../src/bytes/fields.ts';
import { type Constant, layout } from '../../../src/bytes/packet-layout.ts';

// ---- the file

export const FILE_MAGIC = 'PMAI';

export const analysisFileHeader = layout('analysis-file', {
  doc: 'the head of an analysis file; its tags follow [S CD]',
  minBytes: 0x0c,
  length: null,
  constants: [{ offset: 0x0c, hex: '00 00 00 01 00 01 00 00 00 01 00 00 00 00 00 00', doc: 'unknown [M]' }],
  fields: {
    magic: ascii(0x00, 4, 'PMAI [S]'),
    headerBytes: u32be(0x04, 'where the first tag begins: 1c in every sample [M]'),
    fileBytes: u32be(0x08, 'length of the file [S]'),
  },
});
/** Bytes of a file before its first tag, as we write it [M]. */
export const FILE_HEADER_BYTES = 0x1c;

/** Bytes that every tag and every cue begins with: its name and its two lengths [S CD]. */
export const ENVELOPE_BYTES = 0x0c;

export const tagHead = layout('tag', {
  doc: 'what every tag begins with [S CD]',
  minBytes: ENVELOPE_BYTES,
  length: null,
  constants: [],
  fields: {
    name: ascii(0x00, 4, 'four letters [S]'),
    headerBytes: u32be(0x04, 'length of what comes before its entries; each table knows its own [S]'),
    tagBytes: u32be(0x08, 'length of the whole tag: the next one begins after it [S]'),
  },
});

/** Name and length of header: always the same for one kind of tag or entry. */
const head = (name: string, headerBytes: string): readonly Constant[] => [
  { offset: 0x00, hex: name, doc: 'its name [S]' },
  { offset: 0x04, hex: headerBytes, doc: 'length of the header [S]' },
];

/** Texts beyond this many bytes are rare, and their tables are not kept. */
const MOST_KEPT_BYTES = 1024;

/** Tables by the size of their text, each made once: making one takes longer than reading with it. */
function bySize<T>(make: (bytes: number) => T): (bytes: number) => T {
  const made = new Map<number, T>();
  return bytes => {
    const table = made.get(bytes) ?? make(bytes);
    if (bytes <= MOST_KEPT_BYTES) made.set(bytes, table);
    return table;
  };
}

// ---- PPTH

/** Bytes of a PPTH tag before its path [S CD]. */
export const PATH_HEADER_BYTES = 0x10;

/** The tag PPTH as it is with a path of so many bytes, the closing NUL among them; 0: it has none [S CD]. */
export const pathTag = bySize((pathBytes: number) =>
  layout('audio-path', {
    doc: 'PPTH: the audio file that was analysed [S CD]',
    minBytes: PATH_HEADER_BYTES + pathBytes,
    length: null,
    constants: head('50 50 54 48', '00 00 00 10'),
    fields: {
      tagBytes: u32be(0x08, 'length of the whole tag [S]'),
      pathBytes: u32be(0x0c, 'length of the path with its closing NUL; may be 0 [S]'),
      path: utf16be(0x10, pathBytes, 'from the root of the stick; of a local file an absolute path or ?/name [M]'),
    },
  }),
);

// ---- PQTZ, PQT2

/** Bytes of a PQTZ tag before its first beat [S CD]. */
export const BEAT_GRID_HEADER_BYTES = 0x18;
/** Bytes of one beat of a PQTZ tag [S CD]. */
export const BEAT_BYTES = 8;

export const beatGridHead = layout('beat-grid', {
  doc: 'PQTZ before its beats [S CD]',
  minBytes: BEAT_GRID_HEADER_BYTES,
  length: null,
  constants: [
    ...head('50 51 54 5a', '00 00 00 18'),
    { offset: 0x10, hex: '00 08 00 00', doc: 'unknown; so in every sample [M]' },
  ],
  fields: {
    tagBytes: u32be(0x08, 'length of the whole tag, 24 + 8 for each beat [S]'),
    count: u32be(0x14, 'number of beats [S]'),
  },
});

export const gridBeat = layout('grid-beat', {
  doc: 'one beat of a PQTZ tag [S CD]',
  minBytes: BEAT_BYTES,
  length: null,
  constants: [],
  fields: {
    beatInBar: u16be(0x00, '1..4 [S]'),
    tempoBpm: scaled(u16be(0x02, 'BPM × 100, from this beat on [S]'), 0.01),
    ms: u32be(0x04, 'from the start of the track at normal speed [S]'),
  },
});

/** Bytes of a PQT2 tag before what it says of each beat [M PR]. */
export const GRID_ENDS_HEADER_BYTES = 0x38;
/** Bytes of a PQT2 tag for each beat; nobody knows what they mean [M PR]. */
export const GRID_ENDS_ENTRY_BYTES = 2;

export const gridEndsHead = layout('grid-ends', {
  doc: 'PQT2, a second beat grid, as far as it is known [M PR]',
  minBytes: GRID_ENDS_HEADER_BYTES,
  length: null,
  constants: [
    ...head('50 51 54 32', '00 00 00 38'),
    { offset: 0x10, hex: '01 00 00 02', doc: 'unknown; 02 00 00 02 is said to occur [S PR]' },
  ],
  fields: {
    tagBytes: u32be(0x08, 'length of the whole tag, 56 + 2 for each beat [M]'),
    first: bytesAt(0x18, BEAT_BYTES, 'the first beat, as PQTZ writes one [M]'),
    last: bytesAt(0x20, BEAT_BYTES, 'the last beat, as PQTZ writes one [M]'),
    count: u32be(0x28, 'number of beats [M]'),
  },
});

// ---- PWV3, PWV5

/** Bytes of a PWV3 or PWV5 tag before its waveform [S CD]. */
export const WAVEFORM_HEADER_BYTES = 0x18;
/** Entries of these waveforms for each second of the track [M]. */
export const WAVEFORM_ENTRIES_PER_SECOND = 150;

/** The tallest that an entry of a waveform can be: its height is in five bits [S CD]. */
export const TALLEST = 31;
/** The height of an entry of PWV3 is in its low bits [S CD]. */
export const MONO_HEIGHT_MASK = 0x1f;
/** An entry of PWV5 is two bytes; its height stands above its two lowest bits [S CD]. */
export const COLOUR_HEIGHT_SHIFT = 2;

export const waveformHead = layout('waveform', {
  doc: 'PWV3 before its waveform, and PWV5, which has the same fields [S CD]; all we want of it is how long it is',
  minBytes: WAVEFORM_HEADER_BYTES,
  length: null,
  constants: [
    ...head('50 57 56 33', '00 00 00 18'),
    { offset: 0x14, hex: '00 96 00 00', doc: 'unknown; 00 96 03 05 in PWV5 [S]' },
  ],
  fields: {
    tagBytes: u32be(0x08, 'length of the whole tag [S]'),
    entryBytes: u32be(0x0c, 'length of one entry: 1, in PWV5 2 [S]'),
    count: u32be(0x10, 'number of entries [S]'),
  },
});

// ---- PCOB, PCO2

const LISTS = { 0: 'memory', 1: 'hot' } as const;
const CUE_TYPES = { 1: 'point', 2: 'loop' } as const;
/** Value of a cue that is no loop [S CD]. */
const NO_LOOP = 0xffffffff;
const NO_NEIGHBOUR = 0xffff;
const LIST_DOC = '0 memory cues, 1 hot cues [S]';
const BUTTON_DOC = '0 a memory cue, 1 hot cue A, 2 hot cue B … [S]';
const TYPE_DOC = '1 a point, 2 a loop [S]';
const POSITION_DOC = 'ms from the start of the track at normal speed [S]';
const LOOP_END_DOC = 'ms from the start of the track, not a length; ffffffff: no loop [S]';

/** Bytes of a PCOB tag before its first cue [S CD]. */
export const CUE_LIST_HEADER_BYTES = 0x18;
/** Bytes of one cue of a PCOB tag [S CD]. */
export const CUE_BYTES = 0x38;

export const cueListHead = layout('cue-list', {
  doc: 'PCOB before its cues [S CD]',
  minBytes: CUE_LIST_HEADER_BYTES,
  length: null,
  constants: head('50 43 4f 42', '00 00 00 18'),
  fields: {
    tagBytes: u32be(0x08, 'length of the whole tag [S]'),
    kind: enumerated(u32be(0x0c, LIST_DOC), LISTS, 0xff),
    count: u16be(0x12, 'number of cues [S]'),
    lastIndex: absentWhen(u32be(0x14, 'number of cues less one, ffffffff when empty [I]'), 0xffffffff),
  },
});

export const cue = layout('cue', {
  doc: 'PCPT, one cue of a PCOB tag [S CD]',
  minBytes: CUE_BYTES,
  length: null,
  constants: [
    ...head('50 43 50 54', '00 00 00 1c'),
    { offset: 0x10, hex: '00 00 00 00', doc: '4 an active loop; 1 in some files, so that it tells nothing [S]' },
    { offset: 0x14, hex: '00 01 00 00', doc: 'unknown [S]' },
    { offset: 0x1d, hex: '00 03 e8', doc: 'unknown [S]' },
  ],
  fields: {
    entryBytes: u32be(0x08, 'length of this entry, always 56 [S]'),
    button: u32be(0x0c, BUTTON_DOC),
    previousIndex: absentWhen(u16be(0x18, 'the entry before this one; ffff: none [S]'), NO_NEIGHBOUR),
    nextIndex: absentWhen(u16be(0x1a, 'the entry after this one; ffff: none [S]'), NO_NEIGHBOUR),
    type: enumerated(u8(0x1c, TYPE_DOC), CUE_TYPES, 0),
    positionMs: u32be(0x20, POSITION_DOC),
    loopEndMs: absentWhen(u32be(0x24, LOOP_END_DOC), NO_LOOP),
  },
});

/** Bytes of a PCO2 tag before its first cue [S CD]. */
export const EXTENDED_CUE_LIST_HEADER_BYTES = 0x14;
/** Fewest bytes of one cue of a PCO2 tag: up to its place and the end of its loop [S CD]. */
export const EXTENDED_CUE_LEAST_BYTES = 0x1c;
/** Offset of the comment of a cue of a PCO2 tag [S CD]. */
export const COMMENT_FROM = 0x2c;
/** Bytes of a cue of a PCO2 tag without its comment, as rekordbox writes it [M]. */
export const EXTENDED_CUE_BYTES = 0x58;

export const extendedCueListHead = layout('extended-cue-list', {
  doc: 'PCO2 before its cues [S CD]',
  minBytes: EXTENDED_CUE_LIST_HEADER_BYTES,
  length: null,
  constants: head('50 43 4f 32', '00 00 00 14'),
  fields: {
    tagBytes: u32be(0x08, 'length of the whole tag [S]'),
    kind: enumerated(u32be(0x0c, LIST_DOC), LISTS, 0xff),
    count: u16be(0x10, 'number of cues [S]'),
  },
});

/**
 * A cue of a PCO2 tag as it is with a comment of so many bytes, the closing NUL among them; 0: it has none.
 *
 * Entries end where they like from 0x1c on: what an entry is too short for is absent. The colour comes after the comment,
 * at 2c + length; crate-digger's page says 1c, its own definition and all other programs 2c.
 */
export const extendedCue = bySize((commentBytes: number) => {
  const colourFrom = COMMENT_FROM + commentBytes;
  return layout('extended-cue', {
    doc: 'PCP2, one cue of a PCO2 tag [S CD]',
    minBytes: commentBytes === 0 ? EXTENDED_CUE_LEAST_BYTES : colourFrom,
    length: null,
    constants: [
      ...head('50 43 50 32', '00 00 00 10'),
      { offset: 0x11, hex: '00 03 e8', doc: 'unknown [S]' },
      { offset: 0x1d, hex: '01', doc: 'unknown [M]' },
    ],
    fields: {
      entryBytes: u32be(0x08, 'length of this entry [S]'),
      button: u32be(0x0c, BUTTON_DOC),
      type: enumerated(u8(0x10, TYPE_DOC), CUE_TYPES, 0),
      positionMs: u32be(0x14, POSITION_DOC),
      loopEndMs: absentWhen(u32be(0x18, LOOP_END_DOC), NO_LOOP),
      colourId: whenLong(u8(0x1c, 'colour of a memory cue, 1..8; 0: none [S]')),
      loopNumerator: whenLong(u16be(0x24, 'beats of a quantised loop, over the next; 0: not quantised [S PR]')),
      loopDenominator: whenLong(u16be(0x26, 'under the one before [S PR]')),
      commentBytes: whenLong(u32be(0x28, 'length of the comment with its closing NUL; 0: none [S]')),
      comment: utf16be(COMMENT_FROM, commentBytes, 'what the DJ wrote [S]'),
      colourCode: whenLong(u8(colourFrom, "place in rekordbox's colours of hot cues; 0: none [S]")),
      red: whenLong(u8(colourFrom + 1, 'of the colour of a hot cue [S]')),
      green: whenLong(u8(colourFrom + 2, 'of the colour of a hot cue [S]')),
      blue: whenLong(u8(colourFrom + 3, 'of the colour of a hot cue [S]')),
    },
  });
});

// ---- PSSI

export const SONG_STRUCTURE_TAG = 'PSSI';
/** Bytes of a PSSI tag before its first phrase [S CD]. */
export const SONG_STRUCTURE_HEADER_BYTES = 0x20;
/** Bytes of one phrase [S CD]; the tag states the same number and is refused when it does not. */
export const PHRASE_ENTRY_BYTES = 0x18;

/** Offset at which masking begins: everything before it is always clear [S CD]. */
export const MASK_FROM = 0x12;
/** The mask repeats these bytes, each raised by the number of phrases (mod 256) and XORed with what is stored [S CD]. */
export const MASK_BASE = 'cb e1 ee fa e5 ee ad ee e9 d2 e9 eb e1 e9 f3 e8 e9 f4 e1';

const headerConstants: readonly Constant[] = [
  { offset: 0x00, hex: '50 53 53 49', doc: 'PSSI [S]' },
  { offset: 0x04, hex: '00 00 00 20', doc: 'length of the header [S]' },
  { offset: 0x0c, hex: '00 00 00 18', doc: 'length of one phrase [S]' },
  { offset: 0x1c, hex: '01 00', doc: 'unknown; 01 00, 01 01 and 00 00 seen [M]' },
];

export const songStructureHeader = layout('song-structure', {
  doc: 'the PSSI tag before its phrases, unmasked [S CD]',
  minBytes: SONG_STRUCTURE_HEADER_BYTES,
  length: null,
  constants: headerConstants,
  fields: {
    tag: ascii(0x00, 4, 'PSSI [S]'),
    tagBytes: u32be(0x08, 'length of the whole tag, 32 + 24 for each phrase [S]'),
    entryBytes: u32be(0x0c, 'length of one phrase, always 24 [M]'),
    count: u16be(0x10, 'number of phrases; never masked [S]'),
    mood: u16be(0x12, '1 high, 2 mid, 3 low; the first masked bytes [S]'),
    endBeat: u16be(0x1a, 'the beat after the last phrase [S]'),
    bank: u8(0x1e, 'lighting style 0..8; f3, f6, f9 occur and mean nothing [M]'),
  },
});

export const phraseEntry = layout('phrase', {
  doc: 'one phrase of a PSSI tag; offsets from the start of the entry [S CD]',
  minBytes: PHRASE_ENTRY_BYTES,
  length: null,
  constants: [],
  fields: {
    index: u16be(0x00, '1, 2, 3 … [M]'),
    beat: u16be(0x02, 'its first beat, 1-based in the beat grid [S]'),
    kind: u16be(0x04, 'its kind, by the mood [S]'),
    k1: u8(0x07, 'flag: variant of intro, chorus and outro in mood high [S]'),
    k2: u8(0x09, 'flag: "Up 3" in mood high [S]'),
    b: u8(0x0b, 'in "Up 3": 0 only beat2 is used, 1 beat2 to beat4 [S]'),
    beat2: u16be(0x0c, 'a beat inside the phrase [S]'),
    beat3: u16be(0x0e, 'a beat inside the phrase [S]'),
    beat4: u16be(0x10, 'a beat inside the phrase [S]'),
    k3: u8(0x13, 'flag: "Up 2" in mood high [S]'),
    fill: u8(0x15, 'not 0: it ends with a fill [S]; 0 and 1 seen [M]'),
    fillBeat: u16be(0x16, 'where the fill begins; may hold a beat though there is no fill [M]'),
  },
});
