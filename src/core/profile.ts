/** A checked show profile: what the loader makes of the YAML, and all that the core knows of it. */
import type { Ms } from './clock.ts';
import type { CueListEntry } from './cue-lists/cue-list.ts';
import type { Expectation } from './expectation.ts';
import type { Action, Rule } from './rules/rule.ts';
import type { SurfaceEntry } from './surfaces/surface-entry.ts';
import type { ClockEntry, TimecodeEntry } from './timecode/stream-entry.ts';
import type { AllocatedRegion, TrackEntry } from './track/track-entry.ts';

export interface Profile {
  readonly name: string;
  readonly bridges: readonly BridgeEntry[];
  /** Tracks that it prepares; rules and regions name them by their place in this list, from 0. */
  readonly tracks: readonly TrackEntry[];
  /** Where tracks begin that it does not prepare itself. */
  readonly allocated: readonly AllocatedRegion[];
  readonly cues: ReadonlyMap<string, readonly Action[]>;
  /** In the order of the profile; what a hand without a name means is the first. */
  readonly lists: readonly CueListEntry[];
  /** In the order of the profile, then cues of tracks, then steps of cue lists that begin at a place. */
  readonly rules: readonly Rule[];
  /** In the order of the profile; what the status, the feed and a hand without a name mean is the first. */
  readonly timecodes: readonly TimecodeEntry[];
  readonly clocks: readonly ClockEntry[];
  /** What leaves at a panic, after everything else has been muted; null: nothing. */
  readonly panic: { readonly cue: string; readonly do: readonly Action[] } | null;
  readonly feeds: readonly FeedEntry[];
  /** What hands do at controls, by surface. */
  readonly surfaces: readonly SurfaceEntry[];
  readonly recording: RecordingEntry;
  /** Its tests; the show itself knows nothing of them. */
  readonly expectations: readonly Expectation[];
}

/** The state feed through one bridge. */
export interface FeedEntry {
  readonly bridge: string;
  /** Least time between two values of a fact that moves all the time. */
  readonly everyMs: Ms;
  /** What a console wants to be told of the tempo, in its own words, whenever that comes out another; null: nothing. */
  readonly tempo: Action | null;
}

/** How much of the recordings is kept; what is older or beyond is deleted at a start. */
export interface RecordingEntry {
  readonly keepDays: number;
  readonly keepMegabytes: number;
}

export const KEEP_RECORDINGS: RecordingEntry = { keepDays: 30, keepMegabytes: 4000 };
export const FEED_EVERY_MS: Ms = 50;

/** A bridge as the profile configures it; `options` has the shape that the bridge type's own schema says. */
export interface BridgeEntry {
  readonly name: string;
  readonly type: string;
  readonly options: unknown;
  /** How much earlier its timecode and clock leave; below 0: later. */
  readonly latencyMs: Ms;
}
