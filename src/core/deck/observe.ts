/** A report is taken in: it narrows the line, corrects it, is doubted, or proves that the playhead went elsewhere. */
import type { Ms } from '../clock.ts';
import type { Coordinate } from '../track/beat-grid.ts';
import { HELD_UP_MOST_MS } from './arrival.ts';
import { type Bounds, extent, isOutside, overlap, shifted, within } from './bounds.ts';
import { type Carried, carry, type Line, likelyOf, mostOf, placeAt, read, runOn, type Suspect } from './line.ts';
import { APART_MS } from './report-delay.ts';
import type { Sighting } from './sighting.ts';
import { DELAY_MOST_MS } from './weather.ts';

export interface Observed {
  readonly line: Line;
  /** The playhead is somewhere else than the line led: where it landed, and where it had been; null: it went on. */
  readonly jumpTarget: number | null;
  /** When that was first reported, and how far the line had come by then; null: just now. */
  readonly borneOut: Pick<Suspect, 'since' | 'doubtedFrom'> | null;
  /** By how much the report and the line just missed each other: one was later than was allowed for; 0: they met. */
  readonly missedMs: Ms;
}

const NO_JUMP = { jumpTarget: null, borneOut: null, missedMs: 0 } as const;

/** How much faster or slower than the playhead the published place may run to catch up [design choice]. */
const SLEW_SHARE = 0.02;
/** Contradictions up to this are errors of our own model: of tempo, delay or clock. A position in ms leaves less to it. */
const CONTRADICTION_MS: Readonly<Record<Coordinate, Ms>> = { beats: 25, ms: 5 };
/** Up to this a hand on the jog wheel has pushed the playhead: a correction within the same pass. More is a jump. */
const NUDGE_MOST_MS: Readonly<Record<Coordinate, Ms>> = { beats: 150, ms: 50 };
/** A published place that is further off than this does not slew back: it is set right at once [design choice]. */
const CORRECTION_MOST_MS: Readonly<Record<Coordinate, Ms>> = { beats: 300, ms: 50 };
const MODEL_ERROR_MS: Ms = 5;
/** The place between two beats is kept over a jump where it is known to this much, in beats. */
const PHASE_KNOWN_BEATS = 0.25;

/**
 * A report from this far beyond the loop-end guard proves that the playhead went over it. Absolute positions come every 30 ms or a
 * little more: the last one before the end of a loop tells of no more than that before it.
 */
const OVER_GUARD_MS: Readonly<Record<Coordinate, Ms>> = { beats: 0, ms: 40 };

/** A report that lateness may explain is borne out by one that comes this much later, at the soonest. */
const BORNE_OUT_AFTER_MS: Readonly<Record<Coordinate, Ms>> = { beats: 150, ms: 300 };
/** A report that comes sooner than this after another may be its copy, or was held up with it. */
const NO_COPY_AFTER_MS: Readonly<Record<Coordinate, Ms>> = { beats: 50, ms: APART_MS };

/** How a report and a line compare. */
interface Comparison {
  /** The line as it leads to the report. */
  readonly expected: Carried;
  /** One ms of play in units of the coordinate, to weigh a contradiction of a deck that stands still as well. */
  readonly unitsPerMs: number;
  /** By how much the two miss each other, all delays allowed for; negative: they meet. */
  readonly gap: number;
  readonly isContradiction: boolean;
  /** Too far for a hand that pushes the platter. */
  readonly isFar: boolean;
  /** The report tells of a place that the deck has passed. */
  readonly isBehind: boolean;
  /** How late the report may be at most, as far as those before it show. */
  readonly lateMostMs: Ms;
}

/** Takes in a report. */
export function observe(line: Line | null, sighting: Sighting): Observed {
  if (line === null || line.coordinate !== sighting.coordinate) return jumpTo(null, sighting);
  if (sighting.isCueReturn) return jumpTo(line, sighting);
  const comparison = compare(line, sighting);
  const heard: Line = { ...line, heardAt: sighting.stamp.at, lateMostMs: comparison.lateMostMs };
  const settled = comparison.isContradiction ? contradict(heard, sighting, comparison) : null;
  return settled ?? agree(heard, sighting, comparison);
}

