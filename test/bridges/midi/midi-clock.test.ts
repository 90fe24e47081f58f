import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockStream } from '../../../bridges/midi/midi-clock.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { anchoredAt, type StreamAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import { locatedAgain } from '../../../src/output/anchor-list.ts';
import type { Timed } from '../../../src/output/output-port.ts';
import { rounds } from '../../rounds.ts';
import { clockReceiver, SONG_CLOCKS } from './clock-receiver.ts';
import { clocksPerMs, someTicks } from './sample-anchors.ts';

/** Everything that leaves before a moment. */
function messagesOf(anchors: readonly StreamAnchor[], until: number): readonly Timed[] {
  const messages: Timed[] = [];
  for (let cursor = clockStream.start; ; ) {
    const message = clockStream.next(anchors, cursor);
    if (message === null || message.at >= until) return messages;
    messages.push(message);
    cursor = message.after;
  }
}

const said = (anchors: readonly StreamAnchor[], until: number): readonly string[] =>
  messagesOf(anchors, until).map(({ at, bytes }) => `${Math.round(at)} ${toHex(bytes)}`);

/** 125 BPM: a clock every 20 ms, a sixteenth every 120. */
const SPEED = clocksPerMs(125);
const run = (place: number, from: number, join: StreamAnchor['join'] = 'locate'): StreamAnchor => ({
  ...{ from, place, speed: SPEED, join, since: place },
});
const stand = (place: number, from: number): StreamAnchor => ({ ...run(place, from), speed: 0 });
const continued = (before: StreamAnchor, from: number, speed: number): StreamAnchor => ({
  ...{ ...before, from, place: anchoredAt(before, from), speed, join: 'on' },
});

describe('MIDI clock bytes', () => {
  // Worked out from MIDI 1.0: a song position counts sixteenths, low seven bits first.
  it.each([
    [8, 'f2 08 00'],
    [0, 'f2 00 00'],
    [127, 'f2 7f 00'],
    [128, 'f2 00 01'],
    [16_383, 'f2 7f 7f'],
  ])('sixteenth %i is %s', (sixteenth, expected) => {
    expect(said([stand(6 * sixteenth, 5)], 100)).toEqual(['5 fc', `5 ${expected}`]);
  });

  it('beyond 1024 bars song positions begin anew, so that beat and bar stay right', () => {
    expect(said([stand(SONG_CLOCKS, 5), run(SONG_CLOCKS + 5, 10)], 31)).toEqual([
      '5 fc',
      '5 f2 00 00',
      '10 f2 01 00',
      '10 fb',
      '30 f8',
    ]);
  });
});

describe('MIDI clock', () => {
  it('a start at beat 1 is a start, and its first clock comes two milliseconds later', () => {
    expect(said([run(0, 100)], 141)).toEqual(['100 fc', '100 fa', '102 f8', '120 f8', '140 f8']);
  });

  it('a start before beat 1 is a start, and the first clock waits for it', () => {
    expect(said([run(-3, 100)], 181)).toEqual(['100 fc', '100 fa', '160 f8', '180 f8']);
  });

  it('a start anywhere else is a song position and a continue, and the first clock is that of the sixteenth', () => {
    expect(said([run(45, 100)], 181)).toEqual(['100 fc', '100 f2 08 00', '100 fb', '160 f8', '180 f8']);
    // A sixteenth that is closer than two milliseconds is let go by.
    expect(said([run(47.92, 100)], 241).slice(1, 4)).toEqual(['100 f2 09 00', '100 fb', '222 f8']);
  });

  it('a stop is said once, with the place, and each place it is moved to', () => {
    const standing = [stand(50, 50), stand(60, 200), stand(-2, 400)];
    expect(said([run(0, 0), ...standing, { ...stand(0, 500), join: 'silence' }], 1e9).slice(5)).toEqual([
      '50 fc',
      '50 f2 08 00',
      '200 f2 0a 00',
      '400 f2 00 00',
    ]);
    expect(said([run(0, 0), { ...stand(0, 50), join: 'silence' }], 1e9).slice(5)).toEqual(['50 fc']);
    // After a stop that said so, a start needs no other.
    expect(said([stand(48, 0), run(48, 100)], 221).slice(2)).toEqual(['100 f2 09 00', '100 fb', '220 f8']);
  });

  it('a jump is a stop and a continue at the new place', () => {
    expect(said([run(0, 0), run(93, 50, 'jump')], 131).slice(2)).toEqual([
      '2 f8',
      '20 f8',
      '40 f8',
      '50 fc',
      '50 f2 10 00',
      '50 fb',
      '110 f8',
      '130 f8',
    ]);
  });

  it('a change of tempo moves no clock but in time: no start, no stop, none lost', () => {
    const first = run(0, 0);
    const faster = continued(first, 50, 2 * SPEED);
    // Clock 3 would come at 60 ms: ten at the old pace are five at the new one.
    expect(said([first, faster], 76).slice(2)).toEqual(['2 f8', '20 f8', '40 f8', '55 f8', '65 f8', '75 f8']);
  });

  it('backwards it stands stopped, and goes on with the next sixteenth once it runs forwards again', () => {
    const first = run(0, 0);
    const back = continued(first, 50, -SPEED);
    const again = continued(back, 90, SPEED);
    expect(said([first, back, again], 231).slice(5)).toEqual(['50 fc', '90 f2 01 00', '90 fb', '200 f8', '220 f8']);
  });

  it('an hour of clocks at 128 BPM does not drift: 51.2 a second', () => {
    const anchor: StreamAnchor = { ...run(0, 0), speed: clocksPerMs(128) };
    const clocks = messagesOf([anchor], 3_600_000).filter(({ bytes }) => bytes[0] === 0xf8);
    expect(clocks.length).toBe(3600 * 51.2);
    expect(clocks.at(-1)?.at).toBeCloseTo(3_600_000 - 1000 / 51.2, 6);
  });

  it('one that comes to be known late neither doubles nor loses a clock', () => {
    const first = run(0, 0);
    for (const pace of [0.9, 0.99, 1.01, 1.1]) {
      let { cursor } = { cursor: clockStream.start };
      const heard = clockReceiver();
      for (let anchors: readonly StreamAnchor[] = [first]; heard.clocks.length < 30; ) {
        // Known at 121 ms of 65 ms.
        if (cursor.at > 101) anchors = [first, continued(first, 65, pace * SPEED)];
        const message = clockStream.next(anchors, cursor);
        if (message === null) throw new Error('a clock that runs has a next message');
        expect(message.at).toBeGreaterThanOrEqual(cursor.at);
        heard.hear(message.at, message.bytes);
        cursor = message.after;
      }
      expect(heard.clocks.map(({ clock }) => clock)).toEqual(heard.clocks.map((_, i) => i));
      expect(heard.faults).toEqual([]);
    }
  });

  it('a port that has missed it is told where it is by now, and a clock of a song that runs begins there', () => {
    const missed = locatedAgain(run(0, 1000), 3000);
    // 2000 ms on it is at clock 100; the next sixteenth is the seventeenth, at clock 102.
    expect(missed === null ? [] : said([missed], 3041)).toEqual(['3000 fc', '3000 f2 11 00', '3000 fb', '3040 f8']);
  });
});

