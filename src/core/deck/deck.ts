/** One deck: what its reports have said, kept as anchors. Where it is now is computed, see position.ts. */
import type { Ms } from '../clock.ts';
import type { DeckRef, PlayState } from '../deck-report.ts';
import type { SteadyGrid } from '../track/beat-grid.ts';
import type { Fingerprint } from '../track/media-track.ts';
import type { SongStructure } from '../track/phrase.ts';
import { freshTrack, type Know, relearnt, type Track, withSaid } from '../track/track.ts';
import type { Arrival } from './arrival.ts';
import { type GridSamples, learntGrid } from './grid-learning.ts';
import type { MarkedDeck } from './mark.ts';
import type { Playhead } from './playhead.ts';
import { type Rhythm, UNHEARD } from './report-delay.ts';
import { UNKNOWN_WEATHER, type Weather } from './weather.ts';

/** `opus/1`: the unit's name in the profile and the deck's number. */
export type DeckKey = string;

export const deckKey = ({ unit, number }: DeckRef): DeckKey => `${unit}/${number}`;

export interface Deck extends MarkedDeck {
  readonly ref: DeckRef;
  readonly key: DeckKey;
  readonly playState: PlayState;
  /** Since when it has been playing without a break; null: it stands. */
  readonly playingSince: Ms | null;
  readonly isMaster: boolean;
  readonly isSynced: boolean;
  /** What the lamp says; whether it means anything, see `onAir` in decks.ts. */
  readonly isOnAirLamp: boolean;
  readonly pitchSpeed: number;
  /** Speed of the audio: 0 still, negative backwards. */
  readonly runSpeed: number;
  /** Raised by every load. */
  readonly loads: number;
  readonly reportedAt: Ms;
  /** Since when it has been heard without a break. */
  readonly heardSince: Ms;
  /** When its last status came, and since when it may have been on its way; null: none yet. */
  readonly arrival: Arrival | null;
  readonly positionReportedAt: Ms | null;
  /** Likewise of its last absolute position. */
  readonly positionArrival: Arrival | null;
  /** How late its statuses are, and its positions; kept over loads. */
  readonly weather: Weather;
  readonly positionWeather: Weather;
  /** The last absolute position; null: none of this load. */
  readonly playhead: Playhead | null;
  /** What beats and positions have said of its grid; null: nothing in this load. */
  readonly clues: GridSamples | null;
  /** How its beats are told; kept over loads, since it is the player's way. */
  readonly rhythm: Rhythm;
  /** Two reports in a row must agree before the first downbeat is moved: beat and beat in bar do not change together. */
  readonly downbeatClaim: number | null;
}

export function emptyDeck(ref: DeckRef): Deck {
  return {
    ref,
    key: deckKey(ref),
    track: null,
    playState: 'empty',
    isPlaying: false,
    playingSince: null,
    isMaster: false,
    isSynced: false,
    isOnAirLamp: false,
    pitchSpeed: 1,
    runSpeed: 0,
    line: null,
    loads: 0,
    pass: 0,
    mark: null,
    jump: null,
    reportedAt: -Infinity,
    heardSince: -Infinity,
    arrival: null,
    positionReportedAt: null,
    positionArrival: null,
    weather: UNKNOWN_WEATHER,
    positionWeather: UNKNOWN_WEATHER,
    playhead: null,
    clues: null,
    rhythm: UNHEARD,
    joinedAtBeat: null,
    downbeatClaim: null,
  };
}

/** A deck without a report for this long is stale: its line is not followed any further. */
export const STALE_AFTER_MS: Ms = 1000;

export const isStale = (deck: Deck, at: Ms): boolean => at - deck.reportedAt > STALE_AFTER_MS;

/** The latest moment up to which the line of a deck may be followed. */
export const followedUntil = (deck: Deck, at: Ms): Ms => Math.min(at, deck.reportedAt + STALE_AFTER_MS);

/** Absolute positions that stop for this long, while the deck is heard, leave it to its beat numbers. */
export const POSITION_PATIENCE_MS: Ms = 250;

/** Since when a deck has been heard without a break, when a report comes now. */
export const heardWithoutBreakSince = (before: Deck, at: Ms): Ms =>
  at - before.reportedAt > POSITION_PATIENCE_MS ? at : before.heardSince;

export function loadTrack(before: Deck, trackId: number | null, know: Know): Deck {
  return {
    ...before,
    track: trackId === null ? null : freshTrack(trackId, before.track, know),
    clues: null,
    loads: before.loads + 1,
    pass: before.pass + 1,
    line: null,
    mark: null,
    jump: null,
    positionReportedAt: null,
    playhead: null,
    rhythm: { ...before.rhythm, last: null },
    joinedAtBeat: null,
    downbeatClaim: null,
  };
}

/** A deck whose track is known otherwise than before. */
export const relearnDeck = (deck: Deck, know: Know): Deck =>
  deck.track === null ? deck : withTrack(deck, relearnt(deck.track, know));

/** The deck with more known of its track. */
export const withTrack = (deck: Deck, track: Track): Deck => (track === deck.track ? deck : { ...deck, track });

/** A song structure that a unit has sent for a track. */
export interface StructureReport {
  readonly trackId: number;
  /** null: it has none. */
  readonly structure: SongStructure | null;
  readonly fingerprint: Fingerprint | null;
}

/** Takes in a song structure; one of another track is late and means nothing any more. */
export function reduceStructure(before: Deck, { trackId, structure, fingerprint }: StructureReport, know: Know): Deck {
  if (before.track === null || before.track.id !== trackId) return before;
  return withTrack(before, withSaid(before.track, { structure, fingerprint }, know));
}

/** A grid that beats and positions have taught of the track on a deck; null: none. */
export const learntGridOf = ({ clues }: Deck): SteadyGrid | null => (clues === null ? null : learntGrid(clues));
