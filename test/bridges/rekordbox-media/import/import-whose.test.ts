/** Whose an analysis is: what the database says, and what the files themselves say. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeAnalysis } from '../../../../bridges/rekordbox-media/analysis/analysis-file.ts';
import type { NamedTrack, StickLibrary } from '../../../../bridges/rekordbox-media/import/stick-library.ts';
import { SIMULATED_STICK_KEY } from '../../../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import { NO_TRACK_NOTES } from '../../../../src/core/track/track-notes.ts';
import { put } from '../temporary-stick.ts';
import {
  analysisOf,
  copy,
  imported,
  into,
  prepareSticks,
  stickOf,
  storeFile,
  TITLE,
  TRACKS,
  titled,
} from './import-rig.ts';

prepareSticks();

describe('an analysis that is not where the database says', () => {
  it('an analysis that is elsewhere than the database says is known by the audio file it names', async () => {
    const folder = copy();
    const { dat, ext } = await analysisOf(folder, TITLE);
    for (const path of [dat, ext]) {
      const target = join(folder, 'PIONEER/USBANLZ/P0FF/00000001', path.slice(path.lastIndexOf('/')));
      mkdirSync(dirname(target), { recursive: true });
      renameSync(join(folder, path), target);
    }
    for (const key of [SIMULATED_STICK_KEY, null]) {
      const result = await imported(folder, key);
      expect(titled(result)?.structure).not.toBeNull();
      expect(result.outcome.counts).toMatchObject({ tracks: 10, filesMissing: 0 });
    }
  });

  it('an analysis of a track that the library does not have is that of a deleted one', async () => {
    const folder = copy();
    const { ext } = await analysisOf(folder, TITLE);
    put(folder, { 'PIONEER/USBANLZ/P0FF/00000001/ANLZ0000.EXT': readFileSync(join(folder, ext)) });
    for (const key of [SIMULATED_STICK_KEY, null]) {
      expect((await imported(folder, key)).outcome.counts.tracks).toBe(10);
    }
  });
});

describe('an analysis that says whose it is', () => {
  const beats = (first: number) =>
    Array.from({ length: 40 }, (_, i) => ({ ms: first + 500 * i, tempoBpm: 120, beatInBar: (i % 4) + 1 }));
  const [{ structure: raw = null } = {}] = TRACKS;
  const nothing = { audioPath: null, beats: null, gridEnds: null, cueLists: [], durationMs: null, structure: null };
  /** The two files of an analysis, its first beat at so many ms. */
  const analysis = (stem: string, audioPath: string, first: number): [string, Uint8Array][] => [
    [`${stem}.DAT`, encodeAnalysis({ ...nothing, audioPath, beats: beats(first) })],
    [
      `${stem}.EXT`,
      encodeAnalysis({ ...nothing, audioPath, structure: raw === null ? null : { raw, isMasked: true } }),
    ],
  ];
  const row = (id: number, file: string, stem: string): NamedTrack => ({
    id,
    row: {
      ...{ title: file, artist: null, album: null, genre: null, musicalKey: null, tempoBpm: null, lengthMs: null },
      ...{
        file,
        analysisPath: `/${stem}.DAT`,
        artworkPath: null,
        playlists: [],
        playlistPlaces: [],
        notes: NO_TRACK_NOTES,
      },
    },
  });
  const joined = async (
    rows: readonly NamedTrack[],
    files: readonly [string, Uint8Array][],
    {
      source = 'exportLibrary.db',
      file = storeFile(),
    }: { readonly source?: StickLibrary['source']; readonly file?: string } = {},
  ) => {
    const library = { source, rows, emptyDatabase: null, deviceName: null, databaseUnixMs: null, lines: [] };
    const { tracks, outcome } = await into(file, stickOf(new Map(files)), library);
    const found = tracks.map(track => [
      track.file,
      track.grid?.msOfBeat(1) ?? null,
      track.structure === null ? null : 'phrases',
    ]);
    return { found: found.sort(), ...outcome };
  };
  const P0 = 'PIONEER/USBANLZ/P001/00000001/ANLZ0000';
  const P1 = 'PIONEER/USBANLZ/P001/00000001/ANLZ0001';
  const [A, B] = ['/Contents/a.mp3', '/Contents/b.mp3'];

  it.each(['exportLibrary.db', 'export.pdb'] as const)(
    'is that of its audio file, whichever of those in a folder %s names',
    async source => {
      const files = [...analysis(P0, '/Contents/zzz.mp3', 7), ...analysis(P1, A, 100)];
      const file = storeFile();
      for (let again = 0; again < 2; again++) {
        const { found, lines } = await joined([row(1, A, P0)], files, { source, file });
        expect(found).toContainEqual(['Contents/a.mp3', 100, 'phrases']);
        // What stands in its place has the same phrases: it can be the same recording, and is no track of its own.
        expect(found.length).toBe(1);
        expect(lines).toEqual([]);
      }
    },
  );

  it('is that of its audio file where two tracks are said to have one another’s', async () => {
    const { found, lines } = await joined(
      [row(1, A, P0), row(2, B, P1)],
      [...analysis(P0, B, 200), ...analysis(P1, A, 100)],
    );
    expect(found).toEqual([
      ['Contents/a.mp3', 100, 'phrases'],
      ['Contents/b.mp3', 200, 'phrases'],
    ]);
    expect(lines).toEqual([]);
  });

  it('leaves a track without one when none is its own, and says so with both paths', async () => {
    const { found, lines, counts } = await joined([row(1, A, P0)], analysis(P0, '/Contents/zzz.mp3', 7));
    expect(found).toEqual([['Contents/a.mp3', null, null]]);
    expect(lines).toEqual([
      `${P0}.EXT: this analysis is of "/Contents/zzz.mp3", the library says of "${A}", which is left without one; export that track again`,
    ]);
    expect(counts).toMatchObject({ tracks: 1, withGrid: 0, withPhrases: 0 });
  });

  it('of which one file is another track’s gives what is its own', async () => {
    const [dat] = analysis(P0, A, 100);
    const [, ext] = analysis(P0, B, 200);
    if (dat === undefined || ext === undefined) throw new Error('both are made');
    const file = storeFile();
    for (let again = 0; again < 2; again++) {
      const { found, lines } = await joined([row(1, A, P0)], [dat, ext], { file });
      expect(found).toEqual([['Contents/a.mp3', 100, null]]);
      expect(lines).toEqual([
        `${P0}.EXT: the .EXT is of the audio file "${B}", not of "${A}": it is left out; export the track again`,
      ]);
    }
    // The other half is that track's, if it has none of its own.
    const { found } = await joined([row(1, A, P0), row(2, B, P1)], [dat, ext]);
    expect(found).toEqual([
      ['Contents/a.mp3', 100, null],
      ['Contents/b.mp3', null, 'phrases'],
    ]);
  });

  it('and was stored otherwise by an earlier Decklight is read again', async () => {
    const file = storeFile();
    const files = analysis(P0, A, 100);
    await joined([row(1, A, P0)], files, { file });
    expect((await joined([row(1, A, P0)], files, { file })).counts.unchanged).toBe(1);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"reading":\d+,/, ''));
    expect((await joined([row(1, A, P0)], files, { file })).counts.unchanged).toBe(0);
  });
});
