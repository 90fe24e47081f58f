import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAll } from './read-capture.ts';
import {
  djLink,
  ipv4,
  ipv4Fragments,
  ipv6,
  ipv6Fragment,
  LINK_LAYERS,
  pcap,
  pcapngWriter,
  udp,
} from './write-capture.ts';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;

type Counts = Readonly<Record<string, number>>;

function tally(keys: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/** Datagrams by `port/type`, type as two hex digits, as another program reads the file. */
function tsharkCounts(path: string): Counts {
  // A payload may look like that of some other protocol to tshark: only the first UDP header and its payload count.
  const fields = ['-T', 'fields', '-E', 'occurrence=f', '-e', 'udp.dstport', '-e', 'udp.payload'];
  const text = execFileSync('tshark', ['-n', '-r', path, '-Y', 'udp.payload', ...fields], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const rows = text.split('\n').filter(row => row !== '');
  return tally(
    rows.map(row => {
      const [port, hex] = row.split('\t');
      return `${port}/${(hex ?? '').replaceAll(':', '').slice(20, 22)}`;
    }),
  );
}

const ourCounts = (file: Buffer): Counts =>
  tally(readAll(file).datagrams.map(({ to, bytes }) => `${to.port}/${bytes[10]?.toString(16).padStart(2, '0') ?? ''}`));

const datagram = (toPort: number, type: number, size: number) =>
  udp({ fromPort: 1606, toPort, payload: djLink(type, size) });

const large = datagram(50002, 0x56, 0x58c);
const packets = [
  ipv4(datagram(50000, 0x06, 0x36)),
  ipv4(datagram(50001, 0x28, 0x60), { options: Buffer.from('94040000', 'hex') }),
  ipv4(datagram(50002, 0x0a, 0x11c)),
  ipv4(datagram(50002, 0x0a, 0xd4)),
  ...ipv4Fragments(large, 576, 7).reverse(),
  ...ipv4Fragments(large, 576, 8).slice(1),
  ipv6(17, datagram(50002, 0x0a, 0xd4)),
  ipv6(44, Buffer.concat([ipv6Fragment(17, 800, false, 9), large.subarray(800)])),
  ipv6(44, Buffer.concat([ipv6Fragment(17, 0, true, 9), large.subarray(0, 800)])),
  ipv4(Buffer.alloc(20), { protocol: 6 }),
];

/** What `packets` hold, counted by hand. */
const perLink: Counts = { '50000/06': 1, '50001/28': 1, '50002/0a': 3, '50002/56': 2 };

function agree(file: Buffer, expected: Counts): void {
  const folder = mkdtempSync(join(tmpdir(), 'decklight-tshark-'));
  try {
    const path = join(folder, 'synthetic');
    writeFileSync(path, file);
    expect(ourCounts(file)).toEqual(expected);
    expect(tsharkCounts(path)).toEqual(expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// tshark is a program of its own, part of Wireshark; where it is not installed there is nothing to compare with.
describe.skipIf(!hasTshark)(
  `the same counts as tshark${hasTshark ? '' : ' (skipped: tshark is not installed)'}`,
  () => {
    it.each(LINK_LAYERS)('for $name', ({ linkType, frame }) => {
      agree(pcap(linkType, packets.map(frame)), perLink);
    });

    it('for every link type in one pcapng file, in sections of both byte orders', () => {
      const sections = [true, false].map(littleEndian => {
        const writer = pcapngWriter(littleEndian);
        const interfaces = LINK_LAYERS.map(({ linkType }) => writer.interface(linkType, 0, [[9, Buffer.from([9])]]));
        const blocks = LINK_LAYERS.flatMap(({ frame }, index) =>
          packets.map((packet, i) => writer.enhanced(index, 1_700_000_000_000_000_000n + BigInt(i), frame(packet))),
        );
        return Buffer.concat([writer.section(), ...interfaces, ...blocks]);
      });
      const times = sections.length * LINK_LAYERS.length;
      agree(Buffer.concat(sections), Object.fromEntries(Object.entries(perLink).map(([key, n]) => [key, n * times])));
    });
  },
);
