/** What one report says of the playhead, as bounds and a pace. */
import type { Ms, Stamp } from '../clock.ts';
import type { Coordinate } from '../track/beat-grid.ts';
import type { Bounds } from './bounds.ts';
import type { ReportDelay, SentAtOnce } from './report-delay.ts';

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
  /** The rate at which it would play. */
  readonly playRate: number;
  readonly lateness: ReportDelay;
  /** The furthest place it does not exclude at the time of sending. */
  readonly upperLimit: number;
  /** The playhead surely has not come here: nothing is passed there before a report has been there; null: nothing says so. */
  readonly notYetAt: number | null;
  /** Where crossing begins if this is where the playhead landed. */
  readonly jumpTarget: number;
  readonly isOrderProved: boolean;
  /** The player has put the playhead there, as CUE does. */
  readonly isCueReturn: boolean;
  readonly queue: Queue;
}

/** What is known of the way of a report, which may have held it up. */
export interface Queue {
  /** Two reports leave at least so far apart. */
  readonly leastApartMs: Ms;
  /** A report that came in its turn is late by no more than this, and the one after it by little more. */
  readonly inTurnMostMs: Ms;
  /** It came out of turn: its place in time says nothing of the ones after it. */
  readonly isHeldUp: boolean;
  /** So late may the reports before it have been. */
  readonly backlogMs: Ms;
  /** For how long reports have been held up of late: as long has a report to be borne out that lateness may explain. */
  readonly heldUpMs: Ms;
  /** Reports may overtake each other by this. */
  readonly overtakesMs: Ms;
}

/** A beat as a status tells it, and what is known of how it was told. */
export interface BeatReport {
  /** 0 before the first. */
  readonly beat: number;
  readonly stamp: Stamp;
  /** Beats per ms; 0 still, negative backwards. */
  readonly rate: number;
  readonly playRate: number;
  readonly lateness: ReportDelay;
  /** null: nothing says that it was told at once. */
  readonly sentAtOnce: SentAtOnce | null;
  /** The deck is cued. A cue point lies on a beat, as a rule; where else a deck stands nobody knows. */
  readonly isCued: boolean;
  /** The beat at which the track begins; null: nobody knows how far before beat 1 that is. */
  readonly startBeat: number | null;
  /** The player tells no later beat of this track: it goes on to tell this one, however far it plays on. */
  readonly isLastBeat: boolean;
  readonly isOrderProved: boolean;
  readonly isCueReturn: boolean;
  readonly queue: Queue;
}

/** "Beat n at the time of sending": the playhead was in [n, n + 1), and has moved on since. */
export function beatSighting(report: BeatReport): Sighting {
  if (report.beat < 1) return leadInSighting(report);
  const { beat, stamp, rate, playRate, lateness, sentAtOnce, isCued } = report;
  const { isOrderProved, isCueReturn, queue } = report;
  const waited = rate * (stamp.at - stamp.notBefore);
  const low = beat + Math.min(0, waited);
  const high = beat + (report.isLastBeat ? BEYOND_LAST_BEATS : 1) + Math.max(0, waited);
  const surelyWithinMs = sentAtOnce?.surelyWithinMs ?? null;
  const upTo = (place: number): Bounds => ({ low, high: Math.min(high, place) });
  const soon = withoutLongWait({ low, high }, rate, stamp);
  return {
    coordinate: 'beats',
    stamp,
    low,
    high,
    ifSentAtOnce: surelyWithinMs === null ? null : upTo(beat + Math.max(0, waited) + rate * surelyWithinMs),
    likely: sentAtOnce === null ? soon : upTo(beat + rate * sentAtOnce.withinMs + waited),
    afterJump: isCued ? { low, high: low } : { ...soon, high: Math.min(soon.high, beat + 1 + Math.max(0, waited)) },
    rate,
    playRate,
    lateness,
    upperLimit: beat + 1,
    notYetAt: null,
    jumpTarget: beat,
    isOrderProved,
    isCueReturn,
    queue,
  };
}

