/** Values to packets and packets to values: controls, lamps, texts, rows, artwork, key. The login has a codec of its own. */
import type { Field } from '../../src/bytes/fields.ts';
import type { InputId } from './controls/input-controls.ts';
import { OUTPUT_IDS } from './controls/output-controls.ts';
import { cutMessage, type FragmentedMessage } from './fragments.ts';
import {
  ARTWORK_MOST_BYTES,
  controlOutput,
  type InputValues,
  KEY_MOST_CHARACTERS,
  type OutputValues,
  PACKETS,
  type PacketKind,
  REPORT_BYTES,
  ROW_COLORS,
  ROW_ICONS,
  ROWS_MOST,
  type RowColor,
  type RowIcon,
  rowHead,
  SIMPLE_PAYLOAD_BYTES,
  simpleHead,
} from './layout.ts';
import type { CdjQuirks } from './quirks.ts';
import { decodeText, encodeText, shortenedText } from './utf16.ts';

/** The packet that says nothing: keep-alive towards a player, reset from it [D keep-alive, handshake]. */
export const EMPTY_PACKET: Uint8Array = new Uint8Array(REPORT_BYTES);

export const isEmptyPacket = (packet: Uint8Array): boolean =>
  packet.length === REPORT_BYTES && packet.every(byte => byte === 0);

const KIND_OF_TYPE: ReadonlyMap<number, PacketKind> = new Map(
  Object.entries(PACKETS).map(([kind, { type }]) => [type, kind as PacketKind]),
);

export type ReadPacket =
  | { readonly ok: true; readonly kind: PacketKind; readonly deck: number }
  | { readonly ok: false; readonly reason: string };

/** What a packet is, by its head alone. */
export function readPacket(packet: Uint8Array): ReadPacket {
  if (packet.length !== REPORT_BYTES) return { ok: false, reason: `${packet.length} bytes, expected ${REPORT_BYTES}` };
  const head = simpleHead.decode(packet);
  if (!head.ok) return { ok: false, reason: head.reason };
  const kind = KIND_OF_TYPE.get(head.value.type);
  if (kind === undefined) return { ok: false, reason: `unknown packet type 0x${head.value.type.toString(16)}` };
  return { ok: true, kind, deck: head.value.deck };
}

type InputFields = ReadonlyMap<InputId, Field<number>>;

/** Raw numbers of the controls in a packet 0x20. */
export function decodeInput(fields: InputFields, packet: Uint8Array): InputValues {
  const values: Partial<Record<InputId, number>> = {};
  for (const [id, field] of fields) values[id] = field.read(packet);
  return values;
}

/** A packet 0x20; controls that are not given are at 0. */
export function encodeInput(fields: InputFields, deck: number, values: InputValues): Uint8Array {
  const { type } = PACKETS['control-input'];
  const packet = simpleHead.encode({ deck, type, payload: new Uint8Array(0) }, REPORT_BYTES);
  for (const [id, field] of fields) field.write(packet, values[id] ?? 0);
  return packet;
}

export const DARK_OUTPUT: OutputValues = Object.fromEntries(OUTPUT_IDS.map(id => [id, 0])) as OutputValues;

/** A packet 0x21. */
export const encodeOutput = (deck: number, values: OutputValues): Uint8Array =>
  controlOutput.encode({ ...values, deck, type: PACKETS['control-output'].type });

/** Raw numbers of a packet 0x21; null: it is too short to be one. */
export function decodeOutput(packet: Uint8Array): OutputValues | null {
  const decoded = controlOutput.decode(packet);
  return decoded.ok ? decoded.value : null;
}

/** Kinds of messages that are one text. */
export const TEXT_KINDS = ['title', 'artist', 'album', 'average-bpm', 'genre', 'composer', 'lyricist'] as const;
export type TextKind = (typeof TEXT_KINDS)[number];

export const isTextKind = (kind: string): kind is TextKind => (TEXT_KINDS as readonly string[]).includes(kind);

/** Characters of a text, at most: no limit is documented [U], and no screen shows more. */
export const TEXT_MOST_CHARACTERS = 128;

const message = (kind: PacketKind, deck: number, payload: Uint8Array): FragmentedMessage => ({
  deck,
  type: PACKETS[kind].type,
  payload,
});

