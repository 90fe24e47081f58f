/**
 * How late the reports of a source tell what they tell, learnt from nothing but their rhythm.
 *
 * Every report is older than it looks: it was on its way, and the player may show a new beat some ms after the beat. Real
 * players that send on every change are seen to do so [C UE: 3 to 13 ms]; a source that keeps to its raster whatever the
 * beat does has shown nothing of the kind. A delay that never changes cannot be seen at all.
 */
import type { Ms, Stamp } from '../clock.ts';

/** How long before its arrival a report may have been true. */
export interface ReportDelay {
  /** At most, as far as is known. */
  readonly mostMs: Ms;
  /** Within these, as far as experience goes. */
  readonly likelyLeastMs: Ms;
  readonly likelyMostMs: Ms;
}

/** What the reports of a deck have shown so far. */
export interface Rhythm {
  /** `on-change`: a new beat is told as soon as it shows; `on-raster`: it waits for the next report in turn. */
  readonly tells: 'unknown' | 'on-change' | 'on-raster';
  /** How much speaks for a raster, 0 to RASTER_PROOF. */
  readonly rasterProof: number;
  /** The last report; null: none yet, or it told of no beat. */
  readonly last: { readonly beat: number; readonly stamp: Stamp } | null;
  /** How many pairs of reports of one beat were compared, and by how much their distances have varied at most. */
  readonly pairs: number;
  readonly jitterMs: Ms;
}

export const UNHEARD: Rhythm = { tells: 'unknown', rasterProof: 0, last: null, pairs: 0, jitterMs: 0 };

/** Longest time a datagram of the local network is on its way [design choice]. */
export const DELAY_MOST_MS: Ms = 10;
/** Reports closer together than this were held up together: statuses leave 60 ms apart or more, positions 30 [D]. */
export const APART_MS: Ms = 15;
/** How late a player shows a new beat, at most: its status leaves 3 to 13 ms after the beat packet [C UE]. */
const LAG_MOST_MS: Ms = 13;
/** The new number never came sooner than this after the beat, and the old one never left later [C UE]. */
const USUAL_LAG_MS = { least: 3, most: 6.2 } as const;
/** How late an absolute position may leave, besides [design choice]. */
const POSITION_LAG_MOST_MS: Ms = 15;

/** The least time between two reports of a source that tells changes is 63 ms [C UE]; on a raster it is 200 ms. */
const SURELY_PROMPT_WITHIN_MS: Ms = 150;
/** A beat that is older than this when first told was not told as it changed: 65 ms, lag and delay together are less. */
export const SURELY_LATE_AFTER_MS: Ms = 95;
/** A lost report makes its beat late as well; so one late beat proves little, and each that is not takes some of it back. */
const RASTER_PROOF = 16;
const PROOF_OF_LATE = 4;
/** Two reports of one beat are 200 ms apart [C UE: 198 to 202]; what goes beyond is delay. */
const REPORT_EVERY_MS: Ms = 200;
const REPORT_JITTER_MS: Ms = 2;
/** A pair that is further off than this has lost one in between, or comes from a source of another rhythm. */
const PAIR_MOST_OFF_MS: Ms = 25;
/** After so many pairs their distances have shown nearly all of the delay. */
const PAIRS_ENOUGH = 8;

/** What was due longer ago than this was lost on its way, not held up. */
export const HELD_UP_MOST_MS: Ms = 3000;
/** Two reports leave at least this far apart [C UE]. */
const LEAST_APART_MS: Ms = 60;

/** The last report, whatever it told, and how long after the one before it came. */
export interface Arrival {
  readonly stamp: Stamp;
  readonly afterMs: Ms;
}

/**
 * A report that comes when the next was long due has been held up, unless one before it was lost; those that come with it
 * were held up as well. How long is not known: it may have left right after the last one.
 *
 * @param last null: none yet
 */
export function arrivalOf(last: Arrival | null, stamp: Stamp, isAfterLoss: boolean): Arrival {
  if (last === null) return { stamp, afterMs: REPORT_EVERY_MS };
  const afterMs = stamp.at - last.stamp.at;
  if (afterMs < APART_MS) {
    return { ...last, stamp: { notBefore: Math.min(stamp.notBefore, last.stamp.notBefore), at: stamp.at } };
  }
  const isOverdue = afterMs > Math.max(REPORT_EVERY_MS, last.afterMs) + DELAY_MOST_MS + REPORT_JITTER_MS;
  if (!isOverdue || isAfterLoss || afterMs > HELD_UP_MOST_MS) return { stamp, afterMs };
  return { stamp: { notBefore: Math.min(stamp.notBefore, last.stamp.at + LEAST_APART_MS), at: stamp.at }, afterMs };
}

