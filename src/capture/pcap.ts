/**
 * Classic pcap files: a header of 24 bytes, then records of 16 bytes and a packet each.
 * Source: draft-ietf-opsawg-pcap, "PCAP Capture File Format".
 */
import { type CaptureRecord, cutFile, damagedFile, wholeFile } from './capture-records.ts';

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

/** A packet beyond libpcap's MAXIMUM_SNAPLEN that also leaves the file is a wrong length, not a cut. */
const MOST_PACKET_BYTES = 262_144;

interface Format {
  readonly littleEndian: boolean;
  /** Units of the second time word in a millisecond. */
  readonly fractionsPerMs: number;
}

/** The magic number, read big-endian: it tells the byte order and the unit of the fraction. */
const FORMATS: ReadonlyMap<number, Format> = new Map([
  [0xa1b2c3d4, { littleEndian: false, fractionsPerMs: 1e3 }],
  [0xd4c3b2a1, { littleEndian: true, fractionsPerMs: 1e3 }],
  [0xa1b23c4d, { littleEndian: false, fractionsPerMs: 1e6 }],
  [0x4d3cb2a1, { littleEndian: true, fractionsPerMs: 1e6 }],
]);

/** @param magic first four bytes of the file, big-endian */
export const isPcap = (magic: number): boolean => FORMATS.has(magic);

/**
 * Every packet of a classic pcap file, then its end.
 *
 * @param file the whole file; one that `isPcap` refuses is answered as damaged at byte 0
 *
 * Nothing is copied: the packets are views of `file`. A record that goes on beyond the end of the file is not given.
 */
export function* readPcap(file: Uint8Array): Generator<CaptureRecord, void> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const format = file.length < 4 ? undefined : FORMATS.get(view.getUint32(0));
  if (format === undefined) {
    yield damagedFile(0, 'not the magic number of a pcap file');
    return;
  }
  if (file.length < FILE_HEADER_BYTES) {
    yield cutFile(0, `the file header takes ${FILE_HEADER_BYTES} bytes`, file.length);
    return;
  }
  const { littleEndian, fractionsPerMs } = format;
  // The upper 16 bits say how long the frame check sequence is; the IP length passes over that.
  const linkType = view.getUint32(20, littleEndian) & 0xffff;

  let offset = FILE_HEADER_BYTES;
  while (offset < file.length) {
    const left = file.length - offset;
    if (left < RECORD_HEADER_BYTES) {
      yield cutFile(offset, `a packet's header takes ${RECORD_HEADER_BYTES} bytes`, left);
      return;
    }
    const capturedBytes = view.getUint32(offset + 8, littleEndian);
    if (capturedBytes > left - RECORD_HEADER_BYTES) {
      yield capturedBytes > MOST_PACKET_BYTES
        ? damagedFile(offset, `a packet says it has ${capturedBytes} bytes, expected at most ${MOST_PACKET_BYTES}`)
        : cutFile(offset, `a packet takes ${RECORD_HEADER_BYTES + capturedBytes} bytes`, left);
      return;
    }
    const seconds = view.getUint32(offset, littleEndian);
    const fraction = view.getUint32(offset + 4, littleEndian);
    const start = offset + RECORD_HEADER_BYTES;
    yield {
      kind: 'packet',
      timeMs: seconds * 1000 + fraction / fractionsPerMs,
      linkType,
      interfaceNumber: 0,
      bytes: file.subarray(start, start + capturedBytes),
      comment: null,
    };
    offset = start + capturedBytes;
  }
  yield wholeFile(offset);
}
