/** A capture of a network, pcap or pcapng, as the UDP datagrams and records in it. Pure: bytes in, values out. */

import type { CapturedPacket, CaptureRecord, FileEnd } from './capture-records.ts';
import { afterExtensions, type Content, readIpv4, readIpv6, UDP } from './ip.ts';
import { type GivenUp, type Reassembler, reassembler } from './ip-fragments.ts';
import { openLinkFrame } from './link-layer.ts';
import { isPcap, readPcap } from './pcap.ts';
import { PCAPNG_MAGIC, readPcapng } from './pcapng.ts';
import { readUdp } from './udp.ts';

/** LINKTYPE_USER0: by agreement of those who read it; here, one JSON object per packet. */
export const RECORD_LINK_TYPE = 147;

export interface CaptureEndpoint {
  /** IPv4 as `10.0.0.1`, IPv6 as in RFC 5952. */
  readonly address: string;
  readonly port: number;
}

/** A UDP datagram, put together where it came in fragments. */
export interface CapturedDatagram {
  readonly kind: 'datagram';
  /** Unix time in ms of the packet that made it whole, fractions included; null when the file does not say. */
  readonly timeMs: number | null;
  /** Time since the first packet of the file that has one. */
  readonly sinceFirstMs: number | null;
  readonly from: CaptureEndpoint;
  readonly to: CaptureEndpoint;
  readonly bytes: Uint8Array;
  /** In how many packets of the file it came: more than one when it was fragmented. */
  readonly packets: number;
  /** The first comment of the packet that made it whole; null: none. */
  readonly comment: string | null;
}

/** Record that Decklight itself has written into a recording, beside the packets of the network. */
export interface RecordItem {
  readonly kind: 'record';
  readonly timeMs: number | null;
  readonly sinceFirstMs: number | null;
  /** A JSON object; `decklight` says what sort it is, nothing else of it is looked at here. */
  readonly value: { readonly decklight: string; readonly [key: string]: unknown };
  readonly packets: 1;
}

/** Packets of the file that gave neither. */
export interface OtherPackets {
  readonly kind: 'other';
  readonly what: 'not-udp' | 'unreadable' | 'fragments';
  /** Few different texts, so that they can be counted. */
  readonly reason: string;
  readonly packets: number;
}

/** The last item, always: how the file ended, and how many packets it has. */
export interface CaptureEnd extends FileEnd {
  readonly packets: number;
}

export type CaptureItem = CapturedDatagram | RecordItem | OtherPackets | CaptureEnd;

/**
 * Reads a capture.
 *
 * @param file the bytes of a .pcap or .pcapng file, all of them
 * @returns    items in the order of the file (fragments where they were made whole or given up), the last one a
 *             `CaptureEnd`. Every packet is accounted for: the `packets` of all other items add up to that of the end
 *
 * Never throws, whatever the bytes; what cannot be read is an item that says so. Beside the file it keeps only
 * fragments, of 64 datagrams at most.
 */
export function* readCapture(file: Uint8Array): Generator<CaptureItem, void> {
  const fragments = reassembler();
  let packets = 0;
  let firstMs: number | null = null;
  // The views of a Buffer are Buffers, which compare and print unlike other bytes.
  const plain = new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  for (const record of recordsOf(plain)) {
    switch (record.kind) {
      case 'packet': {
        packets++;
        firstMs ??= record.timeMs;
        const sinceFirstMs = record.timeMs === null || firstMs === null ? null : record.timeMs - firstMs;
        yield* itemsOf(record, { timeMs: record.timeMs, sinceFirstMs }, fragments.add);
        break;
      }
      case 'unreadable':
        packets++;
        yield other('unreadable', record.reason, 1);
        break;
      case 'end':
        yield* fragments.flush().map(given);
        yield { ...record, packets };
        return;
    }
  }
}

function recordsOf(file: Uint8Array): Iterable<CaptureRecord> {
  if (file.length >= 4) {
    const magic = new DataView(file.buffer, file.byteOffset, 4).getUint32(0);
    if (isPcap(magic)) return readPcap(file);
    if (magic === PCAPNG_MAGIC) return readPcapng(file);
  }
  return [notACapture(file)];
}

