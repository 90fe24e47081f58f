/** Where a deck's playhead is at a moment, with its error bar. */
import type { Ms } from '../clock.ts';
import { toBeat } from '../track/track.ts';
import { type Deck, followedUntil } from './deck.ts';
import { doubtedBoundsAt, placeAt, runOn } from './line.ts';

/**
 * Where `positionMs` comes from: `grid`, a known beat grid carries the beats into ms; `absolute`, the unit sends ms;
 * `beats`, it counts from beat 1 at the track tempo.
 */
export type Basis = 'grid' | 'absolute' | 'beats';

export interface Position {
  /** 1-based, with its fraction. */
  readonly beat: number | null;
  /** Half-width of the error bar. */
  readonly beatUncertainty: number | null;
  /** 1..4. */
  readonly beatInBar: number | null;
  /** 1-based; the beats before the first downbeat are in bar 0. */
  readonly bar: number | null;
  readonly positionMs: Ms | null;
  /** Half-width of the error bar. */
  readonly uncertaintyMs: Ms | null;
  readonly basis: Basis | null;
}

export const UNKNOWN_POSITION: Position = {
  beat: null,
  beatUncertainty: null,
  beatInBar: null,
  bar: null,
  positionMs: null,
  uncertaintyMs: null,
  basis: null,
};

/** Reports come about every 200 ms; unseen for longer than this, a deck may have been touched. */
const EXPECTED_WITHIN_MS: Ms = 250;
/** How fast the bar grows then: by this share of the time. */
const UNSEEN_SHARE = 0.05;

/**
 * Where a playhead is at a moment, extrapolated from its last report.
 *
 * @param at earlier than the last report is answered as then; beyond the time a line is followed without reports, the
 *           place stands still and only the bar grows
 * @returns every field null without a track or before its first report. The bar always spans all that is known, and so
 *          reaches further than that to one side where the published place, the likely one, is not in the middle
 */
export function positionAt(deck: Deck, at: Ms): Position {
  const { line, track } = deck;
  if (line === null || track === null) return UNKNOWN_POSITION;
  const until = followedUntil(deck, at);
  const place = placeAt(line, until);
  const bounds = doubtedBoundsAt(line, until);
  const unseenMs = Math.max(0, at - deck.reportedAt - EXPECTED_WITHIN_MS);
  const unseen = Math.abs(line.rate) * (unseenMs * UNSEEN_SHARE + Math.max(0, at - until));
  const halfWidth = Math.max(bounds.high - place, place - bounds.low, 0) + unseen;
  const { gridErrorMs } = track.known;

  const beat = toBeat(track, line.coordinate, place);
  const beatsIn = beat === null || track.firstDownbeat === null ? null : Math.floor(beat) - track.firstDownbeat;
  const toMs = (x: number): Ms | null =>
    line.coordinate === 'ms' ? x : track.timeline === null ? null : track.timeline.msOfBeat(x);
  return {
    beat,
    beatUncertainty:
      beat === null
        ? null
        : line.coordinate === 'beats'
          ? halfWidth
          : halfWidthOf(x => toBeat(track, line.coordinate, x), place, halfWidth + gridErrorMs),
    beatInBar: beatsIn === null ? null : (((beatsIn % 4) + 4) % 4) + 1,
    bar: beatsIn === null ? null : Math.floor(beatsIn / 4) + 1,
    positionMs: toMs(place),
    uncertaintyMs: line.coordinate === 'ms' ? halfWidth : plus(halfWidthOf(toMs, place, halfWidth), gridErrorMs),
    basis:
      line.coordinate === 'ms'
        ? 'absolute'
        : track.timeline === null
          ? null
          : track.known.grid === null
            ? 'beats'
            : 'grid',
  };
}

/**
 * What is not known yet of a deck that plays, for which nothing leaves that counts in bars: on which beat they begin, or
 * where its beats are at all; null: all of it is known, or the deck does not play.
 */
export const barsLacking = ({ track, isPlaying }: Deck, { beat, bar }: Position): 'beats' | 'bars' | null =>
  track === null || !isPlaying || bar !== null ? null : beat === null ? 'beats' : 'bars';

/** Where play leads if it goes on as it does, in beats: as `leadsToMs`, but before beat 1 too. */
export function leadsToBeat({ line, track }: Deck, at: Ms): number | null {
  return line === null || track === null ? null : toBeat(track, line.coordinate, runOn(line, at));
}

/**
 * Where play leads if it goes on as it does, in ms from the start of the track, never negative: neither a loop-end guard nor
 * silence stops it, since timecode decides for itself when to stand still. null: not known.
 */
export function leadsToMs({ line, track }: Deck, at: Ms): Ms | null {
  if (line === null || track === null) return null;
  const place = runOn(line, at);
  const ms = line.coordinate === 'ms' ? place : (track.timeline?.msOfBeat(place) ?? null);
  return ms === null ? null : Math.max(0, ms);
}

/** A half-width carried into another coordinate, where tempo may change within it: the wider side counts. */
function halfWidthOf(carry: (x: number) => number | null, place: number, halfWidth: number): number | null {
  const [low, middle, high] = [carry(place - halfWidth), carry(place), carry(place + halfWidth)];
  return low === null || middle === null || high === null ? null : Math.max(middle - low, high - middle);
}

const plus = (halfWidth: number | null, more: number): number | null => (halfWidth === null ? null : halfWidth + more);
