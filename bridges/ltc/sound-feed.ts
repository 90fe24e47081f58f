/** The sound that a sink is fed with: which samples are next, in step with the clock. Pure, told the time. */
import type { Ms } from '../../src/core/clock.ts';
import type { TimecodeAnchor } from '../../src/core/timecode/stream-anchor.ts';
import { render, type Sound, sampleAt } from './render.ts';
import { interrupted, type LtcSignal, NO_LTC_SIGNAL, withAnchor } from './signal.ts';

/** The pace at which a sink takes samples. */
export interface SinkPace {
  /** A sample is handed over so long before it is heard: what the sink may hold. */
  readonly aheadMs: Ms;
  readonly everyMs: Ms;
  /** True: missed samples are caught up with, as in a file; else they are left out, as where they would only be late. */
  readonly keepsAll: boolean;
}

export interface LtcOptions {
  readonly sound: Sound;
  readonly pace: SinkPace;
}

export interface SoundFeed {
  readonly signal: LtcSignal;
  /** Time at which sample 0 of the sink is heard; null: no sink is fed. */
  readonly startsAt: Ms | null;
  /** The number of the next sample. */
  readonly next: number;
  /** Number of times that something was left out. */
  readonly gaps: number;
}

export const IDLE_FEED: SoundFeed = { signal: NO_LTC_SIGNAL, startsAt: null, next: 0, gaps: 0 };

/** The moment of the next sample: what is heard before it has left. */
const headOf = ({ startsAt, next }: SoundFeed, { sound }: LtcOptions, now: Ms): Ms =>
  startsAt === null ? now : sampleAt(startsAt, sound, next);

/** A sink is fed from now on. The LTC frame that would run is cut. */
export const begunFeed = ({ signal, gaps }: SoundFeed, now: Ms): SoundFeed => ({
  signal: interrupted(signal, now),
  gaps,
  startsAt: now,
  next: 0,
});

/** The sink is gone. */
export const endedFeed = (feed: SoundFeed): SoundFeed => ({ ...feed, startsAt: null });

/** Timecode goes on as an anchor says. */
export const anchoredFeed = (feed: SoundFeed, anchor: TimecodeAnchor, options: LtcOptions, now: Ms): SoundFeed => ({
  ...feed,
  signal: withAnchor(feed.signal, anchor, headOf(feed, options, now)),
});

/** The samples that a free sink is to be given now, and the feed once it has them; null: none. */
export function nextSamples(
  feed: SoundFeed,
  options: LtcOptions,
  now: Ms,
): { readonly feed: SoundFeed; readonly samples: Int16Array | null } {
  const { startsAt } = feed;
  if (startsAt === null) return { feed, samples: null };
  const { sound, pace } = options;
  const numberAt = (at: Ms): number => Math.ceil(((at - startsAt) * sound.sampleRateHz) / 1000);
  const heard = numberAt(now);
  const isLate = heard > feed.next && !pace.keepsAll;
  const from = isLate ? leftOut({ ...feed, next: heard }, options, now) : feed;
  const count = numberAt(now + pace.aheadMs) - from.next;
  if (count <= 0) return { feed: from, samples: null };
  const samples = render(from.signal, sound, { startsAt, first: from.next, count });
  return { feed: { ...from, next: from.next + count }, samples };
}

/** Leaves out what should be heard by now, and the LTC frame that is cut by that. */
const leftOut = (feed: SoundFeed, options: LtcOptions, now: Ms): SoundFeed => ({
  ...feed,
  gaps: feed.gaps + 1,
  signal: interrupted(feed.signal, headOf(feed, options, now)),
});
