/** A UDP datagram as the one IPv4 packet that would have carried it. Sources: RFC 768, RFC 791, RFC 1071. */
import type { CaptureEndpoint } from '../capture/capture.ts';
import { UDP } from '../capture/ip.ts';

const IPV4_HEADER_BYTES = 20;
const UDP_HEADER_BYTES = 8;
const HEADERS_BYTES = IPV4_HEADER_BYTES + UDP_HEADER_BYTES;
/** Largest number that the length field of IPv4 can say. */
const MOST_PACKET_BYTES = 65_535;
const HOPS = 64;
/** Nobody may cut it up: it is whole here, however long, and needs no identification (RFC 6864). */
const DO_NOT_FRAGMENT = 0x4000;

/** Largest datagram that one packet can carry. */
export const MOST_DATAGRAM_BYTES = MOST_PACKET_BYTES - HEADERS_BYTES;

/**
 * Puts IPv4 and UDP headers, with their checksums, before a datagram.
 *
 * @returns the packet, in one piece whatever a link could carry; null: the datagram is longer than 65507 bytes, or an
 *          address is not IPv4 (`10.0.0.1`), or a port no port
 */
export function udpPacket(from: CaptureEndpoint, to: CaptureEndpoint, bytes: Uint8Array): Uint8Array | null {
  const [source, destination] = [ipv4Bytes(from.address), ipv4Bytes(to.address)];
  if (source === null || destination === null || !isPort(from.port) || !isPort(to.port)) return null;
  if (bytes.length > MOST_DATAGRAM_BYTES) return null;

  const packet = new Uint8Array(HEADERS_BYTES + bytes.length);
  const view = new DataView(packet.buffer);
  packet[0] = 0x45;
  view.setUint16(2, packet.length);
  view.setUint16(6, DO_NOT_FRAGMENT);
  packet[8] = HOPS;
  packet[9] = UDP;
  packet.set(source, 12);
  packet.set(destination, 16);
  view.setUint16(10, ~wordSum(view, 0, IPV4_HEADER_BYTES) & 0xffff);

  const udpBytes = UDP_HEADER_BYTES + bytes.length;
  view.setUint16(20, from.port);
  view.setUint16(22, to.port);
  view.setUint16(24, udpBytes);
  packet.set(bytes, HEADERS_BYTES);
  // Before the datagram its checksum counts both addresses, the protocol and the length.
  const sum = folded(wordSum(view, 12, packet.length) + UDP + udpBytes);
  // 0 would say that there is no checksum.
  view.setUint16(26, ~sum & 0xffff || 0xffff);
  return packet;
}

const isPort = (n: number): boolean => Number.isInteger(n) && n >= 0 && n <= 0xffff;

const folded = (sum: number): number => {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + (rest >>> 16);
  return rest;
};

/** The ones' complement sum of big-endian words; an odd last byte counts as if a zero followed. At most 64 KiB. */
function wordSum(view: DataView, from: number, to: number): number {
  let sum = 0;
  let at = from;
  for (; at + 1 < to; at += 2) sum += view.getUint16(at);
  return folded(at < to ? sum + view.getUint8(at) * 0x100 : sum);
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

function ipv4Bytes(address: string): readonly number[] | null {
  const parts = IPV4.exec(address)?.slice(1).map(Number);
  return parts === undefined || parts.some(part => part > 255) ? null : parts;
}
