/**
 * Where a playhead is, as a line and an interval around it, in the coordinate its source speaks: beats or milliseconds.
 *
 * A report does not say where the playhead is, only between which bounds: "beat 12" means [12, 13) at the time of
 * sending. Carried along the line, those bounds are intersected, and each report narrows them. Bounds that do not meet
 * mean that the playhead went elsewhere: a jump, a loop, a cue.
 *
 * Two things are kept apart. The *interval* is what is known. The *published* place is what the rest of the program sees:
 * it moves smoothly towards the middle of the interval and never steps back while the deck plays forward.
 */
import type { Ms, Stamp } from './clock.ts';

export type Coordinate = 'beats' | 'ms';

export interface Line {
  readonly coordinate: Coordinate;
  /** When the fields below were true. */
  readonly at: Ms;
  /** The published place at `at`. */
  readonly place: number;
  /** Coordinate units per ms; 0 still, negative backwards. */
  readonly rate: number;
  /** What is known: the playhead was between these at `at`. */
  readonly low: number;
  readonly high: number;
  /** Until then the published place runs at `slewRate`, to reach the middle of the interval. */
  readonly slewUntil: Ms;
  readonly slewRate: number;
  /** The furthest place that its last report did not exclude. */
  readonly reach: number;
  /**
   * Where the playhead turned back last time: beyond it the published place does not run until a report has been there.
   * Else a loop that ends on a cue would run over it at every turn, for as long as its wrap is not yet reported.
   */
  readonly fence: number | null;
  /** A report that contradicts all before it, from a source that may mix up their order: believed when the next agrees. */
  readonly suspect: Sighting | null;
}

/** What one report says of the playhead. */
export interface Sighting {
  readonly coordinate: Coordinate;
  readonly stamp: Stamp;
  /** Bounds at `stamp.at`. */
  readonly low: number;
  readonly high: number;
  readonly rate: number;
  /** The furthest place it does not exclude at the time of sending. */
  readonly reach: number;
  /** Where crossing begins if this is where the playhead landed. */
  readonly landing: number;
  readonly isOrderProved: boolean;
}

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export interface Observed {
  readonly line: Line;
  /** The playhead is somewhere else than the line led: where it landed, and where it had been; null: it went on. */
  readonly landing: number | null;
}

/** Longest time a datagram of the local network is on its way, and a status may lag behind its beat [C UE: 3 to 13 ms]. */
export const DELAY_MOST_MS: Ms = 10;
export const LAG_MOST_MS: Ms = 13;

/** How much faster or slower than the playhead the published place may run to catch up [design choice]. */
const SLEW_SHARE = 0.02;
/** Contradictions up to this are errors of our own model: of tempo, delay or clock. */
const CONTRADICTION_MS: Ms = 25;
/** Up to this a hand on the jog wheel has pushed the playhead: a correction within the same pass. More is a jump. */
const NUDGE_MOST_MS: Ms = 150;
/** So is a published place that turns out to be this far from the truth, for all that no single report was. */
const CORRECTION_MOST_MS: Ms = 300;
const MODEL_ERROR_MS: Ms = 5;
/** Error of the rate: the tempo is given in hundredths of BPM (40 ppm at 128), two clocks drift apart (50 ppm). */
const RATE_ERROR = 1e-4;

/** How far before a fence the published place stops, in beats or ms. */
const FENCE_MARGIN = 1e-3;

/** Where the published place is at a moment; before `line.at`: there. */
export function placeAt(line: Line, at: Ms): number {
  const place = runOn(line, at);
  return line.fence === null ? place : Math.min(place, line.fence - FENCE_MARGIN);
}

/** The same, as if nothing stood in its way: where timecode runs on to, for which a wait would be a stumble. */
export function runOn(line: Line, at: Ms): number {
  if (at <= line.at) return line.place;
  const slewEnd = Math.min(at, Math.max(line.at, line.slewUntil));
  return line.place + line.slewRate * (slewEnd - line.at) + line.rate * (at - slewEnd);
}

/** When the published place of a line going forward is at `place`, before `line.at` too; null: never on this line. */
export function timeOfPlace(line: Line, place: number): Ms | null {
  if (line.fence !== null && place > line.fence - FENCE_MARGIN) return null;
  if (place <= line.place) return line.rate > 0 ? line.at - (line.place - place) / line.rate : null;
  const slewMs = Math.max(0, line.slewUntil - line.at);
  const slewEndPlace = line.place + line.slewRate * slewMs;
  if (place <= slewEndPlace) return line.at + (place - line.place) / line.slewRate;
  return line.rate > 0 ? line.at + slewMs + (place - slewEndPlace) / line.rate : null;
}

/** What is known of the place at a moment. */
export function boundsAt(line: Line, at: Ms): Bounds {
  return carry(line, line.rate, at);
}

