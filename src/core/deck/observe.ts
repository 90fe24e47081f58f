/** A report is taken in: it narrows the line, corrects it, is doubted, or proves that the playhead went elsewhere. */
import type { Ms } from '../clock.ts';
import type { Coordinate } from '../track/beat-grid.ts';
import { HELD_UP_MOST_MS } from './arrival.ts';
import { type Bounds, extent, isOutside, overlap, shifted, within } from './bounds.ts';
import { type Carried, carry, type Line, likelyOf, mostOf, placeAt, read, runOn, type Suspect } from './line.ts';
import { APART_MS, LAG_MOST_MS, type ReportDelay } from './report-delay.ts';
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
/** A report that lies further behind begins a doubt: it widens nothing until it is known to have been late. */
const doubtedMs = ({ mostMs, weatherMs }: ReportDelay): Ms =>
  MODEL_ERROR_MS + Math.max(0, LAG_MOST_MS - (mostMs - weatherMs));
/** The place between two beats is kept over a jump where it is known to this much, in beats. */
const PHASE_KNOWN_BEATS = 0.25;

/**
 * A report from this far beyond the loop-end guard proves that the playhead went over it. Absolute positions come every 30 ms or a
 * little more: the last one before the end of a loop tells of no more than that before it.
 */
const OVER_GUARD_MS: Readonly<Record<Coordinate, Ms>> = { beats: 0, ms: 40 };

/** A report that lateness may explain is borne out by one that comes this much later, at the soonest. */
const BORNE_OUT_AFTER_MS: Readonly<Record<Coordinate, Ms>> = { beats: 150, ms: 300 };
/**
 * A place so close to the line that lateness may explain it is borne out by a report that comes this much later, if none of
 * those in between missed it: of late reports some is in time meanwhile.
 */
const NEAR_BORNE_OUT_AFTER_MS: Readonly<Record<Coordinate, Ms>> = { beats: 2500, ms: 300 };
/** The same, where no lateness explains it: by then a jump has shown itself to be one. */
const PUSHED_AFTER_MS: Ms = 300;
/** What both explain for so long was late; where nothing is passed meanwhile, and beyond what reports are held up. */
const FAR_LAPSES_AFTER_MS: Ms = 1000;
/** What both explain for so long was late. */
const NEAR_LAPSES_AFTER_MS: Ms = 10_000;
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
  /** It tells of a place behind the one that the report before it told: that no lateness explains. */
  readonly isToldBack: boolean;
  /** How late the report may be at most, as far as those before it show. */
  readonly lateMostMs: Ms;
}

/** Takes in a report. */
export function observe(line: Line | null, sighting: Sighting): Observed {
  if (line === null || line.coordinate !== sighting.coordinate) return jumpTo(null, sighting);
  if (sighting.isCueReturn) return jumpTo(line, sighting);
  const comparison = compare(line, sighting);
  const heard: Line = {
    ...line,
    heardAt: sighting.stamp.at,
    heardUpTo: sighting.upperLimit,
    lateMostMs: comparison.lateMostMs,
  };
  const settled = comparison.isContradiction ? contradict(heard, sighting, comparison) : null;
  return settled ?? agree(heard, sighting, comparison);
}

function compare(line: Line, sighting: Sighting): Comparison {
  const { coordinate, rate, lateness, queue, stamp, low, high } = sighting;
  const expected = carry(line, rate, stamp.at, lateness.weatherMs);
  const unitsPerMs = Math.max(Math.abs(line.rate), Math.abs(rate), STILL_UNITS_PER_MS[coordinate]);
  const [ahead, behind] = [low - expected.known.high, expected.known.low - high];
  const toldBackBy = toldBackByOf(line, sighting);
  const gap = Math.max(Math.max(ahead, behind) - Math.abs(rate) * lateness.mostMs, toldBackBy ?? -Infinity);
  return {
    expected,
    unitsPerMs,
    gap,
    isContradiction: gap > CONTRADICTION_MS[coordinate] * unitsPerMs,
    isFar: gap > NUDGE_MOST_MS[coordinate] * unitsPerMs,
    isBehind: toldBackBy !== null || (rate >= 0 ? behind > ahead : ahead > behind),
    isToldBack: toldBackBy !== null,
    lateMostMs: Math.max(0, line.lateMostMs + stamp.at - line.heardAt - queue.leastApartMs),
  };
}

