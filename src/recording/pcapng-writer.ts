/**
 * The blocks of a pcapng file, as bytes; a file is a section, its interfaces, then packets. Little-endian throughout.
 * Source: draft-ietf-opsawg-pcapng, "PCAP Now Generic (pcapng) Capture File Format".
 */
import { PCAPNG_MAGIC } from '../capture/pcapng.ts';

const BLOCK = { section: PCAPNG_MAGIC, interface: 1, enhancedPacket: 6 } as const;
const OPTION = { comment: 1, interfaceName: 2, program: 4, timeResolution: 9 } as const;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** if_tsresol: time stamps in units of 10^-9 s. */
const NANOSECONDS = Uint8Array.of(9);
/** Type and length before the body, the length again behind it. */
const BLOCK_FRAME_BYTES = 12;
/** The body of a packet block up to the packet: interface, time stamp, two lengths. */
const PACKET_START_BYTES = 20;

type Option = readonly [code: number, value: Uint8Array];

const utf8 = new TextEncoder();
const paddedTo4 = (bytes: number): number => 4 * Math.ceil(bytes / 4);

/** Code and length before each value, and four zeros that end them; nothing where there are none. */
const optionsBytes = (options: readonly Option[]): number =>
  options.length === 0 ? 0 : options.reduce((sum, [, value]) => sum + 4 + paddedTo4(value.length), 4);

/**
 * One block.
 *
 * @param bodyBytes its body without options, a multiple of 4
 * @param write     fills the body, which is zero
 */
function block(
  type: number,
  bodyBytes: number,
  options: readonly Option[],
  write: (body: DataView) => void,
): Uint8Array {
  const blockBytes = BLOCK_FRAME_BYTES + bodyBytes + optionsBytes(options);
  const bytes = new Uint8Array(blockBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, blockBytes, true);
  view.setUint32(blockBytes - 4, blockBytes, true);
  write(new DataView(bytes.buffer, 8, bodyBytes));
  let at = 8 + bodyBytes;
  for (const [code, value] of options) {
    view.setUint16(at, code, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + 4);
    at += 4 + paddedTo4(value.length);
  }
  return bytes;
}

/** A section header. Its length is left open, as for a file that is still being written. */
export const sectionBlock = (program: string): Uint8Array =>
  block(BLOCK.section, 16, [[OPTION.program, utf8.encode(program)]], body => {
    body.setUint32(0, BYTE_ORDER_MAGIC, true);
    body.setUint16(4, 1, true);
    body.setBigInt64(8, -1n, true);
  });

/** An interface without a limit of length, time stamps in ns. Those of a section are numbered from 0 as they come. */
export const interfaceBlock = (name: string, linkType: number): Uint8Array =>
  block(
    BLOCK.interface,
    8,
    [
      [OPTION.interfaceName, utf8.encode(name)],
      [OPTION.timeResolution, NANOSECONDS],
    ],
    body => body.setUint16(0, linkType, true),
  );

export interface WrittenPacket {
  readonly interfaceNumber: number;
  /** Unix time, not negative. */
  readonly timeNs: bigint;
  readonly bytes: Uint8Array;
  /** Shown by those who read the file; at most 65535 bytes of UTF-8. null: none. */
  readonly comment: string | null;
}

/** A packet, captured whole. */
export const packetBlock = ({ interfaceNumber, timeNs, bytes, comment }: WrittenPacket): Uint8Array => {
  const options: readonly Option[] = comment === null ? [] : [[OPTION.comment, utf8.encode(comment)]];
  return block(BLOCK.enhancedPacket, PACKET_START_BYTES + paddedTo4(bytes.length), options, body => {
    body.setUint32(0, interfaceNumber, true);
    body.setUint32(4, Number(timeNs >> 32n), true);
    body.setUint32(8, Number(timeNs & 0xffffffffn), true);
    body.setUint32(12, bytes.length, true);
    body.setUint32(16, bytes.length, true);
    new Uint8Array(body.buffer, body.byteOffset + PACKET_START_BYTES).set(bytes);
  });
};
