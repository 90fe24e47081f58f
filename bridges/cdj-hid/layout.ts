/**
 * Packets of a CDJ in USB HID control mode, as tables: 64 bytes each way, without a report id.
 *
 * Sources, by the short names the docs use (see README.md): startup, handshake, control, library, loading are pages of
 * CDJHidProtocol; CHP#9, CHP#10 captures in its issues. `[C]` seen in a capture, `[D]` documented, `[X]` seen on a sibling,
 * `[I]` inferred, `[U]` nobody knows.
 */
import { type Field, rest, u8 } from '../../src/bytes/fields.ts';
import { layout } from '../../src/bytes/packet-layout.ts';
import { INPUT_CONTROLS, INPUT_IDS, type InputControl, type InputId } from './controls/input-controls.ts';
import { OUTPUT_CONTROLS, OUTPUT_IDS, type OutputControl, type OutputId } from './controls/output-controls.ts';
import { bitsOf, i16le, type ReportPlace, timeStruct, u16le } from './controls/report-fields.ts';
import type { CdjQuirks } from './quirks.ts';

/** A report, either way [C CDJ-3000, DDJ-1000; D control]. */
export const REPORT_BYTES = 64;

/** By these two the interface is found among those of a player [C CDJ-3000, CDJ-850]. */
export const USAGE_PAGE = 0xffa0;
export const USAGE = 0x01;

/** Vendors of players: Pioneer DJ (now AlphaTheta), and Pioneer before [C]. */
export const VENDOR_IDS = [0x2b73, 0x08e4] as const;

/** What a packet is about, by its type byte. `simple`: one packet; `fragmented`: as many as it takes. */
export const PACKETS = {
  'control-input': { type: 0x20, from: 'player', header: 'simple', doc: 'all controls [D control]' },
  'control-output': { type: 0x21, from: 'host', header: 'simple', doc: 'all lamps and numbers [D control]' },
  title: { type: 0x22, from: 'host', header: 'fragmented', doc: 'title of the track [D loading]' },
  artist: { type: 0x23, from: 'host', header: 'fragmented', doc: 'artist [D loading]' },
  album: { type: 0x24, from: 'host', header: 'fragmented', doc: 'album [D loading]' },
  'average-bpm': { type: 0x25, from: 'host', header: 'fragmented', doc: 'BPM × 100 as digits [D loading]' },
  rows: { type: 0x2a, from: 'host', header: 'fragmented', doc: 'rows of the browse view [D library]' },
  artwork: { type: 0x2b, from: 'host', header: 'fragmented', doc: 'a JPEG [D loading]' },
  key: { type: 0x41, from: 'host', header: 'simple', doc: 'key, ASCII [D loading]' },
  genre: { type: 0x42, from: 'host', header: 'fragmented', doc: 'genre [D loading]' },
  composer: { type: 0x43, from: 'host', header: 'fragmented', doc: 'composer [D loading]' },
  lyricist: { type: 0x44, from: 'host', header: 'fragmented', doc: 'lyricist [D loading]' },
  handshake: { type: 0xf0, from: 'both', header: 'fragmented', doc: 'the login [D handshake, C CHP#9, CHP#10]' },
} as const;

export type PacketKind = keyof typeof PACKETS;

const deck = bitsOf(0x00, 0xf0, 'deck: 0 on a player, 1 to 4 on controllers with several decks [D control]');
const type = u8(0x01, 'type of the packet [C]');

/** The head of every packet. */
export const simpleHead = layout('simple-head', {
  doc: 'a packet that stands alone [D control]',
  minBytes: 2,
  length: null,
  constants: [],
  fields: { deck, type, payload: rest(0x02, 'up to 62 bytes, then zeros [D control]') },
});

/** The head of a packet that is a piece of a message. */
export const fragmentHead = layout('fragment-head', {
  doc: 'a piece of a message [C CHP#9, CHP#10]',
  minBytes: 6,
  length: null,
  constants: [],
  fields: {
    deck,
    type,
    index: u16le(0x02, 'which piece, from 1 [C on a DDJ-1000; D handshake, first revision]'),
    count: u16le(0x04, 'how many pieces there are [C]'),
    payload: rest(0x06, 'up to 58 bytes, the last piece filled up with zeros [D startup]'),
  },
});

export const SIMPLE_PAYLOAD_BYTES = REPORT_BYTES - simpleHead.minBytes;
export const FRAGMENT_PAYLOAD_BYTES = REPORT_BYTES - fragmentHead.minBytes;

