/** OSC messages to bytes and back. Pure. The bytes are written by the `osc` package, told every type. */
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

/** Whether receivers can take an address: OSC 1.0 allows printable ASCII without space and `#`. */
export const isAddress = (address: string): boolean => ADDRESS.test(address) && !address.includes('#');

/** One message as a packet of its own. */
export const encode = (message: OscMessage): Uint8Array => osc.writePacket(toPacket(message), { metadata: true });

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

/** A packet of one message; bundles and types we never send are refused. */
export function decode(bytes: Uint8Array): OscDecoded {
  try {
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
    return { ok: false, reason: (error as Error).message };
  }
}

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
