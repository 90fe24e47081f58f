/**
 * The scheduler of a port: what leaves through it, and when. Pure, told the time.
 *
 * Cues go at once and in their order, timecode and MIDI clock at their ideal times, all in order of time; what keeps a
 * stream punctual holds for each by itself. What keeps the two ends of this machine apart is only how they wait:
 * `inline-port.ts` on a clock, `thread-worker.ts` in a thread of its own.
 */

import type { Ms } from '../core/clock.ts';
import type { StreamAnchor, TimecodeAnchor } from '../core/timecode/stream-anchor.ts';
import type { Timed } from './output-port.ts';
import type { Cursor, Stream } from './stream.ts';
import {
  emptyQueue,
  endQueue,
  leaveOut,
  type Next,
  nextOf,
  overtake,
  queueAnchor,
  type StreamQueue,
  sent,
  settle,
} from './stream-queue.ts';

/** Lateness beyond which a message that has a rhythm is left out. Source: SuperTimecodeConverter, for quarter frames. */
export const TOO_LATE_MS: Ms = 50;

/** More messages of its streams in one step are no stall that ends: such a stream does not go on. */
const MOST_IN_A_STEP = 100_000;

export interface PortScheduler {
  readonly cues: readonly Timed[];
  readonly timecode: StreamQueue;
  /** null: this port has no MIDI clock. */
  readonly clock: StreamQueue | null;
}

/** Has nothing to send yet. @param clock the stream of its MIDI clock; null: it has none */
export const idleScheduler = (timecode: Stream, clock: Stream<Cursor, StreamAnchor> | null = null): PortScheduler => ({
  cues: [],
  timecode: emptyQueue(timecode),
  clock: clock === null ? null : emptyQueue(clock),
});

export const withCue = (scheduler: PortScheduler, cue: Timed): PortScheduler => ({
  ...scheduler,
  cues: [...scheduler.cues, cue],
});

/** Timecode goes on as this anchor says; whatever was known to hold later is taken back. */
export const withTimecode = (scheduler: PortScheduler, anchor: TimecodeAnchor): PortScheduler => ({
  ...scheduler,
  timecode: queueAnchor(scheduler.timecode, anchor),
});

/** MIDI clock goes on so, in the same way; of no meaning to a port that has none. */
export const withClock = (scheduler: PortScheduler, anchor: StreamAnchor): PortScheduler =>
  scheduler.clock === null ? scheduler : { ...scheduler, clock: queueAnchor(scheduler.clock, anchor) };

/** Everything that runs ends at this moment, and says what it says when its deck stops. */
export const ended = (scheduler: PortScheduler, now: Ms): PortScheduler =>
  withQueues(
    scheduler,
    endQueue(scheduler.timecode, now),
    scheduler.clock === null ? null : endQueue(scheduler.clock, now),
  );

export interface PortStepped {
  readonly scheduler: PortScheduler;
  /** Messages to send now, in this order. */
  readonly send: readonly Uint8Array[];
  /** Time of the next step if nothing is delivered before; null: only when something is. */
  readonly wakeAt: Ms | null;
}

const NOTHING: Next = { message: null, dueAt: Number.POSITIVE_INFINITY };

/**
 * Finds what leaves now, and when to look again.
 *
 * @throws when a stream's next message is where it stands, and so would never end
 */
export function step(before: PortScheduler, now: Ms): PortStepped {
  const send: Uint8Array[] = [];
  const { timecode, clock } = before;
  let scheduler = withQueues(before, overtake(timecode, now), clock === null ? null : overtake(clock, now));
  for (let passed = 0; passed < MOST_IN_A_STEP; ) {
    const frame = nextOf(scheduler.timecode);
    const tick = scheduler.clock === null ? NOTHING : nextOf(scheduler.clock);
    // At one moment timecode is first.
    const isTick = tick.dueAt < frame.dueAt;
    const { message, dueAt } = isTick ? tick : frame;
    const cue = scheduler.cues[0];
    if (cue !== undefined && (message === null || dueAt > now || cue.at <= message.at)) {
      send.push(cue.bytes);
      scheduler = { ...scheduler, cues: scheduler.cues.slice(1) };
    } else if (message === null || dueAt > now) {
      return { scheduler: settled(scheduler, frame, tick, now), send, wakeAt: message === null ? null : dueAt };
    } else if (!message.isOutright && now - message.at > TOO_LATE_MS) {
      passed++;
      scheduler = changed(scheduler, isTick, queue => leaveOut(queue, message, now));
    } else {
      passed++;
      send.push(message.bytes);
      scheduler = changed(scheduler, isTick, queue => sent(queue, message, now));
    }
  }
  throw new Error('its next frame is where it stands: the stream ends here; set its offset and nudge back');
}

const withQueues = (scheduler: PortScheduler, timecode: StreamQueue, clock: StreamQueue | null): PortScheduler =>
  timecode === scheduler.timecode && clock === scheduler.clock ? scheduler : { cues: scheduler.cues, timecode, clock };

const changed = (
  { cues, timecode, clock }: PortScheduler,
  isTick: boolean,
  change: (queue: StreamQueue) => StreamQueue,
): PortScheduler =>
  isTick && clock !== null ? { cues, timecode, clock: change(clock) } : { cues, timecode: change(timecode), clock };

/** Settles a scheduler that rests only and still has messages to send: it goes on from what led there. */
function settled(scheduler: PortScheduler, frame: Next, tick: Next, now: Ms): PortScheduler {
  const rests = ({ message }: Next): boolean => message !== null && message.at <= now;
  const { timecode, clock } = scheduler;
  return withQueues(
    scheduler,
    rests(frame) ? timecode : settle(timecode, now),
    clock === null || rests(tick) ? clock : settle(clock, now),
  );
}
