/** Datagrams to packets and back. Pure; the tables are in layout.ts. */
import { toHex } from '../../src/bytes/hex.ts';
import type { ValueOf } from '../../src/bytes/packet-layout.ts';
import { type AnyLayout, LAYOUTS, MAGIC, mixerStatus, PASSED_OVER, PORTS, rekordboxStatus } from './layout.ts';

type PacketOf<L> = L extends AnyLayout ? { readonly kind: L['kind'] } & ValueOf<L> : never;

/** A decoded datagram: the value of its table, under its kind. */
export type Packet = PacketOf<AnyLayout>;

export type Decoded =
  | { readonly ok: true; readonly packet: Packet; readonly lengthAgrees: boolean }
  /** A datagram we know by name and have no use for. */
  | { readonly ok: true; readonly packet: null; readonly passedOver: string }
  | { readonly ok: false; readonly reason: string; readonly offset: number };

const MAGIC_BYTES = MAGIC.split(' ').map(hex => Number.parseInt(hex, 16));

const byPortAndType = new Map<string, AnyLayout[]>();
for (const table of LAYOUTS) {
  const key = `${table.port}/${table.type}`;
  byPortAndType.set(key, [...(byPortAndType.get(key) ?? []), table]);
}

/**
 * Decodes one datagram as a packet.
 *
 * @param to the UDP port it was sent to: the same type byte means different things on different ports. The source port
 *           says nothing, real devices use a new one for each packet.
 */
export function decode(to: { readonly port: number }, bytes: Uint8Array): Decoded {
  if (bytes.length < 0x0b) return fail(`${bytes.length} bytes, too short for a DJ Link packet`, bytes.length);
  for (let i = 0; i < MAGIC_BYTES.length; i++) {
    if (bytes[i] !== MAGIC_BYTES[i]) return fail('not a DJ Link packet', i);
  }
  const type = bytes[0x0a] as number;
  const key = `${to.port}/${type}`;
  const tables = byPortAndType.get(key);
  if (tables === undefined) {
    const passedOver = PASSED_OVER[key];
    if (passedOver !== undefined) return { ok: true, packet: null, passedOver };
    return fail(`type 0x${type.toString(16).padStart(2, '0')} is not known on port ${to.port}`, 0x0a);
  }
  let tooShort: Decoded | null = null;
  for (const table of tables) {
    if (!suits(table, bytes)) continue;
    const read = table.decode(bytes);
    if (read.ok) {
      return { ok: true, packet: { kind: table.kind, ...read.value } as Packet, lengthAgrees: read.lengthAgrees };
    }
    tooShort = read;
  }
  return tooShort ?? fail(`type 0x${type.toString(16)} in a form that is not known`, 0x20);
}

/** The name in a DJ Link datagram, of a type that is known or not; null: it is no DJ Link, or too short for a name. */
export function nameOf(to: { readonly port: number }, bytes: Uint8Array): string | null {
  const start = to.port === PORTS.presence ? 0x0c : 0x0b;
  if (bytes.length < start + NAME_BYTES || MAGIC_BYTES.some((byte, i) => bytes[i] !== byte)) return null;
  const codes = [...bytes.subarray(start, start + NAME_BYTES)];
  const end = codes.indexOf(0);
  const letters = end < 0 ? codes : codes.slice(0, end);
  return String.fromCharCode(...letters.map(code => (code >= 0x20 && code < 0x7f ? code : 0x3f))).trim();
}

const NAME_BYTES = 20;

/** Type 29 has two forms under one length; their structure byte tells them apart. */
function suits(table: AnyLayout, bytes: Uint8Array): boolean {
  if (table === rekordboxStatus) return bytes[0x20] === 0x01;
  if (table === mixerStatus) return bytes[0x20] !== 0x01;
  return true;
}

const fail = (reason: string, offset: number): Decoded => ({ ok: false, reason, offset });

/** A packet as a person reads it in a log: its kind and its fields, bytes as hex. */
export function describe(packet: Packet): string {
  const fields = Object.entries(packet)
    .filter(([name]) => name !== 'kind')
    .map(([name, value]) => `${name}=${show(value)}`);
  return [packet.kind, ...fields].join(' ');
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) {
    return value.length > 16 ? `${value.length} bytes` : `[${toHex(value)}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const set = Object.entries(value).filter(([, on]) => on === true);
    return set.map(([name]) => name).join('+') || '-';
  }
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(4);
  return value === null ? '-' : String(value);
}
