import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelsOf, ltcFrameOf } from '../../../bridges/ltc/ltc-frame.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { FRAME_RATES } from '../../../src/core/timecode/timecode.ts';
import { placeOf, rateNamed } from '../midi/sample-anchors.ts';

const ones = (bytes: Uint8Array): number =>
  [...bytes].reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);

describe('a word of LTC', () => {
  // Words that libltc made; bytes in the order of sending, each least significant bit first.
  it.each([
    ['24', '01:02:03:04', '04 00 03 00 02 00 01 00 fc bf'],
    ['25', '01:02:03:04', '04 00 03 00 02 00 01 00 fc bf'],
    ['30', '01:02:03:04', '04 00 03 00 02 00 01 00 fc bf'],
    ['24', '01:02:03:05', '05 00 03 08 02 00 01 00 fc bf'],
    ['30', '01:02:03:05', '05 00 03 08 02 00 01 00 fc bf'],
    ['25', '01:02:03:05', '05 00 03 00 02 00 01 08 fc bf'],
    ['25', '23:59:59:24', '04 02 09 05 09 05 03 02 fc bf'],
    ['29.97df', '00:00:59;29', '09 06 09 0d 00 00 00 00 fc bf'],
    ['29.97df', '00:01:00;02', '02 04 00 00 01 00 00 00 fc bf'],
    ['30', '19:59:58:27', '07 02 08 0d 09 05 09 01 fc bf'],
  ])('at %s of %s is %s', (name, label, expected) => {
    const rate = rateNamed(name);
    expect(toHex(ltcFrameOf(rate, placeOf(rate, label), 0))).toBe(expected);
  });

  it('carries user bits in the high half of its first eight bytes, the last digit first', () => {
    const rate = rateNamed('25');
    // 17 ones with these: bit 59 makes them even.
    expect(toHex(ltcFrameOf(rate, placeOf(rate, '01:02:03:04'), 0x87654321))).toBe('14 20 33 40 52 60 71 88 fc bf');
  });

  it('always holds an even number of ones, so that it ends at the level at which it began', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FRAME_RATES), fc.integer(), fc.nat(0xffffffff), (rate, count, userBits) => {
        const word = ltcFrameOf(rate, count, userBits);
        expect(ones(word) % 2).toBe(0);
        const levels = levelsOf(word);
        expect([levels.length, levels[0], levels[159]]).toEqual([160, 1, -1]);
      }),
    );
  });

  it('changes level at the start of every bit, and in the middle of a 1 only', () => {
    // Worked out by hand: bits 0, 0, 1, 0 of 04, then zeros.
    const rate = rateNamed('25');
    const levels = levelsOf(ltcFrameOf(rate, placeOf(rate, '01:02:03:04'), 0));
    expect([...levels.slice(0, 12)]).toEqual([1, 1, -1, -1, 1, -1, 1, 1, -1, -1, 1, 1]);
  });
});
