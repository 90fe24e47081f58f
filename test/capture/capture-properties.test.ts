import fc from 'fast-check';
import { describe, it } from 'vitest';
import { rounds } from '../rounds.ts';
import { readAll } from './read-capture.ts';
import {
  djLink,
  ethernet,
  ipv4Fragments,
  ipv6,
  ipv6Fragment,
  LINK_LAYERS,
  pcap,
  pcapngWriter,
  udp,
} from './write-capture.ts';

const starts = [
  Buffer.alloc(0),
  pcap(1, []),
  ...LINK_LAYERS.map(({ linkType }) => pcap(linkType, [])),
  Buffer.from('a1b23c4d', 'hex'),
  Buffer.from('0a0d0d0a', 'hex'),
  pcapngWriter(true).section(),
  Buffer.concat([pcapngWriter(false).section(), pcapngWriter(false).interface(1, 0, [])]),
];

const writer = pcapngWriter(true);
const datagram = udp({ fromPort: 1, toPort: 50002, payload: djLink(0x0a, 0x11c) });
const frames = [
  ...ipv4Fragments(datagram, 104, 3).map(packet => ethernet(packet, [0x88a8, 0x8100])),
  ethernet(ipv6(44, Buffer.concat([ipv6Fragment(17, 0, true, 4), datagram.subarray(0, 104)]))),
];
const wholes = [
  pcap(1, frames),
  Buffer.concat([
    writer.section(),
    writer.interface(1, 0, [[9, Buffer.from([9])]]),
    ...frames.map((frame, i) => writer.enhanced(0, BigInt(i), frame)),
    writer.simple(frames[0]?.length ?? 0, frames[0] ?? Buffer.alloc(0)),
  ]),
];

describe('any bytes', () => {
  it('arbitrary bytes never throw, finish, and account for every packet', () => {
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 400 }), (start, bytes) => {
        readAll(Buffer.concat([start, bytes]));
      }),
      { numRuns: rounds(500) },
    );
  });

  it('a capture with changed bytes never throws, finishes, and accounts for every packet', () => {
    const change = fc.tuple(fc.nat(2000), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.constantFrom(...wholes), fc.array(change, { minLength: 1, maxLength: 6 }), (whole, changes) => {
        const file = Buffer.from(whole);
        for (const [at, byte] of changes) file[at % file.length] = byte;
        readAll(file);
      }),
      { numRuns: rounds(500) },
    );
  });

  it('arbitrary packets of every link type never throw and are accounted for', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LINK_LAYERS),
        fc.array(fc.tuple(fc.constantFrom(0x45, 0x46, 0x60, 0x00), fc.uint8Array({ maxLength: 120 })), {
          maxLength: 8,
        }),
        ({ linkType, frame }, packets) => {
          readAll(
            pcap(
              linkType,
              packets.map(([first, rest]) => frame(Buffer.from([first, ...rest]))),
            ),
          );
        },
      ),
      { numRuns: rounds(250) },
    );
  });
});
