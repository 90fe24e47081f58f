/**
 * Captures made by hand for the tests, from the specifications and with Buffer alone, so that nothing here can share a
 * mistake with the readers. All are synthesised.
 */

export interface Udp {
  readonly fromPort: number;
  readonly toPort: number;
  readonly payload: Buffer;
}

const be16 = (n: number): Buffer => Buffer.from([n >> 8, n & 0xff]);
const be32 = (n: number): Buffer => Buffer.concat([be16(n >>> 16), be16(n & 0xffff)]);

/** A DJ Link packet of a type, filled with zeros up to its size. */
export function djLink(type: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.write('Qspt1WmJOL', 'latin1');
  bytes[0x0a] = type;
  return bytes;
}

// ---- RFC 768, 791, 8200

export const udp = ({ fromPort, toPort, payload }: Udp): Buffer =>
  Buffer.concat([be16(fromPort), be16(toPort), be16(8 + payload.length), be16(0), payload]);

export interface Ipv4Fields {
  readonly id?: number;
  readonly more?: boolean;
  readonly offsetBytes?: number;
  readonly protocol?: number;
  readonly options?: Buffer;
}

export const FROM4 = '169.254.1.2';
export const TO4 = '169.254.255.255';

export function ipv4(payload: Buffer, fields: Ipv4Fields = {}): Buffer {
  const { id = 1, more = false, offsetBytes = 0, protocol = 17, options = Buffer.alloc(0) } = fields;
  const headerBytes = 20 + options.length;
  return Buffer.concat([
    Buffer.from([0x40 | (headerBytes / 4), 0]),
    be16(headerBytes + payload.length),
    be16(id),
    be16((more ? 0x2000 : 0) | (offsetBytes / 8)),
    Buffer.from([64, protocol, 0, 0, 169, 254, 1, 2, 169, 254, 255, 255]),
    options,
    payload,
  ]);
}

export const FROM6 = 'fe80::1:0:0:2';
export const TO6 = 'ff02::1';
const FROM6_BYTES = Buffer.from('fe800000000000000001000000000002', 'hex');
const TO6_BYTES = Buffer.from('ff020000000000000000000000000001', 'hex');

export const ipv6 = (nextHeader: number, payload: Buffer): Buffer =>
  Buffer.concat([
    be32(0x60000000),
    be16(payload.length),
    Buffer.from([nextHeader, 1]),
    FROM6_BYTES,
    TO6_BYTES,
    payload,
  ]);

/** An extension header of one unit of 8 bytes: padding only. */
export const ipv6Options = (nextHeader: number): Buffer => Buffer.from([nextHeader, 0, 1, 4, 0, 0, 0, 0]);

export const ipv6Fragment = (nextHeader: number, offsetBytes: number, more: boolean, id: number): Buffer =>
  Buffer.concat([Buffer.from([nextHeader, 0]), be16(offsetBytes | (more ? 1 : 0)), be32(id)]);

/** A datagram's IPv4 packets, cut after so many bytes of IP payload each (a multiple of 8). */
export function ipv4Fragments(payload: Buffer, cutBytes: number, id: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let offsetBytes = 0; offsetBytes < payload.length; offsetBytes += cutBytes) {
    const more = offsetBytes + cutBytes < payload.length;
    pieces.push(ipv4(payload.subarray(offsetBytes, offsetBytes + cutBytes), { id, more, offsetBytes }));
  }
  return pieces;
}

// ---- link layers: tcpdump.org, "Link-layer header types"

