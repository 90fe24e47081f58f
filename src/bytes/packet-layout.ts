/**
 * Packets as tables. One table of fields gives decode, encode, the type of the value and the documentation;
 * the simulators write with the very table the decoders read with.
 *
 * Offsets count from the first byte of the datagram. A field says where it stands, how many bytes it takes and, in its
 * doc, what it means and which public analysis says so (the abbreviations are listed in each bridge's README).
 */

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

// biome-ignore lint/suspicious/noExplicitAny: a field is read and written with one type; `unknown` would forbid the write
export type Fields = Readonly<Record<string, Field<any>>>;

/** The value a table of fields decodes to. */
export type ValueOf<L> = L extends { readonly fields: infer F extends Fields }
  ? { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }
  : never;

export type Read<T> =
  | { readonly ok: true; readonly value: T; readonly lengthAgrees: boolean }
  | { readonly ok: false; readonly reason: string; readonly offset: number };

export interface Layout<Kind extends string, F extends Fields> {
  readonly kind: Kind;
  readonly doc: string;
  /** Smallest datagram that is one of these, in bytes. */
  readonly minBytes: number;
  readonly fields: F;
  readonly constants: readonly Constant[];
  /** Reads every field; a field beyond the end of a short datagram is an error unless it is `whenLong`. */
  decode(from: Uint8Array): Read<ValueOf<{ fields: F }>>;
  /**
   * Writes constants, length and fields.
   *
   * @param size bytes of the datagram; null: as many as the table needs.
   * @param over an existing packet of this kind whose undeclared bytes are kept; null: zeros.
   */
  encode(value: ValueOf<{ fields: F }>, size?: number | null, over?: Uint8Array | null): Uint8Array;
}

/** Bytes that are always the same when we write, and never required when we read. */
export interface Constant {
  readonly offset: number;
  readonly hex: string;
  readonly doc: string;
}

/** Where a packet states its own length, and what it counts. */
export interface LengthField {
  readonly offset: number;
  /** How many bytes from the start are not counted: 0 when it states the whole length. */
  readonly after: number;
}

export function layout<Kind extends string, const F extends Fields>(
  kind: Kind,
  spec: {
    readonly doc: string;
    readonly minBytes: number;
    readonly length: LengthField | null;
    readonly constants: readonly Constant[];
    readonly fields: F;
  },
): Layout<Kind, F> {
  const { doc, minBytes, length, constants, fields } = spec;
  const entries = Object.entries(fields);
  // Read back from JSON it is an object of one shape: one that grows name by name becomes a slow table.
  const blank: Record<string, unknown> = JSON.parse(
    JSON.stringify(Object.fromEntries(entries.map(([name]) => [name, null]))),
  );
  const constantBytes = constants.map(({ offset, hex }) => ({ offset, bytes: fromHex(hex) }));
  const constantsEnd = Math.max(minBytes, ...constantBytes.map(({ offset, bytes }) => offset + bytes.length));
  return {
    kind,
    doc,
    minBytes,
    fields,
    constants,
    decode(from) {
      if (from.length < minBytes) {
        const reason = `${kind}: ${from.length} bytes, expected at least ${minBytes}`;
        return { ok: false, reason, offset: from.length };
      }
      const value = { ...blank };
      for (const [name, field] of entries) value[name] = field.read(from);
      const stated = length === null ? from.length : u16be(length.offset, '').read(from) + length.after;
      return { ok: true, value: value as ValueOf<{ fields: F }>, lengthAgrees: stated === from.length };
    },
    encode(value, size = null, over = null) {
      const given = value as Readonly<Record<string, unknown>>;
      const needed = entries.reduce((most, [name, field]) => {
        const bytes = field.bytes ?? (given[name] as Uint8Array).length;
        return Math.max(most, isWhenLong(field) ? 0 : field.offset + bytes);
      }, constantsEnd);
      const to = new Uint8Array(size ?? over?.length ?? needed);
      if (over !== null) to.set(over.subarray(0, to.length));
      else for (const { offset, bytes } of constantBytes) to.set(bytes, offset);
      for (const [name, field] of entries) {
        // Bytes that already say this are left as they are: several codes may mean one thing.
        if (over !== null && sameValue(field.read(to), given[name])) continue;
        field.write(to, given[name]);
      }
      if (length !== null && over === null) u16be(length.offset, '').write(to, to.length - length.after);
      return to;
    },
  };
}

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
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

/** null where the wire carries its "none". */
export function absentWhen<T>(field: Field<T>, none: number): Field<T | null> {
  const raw = unsigned(field.offset, field.bytes ?? 0, false, field.doc);
  return {
    ...field,
    read: from => (raw.read(from) === none ? null : field.read(from)),
    write: (to, value) => (value === null ? raw.write(to, none) : field.write(to, value)),
  };
}

/** null outside `least..most`; null is written as `none`. */
export const within = (field: Field<number>, least: number, most: number, none: number): Field<number | null> =>
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

function isWhenLong(field: Field<unknown>): boolean {
  return 'whenLong' in field;
}

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

// ---- hex

const hexByte = (n: number): string => n.toString(16).padStart(2, '0');

export const toHex = (bytes: Uint8Array): string => Array.from(bytes, hexByte).join(' ');

/** Bytes of a text of hex digits; anything between them (spaces, colons) is passed over. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/[^0-9a-fA-F]/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}
