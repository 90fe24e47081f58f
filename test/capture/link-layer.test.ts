import { describe, expect, it } from 'vitest';
import { readAll } from './read-capture.ts';
import {
  djLink,
  ethernet,
  FROM4,
  FROM6,
  ipv4,
  ipv6,
  ipv6Options,
  LINK_LAYERS,
  pcap,
  TO4,
  TO6,
  udp,
} from './write-capture.ts';

const payload = djLink(0x06, 0x36);
const datagram = udp({ fromPort: 50000, toPort: 50000, payload });

const only = (linkType: number, frame: Buffer) => readAll(pcap(linkType, [frame]));
const reasonOf = (linkType: number, frame: Buffer) => only(linkType, frame).others.map(o => o.reason);

describe('link types', () => {
  it.each(LINK_LAYERS)('reads IPv4 and IPv6 from $name', ({ linkType, frame }) => {
    const { datagrams } = readAll(pcap(linkType, [frame(ipv4(datagram)), frame(ipv6(17, datagram))]));
    expect(datagrams.map(d => [d.from.address, d.to.address, d.to.port])).toEqual([
      [FROM4, TO4, 50000],
      [FROM6, TO6, 50000],
    ]);
    for (const { bytes } of datagrams) expect(Buffer.from(bytes)).toEqual(payload);
  });

  it('reads IPv4 from its own link type', () => {
    expect(only(228, ipv4(datagram)).datagrams.length).toBe(1);
    expect(only(229, ipv6(17, datagram)).datagrams.length).toBe(1);
  });

  it('leaves out the padding of a short Ethernet frame', () => {
    const short = ethernet(ipv4(udp({ fromPort: 1, toPort: 50001, payload: Buffer.from('x') })));
    expect(short.length).toBe(60);
    expect(only(1, short).datagrams[0]?.bytes.length).toBe(1);
  });

  it('says what a frame is when it is not IP', () => {
    expect(reasonOf(1, Buffer.concat([Buffer.alloc(12), Buffer.from('0806', 'hex'), Buffer.alloc(46)]))).toEqual([
      'ARP',
    ]);
    expect(reasonOf(1, Buffer.concat([Buffer.alloc(12), Buffer.from('88cc', 'hex'), Buffer.alloc(46)]))).toEqual([
      'protocol 0x88cc, not IP',
    ]);
    expect(reasonOf(147, Buffer.from('a report'))).toEqual(['link type 147 is not read here']);
    expect(reasonOf(101, Buffer.from([0x50]))).toEqual(['raw frame that is not IP']);
    expect(reasonOf(0, Buffer.from([7, 0, 0, 0, 0]))).toEqual(['loopback frame of an address family that is not IP']);
  });

  it('survives a frame cut at any byte, with a reason', () => {
    for (const { linkType, frame } of LINK_LAYERS) {
      for (const packet of [
        ipv4(datagram, { options: Buffer.alloc(8, 1) }),
        ipv6(0, Buffer.concat([ipv6Options(17), datagram])),
      ]) {
        const whole = frame(packet);
        const needed = whole.length;
        for (let length = 0; length < needed; length++) {
          const { datagrams, others } = only(linkType, whole.subarray(0, length));
          expect([datagrams.length, others.length]).toEqual([0, 1]);
        }
      }
    }
  });
});

describe('IPv4', () => {
  it('passes over options', () => {
    const options = Buffer.from('94040000', 'hex');
    expect(Buffer.from(only(101, ipv4(datagram, { options })).datagrams[0]?.bytes ?? [])).toEqual(payload);
  });

  it('counts other protocols by their number', () => {
    expect(reasonOf(101, ipv4(Buffer.alloc(20), { protocol: 6 }))).toEqual(['IP protocol 6, not UDP']);
  });

  it.each([
    ['a header of four words', 0, 0x44, 'IPv4 header with a wrong version or length'],
    ['a header longer than the packet', 0, 0x4f, 'IPv4 packet shorter than its header'],
    ['a total length beyond the capture', 2, 0xff, 'IPv4 packet captured only in part'],
  ])('refuses %s', (_, at, byte, reason) => {
    const packet = ipv4(udp({ fromPort: 1, toPort: 50000, payload: Buffer.alloc(4) }));
    packet[at] = byte;
    expect(reasonOf(228, packet)).toEqual([reason]);
  });

  it('takes the length from the frame where a card has yet to fill it in', () => {
    const packet = ipv4(datagram);
    packet.writeUInt16BE(0, 2);
    expect(Buffer.from(only(101, packet).datagrams[0]?.bytes ?? [])).toEqual(payload);
  });
});

describe('IPv6', () => {
  it('follows extension headers, each in its own unit of length', () => {
    // Authentication header: (4 + 2) × 4 = 24 bytes.
    const authentication = Buffer.concat([Buffer.from([60, 4]), Buffer.alloc(22)]);
    const chain = Buffer.concat([ipv6Options(43), ipv6Options(51), authentication, ipv6Options(17), datagram]);
    expect(Buffer.from(only(101, ipv6(0, chain)).datagrams[0]?.bytes ?? [])).toEqual(payload);
  });

  it('refuses an extension header that goes on beyond the packet', () => {
    const chain = Buffer.concat([Buffer.from([17, 200, 0, 0, 0, 0, 0, 0]), datagram]);
    expect(reasonOf(101, ipv6(60, chain))).toEqual(['IPv6 extension header cut short']);
  });

  // RFC 5952 section 4.
  it.each([
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
    ['20010db8000000000000000000020001', '2001:db8::2:1'],
    ['fe800000000000000000000000000000', 'fe80::'],
    ['2001000000000001000000000000000a', '2001:0:0:1::a'],
  ])('writes the address %s as %s', (hex, text) => {
    const packet = ipv6(17, datagram);
    Buffer.from(hex, 'hex').copy(packet, 8);
    expect(only(101, packet).datagrams[0]?.from.address).toBe(text);
  });
});

describe('UDP', () => {
  it.each([
    [0, 'UDP length shorter than its header'],
    [7, 'UDP length shorter than its header'],
    [datagram.length + 1, 'UDP length beyond the end of the packet'],
    [0xffff, 'UDP length beyond the end of the packet'],
  ])('refuses a length of %i', (length, reason) => {
    const wrong = Buffer.from(datagram);
    wrong.writeUInt16BE(length, 4);
    expect(reasonOf(101, ipv4(wrong))).toEqual([reason]);
  });

  it('leaves out what the IP packet has beyond it, and takes a datagram of no bytes', () => {
    const longer = Buffer.concat([datagram, Buffer.alloc(9, 0xee)]);
    expect(Buffer.from(only(101, ipv4(longer)).datagrams[0]?.bytes ?? [])).toEqual(payload);
    const empty = udp({ fromPort: 1, toPort: 50002, payload: Buffer.alloc(0) });
    expect(only(101, ipv4(empty)).datagrams).toMatchObject([{ bytes: new Uint8Array(0) }]);
  });
});
