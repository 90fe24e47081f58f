import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeCommand } from '../../src/cli/decode/decode.ts';
import { djLink, ethernet, ipv4, ipv4Fragments, pcap, udp } from './write-capture.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'decklight-decode-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(file: string | Buffer, json: boolean) {
  const path = typeof file === 'string' ? file : join(folder, 'capture');
  if (typeof file !== 'string') await writeFile(path, file);
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await decodeCommand(
    path,
    { json },
    {
      line: text => lines.push(text),
      error: text => errors.push(text),
    },
  );
  return { code, lines, errors };
}

// Offsets of the CDJ status packet, the beat packet and the absolute position: dysentery, "vcdj" and "beats".

function status(name: string, number: number): Buffer {
  const bytes = djLink(0x0a, 0x11c);
  bytes.write(name, 0x0b, 'latin1');
  bytes[0x21] = number;
  bytes.writeUInt16BE(0x11c - 0x24, 0x22);
  bytes[0x24] = number;
  bytes[0x28] = 3;
  bytes[0x29] = 3;
  bytes.writeUInt32BE(4711, 0x2c);
  bytes[0x7b] = 0x03;
  bytes[0x89] = 0x84 | 0x40 | 0x20 | 0x08;
  bytes[0x8b] = 0xfa;
  bytes.writeUInt32BE(0x00108000, 0x8c);
  bytes.writeUInt16BE(0x8000, 0x90);
  bytes.writeUInt16BE(12800, 0x92);
  bytes.writeUInt32BE(513, 0xa0);
  bytes[0xa6] = 1;
  return bytes;
}

function beat(): Buffer {
  const bytes = djLink(0x28, 0x60);
  bytes.write('CDJ-2000nexus', 0x0b, 'latin1');
  bytes[0x21] = 2;
  bytes.writeUInt16BE(0x3c, 0x22);
  bytes.writeUInt32BE(469, 0x24);
  bytes.writeUInt32BE(0x000f8000, 0x54);
  bytes.writeUInt16BE(12800, 0x5a);
  bytes[0x5c] = 3;
  return bytes;
}

function position(): Buffer {
  const bytes = djLink(0x0b, 0x3c);
  bytes.write('OPUS-QUAD', 0x0b, 'latin1');
  bytes[0x21] = 12;
  bytes.writeUInt16BE(0x18, 0x22);
  bytes.writeUInt32BE(245, 0x24);
  bytes.writeUInt32BE(207_500, 0x28);
  bytes.writeInt32BE(-326, 0x2c);
  bytes.writeUInt32BE(1238, 0x38);
  return bytes;
}

function onAir(): Buffer {
  const bytes = djLink(0x03, 0x2d);
  bytes.write('DJM-2000nexus', 0x0b, 'latin1');
  bytes[0x21] = 33;
  bytes.writeUInt16BE(9, 0x22);
  bytes.set([0, 1, 1, 0], 0x24);
  return bytes;
}

const packet = (toPort: number, payload: Buffer) => ipv4(udp({ fromPort: 1606, toPort, payload }));
const cut = ipv4Fragments(udp({ fromPort: 1606, toPort: 50002, payload: status('CDJ-2000nexus', 2) }), 160, 5);

/** Sixteen packets, one second apart, of every sort that the summary tells apart. */
const evening = [
  packet(50001, onAir()),
  packet(50002, status('CDJ-2000nexus', 2)),
  packet(50002, status('OPUS-QUAD', 11)),
  packet(50001, beat()),
  packet(50001, position()),
  packet(50002, djLink(0x05, 0x30)),
  packet(50002, djLink(0x77, 0x30)),
  packet(50001, djLink(0x28, 0x20)),
  packet(50000, Buffer.from('hello?')),
  packet(5353, Buffer.from('elsewhere')),
  packet(50002, Buffer.alloc(0)),
  ipv4(Buffer.alloc(20), { protocol: 6 }),
  ...cut,
  ipv4(Buffer.alloc(64), { id: 6, more: true }),
  packet(50001, beat()).subarray(0, 60),
];
const file = pcap(
  1,
  evening.map((bytes, i) => (i === evening.length - 1 ? ethernet(bytes).subarray(0, 60) : ethernet(bytes))),
);