/**
 * How far back the playhead has gone at least since the report before this one, which told of a beat further on: since it
 * left, the deck has played for as long as two reports are apart; null: it need not have gone back.
 */
function toldBackByOf({ rate: rateBefore, heardUpTo }: Line, sighting: Sighting): number | null {
  const { coordinate, rate, isOrderProved, upperLimit, queue } = sighting;
  const isSteady = coordinate === 'beats' && isOrderProved && rateBefore > 0 && rate > 0;
  return isSteady && upperLimit < heardUpTo ? heardUpTo - 1 - upperLimit + rate * queue.leastApartMs : null;
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
  // So is one that was guessed at a jump and lies behind: what it has not passed yet is late already.
  const isGuessBehind = line.isGuess && published < bounds.low;
  const isKept = isSteady && !isGuessBehind && offBy <= CORRECTION_MOST_MS[coordinate] * unitsPerMs;
  const place = isKept ? published : moved;
  const isGuess = line.isGuess && gap <= 0 && (isOutside(place, bounds) || extent(bounds) > PHASE_KNOWN_BEATS);
  const missedMs = Math.max(0, gap / unitsPerMs);
  const doubt = isContradiction ? { suspect: null, missedMs } : doubtAfter(line, sighting, comparison);
  if (isDoubtful(line, sighting, comparison) && isBorneOut(doubt.suspect, sighting, comparison)) {
    return { ...NO_JUMP, line: pushedTo(line, doubt.suspect.line, sighting) };
  }
  const next = anchor(sighting, met, {
    place,
    loopEndGuard,
    runsSince: starts ? at : line.runsSince,
    isGuess,
    heardAt: at,
    lateMostMs: lateMostAfter(line, sighting, bounds),
    suspect: doubt.suspect,
  });
  return { ...NO_JUMP, line: next, missedMs: doubt.missedMs };
}

/** Whether a doubt so close that it is no jump has been followed for long enough. */
const isBorneOut = (suspect: Suspect | null, sighting: Sighting, { isBehind }: Comparison): suspect is Suspect =>
  suspect !== null && !suspect.isFar && sighting.stamp.at - suspect.since >= borneOutAfterMs(sighting, false, isBehind);

/** How late a report was at most that agrees with the line: since it left the deck has not gone further than to `bounds`. */
function lateMostAfter({ lateMostMs }: Line, { rate, low, high, queue }: Sighting, bounds: Bounds): Ms {
  const ranMs = rate > 0 ? (bounds.high - low) / rate : rate < 0 ? (high - bounds.low) / -rate : 0;
  return Math.min(lateMostMs, ranMs, queue.isHeldUp ? Infinity : queue.inTurnMostMs);
}

/** A doubt outlives a report that both lines explain. Of one so close that it has missed: what began it was late. */
function doubtAfter(
  line: Line,
  sighting: Sighting,
  comparison: Comparison,
): { readonly suspect: Suspect | null; readonly missedMs: Ms } {
  const { suspect } = line;
  const missedMs = Math.max(0, comparison.gap / comparison.unitsPerMs);
  if (suspect === null) {
    return isDoubtful(line, sighting, comparison)
      ? { suspect: doubtOf(line, sighting, missedMs, false), missedMs: 0 }
      : { suspect, missedMs };
  }
  const followed = follow(suspect, sighting);
  if (suspect.isFar) {
    const isOver = followed === null || isOneWith(followed, comparison, sighting) || hasFarLapsed(suspect, sighting);
    return { suspect: isOver ? null : { ...suspect, line: followed }, missedMs };
  }
  const most = Math.max(missedMs, suspect.missedMs);
  const hasLapsed = sighting.stamp.at - suspect.since > NEAR_LAPSES_AFTER_MS;
  if (followed === null || hasLapsed) return { suspect: null, missedMs: most };
  return { suspect: { ...suspect, line: followed, missedMs: most }, missedMs: 0 };
}

