/** A report is taken in: it narrows the line, corrects it, is doubted, or proves that the playhead went elsewhere. */
import type { Ms } from '../clock.ts';
import type { Coordinate } from '../track/beat-grid.ts';
import { type Bounds, extent, isOutside, overlap, shifted, within } from './bounds.ts';
import { type Carried, carry, type Line, read, runOn } from './line.ts';
import { APART_MS, HELD_UP_MOST_MS } from './report-delay.ts';
import type { Sighting } from './sighting.ts';

export interface Observed {
  readonly line: Line;
  /** The playhead is somewhere else than the line led: where it landed, and where it had been; null: it went on. */
  readonly jumpTarget: number | null;
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
/** The place between two beats is kept over a jump where it is known to this much, in beats. */
const PHASE_KNOWN_BEATS = 0.25;

/**
 * A report from this far beyond the loop-end guard proves that the playhead went over it. Absolute positions come every 30 ms or a
 * little more: the last one before the end of a loop tells of no more than that before it.
 */
const OVER_GUARD_MS: Readonly<Record<Coordinate, Ms>> = { beats: 0, ms: 40 };

/** A report that comes sooner than this after another may be its copy, or was held up with it. */
const CONFIRMS_AFTER_MS: Readonly<Record<Coordinate, Ms>> = { beats: 50, ms: APART_MS };
/** So many contradictions, apart from each other by a beat or so, are believed whatever agreed in between. */
const DOUBTED_MOST_TIMES = 3;
const DOUBTED_APART_MS: Ms = 150;
const DOUBTED_WITHIN_MS: Ms = 1500;

/** Takes in a report. */
export function observe(line: Line | null, sighting: Sighting): Observed {
  if (line === null || line.coordinate !== sighting.coordinate) return jumpTo(null, sighting);
  if (sighting.isCueReturn) return jumpTo(line, sighting);
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
  const isOver =
    line.loopEndGuard === null || sighting.low >= line.loopEndGuard + Math.max(0, rate) * OVER_GUARD_MS[coordinate];
  const loopEndGuard = isOver ? null : line.loopEndGuard;
  // Only in steady forward play a step would be felt; a start, a stop or a hand on the platter may move the place.
  const isSteady = line.rate > 0 && rate > 0 && loopEndGuard === line.loopEndGuard;
  const starts = line.rate === 0 && rate > 0;
  const moved = within(starts ? Math.max(published, aim) : published, bounds);
  const isFarBehind = coordinate === 'ms' && bounds.low - published > NUDGE_MOST_MS.ms * unitsPerMs;
  const place = isSteady && !isFarBehind ? published : moved;
  const isGuess = line.isGuess && gap <= 0 && (isOutside(place, bounds) || extent(bounds) > PHASE_KNOWN_BEATS);
  const isBack = aim < place;
  if (!(isGuess && isBack) && Math.abs(aim - place) > CORRECTION_MOST_MS * unitsPerMs && isOutside(place, bounds)) {
    const jumped = jumpTo(line, sighting, met);
    // What lies between is not passed over, and what was passed is not passed again.
    return isBack || rate <= 0 ? jumped : { ...jumped, jumpTarget: Math.max(sighting.jumpTarget, place) };
  }
  const runsSince = starts ? at : line.runsSince;
  const doubted = isContradiction ? null : line.doubted;
  return {
    line: anchor(sighting, met, { place, loopEndGuard, runsSince, isGuess, doubted }),
    jumpTarget: null,
    justMissed,
  };
}

/** @param gap by how much the two miss each other; negative: they meet */
function meet({ known, likely }: Carried, sighting: Sighting, gap: number, unitsPerMs: number): Carried {
  const { coordinate, rate, lateness } = sighting;
  // A deck that stands and is moved by hand goes from [n, n + 1) to [n + 1, n + 2): they touch, and do not meet.
  if (gap < 0 || (gap === 0 && rate !== 0)) {
    const both = overlap(known, sentAtOnceBounds(known, sighting));
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
function sentAtOnceBounds(known: Bounds, { low, high, ifSentAtOnce, rate, lateness }: Sighting): Bounds {
  if (ifSentAtOnce === null) return { low, high };
  const slack = Math.abs(rate) * lateness.mostMs;
  const contradiction = Math.max(ifSentAtOnce.low - known.high, known.low - ifSentAtOnce.high);
  return contradiction > slack ? { low, high } : ifSentAtOnce;
}

/** Tempo of a deck that stands still, for weighing: 120 BPM, and real time. */
const STILL_UNITS_PER_MS: Readonly<Record<Coordinate, number>> = { beats: 120 / 60000, ms: 1 };

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
  if (doubted !== null && doubted.times >= DOUBTED_MOST_TIMES) return isJump ? jumpTo(line, sighting) : null;
  const suspected: Observed = { line: { ...line, suspect: sighting, doubted }, jumpTarget: null, justMissed: false };
  if ((isJump || !sighting.isOrderProved) && mayBeLate(line, now, sighting)) {
    const isOfOneBurst =
      suspect !== null && sighting.stamp.at - suspect.stamp.at < CONFIRMS_AFTER_MS[sighting.coordinate];
    const confirmed = isOfOneBurst ? null : confirm(line, sighting);
    return confirmed === null ? suspected : isJump ? confirmed : null;
  }
  if (!isJump) return null;
  if (sighting.isOrderProved) return jumpTo(line, sighting);
  // Two that contradict each other as well: a search or a scratch, of which the newest knows most.
  return suspect === null ? suspected : (confirm(line, sighting) ?? jumpTo(line, sighting));
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
  const confirmed = observe(jumpTo(line, suspect).line, { ...sighting, isOrderProved: false });
  const isSo = confirmed.jumpTarget === null && confirmed.line.suspect === null;
  return isSo ? { ...confirmed, jumpTarget: suspect.jumpTarget } : null;
}

/**
 * @param from the line the playhead was thought to be on; null: there was none, or it counted otherwise
 * @param bounds what is known and likely of the new place; without them what the report says
 */
function jumpTo(from: Line | null, sighting: Sighting, bounds: Carried | null = null): Observed {
  const { low, high, rate, stamp } = sighting;
  const kept = from === null || bounds !== null ? null : keptPhase(from, sighting);
  const met = bounds ?? { known: { low, high }, likely: kept ?? sighting.afterJump };
  const place = aimOf(met, sighting);
  const line = anchor(sighting, met, {
    place,
    loopEndGuard: loopEndGuardOf(from, sighting),
    runsSince: -Infinity,
    isGuess: kept !== null,
    doubted: null,
  });
  // What was passed within what is reported is not passed again.
  const published = from === null || rate <= 0 ? low : runOn(from, stamp.at);
  const isWithin = published > low && published < high;
  return {
    line,
    jumpTarget: isWithin ? Math.max(sighting.jumpTarget, published) : sighting.jumpTarget,
    justMissed: false,
  };
}

/** How far the playhead is known to have come where it turned back: over that it may not go again. */
function loopEndGuardOf(from: Line | null, { jumpTarget }: Sighting): number | null {
  if (from === null || jumpTarget >= from.upperLimit) return null;
  return from.loopEndGuard !== null && jumpTarget < from.loopEndGuard
    ? Math.min(from.loopEndGuard, from.upperLimit)
    : from.upperLimit;
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
  way: Pick<Line, 'place' | 'loopEndGuard' | 'runsSince' | 'isGuess' | 'doubted'>,
): Line {
  const { rate, coordinate, stamp, lateness, upperLimit } = sighting;
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
    upperLimit,
    suspect: null,
  };
}
