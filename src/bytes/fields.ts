/** The fields that packet tables are made of: numbers, text, addresses, bits, and what a number means. */
import { fromHex, hexByte } from './hex.ts';

/** One field of a packet: how it is read, how it is written, and where that knowledge comes from. */
export interface Field<T> {
  readonly offset: number;
  /** Size in bytes; null for a field that takes all that is left. */
  readonly bytes: number | null;
  /** The bits this field uses, for fields that share one byte; null: all of them. */
  readonly mask: number | null;
  readonly doc: string;
  read(from: Uint8Array): T;
  write(to: Uint8Array, value: T): void;
}

// ---- fields of bytes

function unsigned(offset: number, bytes: number, littleEndian: boolean, doc: string): Field<number> {
  const at = (i: number) => offset + (littleEndian ? bytes - 1 - i : i);
  return {
    offset,
    bytes,
    mask: null,
    doc,
    read(from) {
      let n = 0;
      for (let i = 0; i < bytes; i++) n = n * 256 + (from[at(i)] ?? 0);
      return n;
    },
    write(to, value) {
      let n = value;
      for (let i = bytes - 1; i >= 0; i--) {
        to[at(i)] = n % 256;
        n = Math.floor(n / 256);
      }
    },
  };
}

export const u8 = (offset: number, doc: string): Field<number> => unsigned(offset, 1, false, doc);
export const u16be = (offset: number, doc: string): Field<number> => unsigned(offset, 2, false, doc);
export const u24be = (offset: number, doc: string): Field<number> => unsigned(offset, 3, false, doc);
export const u32be = (offset: number, doc: string): Field<number> => unsigned(offset, 4, false, doc);
export const u32le = (offset: number, doc: string): Field<number> => unsigned(offset, 4, true, doc);

/** Signed, two's complement, big-endian. */
export const i32be = (offset: number, doc: string): Field<number> =>
  mapped(
    u32be(offset, doc),
    n => n | 0,
    n => n >>> 0,
  );

/** Text in ASCII, NUL-padded; cut at the first NUL, trimmed, bytes that are not printable ASCII shown as `?`. */
export function ascii(offset: number, bytes: number, doc: string): Field<string> {
  return {
    offset,
    bytes,
    mask: null,
    doc,
    read(from) {
      let text = '';
      for (let i = offset; i < offset + bytes; i++) {
        const code = from[i] ?? 0;
        if (code === 0) break;
        text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '?';
      }
      return text.trim();
    },
    write(to, value) {
      for (let i = 0; i < bytes; i++) to[offset + i] = i < value.length ? value.charCodeAt(i) & 0x7f : 0;
    },
  };
}

/** Text in UTF-16, big-endian, NUL-padded, at least one NUL at its end. */
export function utf16be(offset: number, bytes: number, doc: string): Field<string> {
  const most = bytes / 2 - 1;
  return {
    offset,
    bytes,
    mask: null,
    doc,
    read(from) {
      let text = '';
      for (let i = 0; i <= most; i++) {
        const code = ((from[offset + 2 * i] ?? 0) << 8) | (from[offset + 2 * i + 1] ?? 0);
        if (code === 0) break;
        text += String.fromCharCode(code);
      }
      return text;
    },
    write(to, value) {
      for (let i = 0; i <= most; i++) {
        const code = i < Math.min(value.length, most) ? value.charCodeAt(i) : 0;
        to[offset + 2 * i] = code >> 8;
        to[offset + 2 * i + 1] = code & 0xff;
      }
    },
  };
}

/** Four bytes as `10.0.0.1`. */
export const ipv4 = (offset: number, doc: string): Field<string> =>
  mapped(
    bytesAt(offset, 4, doc),
    b => b.join('.'),
    text => Uint8Array.from(text.split('.'), Number),
  );

/** Six bytes as `00:e0:4c:65:3b:75`. */
export const mac = (offset: number, doc: string): Field<string> =>
  mapped(bytesAt(offset, 6, doc), b => Array.from(b, hexByte).join(':'), fromHex);

export function bytesAt(offset: number, bytes: number, doc: string): Field<Uint8Array> {
  return {
    offset,
    bytes,
    mask: null,
    doc,
    read: from => from.slice(offset, offset + bytes),
    write: (to, value) => to.set(value.subarray(0, bytes), offset),
  };
}

/** All that is left of the datagram. */
export function rest(offset: number, doc: string): Field<Uint8Array> {
  return {
    offset,
    bytes: null,
    mask: null,
    doc,
    read: from => from.slice(offset),
    write: (to, value) => to.set(value, offset),
  };
}

// ---- what a number means

/** The same bytes under another value. `decode` and `encode` must be inverse on every value that `decode` returns. */
export function mapped<A, B>(field: Field<A>, decode: (a: A) => B, encode: (b: B) => A): Field<B> {
  return {
    ...field,
    read: from => decode(field.read(from)),
    write: (to, value) => field.write(to, encode(value)),
  };
}

/** A number in steps: `value = raw * step`. */
export const scaled = (field: Field<number>, step: number): Field<number> =>
  mapped(
    field,
    // Division by the whole number of steps in one keeps 12600 × 0.01 at exactly 126.
    raw => raw / Math.round(1 / step),
    value => Math.round(value * Math.round(1 / step)),
  );

/** null where the bytes carry their "none". */
export function absentWhen<T>(field: Field<T>, none: number): Field<T | null> {
  const raw = unsigned(field.offset, field.bytes ?? 0, false, field.doc);
  return {
    ...field,
    read: from => (raw.read(from) === none ? null : field.read(from)),
    write: (to, value) => (value === null ? raw.write(to, none) : field.write(to, value)),
  };
}

/** null outside `least..most`; null is written as `none`. */
export const inRange = (field: Field<number>, least: number, most: number, none: number): Field<number | null> =>
  mapped(
    field,
    n => (n >= least && n <= most ? n : null),
    n => n ?? none,
  );

/** null when the packet is too short to have it, and then not written. */
export function whenLong<T>(field: Field<T>): Field<T | null> & { readonly whenLong: true } {
  const end = field.offset + (field.bytes ?? 0);
  return {
    ...field,
    whenLong: true,
    read: from => (from.length >= end ? field.read(from) : null),
    write: (to, value) => {
      if (value !== null && to.length >= end) field.write(to, value);
    },
  };
}

export const isWhenLong = (field: Field<unknown>): boolean => 'whenLong' in field;

/** One bit of a byte. */
export function bit(offset: number, mask: number, doc: string): Field<boolean> {
  return {
    offset,
    bytes: 1,
    mask,
    doc,
    read: from => ((from[offset] ?? 0) & mask) !== 0,
    write: (to, value) => {
      const others = (to[offset] ?? 0) & ~mask;
      to[offset] = value ? others | mask : others;
    },
  };
}

/** A code with names; a code without one reads as `unknown`, which is written as `unknown` says. */
export function enumerated<const Names extends Readonly<Record<number, string>>>(
  field: Field<number>,
  names: Names,
  unknown: number,
): Field<Names[keyof Names] | 'unknown'> {
  type Name = Names[keyof Names] | 'unknown';
  const codes = new Map<Name, number>(Object.entries(names).map(([code, name]) => [name as Name, Number(code)]));
  return mapped<number, Name>(
    field,
    code => (names[code] as Name | undefined) ?? 'unknown',
    name => codes.get(name) ?? unknown,
  );
}
