/**
 * pcapng files: blocks of a type and a length, in sections that each have their own byte order and interfaces.
 * Source: draft-ietf-opsawg-pcapng, "PCAP Now Generic (pcapng) Capture File Format".
 */
import { type CaptureRecord, cutFile, damagedFile, type FileEnd, wholeFile } from './capture-records.ts';

/** The type of a section header: the same in both byte orders, so that it is the magic number of the file. */
export const PCAPNG_MAGIC = 0x0a0d0d0a;

const BLOCK = { section: PCAPNG_MAGIC, interface: 1, obsoletePacket: 2, simplePacket: 3, enhancedPacket: 6 } as const;
const OPTION = { end: 0, comment: 1, timeResolution: 9, timeOffset: 14 } as const;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const BYTE_ORDER_MAGIC_SWAPPED = 0x4d3c2b1a;

/** Type, length, and the length again at the end. */
const BLOCK_FRAME_BYTES = 12;
/** Type, length and byte order: without them a section header cannot be read. */
const SECTION_START_BYTES = 12;
/** Byte order, version, section length: the body of a section header without options. */
const SECTION_BODY_BYTES = 16;

/** A block longer than this that also leaves the file is a wrong length, not a cut; Wireshark's limit too. */
const MOST_BLOCK_BYTES = 16 * 1024 * 1024;
/** Interfaces remembered at once, so that a file of nothing but interfaces takes no memory. */
const MOST_INTERFACES = 65_536;

interface Interface {
  readonly linkType: number;
  /** Longest capture in bytes; 0: no limit. */
  readonly snapBytes: number;
  readonly unitsPerSecond: bigint;
  readonly offsetSeconds: number;
  /** Place in the file, counted over all sections. */
  readonly interfaceNumber: number;
}

/** The body of one block, from behind its length up to the length at its end. */
interface Body {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly littleEndian: boolean;
}

/** A section as it is being read: its byte order, and the interfaces that it has described so far. */
interface Section {
  readonly littleEndian: boolean;
  readonly interfaces: Interface[];
}

/**
 * Every packet of a pcapng file, then its end. Blocks of other kinds are passed over.
 *
 * Nothing is copied: the packets are views of `file`. A block that goes on beyond the end of the file is not given.
 */
export function* readPcapng(file: Uint8Array): Generator<CaptureRecord, void> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let section: Section | null = null;
  let interfacesSoFar = 0;
  let offset = 0;

  while (offset < file.length) {
    const block = readBlock(view, offset, section);
    if (block.kind === 'end') {
      yield block;
      return;
    }
    const { type, body } = block;
    if (type === BLOCK.section || section === null) section = { littleEndian: body.littleEndian, interfaces: [] };
    const { interfaces } = section;
    if (type === BLOCK.interface) {
      if (interfaces.length < MOST_INTERFACES) interfaces.push(readInterface(body, interfacesSoFar++));
    } else {
      const packet = packetOf(type, body, interfaces);
      if (packet !== null) yield packet;
    }
    offset += BLOCK_FRAME_BYTES + body.bytes.length;
  }
  yield wholeFile(offset);
}

// ---- blocks

interface Block {
  readonly kind: 'block';
  readonly type: number;
  readonly body: Body;
}

/** @param section that the block is in; null: the first block of the file begins one */
function readBlock(view: DataView, offset: number, section: Section | null): Block | FileEnd {
  const left = view.byteLength - offset;
  // A section header says its byte order only after its length, so four bytes more are needed to read it.
  const isSection = left >= 4 && view.getUint32(offset) === BLOCK.section;
  const startBytes = isSection ? SECTION_START_BYTES : 8;
  if (left < startBytes) return cutFile(offset, `the start of a block takes ${startBytes} bytes`, left);
  const byteOrder = isSection ? view.getUint32(offset + 8) : null;
  if (byteOrder !== null && byteOrder !== BYTE_ORDER_MAGIC && byteOrder !== BYTE_ORDER_MAGIC_SWAPPED) {
    return damagedFile(offset, `a section with byte-order magic ${hex32(byteOrder)}, expected 0x1a2b3c4d`);
  }
  if (byteOrder === null && section === null) return damagedFile(0, 'expected a section header first');

  const littleEndian = byteOrder === null ? section?.littleEndian === true : byteOrder === BYTE_ORDER_MAGIC_SWAPPED;
  const type = view.getUint32(offset, littleEndian);
  const blockBytes = view.getUint32(offset + 4, littleEndian);
  const fault = blockFault({ view, offset, littleEndian }, blockBytes);
  if (fault !== null) return fault;
  const at = view.byteOffset + offset + 8;
  const bodyBytes = blockBytes - BLOCK_FRAME_BYTES;
  const bytes = new Uint8Array(view.buffer, at, bodyBytes);
  const body: Body = { bytes, view: new DataView(view.buffer, at, bodyBytes), littleEndian };
  return (type === BLOCK.section ? sectionFault(body, offset) : null) ?? { kind: 'block', type, body };
}