/** An argument of the login, and the login's messages themselves [D handshake]. */
export const tlvHead = layout('tlv-head', {
  doc: 'type, length, value; values may hold others [D handshake]',
  minBytes: 2,
  length: null,
  constants: [],
  fields: {
    type: u8(0x00, 'stage of the login, or what the argument is [D handshake]'),
    length: u8(0x01, 'bytes of the whole, these two included [D handshake, C CHP#10]'),
    value: rest(0x02, 'what it says [D handshake]'),
  },
});

/** A row of the browse view, up to its text. */
export const rowHead = layout('row-head', {
  doc: 'a row of the browse view; its text follows in UTF-16, low byte first, ended by a zero [D library]',
  minBytes: 4,
  length: null,
  constants: [{ offset: 0x03, hex: '00', doc: 'zero [D library]' }],
  fields: {
    row: u8(0x00, '0 to 8 from the top; another number ends the list [D library]'),
    isSelected: bitsOf(0x01, 0x80, 'the row is selected; the first one counts [D library]'),
    icon: bitsOf(0x01, 0x7f, 'the sign before the text; none is drawn before an empty one [D library]'),
    color: u8(0x02, 'of the text [D library]'),
  },
});

export const ROWS_MOST = 9;

/** Colours of a row's text, by code; the first four change on a selected row so that they can be read [D library]. */
export const ROW_COLORS = [
  'white',
  'grey',
  'light-green',
  'olive',
  'magenta',
  'red',
  'orange',
  'yellow',
  'green',
  'cyan',
  'blue',
  'purple',
] as const;
export type RowColor = (typeof ROW_COLORS)[number];

/** Signs before a row's text, by code; as many as firmware 1.85 has [D library]. */
export const ROW_ICONS = [
  'none',
  'blank',
  'folder',
  'album',
  'track',
  'open-folder',
  'artist',
  'playlist',
  'document',
  'time',
  'hot-cue',
  'bpm',
  'label',
  'original-artist',
  'remixer',
  'playing',
  'tag-list',
  'button-1',
  'button-2',
  'button-3',
  'button-4',
  'key',
  'bitrate',
  'year',
  'file',
  'comment',
  'search',
  'play-count',
  'wave',
  'date-added',
  'color-white',
  'color-magenta',
  'color-red',
  'color-orange',
  'color-yellow',
  'color-green',
  'color-cyan',
  'color-blue',
  'color-purple',
] as const;
export type RowIcon = (typeof ROW_ICONS)[number];

/** Characters of a key, at most [D loading]. */
export const KEY_MOST_CHARACTERS = 5;
/** Bytes of an artwork, at most: its length is told in two bytes [D loading]. */
export const ARTWORK_MOST_BYTES = 0xffff;

function inputField({ kind, doc }: InputControl, { offset, bytes, mask }: ReportPlace): Field<number> {
  if (kind === 'slider') return i16le(offset, doc);
  if (mask !== null) return bitsOf(offset, mask, doc);
  return bytes === 1 ? u8(offset, doc) : u16le(offset, doc);
}

function outputField({ kind, place: { offset, bytes, mask }, least, doc }: OutputControl): Field<number> {
  if (kind === 'time') return timeStruct(offset, doc);
  if (mask !== null) return bitsOf(offset, mask, doc);
  if (bytes === 1) return u8(offset, doc);
  return least < 0 ? i16le(offset, doc) : u16le(offset, doc);
}

const HEAD_FIELDS = { deck, type };

/** Raw numbers of all controls that a report has; those without a place are not among them. */
export type InputValues = Readonly<Partial<Record<InputId, number>>>;

/** The table of packets 0x20 of a player with these quirks: the field of each control that has a place. */
export function inputFields({ buttons }: Pick<CdjQuirks, 'buttons'>): ReadonlyMap<InputId, Field<number>> {
  const fields = new Map<InputId, Field<number>>();
  for (const id of INPUT_IDS) {
    const control: InputControl = INPUT_CONTROLS[id];
    const place = buttons[id] ?? control.place;
    if (place !== null) fields.set(id, inputField(control, place));
  }
  return fields;
}

/** Raw numbers of everything that a packet 0x21 says. */
export type OutputValues = Readonly<Record<OutputId, number>>;

export const controlOutput = layout('control-output', {
  doc: 'the whole of what a player shows, each time [D control]',
  minBytes: REPORT_BYTES,
  length: null,
  constants: [{ offset: 0x01, hex: '21', doc: 'type [D control]' }],
  fields: {
    ...HEAD_FIELDS,
    ...(Object.fromEntries(OUTPUT_IDS.map(id => [id, outputField(OUTPUT_CONTROLS[id])])) as Record<
      OutputId,
      Field<number>
    >),
  },
});
