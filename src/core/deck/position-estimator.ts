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
import type { Ms, Stamp } from '../clock.ts';
import type { Coordinate } from '../track/beat-grid.ts';
import { APART_MS, HELD_UP_MOST_MS, type ReportDelay } from './report-delay.ts';

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export interface Line {
  readonly coordinate: Coordinate;
  /** When the fields below were true. */
  readonly at: Ms;
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
  readonly reach: number;
  /**
   * Where the playhead turned back last time: beyond it the published place does not run until a report has been there.
   * Else a loop that ends on a cue would run over it at every turn, for as long as its wrap is not yet reported.
   */
  readonly fence: number | null;
  /**
   * A report that contradicts all before it and may be a late one, or come from a source that mixes up their order:
   * believed when the next agrees.
   */
  readonly suspect: Sighting | null;
  /** How often of late a report has contradicted the line, though others agreed in between; null: not lately. */
  readonly doubted: { readonly times: number; readonly at: Ms } | null;
}

/** What one report says of the playhead. */
export interface Sighting {
  readonly coordinate: Coordinate;
  readonly stamp: Stamp;
  /** Bounds at `stamp.at`, were it true as it came. */
  readonly low: number;
  readonly high: number;
  /** Where in them it was if it was told at once; null: nothing says that it was. */
  readonly prompt: Bounds | null;
  /** Where in them it likely is. */
  readonly likely: Bounds;
  /** Where in them it likely is if this is where the playhead landed. */
  readonly landed: Bounds;
  readonly rate: number;
  readonly lateness: ReportDelay;
  /** The furthest place it does not exclude at the time of sending. */
  readonly reach: number;
  /** Where crossing begins if this is where the playhead landed. */
  readonly landing: number;
  readonly isOrderProved: boolean;
  /** The player has put the playhead there, as CUE does. */
  readonly isPut: boolean;
}

export interface Observed {
  readonly line: Line;
  /** The playhead is somewhere else than the line led: where it landed, and where it had been; null: it went on. */
  readonly landing: number | null;
  /** The report and the line had no place in common, but nearly so: the one may have been later than was allowed for. */
  readonly justMissed: boolean;
}

/** How much faster or slower than the playhead the published place may run to catch up [design choice]. */
const SLEW_SHARE = 0.02;
/** Contradictions up to this are errors of our own model: of tempo, delay or clock. A position in ms leaves less to it. */
const CONTRADICTION_MS: Readonly<Record<Coordinate, Ms>> = { beats: 25, ms: 5 };
/** Up to this a hand on the jog wheel has pushed the playhead: a correction within the same pass. More is a jump. */
const NUDGE_MOST_MS: Readonly<Record<Coordinate, Ms>> = { beats: 150, ms: 50 };
/** So is a published place that turns out to be this far from the truth, for all that no single report was. */
const CORRECTION_MOST_MS: Ms = 300;
const MODEL_ERROR_MS: Ms = 5;
/** Error of the rate: the tempo is given in hundredths of BPM (40 ppm at 128), two clocks drift apart (50 ppm). */
const RATE_ERROR = 1e-4;
/** The place between two beats is kept over a jump where it is known to this much, in beats. */
const PHASE_KNOWN_BEATS = 0.25;

/**
 * A report from this far beyond a fence proves that the playhead went over it. Absolute positions come every 30 ms or a
 * little more: the last one before the end of a loop tells of no more than that before it.
 */
const OVER_FENCE_MS: Readonly<Record<Coordinate, Ms>> = { beats: 0, ms: 40 };

/** A report that comes sooner than this after another may be its copy, or was held up with it. */
const CONFIRMS_AFTER_MS: Readonly<Record<Coordinate, Ms>> = { beats: 50, ms: APART_MS };
/** So many contradictions, apart from each other by a beat or so, are believed whatever agreed in between. */
const DOUBTED_MOST_TIMES = 3;
const DOUBTED_APART_MS: Ms = 150;
const DOUBTED_WITHIN_MS: Ms = 1500;

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
  const { low, high } = read(known, line.rate, 0, line.lateness.mostMs);
  return { low, high };
}

/**
 * Bounds as they are, of reports that were true between `leastMs` and `mostMs` before they came: the playhead has gone on
 * since. That it is not behind where it was reported holds whatever the delay, so where the limits are too narrow for
 * what was seen, that bound stands.
 */
function read({ low, high }: Bounds, rate: number, leastMs: Ms, mostMs: Ms): Bounds {
  if (rate >= 0) {
    const behind = low + rate * leastMs;
    return { low: behind, high: Math.max(behind, high + rate * mostMs) };
  }
  const behind = high + rate * leastMs;
  return { low: Math.min(behind, low + rate * mostMs), high: behind };
}

