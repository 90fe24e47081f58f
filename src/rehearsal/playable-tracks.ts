/** Tracks that a simulated unit can play for a profile: imported ones by their analysis, and those that it has itself. */
import { artwork } from '../../bridges/opus-quad/simulator/demo-artwork.ts';
import { DEMO_TRACKS, type DemoTrack, type Tempo } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import type { Profile } from '../core/profile.ts';
import type { BeatGrid } from '../core/track/beat-grid.ts';
import type { MediaLibrary } from '../core/track/media-library.ts';
import type { MediaTrack } from '../core/track/media-track.ts';
import { BANKS, MOODS, type RawSongStructure, type SongStructure, songStructure } from '../core/track/phrase.ts';
import { bestMatch, factsOf, plain } from '../core/track/track-match.ts';
import type { PathTrack } from './true-path.ts';

export interface PlayableTrack {
  readonly title: string;
  /** As the simulated unit plays it. */
  readonly track: DemoTrack;
  /** As a library would know it. */
  readonly media: MediaTrack;
  /** `imported`: by the analysis of a stick; `simulated`: one that the simulated unit has. */
  readonly from: 'imported' | 'simulated';
  /** Place in the profile's list of tracks; null: it prepares no such track. */
  readonly entry: number | null;
}

/** Numbers of tracks whose own is not known: no stick has as many. */
const FIRST_UNKNOWN_ID = 900_000_001;
/** Sound after the last beat, where no length is known. */
const TAIL_MS = 3500;

/** Lists the tracks that can be played: imported ones with a grid first, then those of the simulated unit. */
export function playableTracks({ tracks }: Profile, library: MediaLibrary): readonly PlayableTrack[] {
  const matches = tracks.map(({ match }) => match);
  const imported = [...library.all()].flatMap((media, i): readonly PlayableTrack[] => {
    const track = trackOfMedia(media, FIRST_UNKNOWN_ID + i);
    if (track === null) return [];
    return [{ title: track.title, track, media, from: 'imported', entry: bestMatch(matches, factsOf(media)) }];
  });
  const taken = new Set(imported.map(({ track }) => track.id));
  const simulated = DEMO_TRACKS.filter(({ id }) => !taken.has(id)).map((track): PlayableTrack => {
    const entry = matches.findIndex(({ id }) => id === track.id);
    return { title: track.title, track, media: mediaOf(track), from: 'simulated', entry: entry < 0 ? null : entry };
  });
  return [...imported, ...simulated];
}

/** Finds a track by its title or its number; null: none is called so. */
export function trackCalled(
  profile: Profile,
  playable: readonly PlayableTrack[],
  called: string,
): PlayableTrack | null {
  const name = plain(called);
  const entry = profile.tracks.findIndex(({ title, match }) => plain(title ?? match.title ?? '') === name);
  return (
    playable.find(({ title }) => plain(title) === name) ??
    (entry < 0 ? undefined : playable.find(each => each.entry === entry)) ??
    playable.find(({ track }) => String(track.id) === called.trim()) ??
    null
  );
}

/** Makes of an imported track one that a simulated unit plays; null: it has no beat grid. */
export function trackOfMedia(media: MediaTrack, unknownId: number): DemoTrack | null {
  const { grid, structure, firstDownbeat, durationMs } = media;
  if (grid === null) return null;
  const endBeat = structure?.endBeat ?? grid.beats ?? 1;
  return {
    id: media.id ?? unknownId,
    title: media.title ?? media.file,
    artist: media.artist ?? '',
    lengthMs: durationMs ?? Math.ceil(grid.msOfBeat(endBeat) + TAIL_MS),
    grid,
    firstBeatInBar: firstDownbeat === null ? 1 : ((5 - firstDownbeat) % 4) + 1,
    tempi: tempiOf(grid),
    structure: structure === null ? null : rawStructure(structure),
    artwork: artwork(media.id ?? unknownId),
  };
}

/** A track of the simulated unit as a stick would have it. */
const mediaOf = ({ id, title, artist, lengthMs, grid, firstBeatInBar, structure }: DemoTrack): MediaTrack => ({
  ...{ stick: 'simulated', id, file: title, title, artist, album: null, genre: null, musicalKey: null },
  ...{ tempoBpm: grid.tempi[0] ?? null, durationMs: lengthMs, playlists: [], artworkFile: null, grid },
  firstDownbeat: ((5 - firstBeatInBar) % 4) + 1,
  structure: structure === null ? null : songStructure(structure).structure,
  ...{ fingerprint: null, cuePoints: [] },
});

/** Tempi of a grid from beat to beat, each the nearest of those that it says it has. */
function tempiOf({ tempi, beats, msOfBeat }: BeatGrid): readonly Tempo[] {
  const [first = 120] = tempi;
  if (tempi.length <= 1 || beats === null) return [{ fromBeat: 1, tempoBpm: first }];
  const found: Tempo[] = [];
  for (let beat = 1; beat < beats; beat++) {
    const heard = 60_000 / (msOfBeat(beat + 1) - msOfBeat(beat));
    const tempoBpm = tempi.reduce((best, each) => (Math.abs(each - heard) < Math.abs(best - heard) ? each : best));
    if (found.at(-1)?.tempoBpm !== tempoBpm) found.push({ fromBeat: beat, tempoBpm });
  }
  return found;
}

const rawStructure = ({ mood, bank, rawBank, phrases, endBeat }: SongStructure): RawSongStructure => ({
  mood: mood === null ? 1 : MOODS.indexOf(mood) + 1,
  bank: bank === null ? rawBank : BANKS.indexOf(bank),
  endBeat,
  entries: phrases.map(({ index, startBeat, rawKind, k1, k2, k3, b, extraBeats, fillBeat }) => ({
    ...{ index, beat: startBeat, kind: rawKind, k1, k2, k3, b },
    ...{ beat2: extraBeats[0] ?? 0, beat3: extraBeats[1] ?? 0, beat4: extraBeats[2] ?? 0 },
    ...{ fill: fillBeat === null ? 0 : 1, fillBeat: fillBeat ?? 0 },
  })),
});

/** What the path of a playhead depends on. */
export const pathTrackOf = ({ id, lengthMs, grid }: DemoTrack): PathTrack => ({
  ...{ id, lengthMs },
  msOfBeat: grid.msOfBeat,
  beatOfMs: grid.beatOfMs,
});
