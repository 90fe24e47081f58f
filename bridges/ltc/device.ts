/** The live end: keeps a sink open and feeds it in step with the clock. */
import type { BridgeHost, OpenBridge } from '../../src/bridge.ts';
import type { Cancel, Clock, Ms } from '../../src/core/clock.ts';
import type { TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import { type Attempt, retryingConnection } from '../../src/network/retrying-connection.ts';
import type { AudioSink, OpenSink } from './audio-sink.ts';
import { isSounding } from './signal.ts';
import {
  anchoredFeed,
  begunFeed,
  endedFeed,
  IDLE_FEED,
  type LtcOptions,
  nextSamples,
  type SinkPace,
} from './sound-feed.ts';

/** 60 ms are what a player and its pipe may hold: enough for a stall, little enough for a jump. */
export const LIVE_PACE: SinkPace = { aheadMs: 60, everyMs: 10, keepsAll: false };
/** A file has no hurry: what it gets is past, so that every anchor is known. */
export const FILE_PACE: SinkPace = { aheadMs: 0, everyMs: 100, keepsAll: true };

/** After this a sink that was lost is opened again. */
const RETRY_AFTER_MS: Ms = 2000;
/** A sink that lasts so long is there: many a player starts, finds no sound card, and ends. */
const LASTS_MS: Ms = 1000;

/** A sink that takes samples. */
interface OpenedSink {
  readonly sink: AudioSink;
  /** Name for people. */
  readonly text: string;
}

export function openLtc(options: LtcOptions, host: BridgeHost, openSink: OpenSink): OpenBridge {
  const { clock, log } = host;
  const feeder = feederOf(options, clock);
  /** The last anchor, whether the sink is there or not. */
  let standing: TimecodeAnchor | null = null;
  let cancelLasts: Cancel = () => {};
  const connection = retryingConnection<OpenedSink>({
    clock,
    retryAfterMs: RETRY_AFTER_MS,
    failureEnding: `; tried again every ${RETRY_AFTER_MS / 1000} s`,
    begin,
    opened,
    lost: stop,
    warn: text => log.warn({}, text),
  });

  function begin({ opened, failed }: Attempt<OpenedSink>): AudioSink {
    const sink = openSink(clock, { opened: text => opened({ sink, text }), failed });
    return sink;
  }

  function opened({ sink, text }: OpenedSink): void {
    feeder.start(sink);
    cancelLasts = clock.at(clock.now() + LASTS_MS, () => {
      connection.forgetTrouble();
      log.info({ to: text }, `LTC goes to ${text}`);
    });
    host.ready();
  }

  function stop(): void {
    feeder.stop();
    cancelLasts();
  }

  return {
    send: () => false,
    timecode(anchor) {
      standing = anchor;
      feeder.timecode(anchor);
    },
    clock() {}, // it takes no clock
    release() {},
    status() {
      const current = connection.current();
      if (current === null) return { state: 'waiting', text: connection.trouble() ?? 'opening' };
      const running = standing !== null && isSounding(standing) ? 'LTC runs' : 'silent';
      const gaps = feeder.gaps();
      return {
        state: 'ready',
        text: `${current.text}, ${running}${gaps === 0 ? '' : `, ${gaps} gap${gaps === 1 ? '' : 's'}`}`,
      };
    },
    async close() {
      if (options.pace.keepsAll) feeder.give();
      stop();
      await connection.close();
    },
  };
}

/** Feeds one sink after the other, in step with the clock. */
function feederOf(options: LtcOptions, clock: Clock) {
  let feed = IDLE_FEED;
  let fed: AudioSink | null = null;
  let cancelTick: Cancel = () => {};

  function tick(due: Ms): void {
    const now = clock.now();
    give();
    // By the ideal times of the ticks, so that a late one does not put off those after it.
    const next = Math.max(due + options.pace.everyMs, now + 1);
    if (fed !== null) cancelTick = clock.at(next, () => tick(next));
  }

  /** Gives the sink what is due, if it takes samples. */
  function give(): void {
    if (fed === null || !fed.isFree()) return;
    const { feed: after, samples } = nextSamples(feed, options, clock.now());
    feed = after;
    if (samples !== null) fed.write(samples);
  }

  return {
    give,
    gaps: () => feed.gaps,
    start(sink: AudioSink): void {
      cancelTick();
      fed = sink;
      feed = begunFeed(feed, clock.now());
      tick(clock.now());
    },
    stop(): void {
      cancelTick();
      fed = null;
      feed = endedFeed(feed);
    },
    timecode(anchor: TimecodeAnchor): void {
      feed = anchoredFeed(feed, anchor, options, clock.now());
    },
  };
}
