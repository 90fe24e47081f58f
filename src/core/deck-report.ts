/** What a source says of one deck: which deck, and one status or one position of it. */
import type { Ms } from './clock.ts';

export type DeckNumber = 1 | 2 | 3 | 4;
export const DECK_NUMBERS: readonly DeckNumber[] = [1, 2, 3, 4];

/** A deck of a unit. `unit` is the name of its bridge in the profile, so that several units can play side by side. */
export interface DeckRef {
  readonly unit: string;
  readonly number: DeckNumber;
}

/** What a deck is doing; `unknown` when the unit says something nobody has named. */
export type PlayState = 'empty' | 'loading' | 'playing' | 'paused' | 'cued' | 'searching' | 'ended' | 'unknown';

/** The lamps of a deck, as on the device. */
export interface DeckFlags {
  readonly isMaster: boolean;
  readonly isSynced: boolean;
  readonly isOnAir: boolean;
}

/** Where a track comes from and what it is, as far as its unit says. */
export interface TrackSource {
  /** `link`: a rekordbox on the network; null: not said. */
  readonly slot: 'usb' | 'sd' | 'cd' | 'link' | 'streaming' | null;
  /** `rekordbox`: analysed by it; null: not said. */
  readonly kind: 'rekordbox' | 'unanalysed' | 'audio-cd' | 'streaming' | null;
}

/** The number of a track that has none, though it is loaded. */
export const NO_TRACK_NUMBER = 0;

/** One status of a deck. */
export interface DeckReport {
  /** null: no track loaded; 0: one that has no number. */
  readonly trackId: number | null;
  /** null: the unit says nothing of it, or is not believed. */
  readonly source: TrackSource | null;
  /** As analysed, at this place of the track; null: not known. */
  readonly trackTempoBpm: number | null;
  /** What the fader (or sync) asks for: 1 is 0 %. */
  readonly pitchSpeed: number;
  /** How fast the audio really runs, nudges included: 1 is 0 %, 0 still, negative backwards. */
  readonly runSpeed: number;
  readonly playState: PlayState;
  /** The last beat passed at the time of sending, 1-based, 0 before the first; null: not known. */
  readonly beat: number | null;
  /** 1..4; null: not known. */
  readonly beatInBar: number | null;
  /** undefined: this status does not say (a quirk of the unit). */
  readonly flags: DeckFlags | undefined;
  /** The source proves that no later report came before this one; without that one odd report is not believed alone. */
  readonly isOrderProved: boolean;
  /** The source proves that one just before this did not come. */
  readonly isAfterLoss: boolean;
}

/** One absolute position of a deck. */
export interface PlayheadReport {
  /** From the start of the track. */
  readonly positionMs: Ms;
  /** Of the whole track, in whole seconds. */
  readonly lengthS: number;
  /** What the fader asks for: 1 is 0 %. */
  readonly pitchSpeed: number;
}
