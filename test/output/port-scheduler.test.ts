import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockStream } from '../../bridges/midi/midi-clock.ts';
import { mtcStream } from '../../bridges/midi/mtc.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { anchoredAt, type StreamAnchor, type TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import { framesPerDay } from '../../src/core/timecode/timecode.ts';
import {
  countLate,
  countsText,
  LATENESS_BOUNDS_MS,
  NO_COUNTS,
  NO_LATENESS,
  quantileMs,
} from '../../src/output/lateness-histogram.ts';
import {
  idleScheduler,
  type PortScheduler,
  step,
  TOO_LATE_MS,
  withClock,
  withCue,
  withTimecode,
} from '../../src/output/port-scheduler.ts';
import { clockReceiver, SONG_CLOCKS } from '../bridges/midi/clock-receiver.ts';
import { countOfHeard, mtcReceiver } from '../bridges/midi/mtc-receiver.ts';
import { rateNamed, runAt, someAnchorsBothWays, someTicks } from '../bridges/midi/sample-anchors.ts';
import { rounds } from '../rounds.ts';

const IDLE_SCHEDULER = idleScheduler(mtcStream);
const PAL = rateNamed('25');
const RUN = runAt(PAL, '01:00:00:00', 0);

/** How late it is woken each time: hardly, or by a stall. */
const delays = fc.array(
  fc.oneof(fc.double({ min: 0, max: 4, noNaN: true }), fc.double({ min: 0, max: 200, noNaN: true })),
  { minLength: 3 },
);

/** Steps at each moment in turn; what left, as `moment bytes`. */
function stepped(
  from: PortScheduler,
  moments: readonly number[],
): { readonly scheduler: PortScheduler; readonly sent: readonly string[] } {
  let scheduler = from;
  const sent: string[] = [];
  for (const now of moments) {
    const result = step(scheduler, now);
    scheduler = result.scheduler;
    sent.push(...result.send.map(bytes => `${now} ${toHex(bytes)}`));
  }
  return { scheduler, sent };
}

