import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RecordingItem, readRecording, type StartRecord } from '../../src/recording/recording-format.ts';
import { MOST_DATAGRAM_BYTES, udpPacket } from '../../src/recording/udp-packet.ts';
import { readAll } from '../capture/read-capture.ts';
import { ipv4, pcapngWriter, udp } from '../capture/write-capture.ts';
import { MEMORY } from '../core/engine/restart-sample.ts';
import { rounds } from '../rounds.ts';
import {
  blocksOf,
  datagramsOf,
  recordingOf,
  recordsOf,
  START,
  someEvening,
  wholeBlocksBefore,
} from './sample-recordings.ts';

const from = { address: '10.0.0.2', port: 1606 };
const to = { address: '10.0.0.255', port: 50002 };

const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map(parts => parts.join('.'));
const endpoint = fc.record({ address, port: fc.nat(0xffff) });
const bytes = fc.uint8Array({ maxLength: 2000 });

/** RFC 1071: with a right checksum the ones' complement sum of all words is all ones. */
function sumOf(words: Buffer): number {
  let sum = 0;
  for (let i = 0; i < words.length; i += 2) {
    sum += words.readUInt16BE(i);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

describe('a datagram as an IPv4 packet', () => {
  it('both checksums are right, whatever the datagram', () => {
    fc.assert(
      fc.property(endpoint, endpoint, bytes, (source, destination, datagram) => {
        const packet = Buffer.from(udpPacket(source, destination, datagram) ?? []);
        expect(sumOf(packet.subarray(0, 20))).toBe(0xffff);
        // RFC 768: the pseudo header is both addresses, zero, the protocol and the UDP length.
        const pseudo = Buffer.concat([packet.subarray(12, 20), Buffer.from([0, 17]), packet.subarray(24, 26)]);
        const odd = Buffer.alloc(packet.length % 2);
        expect(sumOf(Buffer.concat([pseudo, packet.subarray(20), odd]))).toBe(0xffff);
        // 0 would mean that there is none.
        expect(packet.readUInt16BE(26)).not.toBe(0);
      }),
    );
  });

  it('a checksum that comes out as zero is sent as all ones', () => {
    // Two bytes of payload can make any sum; this one was worked out from the words of RFC 768's pseudo header.
    const words = [0x0a00, 0x0002, 0x0a00, 0x00ff, 17, 10, 1606, 50_002, 10];
    const sum = words.reduce((total, word) => (total + word) % 0xffff, 0);
    const missing = 0xffff - sum;
    const packet = Buffer.from(udpPacket(from, to, Uint8Array.of(missing >> 8, missing & 0xff)) ?? []);
    expect(packet.readUInt16BE(26)).toBe(0xffff);
  });

  it('the longest one is still one packet, a longer one none', () => {
    expect(MOST_DATAGRAM_BYTES).toBe(65_507);
    const packet = Buffer.from(udpPacket(from, to, new Uint8Array(65_507)) ?? []);
    expect([packet.length, packet.readUInt16BE(2)]).toEqual([65_535, 65_535]);
    expect(udpPacket(from, to, new Uint8Array(65_508))).toBeNull();
  });

  it.each([
    ['an address of IPv6', { address: 'fe80::1', port: 1 }],
    ['an address that is none', { address: '10.0.0.256', port: 1 }],
    ['a port that is none', { address: '10.0.0.1', port: 65_536 }],
  ])('%s gives none', (_, wrong) => {
    expect(udpPacket(wrong, to, new Uint8Array(1))).toBeNull();
    expect(udpPacket(from, wrong, new Uint8Array(1))).toBeNull();
  });
});

describe('a recording', () => {
  const time = fc.double({ min: 0, max: 1e9, noNaN: true }).map(Math.abs);

  it('gives back every datagram and every stamp exactly', () => {
    const entry = fc.record({ from: endpoint, to: endpoint, bytes, at: time, notBefore: time });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), entries => {
        const file = recordingOf(
          entries.map(({ at, notBefore, ...rest }) => ({ ...rest, stamp: { at, notBefore } })),
          [],
        );
        const read = datagramsOf(file);
        expect(read.map(({ stamp }) => stamp)).toEqual(entries.map(({ at, notBefore }) => ({ at, notBefore })));
        expect(read.map(({ datagram }) => ({ ...datagram, bytes: [...datagram.bytes] }))).toMatchObject(
          entries.map(each => ({ from: each.from, to: each.to, bytes: [...each.bytes], packets: 1 })),
        );
      }),
    );
  });

  it('times of packets are Unix times: the start and the monotonic time that has passed since', () => {
    const stamp = { at: START.startedAtMs + 1500.25, notBefore: START.startedAtMs };
    const file = recordingOf([{ from, to, bytes: new Uint8Array(3), stamp }], [{ decklight: 'wake', at: stamp.at }]);
    const { datagrams, records } = readAll(file);
    // 2026-11-21T21:15:00Z is 1795295700 s after 1970 (date -u -d 2026-11-21T21:15:00Z +%s).
    expect(datagrams[0]?.timeMs).toBe(1_795_295_701_500.25);
    expect(records.map(({ timeMs }) => timeMs)).toEqual([1_795_295_700_000, 1_795_295_701_500.25]);
  });

  it('gives back every record, and a profile of any length and in any letters', () => {
    const source = `name: "Größe 🎛 \\\\ ${'"\n\t\u0000🎛é'.repeat(60_000)}"`;
    const start: StartRecord = { ...START, memory: { memory: MEMORY, ageMs: 1234.5 } };
    const all = [
      start,
      { decklight: 'interfaces', at: 1000.5, interfaces: START.interfaces },
      { decklight: 'act', at: 1001, source: 'keys', act: { kind: 'fire', cue: 'drop' } },
      { decklight: 'act', at: 1002, source: 'osc', act: { kind: 'mute', bridge: null, isOn: null } },
      { decklight: 'wake', at: 1003.123456789 },
      { decklight: 'profile', at: 1004, allocated: [], file: 'show.yaml', source },
      { decklight: 'gap', at: 1005, packets: 3 },
      { decklight: 'stop', at: 1006 },
    ] as const;
    const file = recordingOf([], all.slice(1), start);
    expect(recordsOf(file)).toEqual(all);
    // Beyond this Wireshark takes a packet for damage.
    const lengths = blocksOf(file).map(block => block.length);
    expect(Math.max(...lengths)).toBeLessThan(262_144);
    expect(lengths.length).toBeGreaterThan(3 + all.length);
  });

  it('cut anywhere after its first block gives every whole packet before the cut, and says where it was cut', () => {
    const { file, cuts } = someEvening(rounds(250));
    const told = (bytes: Uint8Array): string[] => [...readRecording(bytes)].map(item => JSON.stringify(item));
    const all = told(file);
    for (const cut of cuts) {
      const { offset, packets } = wholeBlocksBefore(file, cut);
      const before = told(file.subarray(0, cut));
      const end = JSON.parse(before.pop() ?? '');
      expect(end, `cut at ${cut}`).toMatchObject({ how: offset === cut ? 'whole' : 'cut', offset, packets });
      // Every packet of this file tells something.
      expect(before, `cut at ${cut}`).toEqual(all.slice(0, packets));
    }
  });

  it('cut within a record of several parts gives what came before, and nothing of it', () => {
    const source = 'x'.repeat(200_000);
    const file = recordingOf(
      [],
      [
        { decklight: 'wake', at: 1 },
        { decklight: 'profile', at: 2, allocated: [], file: 'show.yaml', source },
      ],
    );
    const blocks = blocksOf(file);
    const cut = file.length - (blocks.at(-1)?.length ?? 0);
    expect(recordsOf(file.subarray(0, cut)).map(({ decklight }) => decklight)).toEqual(['start', 'wake']);
    expect(readAll(file.subarray(0, cut)).end.packets).toBe(blocks.length - 4);
  });

  it('a packet of which nobody said when it came is passed over', () => {
    const writer = pcapngWriter(true);
    const packet = ipv4(udp({ fromPort: 1, toPort: 2, payload: Buffer.from('x') }));
    const plain = Buffer.concat([writer.section(), writer.interface(101, 0, []), writer.enhanced(0, 1n, packet)]);
    expect([...readRecording(plain)]).toMatchObject([{ kind: 'passed-over' }, { kind: 'end', packets: 1 }]);
  });

  it.each([
    ['not JSON', '{'],
    ['no object', '[1]'],
    ['not a record of Decklight', '{"kind":"wake"}'],
    ['a record without its word', '{"decklight":5}'],
  ])('a packet of link type 147 that is %s is one of a link type not read here', (_, text) => {
    const writer = pcapngWriter(true);
    const file = [writer.section(), writer.interface(147, 0, []), writer.enhanced(0, 1n, Buffer.from(text))];
    expect(readAll(Buffer.concat(file))).toMatchObject({
      records: [],
      others: [{ what: 'not-udp', reason: 'link type 147 is not read here' }],
    });
  });

  it.each([
    ['an act nobody knows', { decklight: 'act', at: 1, source: 'keys', act: { kind: 'dance' } }],
    ['a wake without a time', { decklight: 'wake' }],
    ['a word nobody knows', { decklight: 'dance', at: 1 }],
    ['the second part of something', { decklight: 'part', number: 2, of: 2, text: '}' }],
    ['a part that makes no JSON', { decklight: 'part', number: 1, of: 1, text: '}' }],
  ])('%s is passed over', (_, value) => {
    const writer = pcapngWriter(true);
    const packet = writer.enhanced(0, 1n, Buffer.from(JSON.stringify(value)));
    const file = Buffer.concat([writer.section(), writer.interface(147, 0, []), packet]);
    expect([...readRecording(file)].map(({ kind }) => kind)).toEqual(['passed-over', 'end']);
  });

  it('with changed bytes never throws and ends', () => {
    const { file } = someEvening(0);
    const start = file.subarray(0, 20_000);
    const change = fc.tuple(fc.nat(start.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), changes => {
        const changed = Buffer.from(start);
        for (const [at, byte] of changes) changed[at] = byte;
        const items: RecordingItem[] = [...readRecording(changed)];
        expect(items.at(-1)?.kind).toBe('end');
      }),
      { numRuns: rounds(200) },
    );
  });
});