interface Carried {
  readonly known: Bounds;
  readonly likely: Bounds;
}

/** The bounds of a line at `at`, when the rate is `rate` now and changed at some time since the last report was made. */
function carry(line: Line, rate: number, at: Ms): Carried {
  const { known, likely, lateness } = line;
  const elapsedMs = Math.max(0, at - line.at);
  return {
    known: carryBounds(known, line.rate, rate, elapsedMs, lateness.mostMs),
    likely: carryBounds(likely, line.rate, rate, elapsedMs, lateness.likelyMostMs),
  };
}

/** @param lateMs a change may be this much older than the report before it, which told nothing of it yet */
function carryBounds({ low, high }: Bounds, from: number, to: number, elapsedMs: Ms, lateMs: Ms): Bounds {
  const run = from * elapsedMs;
  const error = RATE_ERROR * Math.max(Math.abs(from), Math.abs(to)) * elapsedMs;
  const change = (to - from) * (elapsedMs + lateMs);
  // Lateness is worth as much as the deck runs in it: what it was worth before, less what it will be worth when read.
  const below = Math.min(0, from * lateMs) - Math.min(0, to * lateMs);
  const above = Math.max(0, from * lateMs) - Math.max(0, to * lateMs);
  return {
    low: low + run + Math.min(0, change) + below - error,
    high: high + run + Math.max(0, change) + above + error,
  };
}

/** Takes in a report. */
export function observe(line: Line | null, sighting: Sighting): Observed {
  if (line === null || line.coordinate !== sighting.coordinate) return land(null, sighting);
  if (sighting.isPut) return land(line, sighting);
  const { coordinate, rate } = sighting;
  const { at } = sighting.stamp;
  const expected = carry(line, rate, at);
  // One ms of play in units of the coordinate, to weigh a contradiction of a deck that stands still as well.
  const unitsPerMs = Math.max(Math.abs(line.rate), Math.abs(rate), STILL_UNITS_PER_MS[coordinate]);
  const slack = Math.abs(rate) * sighting.lateness.mostMs;
  const gap = Math.max(sighting.low - expected.known.high, expected.known.low - sighting.high) - slack;
  const isContradiction = gap > CONTRADICTION_MS[coordinate] * unitsPerMs;
  const isJump = gap > NUDGE_MOST_MS[coordinate] * unitsPerMs;
  const settled = isContradiction ? contradict(line, expected.known, sighting, isJump) : null;
  if (settled !== null) return settled;
  const justMissed = gap > 0 && !isContradiction;
  const met = meet(expected, sighting, gap, unitsPerMs);
  const bounds = read(met.known, rate, 0, sighting.lateness.mostMs);
  const aim = aimOf(met, sighting);
  const published = runOn(line, at);
  const isOver = line.fence === null || sighting.low >= line.fence + Math.max(0, rate) * OVER_FENCE_MS[coordinate];
  const fence = isOver ? null : line.fence;
  // Only in steady forward play a step would be felt; a start, a stop or a hand on the platter may move the place.
  const isSteady = line.rate > 0 && rate > 0 && fence === line.fence;
  const starts = line.rate === 0 && rate > 0;
  const moved = within(starts ? Math.max(published, aim) : published, bounds);
  const isFarBehind = coordinate === 'ms' && bounds.low - published > NUDGE_MOST_MS.ms * unitsPerMs;
  const place = isSteady && !isFarBehind ? published : moved;
  const isGuess = line.isGuess && gap <= 0 && (isOutside(place, bounds) || extent(bounds) > PHASE_KNOWN_BEATS);
  const isBack = aim < place;
  if (!(isGuess && isBack) && Math.abs(aim - place) > CORRECTION_MOST_MS * unitsPerMs && isOutside(place, bounds)) {
    const landed = land(line, sighting, met);
    // What lies between is not passed over, and what was passed is not passed again.
    return isBack || rate <= 0 ? landed : { ...landed, landing: Math.max(sighting.landing, place) };
  }
  const runsSince = starts ? at : line.runsSince;
  const doubted = isContradiction ? null : line.doubted;
  return { line: anchor(sighting, met, { place, fence, runsSince, isGuess, doubted }), landing: null, justMissed };
}