/**
 * A report may have waited for seconds; the place it tells is not taken to be further on than this for that. A cue that
 * leaves a little late is in its place, one that leaves early is not.
 */
const LIKELY_WAIT_MS: Ms = 200;

/** Bounds of a report without what it would have gone on by, had it waited for longer. */
function withoutLongWait({ low, high }: Bounds, rate: number, { at, notBefore }: Stamp): Bounds {
  const beyond = rate * Math.max(0, at - notBefore - LIKELY_WAIT_MS);
  return { low: low - Math.min(0, beyond), high: high - Math.max(0, beyond) };
}
/** A track may go on for so long after its last beat: more than an hour at 60 BPM. */
const BEYOND_LAST_BEATS = 4096;
/** A deck whose unit says "before beat 1" may be this far before it: four bars. */
const BEFORE_BEAT_ONE_BEATS = 16;

/**
 * Before beat 1. Where a grid says how far the track reaches back, the deck begins there and plays on from there; else nobody
 * knows how far it is, so the line waits, and the first report of beat 1 sets it going.
 */
function leadInSighting(report: BeatReport): Sighting {
  const { stamp, playRate, lateness, startBeat, isOrderProved, isCueReturn, queue } = report;
  const rate = startBeat === null ? 0 : report.rate;
  const waited = report.rate * (stamp.at - stamp.notBefore);
  const low = startBeat ?? 1 - BEFORE_BEAT_ONE_BEATS;
  const bounds = { low, high: 1 + Math.max(0, waited + (report.rate - rate) * lateness.mostMs) };
  const likely = { low, high: Math.min(bounds.high, 1 + Math.max(0, report.rate * LIKELY_WAIT_MS)) };
  return {
    coordinate: 'beats',
    stamp,
    ...bounds,
    ifSentAtOnce: null,
    likely,
    afterJump: startBeat === null ? likely : { low, high: low },
    rate,
    playRate,
    lateness,
    upperLimit: 1,
    notYetAt: 1,
    jumpTarget: low,
    isOrderProved,
    isCueReturn,
    queue,
  };
}

/** An absolute position, and how long before it the one before came. */
export interface PositionSample {
  readonly positionMs: Ms;
  readonly stamp: Stamp;
  /** ms of the track per ms. */
  readonly rate: number;
  readonly playRate: number;
  /** null: it is the first. */
  readonly sinceLastMs: Ms | null;
  readonly lateness: ReportDelay;
  readonly queue: Queue;
}

/** Positions leave every 30 ms, however close together they come; one of them may be lost. */
const POSITIONS_APART_MS = { least: 30, most: 60 } as const;

export function positionSighting({
  positionMs,
  stamp,
  rate,
  playRate,
  sinceLastMs,
  lateness,
  queue,
}: PositionSample): Sighting {
  const waitedMs = rate * (stamp.at - stamp.notBefore);
  const low = positionMs + Math.min(0, waitedMs);
  // A playhead is told in whole milliseconds.
  const bounds = { low, high: positionMs + 1 + Math.max(0, waitedMs) };
  const likely = withoutLongWait(bounds, rate, stamp);
  // Where the playhead landed it was at some time since the position before.
  const sinceMs = Math.min(Math.max(sinceLastMs ?? 0, POSITIONS_APART_MS.least), POSITIONS_APART_MS.most);
  return {
    coordinate: 'ms',
    stamp,
    ...bounds,
    ifSentAtOnce: null,
    likely,
    afterJump: likely,
    rate,
    playRate,
    lateness,
    upperLimit: low,
    notYetAt: null,
    jumpTarget: low - Math.max(0, rate) * (sinceMs + lateness.mostMs),
    isOrderProved: false,
    isCueReturn: false,
    queue,
  };
}
