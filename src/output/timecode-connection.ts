/** Receiver of timecode on a network: keeps a port to it open, and hands over how timecode goes on. Decides nothing. */
import type { BridgeHost } from '../bridge.ts';
import type { Ms } from '../core/clock.ts';
import type { TimecodeAnchor } from '../core/timecode/stream-anchor.ts';
import { type Attempt, retryingConnection } from '../network/retrying-connection.ts';
import { isRunning, locatedAgain } from './anchor-list.ts';
import { countsText, NO_COUNTS, type StreamCounts, together } from './lateness-histogram.ts';
import type { PortListener, TimedPort } from './output-port.ts';

export interface TimecodeConnection {
  /** Takes the next anchor of its timecode, whether the receiver is there or not. */
  run(anchor: TimecodeAnchor): void;
  isReady(): boolean;
  /** Trouble that it has, or had a moment ago; null: none is known. Over UDP silence is no proof of success. */
  trouble(): string | null;
  /** null: nothing has been counted since it was opened. */
  counts(): StreamCounts | null;
  /** Closing twice is no mistake. */
  close(): Promise<void>;
}

/** After this a receiver that could not be reached is tried again. */
const RETRY_AFTER_MS: Ms = 5000;

/**
 * @param format   what leaves, in a word for people: `Art-Net`
 * @param name     where it goes: `10.0.0.20:6454`
 * @param openPort begins to open a port; may report `opened` more than once, each time the receiver has missed something
 */
export function openTimecodeConnection(
  format: string,
  name: string,
  { clock, log, ready }: BridgeHost,
  openPort: (listener: PortListener) => TimedPort,
): TimecodeConnection {
  let standing: TimecodeAnchor | null = null;
  let counts: StreamCounts | null = null;
  const connection = retryingConnection<TimedPort>({
    clock,
    retryAfterMs: RETRY_AFTER_MS,
    failureEnding: `; tried again every ${RETRY_AFTER_MS / 1000} s`,
    begin,
    opened,
    lost() {},
    warn: text => log.warn({ to: name }, `${format} timecode to ${name}: ${text}`),
  });

  function begin({ opened, troubled, failed }: Attempt<TimedPort>): TimedPort {
    counts = null;
    const port = openPort({
      troubled,
      failed,
      opened: () => opened(port),
      counted(timecode) {
        counts = timecode;
      },
    });
    return port;
  }

  function opened(port: TimedPort): void {
    connection.forgetTrouble();
    log.info({ to: name }, `${format} timecode goes to ${name}`);
    const known = standing;
    ready();
    if (connection.current() !== port) return;
    // An anchor that the show has just resent is known already.
    const anchor = known === null || known !== standing ? null : locatedAgain(known, clock.now());
    if (anchor !== null) port.run(anchor);
  }

  return {
    run(anchor) {
      standing = anchor;
      connection.current()?.run(anchor);
    },
    isReady: () => connection.current() !== null,
    trouble: connection.trouble,
    counts: () => counts,
    close: connection.close,
  };
}

/**
 * State of timecode, as a part of a status line: `timecode runs, late p99 0.3 ms`.
 *
 * @param standing null: nothing has been said yet
 * @param counts   of each receiver; null: nothing has been counted there
 */
export function timecodeText(standing: TimecodeAnchor | null, counts: readonly (StreamCounts | null)[]): string {
  if (standing === null || standing.join === 'silence') return 'timecode silent';
  if (!isRunning(standing)) return 'timecode stands';
  const punctual = countsText(counts.reduce<StreamCounts>(together, NO_COUNTS));
  return punctual === null ? 'timecode runs' : `timecode runs, ${punctual}`;
}