/**
 * The bounds at `at`, when the rate is `rate` now and changed at some time since the last report was made: it has been on
 * its way since, so a change may be older than its arrival.
 */
function carry(line: Line, rate: number, at: Ms): Bounds {
  const elapsedMs = Math.max(0, at - line.at);
  const error = RATE_ERROR * Math.max(Math.abs(line.rate), Math.abs(rate)) * elapsedMs;
  const run = line.rate * elapsedMs;
  const change = (rate - line.rate) * (elapsedMs + DELAY_MOST_MS + LAG_MOST_MS);
  return { low: line.low + run + Math.min(0, change) - error, high: line.high + run + Math.max(0, change) + error };
}

/** Takes in a report. */
export function observe(line: Line | null, sighting: Sighting): Observed {
  if (line === null || line.coordinate !== sighting.coordinate) return land(null, sighting, sighting);
  const { at } = sighting.stamp;
  const expected = carry(line, sighting.rate, at);
  // One ms of play in units of the coordinate, to weigh a contradiction of a deck that stands still as well.
  const unitsPerMs = Math.max(Math.abs(line.rate), Math.abs(sighting.rate), STILL_UNITS_PER_MS[line.coordinate]);
  const gap = Math.max(sighting.low - expected.high, expected.low - sighting.high);
  if (gap > NUDGE_MOST_MS * unitsPerMs) return contradict(line, sighting);
  const bounds = gap > CONTRADICTION_MS * unitsPerMs ? sighting : meet(expected, sighting, MODEL_ERROR_MS * unitsPerMs);
  const middle = (bounds.low + bounds.high) / 2;
  const published = runOn(line, at);
  const fence = line.fence !== null && sighting.low < line.fence ? line.fence : null;
  // Only in steady forward play a step would be felt; a start, a stop or a hand on the platter may move the place.
  const isSteady = line.rate > 0 && sighting.rate > 0 && fence === line.fence;
  const place = isSteady ? published : Math.min(Math.max(published, bounds.low), bounds.high);
  if (Math.abs(middle - place) > CORRECTION_MOST_MS * unitsPerMs && isOutside(place, bounds)) {
    return land(line, sighting, bounds);
  }
  return { line: anchor(sighting, bounds, place, fence), landing: null };
}

/** Where two intervals overlap; where they just miss each other, the place between them, with a margin. */
function meet(a: Bounds, b: Bounds, margin: number): Bounds {
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return low <= high ? { low, high } : { low: high - margin, high: low + margin };
}

/** Tempo of a deck that stands still, for weighing: 120 BPM, and real time. */
const STILL_UNITS_PER_MS: Readonly<Record<Coordinate, number>> = { beats: 120 / 60000, ms: 1 };

const isOutside = (place: number, { low, high }: Bounds): boolean => place < low || place > high;

function contradict(line: Line, sighting: Sighting): Observed {
  const { suspect } = line;
  if (sighting.isOrderProved) return land(line, sighting, sighting);
  if (suspect === null) return { line: { ...line, suspect: sighting }, landing: null };
  const suspected = land(line, suspect, suspect).line;
  const confirmed = observe(suspected, { ...sighting, isOrderProved: true });
  // Two that contradict each other as well: a search or a scratch, of which the newest knows most.
  return confirmed.landing === null
    ? { line: confirmed.line, landing: suspect.landing }
    : land(line, sighting, sighting);
}

/** @param from the line the playhead was thought to be on; null: there was none, or it counted otherwise */
function land(from: Line | null, sighting: Sighting, bounds: Bounds): Observed {
  const place = (bounds.low + bounds.high) / 2;
  const turnedBack = from !== null && place < from.reach;
  return { line: anchor(sighting, bounds, place, turnedBack ? from.reach : null), landing: sighting.landing };
}

/** The line of a deck that has stopped somewhere since its last report, and does not say where. */
export function halt(line: Line, at: Ms): Line {
  const place = runOn(line, at);
  return { ...line, at, place, ...carry(line, 0, at), rate: 0, slewRate: 0, slewUntil: at, suspect: null };
}

/** The line from a report on, its published place on the way to the middle of the bounds. */
function anchor(sighting: Sighting, { low, high }: Bounds, place: number, fence: number | null): Line {
  const { rate, coordinate, stamp, reach } = sighting;
  const correction = (low + high) / 2 - place;
  const slewSpeed = Math.abs(rate) * SLEW_SHARE;
  return {
    coordinate,
    at: stamp.at,
    place,
    rate,
    low,
    high,
    slewRate: rate + Math.sign(correction) * slewSpeed,
    slewUntil: slewSpeed === 0 ? stamp.at : stamp.at + Math.abs(correction) / slewSpeed,
    reach,
    fence,
    suspect: null,
  };
}
