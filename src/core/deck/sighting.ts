/** What one report says of the playhead, as bounds and a pace. */
import type { Ms, Stamp } from '../clock.ts';
import type { Coordinate } from '../track/beat-grid.ts';
import type { Bounds } from './bounds.ts';
import { POSITION_DELAY, type ReportDelay, type SentAtOnce } from './report-delay.ts';

/** What one report says of the playhead. */
export interface Sighting {
  readonly coordinate: Coordinate;
  readonly stamp: Stamp;
  /** Bounds at `stamp.at`, were it true as it came. */
  readonly low: number;
  readonly high: number;
  /** Where in them it was if it was told at once; null: nothing says that it was. */
  readonly ifSentAtOnce: Bounds | null;
  /** Where in them it likely is. */
  readonly likely: Bounds;
  /** Where in them it likely is if this is where the playhead landed. */
  readonly afterJump: Bounds;
  readonly rate: number;
  readonly lateness: ReportDelay;
  /** The furthest place it does not exclude at the time of sending. */
  readonly upperLimit: number;
  /** Where crossing begins if this is where the playhead landed. */
  readonly jumpTarget: number;
  readonly isOrderProved: boolean;
  /** The player has put the playhead there, as CUE does. */
  readonly isCueReturn: boolean;
}

/** A beat as a status tells it, and what is known of how it was told. */
export interface BeatReport {
  /** 0 before the first. */
  readonly beat: number;
  readonly stamp: Stamp;
  /** Beats per ms; 0 still, negative backwards. */
  readonly rate: number;
  readonly lateness: ReportDelay;
  /** null: nothing says that it was told at once. */
  readonly sentAtOnce: SentAtOnce | null;
  /** The deck is cued. A cue point lies on a beat, as a rule; where else a deck stands nobody knows. */
  readonly isCued: boolean;
  /** The beat at which the track begins. */
  readonly startBeat: number;
  readonly isOrderProved: boolean;
  readonly isCueReturn: boolean;
}

/** "Beat n at the time of sending": the playhead was in [n, n + 1), and has moved on since. */
export function beatSighting(report: BeatReport): Sighting {
  if (report.beat < 1) return leadInSighting(report);
  const { beat, stamp, rate, lateness, sentAtOnce, isCued, isOrderProved, isCueReturn } = report;
  const waited = rate * (stamp.at - stamp.notBefore);
  const low = beat + Math.min(0, waited);
  const high = beat + 1 + Math.max(0, waited);
  const upTo = (place: number): Bounds => ({ low, high: Math.min(high, place) });
  return {
    coordinate: 'beats',
    stamp,
    low,
    high,
    ifSentAtOnce: sentAtOnce?.isSure !== true ? null : upTo(beat + Math.max(0, waited)),
    likely: sentAtOnce === null ? { low, high } : upTo(beat + rate * sentAtOnce.withinMs + waited),
    afterJump: isCued ? { low, high: low } : { low, high },
    rate,
    lateness,
    upperLimit: beat + 1,
    jumpTarget: beat,
    isOrderProved,
    isCueReturn,
  };
}

/** Before beat 1, nobody knows how far: the line waits there, and the first report of beat 1 sets it going. */
function leadInSighting(report: BeatReport): Sighting {
  const { stamp, rate, lateness, startBeat, isOrderProved, isCueReturn } = report;
  const waited = rate * (stamp.at - stamp.notBefore);
  const low = startBeat;
  const bounds = { low, high: 1 + Math.max(0, waited + rate * lateness.mostMs) };
  return {
    coordinate: 'beats',
    stamp,
    ...bounds,
    ifSentAtOnce: null,
    likely: bounds,
    afterJump: bounds,
    rate: 0,
    lateness,
    upperLimit: 1,
    jumpTarget: low,
    isOrderProved,
    isCueReturn,
  };
}

/** An absolute position, and how long before it the one before came. */
export interface PositionSample {
  readonly positionMs: Ms;
  readonly stamp: Stamp;
  /** ms of the track per ms. */
  readonly rate: number;
  /** null: it is the first. */
  readonly sinceLastMs: Ms | null;
}

/** Positions leave every 30 ms, however close together they come; one of them may be lost. */
const POSITIONS_APART_MS = { least: 30, most: 60 } as const;

export function positionSighting({ positionMs, stamp, rate, sinceLastMs }: PositionSample): Sighting {
  const waitedMs = rate * (stamp.at - stamp.notBefore);
  const low = positionMs + Math.min(0, waitedMs);
  // A playhead is told in whole milliseconds.
  const bounds = { low, high: positionMs + 1 + Math.max(0, waitedMs) };
  // Where the playhead landed it was at some time since the position before.
  const sinceMs = Math.min(Math.max(sinceLastMs ?? 0, POSITIONS_APART_MS.least), POSITIONS_APART_MS.most);
  return {
    coordinate: 'ms',
    stamp,
    ...bounds,
    ifSentAtOnce: null,
    likely: bounds,
    afterJump: bounds,
    rate,
    lateness: POSITION_DELAY,
    upperLimit: low,
    jumpTarget: low - Math.max(0, rate) * (sinceMs + POSITION_DELAY.mostMs),
    isOrderProved: false,
    isCueReturn: false,
  };
}