describe('the scheduler of a port', () => {
  it('lets cues go at once and in their order, before timecode that is meant for later', () => {
    let scheduler = withTimecode(IDLE_SCHEDULER, RUN);
    for (const [at, number] of [
      [30, 1],
      [12, 2],
      [5, 3],
    ] as const) {
      scheduler = withCue(scheduler, { at, bytes: Uint8Array.of(0xc0, number) });
    }
    // At 12 ms two pieces are due, at 0 and at 10; the cues keep their order whatever moment they are meant for.
    expect(stepped(scheduler, [12]).sent).toEqual(['12 f1 00', '12 f1 10', '12 c0 01', '12 c0 02', '12 c0 03']);
    expect(step(scheduler, -1)).toMatchObject({ send: scheduler.cues.map(({ bytes }) => bytes), wakeAt: 0 });
    expect(step(IDLE_SCHEDULER, 5)).toMatchObject({ send: [], wakeAt: null });
  });

  it('after a stall of 45 ms sends every piece, never three back to back', () => {
    // Pieces of 10 ms: at 45 ms those of 0 to 40 are due. A rest of 4 ms lies between two pairs.
    const { scheduler, sent } = stepped(withTimecode(IDLE_SCHEDULER, RUN), [45, 46, 48, 49, 51, 53, 62, 70]);
    expect(sent).toEqual([
      '45 f1 00',
      '45 f1 10',
      '49 f1 20',
      '49 f1 30',
      '53 f1 40',
      '53 f1 50',
      '62 f1 61',
      '70 f1 72',
    ]);
    expect(scheduler.timecode.counts.gaps).toBe(0);
  });

  it('a start that a jump overtakes before it has left is still said outright, where it has come to', () => {
    const start: TimecodeAnchor = { ...RUN, from: 100, join: 'locate' };
    const jump: TimecodeAnchor = { ...RUN, from: 103, place: RUN.place + 250, since: RUN.place + 250, join: 'jump' };
    const { sent } = stepped(withTimecode(withTimecode(IDLE_SCHEDULER, start), jump), [104]);
    // 01:00:10:00 at 25 frames: ten seconds on.
    expect(sent).toEqual(['104 f0 7f 7f 01 01 21 00 0a 00 f7']);
  });

  it('after a stall of more than 50 ms gives up the cycle and opens the next', () => {
    const { scheduler, sent } = stepped(withTimecode(IDLE_SCHEDULER, RUN), [0, 10, 20, 81, 159, 160, 170]);
    // The piece of 30 ms is 51 ms late at 81 ms; the cycle of 80 ms has begun by then, so the next is that of 160 ms.
    expect(sent).toEqual(['0 f1 00', '10 f1 10', '20 f1 20', '160 f1 04', '170 f1 10']);
    expect(scheduler.timecode.counts.gaps).toBe(1);
  });

  it('a locate that falls into a stall is still said, and only the last one', () => {
    const locate = (from: number, label: string): TimecodeAnchor => ({ ...runAt(PAL, label, from), join: 'locate' });
    const jumped = [RUN, locate(40, '02:00:00:00'), locate(90, '03:00:00:00')].reduce(withTimecode, IDLE_SCHEDULER);
    const { sent } = stepped(jumped, [0, 10, 100, 169, 170]);
    expect(sent).toEqual(['0 f1 00', '10 f1 10', '100 f0 7f 7f 01 01 23 00 00 00 f7', '170 f1 02']);
  });

  it('a jump that comes to be known late is made at once', () => {
    const before = stepped(withTimecode(IDLE_SCHEDULER, RUN), [0, 10, 20, 30]);
    // Pieces at 30 and 32 ms are back to back, so the one of 35 ms rests until 36.
    const jumped = withTimecode(before.scheduler, runAt(PAL, '00:59:00:00', 25));
    expect(stepped(jumped, [32, 35, 36, 45]).sent).toEqual(['32 f1 00', '36 f1 10', '45 f1 20']);
    const stopped = withTimecode(before.scheduler, { ...RUN, from: 25, speed: 0, join: 'locate' });
    expect(stepped(stopped, [32, 100]).sent).toEqual(['32 f0 7f 7f 01 01 21 00 00 00 f7']);
    const silenced = withTimecode(before.scheduler, { ...RUN, from: 25, speed: 0, join: 'silence' });
    expect(step(silenced, 32)).toMatchObject({ send: [], wakeAt: null });
  });

  it('what was to hold later is taken back by what is said after it', () => {
    const stop: TimecodeAnchor = { ...RUN, from: 50, speed: 0, join: 'locate' };
    const on: TimecodeAnchor = { ...RUN, from: 40, place: RUN.place + 1, join: 'on' };
    const { scheduler } = stepped([RUN, stop, on].reduce(withTimecode, IDLE_SCHEDULER), [0]);
    expect(scheduler.timecode.anchors).toEqual([RUN, on]);
    // At one moment a jump and then an `on` both count: the second sets the pace of the first.
    const both = [RUN, { ...stop, from: 40 }, on].reduce(withTimecode, IDLE_SCHEDULER);
    expect(stepped(both, [0, 10, 40]).sent.at(-1)).toMatch(/^40 f0/);
    expect(stepped(both, [0, 10, 40, 80]).sent.at(-1)).toBe('80 f1 02');
  });

  it('a night of standing decks, silences and jumps gathers nothing', () => {
    const joins = ['silence', 'locate', 'jump', 'on'] as const;
    for (const kinds of [['silence'], ['locate'], ['jump'], ['on'], joins] as const) {
      let scheduler = withTimecode(IDLE_SCHEDULER, { ...RUN, speed: 0, join: 'locate' });
      for (let i = 1; i < 1000; i++) {
        const join = kinds[i % kinds.length] ?? 'on';
        const speed = join === 'jump' ? RUN.speed : 0;
        // One ms past a cycle's beginning, and gone before the next one.
        const place = 10_001;
        scheduler = withTimecode(scheduler, { ...RUN, from: i * 20, place, since: place, speed, join });
        scheduler = step(scheduler, i * 20).scheduler;
        expect(scheduler.timecode.anchors.length).toBeLessThan(4);
      }
    }
  });

  it('however late it is woken: no piece twice, none out of order, none of two labels, never three at once', () => {
    const all = (counts: readonly number[]): number => counts.reduce((sum, each) => sum + each, 0);
    fc.assert(
      fc.property(someAnchorsBothWays, delays, (anchors, late) => {
        const end = (anchors.at(-1)?.from ?? 0) + 500;
        const receiver = mtcReceiver();
        let scheduler = IDLE_SCHEDULER;
        let next = 0;
        let pieces = 0;
        for (let now = 900, i = 0; now < end; i++) {
          for (let anchor = anchors[next]; anchor !== undefined && anchor.from - 10 <= now; anchor = anchors[++next]) {
            scheduler = withTimecode(scheduler, anchor);
          }
          const result = step(scheduler, now);
          scheduler = result.scheduler;
          for (const bytes of result.send) receiver.hear(now, bytes);
          const count = result.send.filter(([status]) => status === 0xf1).length;
          expect(count).toBeLessThan(3);
          pieces += count;
          const wake = Math.min(result.wakeAt ?? Number.POSITIVE_INFINITY, (anchors[next]?.from ?? end + 10) - 10);
          now = Math.max(now, wake) + (late[i % late.length] ?? 0) + 1e-6;
        }
        expect(all(scheduler.timecode.counts.lateness)).toBe(pieces);
        expect(receiver.strays).toEqual([]);
        const ends = anchors.filter(({ join, speed }) => join !== 'on' || speed === 0).length;
        // A turn cuts off a cycle, and perhaps the piece that leads in to the next.
        const running = anchors.filter(({ speed }) => speed !== 0);
        const turns = running.filter(({ speed }, i) => speed * (running[i - 1]?.speed ?? speed) < 0).length;
        expect(receiver.cuts.length).toBeLessThanOrEqual(scheduler.timecode.counts.gaps + ends + 2 * turns);
        // Each label lay on a line that held by then, not longer ago than a piece may be late.
        for (const label of receiver.labels) {
          const isOn = (anchor: TimecodeAnchor): boolean => {
            const { from, rate, speed, join } = anchor;
            if (from > label.at || speed === 0 || join === 'silence') return false;
            const day = framesPerDay(rate);
            const count = countOfHeard(label, rate.base, rate.isDrop);
            const since = Math.max(from, label.at - TOO_LATE_MS - 1e-3);
            const direction = Math.sign(speed);
            const ahead = (((direction * (count - anchoredAt(anchor, since)) + 1e-6) % day) + day) % day;
            return label.isBackwards === speed < 0 && ahead <= Math.abs(speed) * (label.at - since) + 2e-6;
          };
          expect(anchors.some(isOn)).toBe(true);
        }
      }),
      { numRuns: rounds(50) },
    );
  });
});