function compare(line: Line, sighting: Sighting): Comparison {
  const { coordinate, rate, lateness, queue, stamp, low, high } = sighting;
  const expected = carry(line, rate, stamp.at, lateness.weatherMs);
  const unitsPerMs = Math.max(Math.abs(line.rate), Math.abs(rate), STILL_UNITS_PER_MS[coordinate]);
  const [ahead, behind] = [low - expected.known.high, expected.known.low - high];
  const gap = Math.max(ahead, behind) - Math.abs(rate) * lateness.mostMs;
  return {
    expected,
    unitsPerMs,
    gap,
    isContradiction: gap > CONTRADICTION_MS[coordinate] * unitsPerMs,
    isFar: gap > NUDGE_MOST_MS[coordinate] * unitsPerMs,
    isBehind: rate >= 0 ? behind > ahead : ahead > behind,
    lateMostMs: Math.max(0, line.lateMostMs + stamp.at - line.heardAt - queue.leastApartMs),
  };
}

/** A report that goes with the line, or corrects it. */
function agree(line: Line, sighting: Sighting, comparison: Comparison): Observed {
  const { coordinate, rate } = sighting;
  const { at } = sighting.stamp;
  const { gap, unitsPerMs, isContradiction } = comparison;
  const met = meet(sighting, comparison);
  const bounds = read(met.known, rate, mostOf(sighting.lateness));
  const aim = aimOf(met, sighting);
  const published = runOn(line, at);
  const isOver =
    line.loopEndGuard === null || sighting.low >= line.loopEndGuard + Math.max(0, rate) * OVER_GUARD_MS[coordinate];
  const loopEndGuard = isOver ? null : line.loopEndGuard;
  // Only in steady forward play a step would be felt; a start, a stop or a hand on the platter may move the place.
  const isSteady = line.rate > 0 && rate > 0 && loopEndGuard === line.loopEndGuard;
  const starts = line.rate === 0 && rate > 0;
  const moved = within(starts ? Math.max(published, aim) : published, bounds);
  // A place that turns out to be far off is set right at once. That is no jump: nothing that was passed is passed again.
  const offBy = Math.max(bounds.low - published, published - bounds.high);
  const place = isSteady && offBy <= CORRECTION_MOST_MS[coordinate] * unitsPerMs ? published : moved;
  const isGuess = line.isGuess && gap <= 0 && (isOutside(place, bounds) || extent(bounds) > PHASE_KNOWN_BEATS);
  const next = anchor(sighting, met, {
    place,
    loopEndGuard,
    runsSince: starts ? at : line.runsSince,
    isGuess,
    heardAt: at,
    lateMostMs: lateMostAfter(line, sighting, bounds),
    suspect: isContradiction ? null : stillSuspect(line, sighting),
  });
  return { line: next, jumpTarget: null, borneOut: null, missedMs: gap > 0 ? gap / unitsPerMs : 0 };
}

/** How late a report was at most that agrees with the line: since it left the deck has not gone further than to `bounds`. */
function lateMostAfter({ lateMostMs }: Line, { rate, low, high, queue }: Sighting, bounds: Bounds): Ms {
  const ranMs = rate > 0 ? (bounds.high - low) / rate : rate < 0 ? (high - bounds.low) / -rate : 0;
  return Math.min(lateMostMs, ranMs, queue.isHeldUp ? Infinity : queue.inTurnMostMs);
}

/** A suspicion outlives a report that both lines explain. */
function stillSuspect({ suspect }: Line, sighting: Sighting): Suspect | null {
  if (suspect === null) return null;
  const followed = follow(suspect, sighting);
  return followed === null ? null : { ...suspect, line: followed };
}

