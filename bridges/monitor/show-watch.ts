/** Watch over a show for a monitor: its last lines, its packets by kind, how late its cues leave, and whether a deck is heard. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { BridgeHost, ShownLine } from '../../src/bridge.ts';
import type { Ms } from '../../src/core/clock.ts';
import { type CueLateness, metricsText, NO_CUE_LATENESS, withCueLateness } from './metrics.ts';

/** A unit that was not heard for this long is not there. */
const HEARD_WITHIN_MS: Ms = 10_000;
/** Lines that are kept for pages that come later: so many of what was sent or held back, and so many of the log. */
const LINES_MOST = 50;

export interface ShowWatch {
  /** Gives the show as plain data, with its last lines. */
  state(): Readonly<Record<string, unknown>>;
  /** Gives all that stands, by the event with which pages are told. */
  standing(): Readonly<Record<string, unknown>>;
  /** Gives the reason why no deck is heard; null: one is. */
  trouble(): string | null;
  /** Gives the numbers for Prometheus. @param viewers pages that look on */
  metrics(viewers: number): string;
  close(): void;
}

/** @param lineCame called for each line as it comes */
export function watchShow(
  { clock, packets, view }: Pick<BridgeHost, 'clock' | 'packets' | 'view'>,
  lineCame: (line: ShownLine) => void,
): ShowWatch {
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  const counted = new Map<string, number>();
  const lines: ShownLine[] = [];
  const log: ShownLine[] = [];
  let heardAt: Ms | null = null;
  let lateness: CueLateness = NO_CUE_LATENESS;
  const unlisten = [
    packets.listen(({ kind }) => {
      counted.set(kind, (counted.get(kind) ?? 0) + 1);
      if (kind === 'status' || kind === 'position') heardAt = clock.now();
    }),
    view.listen(line => {
      const kept = line.kind === 'log' ? log : lines;
      kept.push(line);
      if (kept.length > LINES_MOST) kept.shift();
      if (line.lateMs !== null) lateness = withCueLateness(lateness, Math.max(0, line.lateMs));
      lineCame(line);
    }),
  ];
  return {
    state: () => ({
      version: 1,
      ...view.status(clock.now()),
      tracks: view.tracks(),
      outline: view.outline(),
      lines,
      log,
    }),
    standing: () => ({ outline: view.outline(), tracks: view.tracks(), state: view.status(clock.now()), lines, log }),
    trouble() {
      if (heardAt === null) return 'no deck has been heard';
      return clock.now() - heardAt <= HEARD_WITHIN_MS ? null : `no deck was heard for ${HEARD_WITHIN_MS / 1000} s`;
    },
    metrics(viewers) {
      const loopDelayMs = { p50: loop.percentile(50) / 1e6, p99: loop.percentile(99) / 1e6 };
      return metricsText({ status: view.status(clock.now()), packets: counted, lateness, viewers, loopDelayMs });
    },
    close() {
      for (const cancel of unlisten) cancel();
      loop.disable();
    },
  };
}
