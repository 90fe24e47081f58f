/**
 * Where a playhead is, as a line and intervals around it, in the coordinate its source speaks: beats or milliseconds.
 *
 * A report does not say where the playhead is, only between which bounds: "beat 12" means [12, 13) at the time of
 * sending. Carried along the line, those bounds are intersected, and each report narrows them. Bounds that do not meet
 * mean that the playhead went elsewhere: a jump, a loop, a cue.
 *
 * Bounds are kept as if every report were true the moment it came. How late reports are is added when they are read: at
 * most so much, which gives what is *known*, and within these limits, which gives what is *likely*. So the likely may be
 * narrower than the known, and a jump by whole beats keeps the place between two beats as the likely one.
 *
 * The *published* place is what the rest of the program sees: it moves smoothly towards the middle of the likely and
 * never steps back while the deck plays forward. The error bar spans what is known.
 */
import type { Ms } from '../clock.ts';
import type { Coordinate } from '../track/beat-grid.ts';
import type { Bounds } from './bounds.ts';
import type { ReportDelay } from './report-delay.ts';

export interface Line {
  readonly coordinate: Coordinate;
  /** When the fields below were true. */
  readonly at: Ms;
  /** Since when its last report may have been on its way. */
  readonly notBefore: Ms;
  /** The published place at `at`. */
  readonly place: number;
  /** Coordinate units per ms; 0 still, negative backwards. */
  readonly rate: number;
  /** Between these the playhead was at `at`, were its reports true as they came: see `read`. `low` may exceed `high`. */
  readonly known: Bounds;
  /** Likewise, where it is likely to have been. */
  readonly likely: Bounds;
  /** How much earlier its reports may have been true. */
  readonly lateness: ReportDelay;
  /** When it was noticed to run: no place is said to have been passed before. */
  readonly runsSince: Ms;
  /** Its place was guessed at a jump. That it turns out to be too far on is then no jump back: the guess was wrong. */
  readonly isGuess: boolean;
  /** Until then the published place runs at `slewRate`, to reach the middle of what is likely. */
  readonly slewUntil: Ms;
  readonly slewRate: number;
  /** The furthest place that its last report did not exclude. */
  readonly upperLimit: number;
  /**
   * Where the playhead turned back last time: beyond it the published place does not run until a report has been there.
   * Else a loop that ends on a cue would run over it at every turn, for as long as its wrap is not yet reported.
   */
  readonly loopEndGuard: number | null;
  /** When the last report came, whether it was believed or not. */
  readonly heardAt: Ms;
  /** The furthest place that it did not exclude. */
  readonly heardUpTo: number;
  /** How late that report may have been at most. */
  readonly lateMostMs: Ms;
  /** Where the playhead would be if reports that contradict the line were true; null: none does. */
  readonly suspect: Suspect | null;
}

/** Another line, of reports that contradict the first and agree with each other. */
export interface Suspect {
  readonly line: Line;
  readonly jumpTarget: number;
  /** When the first of them came. */
  readonly since: Ms;
  /** Where the line in doubt was then. */
  readonly doubtedFrom: number;
  /** The two are so far apart that the line in doubt passes nothing until it is cleared. */
  readonly isFar: boolean;
  /** By how much the line in doubt and what contradicts it missed each other at most. */
  readonly missedMs: Ms;
}

/** Error of the rate: the tempo is given in hundredths of BPM (40 ppm at 128), two clocks drift apart (50 ppm). */
const RATE_ERROR = 1e-4;
/** How far before the loop-end guard the published place stops, in beats or ms. */
const GUARD_MARGIN = 1e-3;

/** Where the published place is at a moment; before `line.at`: there. */
export function placeAt(line: Line, at: Ms): number {
  return Math.min(runOn(line, at), stopOf(line));
}

/** Where the published place stops for now: at the end of a loop, and where a jump is suspected. */
function stopOf({ loopEndGuard, suspect, rate }: Line): number {
  const guarded = loopEndGuard === null ? Infinity : loopEndGuard - GUARD_MARGIN;
  return suspect?.isFar === true && rate > 0 ? Math.min(guarded, suspect.doubtedFrom) : guarded;
}

/** The same, as if nothing stood in its way: where timecode runs on to, for which a wait would be a stumble. */
export function runOn(line: Line, at: Ms): number {
  if (at <= line.at) return line.place;
  const slewEnd = Math.min(at, Math.max(line.at, line.slewUntil));
  return line.place + line.slewRate * (slewEnd - line.at) + line.rate * (at - slewEnd);
}