export const encodeTextMessage = (kind: TextKind, deck: number, text: string): readonly Uint8Array[] =>
  cutMessage(message(kind, deck, encodeText(shortenedText(text, TEXT_MOST_CHARACTERS))));

/** Average BPM is a text of digits: 128.5 is "12850" [D loading]. */
export const averageBpmText = (bpm: number): string => String(Math.max(0, Math.round(bpm * 100)));

/** The key has a packet to itself; what is not ASCII in it is shown as `?`. */
export function encodeKey(deck: number, text: string): Uint8Array {
  const shown = text.slice(0, KEY_MOST_CHARACTERS).replace(/[^\x20-\x7e]/g, '?');
  const payload = Uint8Array.from(shown, character => character.charCodeAt(0));
  return simpleHead.encode({ deck, type: PACKETS.key.type, payload }, REPORT_BYTES);
}

export function decodeKey(packet: Uint8Array): string {
  const text = String.fromCharCode(...packet.subarray(2, 2 + SIMPLE_PAYLOAD_BYTES));
  return text.split('\0', 1)[0] ?? '';
}

/** A row of the browse view. */
export interface BrowseRow {
  readonly text: string;
  readonly color: RowColor;
  readonly icon: RowIcon;
  readonly isSelected: boolean;
}

/** Rows from the top; more than nine do not fit. A row that is null is left blank. */
export function encodeRows(deck: number, rows: readonly (BrowseRow | null)[]): readonly Uint8Array[] {
  const parts = rows.slice(0, ROWS_MOST).flatMap((row, number) => {
    if (row === null) return [];
    const { text, color, icon, isSelected } = row;
    const head = rowHead.encode({
      row: number,
      isSelected: isSelected ? 1 : 0,
      icon: ROW_ICONS.indexOf(icon),
      color: ROW_COLORS.indexOf(color),
    });
    return [head, encodeText(shortenedText(text, TEXT_MOST_CHARACTERS))];
  });
  return cutMessage(message('rows', deck, concatenated(parts)));
}

/** Rows as a player shows them: nine, null where nothing was sent. */
export function decodeRows(payload: Uint8Array): readonly (BrowseRow | null)[] {
  const rows: (BrowseRow | null)[] = Array.from({ length: ROWS_MOST }, () => null);
  let offset = 0;
  let isSelected = false;
  // Of six bytes that are left four are a head and two an empty text; zeros alone are what fills the last packet.
  while (payload.length - offset >= 6 && payload.subarray(offset).some(byte => byte !== 0)) {
    const head = rowHead.decode(payload.subarray(offset));
    if (!head.ok || head.value.row >= ROWS_MOST) break;
    const { text, end } = decodeText(payload, offset + rowHead.minBytes);
    rows[head.value.row] = {
      text,
      color: ROW_COLORS[head.value.color] ?? 'white',
      icon: text === '' ? 'none' : (ROW_ICONS[head.value.icon] ?? 'none'),
      isSelected: !isSelected && head.value.isSelected === 1,
    };
    isSelected ||= head.value.isSelected === 1;
    offset = end;
  }
  return rows;
}

/** An artwork; null takes away the one that is shown, as on a sibling [X]. */
export function encodeArtwork(deck: number, jpeg: Uint8Array | null, order: CdjQuirks['artworkLength']) {
  if (jpeg === null) return cutMessage(message('artwork', deck, new Uint8Array(0)));
  const shown = jpeg.subarray(0, ARTWORK_MOST_BYTES);
  const [low, high] = [shown.length & 0xff, shown.length >> 8];
  const length = order === 'little-endian' ? [low, high] : [high, low];
  return cutMessage(message('artwork', deck, concatenated([Uint8Array.from(length), shown])));
}

/** The JPEG of an artwork message; null: there is none, or less of it than its length says. */
export function decodeArtwork(payload: Uint8Array, order: CdjQuirks['artworkLength']): Uint8Array | null {
  const [first = 0, second = 0] = payload;
  const length = order === 'little-endian' ? first | (second << 8) : (first << 8) | second;
  return length === 0 || payload.length < 2 + length ? null : payload.slice(2, 2 + length);
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