/** Reason for which the rest of a section cannot be read; null: it can. */
function sectionFault({ view, littleEndian }: Body, offset: number): FileEnd | null {
  const major = view.byteLength < SECTION_BODY_BYTES ? null : view.getUint16(4, littleEndian);
  if (major === 1) return null;
  const blockBytes = BLOCK_FRAME_BYTES + view.byteLength;
  const found = major === null ? `a section header of ${blockBytes} bytes` : `pcapng version ${major}`;
  return damagedFile(offset, `${found}, expected version 1 and at least 28 bytes`);
}

/** The packet in a block; null: there is none in blocks of this type. */
function packetOf(type: number, body: Body, interfaces: readonly Interface[]): CaptureRecord | null {
  const { view, littleEndian } = body;
  switch (type) {
    case BLOCK.enhancedPacket:
      return enhancedPacket(body, interfaces, view.byteLength < 4 ? 0 : view.getUint32(0, littleEndian));
    case BLOCK.obsoletePacket:
      // Only the number of the interface is narrower (a count of drops follows it): the rest stands where it stands now.
      return enhancedPacket(body, interfaces, view.byteLength < 4 ? 0 : view.getUint16(0, littleEndian));
    case BLOCK.simplePacket:
      return simplePacket(body, interfaces[0]);
    default:
      return null;
  }
}

const hex32 = (n: number): string => `0x${n.toString(16).padStart(8, '0')}`;

interface BlockPlace {
  /** Of the whole file. */
  readonly view: DataView;
  readonly offset: number;
  readonly littleEndian: boolean;
}

/** Reason for which a block cannot be read to its end; null: it can. */
function blockFault({ view, offset, littleEndian }: BlockPlace, blockBytes: number): FileEnd | null {
  if (blockBytes < BLOCK_FRAME_BYTES || blockBytes % 4 !== 0) {
    return damagedFile(offset, `a block says it has ${blockBytes} bytes, expected at least 12 and a multiple of 4`);
  }
  const left = view.byteLength - offset;
  if (blockBytes > left) {
    return blockBytes > MOST_BLOCK_BYTES
      ? damagedFile(offset, `a block says it has ${blockBytes} bytes, expected at most ${MOST_BLOCK_BYTES}`)
      : cutFile(offset, `a block takes ${blockBytes} bytes`, left);
  }
  const again = view.getUint32(offset + blockBytes - 4, littleEndian);
  return again === blockBytes
    ? null
    : damagedFile(offset, `a block says ${blockBytes} bytes at its start and ${again} at its end`);
}

// ---- interfaces

/** Reads an interface. One too short to say its link type is kept, for the count, with a link type that nothing reads. */
function readInterface(body: Body, interfaceNumber: number): Interface {
  const { bytes, view, littleEndian } = body;
  const isWhole = bytes.length >= 8;
  let unitsPerSecond = 1_000_000n;
  let offsetSeconds = 0;
  for (const { code, at, length } of options(body, 8)) {
    if (code === OPTION.timeResolution && length === 1) unitsPerSecond = unitsOf(view.getUint8(at));
    if (code === OPTION.timeOffset && length === 8) offsetSeconds = Number(view.getBigInt64(at, littleEndian));
  }
  return {
    linkType: isWhole ? view.getUint16(0, littleEndian) : NO_LINK_TYPE,
    snapBytes: isWhole ? view.getUint32(4, littleEndian) : 0,
    unitsPerSecond,
    offsetSeconds,
    interfaceNumber,
  };
}

