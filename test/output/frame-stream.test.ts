import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchoredAt, type TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import { countOf } from '../../src/core/timecode/timecode.ts';
import { type FrameCursor, frameStream } from '../../src/output/frame-stream.ts';
import { idleScheduler, step, withTimecode } from '../../src/output/port-scheduler.ts';
import type { Stream } from '../../src/output/stream.ts';
import { rateNamed } from '../bridges/midi/sample-anchors.ts';
import { rounds } from '../rounds.ts';

const RATE = rateNamed('25');
/** Says a frame as its count in the day. */
const STREAM = frameStream((rate, label) => {
  const count = countOf(rate, label) ?? 0;
  return [Uint8Array.of(count >> 16, count >> 8, count)];
});
const countIn = ([high = 0, middle = 0, low = 0]: Uint8Array): number => 65_536 * high + 256 * middle + low;

const anchor = (from: number, place: number, speed: number, join: TimecodeAnchor['join']): TimecodeAnchor => ({
  ...{ from, place, speed, join, since: place },
  rate: RATE,
});

interface Said {
  readonly at: number;
  readonly count: number;
}

/** Everything that leaves before a moment. */
function saidOf(anchors: readonly TimecodeAnchor[], until: number, stream: Stream<FrameCursor> = STREAM): Said[] {
  const said: Said[] = [];
  for (let cursor = stream.start; ; ) {
    const message = stream.next(anchors, cursor);
    if (message === null || message.at >= until) return said;
    said.push({ at: message.at, count: countIn(message.bytes) });
    cursor = message.after;
  }
}
const countsOf = (anchors: readonly TimecodeAnchor[], until: number): readonly number[] =>
  saidOf(anchors, until).map(({ count }) => count);

/** Anchors one after the other, each from where the one before has come to, `jump` places further. */
function lines(
  place: number,
  pieces: readonly { readonly ms: number; readonly speed: number; readonly jump: number | null }[],
): readonly TimecodeAnchor[] {
  const anchors: TimecodeAnchor[] = [];
  let from = 0;
  let here = place;
  for (const { ms, speed, jump } of pieces) {
    const isFirst = anchors.length === 0;
    if (jump !== null && !isFirst) here += jump;
    const made = anchor(from, here, speed, isFirst ? 'locate' : jump === null ? 'on' : 'jump');
    anchors.push(made);
    from += ms;
    here = anchoredAt(made, from);
  }
  return anchors;
}

