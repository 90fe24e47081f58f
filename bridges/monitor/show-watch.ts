/** Watch over a show for a monitor: its last lines, its packets by kind, how late its cues leave, and whether a deck is heard. */
import type { BridgeHost, ShownLine } from '../../src/bridge.ts';
import type { Cancel, Clock, Ms } from '../../src/core/clock.ts';
import { watchLoop } from './loop-delay.ts';
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
  const loop = watchLoop(clock);
  const reconnects = countReconnects(clock, view.bridges);
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
      const bridges = { bridges: view.bridges(), reconnects: reconnects.counts };
      const loopDelayMs = loop.delay();
      const status = view.status(clock.now());
      return metricsText({ status, ...bridges, packets: counted, lateness, viewers, loopDelayMs });
    },
    close() {
      for (const cancel of unlisten) cancel();
      reconnects.close();
      loop.close();
    },
  };
}

const LOOK_EVERY_MS: Ms = 100;

/** Counts how often each bridge is ready again after it was not; one that comes and goes between two looks is not seen. */
function countReconnects(clock: Clock, bridges: BridgeHost['view']['bridges']) {
  const counts = new Map<string, number>();
  const lost = new Set<string>();
  const known = new Set<string>();
  let cancel: Cancel = () => {};
  function look(): void {
    for (const { name, state } of bridges()) {
      const isReady = state === 'ready';
      if (!isReady && known.has(name)) lost.add(name);
      if (!isReady) continue;
      known.add(name);
      if (lost.delete(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    cancel = clock.at(clock.now() + LOOK_EVERY_MS, look);
  }
  look();
  return { counts: counts as ReadonlyMap<string, number>, close: () => cancel() };
}