/** The options at the end of a block, up to the one that ends them or to one that cannot be. */
function* options({ bytes, view, littleEndian }: Body, from: number) {
  let offset = from;
  while (offset + 4 <= bytes.length) {
    const code = view.getUint16(offset, littleEndian);
    const length = view.getUint16(offset + 2, littleEndian);
    const at = offset + 4;
    if (code === OPTION.end || at + length > bytes.length) return;
    yield { code, at, length };
    offset = at + 4 * Math.ceil(length / 4);
  }
}

/** Beyond the 16 bits of a link type. */
const NO_LINK_TYPE = 0x10000;

/** if_tsresol: the highest bit clear, negative power of ten; set, negative power of two. */
const unitsOf = (resolution: number): bigint =>
  (resolution & 0x80) === 0 ? 10n ** BigInt(resolution) : 2n ** BigInt(resolution & 0x7f);

/** Whole seconds are split off before leaving bigint: 64 bits of nanoseconds do not fit a number. */
function timeMsOf({ unitsPerSecond, offsetSeconds }: Interface, high: number, low: number): number {
  const units = (BigInt(high) << 32n) | BigInt(low);
  const seconds = Number(units / unitsPerSecond) + offsetSeconds;
  return seconds * 1000 + (Number(units % unitsPerSecond) / Number(unitsPerSecond)) * 1000;
}

// ---- packets

const unreadable = (reason: string): CaptureRecord => ({ kind: 'unreadable', reason });

function enhancedPacket(body: Body, interfaces: readonly Interface[], index: number): CaptureRecord {
  const { bytes, view, littleEndian } = body;
  if (bytes.length < 20) return unreadable('packet block too short for its header');
  const from = interfaces[index];
  if (from === undefined) return unreadable('packet of an interface that the section does not describe');
  const capturedBytes = view.getUint32(12, littleEndian);
  if (capturedBytes > bytes.length - 20) return unreadable('packet longer than its block');
  return {
    kind: 'packet',
    timeMs: timeMsOf(from, view.getUint32(4, littleEndian), view.getUint32(8, littleEndian)),
    linkType: from.linkType,
    interfaceNumber: from.interfaceNumber,
    bytes: bytes.subarray(20, 20 + capturedBytes),
    comment: commentOf(body, 20 + 4 * Math.ceil(capturedBytes / 4)),
  };
}

const utf8 = new TextDecoder();

function commentOf(body: Body, from: number): string | null {
  for (const { code, at, length } of options(body, from)) {
    if (code === OPTION.comment) return utf8.decode(body.bytes.subarray(at, at + length));
  }
  return null;
}

/** Reads a packet of the first interface; its captured length is what that one's snap length leaves of it. */
function simplePacket({ bytes, view, littleEndian }: Body, from: Interface | undefined): CaptureRecord {
  if (bytes.length < 4) return unreadable('packet block too short for its header');
  if (from === undefined) return unreadable('packet of an interface that the section does not describe');
  const wireBytes = view.getUint32(0, littleEndian);
  const capturedBytes = from.snapBytes === 0 ? wireBytes : Math.min(wireBytes, from.snapBytes);
  if (capturedBytes > bytes.length - 4) return unreadable('packet longer than its block');
  return {
    kind: 'packet',
    timeMs: null,
    linkType: from.linkType,
    interfaceNumber: from.interfaceNumber,
    bytes: bytes.subarray(4, 4 + capturedBytes),
    comment: null,
  };
}

/** Finds the section headers of a pcapng file, as far as it can be read. */
export function* sectionStarts(file: Uint8Array): Generator<number, void> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let section: Section | null = null;
  for (let offset = 0; offset < file.length; ) {
    const block = readBlock(view, offset, section);
    if (block.kind === 'end') return;
    if (block.type === BLOCK.section) {
      section = { littleEndian: block.body.littleEndian, interfaces: [] };
      yield offset;
    }
    offset += BLOCK_FRAME_BYTES + block.body.bytes.length;
  }
}
