/** Regions of the SMPTE day: where tracks begin, so that none runs into another. Places are frames since midnight. */
import type { TimecodeEntry } from './stream-entry.ts';
import { type FrameRate, framesPerDay, framesPerHour } from './timecode.ts';

/** Tracks that begin closer to each other than this run into each other when they are of usual length. */
export const USUAL_TRACK_MINUTES = 10;

export const usualTrackFrames = (rate: FrameRate): number => (framesPerHour(rate) * USUAL_TRACK_MINUTES) / 60;

/**
 * Finds the start of the next track to be prepared: the next whole hour after the last region in use, past 23:00 the first
 * hour in which none begins. A day without a free hour gives ten minutes, and in the end a second.
 *
 * Where unknown tracks begin counts as a region in use unless the profile has put that elsewhere on purpose; then it is
 * only kept free.
 *
 * @param taken  regions that have been given away and are not in the profile yet
 */
export function nextFreeRegion({ rate, regions, unknownTrack }: TimecodeEntry, taken: readonly number[]): number {
  const prepared = [...regions.values()];
  const isUsual = unknownTrack === usualUnknownTrack(rate, prepared);
  if (isUsual) return freeRegion(rate, [...prepared, ...taken, unknownTrack], []);
  return freeRegion(rate, [...prepared, ...taken], [unknownTrack]);
}

/** Start of unknown tracks when the profile does not say: after all that it has prepared; 01:00:00:00 without any. */
export const usualUnknownTrack = (rate: FrameRate, prepared: readonly number[]): number =>
  freeRegion(rate, prepared, []);

/** @param alsoTaken  kept free, though what comes next need not come after them */
function freeRegion(rate: FrameRate, inUse: readonly number[], alsoTaken: readonly number[]): number {
  const within = (size: number): number | null => {
    const slotOf = (place: number): number => Math.floor(place / size);
    const slots = Math.floor(framesPerDay(rate) / size);
    const busy = new Set([...inUse, ...alsoTaken].map(slotOf));
    // A day begins at 01:00:00:00: from midnight an offset would lead back into the evening.
    const first = inUse.reduce((latest, place) => Math.max(latest, slotOf(place)), 0) + 1;
    for (let i = 0; i < slots; i++) {
      const slot = (first + i) % slots;
      if (!busy.has(slot)) return slot * size;
    }
    return null;
  };
  // A day has more seconds than a profile can have tracks.
  return within(framesPerHour(rate)) ?? within(usualTrackFrames(rate)) ?? within(rate.base) ?? 0;
}