/** When the published place of a line going forward is at `place`, before `line.at` too; null: never on this line. */
export function timeOfPlace(line: Line, place: number): Ms | null {
  if (place > stopOf(line)) return null;
  if (place <= line.place) {
    return line.rate > 0 ? Math.max(line.runsSince, line.at - (line.place - place) / line.rate) : null;
  }
  const slewMs = Math.max(0, line.slewUntil - line.at);
  const slewEndPlace = line.place + line.slewRate * slewMs;
  if (place <= slewEndPlace) return line.at + (place - line.place) / line.slewRate;
  return line.rate > 0 ? line.at + slewMs + (place - slewEndPlace) / line.rate : null;
}

/** What is known of the place at a moment. */
export function boundsAt(line: Line, at: Ms): Bounds {
  const { known } = carry(line, line.rate, at);
  const { low, high } = read(known, line.rate, mostOf(line.lateness));
  return { low, high };
}

/** The same, and where a doubt would have it that is too close to stop anything: until it is cleared, either may be true. */
export function doubtedBoundsAt(line: Line, at: Ms): Bounds {
  const bounds = boundsAt(line, at);
  if (line.suspect === null || line.suspect.isFar) return bounds;
  const other = boundsAt(line.suspect.line, at);
  return { low: Math.min(bounds.low, other.low), high: Math.max(bounds.high, other.high) };
}

/** How late the reports of some bounds may have been. */
export interface Lateness {
  readonly leastMs: Ms;
  readonly mostMs: Ms;
  /** However well they agree, the place is not known better than within this. */
  readonly widthMs: Ms;
}

/**
 * Bounds as they are, of reports that were true between `leastMs` and `mostMs` before they came: the playhead has gone on
 * since. That it is not behind where it was reported holds whatever the delay, so where the limits are too narrow for
 * what was seen, that bound stands.
 */
export function read({ low, high }: Bounds, rate: number, { leastMs, mostMs, widthMs }: Lateness): Bounds {
  if (rate >= 0) {
    const behind = low + rate * leastMs;
    return { low: behind, high: Math.max(behind + rate * widthMs, high + rate * mostMs) };
  }
  const behind = high + rate * leastMs;
  return { low: Math.min(behind + rate * widthMs, low + rate * mostMs), high: behind };
}

export const mostOf = ({ mostMs, leastWidthMs }: ReportDelay): Lateness => ({
  leastMs: 0,
  mostMs,
  widthMs: leastWidthMs,
});
export const likelyOf = ({ likelyLeastMs, likelyMostMs }: ReportDelay): Lateness => ({
  leastMs: likelyLeastMs,
  mostMs: likelyMostMs,
  widthMs: 0,
});

export interface Carried {
  readonly known: Bounds;
  readonly likely: Bounds;
}

/**
 * The bounds of a line at `at`, when the rate is `rate` now and changed at some time since the last report was made.
 *
 * @param weatherMs how late reports are now by the weather alone. What is forgotten of it stays with the reports that it
 *                  was learnt from: the bounds do not close by that
 */
export function carry(line: Line, rate: number, at: Ms, weatherMs: Ms = line.lateness.weatherMs): Carried {
  const { known, likely, lateness } = line;
  const elapsedMs = Math.max(0, at - line.at);
  const change = { from: line.rate, to: rate, elapsedMs, changedWithinMs: elapsedMs + line.at - line.notBefore };
  const forgottenMs = Math.max(0, lateness.weatherMs - weatherMs);
  return {
    known: carryBounds(known, change, lateness.mostMs, forgottenMs),
    likely: carryBounds(likely, change, lateness.likelyMostMs, 0),
  };
}

interface RateChange {
  readonly from: number;
  readonly to: number;
  readonly elapsedMs: Ms;
  readonly changedWithinMs: Ms;
}

/** @param lateMs a change may be this much older than the report before it, which told nothing of it yet */
function carryBounds({ low, high }: Bounds, rates: RateChange, lateMs: Ms, forgottenMs: Ms): Bounds {
  const { from, to, elapsedMs, changedWithinMs } = rates;
  const run = from * elapsedMs;
  const error = RATE_ERROR * Math.max(Math.abs(from), Math.abs(to)) * elapsedMs;
  const change = (to - from) * (changedWithinMs + lateMs);
  // Lateness is worth as much as the deck runs in it: what it was worth before, less what it will be worth when read.
  const keptMs = lateMs - forgottenMs;
  const below = Math.min(0, from * lateMs) - Math.min(0, to * keptMs);
  const above = Math.max(0, from * lateMs) - Math.max(0, to * keptMs);
  return {
    low: low + run + Math.min(0, change) + below - error,
    high: high + run + Math.max(0, change) + above + error,
  };
}