/** Whether a doubt that was far off has come to where the line is: what began it was late. */
function isOneWith({ known }: Line, { expected, unitsPerMs }: Comparison, { coordinate }: Sighting): boolean {
  const apart = Math.max(Math.abs(known.low - expected.known.low), Math.abs(known.high - expected.known.high));
  return apart <= NUDGE_MOST_MS[coordinate] * unitsPerMs;
}

/** Reports that both explain do not keep a doubt for good: it stops what is passed. */
const hasFarLapsed = ({ since }: Suspect, { stamp, queue }: Sighting): boolean =>
  stamp.at - since > FAR_LAPSES_AFTER_MS + queue.heldUpMs;

/** Whether a report that all but meets the line leaves a doubt which of them is right. */
function isDoubtful(line: Line, sighting: Sighting, comparison: Comparison): boolean {
  const { gap, unitsPerMs, isBehind } = comparison;
  if (gap <= doubtedMs(sighting.lateness) * unitsPerMs || line.rate <= 0 || sighting.rate <= 0) return false;
  return isBehind ? isLateExplained(line, sighting, comparison) : !isCatchUp(line, sighting, comparison);
}

/** The doubt that a report begins which contradicts the line. */
function doubtOf(line: Line, sighting: Sighting, missedMs: Ms, isFar: boolean): Suspect {
  const { line: other, jumpTarget } = jumpTo(line, sighting);
  return {
    line: other,
    jumpTarget: jumpTarget ?? sighting.jumpTarget,
    since: sighting.stamp.at,
    doubtedFrom: stoppedAt(line, sighting),
    isFar,
    missedMs,
  };
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
    const least = { low: told.low, high: Math.max(told.low, known.high) };
    return isBehind ? { known, likely: known } : { known: least, likely: least };
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
  if (!isBehind && isCatchUp(line, sighting, comparison)) return null;
  const mayBeLate = isBehind && isLateExplained(line, sighting, comparison);
  const isProved = sighting.isOrderProved && !mayBeLate;
  if (isProved && isFar) return provedJump(line, sighting);
  // A deck that stands, or is turned, is where it says.
  if (isProved && (line.rate <= 0 || sighting.rate <= 0)) return null;
  return suspectedUntil(line, sighting, comparison, mayBeLate);
}

/** A jump that a report proves by itself; what was in doubt before and goes with it, has known of it before. */
function provedJump(line: Line, sighting: Sighting): Observed {
  const { suspect } = line;
  const followed = suspect === null ? null : follow(suspect, sighting);
  return suspect === null || followed === null
    ? jumpTo(line, sighting)
    : { ...NO_JUMP, line: followed, jumpTarget: suspect.jumpTarget, borneOut: suspect };
}

