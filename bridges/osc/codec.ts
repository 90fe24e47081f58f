/** OSC messages to bytes and back. Pure. The bytes are written by the `osc` package, which is given every type. */
import osc, { type OscArgument, type OscPacket } from 'osc';

/** One argument with its type; never one guessed from a JavaScript value. */
export type OscArg =
  | { readonly type: 'int' | 'float' | 'double'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'blob'; readonly value: Uint8Array }
  | { readonly type: 'int64'; readonly value: bigint };

export interface OscMessage {
  /** Begins with a slash; printable ASCII without space or `#`. */
  readonly address: string;
  readonly args: readonly OscArg[];
}

/** Seconds between 1900, where NTP counts from, and 1970. */
const NTP_EPOCH_S = 2_208_988_800;

const ADDRESS = /^\/[!-~]*$/;

/** True of an address that receivers can take: OSC 1.0 allows printable ASCII without space and `#`. */
export const isAddress = (address: string): boolean => ADDRESS.test(address) && !address.includes('#');

/** One message as a packet of its own. */
export const encode = (message: OscMessage): Uint8Array => osc.writePacket(toPacket(message), { metadata: true });

/** `none`: plain messages; `immediate`, `timed`: each in a bundle with that time tag. */
export type Bundles = 'none' | 'immediate' | 'timed';

/** One message as its receiver wants it. @param unixMs when it is meant for */
export const pack = (message: OscMessage, bundles: Bundles, unixMs: number): Uint8Array =>
  bundles === 'none' ? encode(message) : encodeBundle(message, bundles === 'timed' ? unixMs : null);

/** One message in a bundle. @param unixMs when it is meant for; null: immediately */
export function encodeBundle(message: OscMessage, unixMs: number | null): Uint8Array {
  const seconds = unixMs === null ? 0 : Math.floor(unixMs / 1000);
  const fraction = unixMs === null ? 1 : Math.floor(((unixMs / 1000) % 1) * 2 ** 32);
  const raw = [unixMs === null ? 0 : seconds + NTP_EPOCH_S, fraction] as const;
  return osc.writePacket({ timeTag: { raw }, packets: [toPacket(message)] }, { metadata: true });
}

const toPacket = ({ address, args }: OscMessage): OscPacket => ({ address, args: args.map(toArgument) });

function toArgument(arg: OscArg): OscArgument {
  switch (arg.type) {
    case 'int':
      return { type: 'i', value: arg.value };
    case 'float':
      return { type: 'f', value: arg.value };
    case 'double':
      return { type: 'd', value: arg.value };
    case 'string':
      return { type: 's', value: arg.value };
    case 'blob':
      return { type: 'b', value: arg.value };
    case 'bool':
      return { type: arg.value ? 'T' : 'F' };
    case 'int64':
      // The package takes the two halves of a 64-bit number, both signed.
      return {
        type: 'h',
        value: { high: Number(BigInt.asIntN(32, arg.value >> 32n)), low: Number(BigInt.asIntN(32, arg.value)) },
      };
  }
}

export type OscDecoded =
  | { readonly ok: true; readonly message: OscMessage }
  | { readonly ok: false; readonly reason: string };

/** `#bundle` and its NUL, then the time tag; what it holds follows, each with its size in bytes as int32 before it. */
const BUNDLE = [0x23, 0x62, 0x75, 0x6e, 0x64, 0x6c, 0x65, 0];
const BUNDLE_HEAD_BYTES = 16;
/** Bundles within bundles: deeper than anybody nests them. */
const DEEPEST = 8;

