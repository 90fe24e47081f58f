/**
 * Events of `/dev/uhid`, by which a program is a HID device of the Linux kernel: one write is one event, one read is one
 * event. Packed, in the byte order of the machine, which is little-endian on all that Node runs on. Source: linux/uhid.h.
 */
import { fromHex } from '../../../src/bytes/hex.ts';

/** Size of the largest event; a read with less room loses its end. */
export const UHID_EVENT_BYTES = 4376;

const TYPES = {
  destroy: 1,
  start: 2,
  stop: 3,
  open: 4,
  close: 5,
  output: 6,
  getReport: 9,
  getReportReply: 10,
  create2: 11,
  input2: 12,
  setReport: 13,
  setReportReply: 14,
} as const;

const BUS_USB = 3;
/** Answer to a request that the device does not know. */
const EIO = 5;

/**
 * Report descriptor of a CDJ-3000: 64 bytes each way, no report ids, usage page 0xFFA0 [C cdj3k-emu]. A CDJ-850's is the same
 * but for its lengths [C].
 */
export const REPORT_DESCRIPTOR = fromHex(
  `06a0ff0901a101 0902a100 06a1ff09030904 1580257f350045ff 75089540 8102
   09050906 1580257f350045ff 75089540 9102 c0c0`,
);

/** A device as the kernel lists it. */
export interface UhidDevice {
  /** Product. At most 127 bytes. */
  readonly name: string;
  /** Serial number; empty: none. At most 63 bytes. */
  readonly serial: string;
  readonly vendorId: number;
  readonly productId: number;
  readonly descriptor: Uint8Array;
}

const LENGTHS = { name: 128, phys: 64, uniq: 64 };

/** Puts a device in. */
export function encodeCreate({ name, serial, vendorId, productId, descriptor }: UhidDevice): Uint8Array {
  const event = Buffer.alloc(280 + descriptor.length);
  event.writeUInt32LE(TYPES.create2, 0);
  event.write(name, 4, LENGTHS.name - 1, 'utf8');
  event.write(serial, 4 + LENGTHS.name + LENGTHS.phys, LENGTHS.uniq - 1, 'utf8');
  event.writeUInt16LE(descriptor.length, 260);
  event.writeUInt16LE(BUS_USB, 262);
  event.writeUInt32LE(vendorId, 264);
  event.writeUInt32LE(productId, 268);
  event.set(descriptor, 280);
  return event;
}

/** Takes the device out. */
export function encodeDestroy(): Uint8Array {
  const event = Buffer.alloc(4);
  event.writeUInt32LE(TYPES.destroy, 0);
  return event;
}

/** A report of the device to whoever reads it. */
export function encodeReport(report: Uint8Array): Uint8Array {
  const event = Buffer.alloc(6 + report.length);
  event.writeUInt32LE(TYPES.input2, 0);
  event.writeUInt16LE(report.length, 4);
  event.set(report, 6);
  return event;
}

export type UhidEvent =
  /** The kernel has taken the device, or has let it go. */
  | { readonly kind: 'start' | 'stop' }
  /** The first program has opened it, or the last one has closed it. */
  | { readonly kind: 'open' | 'close' }
  /** A program has written a report, here without its report id. */
  | { readonly kind: 'output'; readonly report: Uint8Array }
  /** A program asks for a feature, which this device does not have: `refusal` is to be written. */
  | { readonly kind: 'request'; readonly refusal: Uint8Array }
  | { readonly kind: 'unknown'; readonly type: number };

/** @returns null: these bytes are no whole event */
export function decodeEvent(bytes: Uint8Array): UhidEvent | null {
  const event = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (event.length < 4) return null;
  const type = event.readUInt32LE(0);
  switch (type) {
    case TYPES.start:
      return { kind: 'start' };
    case TYPES.stop:
      return { kind: 'stop' };
    case TYPES.open:
      return { kind: 'open' };
    case TYPES.close:
      return { kind: 'close' };
    case TYPES.output: {
      if (event.length < 4102) return null;
      const size = event.readUInt16LE(4100);
      // The first byte is the report id, which hidapi sends as 0 where there are none.
      return size === 0 || size > 4096
        ? null
        : { kind: 'output', report: Uint8Array.from(event.subarray(5, 4 + size)) };
    }
    case TYPES.getReport:
    case TYPES.setReport:
      return event.length < 8 ? null : { kind: 'request', refusal: refusal(type, event.readUInt32LE(4)) };
    default:
      return { kind: 'unknown', type };
  }
}

function refusal(type: number, id: number): Uint8Array {
  const isGet = type === TYPES.getReport;
  const event = Buffer.alloc(isGet ? 12 : 10);
  event.writeUInt32LE(isGet ? TYPES.getReportReply : TYPES.setReportReply, 0);
  event.writeUInt32LE(id, 4);
  event.writeUInt16LE(EIO, 8);
  return event;
}
