/** A beat grid: where each beat lies in milliseconds. Beats are 1-based; places between beats are interpolated. */
import type { Ms } from '../clock.ts';

export interface BeatGrid {
  /** Beats in the grid; null: it goes on for ever at its tempo (a grid given by hand). */
  readonly beats: number | null;
  /** The tempi in it, each once. */
  readonly tempi: readonly number[];
  /** ms of a place in beats; beyond the grid its first or last tempo goes on. */
  msOfBeat(beat: number): Ms;
  /** The inverse of `msOfBeat`. */
  beatOfMs(ms: Ms): number;
}

/** The two ways in which places in a track are counted. */
export type Coordinate = 'beats' | 'ms';

/** A grid of one tempo, as a profile writes it and as beats and positions teach it. */
export interface SteadyGrid {
  readonly firstBeatMs: Ms;
  readonly tempoBpm: number;
}

/** A grid that beats and positions say for now, at the tempo that there is now. */
export interface HeardGrid extends SteadyGrid {
  /** How far its beats may be from where they are, to either side. */
  readonly errorMs: Ms;
}

/** A grid of one tempo, as a profile gives it: `grid: { first-beat: 0.123 s, tempo: 128 }`. */
export function steadyGrid(firstBeatMs: Ms, tempoBpm: number): BeatGrid {
  const beatMs = 60000 / tempoBpm;
  return {
    beats: null,
    tempi: [tempoBpm],
    msOfBeat: beat => firstBeatMs + (beat - 1) * beatMs,
    beatOfMs: ms => 1 + (ms - firstBeatMs) / beatMs,
  };
}

/** Tells whether two grids of one track put its beats in the same places; null: no grid. Compared early and late in the track. */
export function isSameGrid(a: BeatGrid | null, b: BeatGrid | null): boolean {
  if (a === null || b === null) return a === b;
  return a.beats === b.beats && [1, 2, 100, 1000].every(beat => a.msOfBeat(beat) === b.msOfBeat(beat));
}

/** Beat as rekordbox stores it. */
export interface GridBeat {
  /** ms from the start of the track at normal speed. */
  readonly ms: Ms;
  /** Tempo from this beat on. */
  readonly tempoBpm: number;
}

/**
 * A grid that knows each beat, variable tempo included.
 *
 * Times between beats are interpolated between the stored times, never integrated from the tempo: the stored times are
 * whole milliseconds and their differences alternate.
 *
 * @returns null when the times do not rise: such a grid is not one
 */
export function measuredGrid(stored: readonly GridBeat[]): BeatGrid | null {
  const times: Ms[] = [];
  for (const { ms } of stored) if (times.length === 0 || ms > (times[times.length - 1] as Ms)) times.push(ms);
  const count = times.length;
  const first = stored[0];
  const last = stored[stored.length - 1];
  if (count !== stored.length || first === undefined || last === undefined) return null;
  const spacing = (tempoBpm: number, i: number): Ms =>
    tempoBpm > 0 ? 60000 / tempoBpm : (times[i + 1] ?? Number.NaN) - (times[i] ?? Number.NaN) || 500;
  const before = spacing(first.tempoBpm, 0);
  const after = spacing(last.tempoBpm, count - 2);
  const at = (i: number): Ms => times[i] as Ms;
  return {
    beats: count,
    tempi: [...new Set(stored.map(({ tempoBpm }) => tempoBpm))],
    msOfBeat(beat) {
      const i = Math.floor(beat) - 1;
      if (i < 0) return at(0) - (1 - beat) * before;
      if (i >= count - 1) return at(count - 1) + (beat - count) * after;
      return at(i) + (beat - 1 - i) * (at(i + 1) - at(i));
    },
    beatOfMs(ms) {
      if (ms < at(0)) return 1 - (at(0) - ms) / before;
      if (ms >= at(count - 1)) return count + (ms - at(count - 1)) / after;
      let low = 0;
      let high = count - 1;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (at(middle) <= ms) low = middle;
        else high = middle;
      }
      return low + 1 + (ms - at(low)) / (at(low + 1) - at(low));
    },
  };
}
