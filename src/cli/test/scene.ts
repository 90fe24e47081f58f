/** Scenes of a test: what is played so that expectations can be held against it, each once. */
import type { DjScript } from '../../../bridges/opus-quad/simulator/dj-script.ts';
import type { Expectation } from '../../core/expectation.ts';
import type { PlayableTrack } from '../../rehearsal/playable-tracks.ts';
import type { RecordedEvening } from '../replay/recorded-evening.ts';

/** An expectation and its line in the profile. */
export interface Expected {
  readonly expectation: Expectation;
  readonly line: number;
}

export type Scene = { readonly expected: readonly Expected[] } & (
  | { readonly kind: 'track'; readonly track: PlayableTrack }
  | { readonly kind: 'hands'; readonly press: readonly string[]; readonly surface: string | null }
  | { readonly kind: 'set'; readonly set: DjScript }
  | { readonly kind: 'recording'; readonly evening: RecordedEvening }
);

/** A moment that an expectation is held against. */
export interface Spot {
  readonly at: number;
  /** `4 beats before chorus 1`. */
  readonly label: string;
  /** null: of no deck. */
  readonly deck: number | null;
  /** Length of a beat there, in ms. */
  readonly beatMs: number;
}

/** A message as it left. */
export interface HeardMessage {
  readonly at: number;
  /** Of its fire: messages of one fire share it. */
  readonly id: string;
  readonly rule: string;
  readonly cue: string | null;
  readonly phase: 'fire' | 'do' | 'undo';
  readonly deck: number | null;
  readonly bridge: string;
  readonly message: string;
  /** Title of the track on its deck; null: not known, or of no deck. */
  readonly title: string | null;
}