describe('the scheduler of a port with two streams', () => {
  const IDLE = idleScheduler(mtcStream, clockStream);
  /** 125 BPM: a clock every 20 ms, from a sixteenth before beat 1. */
  const TICK: StreamAnchor = { from: 0, place: -6, speed: 0.05, join: 'locate', since: -6 };

  it('both leave in order of time, cues before them, and at one moment timecode first', () => {
    let scheduler = withClock(withTimecode(IDLE, RUN), TICK);
    scheduler = withCue(scheduler, { at: 120, bytes: Uint8Array.of(0xc0, 1) });
    const { sent } = stepped({ ...scheduler, cues: [] }, [0, 10, 100]);
    expect(sent.slice(0, 4)).toEqual(['0 f1 00', '0 fc', '0 fa', '10 f1 10']);
    const before = stepped({ ...scheduler, cues: [] }, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110]).scheduler;
    const late = stepped({ ...before, cues: scheduler.cues }, [120, 145]);
    // Clocks of 120 and 140 ms, pieces of 120, 130 and 140: in order of time, as far as two pieces in a row allow.
    expect(late.sent).toEqual(['120 c0 01', '120 f1 40', '120 f8', '145 f1 50', '145 f1 61', '145 f8']);
  });

  it('one that stands, rests or stalls does not hold up the other', () => {
    const both = withClock(withTimecode(IDLE, { ...RUN, speed: 0, join: 'locate' }), { ...TICK, place: 0 });
    expect(stepped(both, [0, 2, 20]).sent).toEqual([
      '0 f0 7f 7f 01 01 21 00 00 00 f7',
      '0 fc',
      '0 fa',
      '2 f8',
      '20 f8',
    ]);
    const { scheduler } = stepped(withClock(withTimecode(IDLE, RUN), { ...TICK, place: 0 }), [0, 2, 10, 20, 30, 95]);
    expect([scheduler.timecode.counts.gaps, scheduler.clock?.counts.gaps]).toEqual([1, 1]);
    expect(stepped(both, [0, 1, 95]).scheduler.timecode.counts.gaps).toBe(0);
  });

  it('a port without a clock takes a tick and sends nothing of it', () => {
    expect(step(withClock(IDLE_SCHEDULER, TICK), 1000)).toMatchObject({ send: [], wakeAt: null });
  });

  it('a start that leaves late still has its rest before the first clock', () => {
    const { sent } = stepped(withClock(IDLE, { ...TICK, place: 0 }), [30, 31, 31.9, 32]);
    expect(sent).toEqual(['30 fc', '30 fa', '32 f8', '32 f8']);
  });

  it('clocks that are left out are followed by a stop and by where it goes on', () => {
    const { scheduler, sent } = stepped(withClock(IDLE, { ...TICK, place: 0 }), [0, 2, 20, 111, 140, 180]);
    // The clock of 40 ms is 71 ms late at 111; the next sixteenth is the second, at 120 ms.
    expect(sent).toEqual([
      '0 fc',
      '0 fa',
      '2 f8',
      '20 f8',
      '111 fc',
      '111 f2 01 00',
      '111 fb',
      '140 f8',
      '140 f8',
      '180 f8',
      '180 f8',
    ]);
    expect(scheduler.clock?.counts.gaps).toBe(1);
  });

  it('however late it is woken, a receiver that counts clocks is never led astray', () => {
    fc.assert(
      fc.property(someTicks, delays, (anchors, late) => {
        const end = (anchors.at(-1)?.from ?? 0) + 500;
        const receiver = clockReceiver();
        let scheduler = IDLE;
        let next = 0;
        for (let now = 900, i = 0; now < end; i++) {
          for (let anchor = anchors[next]; anchor !== undefined && anchor.from - 10 <= now; anchor = anchors[++next]) {
            scheduler = withClock(scheduler, anchor);
          }
          const result = step(scheduler, now);
          scheduler = result.scheduler;
          for (const bytes of result.send) receiver.hear(now, bytes);
          expect(result.send.filter(([status]) => status === 0xf8).length).toBeLessThan(3);
          const wake = Math.min(result.wakeAt ?? Number.POSITIVE_INFINITY, (anchors[next]?.from ?? end + 10) - 10);
          now = Math.max(now, wake) + (late[i % late.length] ?? 0) + 1e-6;
        }
        expect(receiver.faults).toEqual([]);
        for (const { at, clock } of receiver.clocks) {
          const isOn = (anchor: StreamAnchor): boolean => {
            if (anchor.from > at || anchor.speed <= 0) return false;
            // A first one waits two milliseconds by itself.
            const since = Math.max(anchor.from, at - TOO_LATE_MS - 2.01);
            const ahead = (clock - anchoredAt(anchor, since) + 1e-5 + 2 * SONG_CLOCKS) % SONG_CLOCKS;
            return ahead <= anchor.speed * (at - since) + 2e-5;
          };
          expect(anchors.some(isOn), `clock ${clock} at ${at}`).toBe(true);
        }
      }),
      { numRuns: rounds(75) },
    );
  });
});

describe('lateness', () => {
  it('a share is told as the upper end of its bucket', () => {
    const late = [...Array(98).fill(0.05), 0.25, 40].reduce(countLate, NO_LATENESS);
    expect([0.5, 0.98, 0.99, 1].map(share => quantileMs(late, share))).toEqual([0.1, 0.1, 0.3, 50]);
    expect(quantileMs(NO_LATENESS, 0.99)).toBeNull();
    expect(LATENESS_BOUNDS_MS.at(-1)).toBe(TOO_LATE_MS);
    expect([0, 1, 2].map(gaps => countsText({ ...NO_COUNTS, lateness: late, gaps }))).toEqual([
      'late p99 0.3 ms',
      'late p99 0.3 ms, 1 gap',
      'late p99 0.3 ms, 2 gaps',
    ]);
    expect(countsText(NO_COUNTS)).toBeNull();
  });
});
