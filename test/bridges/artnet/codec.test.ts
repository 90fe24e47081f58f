import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from '../../../bridges/artnet/codec.ts';
import { artTimeCode } from '../../../bridges/artnet/layout.ts';
import { readLabel } from '../../../src/core/timecode/timecode.ts';
import { rateNamed } from '../midi/sample-anchors.ts';

function hexOf(rate: string, text: string, streamId: number): string {
  const label = readLabel(text);
  if (label === null) throw new Error(`no label ${text}`);
  return Buffer.from(encode(rateNamed(rate), label, streamId)).toString('hex');
}

describe('Art-Net timecode bytes', () => {
  // The first is a packet that tshark recognises; the others are worked out by hand from the specification's table:
  // "Art-Net" NUL, 00 97, 00 0e, 00, stream, frames, seconds, minutes, hours, type.
  it.each([
    ['25', '01:02:03:04', 0, '4172742d4e6574000097000e00000403020101'],
    ['24', '00:00:00:23', 0, '4172742d4e6574000097000e00001700000000'],
    ['29.97df', '10:09:00;02', 0, '4172742d4e6574000097000e00000200090a02'],
    ['29.97ndf', '10:09:00:02', 1, '4172742d4e6574000097000e00010200090a03'],
    ['30', '23:59:59:29', 255, '4172742d4e6574000097000e00ff1d3b3b1703'],
  ])('at %s %s to stream %i', (rate, label, streamId, expected) => {
    expect(hexOf(rate, label, streamId)).toBe(expected);
  });

  it('what is written reads as it was meant, and each byte of the table has one meaning', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const type = fc.constantFrom('24', '25', '29.97df', '30');
    const value = fc.record({ streamId: byte, frames: byte, seconds: byte, minutes: byte, hours: byte, type });
    fc.assert(
      fc.property(value, packet => {
        const bytes = artTimeCode.encode(packet as Parameters<typeof artTimeCode.encode>[0]);
        expect(artTimeCode.decode(bytes)).toEqual({ ok: true, value: packet, lengthAgrees: true });
      }),
    );
    const offsets = Object.values(artTimeCode.fields).map(({ offset }) => offset);
    expect(offsets.toSorted((a, b) => a - b)).toEqual([13, 14, 15, 16, 17, 18]);
  });
});
