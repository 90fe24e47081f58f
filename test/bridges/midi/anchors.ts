/** Anchors for tests: single ones, and whole arbitrary evenings of them. */
import fc from 'fast-check';
import { type Anchor, anchoredAt } from '../../../src/core/anchor.ts';
import {
  countOf,
  FRAME_RATES,
  type FrameRate,
  framesPerDay,
  framesPerMs,
  readLabel,
} from '../../../src/core/timecode.ts';

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
export function runAt(rate: FrameRate, label: string, from: number): Anchor {
  const place = placeOf(rate, label);
  return { from, place, speed: framesPerMs(rate), join: 'jump', since: place, rate };
}

/** What may happen to timecode, `afterMs` after what happened before. `near` is one of the day's awkward places. */
interface Turn {
  readonly kind: 'on' | 'halt' | 'jump' | 'locate' | 'stop' | 'silence';
  readonly afterMs: number;
  readonly pace: number;
  readonly near: number;
  readonly away: number;
}

const turn = fc.record<Turn>({
  kind: fc.constantFrom('on', 'on', 'on', 'jump', 'locate', 'halt', 'stop', 'silence'),
  afterMs: fc.oneof(fc.double({ min: 0.5, max: 40, noNaN: true }), fc.double({ min: 40, max: 1500, noNaN: true })),
  pace: fc.double({ min: 0.3, max: 2.5, noNaN: true }),
  near: fc.integer({ min: 0, max: 4 }),
  away: fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double({ min: -20, max: 20, noNaN: true })),
});

/** Starts, corrections, jumps, locates, stops and silences, over midnight and over minutes; sorted by `from`. */
export const someAnchors: fc.Arbitrary<readonly Anchor[]> = fc
  .tuple(fc.constantFrom(...FRAME_RATES), fc.array(turn, { minLength: 1, maxLength: 14 }))
  .map(([rate, turns]) => {
    const day = framesPerDay(rate);
    const minute = day / 1440;
    const awkward = [0, day, Math.round(minute), Math.round(10 * minute), Math.round(day - 61 * minute)];
    const anchors: Anchor[] = [];
    let from = 1000;
    for (const { kind, afterMs, pace, near, away } of turns) {
      from += afterMs;
      const before = anchors.at(-1);
      const speed = kind === 'halt' || kind === 'stop' ? 0 : pace * framesPerMs(rate);
      const place = (awkward[near] ?? 0) + away;
      if (kind === 'silence') anchors.push({ from, place: 0, speed: 0, join: 'silence', since: 0, rate });
      else if ((kind === 'on' || kind === 'halt') && before !== undefined && before.join !== 'silence') {
        anchors.push({ ...before, from, place: anchoredAt(before, from), speed, join: 'on' });
      } else {
        const isRun = kind === 'jump' && before !== undefined && before.join !== 'silence' && before.speed > 0;
        anchors.push({ from, place, speed, join: isRun ? 'jump' : 'locate', since: place, rate });
      }
    }
    return anchors;
  });
