/** What a bridge tells the show: one union, the same for every source. */

import type { Stamp } from './clock.ts';
import type { DeckRef, DeckReport, PlayheadReport } from './deck-report.ts';
import type { OperatorAction } from './operator-action.ts';
import type { ShowHappening } from './show-happening.ts';
import type { ControlEvent } from './surface-control.ts';
import type { Fingerprint } from './track/media-track.ts';
import type { SongStructure } from './track/phrase.ts';

export type ShowEvent =
  | { readonly kind: 'unit.found'; readonly unit: string; readonly address: string }
  | { readonly kind: 'unit.lost'; readonly unit: string }
  | { readonly kind: 'deck.report'; readonly deck: DeckRef; readonly report: DeckReport }
  | ({ readonly kind: 'deck.position'; readonly deck: DeckRef } & PlayheadReport)
  /** The song structure of a track; null: it has none. */
  | {
      readonly kind: 'deck.structure';
      readonly deck: DeckRef;
      readonly trackId: number;
      readonly structure: SongStructure | null;
      /** Of the structure; null: there is none. */
      readonly fingerprint: Fingerprint | null;
    }
  | { readonly kind: 'deck.artwork'; readonly deck: DeckRef; readonly trackId: number; readonly jpeg: Uint8Array }
  | { readonly kind: 'operator.act'; readonly act: OperatorAction }
  /** The show begins, or is about to end. */
  | { readonly kind: 'show'; readonly happening: ShowHappening }
  /** A hand at a control of a surface: `kind: 'control'`. */
  | ControlEvent
  /** The device of a bridge is there, or is there no longer. */
  | { readonly kind: 'bridge.state'; readonly bridge: string; readonly isReady: boolean }
  /** A message of a cue could not be sent; `id` is that of its fire. */
  | { readonly kind: 'cue.unsent'; readonly bridge: string; readonly cue: string; readonly id: string }
  /** A bridge that has missed something can send again: it is told what stands. */
  | { readonly kind: 'bridge.ready'; readonly bridge: string };

/** An event as it enters the inbox: when it reached us, and through which bridge. */
export interface Input {
  readonly stamp: Stamp;
  readonly source: string;
  readonly event: ShowEvent;
}
