/** A line: where it leads, when it is where, and which bounds hold the truth whenever the rate changes and however late reports are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bounds } from '../../../src/core/deck/bounds.ts';
import {
  boundsAt,
  carry,
  doubtedBoundsAt,
  type Line,
  likelyOf,
  mostOf,
  placeAt,
  read,
  runOn,
  type Suspect,
  timeOfPlace,
} from '../../../src/core/deck/line.ts';
import type { ReportDelay } from '../../../src/core/deck/report-delay.ts';
import { rounds } from '../../rounds.ts';

const PROMPT: ReportDelay = { mostMs: 0, weatherMs: 0, likelyLeastMs: 0, likelyMostMs: 0, leastWidthMs: 0 };

/** In ms, at 1000 ms at place 500, at normal speed; told at once. */
const lineOf = (change: Partial<Line> = {}): Line => ({
  ...{ coordinate: 'ms', at: 1000, notBefore: 1000, place: 500, rate: 1, known: { low: 500, high: 501 } },
  ...{ likely: { low: 500, high: 501 }, lateness: PROMPT, runsSince: -Infinity, isGuess: false, slewUntil: 1000 },
  ...{ slewRate: 1, upperLimit: 500, loopEndGuard: null, heardAt: 1000, heardUpTo: 500, lateMostMs: 0, suspect: null },
  ...change,
});
const suspectOf = (change: Partial<Suspect>): Suspect => ({
  ...{ line: lineOf(), jumpTarget: 0, since: 0, doubtedFrom: 0, isFar: true, missedMs: 0 },
  ...change,
});

describe('the published place', () => {
  const slewing = lineOf({ slewUntil: 1100, slewRate: 1.02 });

  it('runs at the slew rate to the end of the slew and at the rate of the deck after it, and not before its anchor', () => {
    expect([900, 1000, 1050, 1100, 1200].map(at => runOn(slewing, at))).toEqual([500, 500, 551, 602, 702]);
    expect(runOn(lineOf({ slewUntil: 900, slewRate: 7 }), 1200)).toBe(700);
  });

  it('waits a thousandth before the end of a loop, and where a jump is suspected, in forward play alone', () => {
    expect(placeAt(lineOf({ loopEndGuard: 600 }), 2000)).toBe(599.999);
    expect(runOn(lineOf({ loopEndGuard: 600 }), 2000)).toBe(1500);
    const suspect = suspectOf({ doubtedFrom: 550 });
    expect(placeAt(lineOf({ suspect }), 2000)).toBe(550);
    expect(placeAt(lineOf({ suspect, loopEndGuard: 520 }), 2000)).toBe(519.999);
    expect(placeAt(lineOf({ suspect: { ...suspect, isFar: false } }), 2000)).toBe(1500);
    expect(placeAt(lineOf({ suspect, rate: -1, slewRate: -1 }), 1100)).toBe(400);
    expect(placeAt(lineOf({ suspect: suspectOf({ doubtedFrom: 450 }), rate: 0, slewRate: 0 }), 1100)).toBe(500);
  });

  it('is at a place at the time at which it is there', () => {
    for (const line of [slewing, lineOf({ slewUntil: 1300, slewRate: 0.98, rate: 1.06 }), lineOf({ rate: 0.5 })]) {
      for (const at of [1000, 1040, 1100, 1101, 1300, 5000]) {
        expect(timeOfPlace(line, placeAt(line, at))).toBeCloseTo(at, 9);
      }
    }
  });

  it('was at a place behind it at the rate of the deck, but not before it ran', () => {
    expect(timeOfPlace(lineOf({ rate: 2 }), 400)).toBe(950);
    expect(timeOfPlace(lineOf({ rate: 2, runsSince: 970 }), 400)).toBe(970);
    expect(timeOfPlace(lineOf({ rate: 0, slewRate: 0 }), 400)).toBeNull();
    for (const place of [500, 501]) expect(timeOfPlace(lineOf({ rate: 0, slewRate: 0 }), place)).toBeNull();
  });

  it('never is beyond where it waits, and is where it waits', () => {
    const line = lineOf({ loopEndGuard: 600 });
    expect(timeOfPlace(line, 599.9995)).toBeNull();
    expect(timeOfPlace(line, 599.999)).toBeCloseTo(1099.999, 9);
  });
});

const within = (least: number, most: number) => fc.double({ min: least, max: most, noNaN: true });
const mirrored = ({ low, high }: Bounds): Bounds => ({ low: -high, high: -low });
const EPSILON = 1e-6;
/** Tempo and clocks are wrong by one part in ten thousand at most. */
const RATE_ERROR = 1e-4;

