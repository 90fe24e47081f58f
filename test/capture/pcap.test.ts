import { describe, expect, it } from 'vitest';
import { readAll } from './read-capture.ts';
import { djLink, ethernet, FROM4, ipv4, pcap, pcapHeader, pcapRecord, TO4, udp } from './write-capture.ts';

const payload = djLink(0x28, 0x60);
const frame = ethernet(ipv4(udp({ fromPort: 1606, toPort: 50001, payload })));

describe('classic pcap', () => {
  for (const littleEndian of [true, false]) {
    for (const nanoseconds of [true, false]) {
      it(`reads ${littleEndian ? 'little' : 'big'}-endian files in ${nanoseconds ? 'nano' : 'micro'}seconds`, () => {
        const fraction = nanoseconds ? 250_000_500 : 250_000;
        const file = Buffer.concat([
          pcapHeader(1, littleEndian, nanoseconds),
          pcapRecord({ bytes: frame, seconds: 1000, fraction: 0 }, littleEndian),
          pcapRecord({ bytes: frame, seconds: 0xf0000000, fraction }, littleEndian),
        ]);
        const { datagrams, end } = readAll(file);
        // Seconds are unsigned: a capture after 2038 is not one before 1970.
        const laterMs = nanoseconds ? 0xf0000000 * 1000 + 250.0005 : 0xf0000000 * 1000 + 250;
        expect(datagrams.map(d => d.timeMs)).toEqual([1_000_000, laterMs]);
        expect(datagrams[1]?.sinceFirstMs).toBe(laterMs - 1_000_000);
        expect(datagrams[0]).toMatchObject({
          from: { address: FROM4, port: 1606 },
          to: { address: TO4, port: 50001 },
          packets: 1,
        });
        expect(Buffer.from(datagrams[0]?.bytes ?? [])).toEqual(payload);
        expect(end).toMatchObject({ how: 'whole', packets: 2, offset: file.length });
      });
    }
  }

  it('passes over what the link type word says besides the link type', () => {
    // Bits 28..31: 4 bytes of frame check sequence at the end of each frame.
    const withFcs = Buffer.concat([frame, Buffer.from('deadbeef', 'hex')]);
    const header = pcapHeader(0x24000001, true, false);
    const { datagrams } = readAll(
      Buffer.concat([header, pcapRecord({ bytes: withFcs, seconds: 1, fraction: 0 }, true)]),
    );
    expect(Buffer.from(datagrams[0]?.bytes ?? [])).toEqual(payload);
  });

  it('gives every whole packet before a cut at any byte, and says where it was cut', () => {
    const file = pcap(1, [frame, frame, frame]);
    const recordBytes = 16 + frame.length;
    for (let length = 4; length < file.length; length++) {
      const { datagrams, end } = readAll(file.subarray(0, length));
      const whole = Math.max(0, Math.floor((length - 24) / recordBytes));
      const isAtBorder = length >= 24 && (length - 24) % recordBytes === 0;
      expect(datagrams.length, `cut after ${length} bytes`).toBe(whole);
      expect(end).toMatchObject({
        how: isAtBorder ? 'whole' : 'cut',
        offset: length < 24 ? 0 : 24 + whole * recordBytes,
        packets: whole,
      });
    }
  });

  it('does not believe in a packet of four gigabytes', () => {
    const file = pcap(1, [frame, frame]);
    file.writeUInt32LE(0xffffffff, 24 + 16 + frame.length + 8);
    const { datagrams, end } = readAll(file);
    expect(datagrams.length).toBe(1);
    expect(end).toMatchObject({ how: 'damaged', offset: 24 + 16 + frame.length });
    expect(end.message).toContain('4294967295 bytes');
  });

  it('reads a file that lies somewhere inside a larger buffer', () => {
    const file = pcap(1, [frame]);
    const larger = Buffer.concat([Buffer.alloc(3, 0xff), file, Buffer.alloc(5, 0xff)]);
    expect(readAll(larger.subarray(3, 3 + file.length)).datagrams.length).toBe(1);
  });
});

describe('what is no capture', () => {
  it.each([
    ['an empty file', Buffer.alloc(0), 'the file is empty'],
    ['three bytes', Buffer.from([0xd4, 0xc3, 0xb2]), 'begins with d4 c3 b2,'],
    ['a text', Buffer.from('decklight: 1\n'), 'begins with 64 65 63 6b'],
    ['a compressed capture', Buffer.from('1f8b0800000000', 'hex'), 'gunzip'],
  ])('%s is answered with one clear value', (_, bytes, words) => {
    const { end } = readAll(bytes);
    expect(end).toMatchObject({ how: 'not-a-capture', packets: 0, offset: 0 });
    expect(end.message).toContain(words);
    expect(end.message).toContain('expected pcap');
  });
});
