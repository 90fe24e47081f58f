/** Fields of HID reports: bits of a byte, little-endian numbers, and the struct in which a time is told. */
import type { Field } from '../../../src/bytes/fields.ts';
import type { Ms } from '../../../src/core/clock.ts';

/** Where a control stands in a report: one byte and the bits of it, or several whole bytes. */
export interface ReportPlace {
  readonly offset: number;
  readonly bytes: number;
  /** Bits of a single byte; null: all bits of all bytes. */
  readonly mask: number | null;
}

/** Some bits of one byte as a number; the other bits of the byte stay as they are. */
export function bitsOf(offset: number, mask: number, doc: string): Field<number> {
  // The lowest bit of the mask is the unit of the number.
  const unit = mask & -mask;
  return {
    offset,
    bytes: 1,
    mask,
    doc,
    read: from => ((from[offset] ?? 0) & mask) / unit,
    write: (to, value) => {
      to[offset] = ((to[offset] ?? 0) & ~mask & 0xff) | ((value * unit) & mask);
    },
  };
}

/** Two bytes, the low one first. */
export const u16le = (offset: number, doc: string): Field<number> => ({
  offset,
  bytes: 2,
  mask: null,
  doc,
  read: from => (from[offset] ?? 0) | ((from[offset + 1] ?? 0) << 8),
  write: (to, value) => {
    to[offset] = value & 0xff;
    to[offset + 1] = (value >> 8) & 0xff;
  },
});

/** Two bytes, the low one first, in two's complement. */
export const i16le = (offset: number, doc: string): Field<number> => {
  const raw = u16le(offset, doc);
  return { ...raw, read: from => (raw.read(from) << 16) >> 16, write: (to, value) => raw.write(to, value & 0xffff) };
};

const MINUTE_MS: Ms = 60_000;

/** The longest time the struct can tell: 255 minutes 59.999 s. */
export const LONGEST_TIME_MS: Ms = 256 * MINUTE_MS - 1;

/** A time in ms as four bytes: minutes, seconds, milliseconds (low byte first) [D control 6.2]. */
export const timeStruct = (offset: number, doc: string): Field<Ms> => {
  const thousandths = u16le(offset + 2, doc);
  return {
    offset,
    bytes: 4,
    mask: null,
    doc,
    read: from => (from[offset] ?? 0) * MINUTE_MS + (from[offset + 1] ?? 0) * 1000 + thousandths.read(from),
    write: (to, ms) => {
      to[offset] = Math.floor(ms / MINUTE_MS) & 0xff;
      to[offset + 1] = Math.floor(ms / 1000) % 60;
      thousandths.write(to, Math.floor(ms) % 1000);
    },
  };
};
