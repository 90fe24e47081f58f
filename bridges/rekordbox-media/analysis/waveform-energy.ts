/**
 * Energy of a track and of its phrases, from the heights of its waveform. Pure.
 *
 * A waveform is drawn in steps of 1/150 s, each 0 to 31 high. Mean and peak are taken over the steps that begin within a
 * phrase, and told in percent of 31, to one place. It is what rekordbox draws, and no measured loudness.
 */
import type { BeatGrid } from '../../../src/core/track/beat-grid.ts';
import type { SongStructure } from '../../../src/core/track/phrase.ts';
import type { Energy, TrackEnergy } from '../../../src/core/track/track-notes.ts';
import { TALLEST, WAVEFORM_ENTRIES_PER_SECOND } from './analysis-layout.ts';

/**
 * @param heights one for each 1/150 s of the track; null: there is no waveform
 * @param grid      carries the phrases into time; null: there is none, and only the whole track has an energy
 */
export function waveformEnergy(
  heights: Uint8Array | null,
  grid: BeatGrid | null,
  structure: SongStructure | null,
): TrackEnergy | null {
  if (heights === null || heights.length === 0) return null;
  const stepOf = (beat: number): number =>
    Math.ceil(((grid?.msOfBeat(beat) ?? 0) * WAVEFORM_ENTRIES_PER_SECOND) / 1000);
  const phrases = grid === null || structure === null ? [] : structure.phrases;
  return {
    ...energyBetween(heights, 0, heights.length),
    phrases: phrases.map(({ startBeat, endBeat }) => energyBetween(heights, stepOf(startBeat), stepOf(endBeat))),
  };
}

/** @param to the first step that is not in it; of no steps both are 0 */
function energyBetween(heights: Uint8Array, from: number, to: number): Energy {
  let sum = 0;
  let peak = 0;
  const first = Math.max(0, from);
  const end = Math.min(heights.length, to);
  for (let i = first; i < end; i++) {
    const height = heights[i] ?? 0;
    sum += height;
    if (height > peak) peak = height;
  }
  return { mean: end <= first ? 0 : percent(sum / (end - first)), peak: percent(peak) };
}

const percent = (height: number): number => Math.round((1000 * height) / TALLEST) / 10;
