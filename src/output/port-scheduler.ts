/**
 * The one owner of a port: what leaves through it, and when. Pure, told the time.
 *
 * Cues go at once and in their order, timecode and MIDI clock at their ideal times, all in order of time; what keeps a
 * stream punctual holds for each by itself. What keeps the two ends of this machine apart is only how they wait:
 * `in-line.ts` on a clock, `worker.ts` in a thread of its own.
 */

import type { Ms } from '../core/clock.ts';
import type { StreamAnchor, TimecodeAnchor } from '../core/timecode/stream-anchor.ts';
import type { Timed } from './output-port.ts';
import type { Cursor, Stream } from './stream.ts';
import {
  emptyQueue,
  leaveOut,
  type Next,
  nextOf,
  overtake,
  queueAnchor,
  type StreamQueue,
  sent,
  settle,
} from './stream-queue.ts';

/** What has a rhythm is left out when it is later than this. Source: SuperTimecodeConverter, for quarter frames. */
export const TOO_LATE_MS: Ms = 50;

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

export const handCue = (owner: PortScheduler, cue: Timed): PortScheduler => ({ ...owner, cues: [...owner.cues, cue] });

/** Timecode goes on as this anchor says; whatever was known to hold later is taken back. */
export const handAnchor = (owner: PortScheduler, anchor: TimecodeAnchor): PortScheduler => ({
  ...owner,
  timecode: queueAnchor(owner.timecode, anchor),
});

/** MIDI clock goes on so, in the same way; of no meaning to a port that has none. */
export const handTick = (owner: PortScheduler, anchor: StreamAnchor): PortScheduler =>
  owner.clock === null ? owner : { ...owner, clock: queueAnchor(owner.clock, anchor) };

export interface PortStepped {
  readonly owner: PortScheduler;
  /** Messages to send now, in this order. */
  readonly send: readonly Uint8Array[];
  /** When to step again if nothing is handed over before; null: only when something is. */
  readonly wakeAt: Ms | null;
}

const NOTHING: Next = { message: null, dueAt: Number.POSITIVE_INFINITY };

export function step(before: PortScheduler, now: Ms): PortStepped {
  const send: Uint8Array[] = [];
  const { timecode, clock } = before;
  let owner = withLanes(before, overtake(timecode, now), clock === null ? null : overtake(clock, now));
  for (;;) {
    const frame = nextOf(owner.timecode);
    const tick = owner.clock === null ? NOTHING : nextOf(owner.clock);
    // At one moment timecode is first.
    const isTick = tick.dueAt < frame.dueAt;
    const { message, dueAt } = isTick ? tick : frame;
    const cue = owner.cues[0];
    if (cue !== undefined && (message === null || dueAt > now || cue.at <= message.at)) {
      send.push(cue.bytes);
      owner = { ...owner, cues: owner.cues.slice(1) };
    } else if (message === null || dueAt > now) {
      return { owner: settled(owner, frame, tick, now), send, wakeAt: message === null ? null : dueAt };
    } else if (!message.isOutright && now - message.at > TOO_LATE_MS) {
      owner = changed(owner, isTick, queue => leaveOut(queue, message, now));
    } else {
      send.push(message.bytes);
      owner = changed(owner, isTick, queue => sent(queue, message, now));
    }
  }
}

const withLanes = (owner: PortScheduler, timecode: StreamQueue, clock: StreamQueue | null): PortScheduler =>
  timecode === owner.timecode && clock === owner.clock ? owner : { cues: owner.cues, timecode, clock };

const changed = (
  { cues, timecode, clock }: PortScheduler,
  isTick: boolean,
  change: (queue: StreamQueue) => StreamQueue,
): PortScheduler =>
  isTick && clock !== null ? { cues, timecode, clock: change(clock) } : { cues, timecode: change(timecode), clock };

/** One that only rests has something left to send, and goes on from what led there. */
function settled(owner: PortScheduler, frame: Next, tick: Next, now: Ms): PortScheduler {
  const rests = ({ message }: Next): boolean => message !== null && message.at <= now;
  const { timecode, clock } = owner;
  return withLanes(
    owner,
    rests(frame) ? timecode : settle(timecode, now),
    clock === null || rests(tick) ? clock : settle(clock, now),
  );
}
