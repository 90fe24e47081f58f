/**
 * The tags of rekordbox's analysis files that we read, as tables. So far one: PSSI, the song structure, which an
 * OPUS-QUAD also hands out over the network.
 *
 * Offsets count from the first byte of the tag; every number is big-endian.
 * Sources: CD crate-digger's analysis of the ANLZ files, BL beat-link. `[M]` measured on real tags, 12 of them with 216
 * phrases, `[S]` in their sources.
 */
import { ascii, type Constant, layout, u8, u16be, u32be } from '../../src/layout.ts';

export const SONG_STRUCTURE_TAG = 'PSSI';
/** Bytes of a PSSI tag before its first phrase [S CD]. */
export const SONG_STRUCTURE_HEADER_BYTES = 0x20;
/** Bytes of one phrase [S CD]; the tag states the same number and is refused when it does not. */
export const PHRASE_ENTRY_BYTES = 0x18;

/** Where masking begins: everything before it is always clear [S CD]. */
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