function notACapture(file: Uint8Array): FileEnd {
  const first = Array.from(file.subarray(0, 4), byte => byte.toString(16).padStart(2, '0')).join(' ');
  const found = file.length === 0 ? 'the file is empty' : `the file begins with ${first}`;
  const expected = 'expected pcap (a1 b2 c3 d4, a1 b2 3c 4d, or these backwards) or pcapng (0a 0d 0d 0a)';
  // gzip's magic, RFC 1952: tools write .pcap.gz unasked.
  const advice = first.startsWith('1f 8b')
    ? 'it is compressed: unpack it with gunzip first'
    : 'save the capture as pcapng or pcap, in Wireshark with File, Save As';
  return {
    kind: 'end',
    how: 'not-a-capture',
    offset: 0,
    message: `not a capture at byte 0: ${found}, ${expected}; ${advice}`,
  };
}

const other = (what: OtherPackets['what'], reason: string, packets: number): OtherPackets => ({
  kind: 'other',
  what,
  reason,
  packets,
});

const given = ({ packets, reason }: GivenUp): OtherPackets => other('fragments', reason, packets);

type Times = Pick<CapturedDatagram, 'timeMs' | 'sinceFirstMs'>;
type Marks = Times & Pick<CapturedDatagram, 'comment'>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** null: it is no JSON object that says what sort of record it is. */
function recordOf(bytes: Uint8Array): RecordItem['value'] | null {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    const isRecord = typeof value === 'object' && value !== null && 'decklight' in value;
    return isRecord && typeof value.decklight === 'string' ? (value as RecordItem['value']) : null;
  } catch {
    return null;
  }
}

/** Gives the item of a packet; none while a fragment waits for others, more when it drives out older ones. */
function* itemsOf(
  { linkType, interfaceNumber, bytes, comment }: CapturedPacket,
  times: Times,
  addFragment: Reassembler['add'],
): Generator<CapturedDatagram | RecordItem | OtherPackets, void> {
  const value = linkType === RECORD_LINK_TYPE ? recordOf(bytes) : null;
  if (value !== null) {
    yield { kind: 'record', ...times, value, packets: 1 };
    return;
  }
  const marks: Marks = { ...times, comment };
  const frame = openLinkFrame(linkType, bytes);
  if (!frame.ok) {
    yield other('not-udp', frame.reason, 1);
    return;
  }
  const ip = frame.version === 4 ? readIpv4(frame.packet) : readIpv6(frame.packet);
  if (!ip.ok) {
    yield other('unreadable', ip.reason, 1);
    return;
  }
  const { from, to, fragment, protocol } = ip;
  if (fragment === null) {
    yield itemOf(ip, { from, to, marks, packets: 1 });
    return;
  }
  // IPv4 tells the protocol in every fragment; IPv6 may still have extension headers inside.
  if (frame.version === 4 && protocol !== UDP) {
    yield other('not-udp', notUdp(protocol), 1);
    return;
  }
  // All fragments of a datagram say the same protocol, though for IPv6 only the first one's would count (RFC 8200).
  const flow = `${interfaceNumber} ${from} ${to} ${protocol}`;
  const { whole, givenUp } = addFragment({ ...fragment, flow, bytes: ip.payload, timeMs: times.timeMs });
  yield* givenUp.map(given);
  if (whole === null) return;
  const content: Content =
    frame.version === 4
      ? { ok: true, protocol, payload: whole.bytes, fragment: null }
      : afterExtensions(protocol, whole.bytes);
  yield itemOf(content, { from, to, marks, packets: whole.packets });
}

const notUdp = (protocol: number): string => `IP protocol ${protocol}, not UDP`;

/** Addresses, times and number of the packets around a content. */
interface Envelope {
  /** IP addresses. */
  readonly from: string;
  readonly to: string;
  readonly marks: Marks;
  readonly packets: number;
}

function itemOf(content: Content, { from, to, marks, packets }: Envelope): CapturedDatagram | OtherPackets {
  if (!content.ok) return other('unreadable', content.reason, packets);
  if (content.fragment !== null) return other('unreadable', 'fragments inside fragments', packets);
  if (content.protocol !== UDP) return other('not-udp', notUdp(content.protocol), packets);
  const udp = readUdp(content.payload);
  if (!udp.ok) return other('unreadable', udp.reason, packets);
  return {
    kind: 'datagram',
    ...marks,
    from: { address: from, port: udp.fromPort },
    to: { address: to, port: udp.toPort },
    bytes: udp.bytes,
    packets,
  };
}