function meet(
  sighting: Sighting,
  { expected: { known, likely }, gap, unitsPerMs, isContradiction, isBehind }: Comparison,
): Carried {
  const { rate } = sighting;
  const told = { low: sighting.low, high: sighting.high };
  // A deck that stands and is moved by hand goes from [n, n + 1) to [n + 1, n + 2): they touch, and do not meet.
  if (gap < 0 || (gap === 0 && rate !== 0)) {
    const both = overlap(known, sentAtOnceBounds(known, sighting));
    const likelier = overlap(likely, sighting.likely);
    return { known: both, likely: isLikely(likelier, sighting, unitsPerMs) ? likelier : both };
  }
  if (!isContradiction && rate !== 0) {
    // They just miss each other: one of them was later than was allowed for. One behind the line shows no more than that.
    return isBehind ? { known, likely: known } : { known: told, likely: told };
  }
  // Pushed, and more likely by a little than by much: at the end of the bounds where it came in.
  const near =
    told.low > known.low
      ? { low: told.low, high: Math.min(told.high, told.low + gap) }
      : { low: Math.max(told.low, told.high - gap), high: told.high };
  return { known: told, likely: near };
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
  const { low, high } = read(likely, rate, likelyOf(lateness));
  return within((low + high) / 2, read(known, rate, mostOf(lateness)));
}

/**
 * What comes of a report that contradicts the line; null: it corrects the line.
 *
 * One that tells of a place that the deck has passed may be late, one that runs ahead may show that those before it were.
 * What lateness can explain is no jump: not before others bear it out for longer than reports are held up.
 */
function contradict(line: Line, sighting: Sighting, comparison: Comparison): Observed | null {
  const { isFar, isBehind } = comparison;
  const mayBeLate = isBehind && isLateExplained(line, sighting, comparison);
  if (mayBeLate || !sighting.isOrderProved) {
    if (!isBehind && isCatchUp(line, sighting, comparison)) return null;
    const borneOutMs = mayBeLate
      ? Math.max(BORNE_OUT_AFTER_MS[sighting.coordinate], sighting.queue.heldUpMs)
      : NO_COPY_AFTER_MS[sighting.coordinate] + 2 * (sighting.lateness.weatherMs - DELAY_MOST_MS);
    return suspectedUntil(line, sighting, borneOutMs, isFar, mayBeLate);
  }
  return isFar && (isBehind || !isCatchUp(line, sighting, comparison)) ? jumpTo(line, sighting) : null;
}

/** Whether a report that tells of a place behind the line may have been on its way for so long. */
function isLateExplained(line: Line, sighting: Sighting, { gap, lateMostMs }: Comparison): boolean {
  const { rate, queue, lateness, playRate, isOrderProved } = sighting;
  // A deck that stands has told the same place for a while, but for what came out of order: in fair weather nothing does.
  if (rate === 0) return line.rate === 0 && gap <= playRate * strayMs(sighting);
  if (Math.sign(rate) !== Math.sign(line.rate)) return false;
  const neededMs = gap / Math.abs(rate) + lateness.mostMs;
  return neededMs <= Math.max(lateMostMs, isOrderProved ? 0 : queue.overtakesMs);
}

/** How far out of order a report may have come; 0: in fair weather none does. */
const strayMs = ({ isOrderProved, lateness, queue }: Sighting): Ms =>
  isOrderProved || lateness.weatherMs <= DELAY_MOST_MS ? 0 : queue.overtakesMs;

/** Whether a report ahead of the line only shows that those before it were late, or that the deck has begun to play. */
function isCatchUp(line: Line, sighting: Sighting, { gap, unitsPerMs }: Comparison): boolean {
  const { queue, rate, playRate, stamp, lateness } = sighting;
  if (rate === 0) return gap <= playRate * (stamp.at - line.notBefore + Math.max(lateness.mostMs, strayMs(sighting)));
  return gap <= queue.backlogMs * unitsPerMs;
}

