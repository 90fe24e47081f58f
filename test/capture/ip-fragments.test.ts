import { describe, expect, it } from 'vitest';
import { readAll } from './read-capture.ts';
import {
  ipv4,
  ipv4Fragments,
  ipv6,
  ipv6Fragment,
  ipv6Options,
  pcap,
  pcapHeader,
  pcapngWriter,
  pcapRecord,
  udp,
} from './write-capture.ts';

const RAW = 101;
const payload = Buffer.from(Array.from({ length: 150 }, (_, i) => i));
const datagram = udp({ fromPort: 4242, toPort: 50002, payload });
const pieces = ipv4Fragments(datagram, 48, 7);

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => ordersOf(items.toSpliced(i, 1)).map(rest => [item, ...rest]));
}

const readRaw = (packets: readonly Buffer[]) => readAll(pcap(RAW, packets));

/** The one datagram, whole, with the time of the packet that completed it. */
function expectWhole(packets: readonly Buffer[]): void {
  const { datagrams, others } = readRaw(packets);
  expect(others).toEqual([]);
  expect(datagrams).toMatchObject([
    { packets: packets.length, timeMs: (1000 + packets.length - 1) * 1000, from: { port: 4242 }, to: { port: 50002 } },
  ]);
  expect(Buffer.from(datagrams[0]?.bytes ?? [])).toEqual(payload);
}

describe('IPv4 fragments', () => {
  it('make the same datagram in every order', () => {
    expect(pieces.length).toBe(4);
    for (const order of ordersOf(pieces)) expectWhole(order);
  });

  it('make the same datagram when one was captured twice before it was whole', () => {
    const [first, second, third, last] = pieces as [Buffer, Buffer, Buffer, Buffer];
    expectWhole([first, first, third, last, third, second]);
    expectWhole([last, last, third, second, first]);
  });

  it('make the same datagram when they overlap and agree', () => {
    const wider = ipv4(datagram.subarray(24, 120), { id: 7, more: true, offsetBytes: 24 });
    const [first, , , last] = pieces as [Buffer, Buffer, Buffer, Buffer];
    for (const order of ordersOf([first, wider, last, pieces[2] as Buffer])) expectWhole(order);
  });

  it('make no datagram when they overlap and disagree, in any order', () => {
    const other = Buffer.from(datagram.subarray(24, 120));
    other[0] = (other[0] ?? 0) ^ 0xff;
    const forged = ipv4(other, { id: 7, more: true, offsetBytes: 24 });
    const [first, second, third, last] = pieces as [Buffer, Buffer, Buffer, Buffer];
    for (const order of [
      [first, forged, second, third, last],
      [forged, first, second, third, last],
      [last, forged, first, third, second],
    ]) {
      expect(readRaw(order)).toMatchObject({
        datagrams: [],
        others: [{ what: 'fragments', packets: 5, reason: 'fragments overlap and disagree' }],
      });
    }
  });

  it('of two datagrams at a time are told apart by their id', () => {
    const others = ipv4Fragments(datagram, 64, 8);
    const mixed = [pieces[0], others[2], pieces[3], others[0], pieces[1], others[1], pieces[2]].filter(
      p => p !== undefined,
    );
    const { datagrams } = readRaw(mixed);
    expect(datagrams.map(d => d.packets)).toEqual([3, 4]);
    for (const { bytes } of datagrams) expect(Buffer.from(bytes)).toEqual(payload);
  });

  it('of one datagram seen on two interfaces make two', () => {
    const writer = pcapngWriter(true);
    const both = pieces.flatMap(piece => [writer.enhanced(0, 1n, piece), writer.enhanced(1, 1n, piece)]);
    const start = [writer.section(), writer.interface(RAW, 0, []), writer.interface(RAW, 0, [])];
    const { datagrams, others } = readAll(Buffer.concat([...start, ...both]));
    expect([datagrams.map(d => d.packets), others]).toEqual([[4, 4], []]);
  });

  it('that lack one are counted as incomplete', () => {
    for (let lost = 0; lost < pieces.length; lost++) {
      expect(readRaw(pieces.toSpliced(lost, 1))).toMatchObject({
        datagrams: [],
        others: [{ what: 'fragments', packets: 3, reason: 'fragments of a datagram of which others are missing' }],
      });
    }
  });

  it('that come more than a minute apart are not of one datagram', () => {
    const times = [1000, 1000, 1000, 1061];
    const file = Buffer.concat([
      pcapHeader(RAW, true, false),
      ...pieces.map((bytes, i) => pcapRecord({ bytes, seconds: times[i] ?? 0, fraction: 0 }, true)),
    ]);
    expect(readAll(file)).toMatchObject({ datagrams: [], others: [{ packets: 3 }, { packets: 1 }] });
  });

  it('reach the largest datagram and not beyond', () => {
    const most = udp({ fromPort: 1, toPort: 50002, payload: Buffer.alloc(65_507, 0x5a) });
    expect(most.length).toBe(65_515);
    const { datagrams } = readRaw(ipv4Fragments(most, 1480, 9).reverse());
    expect(datagrams[0]?.bytes.length).toBe(65_507);
    const beyond = ipv4(Buffer.alloc(64), { id: 9, offsetBytes: 65_528 });
    expect(readRaw([beyond]).others).toMatchObject([{ reason: 'fragment beyond the largest datagram' }]);
  });

  it.each([
    [
      'a middle one of an odd length',
      [ipv4(Buffer.alloc(13), { id: 7, more: true, offsetBytes: 48 })],
      'fragment of a length that is not a multiple of 8',
    ],
    [
      'one beyond the last',
      [...pieces.slice(3), ipv4(Buffer.alloc(8), { id: 7, more: true, offsetBytes: 800 })],
      'fragment beyond the last one',
    ],
    [
      'two last ones that disagree',
      [...pieces.slice(3), ipv4(Buffer.alloc(8), { id: 7, offsetBytes: 800 })],
      'last fragments that disagree',
    ],
  ])('with %s make no datagram', (_, packets, reason) => {
    expect(readRaw([...packets, ...pieces.slice(0, 3)])).toMatchObject({ datagrams: [], others: [{ reason }] });
  });

  it('of ten thousand datagrams that never come whole are given up, the oldest first, and the next one still works', () => {
    const flood = Array.from({ length: 10_000 }, (_, i) =>
      ipv4(Buffer.alloc(8), { id: 1000 + i, more: true, offsetBytes: (8 * i) % 65_000 }),
    );
    const { datagrams, others } = readRaw([...flood, ...pieces]);
    expect(datagrams.length).toBe(1);
    expect(others.length).toBe(10_000);
  });
});

