/** Timecode that simply runs: the plainest anchor, by the names that people use. */
import type { TimecodeAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import { countOf, FRAME_RATES, type FrameRate, framesPerMs, readLabel } from '../../../src/core/timecode/timecode.ts';

export function rateNamed(name: string): FrameRate {
  const rate = FRAME_RATES.find(each => each.name === name);
  if (rate === undefined) throw new Error(`no rate ${name}`);
  return rate;
}

/** Frames since midnight of a label as people write it. */
export function placeOf(rate: FrameRate, label: string): number {
  const read = readLabel(label);
  const count = read === null ? null : countOf(rate, read);
  if (count === null) throw new Error(`no label ${label} at ${rate.name}`);
  return count;
}

/** A jump to a label: no full frame, at its own pace. */
export function runAt(rate: FrameRate, label: string, from: number): TimecodeAnchor {
  const place = placeOf(rate, label);
  return { from, place, speed: framesPerMs(rate), join: 'jump', since: place, rate };
}
