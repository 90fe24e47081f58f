import { describe, expect, it } from 'vitest';
import {
  countOf,
  FRAME_RATES,
  type FrameRate,
  framesOfMs,
  framesPerDay,
  type Label,
  labelOf,
  labelText,
  readLabel,
} from '../../../src/core/timecode/timecode.ts';
import { frameRate } from '../core-samples.ts';

/** Counts as a clockwork does, one frame after the other, leaving out what drop-frame leaves out: SMPTE ST 12-1. */
function* clockwork({ base, isDrop }: FrameRate): Generator<Label> {
  for (let hours = 0; hours < 24; hours++)
    for (let minutes = 0; minutes < 60; minutes++)
      for (let seconds = 0; seconds < 60; seconds++)
        for (let frames = 0; frames < base; frames++) {
          if (isDrop && seconds === 0 && frames < 2 && minutes % 10 !== 0) continue;
          yield { hours, minutes, seconds, frames };
        }
}

describe.each(FRAME_RATES.map(rate => [rate.name, rate] as const))('every frame of a day at %s', (_, rate) => {
  it('has the label that a clockwork shows, and that label leads back to it', () => {
    let count = 0;
    let wrong = 0;
    for (const label of clockwork(rate)) {
      const { hours, minutes, seconds, frames } = labelOf(rate, count);
      const isSame =
        hours === label.hours && minutes === label.minutes && seconds === label.seconds && frames === label.frames;
      if (!isSame || countOf(rate, label) !== count) wrong++;
      count++;
    }
    expect({ wrong, count }).toEqual({ wrong: 0, count: framesPerDay(rate) });
  });

  it('wraps at midnight, both ways', () => {
    const day = framesPerDay(rate);
    expect(labelOf(rate, day)).toEqual(labelOf(rate, 0));
    expect(labelOf(rate, -1)).toEqual(labelOf(rate, day - 1));
    expect(labelOf(rate, -0.25)).toEqual(labelOf(rate, day - 1));
  });
});

describe('timecode', () => {
  const df = frameRate('29.97df');

  // The worked table of public drop-frame references: frame count, label, seconds.
  it.each([
    [1799, '00:00:59;29', 60.026633],
    [1800, '00:01:00;02', 60.06],
    [3597, '00:01:59;29', 120.0199],
    [17981, '00:09:59;29', 599.966],
    [17982, '00:10:00;00', 599.9994],
    [35964, '00:20:00;00', 1199.9988],
    [107892, '01:00:00;00', 3599.9964],
    [2589407, '23:59:59;29', 86399.88],
  ])('frame %i of 29.97 drop-frame is %s, %d seconds after midnight', (count, text, seconds) => {
    expect(labelText(df, labelOf(df, count))).toBe(text);
    expect(framesOfMs(df, seconds * 1000)).toBeCloseTo(count, 1);
  });

  it('has 24 hours of 107892 frames in drop-frame, and of 3600 seconds else', () => {
    expect(FRAME_RATES.map(framesPerDay)).toEqual([2_073_600, 2_160_000, 2_589_408, 2_592_000, 2_592_000]);
  });

  it('knows no dropped label, no frame 25 of 25, no 24 o’clock', () => {
    const count = (rate: string, text: string): number | null => {
      const label = readLabel(text);
      return label === null ? null : countOf(frameRate(rate), label);
    };
    expect([count('29.97df', '00:01:00;00'), count('29.97df', '00:01:00;01')]).toEqual([null, null]);
    expect(count('29.97df', '00:10:00;00')).toBe(17982);
    expect([count('25', '00:00:00:25'), count('24', '24:00:00:00'), count('30', '00:60:00:00')]).toEqual([
      null,
      null,
      null,
    ]);
    expect([readLabel('1:00:00:00'), readLabel('01:00:00'), readLabel('01:00:00.00')]).toEqual([null, null, null]);
  });
});
