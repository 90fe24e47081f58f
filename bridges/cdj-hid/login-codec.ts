/** The messages of a login: values to bytes and back, the same within HID packets and within sysex [D handshake]. */
import { tlvHead } from './layout.ts';
import { u32Bytes, u32Of } from './login/login-hash.ts';

export const STAGES = { announce: 0x11, challenge: 0x12, response: 0x13, answer: 0x14, accepted: 0x15 } as const;
export type Stage = keyof typeof STAGES;

/** Types of arguments. In an announcement the first of them is the firmware [D handshake, C CHP#10]. */
const ARGUMENTS = { manufacturer: 1, product: 2, seed: 3, hash: 4, deviceId: 5 } as const;
const FIRMWARE = 1;

export interface Firmware {
  readonly major: number;
  readonly minor: number;
}

/** `1.85`; the minor part has two digits [D handshake]. */
export const firmwareText = ({ major, minor }: Firmware): string => `${major}.${String(minor).padStart(2, '0')}`;

interface Named {
  readonly manufacturer: string;
  readonly product: string;
}

export type LoginMessage =
  /** The player is there. Some units do not say which firmware: null. */
  | { readonly stage: 'announce'; readonly firmware: Firmware | null }
  /** The host asks it to prove itself; seed of 8 bytes. */
  | ({ readonly stage: 'challenge'; readonly seed: Uint8Array } & Named)
  /** The player's proof, and its own question; seed of 4 bytes. */
  | ({ readonly stage: 'response'; readonly hash: number; readonly seed: Uint8Array } & Named)
  /** The host's proof, and the id that the player knows the program by; 10 bytes. */
  | ({ readonly stage: 'answer'; readonly hash: number; readonly deviceId: Uint8Array } & Named)
  | { readonly stage: 'accepted' };

/** Each byte as two, high nibble first [D handshake, C]. */
export const spread = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: 2 * bytes.length }, (_, i) => {
    const byte = bytes[i >> 1] ?? 0;
    return i % 2 === 0 ? byte >> 4 : byte & 0x0f;
  });

/** The bytes of a spread-out text of nibbles; null: it is none. */
export function unspread(nibbles: Uint8Array): Uint8Array | null {
  if (nibbles.length % 2 !== 0 || nibbles.some(nibble => nibble > 0x0f)) return null;
  return Uint8Array.from(
    { length: nibbles.length / 2 },
    (_, i) => ((nibbles[2 * i] ?? 0) << 4) | (nibbles[2 * i + 1] ?? 0),
  );
}

const asciiBytes = (text: string): Uint8Array => Uint8Array.from(text, character => character.charCodeAt(0) & 0x7f);

/** One argument: its length counts its two bytes of head, and has to fit into one byte. */
export function encodeTlv(type: number, value: Uint8Array): Uint8Array {
  const shown = value.subarray(0, 0xff - tlvHead.minBytes);
  return tlvHead.encode({ type, length: tlvHead.minBytes + shown.length, value: shown });
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap(part => [...part]));

const namesOf = ({ manufacturer, product }: Named): readonly Uint8Array[] => [
  encodeTlv(ARGUMENTS.manufacturer, asciiBytes(manufacturer)),
  encodeTlv(ARGUMENTS.product, asciiBytes(product)),
];

function argumentsOf(message: LoginMessage): readonly Uint8Array[] {
  switch (message.stage) {
    case 'announce': {
      const { firmware } = message;
      return firmware === null ? [] : [encodeTlv(FIRMWARE, Uint8Array.of(firmware.major, firmware.minor))];
    }
    case 'challenge':
      return [...namesOf(message), encodeTlv(ARGUMENTS.seed, spread(message.seed))];
    case 'response':
      return [
        ...namesOf(message),
        encodeTlv(ARGUMENTS.hash, spread(u32Bytes(message.hash))),
        encodeTlv(ARGUMENTS.seed, spread(message.seed)),
      ];
    case 'answer':
      return [
        ...namesOf(message),
        encodeTlv(ARGUMENTS.hash, spread(u32Bytes(message.hash))),
        encodeTlv(ARGUMENTS.deviceId, spread(message.deviceId)),
      ];
    case 'accepted':
      return [];
  }
}

/** A message with its arguments in the order in which they have been seen. */
export const encodeLogin = (message: LoginMessage): Uint8Array =>
  encodeTlv(STAGES[message.stage], joined(argumentsOf(message)));

