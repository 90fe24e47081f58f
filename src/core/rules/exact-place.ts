/**
 * Exact places in a track, in beats and in ms.
 *
 * A place is given in one of the two. A grid carries it into the other by a division, and so leaves it some 1e-10 ms
 * beside the beat or the millisecond that it is. A fact must not depend on the side: such a place is put right here.
 */
import type { Ms } from '../clock.ts';
import type { BeatGrid, Coordinate } from '../track/beat-grid.ts';
import type { Track } from '../track/track.ts';

export interface ExactPlace {
  /** 1-based, a whole number on a beat; null: nothing carries the place into beats. */
  readonly beat: number | null;
  /** From the start of the track; null: nothing carries the place into ms. */
  readonly positionMs: Ms | null;
}

/** Grid that carries beats into ms, and ms into beats, for a line that counts in a coordinate; null: none. */
export const carrierOf = ({ known, timeline }: Track, coordinate: Coordinate): BeatGrid | null =>
  coordinate === 'ms' ? known.grid : timeline;

export const placeOfBeat = (carrier: BeatGrid | null, beat: number): ExactPlace => ({
  beat,
  positionMs: carrier === null ? null : exactMs(carrier, beat),
});

export function placeOfMs(carrier: BeatGrid | null, ms: Ms): ExactPlace {
  const positionMs = toNanosecond(ms);
  return { beat: carrier === null ? null : exactBeat(carrier, positionMs), positionMs };
}

/** Places are told apart to the nanosecond: rounding over a day comes to less, and no two places of a profile are closer. */
const NANOSECONDS_PER_MS = 1e6;

/** Removes the error that calculating leaves: 9999.999999999998 is 10000. */
export const toNanosecond = (ms: Ms): Ms => Math.round(ms * NANOSECONDS_PER_MS) / NANOSECONDS_PER_MS + 0;

const exactMs = (grid: BeatGrid, beat: number): Ms => toNanosecond(grid.msOfBeat(beat));

function exactBeat(grid: BeatGrid, positionMs: Ms): number {
  const beat = grid.beatOfMs(positionMs);
  const whole = Math.round(beat) + 0;
  return toNanosecond(grid.msOfBeat(whole)) === toNanosecond(positionMs) ? whole : beat;
}
