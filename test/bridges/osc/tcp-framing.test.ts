import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from '../../../bridges/osc/codec.ts';
import { frame } from '../../../bridges/osc/tcp-framing.ts';
import { toHex } from '../../../src/bytes/hex.ts';

const hex = (bytes: Uint8Array): string => toHex(bytes).replaceAll(' ', '');

describe('the end of a message over TCP', () => {
  it('is told by its length, as ETC prints it', () => {
    const ping = encode({ address: '/eos/ping', args: [] });
    expect(hex(frame('length', ping))).toBe('000000102f656f732f70696e670000002c000000');
  });

  it('is told by SLIP, as npm slip writes it', () => {
    expect(hex(frame('slip', Uint8Array.of(0x01, 0xc0, 0x02, 0xdb, 0x03)))).toBe('c001dbdc02dbdd03c0');
  });

  it('a length is that of the packet alone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), packet => {
        const framed = Buffer.from(frame('length', packet));
        expect(framed.readInt32BE(0)).toBe(packet.length);
        expect(framed.subarray(4).equals(packet)).toBe(true);
      }),
    );
  });

  it('inside a SLIP frame there is no END, and every ESC has its partner', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), packet => {
        const framed = hex(frame('slip', packet)).match(/../g) ?? [];
        expect([framed.at(0), framed.at(-1)]).toEqual(['c0', 'c0']);
        const inside = framed.slice(1, -1);
        expect(inside).not.toContain('c0');
        expect(inside.filter(byte => byte === 'db').length).toBe(
          [...packet].filter(byte => byte === 0xc0 || byte === 0xdb).length,
        );
        for (const [i, byte] of inside.entries()) if (byte === 'db') expect(inside[i + 1]).toMatch(/^d[cd]$/);
      }),
    );
  });
});
