/**
 * The tracks that a simulated unit plays. All of them are made up: titles, grids, phrases and covers belong to nobody.
 *
 * Between them they show what a bridge must cope with: seven steady tempi and one that changes, first beats away from 0, a
 * track that begins in the middle of a bar, all three moods, fills, every bank, and a track that nobody analysed for
 * phrases.
 */
import type { Ms } from '../../../src/core/clock.ts';
import { type BeatGrid, type GridBeat, measuredGrid, steadyGrid } from '../../../src/core/track/beat-grid.ts';
import {
  BANKS,
  type Bank,
  MOODS,
  type Mood,
  type RawPhrase,
  type RawSongStructure,
} from '../../../src/core/track/phrase.ts';
import { artwork } from './demo-artwork.ts';

/** A track as the simulated unit knows it: everything, exactly. */
export interface DemoTrack {
  readonly id: number;
  readonly title: string;
  readonly artist: string;
  readonly lengthMs: Ms;
  readonly grid: BeatGrid;
  /** Place in the bar of beat 1: 1..4. */
  readonly firstBeatInBar: number;
  /** Track tempo from a beat on, in order; the first holds before it, too. */
  readonly tempi: readonly Tempo[];
  /** null: not analysed for phrases. */
  readonly structure: RawSongStructure | null;
  /** A JPEG of 80 × 80. */
  readonly artwork: Uint8Array;
}

export interface Tempo {
  readonly fromBeat: number;
  readonly tempoBpm: number;
}

/** Track tempo at a place in beats. */
export function trackTempoAt(track: DemoTrack, beat: number): number {
  const { tempi } = track;
  let tempoBpm = tempi[0]?.tempoBpm ?? 0;
  for (const tempo of tempi) if (tempo.fromBeat <= beat) tempoBpm = tempo.tempoBpm;
  return tempoBpm;
}

/** 1..4; beats before the first one count back. */
export const beatInBarOf = (track: DemoTrack, beat: number): number =>
  ((((track.firstBeatInBar + beat - 2) % 4) + 4) % 4) + 1;

/** Kind and flags of each label [crate-digger]; in mood low the kinds of one verse look alike, so any of them will do. */
const CODES: Readonly<Record<Mood, Readonly<Record<string, Partial<RawPhrase>>>>> = {
  high: {
    'Intro 1': { kind: 1, k1: 1 },
    'Intro 2': { kind: 1 },
    'Up 1': { kind: 2 },
    'Up 2': { kind: 2, k3: 1 },
    'Up 3': { kind: 2, k2: 1, b: 1 },
    Down: { kind: 3 },
    'Chorus 1': { kind: 5, k1: 1 },
    'Chorus 2': { kind: 5 },
    'Outro 1': { kind: 6, k1: 1 },
    'Outro 2': { kind: 6 },
  },
  mid: {
    ...{ Intro: { kind: 1 }, 'Verse 1': { kind: 2 }, 'Verse 2': { kind: 3 }, 'Verse 3': { kind: 4 } },
    ...{ 'Verse 4': { kind: 5 }, 'Verse 5': { kind: 6 }, 'Verse 6': { kind: 7 } },
    ...{ Bridge: { kind: 8 }, Chorus: { kind: 9 }, Outro: { kind: 10 } },
  },
  low: {
    ...{ Intro: { kind: 1 }, 'Verse 1': { kind: 3 }, 'Verse 2': { kind: 6 } },
    ...{ Bridge: { kind: 8 }, Chorus: { kind: 9 }, Outro: { kind: 10 } },
  },
};

const PLAIN: RawPhrase = {
  ...{ index: 0, beat: 0, kind: 0, k1: 0, k2: 0, k3: 0 },
  ...{ b: 0, beat2: 0, beat3: 0, beat4: 0, fill: 0, fillBeat: 0 },
};

/** Phrases as the tables below write them: label and length in beats, with `/4` for a fill in the last four of them. */
function phrases(mood: Mood, bank: Bank, parts: string): RawSongStructure {
  let beat = 1;
  const entries = parts.split(', ').map((part, i): RawPhrase => {
    const [, label = '', length, fill] = /^(.*) (\d+)(?:\/(\d+))?$/.exec(part) ?? [];
    const beats = Number(length);
    const fillBeats = Number(fill ?? 0);
    const code = CODES[mood][label];
    if (code === undefined) throw new Error(`no phrase of mood ${mood} is called "${label}"`);
    const start = beat;
    beat += beats;
    const isUp3 = code.b === 1;
    return {
      ...PLAIN,
      ...code,
      index: i + 1,
      beat: start,
      beat2: isUp3 ? start + beats / 4 : 0,
      beat3: isUp3 ? start + beats / 2 : 0,
      beat4: isUp3 ? start + (beats * 3) / 4 : 0,
      fill: fillBeats > 0 ? 1 : 0,
      fillBeat: fillBeats > 0 ? beat - fillBeats : 0,
    };
  });
  return { mood: MOODS.indexOf(mood) + 1, bank: BANKS.indexOf(bank), endBeat: beat, entries };
}

interface Sketch {
  readonly id: number;
  readonly title: string;
  readonly firstBeatMs: Ms;
  readonly firstBeatInBar?: number;
  /** Tempo of the whole track, or several from a beat on. */
  readonly tempo: number | readonly Tempo[];
  readonly structure: RawSongStructure | null;
  /** Beats of music, where no phrases say it. */
  readonly beats?: number;
}

/** Sound after the last phrase. */
const TAIL_MS: Ms = 3500;