/** Whether a report that tells of a place behind the line may have been on its way for so long. */
function isLateExplained(line: Line, sighting: Sighting, { gap, lateMostMs, isToldBack }: Comparison): boolean {
  const { rate, queue, lateness, playRate, isOrderProved } = sighting;
  if (isToldBack) return false;
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

/** How much later than the first report of a doubt another bears it out. */
function borneOutAfterMs(sighting: Sighting, isFar: boolean, mayBeLate: boolean): Ms {
  const { coordinate, queue, lateness, isOrderProved } = sighting;
  if (mayBeLate) return Math.max((isFar ? BORNE_OUT_AFTER_MS : NEAR_BORNE_OUT_AFTER_MS)[coordinate], queue.heldUpMs);
  return isOrderProved ? PUSHED_AFTER_MS : NO_COPY_AFTER_MS[coordinate] + 2 * (lateness.weatherMs - DELAY_MOST_MS);
}

/** A report is not believed until another agrees with it that comes so much later. */
function suspectedUntil(line: Line, sighting: Sighting, comparison: Comparison, mayBeLate: boolean): Observed | null {
  const { suspect } = line;
  const { isFar, gap, unitsPerMs } = comparison;
  const missedMs = gap / unitsPerMs;
  const followed = suspect === null ? null : follow(suspect, sighting);
  if (suspect === null || followed === null) {
    // Two that contradict each other as well: a search or a scratch, of which the newest knows most.
    if (suspect?.isFar === true && isFar && !mayBeLate) return jumpTo(line, sighting);
    return {
      line: { ...line, suspect: doubtOf(line, sighting, missedMs, isFar) },
      ...NO_JUMP,
      // What began the doubt before this one was late.
      missedMs: suspect === null || suspect.isFar ? 0 : suspect.missedMs,
    };
  }
  if (sighting.stamp.at - suspect.since >= borneOutAfterMs(sighting, isFar, mayBeLate) && goesOn(suspect, sighting)) {
    if (isFar) return { ...NO_JUMP, line: followed, jumpTarget: suspect.jumpTarget, borneOut: suspect };
    const isPushed = mayBeLate || sighting.isOrderProved;
    return isPushed ? { ...NO_JUMP, line: pushedTo(line, followed, sighting) } : null;
  }
  const most = Math.max(suspect.missedMs, missedMs);
  const next = { ...suspect, line: followed, missedMs: most };
  return { ...NO_JUMP, line: { ...line, suspect: isFar ? asFar(next, line, sighting) : next } };
}

/** Whether a playhead that is told in ms has gone on since the report before: one that CUE has put elsewhere stands there. */
const goesOn = ({ line }: Suspect, { coordinate, rate, low }: Sighting): boolean =>
  coordinate === 'beats' || rate <= 0 || low > line.upperLimit;

/** A doubt that was close by and is so no more stops what is passed, from now on. */
const asFar = (suspect: Suspect, line: Line, sighting: Sighting): Suspect => ({
  ...suspect,
  isFar: true,
  doubtedFrom: stoppedAt(line, sighting),
});

/** Where the published place stops for a doubt far away: where one before it has stopped it, or where it is now. */
const stoppedAt = (line: Line, { stamp }: Sighting): number =>
  line.suspect?.isFar === true ? line.suspect.doubtedFrom : placeAt(line, stamp.at);

/** The line of a doubt that was borne out so close by that it is no jump: the published place is drawn there. */
function pushedTo(
  line: Line,
  { known, likely, lateMostMs }: Pick<Line, 'known' | 'likely' | 'lateMostMs'>,
  sighting: Sighting,
): Line {
  const published = runOn(line, sighting.stamp.at);
  const bounds = read(known, sighting.rate, mostOf(sighting.lateness));
  const offBy = Math.max(bounds.low - published, published - bounds.high);
  const unitsPerMs = Math.max(Math.abs(sighting.rate), STILL_UNITS_PER_MS[sighting.coordinate]);
  const isDrawn = line.rate > 0 && offBy <= CORRECTION_MOST_MS[sighting.coordinate] * unitsPerMs;
  return anchor(
    sighting,
    { known, likely },
    {
      place: isDrawn ? published : within(published, bounds),
      loopEndGuard: line.loopEndGuard,
      runsSince: line.runsSince,
      isGuess: false,
      heardAt: sighting.stamp.at,
      lateMostMs,
      suspect: null,
    },
  );
}

/** The line of a doubt with a report that goes with it; null: the report does not. */
function follow({ line, isFar }: Suspect, sighting: Sighting): Line | null {
  const comparison = compare(line, sighting);
  const { gap, unitsPerMs, isContradiction } = comparison;
  const misses = isFar ? isContradiction : gap > MODEL_ERROR_MS * unitsPerMs;
  return misses ? null : agree({ ...line, suspect: null }, sighting, comparison).line;
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
    ...NO_JUMP,
    line,
    jumpTarget: isWithin ? Math.max(sighting.jumpTarget, published) : sighting.jumpTarget,
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
    heardUpTo: upperLimit,
    ...way,
    slewRate: rate + Math.sign(correction) * slewSpeed,
    slewUntil: slewSpeed === 0 ? stamp.at : stamp.at + Math.abs(correction) / slewSpeed,
    upperLimit,
  };
}
