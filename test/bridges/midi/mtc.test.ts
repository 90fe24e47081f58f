import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FROM_THE_START, type MtcMessage, mtcStream, nextMessage } from '../../../bridges/midi/mtc.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import { ANCHOR_AHEAD_MS, anchoredAt, type TimecodeAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import { FRAME_RATES, framesPerDay, framesPerMs } from '../../../src/core/timecode/timecode.ts';
import { locatedAgain } from '../../../src/output/anchor-list.ts';
import { inlinePort } from '../../../src/output/inline-port.ts';
import type { Timed } from '../../../src/output/output-port.ts';
import { idleScheduler } from '../../../src/output/port-scheduler.ts';
import { rounds } from '../../rounds.ts';
import { countOfHeard, mtcReceiver } from './mtc-receiver.ts';
import { placeOf, rateNamed, runAt, someAnchorsBothWays } from './sample-anchors.ts';

/** Everything that leaves before a moment. */
function messagesOf(anchors: readonly TimecodeAnchor[], until: number): readonly MtcMessage[] {
  const messages: MtcMessage[] = [];
  for (let after = FROM_THE_START; ; ) {
    const message = nextMessage(anchors, after);
    if (message === null || message.at >= until) return messages;
    messages.push(message);
    after = message.after;
  }
}

const secondBytes = (messages: readonly MtcMessage[]): string =>
  toHex(Uint8Array.from(messages, ({ bytes }) => bytes[1] ?? 0));

describe('MTC bytes', () => {
  // Streams that x42's jltc2mtc made; the second byte of each message.
  it.each([
    ['30', '01:02:05:02', '02 10 25 30 42 50 61 76'],
    ['30', '01:02:05:14', '0e 10 25 30 42 50 61 76 00 11 25 30 42 50 61 76'],
    ['29.97df', '00:00:59;28', '0c 11 2b 33 40 50 60 74 02 10 20 30 41 50 60 74'],
    ['25', '01:02:04:08', '08 10 24 30 42 50 61 72 0a 10 24 30 42 50 61 72'],
  ])('at %s from %s they are %s', (name, label, expected) => {
    const messages = messagesOf([runAt(rateNamed(name), label, 0)], 1000).slice(0, (expected.length + 1) / 3);
    expect(secondBytes(messages)).toBe(expected);
    expect(messages.every(({ bytes }) => bytes.length === 2 && bytes[0] === 0xf1)).toBe(true);
  });

  // Worked out from the specification: the last piece is 0 r r h, binary.
  it.each([
    ['24', '07:00:00:00', 0x70],
    ['25', '17:00:00:00', 0x73],
    ['29.97df', '15:00:00;00', 0x74],
    ['29.97ndf', '23:00:00:00', 0x77],
    ['30', '00:00:00:00', 0x76],
  ])('the last piece at %s and %s says rate and hour', (name, label, last) => {
    expect(messagesOf([runAt(rateNamed(name), label, 0)], 1000)[7]?.bytes[1]).toBe(last);
  });

  it('a full frame says where it is to all devices', () => {
    const at = (name: string, label: string): string => {
      const locate: TimecodeAnchor = { ...runAt(rateNamed(name), label, 5), join: 'locate', speed: 0 };
      const messages = messagesOf([locate], 1000);
      expect(messages.map(message => message.at)).toEqual([5]);
      return toHex(messages[0]?.bytes ?? Uint8Array.of());
    };
    expect(at('25', '01:02:03:04')).toBe('f0 7f 7f 01 01 21 02 03 04 f7');
    expect(at('30', '23:59:59:29')).toBe('f0 7f 7f 01 01 77 3b 3b 1d f7');
    expect(at('29.97df', '00:01:00;02')).toBe('f0 7f 7f 01 01 40 01 00 02 f7');
    expect(at('24', '00:00:00:23')).toBe('f0 7f 7f 01 01 00 00 00 17 f7');
  });
});

