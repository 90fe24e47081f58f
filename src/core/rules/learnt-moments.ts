/**
 * Moments that move when something is learnt of a track in the middle of a pass: which beats begin a bar, its grid, its phrases.
 *
 * A moment that lies behind the mark by what is known now, and was not passed by what was known before, is late. One that
 * was passed and does not lie behind the mark any more is spent: it does not come again.
 */
import type { Coordinate } from '../track/beat-grid.ts';
import type { Moment, Moments } from './moments.ts';
import { type Beginning, momentsBetween } from './stretch.ts';

/** A moment by a name that tells it from every other of its track, wherever it lies. */
export const momentName = ({ rule, label }: Moment): string => `${rule.name}/${label}`;

/** Longest distance by which a moment moves: ten minutes. */
const LOOK_BACK: Readonly<Record<Coordinate, number>> = { beats: 2048, ms: 600_000 };

/** A pass as it was looked at by what was known of its track before. */
export interface LookedAt {
  /** The moments by that. */
  readonly moments: Moments;
  /** The stretch that was looked at. */
  readonly since: Beginning;
  readonly crossed: number;
  readonly spent: ReadonlySet<string>;
}

/** Brings a pass up to date with the moments as they are known now. */
export function relook(now: Moments, { moments: before, since, crossed, spent }: LookedAt): Relooked {
  const from: Beginning = { crossed: crossed - LOOK_BACK[now.coordinate], isFresh: true };
  const passed = new Set([...spent, ...momentsBetween(before, from, crossed).map(momentName)]);
  const behind = momentsBetween(now, since.crossed > from.crossed ? since : from, crossed);
  const stillBehind = new Set(momentsBetween(now, from, crossed).map(momentName));
  return {
    late: behind.filter(moment => !passed.has(momentName(moment))),
    spent: new Set([...passed].filter(name => !stillBehind.has(name))),
  };
}

export interface Relooked {
  /** In order. */
  readonly late: readonly Moment[];
  readonly spent: ReadonlySet<string>;
}