describe('the bounds of a line', () => {
  /** A report that was made between `late + waited` ms before and the anchor itself, of a deck whose speed changes then or later. */
  const story = fc.record({
    from: within(0, 1.5),
    to: within(0, 1.5),
    width: within(0, 400),
    lateMs: within(0, 120),
    waitedMs: within(0, 200),
    elapsedMs: within(0, 900),
    inWidth: within(0, 1),
    madeShare: within(0, 1),
    changedShare: within(0, 1),
  });

  const storyLine = (s: { from: number; width: number; lateMs: number; waitedMs: number }): Line => {
    const known = { low: 100, high: 100 + s.width + s.from * s.waitedMs };
    const lateness = { ...PROMPT, mostMs: s.lateMs, likelyMostMs: s.lateMs };
    return lineOf({ ...{ known, likely: known, lateness, rate: s.from }, notBefore: 1000 - s.waitedMs });
  };

  it('hold the truth whenever the report was made and the speed changed', () => {
    fc.assert(
      fc.property(story, s => {
        const at = 1000 + s.elapsedMs;
        const madeAt = 1000 - (s.lateMs + s.waitedMs) * s.madeShare;
        const changedAt = madeAt + (at - madeAt) * s.changedShare;
        const truth = 100 + s.width * s.inWidth + s.from * (changedAt - madeAt) + s.to * (at - changedAt);
        const line = storyLine(s);
        for (const [of, lateness] of [
          ['known', mostOf(line.lateness)],
          ['likely', likelyOf(line.lateness)],
        ] as const) {
          const { low, high } = read(carry(line, s.to, at)[of], s.to, lateness);
          expect(low).toBeLessThanOrEqual(truth + EPSILON);
          expect(high).toBeGreaterThanOrEqual(truth - EPSILON);
        }
      }),
      { numRuns: rounds(300) },
    );
  });

  it('reach no further than the truth can be, where the speed stays or rises', () => {
    fc.assert(
      fc.property(story, s => {
        const to = Math.max(s.from, s.to);
        const line = storyLine(s);
        const at = 1000 + s.elapsedMs;
        const { low, high } = read(carry(line, to, at).known, to, mostOf(line.lateness));
        const error = RATE_ERROR * to * s.elapsedMs + EPSILON;
        expect(low).toBeGreaterThanOrEqual(100 + s.from * s.elapsedMs - error);
        expect(high).toBeLessThanOrEqual(100 + s.width + to * (s.elapsedMs + s.lateMs + s.waitedMs) + error);
      }),
      { numRuns: rounds(300) },
    );
  });

  it('widen by one part in ten thousand of what the deck has run, to either side', () => {
    const line = lineOf({ rate: 0.5 });
    const { low, high } = boundsAt(line, 11_000);
    expect(low).toBeCloseTo(500 + 5000 - 0.5, 9);
    expect(high).toBeCloseTo(501 + 5000 + 0.5, 9);
    // A deck that stops was as fast as it was.
    const stopped = carry(line, 0, 11_000).known;
    expect(stopped.high).toBeCloseTo(501 + 5000 + 0.5, 9);
  });

  it('of reverse play are those of forward play, mirrored', () => {
    fc.assert(
      fc.property(story, within(0, 30), within(0, 40), (s, leastMs, widthMs) => {
        const forward = storyLine(s);
        const known = mirrored(forward.known);
        const backward = { ...forward, known, likely: known, rate: -s.from };
        const at = 1000 + s.elapsedMs;
        const [there, back] = [carry(forward, s.to, at).known, carry(backward, -s.to, at).known];
        const lateness = { leastMs, mostMs: s.lateMs, widthMs };
        for (const [a, b] of [
          [there, mirrored(back)],
          [read(there, s.to, lateness), mirrored(read(back, -s.to, lateness))],
        ] as const) {
          expect(b.low).toBeCloseTo(a.low, 6);
          expect(b.high).toBeCloseTo(a.high, 6);
        }
      }),
      { numRuns: rounds(200) },
    );
  });

  it('of a deck that has turned hold the places between its fastest way on and its fastest way back', () => {
    const line = storyLine({ from: 1, width: 50, lateMs: 20, waitedMs: 0 });
    const { low, high } = read(carry(line, -1, 1300).known, -1, mostOf(line.lateness));
    // Turned as the report was made, 20 ms before it came; or just now.
    expect(low).toBeLessThanOrEqual(100 - 320);
    expect(high).toBeGreaterThanOrEqual(150 + 320);
    expect(high - low).toBeLessThanOrEqual(50 + 4 * 320 + 1);
  });

  it('do not close by what is forgotten of the weather', () => {
    const lateness = { ...PROMPT, mostMs: 80, weatherMs: 60 };
    const line = lineOf({ lateness });
    const before = read(carry(line, 1, 1500).known, 1, mostOf(lateness));
    const after = read(carry(line, 1, 1500, 25).known, 1, mostOf({ ...lateness, mostMs: 45 }));
    expect(after).toEqual(before);
    // What gets worse is no matter of the reports before.
    expect(carry(line, 1, 1500, 90)).toEqual(carry(line, 1, 1500));
  });

  it('are never narrower than their least width, nor end behind what was told', () => {
    expect(read({ low: 10, high: 11 }, 2, { leastMs: 3, mostMs: 4, widthMs: 50 })).toEqual({ low: 16, high: 116 });
    expect(read({ low: 10, high: 11 }, 2, { leastMs: 0, mostMs: 40, widthMs: 5 })).toEqual({ low: 10, high: 91 });
    expect(read({ low: 10, high: 11 }, 0, { leastMs: 3, mostMs: 40, widthMs: 5 })).toEqual({ low: 10, high: 11 });
  });

  it('span both places while a doubt stands that is too close to stop anything', () => {
    const other = lineOf({ known: { low: 440, high: 450 } });
    const near = lineOf({ suspect: suspectOf({ line: other, isFar: false }) });
    expect(doubtedBoundsAt(near, 1000)).toEqual({ low: 440, high: 501 });
    const ahead = lineOf({ suspect: suspectOf({ line: lineOf({ known: { low: 540, high: 550 } }), isFar: false }) });
    expect(doubtedBoundsAt(ahead, 1000)).toEqual({ low: 500, high: 550 });
    for (const line of [lineOf(), lineOf({ suspect: suspectOf({ line: other }) })]) {
      expect(doubtedBoundsAt(line, 1200)).toEqual(boundsAt(line, 1200));
    }
  });

  it('at a moment before the anchor are those of the anchor', () => {
    expect(boundsAt(lineOf(), 10)).toEqual(boundsAt(lineOf(), 1000));
  });
});