describe('a receiver that knows nothing of the sender', () => {
  it('has its beat at every clock where the line has it, in order, and misses none', () => {
    fc.assert(
      fc.property(someTicks, anchors => {
        const end = (anchors.at(-1)?.from ?? 0) + 1000;
        const receiver = clockReceiver();
        const messages = messagesOf(anchors, end);
        for (const { at, bytes } of messages) receiver.hear(at, bytes);
        expect(receiver.faults).toEqual([]);
        const holdsAt = (at: number): StreamAnchor => anchors.findLast(({ from }) => from <= at) as StreamAnchor;
        /** Clocks that may go by in the two milliseconds of rest. */
        const leadClocks = 2.1 * Math.max(...anchors.map(({ speed }) => speed));
        const isForward = (each: StreamAnchor | undefined): boolean => each !== undefined && each.speed > 0;

        for (const [i, { at }] of messages.entries()) {
          expect(at).toBeGreaterThanOrEqual(messages[i - 1]?.at ?? Number.NEGATIVE_INFINITY);
        }
        for (const { at, clock, isFirst } of receiver.clocks) {
          const anchor = holdsAt(at);
          expect(anchor.speed).toBeGreaterThan(0);
          const off = (((anchoredAt(anchor, at) - clock) % SONG_CLOCKS) + SONG_CLOCKS) % SONG_CLOCKS;
          const late = off > SONG_CLOCKS / 2 ? off - SONG_CLOCKS : off;
          // The first one at beat 1 itself, or one that a pitch change brings closer, waits for its two milliseconds.
          expect(late).toBeLessThan(isFirst ? leadClocks : 1e-3 * anchor.speed);
          expect(late).toBeGreaterThan(-1e-3 * anchor.speed);
          if (isFirst) expect(clock % 6).toBe(0);
        }

        // A stretch runs forwards without a break; it opens within a sixteenth, and goes on to its end.
        const breaks = anchors.filter((each, i) => each.join !== 'on' || isForward(each) !== isForward(anchors[i - 1]));
        for (const start of breaks.filter(isForward)) {
          const stop = breaks.find(({ from }) => from > start.from)?.from ?? end;
          const within = receiver.clocks.filter(({ at }) => at >= start.from && at < stop);
          const line = (at: number): number => anchoredAt(holdsAt(at), at);
          const last = anchors.findLast(({ from }) => from < stop) as StreamAnchor;
          const reached = anchoredAt(last, stop);
          const [first] = within;
          const opensBy = Math.max(0, start.place + 6) + leadClocks;
          if (first === undefined) expect(reached).toBeLessThan(opensBy);
          else {
            expect(line(first.at)).toBeLessThan(opensBy);
            expect(first.isFirst).toBe(true);
            expect(within.filter(({ isFirst }) => isFirst).length).toBe(1);
            expect(reached - line(within.at(-1)?.at ?? 0)).toBeLessThan(1 + leadClocks);
          }
        }
        // Stopped once for each time it ceases to run or is taken elsewhere, and told each place where it stands.
        const stops = anchors.filter(each => each.join !== 'on' && each.join !== 'silence' && each.speed === 0);
        for (const { from, place } of stops) {
          expect(receiver.positions).toContainEqual({
            at: from,
            sixteenth: Math.max(0, Math.floor((place + 1e-6) / 6)) % 2 ** 14,
          });
        }
        // It is stopped wherever it does not go forwards.
        const ends = anchors.filter((each, i) => !isForward(each) && isForward(anchors[i - 1]));
        for (const { from } of ends) expect(receiver.stops).toContain(from);
      }),
      { numRuns: rounds(125) },
    );
  });
});