const MACS = Buffer.from('ffffffffffff00e04c653b75', 'hex');
export const ethertypeOf = (packet: Buffer): number => ((packet[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800);

export function ethernet(packet: Buffer, tags: readonly number[] = []): Buffer {
  const tagBytes = tags.map((tag, i) => Buffer.concat([be16(tag), be16(100 + i)]));
  const frame = Buffer.concat([MACS, ...tagBytes, be16(ethertypeOf(packet)), packet]);
  // A card pads to 60 bytes; the padding is not zero, so that taking it for payload shows.
  return frame.length < 60 ? Buffer.concat([frame, Buffer.alloc(60 - frame.length, 0xaa)]) : frame;
}

export interface LinkLayer {
  readonly name: string;
  readonly linkType: number;
  frame(packet: Buffer): Buffer;
}

const familyOf = (packet: Buffer, six: number): number => (ethertypeOf(packet) === 0x86dd ? six : 2);

/** Every link type that a capture may have, as its specification writes it. */
export const LINK_LAYERS: readonly LinkLayer[] = [
  { name: 'Ethernet', linkType: 1, frame: packet => ethernet(packet) },
  { name: 'Ethernet, 802.1Q tag', linkType: 1, frame: packet => ethernet(packet, [0x8100]) },
  { name: 'Ethernet, 802.1ad and 802.1Q tags', linkType: 1, frame: packet => ethernet(packet, [0x88a8, 0x8100]) },
  { name: 'Ethernet, 0x9100 and 802.1Q tags', linkType: 1, frame: packet => ethernet(packet, [0x9100, 0x8100]) },
  {
    name: 'null, captured on a big-endian machine',
    linkType: 0,
    frame: packet => Buffer.concat([be32(familyOf(packet, 28)), packet]),
  },
  {
    name: 'null, captured on a little-endian machine',
    linkType: 0,
    frame: packet => Buffer.concat([Buffer.from([familyOf(packet, 30), 0, 0, 0]), packet]),
  },
  { name: 'loop', linkType: 108, frame: packet => Buffer.concat([be32(familyOf(packet, 24)), packet]) },
  { name: 'raw (12)', linkType: 12, frame: packet => packet },
  { name: 'raw (14)', linkType: 14, frame: packet => packet },
  { name: 'raw (101)', linkType: 101, frame: packet => packet },
  {
    name: 'Linux cooked',
    linkType: 113,
    frame: packet =>
      Buffer.concat([
        be16(0),
        be16(1),
        be16(6),
        Buffer.from('00e04c653b750000', 'hex'),
        be16(ethertypeOf(packet)),
        packet,
      ]),
  },
  {
    name: 'Linux cooked, 802.1Q tag',
    linkType: 113,
    frame: packet =>
      Buffer.concat([
        be16(0),
        be16(1),
        be16(6),
        Buffer.from('00e04c653b750000', 'hex'),
        be16(0x8100),
        be16(7),
        be16(ethertypeOf(packet)),
        packet,
      ]),
  },
  {
    name: 'Linux cooked v2',
    linkType: 276,
    frame: packet =>
      Buffer.concat([
        be16(ethertypeOf(packet)),
        be16(0),
        be32(2),
        be16(1),
        Buffer.from([0, 6]),
        Buffer.from('00e04c653b750000', 'hex'),
        packet,
      ]),
  },
];

// ---- files

export interface Timed {
  readonly bytes: Buffer;
  readonly seconds: number;
  /** Micro- or nanoseconds, as the file's unit is. */
  readonly fraction: number;
}

interface Order {
  u16(n: number): Buffer;
  u32(n: number): Buffer;
}

const BIG: Order = { u16: be16, u32: be32 };
const LITTLE: Order = { u16: n => be16(n).reverse(), u32: n => be32(n).reverse() };
const orderOf = (littleEndian: boolean): Order => (littleEndian ? LITTLE : BIG);

export function pcapHeader(linkType: number, littleEndian: boolean, nanoseconds: boolean): Buffer {
  const { u16, u32 } = orderOf(littleEndian);
  const magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
  return Buffer.concat([u32(magic), u16(2), u16(4), u32(0), u32(0), u32(65535), u32(linkType)]);
}

export function pcapRecord({ bytes, seconds, fraction }: Timed, littleEndian: boolean): Buffer {
  const { u32 } = orderOf(littleEndian);
  return Buffer.concat([u32(seconds), u32(fraction), u32(bytes.length), u32(bytes.length), bytes]);
}

/** Little-endian, microseconds, one packet a second from 1000 s. */
export const pcap = (linkType: number, frames: readonly Buffer[]): Buffer =>
  Buffer.concat([
    pcapHeader(linkType, true, false),
    ...frames.map((bytes, i) => pcapRecord({ bytes, seconds: 1000 + i, fraction: 0 }, true)),
  ]);

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4, 0x55)]);

export interface PcapngWriter {
  block(type: number, body: Buffer): Buffer;
  section(): Buffer;
  /** Options as code and value. */
  interface(linkType: number, snapBytes: number, options: readonly (readonly [number, Buffer])[]): Buffer;
  enhanced(index: number, time: bigint, bytes: Buffer): Buffer;
  obsolete(index: number, time: bigint, bytes: Buffer): Buffer;
  simple(wireBytes: number, captured: Buffer): Buffer;
}

export function pcapngWriter(littleEndian: boolean): PcapngWriter {
  const { u16, u32 } = orderOf(littleEndian);
  const high = (time: bigint) => u32(Number(time >> 32n));
  const low = (time: bigint) => u32(Number(time & 0xffffffffn));
  function block(type: number, body: Buffer): Buffer {
    const whole = padded(body);
    return Buffer.concat([u32(type), u32(12 + whole.length), whole, u32(12 + whole.length)]);
  }
  return {
    block,
    section: () =>
      block(0x0a0d0d0a, Buffer.concat([u32(0x1a2b3c4d), u16(1), u16(0), u32(0xffffffff), u32(0xffffffff)])),
    interface(linkType, snapBytes, options) {
      const written = options.map(([code, value]) => Buffer.concat([u16(code), u16(value.length), padded(value)]));
      const end = options.length === 0 ? [] : [u16(0), u16(0)];
      return block(1, Buffer.concat([u16(linkType), u16(0), u32(snapBytes), ...written, ...end]));
    },
    enhanced: (index, time, bytes) =>
      block(
        6,
        Buffer.concat([u32(index), high(time), low(time), u32(bytes.length), u32(bytes.length), padded(bytes), u32(0)]),
      ),
    obsolete: (index, time, bytes) =>
      block(
        2,
        Buffer.concat([u16(index), u16(3), high(time), low(time), u32(bytes.length), u32(bytes.length), padded(bytes)]),
      ),
    simple: (wireBytes, captured) => block(3, Buffer.concat([u32(wireBytes), captured])),
  };
}
