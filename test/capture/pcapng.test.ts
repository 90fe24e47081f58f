import { describe, expect, it } from 'vitest';
import { readAll } from './read-capture.ts';
import { djLink, ethernet, ipv4, pcapngWriter, udp } from './write-capture.ts';

const payload = djLink(0x0a, 0xd4);
const packet = ipv4(udp({ fromPort: 1606, toPort: 50002, payload }));
const frame = ethernet(packet);

const TSRESOL = 9;
const TSOFFSET = 14;

describe('pcapng', () => {
  for (const littleEndian of [true, false]) {
    const writer = pcapngWriter(littleEndian);
    const title = littleEndian ? 'little-endian' : 'big-endian';

    it(`reads enhanced, obsolete and simple packet blocks, ${title}`, () => {
      const file = Buffer.concat([
        writer.section(),
        writer.interface(1, 0, []),
        writer.interface(101, 0, []),
        writer.enhanced(0, 1_700_000_000_250_001n, frame),
        writer.obsolete(1, 1_700_000_001_000_000n, packet),
        writer.simple(frame.length, frame),
      ]);
      const { datagrams, others, end } = readAll(file);
      expect(others).toEqual([]);
      expect(datagrams.map(d => d.timeMs)).toEqual([1_700_000_000_250.001, 1_700_000_001_000, null]);
      expect(datagrams.map(d => d.sinceFirstMs?.toFixed(3) ?? null)).toEqual(['0.000', '749.999', null]);
      for (const { bytes } of datagrams) expect(Buffer.from(bytes)).toEqual(payload);
      expect(end).toMatchObject({ how: 'whole', packets: 3, offset: file.length });
    });

    it(`counts time in each interface's own unit, from its own offset, ${title}`, () => {
      const offset = Buffer.alloc(8);
      if (littleEndian) offset.writeBigInt64LE(-3600n);
      else offset.writeBigInt64BE(-3600n);
      const file = Buffer.concat([
        writer.section(),
        writer.interface(1, 0, [[TSRESOL, Buffer.from([9])]]),
        writer.interface(1, 0, [[TSRESOL, Buffer.from([0x80 | 10])]]),
        writer.interface(1, 0, [
          [2, Buffer.from('eth0')],
          [TSRESOL, Buffer.from([3])],
          [TSOFFSET, offset],
        ]),
        writer.interface(1, 0, [[TSRESOL, Buffer.from([0])]]),
        writer.enhanced(0, 1_700_000_000_123_456_789n, frame),
        writer.enhanced(1, 1_700_000_000n * 1024n + 512n, frame),
        writer.enhanced(2, 1_700_000_000_007n, frame),
        writer.enhanced(3, 1_700_000_000n, frame),
      ]);
      const times = readAll(file).datagrams.map(d => d.timeMs);
      // A number holds a present Unix time in ms to a quarter of a microsecond.
      expect(times[0]).toBeCloseTo(1_700_000_000_123.4568, 3);
      expect(times.slice(1)).toEqual([1_700_000_000_500, 1_700_000_000_007 - 3_600_000, 1_700_000_000_000]);
    });

    it(`passes over blocks it does not know, ${title}`, () => {
      const file = Buffer.concat([
        writer.section(),
        writer.block(0x0bad, Buffer.from('some tool wrote this here')),
        writer.interface(1, 0, []),
        writer.block(5, Buffer.alloc(40)),
        writer.enhanced(0, 1n, frame),
        writer.block(4, Buffer.alloc(4)),
      ]);
      expect(readAll(file)).toMatchObject({
        datagrams: [{ packets: 1 }],
        others: [],
        end: { how: 'whole', packets: 1 },
      });
    });
  }

  it('reads several sections, each with its own byte order and interfaces', () => {
    const little = pcapngWriter(true);
    const big = pcapngWriter(false);
    const file = Buffer.concat([
      little.section(),
      little.interface(1, 0, []),
      little.enhanced(0, 1_000_000n, frame),
      big.section(),
      big.interface(101, 0, [[TSRESOL, Buffer.from([3])]]),
      big.enhanced(0, 2000n, packet),
      big.enhanced(1, 2000n, packet),
      little.section(),
      little.enhanced(0, 3_000_000n, frame),
    ]);
    const { datagrams, others } = readAll(file);
    expect(datagrams.map(d => d.timeMs)).toEqual([1000, 2000]);
    const reason = 'packet of an interface that the section does not describe';
    expect(others.map(o => o.reason)).toEqual([reason, reason]);
  });

  it('takes from a simple packet block what the snap length of its interface left', () => {
    const writer = pcapngWriter(true);
    const snapped = Buffer.concat([
      writer.section(),
      writer.interface(1, 64, []),
      writer.simple(frame.length, frame.subarray(0, 64)),
    ]);
    expect(readAll(snapped).others).toMatchObject([{ reason: 'IPv4 packet captured only in part' }]);
    const whole = Buffer.concat([writer.section(), writer.interface(1, 4096, []), writer.simple(frame.length, frame)]);
    expect(readAll(whole).datagrams.length).toBe(1);
  });

  it('gives every whole packet before a cut at any byte, and says where it was cut', () => {
    const writer = pcapngWriter(true);
    const blocks = [
      writer.section(),
      writer.interface(1, 0, [[TSRESOL, Buffer.from([9])]]),
      writer.enhanced(0, 1n, frame),
      writer.block(5, Buffer.alloc(8)),
      writer.enhanced(0, 2n, frame),
    ];
    const file = Buffer.concat(blocks);
    const isPacket = [false, false, true, false, true];
    const ends = blocks.map((_, i) => Buffer.concat(blocks.slice(0, i + 1)).length);
    for (let length = 4; length < file.length; length++) {
      const { datagrams, end } = readAll(file.subarray(0, length));
      const wholeBlocks = ends.filter(at => at <= length).length;
      expect(datagrams.length, `cut after ${length} bytes`).toBe(isPacket.slice(0, wholeBlocks).filter(Boolean).length);
      expect(end).toMatchObject({
        how: ends.includes(length) ? 'whole' : 'cut',
        offset: ends[wholeBlocks - 1] ?? 0,
      });
    }
  });

  describe('damage', () => {
    const writer = pcapngWriter(true);
    const start = Buffer.concat([writer.section(), writer.interface(1, 0, []), writer.enhanced(0, 1n, frame)]);
    const good = writer.enhanced(0, 2n, frame);
    const changed = (change: (block: Buffer) => void): Buffer => {
      const block = Buffer.from(good);
      change(block);
      return Buffer.concat([start, block, good]);
    };

    it.each([
      ['a block of no length', changed(b => b.writeUInt32LE(0, 4))],
      ['a block of 13 bytes', changed(b => b.writeUInt32LE(13, 4))],
      ['a block of four gigabytes', changed(b => b.writeUInt32LE(0xfffffffc, 4))],
      ['a block whose two lengths differ', changed(b => b.writeUInt32LE(good.length + 4, good.length - 4))],
      ['a section of a strange byte order', Buffer.concat([start, Buffer.from('0a0d0d0a1c00000011223344', 'hex')])],
    ])('%s ends the reading there, with what came before', (_, file) => {
      const { datagrams, end } = readAll(file);
      expect(datagrams.length).toBe(1);
      expect(end).toMatchObject({ how: 'damaged', offset: start.length });
    });

    it.each([
      [
        'a packet longer than its block',
        changed(b => b.writeUInt32LE(0xffffffff, 8 + 12)),
        'packet longer than its block',
      ],
      [
        'a packet block without room for its header',
        Buffer.concat([start, writer.block(6, Buffer.alloc(16)), good]),
        'packet block too short for its header',
      ],
      [
        'a packet of an interface with no link type',
        Buffer.concat([start, writer.block(1, Buffer.alloc(4)), writer.enhanced(1, 1n, frame), good]),
        'interface description too short for a link type',
      ],
    ])('%s costs that packet only', (_, file, reason) => {
      expect(readAll(file)).toMatchObject({
        datagrams: [{ packets: 1 }, { packets: 1 }],
        others: [{ reason }],
        end: { how: 'whole', packets: 3 },
      });
    });
  });
});
