/**
 * Packets as tables. One table of fields gives decode, encode, the type of the value and the documentation;
 * the simulators write with the very table the decoders read with.
 *
 * Offsets count from the first byte of the datagram. A field says where it stands, how many bytes it takes and, in its
 * doc, what it means and which public analysis says so (the abbreviations are listed in each bridge's README).
 */

import { type Field, isWhenLong, u16be } from './fields.ts';
import { fromHex } from './hex.ts';

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

/** The field in which a packet states its own length, and what that counts. */
export interface LengthField {
  readonly offset: number;
  /** Bytes from the start that are not counted: 0 when it states the whole length. */
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