describe('decode', () => {
  it('prints one line per DJ Link datagram, then a summary that adds up', async () => {
    const { code, lines, errors } = await run(file, false);
    expect([code, errors]).toEqual([0, []]);
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "    0.000000  169.254.1.2:1606      -> 169.254.255.255:50001  on-air        name=DJM-2000nexus number=33 channels=[00 01 01 00]
          1.000000  169.254.1.2:1606      -> 169.254.255.255:50002  status        player 2  track 4711 from 3 usb  playing, moving  beat 513 (1/4)  132.00 BPM  +3.13 %  flags playing+master+on-air
          2.000000  169.254.1.2:1606      -> 169.254.255.255:50002  status        deck 3  track 4711 from 3 usb  playing, moving  beat 513 (1/4)  132.00 BPM  +3.13 %  flags playing+master+on-air
          3.000000  169.254.1.2:1606      -> 169.254.255.255:50001  beat          player 2  beat in bar 3  124.00 BPM  -3.13 %  next beat in 469 ms
          4.000000  169.254.1.2:1606      -> 169.254.255.255:50001  position      deck 4  3:27.500 of 4:05  123.8 BPM  -3.26 %
          5.000000  169.254.1.2:1606      -> 169.254.255.255:50002  media-query   passed over
          6.000000  169.254.1.2:1606      -> 169.254.255.255:50002  refused: type 0x77 is not known on port 50002 at byte 10
          7.000000  169.254.1.2:1606      -> 169.254.255.255:50001  refused: beat: 32 bytes, expected at least 96 at byte 32
          8.000000  169.254.1.2:1606      -> 169.254.255.255:50000  refused: 6 bytes, too short for a DJ Link packet at byte 6
         10.000000  169.254.1.2:1606      -> 169.254.255.255:50002  refused: 0 bytes, too short for a DJ Link packet at byte 0
         13.000000  169.254.1.2:1606      -> 169.254.255.255:50002  status        player 2  track 4711 from 3 usb  playing, moving  beat 513 (1/4)  132.00 BPM  +3.13 %  flags playing+master+on-air

      16 packets in the file, of which
              6  decoded (port, type)
                        1  50001  03  on-air
                        1  50001  0b  position
                        1  50001  28  beat
                        3  50002  0a  status
              1  passed over (port, type)
                        1  50002  05  media-query
              4  refused (port, type)
                        1  50000  --  6 bytes, too short for a DJ Link packet at byte 6
                        1  50001  28  beat: 32 bytes, expected at least 96 at byte 32
                        1  50002  --  0 bytes, too short for a DJ Link packet at byte 0
                        1  50002  77  type 0x77 is not known on port 50002 at byte 10
              2  not DJ Link
                        1  IP protocol 6, not UDP
                        1  UDP to other ports
              1  not readable
                        1  IPv4 packet captured only in part
              1  fragments, incomplete
                        1  fragments of a datagram of which others are missing
              1  fragments, complete
                        1  further fragments of datagrams counted above
      end of file: whole: read to its last byte, 2271"
    `);
  });

  it('names every packet of the file in one line of the summary', async () => {
    const { lines } = await run(file, false);
    const from = lines.findIndex(text => text.includes('packets in the file'));
    const counts = lines.slice(from).map(text => /^( *)(\d+) {2}/.exec(text));
    const sum = (indent: (spaces: number) => boolean) =>
      counts.reduce(
        (total, hit) => (hit !== null && indent(`${hit[1]}${hit[2]}`.length) ? total + Number(hit[2]) : total),
        0,
      );
    expect(sum(width => width === 9)).toBe(evening.length);
    expect(sum(width => width > 9)).toBe(evening.length);
  });

  it('gives one JSON object a line, and the summary apart', async () => {
    const { code, lines, errors } = await run(file, true);
    expect(code).toBe(0);
    expect(errors.join('\n')).toContain('16 packets in the file');
    const objects = lines.map(text => JSON.parse(text) as Record<string, unknown>);
    expect(objects.length).toBe(11);
    expect(objects[0]).toEqual({
      timeMs: 1_000_000,
      sinceFirstS: 0,
      from: { address: '169.254.1.2', port: 1606 },
      to: { address: '169.254.255.255', port: 50001 },
      outcome: 'decoded',
      type: '03',
      kind: 'on-air',
      lengthAgrees: true,
      fields: { name: 'DJM-2000nexus', number: 33, channels: '00 01 01 00' },
    });
    expect(objects[1]).toMatchObject({ sinceFirstS: 1, kind: 'status', fields: { beat: 513, trackTempoBpm: 128 } });
    expect(objects[5]).toMatchObject({ outcome: 'passed-over', type: '05', kind: 'media-query' });
    expect(objects[6]).toMatchObject({ outcome: 'refused', type: '77', kind: null, offset: 10 });
    expect(objects[8]).toMatchObject({ outcome: 'refused', type: null, kind: null });
    // The fragmented status has the time of the fragment that made it whole.
    expect(objects[10]).toMatchObject({ sinceFirstS: 13, kind: 'status' });
  });

  it('reads what a cut file has, and says that it is cut', async () => {
    const { code, lines } = await run(file.subarray(0, file.length - 7), false);
    expect(code).toBe(0);
    expect(lines.at(-1)).toContain('end of file: cut at byte');
    expect(lines.join('\n')).toContain('15 packets in the file');
  });

  it('answers 1 for a file that is not there and 2 for one that is no capture', async () => {
    const missing = await run(join(folder, 'missing.pcap'), false);
    expect([missing.code, missing.lines]).toEqual([1, []]);
    expect(missing.errors.join('\n')).toContain('missing.pcap: error: there is no such file; check its name');
    const text = await run(Buffer.from('decklight: 1\n'), false);
    expect([text.code, text.lines]).toEqual([2, []]);
    expect(text.errors.join('\n')).toContain('error: not a capture at byte 0: the file begins with 64 65 63 6b');
  });
});
