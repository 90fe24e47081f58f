/** Sticks of shapes that were met on genuine ones, made small. */
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StoredCue } from '../../../../bridges/rekordbox-media/analysis/analysis-cues.ts';
import { type AnalysisTags, encodeAnalysis } from '../../../../bridges/rekordbox-media/analysis/analysis-file.ts';
import type { NamedTrack, StickLibrary } from '../../../../bridges/rekordbox-media/import/stick-library.ts';
import { libraryOf } from '../../../../src/core/track/media-library.ts';
import type { RawSongStructure } from '../../../../src/core/track/phrase.ts';
import { identify } from '../../../../src/core/track/track-identity.ts';
import { NO_TRACK_NOTES } from '../../../../src/core/track/track-notes.ts';
import { opened, put } from '../temporary-stick.ts';
import { copy, into, prepareSticks, stickOf, storeFile, TRACKS } from './import-rig.ts';

prepareSticks();

const NOTHING: AnalysisTags = {
  ...{ audioPath: null, beats: null, gridEnds: null, cueLists: [], durationMs: null, structure: null },
};
const beat = (ms: number) => ({ ms, tempoBpm: 120, beatInBar: 1 });
const [ONE, TWO] = TRACKS.flatMap(({ structure }) => structure ?? []);
const cue = (positionMs: number, change: Partial<StoredCue> = {}): StoredCue => ({
  ...{
    button: 1,
    type: 'point',
    positionMs,
    loopEndMs: null,
    loopBeats: null,
    colourId: 0,
    comment: null,
    colour: null,
  },
  ...change,
});

interface MadeUp {
  readonly stem: string;
  readonly audio: string;
  readonly phrases?: RawSongStructure | null | undefined;
  readonly durationMs?: number;
}
/** Both files of an analysis. */
const analysis = ({ stem, audio, phrases = null, durationMs }: MadeUp): [string, Uint8Array][] => {
  const dat = { ...NOTHING, audioPath: audio, beats: [beat(100), beat(600)] };
  const structure = phrases === null ? null : { raw: phrases, isMasked: true };
  return [
    [`PIONEER/USBANLZ/${stem}.DAT`, encodeAnalysis(dat)],
    [
      `PIONEER/USBANLZ/${stem}.EXT`,
      encodeAnalysis({ ...NOTHING, audioPath: audio, durationMs: durationMs ?? null, structure }),
    ],
  ];
};
const row = (file: string, stem: string): NamedTrack => ({
  id: null,
  row: {
    ...{ title: file, artist: null, album: null, genre: null, musicalKey: null, tempoBpm: null, lengthMs: null },
    ...{
      file,
      analysisPath: `/PIONEER/USBANLZ/${stem}.DAT`,
      artworkPath: null,
      playlists: [],
      playlistPlaces: [],
      notes: NO_TRACK_NOTES,
    },
  },
});
const library = (rows: readonly NamedTrack[]): StickLibrary => ({
  ...{ source: 'export.pdb', rows, emptyDatabase: null, deviceName: null, databaseUnixMs: null, lines: [] },
});

describe('an analysis that no database names, imported without the key', () => {
  const NAMED = { stem: 'P001/00000001/ANLZ0000', audio: '/Contents/A/one.mp3' };
  it.each([
    ['has the phrases of a named track', { phrases: ONE, durationMs: 90_000 }, { phrases: ONE, durationMs: 80_000 }, 1],
    [
      'has its file name, and was analysed otherwise',
      { phrases: ONE },
      { audio: '/Contents/Old/ONE.mp3', phrases: TWO },
      1,
    ],
    ['has its file name and another length', { durationMs: 90_000 }, { audio: '/Old/one.mp3', durationMs: 99_000 }, 2],
    ['has its very length and no phrases', { phrases: ONE, durationMs: 90_000 }, { durationMs: 90_000 }, 1],
    [
      'has its length and phrases of its own',
      { phrases: ONE, durationMs: 90_000 },
      { phrases: TWO, durationMs: 90_000 },
      2,
    ],
    ['has nothing of it', { phrases: ONE, durationMs: 90_000 }, { phrases: TWO, durationMs: 70_000 }, 2],
  ])('that %s', async (_, named, left, tracks) => {
    const other = { stem: 'P002/00000002/ANLZ0000', audio: '/Contents/B/another.mp3', ...left };
    const stick = stickOf(new Map([...analysis({ ...NAMED, ...named }), ...analysis(other)]));
    const file = storeFile();
    for (let again = 0; again < 2; again++) {
      const { outcome } = await into(file, stick, library([row(NAMED.audio, NAMED.stem)]));
      expect(outcome.counts).toMatchObject({ tracks, leftOver: 2 - tracks });
    }
  });

  it('makes no named track ambiguous, whatever an older import has kept of it', async () => {
    const files = analysis({ ...NAMED, phrases: ONE });
    const { tracks } = await into(storeFile(), stickOf(new Map(files)), library([row(NAMED.audio, NAMED.stem)]));
    const [named] = tracks;
    if (named === undefined) throw new Error('one track is imported');
    const both = libraryOf([{ ...named, title: null, file: 'Contents/B/another.mp3' }, named]);
    const evidence = { id: 9, tempoBpm: null, lengthS: null, source: null, fingerprint: named.fingerprint };
    expect(identify(both, evidence)).toMatchObject({ confidence: 'confirmed', track: { title: NAMED.audio } });
  });
});

