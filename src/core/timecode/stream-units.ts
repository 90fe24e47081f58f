/** Units that streams count: timecode the frames of a day, MIDI clock the clocks of a track. */

import { leadsToBeat, leadsToMs } from '../deck/position.ts';
import type { Known } from '../track/track-knowledge.ts';
import type { StreamUnits } from './generator.ts';
import { CLOCKS_OF_BEAT } from './stream-anchor.ts';
import type { ClockEntry, TimecodeEntry } from './stream-entry.ts';
import { framesOfMs, framesPerMs } from './timecode.ts';

/** Gives the start of a track in a timecode, in frames since midnight; null: the start of unknown tracks. */
export const regionOf = ({ name, regions }: TimecodeEntry, known: Known): number | null =>
  (known.entry === null ? undefined : regions.get(known.entry)) ?? known.regions.get(name) ?? null;

/** Frames since midnight: where the region of the track begins, and how far the deck is in it. */
export const TIMECODE_UNITS: StreamUnits<TimecodeEntry> = {
  unitOf: ({ rate }) => rate.name,
  placeOf(entry, deck, at) {
    const ms = leadsToMs(deck, at);
    if (ms === null || deck.track === null) return null;
    const start = regionOf(entry, deck.track.known) ?? entry.unknownTrack;
    return start + framesOfMs(entry.rate, ms) + entry.offsetFrames;
  },
  normalSpeed: ({ rate }) => framesPerMs(rate),
};

/** Clocks since beat 1, which is 0: before it they are negative. */
export const MIDI_CLOCK_UNITS: StreamUnits<ClockEntry> = {
  unitOf: () => 'clock',
  placeOf(_, deck, at) {
    const beat = leadsToBeat(deck, at);
    return beat === null ? null : (beat - 1) * CLOCKS_OF_BEAT;
  },
  normalSpeed(_, { track }) {
    return track?.tempoBpm == null ? null : (track.tempoBpm * CLOCKS_OF_BEAT) / 60_000;
  },
};