describe('the page about it', () => {
  const page = readFileSync(new URL('../../docs/recording.md', import.meta.url), 'utf8');
  const source = readFileSync(new URL('../../src/recording/recording-format.ts', import.meta.url), 'utf8');
  const kinds = [...source.matchAll(/decklight: (?:z\.literal\()?'(\w+)'/g)].map(match => match[1] ?? '');

  it.each([...new Set(kinds)])('tells of %s', kind => {
    expect(page).toContain(`| \`${kind}\` |`);
  });
});

describe('the comment of a packet', () => {
  const writer = pcapngWriter(true);
  const packet = ipv4(udp({ fromPort: 1, toPort: 2, payload: Buffer.from('abcde') }));
  const option = (code: number, text: string): Buffer => {
    const value = Buffer.from(text);
    const head = Buffer.alloc(4);
    head.writeUInt16LE(code, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
  };
  const withOptions = (...options: readonly Buffer[]): Buffer => {
    const head = Buffer.alloc(20);
    head.writeUInt32LE(packet.length, 12);
    head.writeUInt32LE(packet.length, 16);
    const padding = Buffer.alloc((4 - (packet.length % 4)) % 4);
    return Buffer.concat([
      ...[writer.section(), writer.interface(101, 0, [])],
      writer.block(6, Buffer.concat([head, packet, padding, ...options])),
    ]);
  };
  const commentOf = (file: Buffer): string | null | undefined => readAll(file).datagrams[0]?.comment;

  it.each([
    ['there', withOptions(option(1, 'hello 🎛'), Buffer.alloc(4)), 'hello 🎛'],
    ['there behind another option', withOptions(option(2, 'flags'), option(1, 'x')), 'x'],
    ['the first of two', withOptions(option(1, 'one'), option(1, 'two')), 'one'],
    ['empty', withOptions(option(1, '')), ''],
    ['not there', withOptions(), null],
    ['behind the end of the options', withOptions(Buffer.alloc(4), option(1, 'late')), null],
    ['longer than its block', withOptions(option(1, 'long').fill(0xff, 2, 4)), null],
  ])('is given when it is %s', (_, file, expected) => {
    expect(commentOf(file)).toBe(expected);
  });
});