/** A report is not believed until another agrees with it that comes so much later. */
function suspectedUntil(
  line: Line,
  sighting: Sighting,
  borneOutMs: Ms,
  isFar: boolean,
  mayBeLate: boolean,
): Observed | null {
  const { suspect } = line;
  const followed = suspect === null ? null : follow(suspect, sighting);
  if (suspect === null || followed === null) {
    // Two that contradict each other as well: a search or a scratch, of which the newest knows most.
    if (suspect !== null && isFar && !mayBeLate) return jumpTo(line, sighting);
    const { line: other, jumpTarget } = jumpTo(line, sighting);
    return {
      line: {
        ...line,
        suspect: {
          line: other,
          jumpTarget: jumpTarget ?? sighting.jumpTarget,
          since: sighting.stamp.at,
          doubtedFrom: suspect?.doubtedFrom ?? placeAt(line, sighting.stamp.at),
          isFar: isFar && mayBeLate,
        },
      },
      ...NO_JUMP,
    };
  }
  if (sighting.stamp.at - suspect.since >= borneOutMs) {
    return isFar ? { line: followed, jumpTarget: suspect.jumpTarget, borneOut: suspect, missedMs: 0 } : null;
  }
  return { line: { ...line, suspect: { ...suspect, line: followed } }, ...NO_JUMP };
}

/** The line of a suspicion with a report that goes with it; null: the report does not. */
function follow({ line }: Suspect, sighting: Sighting): Line | null {
  const comparison = compare(line, sighting);
  return comparison.isContradiction ? null : agree({ ...line, suspect: null }, sighting, comparison).line;
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
    loopEndGuard: sighting.notYetAt ?? loopEndGuardOf(from, sighting),
    runsSince: -Infinity,
    isGuess: kept !== null,
    heardAt: stamp.at,
    lateMostMs: Math.min(
      from?.lateMostMs ?? HELD_UP_MOST_MS,
      sighting.queue.isHeldUp ? Infinity : sighting.queue.inTurnMostMs,
    ),
    suspect: null,
  });
  // What was passed within what is reported is not passed again.
  const published = from === null || rate <= 0 ? low : runOn(from, stamp.at);
  const isWithin = published > low && published < high;
  return {
    line,
    jumpTarget: isWithin ? Math.max(sighting.jumpTarget, published) : sighting.jumpTarget,
    borneOut: null,
    missedMs: 0,
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
  const before = read(likely, rate, likelyOf(lateness));
  if (extent(before) > PHASE_KNOWN_BEATS) return null;
  // Close to a beat it may be at the start or at the end of the reported one: at the start, where loops come in.
  const beats = Math.ceil(low - before.high);
  const reported = read({ low, high }, rate, { leastMs: 0, mostMs: lateness.likelyMostMs, widthMs: 0 });
  const fits = (by: number): number => extent(overlap(shifted(before, by), reported));
  return overlap(shifted(likely, fits(beats) >= fits(beats + 1) ? beats : beats + 1), { low, high });
}

/** The line of a deck that has stopped somewhere since its last report, and does not say where. */
export function halt(line: Line, at: Ms): Line {
  const place = runOn(line, at);
  return {
    ...line,
    at,
    notBefore: at,
    place,
    ...carry(line, 0, at),
    rate: 0,
    slewRate: 0,
    slewUntil: at,
    suspect: null,
  };
}

/** The line from a report on, its published place on the way to where it should be. */
function anchor(
  sighting: Sighting,
  { known, likely }: Carried,
  way: Pick<Line, 'place' | 'loopEndGuard' | 'runsSince' | 'isGuess' | 'heardAt' | 'lateMostMs' | 'suspect'>,
): Line {
  const { rate, coordinate, stamp, lateness, upperLimit } = sighting;
  const correction = aimOf({ known, likely }, sighting) - way.place;
  const slewSpeed = Math.abs(rate) * SLEW_SHARE;
  return {
    coordinate,
    at: stamp.at,
    notBefore: stamp.notBefore,
    rate,
    known,
    likely,
    lateness,
    ...way,
    slewRate: rate + Math.sign(correction) * slewSpeed,
    slewUntil: slewSpeed === 0 ? stamp.at : stamp.at + Math.abs(correction) / slewSpeed,
    upperLimit,
  };
}
