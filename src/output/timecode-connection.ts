/** One receiver of timecode on a network: opens the way to it, hands over how timecode goes on, tries again. Decides nothing. */
import type { BridgeHost } from '../bridge.ts';
import type { Cancel, Ms } from '../core/clock.ts';
import type { TimecodeAnchor } from '../core/timecode/stream-anchor.ts';
import { TROUBLE_SHOWN_MS } from '../network/network-errors.ts';
import { isRunning, locatedAgain } from './anchor-list.ts';
import { countsText, NO_COUNTS, type StreamCounts } from './lateness-histogram.ts';
import type { PortListener, TimedPort } from './output-port.ts';

export interface TimecodeConnection {
  /** How its timecode goes on, whether the way is there or not. */
  run(anchor: TimecodeAnchor): void;
  isReady(): boolean;
  /** What is wrong with it, or was a moment ago; null: nothing known. Over UDP silence is no proof of success. */
  trouble(): string | null;
  /** null: nothing has been counted since it was opened. */
  counts(): StreamCounts | null;
  /** Closing twice is no mistake. */
  close(): Promise<void>;
}

/** After this a receiver that could not be reached is tried again. */
const AGAIN_AFTER_MS: Ms = 5000;

/** A port from the moment it is asked for until it is given up. */
interface Held {
  readonly port: TimedPort;
  isReady: boolean;
  counts: StreamCounts | null;
}

/**
 * @param format   what leaves, in a word for people: `Art-Net`
 * @param name     where it goes: `10.0.0.20:6454`
 * @param openPort begins to open a port; may be told `opened` more than once, each time the receiver has missed something
 */
export function openTimecodeConnection(
  format: string,
  name: string,
  { clock, log, ready }: BridgeHost,
  openPort: (listener: PortListener) => TimedPort,
): TimecodeConnection {
  let held: Held | null = null;
  let standing: TimecodeAnchor | null = null;
  let trouble: { readonly text: string; readonly at: Ms } | null = null;
  let isClosed = false;
  let cancelAgain: Cancel = () => {};

  function connect(): void {
    const port = openPort({
      opened: () => held === mine && begin(mine),
      troubled: reason => held === mine && complain(reason),
      failed: reason => held === mine && lose(reason),
      counted(counts) {
        mine.counts = counts;
      },
    });
    const mine: Held = { port, isReady: false, counts: null };
    held = mine;
  }

  function begin(mine: Held): void {
    mine.isReady = true;
    trouble = null;
    log.info({ to: name }, `${format} timecode goes to ${name}`);
    const known = standing;
    ready();
    if (held !== mine) return;
    // What the show has told anew just now has been said.
    const anchor = known === null || known !== standing ? null : locatedAgain(known, clock.now());
    if (anchor !== null) mine.port.run(anchor);
  }

  function lose(reason: string): void {
    held = null;
    complain(`${reason}; tried again every ${AGAIN_AFTER_MS / 1000} s`);
    cancelAgain = clock.at(clock.now() + AGAIN_AFTER_MS, connect);
  }

  /** Said once per kind of trouble: a receiver that is switched off must not fill the log. */
  function complain(text: string): void {
    if (text !== trouble?.text) log.warn({ to: name }, `${format} timecode to ${name}: ${text}`);
    trouble = { text, at: clock.now() };
  }

  const isReady = (): boolean => held?.isReady === true;

  connect();
  return {
    run(anchor) {
      standing = anchor;
      if (held?.isReady === true) held.port.run(anchor);
    },
    isReady,
    trouble() {
      if (trouble === null || (isReady() && clock.now() - trouble.at >= TROUBLE_SHOWN_MS)) return null;
      return trouble.text;
    },
    counts: () => held?.counts ?? null,
    async close() {
      if (isClosed) return;
      isClosed = true;
      cancelAgain();
      const last = held;
      held = null;
      await last?.port.close();
    },
  };
}

/**
 * How timecode stands, as a part of a status line: `timecode runs, late p99 0.3 ms`.
 *
 * @param standing null: nothing has been said yet
 * @param counts   of each way it leaves by; null: nothing has been counted there
 */
export function timecodeText(standing: TimecodeAnchor | null, counts: readonly (StreamCounts | null)[]): string {
  if (standing === null || standing.join === 'silence') return 'timecode silent';
  if (!isRunning(standing)) return 'timecode stands';
  const punctual = countsText(counts.reduce<StreamCounts>(together, NO_COUNTS));
  return punctual === null ? 'timecode runs' : `timecode runs, ${punctual}`;
}

const together = (sum: StreamCounts, each: StreamCounts | null): StreamCounts => ({
  lateness: sum.lateness.map((count, bucket) => count + (each?.lateness[bucket] ?? 0)),
  gaps: sum.gaps + (each?.gaps ?? 0),
});