describe('MTC', () => {
  it.each(FRAME_RATES)('every piece of a day at $name is on its ideal time to 1 µs', rate => {
    const from = 123_456.789;
    const anchor: TimecodeAnchor = { ...runAt(rate, '00:00:00:00', from) };
    const quarterMs = (1000 * rate.seconds) / (4 * rate.frames);
    const all = 4 * framesPerDay(rate);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: all + 100 }), n => {
        const timeOf = (quarter: number): number => from + quarter * quarterMs;
        const left = { at: timeOf(n - 1), last: { quarter: n - 1, direction: 1 }, goesOn: true } as const;
        const message = nextMessage([anchor], left);
        expect(message?.quarter).toBe(n);
        expect(Math.abs((message?.at ?? 0) - timeOf(n))).toBeLessThan(0.001);
        const back = { ...anchor, from: timeOf(n), place: n / 4, speed: -anchor.speed, since: n / 4 };
        const came = { at: back.from, last: { quarter: n, direction: -1 }, goesOn: true } as const;
        const falling = nextMessage([back], came);
        expect(falling?.quarter).toBe(n - 1);
        expect(Math.abs((falling?.at ?? 0) - timeOf(n + 1))).toBeLessThan(0.001);
      }),
    );
  });

  it('an hour of pieces at 29.97df neither drifts nor loses one', () => {
    const rate = rateNamed('29.97df');
    const messages = messagesOf([runAt(rate, '00:59:30;00', 0)], 3_600_000);
    // 3600 s of 120000/1001 pieces; piece 0 leaves at once.
    expect(messages.length).toBe(Math.ceil((3600 * 120_000) / 1001));
    const receiver = mtcReceiver();
    for (const { at, bytes } of messages) receiver.hear(at, bytes);
    expect(receiver.labels.length).toBe(Math.floor(messages.length / 8));
    expect([receiver.cuts, receiver.strays]).toEqual([[], []]);
  });

  it('a start is said by a full frame, and the first cycle begins later, on an even frame', () => {
    const rate = rateNamed('30');
    const place = placeOf(rate, '01:00:00:00');
    const start: TimecodeAnchor = { from: 0, place, speed: framesPerMs(rate), join: 'locate', since: place, rate };
    const [full, ...pieces] = messagesOf([start], 200);
    expect(toHex(full?.bytes ?? Uint8Array.of())).toBe('f0 7f 7f 01 01 61 00 00 00 f7');
    expect(pieces[0]?.at).toBeCloseTo(2000 / 30, 9);
    expect(secondBytes(pieces.slice(0, 8))).toBe('02 10 20 30 40 50 61 76');
  });

  it('a jump cuts off the cycle and opens another, without a full frame', () => {
    const rate = rateNamed('25');
    const jump = { ...runAt(rate, '02:00:00:01', 45), place: placeOf(rate, '02:00:00:01') };
    const messages = messagesOf([runAt(rate, '01:00:00:00', 0), jump], 165);
    // 10 ms a piece: five of the old cycle, then one frame to an even one.
    expect(messages.map(({ at }) => Math.round(at))).toEqual([0, 10, 20, 30, 40, 85, 95, 105, 115, 125, 135, 145, 155]);
    expect(secondBytes(messages.slice(5))).toBe('02 10 20 30 40 50 62 72');
  });

  it('no cycle begins before the place that an anchor says it runs since', () => {
    const rate = rateNamed('25');
    const run = { ...runAt(rate, '01:00:00:00', 0), since: placeOf(rate, '01:00:00:03') };
    const on: TimecodeAnchor = { ...run, from: 20, place: anchoredAt(run, 20), join: 'on' };
    for (const anchors of [[run], [run, on], [on]]) {
      const [first] = messagesOf(anchors, 1000);
      expect([first?.at, first?.bytes[1]]).toEqual([160, 0x04]);
    }
  });

  it('a stop is silence, after a full frame that says where', () => {
    const rate = rateNamed('25');
    const place = placeOf(rate, '01:00:00:01');
    const stop: TimecodeAnchor = { from: 45, place, speed: 0, join: 'locate', since: place, rate };
    const messages = messagesOf([runAt(rate, '01:00:00:00', 0), stop], 1e9);
    expect(messages.slice(5).map(({ at, bytes }) => `${at} ${toHex(bytes)}`)).toEqual([
      '45 f0 7f 7f 01 01 21 00 00 01 f7',
    ]);
    const silence: TimecodeAnchor = { from: 45, place: 0, speed: 0, join: 'silence', since: 0, rate };
    expect(messagesOf([runAt(rate, '01:00:00:00', 0), silence], 1e9).length).toBe(5);
  });

  it('a change of pace within a cycle keeps its order, its label and its number of pieces', () => {
    const rate = rateNamed('30');
    const first = runAt(rate, '01:00:00:00', 0);
    const anchors: TimecodeAnchor[] = [first];
    // Where two lines meet, on a piece, a hair before it and a hair after it.
    for (const [i, from] of [1000 / 120, 3000 / 120 - 1e-9, 5000 / 120 + 1e-9].entries()) {
      const before = anchors.at(-1) as TimecodeAnchor;
      anchors.push({
        ...before,
        from,
        place: anchoredAt(before, from),
        speed: framesPerMs(rate) * (1 + i / 50),
        join: 'on',
      });
    }
    expect(secondBytes(messagesOf(anchors, 1000).slice(0, 10))).toBe('00 10 20 30 40 50 61 76 02 10');
  });

  it.each([-1e-7, 1e-7])('an anchor that lies %f frames off the line before neither doubles nor loses a piece', off => {
    const rate = rateNamed('30');
    const first = runAt(rate, '01:00:00:00', 0);
    for (let q = 1; q < 16; q++) {
      const from = (q * 1000) / 120;
      const on: TimecodeAnchor = { ...first, from, place: anchoredAt(first, from) + off, join: 'on' };
      for (const shift of [-1e-6, 0, 1e-6]) {
        const numbers = messagesOf([first, { ...on, from: from + shift }], 400).map(({ quarter }) => quarter);
        const start = numbers[0] ?? 0;
        expect(numbers).toEqual(numbers.map((_, i) => start + i));
      }
    }
  });

  describe('backwards', () => {
    const rate = rateNamed('25');
    const back = (label: string, from: number): TimecodeAnchor => {
      const run = runAt(rate, label, from);
      return { ...run, speed: -run.speed };
    };
    const pieces = (messages: readonly MtcMessage[]): readonly string[] =>
      messages.map(({ at, bytes }) => `${Math.round(at)} ${toHex(bytes.subarray(1))}`);

    it('the pieces fall from 7 to 0, the labels by two frames, each on its ideal time', () => {
      // From 01:02:04:10 down: the cycle of :08 ends a quarter frame below it. Bytes as x42 sends them forwards.
      const messages = messagesOf([back('01:02:04:10', 0)], 165);
      expect(secondBytes(messages)).toBe('72 61 50 42 30 24 10 08 72 61 50 42 30 24 10 06');
      expect(messages.map(({ at }) => Math.round(at))).toEqual(messages.map((_, i) => 10 + 10 * i));
    });

    it('a start is said by a full frame, and no cycle waits for a place that it began at', () => {
      const [full, first] = messagesOf([{ ...back('01:00:00:03', 0), join: 'locate' }], 200);
      expect(toHex(full?.bytes ?? Uint8Array.of())).toBe('f0 7f 7f 01 01 21 00 00 03 f7');
      // The cycle of :00 ends a quarter frame below :02.
      expect([first?.at, first?.bytes[1]]).toEqual([50, 0x72]);
    });

    it('goes over midnight', () => {
      expect(secondBytes(messagesOf([back('00:00:00:00', 0)], 85))).toBe('73 67 53 4b 33 2b 11 07');
      expect(secondBytes(messagesOf([back('00:00:00:02', 0)], 165)).slice(0, 23)).toBe('72 60 50 40 30 20 10 00');
    });

    it('a turn cuts off the cycle and opens another the other way', () => {
      const run = runAt(rate, '01:00:00:00', 0);
      const turned: TimecodeAnchor = { ...back('01:00:00:01', 40), join: 'on' };
      // Pieces 0 to 3 at 0 to 30 ms, the turn in frame 1; :00 less a quarter frame is passed at 90 ms.
      const once = pieces(messagesOf([run, turned], 105));
      expect(once).toEqual(['0 00', '10 10', '20 20', '30 30', '90 72', '100 60']);
      const place = anchoredAt(turned, 120);
      const again: TimecodeAnchor = { ...run, from: 120, place, since: place, join: 'on' };
      // 00:59:59:24, and the next even frame is that of 01:00:00:00.
      expect(pieces(messagesOf([run, turned, again], 175)).slice(6)).toEqual(['110 53', '160 00', '170 10']);
    });

    it('a cycle that lacks its last piece is not completed by the first one of the other way', () => {
      // Pieces 0 to 6 of 01:00:00:00, then back: the next cycle is that of 00:59:59:23, and its 7 would follow the 6.
      const run = runAt(rate, '01:00:00:00', 0);
      const turnAt = 65;
      const turned: TimecodeAnchor = {
        ...run,
        from: turnAt,
        place: anchoredAt(run, turnAt),
        speed: -run.speed,
        join: 'on',
      };
      const receiver = mtcReceiver();
      const messages = messagesOf([run, turned], 220);
      for (const { at, bytes } of messages) receiver.hear(at, bytes);
      expect(pieces(messages).slice(5, 10)).toEqual(['50 50', '60 61', '130 00', '140 72', '150 60']);
      expect(receiver.labels).toMatchObject([{ isBackwards: true, hours: 0, minutes: 59, seconds: 59, frames: 23 }]);
      expect(receiver.strays).toEqual([]);
    });
  });

  it('an anchor that comes to be known late neither doubles nor loses a piece', () => {
    const rate = rateNamed('25');
    for (const direction of [1, -1]) {
      for (const pace of [0.9, 0.99, 1.01, 1.1]) {
        const run = runAt(rate, '01:00:00:00', 0);
        const first = { ...run, speed: direction * run.speed };
        const before = messagesOf([first], 121);
        const on: TimecodeAnchor = { ...first, from: 65, place: anchoredAt(first, 65), speed: pace * first.speed };
        const known: readonly TimecodeAnchor[] = [first, { ...on, join: 'on' }];
        const quarters = before.map(({ quarter }) => quarter ?? 0);
        for (let after = before.at(-1)?.after ?? FROM_THE_START; quarters.length < 40; ) {
          const message = nextMessage(known, after);
          expect(message?.at).toBeGreaterThanOrEqual(after.at);
          quarters.push(message?.quarter ?? 0);
          after = message?.after ?? FROM_THE_START;
        }
        expect(quarters).toEqual(quarters.map((_, i) => (quarters[0] ?? 0) + direction * i));
      }
    }
  });

  it('timecode that a port has missed is located where it is by now; silence is not', () => {
    const rate = rateNamed('25');
    const run = runAt(rate, '01:00:00:00', 1000);
    expect(locatedAgain(run, 3000)).toMatchObject({ from: 3000, place: placeOf(rate, '01:00:02:00'), join: 'locate' });
    expect(locatedAgain(run, 500)).toMatchObject({ from: 1000, place: run.place, join: 'locate' });
    expect(locatedAgain({ ...run, join: 'silence' }, 3000)).toBeNull();
  });
});

