/** Anchors for LTC: single ones, whole arbitrary evenings of them, forwards and backwards, and what must be heard of those. */
import fc from 'fast-check';
import { anchoredAt, type TimecodeAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import { FRAME_RATES, type FrameRate, framesPerDay, framesPerMs } from '../../../src/core/timecode/timecode.ts';

interface Turn {
  readonly kind: 'on' | 'jump' | 'stop' | 'silence' | 'crawl' | 'halt';
  readonly afterMs: number;
  readonly pace: number;
  readonly isReverse: boolean;
  readonly near: number;
  readonly away: number;
}

const turn = fc.record<Turn>({
  kind: fc.constantFrom('on', 'on', 'on', 'jump', 'jump', 'stop', 'silence', 'crawl', 'halt'),
  afterMs: fc.oneof(
    fc.double({ min: 0.5, max: 40, noNaN: true }),
    fc.double({ min: 40, max: 400, noNaN: true }),
    fc.constantFrom(40, 200, 1000 / 30),
  ),
  pace: fc.double({ min: 0.5, max: 2, noNaN: true }),
  isReverse: fc.boolean(),
  near: fc.integer({ min: 0, max: 4 }),
  away: fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double({ min: -20, max: 20, noNaN: true })),
});

/** Timecode that is found at a place, at so many times its own pace; below 0: backwards. @param place frames since midnight */
export const locateAt = (rate: FrameRate, place: number, pace: number, from: number): TimecodeAnchor => ({
  from,
  place,
  speed: pace * framesPerMs(rate),
  join: 'locate',
  since: place,
  rate,
});

/** At its own pace, from 0 ms and 40 frames before midnight on. */
export const overMidnight = (rate: FrameRate): TimecodeAnchor => locateAt(rate, framesPerDay(rate) - 40, 1, 0);

export const EVENING_BEGINS = 1000;

/** Starts, changes of pace, jumps, turns backwards, stops, crawls and silences, over midnight and over minutes. */
export const someEvening: fc.Arbitrary<readonly TimecodeAnchor[]> = fc
  .tuple(fc.constantFrom(...FRAME_RATES), fc.array(turn, { minLength: 1, maxLength: 12 }))
  .map(([rate, turns]) => eveningOf(rate, turns));

function eveningOf(rate: FrameRate, turns: readonly Turn[]): readonly TimecodeAnchor[] {
  const day = framesPerDay(rate);
  const minute = day / 1440;
  const awkward = [0, day, Math.round(minute), Math.round(10 * minute), Math.round(day - 61 * minute)];
  const anchors: TimecodeAnchor[] = [];
  let from = EVENING_BEGINS;
  for (const { kind, afterMs, pace, isReverse, near, away } of turns) {
    const before = anchors.at(-1);
    const place = (awkward[near] ?? 0) + away;
    const start = locateAt(rate, place, isReverse ? -pace : pace, from);
    if (kind === 'silence') anchors.push({ ...start, place: 0, speed: 0, join: 'silence', since: 0 });
    else if (kind === 'stop') anchors.push({ ...start, speed: 0 });
    else if (before !== undefined && before.join !== 'silence' && kind !== 'jump') {
      // No faster than a receiver follows within a word: a tenth.
      const paces = {
        on: before.speed === 0 ? start.speed : before.speed * (1 + (pace - 1.25) / 7.5),
        crawl: 0.1 * framesPerMs(rate),
        halt: 0,
      };
      anchors.push({ ...before, from, place: anchoredAt(before, from), speed: paces[kind], join: 'on' });
    } else anchors.push({ ...start, join: before === undefined || before.speed === 0 ? 'locate' : 'jump' });
    from += afterMs;
  }
  anchors.push({ from: from + 200, place: 0, speed: 0, join: 'silence', since: 0, rate });
  return anchors;
}

/** When an evening is over, with time for the last rest. */
export const endOf = (anchors: readonly TimecodeAnchor[]): number => (anchors.at(-1)?.from ?? 0) + 20;

export interface Due {
  /** Frames since midnight. */
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The words that nothing cuts: those that lie wholly in a run, once two bit cells of what ran before have gone by.
 *
 * A run is anchors one after another that go on without a step, in one direction, none slower than a quarter.
 */
export function dueWords(anchors: readonly TimecodeAnchor[]): readonly Due[] {
  const due: Due[] = [];
  const isSounding = ({ speed, rate, join }: TimecodeAnchor): boolean =>
    join !== 'silence' && Math.abs(speed) >= 0.25 * framesPerMs(rate);
  for (let i = 0; i < anchors.length; ) {
    const first = anchors[i] as TimecodeAnchor;
    let end = i + 1;
    const goesOn = (next: TimecodeAnchor | undefined): next is TimecodeAnchor =>
      next !== undefined && next.join === 'on' && isSounding(next) && Math.sign(next.speed) === Math.sign(first.speed);
    if (isSounding(first)) while (goesOn(anchors[end])) end++;
    const run = anchors.slice(i, end);
    const until = anchors[end]?.from ?? Number.POSITIVE_INFINITY;
    // A rest that was begun goes on through whatever comes within it, and a turn within it makes it a cell longer.
    const within = anchors.slice(0, i).findLast(isSounding);
    const restMs = within === undefined ? 0 : 3 / 80 / Math.abs(within.speed);
    const restsUntil = Math.max(
      (within === undefined ? 0 : (anchors[anchors.indexOf(within) + 1]?.from ?? 0)) + restMs,
      first.speed < 0 ? first.from + 1 / 80 / Math.abs(first.speed) : 0,
    );
    i = end;
    if (!isSounding(first)) continue;
    /** When the run passes a place; null: it does not. */
    const passes = (place: number): number | null => {
      for (const [k, { from, place: at, speed }] of run.entries()) {
        const time = from + (place - at) / speed;
        if (time >= from - 1e-6 && time <= (run[k + 1]?.from ?? until) + 1e-6) return time;
      }
      return null;
    };
    const last = run.at(-1) as TimecodeAnchor;
    const ends = [first.place, anchoredAt(last, until)];
    for (let count = Math.floor(Math.min(...ends)) - 1; count <= Math.max(...ends); count++) {
      const edges = first.speed > 0 ? [count, count + 1] : [count + 1, count];
      const [from, to] = edges.map(passes);
      if (from === null || from === undefined || to === null || to === undefined) continue;
      // No word begins before the place since which it runs; nor must one that begins within rounding of a turn.
      const isBefore = first.speed > 0 ? count < first.since : false;
      const isAtTurn = first.join === 'on' && from < first.from + 0.001;
      if (from >= restsUntil && !isBefore && !isAtTurn) due.push({ count, from, to });
    }
  }
  return due;
}
