/** The moments of a stretch of a pass: what lies between two places of a track, as a mark counts them. */
import type { Mark } from '../deck/mark.ts';
import { toBeat } from '../track/track.ts';
import { type Moment, type Moments, seriesBetween } from './moments.ts';

/** Beginning of a stretch; a fresh beginning has not been looked at itself. */
export type Beginning = Pick<Mark, 'crossed' | 'isFresh'>;

/** Error of a place that was carried into beats; what was passed is decided by its position as the line counts. */
export const SAME_BEAT = 1e-6;

/** The moments after a beginning, up to a place, in order. */
export function momentsBetween(moments: Moments, since: Beginning, reached: number): Moment[] {
  const { track, coordinate, single, series } = moments;
  const found: Moment[] = [];
  for (let i = firstIndex(single, since); i < single.length; i++) {
    const moment = single[i] as Moment;
    if (moment.position > reached) break;
    found.push(moment);
  }
  if (series.length === 0) return found;
  const from = toBeat(track, coordinate, since.crossed);
  const to = toBeat(track, coordinate, reached);
  if (from === null || to === null) return found;
  const isPassed = ({ position }: Moment): boolean => isAfter(since, position) && position <= reached;
  const repeated = series.flatMap(each =>
    seriesBetween(moments, each, from - SAME_BEAT, to + SAME_BEAT).filter(isPassed),
  );
  return repeated.length === 0 ? found : [...found, ...repeated].sort((a, b) => a.position - b.position);
}

export const isAfter = ({ isFresh, crossed }: Beginning, position: number): boolean =>
  isFresh ? position >= crossed : position > crossed;

/** Index in a sorted list at which the moments after a beginning begin. */
export function firstIndex(single: readonly Moment[], since: Beginning): number {
  let low = 0;
  let high = single.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAfter(since, (single[middle] as Moment).position)) high = middle;
    else low = middle + 1;
  }
  return low;
}