/** @param gap by how much the two miss each other; negative: they meet */
function meet({ known, likely }: Carried, sighting: Sighting, gap: number, unitsPerMs: number): Carried {
  const { coordinate, rate, lateness } = sighting;
  // A deck that stands and is moved by hand goes from [n, n + 1) to [n + 1, n + 2): they touch, and do not meet.
  if (gap < 0 || (gap === 0 && rate !== 0)) {
    const both = overlap(known, promptly(known, sighting));
    const likelier = overlap(likely, sighting.likely);
    return { known: both, likely: isLikely(likelier, sighting, unitsPerMs) ? likelier : both };
  }
  const slack = Math.abs(rate) * lateness.mostMs;
  const isAhead = sighting.low > known.low;
  if (gap > 0 && gap <= CONTRADICTION_MS[coordinate] * unitsPerMs) {
    // They just miss each other: the place between them, with a margin.
    const margin = MODEL_ERROR_MS * unitsPerMs;
    const { low, high } = overlap(known, sighting);
    const between = { low: high + slack - margin, high: low - slack + margin };
    return { known: between, likely: between };
  }
  // Pushed, and more likely by a little than by much: at the end of the bounds where it came in.
  const near = isAhead
    ? { low: sighting.low, high: Math.min(sighting.high, sighting.low + gap) }
    : { low: Math.max(sighting.low, sighting.high - gap), high: sighting.high };
  return { known: { low: sighting.low, high: sighting.high }, likely: near };
}

/** The bounds of a report that was told at once, as long as nothing that is known speaks against that: a jump would. */
function promptly(known: Bounds, { low, high, prompt, rate, lateness }: Sighting): Bounds {
  if (prompt === null) return { low, high };
  const slack = Math.abs(rate) * lateness.mostMs;
  const contradiction = Math.max(prompt.low - known.high, known.low - prompt.high);
  return contradiction > slack ? { low, high } : prompt;
}

const extent = ({ low, high }: Bounds): number => high - low;
const shifted = ({ low, high }: Bounds, by: number): Bounds => ({ low: low + by, high: high + by });
const overlap = (a: Bounds, b: Bounds): Bounds => ({ low: Math.max(a.low, b.low), high: Math.min(a.high, b.high) });

/** Tempo of a deck that stands still, for weighing: 120 BPM, and real time. */
const STILL_UNITS_PER_MS: Readonly<Record<Coordinate, number>> = { beats: 120 / 60000, ms: 1 };

const isOutside = (place: number, { low, high }: Bounds): boolean => place < low || place > high;
const within = (place: number, { low, high }: Bounds): number => Math.min(Math.max(place, low), high);

/** Whether what was thought likely still explains the reports. */
function isLikely({ low, high }: Bounds, { rate, lateness }: Sighting, unitsPerMs: number): boolean {
  const slack = Math.abs(rate) * (lateness.likelyMostMs - lateness.likelyLeastMs);
  return low - high <= slack + MODEL_ERROR_MS * unitsPerMs;
}

/** Where the published place should be: in the middle of what is likely, and within what is known. */
function aimOf({ known, likely }: Carried, { rate, lateness }: Sighting): number {
  const { low, high } = read(likely, rate, lateness.likelyLeastMs, lateness.likelyMostMs);
  return within((low + high) / 2, read(known, rate, 0, lateness.mostMs));
}

/**
 * Whether a report tells of a place that the deck has passed: it may have been held up on its way, by a stall of the unit,
 * of the network or of this machine. One that is proved to be the newest tells of no time before the last one.
 */
function mayBeLate(line: Line, now: Bounds, { rate, low, high, isOrderProved }: Sighting): boolean {
  if (rate === 0 || Math.sign(rate) !== Math.sign(line.rate)) return false;
  const run = isOrderProved ? 0 : Math.abs(rate) * HELD_UP_MOST_MS;
  const passed =
    rate > 0
      ? { low: Math.min(line.known.low, now.low - run), high: now.high }
      : { low: now.low, high: Math.max(line.known.high, now.high + run) };
  return extent(overlap(passed, { low, high })) >= 0;
}

/**
 * What comes of a report that contradicts the line; null: a hand has pushed the playhead.
 *
 * What may be late is believed when another agrees with it; of a burst that was held up, the last may.
 */
function contradict(line: Line, now: Bounds, sighting: Sighting, isJump: boolean): Observed | null {
  const { suspect } = line;
  const doubted = doubtedOnce(line, sighting);
  if (doubted !== null && doubted.times >= DOUBTED_MOST_TIMES) return isJump ? land(line, sighting) : null;
  const suspected: Observed = { line: { ...line, suspect: sighting, doubted }, landing: null, justMissed: false };
  if ((isJump || !sighting.isOrderProved) && mayBeLate(line, now, sighting)) {
    const isOfOneBurst =
      suspect !== null && sighting.stamp.at - suspect.stamp.at < CONFIRMS_AFTER_MS[sighting.coordinate];
    const confirmed = isOfOneBurst ? null : confirm(line, sighting);
    return confirmed === null ? suspected : isJump ? confirmed : null;
  }
  if (!isJump) return null;
  if (sighting.isOrderProved) return land(line, sighting);
  // Two that contradict each other as well: a search or a scratch, of which the newest knows most.
  return suspect === null ? suspected : (confirm(line, sighting) ?? land(line, sighting));
}

