/** The live end: renders in step with the clock, hands the samples over, and begins again where a sink was lost. */
import type { BridgeHost, OpenBridge } from '../../src/bridge.ts';
import type { Cancel, Ms } from '../../src/core/clock.ts';
import type { TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import type { AudioSink, OpenSink } from './audio-sink.ts';
import { render, type Sound, sampleAt } from './render.ts';
import { interrupted, isSounding, NO_LTC_SIGNAL, withAnchor } from './signal.ts';

export interface LtcOptions {
  readonly sound: Sound;
  readonly pace: Pace;
}

/** How a sink takes samples. */
export interface Pace {
  /** A sample is handed over so long before it is heard: what the sink may hold. */
  readonly aheadMs: Ms;
  readonly everyMs: Ms;
  /** What was missed is caught up with, as in a file; else it is left out, as where it would only be late. */
  readonly keepsAll: boolean;
}

/** 60 ms are what a player and its pipe may hold: enough for a stall, little enough for a jump. */
export const LIVE_PACE: Pace = { aheadMs: 60, everyMs: 10, keepsAll: false };
/** A file has no hurry: what it gets is past, so that every anchor is known. */
export const FILE_PACE: Pace = { aheadMs: 0, everyMs: 100, keepsAll: true };

/** After this a sink that was lost is opened again. */
const AGAIN_AFTER_MS: Ms = 2000;
/** A sink that lasts so long is there: many a player starts, finds no sound card, and ends. */
const LASTS_MS: Ms = 1000;

/** A sink from the moment it is asked for until it is given up. */
interface Held {
  readonly sink: AudioSink;
  /** null: not open yet. */
  text: string | null;
  /** When its first sample is heard. */
  startsAt: Ms;
  /** The number of the next sample. */
  next: number;
}

export function openLtc({ sound, pace }: LtcOptions, host: BridgeHost, openSink: OpenSink): OpenBridge {
  const { clock, log } = host;
  let signal = NO_LTC_SIGNAL;
  let held: Held | null = null;
  /** How timecode goes on, whether the sink is there or not. */
  let standing: TimecodeAnchor | null = null;
  let trouble: string | null = null;
  let gaps = 0;
  let isClosed = false;
  let cancelTick: Cancel = () => {};
  let cancelLasts: Cancel = () => {};
  let cancelAgain: Cancel = () => {};

  function connect(): void {
    const sink = openSink(clock, {
      opened: text => held === mine && begin(mine, text),
      failed: reason => held === mine && lose(reason),
    });
    const mine: Held = { sink, text: null, startsAt: 0, next: 0 };
    held = mine;
  }

  function begin(mine: Held, text: string): void {
    mine.text = text;
    mine.startsAt = clock.now();
    signal = interrupted(signal, headOf(mine));
    tick(mine, clock.now());
    cancelLasts = clock.at(clock.now() + LASTS_MS, () => {
      trouble = null;
      log.info({ to: text }, `LTC goes to ${text}`);
    });
    host.ready();
  }

  function lose(reason: string): void {
    held = null;
    cancelTick();
    cancelLasts();
    // Said once per kind of trouble.
    const text = `${reason}; tried again every ${AGAIN_AFTER_MS / 1000} s`;
    if (text !== trouble) log.warn({}, text);
    trouble = text;
    if (!isClosed) cancelAgain = clock.at(clock.now() + AGAIN_AFTER_MS, connect);
  }

  /** For which moment the next sample is made. */
  const headOf = ({ startsAt, next }: Held): Ms => sampleAt(startsAt, sound, next);

  function tick(mine: Held, due: Ms): void {
    const now = clock.now();
    const numberAt = (at: Ms): number => Math.ceil(((at - mine.startsAt) * sound.sampleRateHz) / 1000);
    if (mine.sink.isFree()) {
      const late = numberAt(now) - mine.next;
      if (late > 0 && !pace.keepsAll) {
        // What should be heard by now is left out, and the word that is cut by that with it.
        mine.next += late;
        gaps++;
        signal = interrupted(signal, headOf(mine));
      }
      const count = numberAt(now + pace.aheadMs) - mine.next;
      if (count > 0) {
        const samples = render(signal, sound, mine.startsAt, mine.next, count);
        mine.next += count;
        mine.sink.write(samples);
      }
    }
    // By the ideal times of the ticks, so that a late one does not put off those after it.
    const next = Math.max(due + pace.everyMs, now + 1);
    if (held === mine) cancelTick = clock.at(next, () => tick(mine, next));
  }

  connect();
  return {
    send: () => false,
    timecode(anchor) {
      standing = anchor;
      signal = withAnchor(signal, anchor, held === null || held.text === null ? clock.now() : headOf(held));
    },
    clock() {}, // it takes no clock
    release() {},
    status() {
      if (held === null || held.text === null) return { state: 'waiting', text: trouble ?? 'opening' };
      const running = standing !== null && isSounding(standing) ? 'LTC runs' : 'silent';
      const skipped = gaps === 0 ? '' : `, ${gaps} gap${gaps === 1 ? '' : 's'}`;
      return { state: 'ready', text: `${held.text}, ${running}${skipped}` };
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      const last = held;
      held = null;
      cancelTick();
      cancelLasts();
      cancelAgain();
      if (last?.text != null && pace.keepsAll) tick(last, clock.now());
      await last?.sink.close();
    },
  };
}
