/** Timecode as OSC: the messages of each frame, byte by byte. */
import { describe, expect, it } from 'vitest';
import { describe as describeMessage } from '../../../bridges/osc/codec.ts';
import { type OscTimecode, oscTimecodeStream, spell, USUAL_FORMS } from '../../../bridges/osc/osc-timecode.ts';
import { readLabel } from '../../../src/core/timecode/timecode.ts';
import { idleScheduler, step, withTimecode } from '../../../src/output/port-scheduler.ts';
import { rateNamed, runAt } from '../midi/sample-anchors.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const labelOf = (text: string) => readLabel(text) ?? { hours: 0, minutes: 0, seconds: 0, frames: 0 };

/** What leaves at a frame. */
function sentAt(rate: string, text: string, at: number, options: Partial<OscTimecode> = {}): readonly string[] {
  const stream = oscTimecodeStream({ forms: USUAL_FORMS, bundles: 'none', epochUnixMs: 0, ...options });
  return step(withTimecode(idleScheduler(stream), runAt(rateNamed(rate), text, at)), at).send.map(hex);
}

// Put together by hand from OSC 1.0: the address and the type tags each with one to four NULs, to a multiple of four.
const TEXT_ADDRESS = '2f74696d65636f6465000000'; // "/timecode": 9 and 3 NULs
const HMSF_ADDRESS = '2f74696d65636f64652f686d73660000'; // "/timecode/hmsf": 14 and 2 NULs

describe('a frame of timecode over OSC', () => {
  it('is its label as a text, then as four whole numbers, each a message of its own', () => {
    expect(sentAt('25', '01:02:03:04', 0)).toEqual([
      // ",s" and 2 NULs; "01:02:03:04", 11 and 1 NUL
      `${TEXT_ADDRESS}2c73000030313a30323a30333a303400`,
      // ",iiii" and 3 NULs; 1, 2, 3, 4
      `${HMSF_ADDRESS}2c6969696900000000000001000000020000000300000004`,
    ]);
  });

  it('has a semicolon before the frames where the rate drops numbers', () => {
    expect(sentAt('29.97df', '00:01:00:02', 0)[0]).toBe(`${TEXT_ADDRESS}2c73000030303a30313a30303b303200`);
    expect(sentAt('29.97ndf', '00:01:00:02', 0)[0]).toBe(`${TEXT_ADDRESS}2c73000030303a30313a30303a303200`);
  });

  it('is in bundles only where they are asked for, each message in one of its own', () => {
    // "#bundle" and a NUL, the time tag, the size (28 and 40), the message.
    const [text, hmsf] = sentAt('25', '01:02:03:04', 0);
    const immediately = sentAt('25', '01:02:03:04', 0, { bundles: 'immediate' });
    expect(immediately).toEqual([
      `2362756e646c650000000000000000010000001c${text}`,
      `2362756e646c6500000000000000000100000028${hmsf}`,
    ]);
    // A second and a half into 1970 are 2 208 988 801.5 s after 1900: 0x83aa7e81 and half of 2^32.
    const timed = sentAt('25', '01:02:03:04', 500, { bundles: 'timed', epochUnixMs: 1000 });
    expect(timed[0]?.slice(0, 40)).toBe('2362756e646c650083aa7e81800000000000001c');
    expect(timed[1]?.slice(16, 32)).toBe('83aa7e8180000000');
  });

  it.each([
    ['25', '01:02:03:04', 'text', '/t ,s "01:02:03:04"'],
    ['25', '01:02:03:04', 'hmsf', '/t ,iiii 1 2 3 4'],
    // 3723 s and 4 of 25 frames.
    ['25', '01:02:03:04', 'seconds', '/t ,f 3723.16'],
    ['25', '01:02:03:04', 'frames', '/t ,i 93079'],
    // The first frame of the second minute is number 1800; 1800 frames take 60.06 s.
    ['29.97df', '00:01:00:02', 'frames', '/t ,i 1800'],
    ['29.97df', '00:01:00:02', 'seconds', '/t ,f 60.06'],
    // At 29.97 without drop an hour of the label takes 3603.6 s.
    ['29.97ndf', '01:00:00:00', 'seconds', '/t ,f 3603.6'],
    ['24', '00:00:00:00', 'seconds', '/t ,f 0.0'],
  ] as const)('at %s %s as %s is %s', (rate, text, as, expected) => {
    expect(describeMessage(spell({ address: '/t', as }, rateNamed(rate), labelOf(text)))).toBe(expected);
  });
});
