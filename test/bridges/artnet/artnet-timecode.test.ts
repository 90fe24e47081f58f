import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { artnetStream } from '../../../bridges/artnet/artnet-timecode.ts';
import { anchoredAt, type TimecodeAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import { framesPerDay, framesPerMs } from '../../../src/core/timecode/timecode.ts';
import type { FrameCursor } from '../../../src/output/frame-stream.ts';
import { idleScheduler, step, TOO_LATE_MS, withTimecode } from '../../../src/output/port-scheduler.ts';
import type { StreamMessage } from '../../../src/output/stream.ts';
import { rounds } from '../../rounds.ts';
import { placeOf, rateNamed, runAt, someAnchors } from '../midi/sample-anchors.ts';
import { countOfHeard, hear, textOfHeard } from './artnet-receiver.ts';

const STREAM = artnetStream(0);
const TAIL_MS = 400;
/** Frames; what rounding may make of a place in a day, and of the moment at which two lines meet. */
const HAIR = 1e-4;
/** How late an scheduler is woken at most below. */
const MOST_LATE_MS = 200;

/** Everything that leaves before a moment. */
function packetsOf(anchors: readonly TimecodeAnchor[], until: number): readonly StreamMessage<FrameCursor>[] {
  const packets: StreamMessage<FrameCursor>[] = [];
  for (let cursor = STREAM.start; ; ) {
    const packet = STREAM.next(anchors, cursor);
    if (packet === null || packet.at >= until) return packets;
    packets.push(packet);
    cursor = packet.after;
  }
}

const said = (anchors: readonly TimecodeAnchor[], until: number): readonly string[] =>
  packetsOf(anchors, until).map(({ at, bytes }) => `${Math.round(at)} ${textOfHeard(hear(bytes))}`);

const isRunning = ({ join, speed }: TimecodeAnchor): boolean => join !== 'silence' && speed !== 0;

/** The same evening with every place on the other side of midnight: what ran forwards runs backwards. */
const mirrored = (anchors: readonly TimecodeAnchor[]): readonly TimecodeAnchor[] =>
  anchors.map(each => ({ ...each, place: -each.place, speed: -each.speed, since: -each.since }));
const inEitherDirection = fc
  .tuple(someAnchors, fc.constantFrom(1, -1))
  .map(([anchors, direction]) => ({ direction, anchors: direction > 0 ? anchors : mirrored(anchors) }));

describe('a stream of Art-Net timecode', () => {
  const PAL = rateNamed('25');
  const RUN = runAt(PAL, '01:00:00:00', 100);

  it('says each frame at its edge, 40 ms apart at 25', () => {
    expect(said([RUN], 200)).toEqual(['100 01:00:00:00', '140 01:00:00:01', '180 01:00:00:02']);
    const between: TimecodeAnchor = { ...RUN, place: RUN.place + 0.25, join: 'locate' };
    expect(said([between], 200)).toEqual(['130 01:00:00:01', '170 01:00:00:02']);
  });

  it('leaves out the labels that drop-frame leaves out', () => {
    expect(said([runAt(rateNamed('29.97df'), '00:00:59;28', 0)], 101)).toEqual([
      '0 00:00:59:28',
      '33 00:00:59:29',
      '67 00:01:00:02',
      '100 00:01:00:03',
    ]);
  });

  it('a stop says once where it stands, a silence says nothing', () => {
    const stop: TimecodeAnchor = { ...RUN, from: 150, place: RUN.place + 1.9, speed: 0, join: 'locate' };
    const silence: TimecodeAnchor = { ...RUN, from: 500, place: 0, speed: 0, join: 'silence' };
    expect(said([RUN, stop, silence], 1e9)).toEqual(['100 01:00:00:00', '140 01:00:00:01', '150 01:00:00:01']);
    expect(said([silence], 1e9)).toEqual([]);
  });

  it('a jump says the new place from its next frame on', () => {
    const jump: TimecodeAnchor = { ...runAt(PAL, '02:00:00:00', 150), place: placeOf(PAL, '02:00:00:00') + 0.5 };
    expect(said([RUN, jump], 211)).toEqual([
      '100 01:00:00:00',
      '140 01:00:00:01',
      '170 02:00:00:01',
      '210 02:00:00:02',
    ]);
    // Back onto the very frame that was said last: it begins again, and is said again.
    expect(said([RUN, { ...RUN, from: 120 }], 161)).toEqual(['100 01:00:00:00', '120 01:00:00:00', '160 01:00:00:01']);
  });

  it('what a correction passes over before it holds is said when it begins to hold', () => {
    const on: TimecodeAnchor = { ...RUN, from: 139, place: RUN.place + 1.01, join: 'on' };
    expect(packetsOf([RUN, on], 150).map(({ at }) => at)).toEqual([100, 139]);
    expect(said([RUN, on], 150)).toEqual(['100 01:00:00:00', '139 01:00:00:01']);
  });

  it.each([-1e-7, 0, 1e-7])('an anchor that lies %f frames off the line before neither doubles nor loses one', off => {
    const rate = rateNamed('30');
    const first = runAt(rate, '01:00:00:00', 0);
    for (let n = 1; n < 8; n++) {
      const from = (n * 1000) / 30;
      const on: TimecodeAnchor = { ...first, from, place: anchoredAt(first, from) + off, join: 'on' };
      for (const shift of [-1e-6, 0, 1e-6]) {
        const counts = packetsOf([first, { ...on, from: from + shift }], 350).map(({ bytes }) => hear(bytes).frames);
        expect(counts).toEqual(Array.from({ length: 11 }, (_, i) => i));
      }
    }
  });

  it('over corrections, jumps and stops, either way: every frame once, at its edge, in order, and nothing else', () => {
    fc.assert(
      fc.property(inEitherDirection, ({ direction, anchors }) => {
        const end = (anchors.at(-1)?.from ?? 0) + TAIL_MS;
        const packets = packetsOf(anchors, end);
        const holdsAt = (at: number): TimecodeAnchor => {
          const anchor = anchors.findLast(({ from }) => from <= at);
          if (anchor === undefined) throw new Error(`something left at ${at}, before any anchor`);
          return anchor;
        };
        for (const [i, { at, bytes }] of packets.entries()) {
          const anchor = holdsAt(at);
          expect(at).toBeGreaterThan(packets[i - 1]?.at ?? Number.NEGATIVE_INFINITY);
          expect(anchor.join).not.toBe('silence');
          const day = framesPerDay(anchor.rate);
          const off = (((anchoredAt(anchor, at) - countOfHeard(hear(bytes))) % day) + day) % day;
          // A running one is said where it begins, one that stands somewhere within it.
          expect(Math.min(off, day - off)).toBeLessThan(isRunning(anchor) ? HAIR : 1 + HAIR);
        }
        // One for each time it is told where it stands.
        const standing = packets.filter(({ at }) => !isRunning(holdsAt(at))).map(({ at }) => at);
        const stops = anchors.filter(each => each.join !== 'silence' && each.join !== 'on' && each.speed === 0);
        expect(standing).toEqual(stops.map(({ from }) => from));

        // A stretch is what runs without a break: the frames of its line, one after the other.
        const isBreak = (each: TimecodeAnchor): boolean => each.join !== 'on' || !isRunning(each);
        for (const [i, start] of anchors.entries()) {
          const before = anchors[i - 1];
          if (!isRunning(start) || (start.join === 'on' && before !== undefined && isRunning(before))) continue;
          const stop = anchors.slice(i + 1).find(isBreak)?.from ?? end;
          const within = packets.filter(({ at }) => at >= start.from && at < stop);
          const last = anchors.findLast(({ from }) => from < stop) as TimecodeAnchor;
          const day = framesPerDay(start.rate);
          const counts = within.map(({ bytes }) => countOfHeard(hear(bytes)));
          for (let n = 1; n < counts.length; n++) {
            expect((direction * ((counts[n] ?? 0) - (counts[n - 1] ?? 0)) + day) % day).toBe(1);
          }
          const frames = direction * anchoredAt(last, stop) - Math.ceil(direction * start.place);
          expect(within.length).toBeGreaterThan(frames - HAIR * 2);
          expect(within.length).toBeLessThan(frames + 1 + HAIR * 2);
        }
      }),
      { numRuns: rounds(75) },
    );
  });
});

describe('Art-Net timecode in the hands of its scheduler', () => {
  const RUN = runAt(rateNamed('25'), '01:00:00:00', 0);

  it('after a stall leaves out what is more than 50 ms late, and that alone', () => {
    const begun = withTimecode(idleScheduler(STREAM), RUN);
    const first = step(begun, 0);
    // Frames of 40, 80 and 120 ms are due, the first two of them 91 and 51 ms late.
    const late = step(first.scheduler, 131);
    expect([...first.send, ...late.send].map(bytes => hear(bytes).frames)).toEqual([0, 3]);
    expect(late.scheduler.timecode.counts.gaps).toBe(1);
    expect(late.wakeAt).toBe(160);
  });

  it('where it stands is said however late', () => {
    const stop: TimecodeAnchor = { ...RUN, speed: 0, join: 'locate' };
    const { send, scheduler } = step(withTimecode(idleScheduler(STREAM), stop), 10_000);
    expect(send.map(bytes => textOfHeard(hear(bytes)))).toEqual(['01:00:00:00']);
    expect(step(scheduler, 20_000)).toMatchObject({ send: [], wakeAt: null });
  });

  it('a correction that comes to be known late neither doubles nor loses a frame', () => {
    for (const pace of [0.98, 0.999, 1.001, 1.02]) {
      let scheduler = withTimecode(idleScheduler(STREAM), RUN);
      const frames: number[] = [];
      const advance = (to: number): void => {
        for (let now = scheduler.timecode.cursor.at; now < to; ) {
          const stepped = step(scheduler, Math.max(0, now));
          scheduler = stepped.scheduler;
          frames.push(...stepped.send.map(bytes => hear(bytes).frames));
          now = stepped.wakeAt ?? to;
        }
      };
      advance(121);
      // Known at 121 ms of 95 ms: 30 ms of latency less the 10 ms ahead and a little more.
      const on: TimecodeAnchor = {
        ...RUN,
        from: 95,
        place: anchoredAt(RUN, 95),
        speed: pace * framesPerMs(RUN.rate),
        join: 'on',
      };
      scheduler = withTimecode(scheduler, on);
      advance(500);
      expect(frames).toEqual(Array.from(frames, (_, i) => i));
      expect(frames.length).toBeGreaterThan(11);
    }
  });

  it('however late it is woken: no frame twice, none out of order, none more than 50 ms late', () => {
    const delays = fc.array(
      fc.oneof(fc.double({ min: 0, max: 4, noNaN: true }), fc.double({ min: 0, max: MOST_LATE_MS, noNaN: true })),
      { minLength: 3 },
    );
    fc.assert(
      fc.property(inEitherDirection, delays, ({ direction, anchors }, late) => {
        const end = (anchors.at(-1)?.from ?? 0) + 500;
        const heard: { readonly now: number; readonly count: number }[] = [];
        const day = framesPerDay((anchors[0] as TimecodeAnchor).rate);
        let scheduler = idleScheduler(STREAM);
        let next = 0;
        for (let now = 900, i = 0; now < end; i++) {
          for (let each = anchors[next]; each !== undefined && each.from - 10 <= now; each = anchors[++next]) {
            scheduler = withTimecode(scheduler, each);
          }
          const result = step(scheduler, now);
          scheduler = result.scheduler;
          for (const bytes of result.send) heard.push({ now, count: countOfHeard(hear(bytes)) });
          const wake = Math.min(result.wakeAt ?? Number.POSITIVE_INFINITY, (anchors[next]?.from ?? end + 10) - 10);
          now = Math.max(now, wake) + (late[i % late.length] ?? 0) + 1e-6;
        }
        for (const [i, { now, count }] of heard.entries()) {
          // It lay on a line that held by then, not longer ago than a frame may be late; or it says where that stands.
          const isOn = (anchor: TimecodeAnchor): boolean => {
            const { from, speed, join, place } = anchor;
            if (from > now || join === 'silence') return false;
            const since =
              speed === 0 ? Math.floor(place) : anchoredAt(anchor, Math.max(from, now - TOO_LATE_MS - 1e-3));
            const ahead = (((direction * (count - since)) % day) + day + HAIR) % day;
            return ahead <= (speed === 0 ? 0 : direction * (anchoredAt(anchor, now) - since)) + 2 * HAIR;
          };
          expect(anchors.some(isOn)).toBe(true);
          const before = heard[i - 1];
          if (before === undefined) continue;
          const isBroken = anchors.some(
            each =>
              (each.join !== 'on' || !isRunning(each)) && each.from > before.now - 2 * MOST_LATE_MS && each.from <= now,
          );
          const onward = (direction * (count - before.count) + day) % day;
          if (!isBroken) expect(onward).toBeGreaterThan(0);
          if (!isBroken) expect(onward).toBeLessThan(day / 2);
        }
      }),
      { numRuns: rounds(50) },
    );
  });
});