/** Positions in ms come many times a second: the least late of them is as good as in time, up to a constant delay. */
export const POSITION_DELAY: ReportDelay = {
  mostMs: DELAY_MOST_MS + POSITION_LAG_MOST_MS,
  likelyLeastMs: 0,
  likelyMostMs: 0,
};

/** The longest delay that has shown; as long as hardly any could have, the longest there is. */
const seenDelayMs = ({ pairs, jitterMs }: Rhythm): Ms =>
  pairs < PAIRS_ENOUGH ? DELAY_MOST_MS : Math.min(DELAY_MOST_MS, jitterMs);

/** What may be said of the lateness of a source with this rhythm. */
export function reportDelayOf(rhythm: Rhythm): ReportDelay {
  const { tells } = rhythm;
  const delayMs = seenDelayMs(rhythm);
  const lagMostMs = tells === 'on-raster' ? 0 : LAG_MOST_MS;
  const likely = tells === 'on-change' ? USUAL_LAG_MS : { least: 0, most: 0 };
  return {
    mostMs: DELAY_MOST_MS + lagMostMs,
    likelyLeastMs: likely.least,
    likelyMostMs: likely.most + delayMs,
  };
}

/**
 * Takes in that a deck in forward play reports a beat.
 *
 * @param isLate the beat had surely begun more than SURELY_LATE_AFTER_MS before this report came
 */
export function hear(rhythm: Rhythm, beat: number, stamp: Stamp, isLate: boolean): Rhythm {
  const { last } = rhythm;
  const heard = { ...rhythm, last: { beat, stamp } };
  if (last === null) return heard;
  const leastMs = stamp.notBefore - last.stamp.at;
  const mostMs = stamp.at - last.stamp.notBefore;
  if (beat === last.beat) {
    const offMs = Math.max(Math.abs(leastMs - REPORT_EVERY_MS), Math.abs(mostMs - REPORT_EVERY_MS));
    if (offMs > PAIR_MOST_OFF_MS) return heard;
    return { ...heard, pairs: rhythm.pairs + 1, jitterMs: Math.max(rhythm.jitterMs, offMs) };
  }
  if (beat !== last.beat + 1) return heard;
  if (mostMs < SURELY_PROMPT_WITHIN_MS) return { ...heard, tells: 'on-change', rasterProof: 0 };
  const rasterProof = Math.min(RASTER_PROOF, Math.max(0, rhythm.rasterProof + (isLate ? PROOF_OF_LATE : -1)));
  // What is proved stays so until a report speaks against it.
  return { ...heard, rasterProof, tells: rasterProof === RASTER_PROOF ? 'on-raster' : rhythm.tells };
}

/** A player that tells changes does so not sooner than this after its last report [C UE], give or take 2 ms and the delays. */
const FREE_AFTER_MS: Ms = 65;

/** A beat that was told at once. */
export interface SentAtOnce {
  /** By how much the playhead may have passed it, beyond what `latenessOf` allows for as likely. */
  readonly withinMs: Ms;
  /** However long the reports were on their way; else it is likely, as far as delays have shown. */
  readonly isSure: boolean;
}

/**
 * Whether a report told a new beat at once; null: it may have been told late, for all that is known.
 *
 * A player that tells every change at once, was free to, and has lost no report in between, has told this one so.
 */
export function sentAtOnceOf(rhythm: Rhythm, beat: number, stamp: Stamp): SentAtOnce | null {
  const { tells, last } = rhythm;
  if (tells !== 'on-change' || last === null || beat !== last.beat + 1) return null;
  const leastMs = stamp.notBefore - last.stamp.at;
  const mostMs = stamp.at - last.stamp.notBefore;
  const delayMs = seenDelayMs(rhythm);
  const isFree = leastMs >= FREE_AFTER_MS + delayMs && mostMs < REPORT_EVERY_MS - delayMs;
  if (!isFree) return null;
  return { withinMs: LAG_MOST_MS - USUAL_LAG_MS.most, isSure: leastMs >= FREE_AFTER_MS + DELAY_MOST_MS };
}

/** A report that a raster without lag does not explain: the proof begins anew. */
export const doubt = (rhythm: Rhythm): Rhythm => ({ ...rhythm, tells: 'unknown', rasterProof: 0 });
