/**
 * How late the reports of a source tell what they tell, learnt from nothing but their rhythm.
 *
 * Every report is older than it looks: it was on its way, and the player may show a new beat some ms after the beat. Real
 * players that send on every change are seen to do so [C UE: 3 to 13 ms]; a source that keeps to its raster whatever the
 * beat does has shown nothing of the kind. A delay that never changes cannot be seen at all.
 */
import type { Ms, Stamp } from '../clock.ts';
import { STATUS_SPACING } from './arrival.ts';
import { DELAY_MOST_MS, isKnown, seenDelayMs, usualDelayMs, type Weather } from './weather.ts';

/** How long before its arrival a report may have been true. */
export interface ReportDelay {
  /** At most, as far as is known. */
  readonly mostMs: Ms;
  /** Within these, as far as experience goes. */
  readonly likelyLeastMs: Ms;
  readonly likelyMostMs: Ms;
  /** The part of `mostMs` that the weather adds to it. */
  readonly weatherMs: Ms;
  /** However well reports agree, the place is not known better than within this. */
  readonly leastWidthMs: Ms;
}

/** What the reports of a deck have shown so far. */
export interface Rhythm {
  /** `on-change`: a new beat is told as soon as it shows; `on-raster`: it waits for the next report in turn. */
  readonly tells: 'unknown' | 'on-change' | 'on-raster';
  /** How much speaks for a raster, 0 to RASTER_PROOF. */
  readonly rasterProof: number;
  /** The last report; null: none yet, or it told of no beat. */
  readonly last: { readonly beat: number; readonly stamp: Stamp } | null;
}

export const UNHEARD: Rhythm = { tells: 'unknown', rasterProof: 0, last: null };

/** Reports closer together than this were held up together: statuses leave 60 ms apart or more, positions 30 [D]. */
export const APART_MS: Ms = 15;
/** How late a player shows a new beat, at most: its status leaves 3 to 13 ms after the beat packet [C UE]. */
export const LAG_MOST_MS: Ms = 13;
/** The new number never came sooner than this after the beat, and the old one never left later [C UE]. */
const USUAL_LAG_MS = { least: 3, most: 6.2 } as const;
/** How late an absolute position may leave, besides [design choice]. */
const POSITION_LAG_MOST_MS: Ms = 15;

/** The least time between two reports of a source that tells changes is 63 ms [C UE]; on a raster it is 200 ms. */
const SURELY_PROMPT_WITHIN_MS: Ms = 150;
/** A beat that is older than this when first told was not told as it changed: 65 ms, lag and delay together are less. */
const SURELY_LATE_AFTER_MS: Ms = 95;
/** A lost report makes its beat late as well; so one late beat proves little, and each that is not takes some of it back. */
const RASTER_PROOF = 16;
const PROOF_OF_LATE = 4;
/** After so many deviations they have shown nearly all of the delay. */
const DEVIATIONS_ENOUGH = 4;
/** This share of the usual delay, beyond that of fair weather, stays unknown, however well reports agree [measured]. */
const UNKNOWN_SHARE = 0.25;

/** Positions in ms come many times a second: the least late of them is as good as in time, up to a constant delay. */
export const positionDelayOf = (weather: Weather): ReportDelay => ({
  mostMs: usualDelayMs(weather) + POSITION_LAG_MOST_MS,
  weatherMs: usualDelayMs(weather),
  likelyLeastMs: 0,
  likelyMostMs: 0,
  leastWidthMs: POSITION_LAG_MOST_MS,
});

/** The longest delay that has shown; as long as hardly any could have, the longest there is. */
function shownDelayMs(weather: Weather): Ms {
  const usual = usualDelayMs(weather);
  return weather.samples < DEVIATIONS_ENOUGH ? usual : Math.min(usual, seenDelayMs(weather));
}

/** What may be said of the lateness of a source with this rhythm, in this weather. */
export function reportDelayOf({ tells }: Rhythm, weather: Weather): ReportDelay {
  const lagMostMs = tells === 'on-raster' ? 0 : LAG_MOST_MS;
  const likely = tells === 'on-change' ? USUAL_LAG_MS : { least: 0, most: 0 };
  const usual = usualDelayMs(weather);
  return {
    mostMs: usual + lagMostMs,
    weatherMs: usual,
    likelyLeastMs: likely.least,
    likelyMostMs: likely.most + shownDelayMs(weather),
    leastWidthMs: (usual - DELAY_MOST_MS) * UNKNOWN_SHARE,
  };
}

/** A beat that a deck in forward play reports. */
export interface HeardBeat {
  readonly beat: number;
  readonly stamp: Stamp;
  /** How long before its report came the beat had surely begun. */
  readonly agoMs: Ms;
  readonly weather: Weather;
}

/** Takes in that a deck in forward play reports a beat. */
export function hear(rhythm: Rhythm, { beat, stamp, agoMs, weather }: HeardBeat): Rhythm {
  const { last } = rhythm;
  const heard = { ...rhythm, last: { beat, stamp } };
  if (last === null || beat !== last.beat + 1) return heard;
  // What the weather may have done shows nothing of the source.
  const foulMs = usualDelayMs(weather) - DELAY_MOST_MS;
  const isLate = agoMs > SURELY_LATE_AFTER_MS + foulMs + stamp.at - stamp.notBefore;
  if (stamp.at - last.stamp.notBefore < SURELY_PROMPT_WITHIN_MS - foulMs)
    return { ...heard, tells: 'on-change', rasterProof: 0 };
  const rasterProof = Math.min(RASTER_PROOF, Math.max(0, rhythm.rasterProof + (isLate ? PROOF_OF_LATE : -1)));
  // What is proved stays so until a report speaks against it.
  return { ...heard, rasterProof, tells: rasterProof === RASTER_PROOF ? 'on-raster' : rhythm.tells };
}

/** A player that tells changes does so not sooner than this after its last report [C UE], give or take 2 ms and the delays. */
export const FREE_AFTER_MS: Ms = 65;

/** A beat that was told at once. */
export interface SentAtOnce {
  /** By how much the playhead may have passed it, beyond what `latenessOf` allows for as likely. */
  readonly withinMs: Ms;
  /** By how much it may surely have passed it, beyond the longest lateness; null: it is only likely to be told at once. */
  readonly surelyWithinMs: Ms | null;
}

/**
 * Whether a report told a new beat at once; null: it may have been told late, for all that is known.
 *
 * A player that tells every change at once, was free to, and has lost no report in between, has told this one so.
 */
export function sentAtOnceOf({ tells, last }: Rhythm, weather: Weather, beat: number, stamp: Stamp): SentAtOnce | null {
  if (tells !== 'on-change' || last === null || beat !== last.beat + 1) return null;
  const leastMs = stamp.notBefore - last.stamp.at;
  const mostMs = stamp.at - last.stamp.notBefore;
  const delayMs = shownDelayMs(weather);
  const isFree = leastMs >= FREE_AFTER_MS + delayMs && mostMs < STATUS_SPACING.usualMs - delayMs;
  if (!isFree) return null;
  const usual = usualDelayMs(weather);
  const marginMs = isKnown(weather) ? usual - DELAY_MOST_MS : DELAY_MOST_MS;
  return {
    withinMs: LAG_MOST_MS - USUAL_LAG_MS.most,
    surelyWithinMs: leastMs >= FREE_AFTER_MS + usual ? marginMs : null,
  };
}

/** A report that a raster without lag does not explain: the proof begins anew. */
export const doubt = (rhythm: Rhythm): Rhythm => ({ ...rhythm, tells: 'unknown', rasterProof: 0 });