function track({ id, title, firstBeatMs, firstBeatInBar = 1, tempo, structure, beats = 0 }: Sketch): DemoTrack {
  const tempi = typeof tempo === 'number' ? [{ fromBeat: 1, tempoBpm: tempo }] : tempo;
  const endBeat = structure?.endBeat ?? beats + 1;
  const grid =
    typeof tempo === 'number' ? steadyGrid(firstBeatMs, tempo) : changingGrid(firstBeatMs, tempo, endBeat - 1);
  return {
    ...{ id, title, artist: 'Decklight Demo', firstBeatInBar, tempi, structure, grid },
    lengthMs: Math.ceil(grid.msOfBeat(endBeat) + TAIL_MS),
    artwork: artwork(id),
  };
}

/** As rekordbox stores a grid: each beat in whole milliseconds. */
function changingGrid(firstBeatMs: Ms, tempi: readonly Tempo[], beats: number): BeatGrid {
  const stored: GridBeat[] = [];
  let ms = firstBeatMs;
  for (let beat = 1; beat <= beats; beat++) {
    const tempoBpm = tempi.findLast(({ fromBeat }) => fromBeat <= beat)?.tempoBpm ?? 120;
    stored.push({ ms: Math.round(ms), tempoBpm });
    ms += 60000 / tempoBpm;
  }
  const grid = measuredGrid(stored);
  if (grid === null) throw new Error('the beats of a made-up track must rise');
  return grid;
}

/** Every track, in the order of the unit's list. */
export const DEMO_TRACKS: readonly DemoTrack[] = [
  track({
    ...{ id: 829, title: 'Night Tram', firstBeatMs: 123, tempo: 128 },
    structure: phrases(
      'high',
      'hot',
      'Intro 1 32, Up 1 32/4, Down 32, Up 3 32/4, Chorus 1 64, Down 64, Up 2 32, Up 3 32/2, Chorus 1 64, Chorus 2 64/4, ' +
        'Outro 1 32, Outro 2 32',
    ),
  }),
  track({
    ...{ id: 414, title: 'Glass Quay', firstBeatMs: 57, tempo: 124 },
    structure: phrases(
      'mid',
      'natural',
      'Intro 32, Verse 1 64, Verse 2 32/4, Chorus 64, Verse 3 32, Verse 4 32, Bridge 32/4, Chorus 64, Verse 5 16, ' +
        'Verse 6 16, Chorus 64, Outro 64',
    ),
  }),
  track({
    ...{ id: 184, title: 'Slow Lantern', firstBeatMs: 310, tempo: 120 },
    structure: phrases(
      'low',
      'subtle',
      'Intro 16, Verse 1 64, Chorus 32, Verse 1 32, Verse 2 32, Bridge 32, Chorus 64, Verse 2 32, Chorus 64, Outro 48',
    ),
  }),
  track({
    ...{ id: 1203, title: 'Copper Awning', firstBeatMs: 24, tempo: 125 },
    structure: phrases(
      'high',
      'cool',
      'Intro 2 64/4, Up 1 32, Up 2 32/4, Chorus 2 64, Down 32, Up 3 64/4, Chorus 1 64, Chorus 2 32, Outro 2 64',
    ),
  }),
  track({
    ...{ id: 77, title: 'Paper Satellites', firstBeatMs: 441, tempo: 132 },
    structure: phrases(
      'high',
      'vivid',
      'Intro 1 64, Up 1 64/4, Chorus 1 64, Down 32, Up 2 32, Up 3 32/4, Chorus 1 64, Chorus 2 64, Down 64, Outro 1 64',
    ),
  }),
  track({
    ...{ id: 65536, title: 'Concrete Orchard', firstBeatMs: 208, tempo: 140 },
    structure: phrases(
      'high',
      'club1',
      'Intro 1 32, Up 2 64, Chorus 2 64/2, Down 64, Up 3 32/4, Chorus 1 128, Down 32, Up 3 32/4, Chorus 1 64, Outro 2 64',
    ),
  }),
  track({
    ...{ id: 3001, title: 'Fast Allotment', firstBeatMs: 89, tempo: 174 },
    structure: phrases(
      'high',
      'club2',
      'Intro 2 64, Up 1 64/4, Chorus 1 128/4, Down 64, Up 3 64, Chorus 1 128, Chorus 2 64/2, Down 64, Outro 1 64, Outro 2 32',
    ),
  }),
  // Begins with the last two beats of a bar: its phrases do not begin where a count of four from beat 1 would have bars.
  track({
    ...{ id: 512, title: 'The Hill and the Bend', firstBeatMs: 312, firstBeatInBar: 3 },
    tempo: [
      { fromBeat: 1, tempoBpm: 100 },
      { fromBeat: 67, tempoBpm: 108.5 },
      { fromBeat: 195, tempoBpm: 122 },
      { fromBeat: 323, tempoBpm: 97.25 },
    ],
    structure: phrases(
      'mid',
      'warm',
      'Intro 34, Verse 1 32, Verse 2 64/4, Chorus 64, Bridge 32, Chorus 96/4, Verse 6 32, Outro 64',
    ),
  }),
  track({ id: 2020, title: 'Untitled Yard', firstBeatMs: 176, tempo: 126, structure: null, beats: 448 }),
  track({
    ...{ id: 9, title: 'Second Platform', firstBeatMs: 18, tempo: 127.93 },
    structure: phrases(
      'mid',
      'default',
      'Intro 32, Verse 1 32, Chorus 64, Verse 4 64/4, Bridge 32, Chorus 128, Outro 64',
    ),
  }),
];

/** A track by its title, however its letters are cased; null: there is none. */
export const trackTitled = (title: string): DemoTrack | null =>
  DEMO_TRACKS.find(each => each.title.toLowerCase() === title.toLowerCase()) ?? null;
