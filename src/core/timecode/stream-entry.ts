/** A stream of timecode or MIDI clock as a profile asks for it: which deck it follows, and what it does where that deck does not simply play. */
import type { Ms } from '../clock.ts';
import type { DeckNumber } from '../deck-report.ts';
import type { FrameRate } from './timecode.ts';

/** A stream that runs with a deck. */
export interface StreamEntry {
  readonly name: string;
  readonly follow: Follow;
  /** Time for which the followed deck must fail the policy until another is followed. */
  readonly handOverAfterMs: Ms;
  /** Bridges that take it, by name. */
  readonly to: readonly string[];
  readonly behaviour: Behaviour;
}

/** Behaviour of a stream where its deck does not simply play, as far as receivers differ. */
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
  /** Start of each prepared track, by its index in the profile's list. */
  readonly regions: ReadonlyMap<number, number>;
  /** Start of every other track. */
  readonly unknownTrack: number;
}

/** A deck by number, whichever is master, or one of those on air. */
export type Follow = DeckNumber | 'master' | 'on-air';

/** A stream is handed over to another deck after this, unless the profile says otherwise. */
export const HAND_OVER_AFTER_MS: Ms = 500;
