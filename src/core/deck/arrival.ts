/**
 * How a report came: in its turn, or held up on its way.
 *
 * Reports keep their order and leave at least so far apart, and at most: so their arrivals alone bound how late each may be.
 * One that comes when the next was long due was held up, and so were those that come in quick succession after it.
 */
import type { Ms, Stamp } from '../clock.ts';

/** How far apart a source sends its reports. */
export interface Spacing {
  readonly leastMs: Ms;
  readonly usualMs: Ms;
  readonly mostMs: Ms;
  /** Reports that come closer together than this drain from a queue, after a hold-up. */
  readonly drainsWithinMs: Ms;
}

/** A status leaves 200 ms after the last one (198 to 202), or sooner, where something changes, but 63 ms after it [C UE]. */
export const STATUS_SPACING: Spacing = { leastMs: 60, usualMs: 200, mostMs: 202, drainsWithinMs: 100 };
/** A source that keeps to its raster whatever changes. */
export const RASTER_SPACING: Spacing = { leastMs: 196, usualMs: 200, mostMs: 202, drainsWithinMs: 100 };
/** Positions leave every 30 ms [D]. */
export const POSITION_SPACING: Spacing = { leastMs: 27, usualMs: 30, mostMs: 33, drainsWithinMs: 15 };

/** What was due longer ago than this was lost on its way, not held up. */
export const HELD_UP_MOST_MS: Ms = 3000;

/** A queue that has stood still is empty again after this [design choice: five portions 80 ms apart, and a report]. */
const DRAINS_FOR_MS: Ms = 500;

export interface Arrival {
  /** When it came, and since when it may have been on its way beyond the usual. */
  readonly stamp: Stamp;
  /** How much later than usual it surely was. */
  readonly lateMs: Ms;
  /** It was held up, or comes so soon after one that was. */
  readonly isHeldUp: boolean;
  /** When the first report of its hold-up came; null: it was not held up. */
  readonly heldSince: Ms | null;
  /** The latest that any report of its hold-up may have been: by so much the playhead may seem to run ahead; 0: none was. */
  readonly backlogMs: Ms;
  /** By how much its distance to the one before was longer than usual; null: that says nothing of the weather. */
  readonly deviationMs: Ms | null;
}

/** What is known besides of how reports come. */
export interface ArrivalContext {
  readonly spacing: Spacing;
  readonly usualDelayMs: Ms;
  /** The source proves that one before this did not come. */
  readonly isAfterLoss: boolean;
  /** How late what it tells shows it to be; 0: it shows nothing. */
  readonly tellsLateMs: Ms;
}

/** @param last null: none yet */
export function arrivalOf(last: Arrival | null, received: Stamp, context: ArrivalContext): Arrival {
  const { spacing, usualDelayMs, isAfterLoss } = context;
  const afterMs = last === null ? Infinity : received.at - last.stamp.at;
  // Of the first one, and of the first one after a silence, nobody knows.
  if (last === null || afterMs > HELD_UP_MOST_MS) {
    return {
      stamp: received,
      lateMs: 0,
      isHeldUp: false,
      heldSince: null,
      backlogMs: HELD_UP_MOST_MS,
      deviationMs: null,
    };
  }
  const isQuick = afterMs < spacing.drainsWithinMs;
  const overdueMs = afterMs - spacing.mostMs * (isAfterLoss ? 2 : 1);
  const drainsOn = last.heldSince !== null && received.at - last.heldSince < DRAINS_FOR_MS;
  const lateMs = Math.max(0, drainsOn ? last.lateMs + overdueMs : overdueMs, context.tellsLateMs);
  const isHeldUp = drainsOn || lateMs > usualDelayMs;
  const heldSince = isHeldUp ? (drainsOn ? last.heldSince : received.at) : null;
  const drains = isQuick && last.backlogMs > 0;
  const backlogMs = isHeldUp || drains ? Math.max(afterMs - spacing.leastMs, drains ? last.backlogMs : 0) : 0;
  const deviationMs = isAfterLoss ? null : deviationOf(afterMs, spacing);
  if (!isHeldUp) return { stamp: received, lateMs, isHeldUp, heldSince, backlogMs, deviationMs };
  const leftMs = (last.isHeldUp ? last.stamp.notBefore : last.stamp.at) + spacing.leastMs;
  const stamp = { notBefore: Math.min(received.notBefore, leftMs), at: received.at };
  return { stamp, lateMs, isHeldUp, heldSince, backlogMs, deviationMs };
}

/**
 * By how much longer than usual a report took after the one before; null: it says nothing, since one that comes sooner may
 * tell of a change, and between two that are nearly twice as far apart one was lost or the network stood still.
 */
function deviationOf(afterMs: Ms, { usualMs }: Spacing): Ms | null {
  const deviationMs = afterMs - usualMs;
  return deviationMs < 0 || deviationMs > usualMs * STALL_SHARE ? null : deviationMs;
}

/** From this share of the usual distance on a delay is a stall, not jitter. */
const STALL_SHARE = 0.75;