/** Late reports are one here, one there; the line that every beat contradicts is wrong. */
function doubtedOnce({ doubted }: Line, { coordinate, stamp: { notBefore, at } }: Sighting): Line['doubted'] {
  const sinceMs = doubted === null ? Infinity : at - doubted.at;
  if (coordinate !== 'beats' || at - notBefore >= APART_MS || sinceMs < DOUBTED_APART_MS) return doubted;
  return { times: doubted !== null && sinceMs < DOUBTED_WITHIN_MS ? doubted.times + 1 : 1, at };
}

/** A report that agrees with the suspect of a line; null: it does not, or there is none. */
function confirm(line: Line, sighting: Sighting): Observed | null {
  const { suspect } = line;
  if (suspect === null) return null;
  const confirmed = observe(land(line, suspect).line, { ...sighting, isOrderProved: false });
  const isSo = confirmed.landing === null && confirmed.line.suspect === null;
  return isSo ? { ...confirmed, landing: suspect.landing } : null;
}

/**
 * @param from the line the playhead was thought to be on; null: there was none, or it counted otherwise
 * @param bounds what is known and likely of the new place; without them what the report says
 */
function land(from: Line | null, sighting: Sighting, bounds: Carried | null = null): Observed {
  const { low, high, rate, stamp } = sighting;
  const kept = from === null || bounds !== null ? null : keptPhase(from, sighting);
  const met = bounds ?? { known: { low, high }, likely: kept ?? sighting.landed };
  const place = aimOf(met, sighting);
  const line = anchor(sighting, met, {
    place,
    fence: fenceOf(from, sighting),
    runsSince: -Infinity,
    isGuess: kept !== null,
    doubted: null,
  });
  // What was passed within what is reported is not passed again.
  const published = from === null || rate <= 0 ? low : runOn(from, stamp.at);
  const isWithin = published > low && published < high;
  return { line, landing: isWithin ? Math.max(sighting.landing, published) : sighting.landing, justMissed: false };
}

/** How far the playhead is known to have come where it turned back: over that it may not go again. */
function fenceOf(from: Line | null, { landing }: Sighting): number | null {
  if (from === null || landing >= from.reach) return null;
  return from.fence !== null && landing < from.fence ? Math.min(from.fence, from.reach) : from.reach;
}

/**
 * Where the playhead is if it has jumped by whole beats, as beat jumps, loops and quantized cues do; null: it did not, or
 * its place between two beats was not known.
 */
function keptPhase(from: Line, { coordinate, stamp, rate, lateness, low, high }: Sighting): Bounds | null {
  if (coordinate !== 'beats' || from.rate <= 0 || rate <= 0) return null;
  const { likely } = carry(from, rate, stamp.at);
  const before = read(likely, rate, lateness.likelyLeastMs, lateness.likelyMostMs);
  if (extent(before) > PHASE_KNOWN_BEATS) return null;
  // Close to a beat it may be at the start or at the end of the reported one: at the start, where loops come in.
  const beats = Math.ceil(low - before.high);
  const reported = read({ low, high }, rate, 0, lateness.likelyMostMs);
  const fits = (by: number): number => extent(overlap(shifted(before, by), reported));
  return overlap(shifted(likely, fits(beats) >= fits(beats + 1) ? beats : beats + 1), { low, high });
}

/** The line of a deck that has stopped somewhere since its last report, and does not say where. */
export function halt(line: Line, at: Ms): Line {
  const place = runOn(line, at);
  return { ...line, at, place, ...carry(line, 0, at), rate: 0, slewRate: 0, slewUntil: at, suspect: null };
}

/** The line from a report on, its published place on the way to where it should be. */
function anchor(
  sighting: Sighting,
  { known, likely }: Carried,
  way: Pick<Line, 'place' | 'fence' | 'runsSince' | 'isGuess' | 'doubted'>,
): Line {
  const { rate, coordinate, stamp, lateness, reach } = sighting;
  const correction = aimOf({ known, likely }, sighting) - way.place;
  const slewSpeed = Math.abs(rate) * SLEW_SHARE;
  return {
    coordinate,
    at: stamp.at,
    rate,
    known,
    likely,
    lateness,
    ...way,
    slewRate: rate + Math.sign(correction) * slewSpeed,
    slewUntil: slewSpeed === 0 ? stamp.at : stamp.at + Math.abs(correction) / slewSpeed,
    reach,
    suspect: null,
  };
}
