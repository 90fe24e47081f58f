/** An expectation of a profile: what a track, a place, an evening or a hand must send. Plain data; `decklight test` judges it. */
import type { Action, Place } from './rules/rule.ts';

export interface Expectation {
  /** Title or number of the track that is played; null: the whole evening. */
  readonly play: string | null;
  /** Buttons that are pressed, one after the other; empty: none. */
  readonly press: readonly string[];
  /** Surface with the buttons; null: the one that has them. */
  readonly surface: string | null;
  /** null: anywhere. */
  readonly at: Place | null;
  /** Names of rules and cues. */
  readonly sends: readonly string[];
  /** Messages word by word. */
  readonly messages: readonly Action[];
  /** Level that must end; null: none is asked for. */
  readonly ends: string | null;
  /** 0: never. null: once at each place, or, without a place, once at least. */
  readonly times: number | null;
  /** Most distance from the place; null: as usual. */
  readonly within: Within | null;
}

export interface Within {
  readonly amount: number;
  readonly unit: 'ms' | 'frames' | 'beats';
}
