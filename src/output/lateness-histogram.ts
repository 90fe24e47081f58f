/** The lateness of a stream, as a histogram: small enough to be reported once a second. Pure. */
import type { Ms } from '../core/clock.ts';

/** Up to how late each bucket reaches; later than the last none is sent at all. */
export const LATENESS_BOUNDS_MS: readonly Ms[] = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 2, 3, 5, 10, 20, 50];

/** Number of messages in each bucket. */
export type LatenessHistogram = readonly number[];

export const NO_LATENESS: LatenessHistogram = LATENESS_BOUNDS_MS.map(() => 0);

/** With one more; one that is later than the last bound is not counted. */
export function countLate(lateness: LatenessHistogram, lateMs: Ms): LatenessHistogram {
  const bucket = LATENESS_BOUNDS_MS.findIndex(bound => lateMs <= bound);
  return bucket < 0 ? lateness : lateness.with(bucket, (lateness[bucket] ?? 0) + 1);
}

/** The upper end of the bucket in which a share of them (0.99) is reached; null: nothing was counted. */
export function quantileMs(lateness: LatenessHistogram, share: number): Ms | null {
  const all = lateness.reduce((sum, count) => sum + count, 0);
  let sum = 0;
  const bucket = lateness.findIndex(count => {
    sum += count;
    return sum >= share * all;
  });
  return all === 0 ? null : (LATENESS_BOUNDS_MS[bucket] ?? null);
}

/** The punctuality of a stream since its port was opened. */
export interface StreamCounts {
  /** Of what belongs to its rhythm; what is said outright does not count. */
  readonly lateness: LatenessHistogram;
  /** All the lateness that was counted, together. */
  readonly sumMs: Ms;
  /** Number of messages that had become too late and were left out. */
  readonly gaps: number;
}

export const NO_COUNTS: StreamCounts = { lateness: NO_LATENESS, sumMs: 0, gaps: 0 };

/** With one more that has left. */
export const withLate = (counts: StreamCounts, lateMs: Ms): StreamCounts => ({
  ...counts,
  lateness: countLate(counts.lateness, lateMs),
  sumMs: counts.sumMs + Math.max(0, lateMs),
});

/** Counts of several streams together; null: nothing has been counted there. */
export const together = (sum: StreamCounts, each: StreamCounts | null): StreamCounts =>
  each === null
    ? sum
    : {
        lateness: sum.lateness.map((count, bucket) => count + (each.lateness[bucket] ?? 0)),
        sumMs: sum.sumMs + each.sumMs,
        gaps: sum.gaps + each.gaps,
      };

/** `late p99 0.3 ms`, and how often something was left out, if it was: `, 2 gaps`; null: nothing has been counted. */
export function countsText({ lateness, gaps }: StreamCounts): string | null {
  const lateMs = quantileMs(lateness, 0.99);
  if (lateMs === null) return null;
  return `late p99 ${lateMs} ms${gaps === 0 ? '' : `, ${gaps} gap${gaps === 1 ? '' : 's'}`}`;
}