const linesOf = async (files: readonly [string, Uint8Array][]) => {
  const { outcome, tracks } = await into(storeFile(), stickOf(new Map(files)), library([]));
  return { lines: outcome.lines, tracks };
};

describe('an analysis as genuine sticks have it', () => {
  const DAT = 'PIONEER/USBANLZ/P001/00000001/ANLZ0000.DAT';
  const EXT = DAT.replace('DAT', 'EXT');
  const audioPath = '/Contents/a.mp3';

  it('without phrases has a second grid of no beats, and nothing is said of that', async () => {
    const gridEnds = { first: beat(0), last: beat(0), count: 0 };
    const { lines } = await linesOf([
      [DAT, encodeAnalysis({ ...NOTHING, audioPath, beats: [beat(100), beat(600)] })],
      [EXT, encodeAnalysis({ ...NOTHING, audioPath, gridEnds })],
    ]);
    expect(lines).toEqual([]);
  });

  it('with cues at times that the track does not have loses those alone, and says so', async () => {
    const cues = [
      cue(1000),
      cue(2 ** 32 - 2, { button: 2 }),
      cue(500, { button: 3, type: 'loop', loopEndMs: 2 ** 31 }),
    ];
    for (const durationMs of [60_000, null]) {
      const { lines, tracks } = await linesOf([
        [DAT, encodeAnalysis({ ...NOTHING, audioPath, beats: [beat(100), beat(600)] })],
        [
          EXT,
          encodeAnalysis({ ...NOTHING, audioPath, durationMs, cueLists: [{ form: 'extended', kind: 'hot', cues }] }),
        ],
      ]);
      expect(tracks[0]?.cuePoints.map(({ button, loopEndMs }) => [button, loopEndMs])).toEqual([
        [3, null],
        [1, null],
      ]);
      expect(lines).toEqual([
        `${EXT}: hot cue B at 4294967294 ms is left out: the track ends before it; set it again in rekordbox`,
        `${EXT}: hot cue C at 500 ms is a loop that ends at 2147483648 ms, after the end of the track: taken as a point`,
      ]);
    }
  });

  it.each([
    ['C:/Users/dj/Music/a.mp3', 'D:/Users/dj/Music/a.mp3'],
    ['/Volumes/OLD/Music/a.mp3', '/Volumes/NEW/Music/a.mp3'],
  ])('of a local library names one file on two drives: %s, %s', async (inDat, inExt) => {
    const { lines, tracks } = await linesOf([
      [DAT, encodeAnalysis({ ...NOTHING, audioPath: inDat, beats: [beat(100), beat(600)] })],
      [
        EXT,
        encodeAnalysis({
          ...NOTHING,
          audioPath: inExt,
          structure: ONE === undefined ? null : { raw: ONE, isMasked: false },
        }),
      ],
    ]);
    expect([lines, tracks.length]).toEqual([[], 1]);
    expect([tracks[0]?.grid === null, tracks[0]?.structure === null]).toEqual([false, false]);
  });
});

describe('a stick whose folders are there twice', () => {
  // On a disk that does not tell letters apart the two are one already.
  it('USBANLZ and usbanlz are one, each with its own tracks', async () => {
    const folder = copy();
    const { found } = await (await opened(folder)).analyses();
    const [first] = [...found.values()].flatMap(({ dat }) => dat ?? []);
    const moved = (first ?? '').replace('USBANLZ', 'usbanlz').replace(/[^/]*$/, '');
    mkdirSync(join(folder, moved, '..'), { recursive: true });
    renameSync(join(folder, (first ?? '').replace(/[^/]*$/, '')), join(folder, moved));
    const again = await opened(folder);
    expect((await again.analyses()).found.size).toBe(found.size);
    expect((await again.find(first ?? ''))?.sizeBytes).toBeGreaterThan(0);
  });

  it('PIONEER with settings alone does not hide .PIONEER with all else', async () => {
    const folder = copy();
    renameSync(join(folder, 'PIONEER'), join(folder, '.PIONEER'));
    put(folder, { 'PIONEER/MYSETTING.DAT': 'x' });
    const stick = await opened(folder);
    expect((await stick.analyses()).found.size).toBe(10);
    expect((await stick.find('PIONEER/rekordbox/export.pdb'))?.path).toBe('.PIONEER/rekordbox/export.pdb');
    expect((await stick.find('PIONEER/MYSETTING.DAT'))?.path).toBe('PIONEER/MYSETTING.DAT');
    expect(await stick.find('PIONEER/nothing')).toBeNull();
  });
});
