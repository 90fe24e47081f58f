/** A datagram without names and addresses: those of DJ Link by the tables, of others the words that are known. Pure. */
import { decode, nameOf } from '../../../bridges/opus-quad/codec.ts';
import { PORTS } from '../../../bridges/opus-quad/layout.ts';
import { modelOfName } from '../../../bridges/opus-quad/models.ts';
import { markText, readMark } from '../../../bridges/opus-quad/session/lighting-turn.ts';
import type { MaskWords } from './mask-words.ts';

const NAME_BYTES = 20;
/** Magic, type, name and lengths: what every packet has before its own fields. */
const HEAD_BYTES = 0x24;

/** Names of models and programs: they say what a device is, and not whose. */
const KNOWN_NAME = /^(?:CDJ|DJM|XDJ|DDJ|OPUS|OMNIS|rekordbox|NXS-GW|decklight|beat-link|Stagehand)/i;

/** Fields that hold addresses, by kind of packet. */
const ADDRESSES: Readonly<Record<string, { readonly mac?: number; readonly ip?: number; readonly end?: number }>> = {
  'keep-alive': { mac: 0x26, ip: 0x2c, end: 0x36 },
  'short-keep-alive': { mac: 0x26, end: 0x2c },
  'claim-1': { mac: 0x26 },
  'claim-2': { ip: 0x24, mac: 0x28 },
  'assignment-offer': { ip: 0x24, mac: 0x28 },
  'number-in-use': { ip: 0x25 },
};

export function maskPacket(port: number, bytes: Uint8Array, mask: MaskWords): Uint8Array {
  if (!Object.values(PORTS).some(each => each === port)) return mask.bytes(bytes);
  const masked = Uint8Array.from(bytes);
  const decoded = decode({ port }, bytes);
  maskName(port, masked, mask);
  if (!decoded.ok || decoded.packet === null) {
    // Nobody here knows where a name would stand in it.
    masked.fill(0, nameOf({ port }, bytes) === null ? 0 : HEAD_BYTES);
    return masked;
  }
  const { packet } = decoded;
  const { mac, ip, end } = ADDRESSES[packet.kind] ?? {};
  if (mac !== undefined) masked.set(macBytes(mask.mac(macText(bytes, mac))), mac);
  if (ip !== undefined) masked.set(ipBytes(mask.host([...bytes.subarray(ip, ip + 4)].join('.'))), ip);
  if (end !== undefined) masked.fill(0, end);
  if (packet.kind === 'status-request') maskComputer(masked, packet.computerName, mask);
  // Only the phrases are read by a show and tell no name; a cover does.
  if (packet.kind === 'fragment' && packet.dataType !== 'song-structure') masked.fill(0, 0x34);
  return masked;
}

function maskName(port: number, masked: Uint8Array, mask: MaskWords): void {
  const name = nameOf({ port }, masked);
  if (name === null || name === '' || modelOfName(name) !== null || KNOWN_NAME.test(name)) return;
  const start = port === PORTS.presence ? 0x0c : 0x0b;
  masked.fill(0, start, start + NAME_BYTES);
  masked.set(Buffer.from(mask.name('Device', name), 'latin1').subarray(0, NAME_BYTES), start);
}

const COMPUTER = { offset: 0x28, bytes: 256 } as const;

function maskComputer(masked: Uint8Array, computer: string, mask: MaskWords): void {
  const mark = readMark(computer);
  const text =
    mark === null ? mask.name('Machine', computer) : markText({ ...mark, machine: mask.name('Machine', mark.machine) });
  masked.fill(0, COMPUTER.offset, COMPUTER.offset + COMPUTER.bytes);
  masked.set(
    Buffer.from(text, 'utf16le')
      .swap16()
      .subarray(0, COMPUTER.bytes - 2),
    COMPUTER.offset,
  );
}

const macText = (bytes: Uint8Array, at: number): string =>
  [...bytes.subarray(at, at + 6)].map(byte => byte.toString(16).padStart(2, '0')).join(':');
const macBytes = (text: string): number[] => text.split(':').map(part => Number.parseInt(part, 16));
const ipBytes = (text: string): number[] => text.split('.').map(Number);