describe('a receiver that knows nothing of the sender', () => {
  const TAIL_MS = 400;

  it('hears every even label at its time, in order, and nothing else', () => {
    fc.assert(
      fc.property(someAnchorsBothWays, anchors => {
        const end = (anchors.at(-1)?.from ?? 0) + TAIL_MS;
        const receiver = mtcReceiver();
        const messages = messagesOf(anchors, end);
        for (const { at, bytes } of messages) receiver.hear(at, bytes);

        const holdsAt = (at: number): TimecodeAnchor => {
          const anchor = anchors.findLast(({ from }) => from <= at);
          if (anchor === undefined) throw new Error(`something left at ${at}, before any anchor`);
          return anchor;
        };
        const turns = anchors.filter((each, i) => each.join === 'on' && each.speed * (anchors[i - 1]?.speed ?? 0) < 0);
        const breaks = anchors.filter(each => each.join !== 'on' || each.speed === 0 || turns.includes(each));
        const isBroken = (from: number, to: number): boolean =>
          breaks.some(each => each.from > from && each.from <= to);

        // Later than the one before, and nothing while it stands or is silent.
        for (const [i, { at, quarter }] of messages.entries()) {
          expect(at).toBeGreaterThan(messages[i - 1]?.at ?? Number.NEGATIVE_INFINITY);
          if (quarter !== null) expect(holdsAt(at).speed).not.toBe(0);
          expect(holdsAt(at).join).not.toBe('silence');
        }
        expect(receiver.strays).toEqual([]);
        // Full frames: one for each locate, at its moment.
        expect(receiver.fullFrames.map(({ at }) => at)).toEqual(
          anchors.filter(({ join }) => join === 'locate').map(({ from }) => from),
        );

        for (const [i, label] of receiver.labels.entries()) {
          const anchor = holdsAt(label.at);
          const { rate, speed } = anchor;
          expect(label.isBackwards).toBe(speed < 0);
          const day = framesPerDay(rate);
          const count = countOfHeard(label, rate.base, rate.isDrop);
          expect(count % 2).toBe(0);
          if (rate.isDrop && label.seconds === 0 && label.minutes % 10 !== 0) {
            expect(label.frames).toBeGreaterThan(1);
          }
          const off = (((anchoredAt(anchor, label.at) - count) % day) + day) % day;
          expect(Math.min(off, day - off) / Math.abs(speed)).toBeLessThan(1e-3);
          const before = receiver.labels[i - 1];
          if (before !== undefined && !isBroken(before.at, label.at)) {
            const step = count - countOfHeard(before, rate.base, rate.isDrop);
            expect((step * Math.sign(speed) + day) % day).toBe(2);
          }
        }

        // Nothing is missing: a stretch opens its first cycle within two frames, with a piece of lead-in at most, and goes on to
        // its end.
        const starts = anchors.filter(
          (each, i) => each.speed !== 0 && (each.join !== 'on' || anchors[i - 1]?.speed === 0 || turns.includes(each)),
        );
        for (const start of starts) {
          const direction = Math.sign(start.speed);
          const stop = breaks.find(({ from }) => from > start.from)?.from ?? end;
          const within = messages.filter(({ at, quarter }) => quarter !== null && at >= start.from && at < stop);
          const line = (at: number): number => direction * anchoredAt(holdsAt(at), at);
          const last = anchors.findLast(({ from }) => from < stop) as TimecodeAnchor;
          const reached = direction * anchoredAt(last, stop);
          const first = within[0];
          if (first === undefined) expect(reached - direction * start.place).toBeLessThan(2 + 1e-6);
          else {
            expect(line(first.at) - direction * start.place).toBeLessThan(2 + 1e-6);
            const opened = within.slice(0, 2).map(({ bytes }) => (bytes[1] ?? 255) >> 4);
            const [usual, lead] = direction > 0 ? [0, 7] : [7, 0];
            if (opened[0] !== usual) expect(opened).toEqual([lead, usual].slice(0, opened.length));
            expect(reached - line(within.at(-1)?.at ?? 0)).toBeLessThan(0.25 + 1e-6);
          }
        }
      }),
      { numRuns: rounds(75) },
    );
  });

  it('hears the same bytes at the same times however they were asked for', () => {
    fc.assert(
      fc.property(
        someAnchorsBothWays,
        fc.array(fc.double({ min: 1, max: 300, noNaN: true }), { minLength: 1 }),
        (anchors, pauses) => {
          const end = (anchors.at(-1)?.from ?? 0) + TAIL_MS;
          const text = ({ at, bytes }: Timed): string => `${at} ${toHex(bytes)}`;
          const whole = messagesOf(anchors, end).map(text);
          for (const aheadMs of [ANCHOR_AHEAD_MS, 0.001, 1e6]) {
            const clock = virtualClock();
            const sent: string[] = [];
            const output = {
              send: (bytes: Uint8Array) => void sent.push(text({ at: clock.now(), bytes })),
              close() {},
            };
            const port = inlinePort(idleScheduler(mtcStream), output, clock, {
              opened() {},
              troubled() {},
              failed() {},
              counted() {},
            });
            for (const anchor of anchors) clock.at(anchor.from - aheadMs, () => port.run(anchor));
            // Woken at other times too, for nothing.
            for (let i = 0; clock.now() < end - 1e-3; i++) {
              clock.advance(Math.min(pauses[i % pauses.length] ?? 1, end - 1e-3 - clock.now()));
              port.send({ at: 0, bytes: Uint8Array.of(0xfe) });
            }
            const heard = sent.filter(line => !line.endsWith(' fe'));
            expect(heard).toEqual(whole.slice(0, heard.length));
            expect(whole.slice(heard.length).every(line => Number.parseFloat(line) > end - 2e-3)).toBe(true);
          }
        },
      ),
      { numRuns: rounds(50) },
    );
  });
});