/** Every message of a packet, those of bundles in their order, whatever the time tag; what is none with its reason. */
export function decodeAll(packet: Uint8Array, depth = 0): readonly OscDecoded[] {
  if (!BUNDLE.every((byte, i) => packet[i] === byte)) return [decode(packet)];
  if (packet.length < BUNDLE_HEAD_BYTES) return [{ ok: false, reason: 'a bundle that ends before its time tag does' }];
  if (depth === DEEPEST) return [{ ok: false, reason: `bundles within bundles, more than ${DEEPEST} deep` }];
  const found: OscDecoded[] = [];
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  for (let offset = BUNDLE_HEAD_BYTES; offset < packet.length; ) {
    const size = offset + 4 > packet.length ? -1 : view.getInt32(offset);
    const end = offset + 4 + size;
    if (size < 0 || end > packet.length) {
      return [...found, { ok: false, reason: `a bundle that holds a part of ${size} bytes it has no room for` }];
    }
    found.push(...decodeAll(packet.subarray(offset + 4, end), depth + 1));
    offset = end;
  }
  return found;
}

/** A packet of one message; bundles and types we never send are refused. */
export function decode(bytes: Uint8Array): OscDecoded {
  try {
    const alone = bareAddress(bytes);
    if (alone !== null) return { ok: true, message: { address: alone, args: [] } };
    const packet = osc.readPacket(bytes, { metadata: true, unpackSingleArgs: false });
    if (packet.address === undefined) return { ok: false, reason: 'a bundle, expected one message' };
    const args: OscArg[] = [];
    for (const argument of packet.args ?? []) {
      const arg = fromArgument(argument);
      if (arg === null) return { ok: false, reason: `an argument of type ${argument.type}` };
      args.push(arg);
    }
    return { ok: true, message: { address: packet.address, args } };
  } catch (error) {
    // The package's words, which may hold the bytes themselves: this ends as one line of a log.
    const words = (error as Error).message.slice(0, LONGEST_REASON).replaceAll(/[^ -~]/g, '·');
    return { ok: false, reason: `no OSC message: ${words}` };
  }
}

/** An address with no type tag string behind it, as older senders leave it out: OSC 1.0 asks to take it. null: not so. */
function bareAddress(bytes: Uint8Array): string | null {
  const end = bytes.indexOf(0);
  if (end < 1 || bytes.length !== 4 * Math.floor(end / 4 + 1) || bytes.subarray(end).some(byte => byte !== 0))
    return null;
  const address = String.fromCharCode(...bytes.subarray(0, end));
  return isAddress(address) ? address : null;
}

const LONGEST_REASON = 120;

function fromArgument({ type, value }: OscArgument): OscArg | null {
  switch (type) {
    case 'i':
      return { type: 'int', value: value as number };
    case 'f':
      return { type: 'float', value: value as number };
    case 'd':
      return { type: 'double', value: value as number };
    case 's':
      return { type: 'string', value: value as string };
    case 'b':
      return { type: 'blob', value: value as Uint8Array };
    case 'T':
    case 'F':
      return { type: 'bool', value: type === 'T' };
    case 'h': {
      const { high, low } = value as { high: number; low: number };
      return { type: 'int64', value: (BigInt(high) << 32n) | BigInt.asUintN(32, BigInt(low)) };
    }
    default:
      return null;
  }
}

const TAGS: Readonly<Record<OscArg['type'], string>> = {
  int: 'i',
  float: 'f',
  double: 'd',
  string: 's',
  blob: 'b',
  bool: 'T',
  int64: 'h',
};

/** As oscdump writes it: `/cue/7/go ,i 1`. */
export function describe({ address, args }: OscMessage): string {
  if (args.length === 0) return address;
  const tags = args.map(arg => (arg.type === 'bool' && !arg.value ? 'F' : TAGS[arg.type])).join('');
  const values = args.filter(arg => arg.type !== 'bool').map(spell);
  return [address, `,${tags}`, ...values].join(' ');
}

function spell(arg: OscArg): string {
  switch (arg.type) {
    case 'string':
      return JSON.stringify(arg.value);
    case 'blob':
      return `[${Array.from(arg.value, byte => byte.toString(16).padStart(2, '0')).join(' ')}]`;
    case 'float':
    case 'double':
      return Number.isInteger(arg.value) ? arg.value.toFixed(1) : String(Number(arg.value.toFixed(6)));
    default:
      return String(arg.value);
  }
}
