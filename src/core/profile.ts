/** A checked show profile: what the loader makes of the YAML, and all that the core knows of it. */
import type { Ms } from './clock.ts';
import type { DeckNumber } from './events.ts';
import type { Expression } from './rules/expression.ts';
import type { FrameRate } from './timecode/timecode.ts';
import type { BeatGrid } from './track/beat-grid.ts';
import type { PhraseKind } from './track/phrase.ts';
import type { TrackMatch } from './track/track-match.ts';

export interface Profile {
  readonly name: string;
  readonly bridges: readonly BridgeEntry[];
  /** Tracks that it prepares; rules and regions name them by their place in this list, from 0. */
  readonly tracks: readonly TrackEntry[];
  /** Where tracks begin that it does not prepare itself. */
  readonly allocated: readonly AllocatedRegion[];
  readonly cues: ReadonlyMap<string, readonly Action[]>;
  /** In the order of the profile, cues of tracks last. */
  readonly rules: readonly Rule[];
  /** In the order of the profile; what the status, the feed and a hand without a name mean is the first. */
  readonly timecodes: readonly TimecodeEntry[];
  readonly clocks: readonly ClockEntry[];
  /** What leaves at a panic, after everything else has been muted; null: nothing. */
  readonly panic: { readonly cue: string; readonly do: readonly Action[] } | null;
  readonly feeds: readonly FeedEntry[];
  readonly recording: RecordingEntry;
}

/** A track that the profile prepares. */
export interface TrackEntry {
  readonly match: TrackMatch;
  /** What it is to be called, whatever media say; null: as they say. */
  readonly title: string | null;
  readonly artist: string | null;
  readonly grid: BeatGrid | null;
}

/** A region that was given to a track of a playlist, and is kept beside the profile. */
export interface AllocatedRegion {
  /** The name of the timecode. */
  readonly timecode: string;
  /** Frames since midnight. */
  readonly start: number;
  readonly lengthFrames: number;
  readonly match: TrackMatch;
}

/** A stream that runs with a deck. */
export interface StreamEntry {
  readonly name: string;
  readonly follow: Follow;
  /** How long the deck that is followed has to give no reason for it until another is. */
  readonly handOverAfterMs: Ms;
  /** Bridges that take it, by name. */
  readonly to: readonly string[];
  readonly behaviour: Behaviour;
}

/** What a stream does where its deck does not simply play, as far as receivers differ. */
export interface Behaviour {
  /** `follow`: it runs as fast as the deck; `nominal`: at normal speed, and skips or repeats two frames to stay with it. */
  readonly onPitch: 'follow' | 'nominal';
  /** `jump`: it goes on elsewhere; `locate`: and says so outright, where the format can (MTC: a full frame). */
  readonly onJump: 'jump' | 'locate';
  /** `follow`: it jumps back as the deck does; `run-on`: it runs on until the deck stops, jumps on or is loaded. */
  readonly onLoop: 'follow' | 'run-on';
  /** `stop`: it stands while the deck runs backwards; `follow`: it runs backwards too. */
  readonly onReverse: 'stop' | 'follow';
  /** For how long it plays on by itself when nothing is heard of its deck. */
  readonly freewheelMs: Ms;
}

export const USUAL_BEHAVIOUR: Behaviour = {
  onPitch: 'follow',
  onJump: 'jump',
  onLoop: 'follow',
  onReverse: 'stop',
  freewheelMs: 1000,
};

/** A generator of MIDI clock. */
export type ClockEntry = StreamEntry;

/** A generator of timecode. Places are frames since midnight. */
export interface TimecodeEntry extends StreamEntry {
  readonly rate: FrameRate;
  /** Added to every place; may be negative. */
  readonly offsetFrames: number;
  /** Where each prepared track begins, by its place in the profile's list. */
  readonly regions: ReadonlyMap<number, number>;
  /** Where every other track begins. */
  readonly unknownTrack: number;
}

/** A deck by number, whichever is master, or one of those on air. */
export type Follow = DeckNumber | 'master' | 'on-air';

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
export const HAND_OVER_AFTER_MS: Ms = 500;
export const FEED_EVERY_MS: Ms = 50;

/** A bridge as the profile configures it; `options` has the shape that the bridge type's own schema says. */
export interface BridgeEntry {
  readonly name: string;
  readonly type: string;
  readonly options: unknown;
  /** How much earlier its timecode and clock leave; below 0: later. */
  readonly latencyMs: Ms;
}

/** One thing to say through one bridge; `message` is a tree that may hold templates, see template.ts. */
export interface Action {
  readonly bridge: string;
  readonly message: unknown;
  /** The names that its templates start from: `deck`, `phrase`. */
  readonly roots: readonly string[];
}

export type Rule = MomentRule | StateRule;

interface RuleBase {
  /** Unique in the profile. */
  readonly name: string;
  readonly if: Expression | null;
  readonly do: readonly Action[];
  /** Which decks it hears. */
  readonly decks: 'on-air' | 'any';
}

/** `when`: fires at a moment. */
export interface MomentRule extends RuleBase {
  readonly kind: 'when';
  readonly place: Place;
  /** Only on this track of the profile's list; null: on every one. */
  readonly track: number | null;
  /** `again`: each pass counts anew; `once`: once per load. */
  readonly onLoop: 'again' | 'once';
  /** What a jump over the moment does: `skip` it, or `fire` it on landing. */
  readonly onJump: 'skip' | 'fire';
  /** A fire later than this is dropped, counted and shown. */
  readonly dropIfLateByMs: Ms;
}

/** `while`: a state, `do` on entry and `undo` on leaving. */
export interface StateRule extends RuleBase {
  readonly kind: 'while';
  readonly while: Expression;
  readonly undo: readonly Action[];
}

/** A fire later than this is dropped unless its rule says otherwise. */
export const DROP_IF_LATE_BY_MS: Ms = 500;

/** A place in a track: `[n beats|bars|ms before|after] anchor`. */
export interface Place {
  readonly anchor: Anchor;
  readonly offset: Offset | null;
  /** As the profile writes it. */
  readonly text: string;
}

/** `amount` is negative for `before`. */
export interface Offset {
  readonly amount: number;
  readonly unit: 'beats' | 'bars' | 'ms';
}

export type Anchor =
  /** `3:27.500`: position from the start of the track. */
  | { readonly kind: 'time'; readonly positionMs: Ms }
  /** `beat 512`. */
  | { readonly kind: 'beat'; readonly beat: number }
  /** `chorus`, `chorus 2`: starts of phrases of a kind; `nth` null: every one. */
  | { readonly kind: 'phrase-kind'; readonly phraseKind: PhraseKind; readonly nth: number | null }
  /** `phrase`, `phrase 5`. */
  | { readonly kind: 'phrase'; readonly nth: number | null }
  /** `fill`, `fill 2`. */
  | { readonly kind: 'fill'; readonly nth: number | null }
  /** The end beat of the phrases, else of the beat grid. */
  | { readonly kind: 'end' }
  /** `hot cue A`, `hot cue`: a hot cue by its button, 1 to 8; null: every one. */
  | { readonly kind: 'hot-cue'; readonly button: number | null }
  /** `memory cue`, `memory cue 2`: counted in the order of their places; null: every one. */
  | { readonly kind: 'memory-cue'; readonly nth: number | null }
  /** The first beat of every bar. */
  | { readonly kind: 'downbeat' }
  /** `every 8 bars`, counted from the first bar of the track. */
  | { readonly kind: 'every'; readonly count: number; readonly unit: 'bars' | 'beats' };
