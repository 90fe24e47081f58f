/** Anchors for tests: single ones, and whole arbitrary evenings of them. */
import fc from 'fast-check';
import {
  anchoredAt,
  CLOCKS_OF_BEAT,
  type StreamAnchor,
  type TimecodeAnchor,
} from '../../../src/core/timecode/stream-anchor.ts';
import { FRAME_RATES, framesPerDay, framesPerMs } from '../../../src/core/timecode/timecode.ts';

export { placeOf, rateNamed, runAt } from './timecode-run.ts';

/** What may happen to timecode, `afterMs` after what happened before. `near` is one of the day's awkward places. */
interface Turn {
  readonly kind: 'on' | 'halt' | 'jump' | 'locate' | 'stop' | 'silence';
  /** Backwards, where the evening has that. */
  readonly isBack: boolean;
  readonly afterMs: number;
  readonly pace: number;
  readonly near: number;
  readonly away: number;
}

const turn = fc.record<Turn>({
  isBack: fc.boolean(),
  kind: fc.constantFrom('on', 'on', 'on', 'jump', 'locate', 'halt', 'stop', 'silence'),
  afterMs: fc.oneof(fc.double({ min: 0.5, max: 40, noNaN: true }), fc.double({ min: 40, max: 1500, noNaN: true })),
  pace: fc.double({ min: 0.3, max: 2.5, noNaN: true }),
  near: fc.integer({ min: 0, max: 4 }),
  away: fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double({ min: -20, max: 20, noNaN: true })),
});

/** Starts, corrections, jumps, locates, stops and silences, over midnight and over minutes; sorted by `from`. */
export const someAnchors: fc.Arbitrary<readonly TimecodeAnchor[]> = evenings(false);

/** The same with stretches that run backwards, and turns from one way to the other. */
export const someAnchorsBothWays: fc.Arbitrary<readonly TimecodeAnchor[]> = evenings(true);

function evenings(hasBack: boolean): fc.Arbitrary<readonly TimecodeAnchor[]> {
  return fc
    .tuple(fc.constantFrom(...FRAME_RATES), fc.array(turn, { minLength: 1, maxLength: 14 }))
    .map(([rate, turns]) => {
      const day = framesPerDay(rate);
      const minute = day / 1440;
      const awkward = [0, day, Math.round(minute), Math.round(10 * minute), Math.round(day - 61 * minute)];
      const anchors: TimecodeAnchor[] = [];
      let from = 1000;
      for (const { kind, afterMs, pace, near, away, isBack } of turns) {
        from += afterMs;
        const before = anchors.at(-1);
        const isHalt = kind === 'halt' || kind === 'stop';
        const speed = isHalt ? 0 : pace * framesPerMs(rate) * (hasBack && isBack ? -1 : 1);
        const place = (awkward[near] ?? 0) + away;
        if (kind === 'silence') anchors.push({ from, place: 0, speed: 0, join: 'silence', since: 0, rate });
        else if ((kind === 'on' || kind === 'halt') && before !== undefined && before.join !== 'silence') {
          const there = anchoredAt(before, from);
          // After a halt and at a turn it begins to run anew.
          const since = speed * before.speed > 0 ? before.since : there;
          anchors.push({ ...before, from, place: there, speed, join: 'on', since });
        } else {
          const isRun = kind === 'jump' && before !== undefined && before.join !== 'silence' && before.speed !== 0;
          anchors.push({ from, place, speed, join: isRun ? 'jump' : 'locate', since: place, rate });
        }
      }
      return anchors;
    });
}

/** Clocks in a ms at a tempo. */
export const clocksPerMs = (tempoBpm: number): number => (CLOCKS_OF_BEAT * tempoBpm) / 60_000;

/** Where a clock may be: near beat 1, anywhere in a track, on sixteenths, and where song positions end. */
const clockPlace = fc.oneof(
  fc.double({ min: -30, max: 30, noNaN: true }),
  fc.integer({ min: -4, max: 400 }).map(sixteenth => 6 * sixteenth),
  fc.double({ min: 0, max: 24 * 2000, noNaN: true }),
  fc.double({ min: 6 * 16_380, max: 6 * 16_390, noNaN: true }),
);

/** An evening of MIDI clock: starts, pitch, jumps, stops, turns and silences; sorted by `from`. */
export const someTicks: fc.Arbitrary<readonly StreamAnchor[]> = fc
  .array(fc.tuple(turn, clockPlace), { minLength: 1, maxLength: 14 })
  .map(turns => {
    const anchors: StreamAnchor[] = [];
    let from = 1000;
    for (const [{ kind, afterMs, pace, isBack }, place] of turns) {
      from += afterMs;
      const before = anchors.at(-1);
      const isHalt = kind === 'halt' || kind === 'stop';
      const speed = isHalt ? 0 : pace * clocksPerMs(128) * (isBack && pace < 1 ? -1 : 1);
      if (kind === 'silence') anchors.push({ from, place: 0, speed: 0, join: 'silence', since: 0 });
      else if ((kind === 'on' || kind === 'halt') && before !== undefined && before.join !== 'silence') {
        const there = anchoredAt(before, from);
        anchors.push({ from, place: there, speed, join: 'on', since: speed * before.speed > 0 ? before.since : there });
      } else {
        const isRun = kind === 'jump' && before !== undefined && before.join !== 'silence' && before.speed !== 0;
        anchors.push({ from, place, speed, join: isRun ? 'jump' : 'locate', since: place });
      }
    }
    return anchors;
  });