const STAGE_OF_TYPE: ReadonlyMap<number, Stage> = new Map(
  Object.entries(STAGES).map(([stage, type]) => [type, stage as Stage]),
);

/**
 * The stage that a payload begins with, if all of the message is in it.
 *
 * The packet that accepts has been drawn as the second of two though it is alone: where a whole message stands in a packet,
 * its numbers do not matter.
 */
export function stageWithin(payload: Uint8Array): Stage | null {
  const [type = 0, length = 0] = payload;
  return length >= tlvHead.minBytes && length <= payload.length ? (STAGE_OF_TYPE.get(type) ?? null) : null;
}

/** An announcement that states a length below this has been drawn with 4 where 6 are sent: all of it is read. */
const ANNOUNCE_BYTES = 6;

export type DecodedLogin =
  | { readonly ok: true; readonly message: LoginMessage }
  | { readonly ok: false; readonly reason: string };

const refused = (reason: string): DecodedLogin => ({ ok: false, reason });

/** A message of the login; bytes after it do not count. Arguments may come in any order, unknown ones are passed over. */
export function decodeLogin(payload: Uint8Array): DecodedLogin {
  const head = tlvHead.decode(payload);
  if (!head.ok) return refused(head.reason);
  const stage = STAGE_OF_TYPE.get(head.value.type);
  if (stage === undefined) return refused(`unknown stage 0x${head.value.type.toString(16)}`);
  const { length } = head.value;
  if (length < tlvHead.minBytes) return refused(`${stage}: states a length of ${length}`);
  if (length > payload.length) return refused(`${stage}: states ${length} bytes, ${payload.length} came`);
  const isCutShort = stage === 'announce' && length > tlvHead.minBytes && length < ANNOUNCE_BYTES;
  const found = readArguments(payload.subarray(tlvHead.minBytes, isCutShort ? payload.length : length));
  if (found === null) return refused(`${stage}: an argument is longer than the message`);
  return toMessage(stage, found);
}

type Arguments = ReadonlyMap<number, Uint8Array>;

/** The arguments one after the other; null: one of them does not fit. */
function readArguments(bytes: Uint8Array): Arguments | null {
  const found = new Map<number, Uint8Array>();
  let offset = 0;
  while (offset + tlvHead.minBytes <= bytes.length) {
    const [type = 0, length = 0] = bytes.subarray(offset);
    // Zeros fill what is left of a packet.
    if (type === 0) break;
    if (length < tlvHead.minBytes || offset + length > bytes.length) return null;
    found.set(type, bytes.slice(offset + tlvHead.minBytes, offset + length));
    offset += length;
  }
  return found;
}

function toMessage(stage: Stage, found: Arguments): DecodedLogin {
  if (stage === 'accepted') return { ok: true, message: { stage } };
  if (stage === 'announce') {
    const version = found.get(FIRMWARE);
    const [major = 0, minor = 0] = version ?? [];
    return { ok: true, message: { stage, firmware: version?.length === 2 ? { major, minor } : null } };
  }
  const manufacturer = textOf(found.get(ARGUMENTS.manufacturer));
  const product = textOf(found.get(ARGUMENTS.product));
  if (manufacturer === null || product === null) return refused(`${stage}: without manufacturer and product`);
  const hash = unspreadOf(found.get(ARGUMENTS.hash), 4);
  const seed = unspreadOf(found.get(ARGUMENTS.seed), stage === 'challenge' ? 8 : 4);
  const deviceId = unspreadOf(found.get(ARGUMENTS.deviceId), 10);
  switch (stage) {
    case 'challenge':
      if (seed === null) return refused('challenge: without a seed of 8 bytes');
      return { ok: true, message: { stage, manufacturer, product, seed } };
    case 'response':
      if (hash === null || seed === null) return refused('response: without a hash and a seed of 4 bytes each');
      return { ok: true, message: { stage, manufacturer, product, hash: u32Of(hash), seed } };
    case 'answer':
      if (hash === null || deviceId === null) return refused('answer: without a hash of 4 bytes and an id of 10');
      return { ok: true, message: { stage, manufacturer, product, hash: u32Of(hash), deviceId } };
  }
}

/** What is not printable ASCII in a name is shown as `?`. */
const textOf = (bytes: Uint8Array | undefined): string | null =>
  bytes === undefined
    ? null
    : Array.from(bytes, code => (code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '?')).join('');

function unspreadOf(nibbles: Uint8Array | undefined, bytes: number): Uint8Array | null {
  const value = nibbles === undefined ? null : unspread(nibbles);
  return value?.length === bytes ? value : null;
}