describe('IPv6 fragments', () => {
  const fragmentsOf = (chain: Buffer, next: number, cutBytes: number): Buffer[] => {
    const packets: Buffer[] = [];
    for (let at = 0; at < chain.length; at += cutBytes) {
      const header = ipv6Fragment(next, at, at + cutBytes < chain.length, 0x12345678);
      packets.push(ipv6(44, Buffer.concat([header, chain.subarray(at, at + cutBytes)])));
    }
    return packets;
  };

  it('make the same datagram in every order', () => {
    for (const order of ordersOf(fragmentsOf(datagram, 17, 48))) expectWhole(order);
  });

  it('may have an extension header before them and one inside', () => {
    const chain = Buffer.concat([ipv6Options(17), datagram]);
    const behindHopByHop = fragmentsOf(chain, 60, 64).map(packet =>
      ipv6(0, Buffer.concat([ipv6Options(44), packet.subarray(40)])),
    );
    expectWhole(behindHopByHop.reverse());
  });

  it('that are the whole datagram wait for nothing', () => {
    expectWhole([ipv6(44, Buffer.concat([ipv6Fragment(17, 0, false, 1), datagram]))]);
  });

  it('inside fragments are refused', () => {
    const inner = Buffer.concat([ipv6Fragment(17, 0, true, 2), datagram.subarray(0, 80)]);
    expect(readRaw(fragmentsOf(inner, 44, 48))).toMatchObject({
      datagrams: [],
      others: [{ packets: 2, reason: 'fragments inside fragments' }],
    });
  });
});