describe('a stream of frames', () => {
  it('where the line turns says each label once: what it turned on is not said again', () => {
    const turn = [anchor(0, 8.5, 0.025, 'locate'), anchor(80, 10.5, -0.025, 'on')];
    expect(saidOf(turn, 250)).toEqual([
      { at: 20, count: 9 },
      { at: 60, count: 10 },
      { at: 140, count: 9 },
      { at: 180, count: 8 },
      { at: 220, count: 7 },
    ]);
    const back = [anchor(0, 10.5, -0.025, 'locate'), anchor(80, 8.5, 0.025, 'on')];
    expect(countsOf(back, 220)).toEqual([10, 9, 10, 11]);
    // Too short a way back to come to another frame.
    const shaken = [turn[0] as TimecodeAnchor, anchor(80, 10.5, -0.025, 'on'), anchor(96, 10.1, 0.025, 'on')];
    expect(saidOf(shaken, 140).slice(2)).toEqual([{ at: 132, count: 11 }]);
  });

  it('that turns before it has said anything says the frames on its way back', () => {
    expect(countsOf([anchor(0, 8.5, 0.025, 'locate'), anchor(10, 8.75, -0.025, 'on')], 100)).toEqual([8, 7]);
  });

  it('that begins anew or jumps back onto a frame says it again: it begins there', () => {
    const run = anchor(0, 9, 0.025, 'locate');
    expect(countsOf([run, anchor(50, 10.25, -0.025, 'jump')], 110)).toEqual([9, 10, 10, 9]);
    const stop = anchor(50, 10.25, 0, 'locate');
    expect(countsOf([run, stop, anchor(90, 10.25, -0.025, 'locate')], 150)).toEqual([9, 10, 10, 10, 9]);
  });

  it('where rounding puts a frame to either side of an anchor: said once if the line goes on, else the next one says', () => {
    for (const direction of [1, -1]) {
      const first = anchor(0, 1000, direction / 40, 'locate');
      for (let n = 1; n < 6; n++) {
        for (const off of [-1e-8, 0, 1e-8]) {
          for (const shift of [-1e-6, 0, 1e-6]) {
            const from = 40 * n + shift;
            const on = anchor(from, anchoredAt(first, from) + off, direction / 40, 'on');
            const counts = countsOf([first, on], 310);
            expect(counts).toEqual(counts.map((_, i) => 1000 + direction * i));
            expect(counts.length).toBe(8);
            // Two frames skipped at a frame: the one that it would have come to is not said as well.
            const slip = anchor(from, 1000 + direction * (n + 2), direction / 40, 'jump');
            const skipped = countsOf([first, slip], from + 50);
            expect(skipped).toEqual(
              [...Array.from({ length: n }, (_, i) => i), n + 2, n + 3].map(each => 1000 + direction * each),
            );
            // Turned on a frame: at most once there.
            const turned = countsOf(
              [first, anchor(from, anchoredAt(first, from) + off, -direction / 40, 'on')],
              from + 100,
            );
            expect(turned.every((count, i) => i === 0 || Math.abs(count - (turned[i - 1] ?? 0)) === 1)).toBe(true);
          }
        }
      }
    }
  });

  it('says each frame that its lines pass, at its edge and in order, but not twice running where they turn', () => {
    const piece = fc.record({
      ms: fc.integer({ min: 1, max: 400 }),
      speed: fc.constantFrom(0.025, 0.02, 0.0251, 0.025 * 1.0321, -0.025, -0.0193, -0.03),
      jump: fc.option(fc.integer({ min: -300, max: 300 }), { freq: 6 }),
    });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), pieces => {
        // No frame lies within rounding of where a line ends: every end has its fraction.
        const anchors = lines(50_000 + Math.SQRT1_2, pieces);
        const end = pieces.reduce((sum, { ms }) => sum + ms, 0);
        const expected: Said[] = [];
        for (const [i, each] of anchors.entries()) {
          if (each.join === 'jump') expected.push({ at: Number.NaN, count: Number.NaN });
          const until = anchors[i + 1]?.from ?? end;
          const to = anchoredAt(each, until);
          const counts: number[] = [];
          for (let count = Math.ceil(Math.min(each.place, to)); count <= Math.max(each.place, to); count++) {
            counts.push(count);
          }
          if (each.speed < 0) counts.reverse();
          for (const count of counts) {
            if (count === expected.at(-1)?.count) continue;
            expected.push({ at: each.from + (count - each.place) / each.speed, count });
          }
        }
        const wanted = expected.filter(({ count }) => !Number.isNaN(count));
        fc.pre(wanted.every(({ at }) => anchors.every(({ from }) => Math.abs(at - from) > 0.01) && end - at > 0.01));
        const said = saidOf(anchors, end);
        expect(said.map(({ count }) => count)).toEqual(wanted.map(({ count }) => count));
        for (const [i, { at }] of said.entries()) expect(at).toBeCloseTo(wanted[i]?.at ?? Number.NaN, 5);
      }),
      { numRuns: rounds(125) },
    );
  });
});

describe('a label of several messages', () => {
  const PAIR = frameStream((_, { frames }, at) => [Uint8Array.of(1, frames), Uint8Array.of(2, at)]);
  const bytesOf = (send: readonly Uint8Array[]): number[][] => send.map(bytes => [...bytes]);

  it('leaves whole and in order, and is one as far as punctuality goes', () => {
    const first = step(withTimecode(idleScheduler(PAIR), anchor(0, 0, 0.025, 'locate')), 0);
    expect(bytesOf(first.send)).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(first.wakeAt).toBe(40);
    const second = step(first.scheduler, 40.05);
    expect(bytesOf(second.send)).toEqual([
      [1, 1],
      [2, 40],
    ]);
    expect(second.scheduler.timecode.counts.lateness.reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  it('that is too late is left out as one, and none of it leaves', () => {
    const first = step(withTimecode(idleScheduler(PAIR), anchor(0, 0, 0.025, 'locate')), 0);
    // Frames of 40 and 80 ms are due, the first of them 61 ms late.
    const late = step(first.scheduler, 101);
    expect(bytesOf(late.send)).toEqual([
      [1, 2],
      [2, 80],
    ]);
    expect(late.scheduler.timecode.counts.gaps).toBe(1);
    expect(late.wakeAt).toBe(120);
  });

  it('where it stands is said whole as well, once', () => {
    const { send, scheduler } = step(withTimecode(idleScheduler(PAIR), anchor(0, 7.5, 0, 'locate')), 5000);
    expect(bytesOf(send)).toEqual([
      [1, 7],
      [2, 0],
    ]);
    expect(step(scheduler, 9000)).toMatchObject({ send: [], wakeAt: null });
  });
});
