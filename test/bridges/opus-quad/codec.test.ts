import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../bridges/opus-quad/codec.ts';
import { type AnyLayout, deckOfRaw, LAYOUTS, PORTS, STATUS_SIZES, status } from '../../../bridges/opus-quad/layout.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { readCaptures, writeGolden } from '../../capture-folders.ts';
import { rounds } from '../../rounds.ts';

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, part) => (part instanceof Uint8Array ? toHex(part) : part)));

const tableOf = (kind: string): AnyLayout => {
  const table = LAYOUTS.find(each => each.kind === kind);
  if (table === undefined) throw new Error(`no table for ${kind}`);
  return table;
};

const encodeOver = (table: AnyLayout, packet: unknown, bytes: Uint8Array): Uint8Array =>
  (table as { encode(value: unknown, size: null, over: Uint8Array): Uint8Array }).encode(packet, null, bytes);

const encodePlain = (table: AnyLayout, packet: unknown, size: number): Uint8Array =>
  (table as { encode(value: unknown, size: number): Uint8Array }).encode(packet, size);

describe('captures of packets', () => {
  for (const { name, header, bytes, expected } of readCaptures('opus-quad')) {
    const { port, packet } = expected as { port: number; packet: { kind: string } };

    it(`${name} says what the analyses say`, () => {
      const decoded = decode({ port }, bytes);
      expect(decoded).toMatchObject({ ok: true, lengthAgrees: true });
      if (writeGolden('opus-quad', name, { port, packet: plain(decoded.ok && decoded.packet) })) return;
      expect(plain(decoded.ok && decoded.packet)).toEqual(packet);
    });

    it(`${name} comes back byte for byte`, () => {
      const decoded = decode({ port }, bytes);
      if (!decoded.ok || decoded.packet === null) throw new Error('not decoded');
      const table = tableOf(decoded.packet.kind);
      expect(toHex(encodeOver(table, decoded.packet, bytes))).toBe(toHex(bytes));
      // A recorded status has bytes nobody has explained; all else is written from the table alone.
      const isExplained = table !== status || header.includes('synthesised');
      if (isExplained) expect(toHex(encodePlain(table, decoded.packet, bytes.length))).toBe(toHex(bytes));
    });
  }
});

describe('the tables', () => {
  for (const table of LAYOUTS) {
    const fields = Object.entries(table.fields);

    it(`${table.kind}: no two fields share a byte, and none ends beyond the packet unless it says so`, () => {
      const owners = new Map<number, string>();
      for (const [name, field] of fields) {
        const end = field.offset + (field.bytes ?? 0);
        if (!('whenLong' in field)) expect(end, name).toBeLessThanOrEqual(Math.max(table.minBytes, field.offset));
        for (let i = field.offset; i < end; i++) {
          expect(owners.get(i), `${name} at 0x${i.toString(16)}`).toBeUndefined();
          owners.set(i, name);
        }
      }
    });

    it(`${table.kind}: every field says what it is and where that is known from`, () => {
      for (const [name, field] of fields) expect(field.doc, name).toMatch(/\[[CDI?]/);
    });
  }

  it('no two tables answer to one port, type and length', () => {
    const seen = new Set<string>();
    for (const { port, type, minBytes, kind } of LAYOUTS) {
      const key = `${port}/${type}/${minBytes}`;
      // Type 29 has two forms of one length, which the structure byte tells apart.
      if (kind === 'mixer-status') continue;
      expect(seen.has(key), `${kind} ${key}`).toBe(false);
      seen.add(key);
    }
  });
});

describe('status', () => {
  const sample = readCaptures('opus-quad').find(({ name }) => name === 'opus-status-playing');
  const decoded = sample && status.decode(sample.bytes);
  const value = decoded?.ok ? decoded.value : null;

  it('is the same in every length players send it in', () => {
    if (value === null) throw new Error('no sample');
    for (const size of STATUS_SIZES) {
      const again = status.decode(status.encode(value, size));
      const ends = size >= 0x11c ? {} : { barLengthMs: null, barPositionMs: null };
      expect(again).toEqual({ ok: true, lengthAgrees: true, value: { ...value, ...ends } });
    }
  });

  it('gives back any value it is given', () => {
    if (value === null) throw new Error('no sample');
    const any = fc.record({
      number: fc.integer({ min: 0, max: 255 }),
      trackId: fc.option(fc.integer({ min: 1, max: 0xffffffff })),
      beat: fc.option(fc.integer({ min: 0, max: 0xfffffffe })),
      beatInBar: fc.option(fc.integer({ min: 1, max: 4 })),
      trackTempoBpm: fc.option(fc.integer({ min: 0, max: 65534 }).map(hundredths => hundredths / 100)),
      pitchSpeed: fc.integer({ min: 0, max: 0xffffff }).map(raw => raw / 0x100000),
      cueCountdownBeats: fc.option(fc.integer({ min: 0, max: 256 })),
      flags: fc.option(
        fc.record({
          isPlaying: fc.boolean(),
          isMaster: fc.boolean(),
          isSynced: fc.boolean(),
          isOnAir: fc.boolean(),
          isTempoSyncOnly: fc.boolean(),
        }),
      ),
    });
    fc.assert(
      fc.property(any, change => {
        const given = { ...value, ...change };
        expect(status.decode(status.encode(given, 0x11c))).toMatchObject({ ok: true, value: given });
      }),
    );
  });
});

describe('deck numbers', () => {
  it('9 to 12 and 1 to 4 are decks 1 to 4, all else is none', () => {
    const decks = Array.from({ length: 256 }, (_, raw) => deckOfRaw(raw));
    expect(decks.slice(0, 14)).toEqual([null, 1, 2, 3, 4, null, null, null, null, 1, 2, 3, 4, null]);
    expect(decks.slice(14).every(deck => deck === null)).toBe(true);
  });
});

describe('hostile datagrams', () => {
  const magic = [0x51, 0x73, 0x70, 0x74, 0x31, 0x57, 0x6d, 0x4a, 0x4f, 0x4c];
  const ports = Object.values(PORTS);

  it('arbitrary bytes, with and without the magic, give a packet or a reason and never throw', () => {
    const bytes = fc.uint8Array({ maxLength: 1500 });
    fc.assert(
      fc.property(fc.constantFrom(...ports), fc.boolean(), bytes, (port, hasMagic, body) => {
        const decoded = decode({ port }, hasMagic ? Uint8Array.of(...magic, ...body) : body);
        if (!decoded.ok) expect(decoded.reason).not.toBe('');
      }),
      { numRuns: rounds(2000) },
    );
  });

  it('every capture cut anywhere gives a packet or a reason', () => {
    for (const { bytes, expected } of readCaptures('opus-quad')) {
      const { port } = expected as { port: number };
      for (let length = 0; length < bytes.length; length++) {
        const decoded = decode({ port }, bytes.subarray(0, length));
        if (!decoded.ok) expect(decoded.offset).toBeLessThanOrEqual(Math.max(length, 0x20));
      }
    }
  });

  it('the right type on the wrong port is not taken for something else', () => {
    const positions = readCaptures('opus-quad').filter(({ name }) => name === 'position');
    for (const { bytes } of positions) expect(decode({ port: PORTS.status }, bytes)).toMatchObject({ ok: false });
  });
});
