import { describe, expect, it } from 'vitest';
import { mtcStream } from '../../bridges/midi/mtc.ts';
import { virtualClock } from '../../src/core/clock.ts';
import { nextFrame } from '../../src/core/timecode/frame-edges.ts';
import type { TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import { frameStream } from '../../src/output/frame-stream.ts';
import { inlinePort } from '../../src/output/inline-port.ts';
import { idleScheduler, step, withTimecode } from '../../src/output/port-scheduler.ts';
import type { Stream } from '../../src/output/stream.ts';
import { rateNamed } from '../bridges/midi/sample-anchors.ts';

const rate = rateNamed('30');
const at = (place: number): TimecodeAnchor => ({ from: 0, place, speed: 0.03, join: 'locate', since: place, rate });

/** A stream whose next message is always where it stands. */
const stuck: Stream = {
  start: { at: Number.NEGATIVE_INFINITY },
  next: (_, cursor) => ({ at: 0, bytes: Uint8Array.of(1), isOutright: false, after: cursor }),
  leaveOut: (_message, _now, cursor) => cursor,
};

describe('a stream whose next frame is where it stands', () => {
  it.each([2 ** 53, -(2 ** 60), 1e300])('has no next frame at a place of %d', place => {
    expect(nextFrame(at(place), 100)).toBeNull();
  });

  it.each([mtcStream, frameStream(() => [Uint8Array.of(0)])] as Stream[])(
    'ends in any format, and a step with such a place comes to an end',
    stream => {
      const scheduler = withTimecode(idleScheduler(stream), at(9007199254740991 * 4));
      let isOver = false;
      try {
        isOver = step(scheduler, 1000).send.length < 1000;
      } catch (error) {
        isOver = (error as Error).message.includes('the stream ends here');
      }
      expect(isOver).toBe(true);
    },
  );

  it('is an error of the step, in words', () => {
    expect(() => step(idleScheduler(stuck), 1000)).toThrow(/its next frame is where it stands: the stream ends here/);
  });

  it('closes its port with a line', () => {
    const clock = virtualClock();
    const failures: string[] = [];
    const listener = { opened() {}, troubled() {}, counted() {}, failed: (reason: string) => failures.push(reason) };
    const port = inlinePort(idleScheduler(stuck), { send() {}, close: async () => {} }, clock, listener);
    port.run(at(0));
    clock.advance(1000);
    expect(failures).toEqual([expect.stringMatching(/the stream ends here/)]);
    expect(clock.pending()).toBe(0);
  });
});
