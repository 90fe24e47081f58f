import { describe, expect, it } from 'vitest';
import { encodeAnalysis } from '../../../../bridges/rekordbox-media/analysis/analysis-file.ts';
import { rowKindLines } from '../../../../bridges/rekordbox-media/import/row-kinds.ts';
import type { StickLibrary } from '../../../../bridges/rekordbox-media/import/stick-library.ts';
import { NO_TRACK_NOTES, type TrackNotes } from '../../../../src/core/track/track-notes.ts';
import { into, prepareSticks, stickOf, storeFile } from './import-rig.ts';

prepareSticks();

interface Sketch {
  readonly title?: string;
  readonly firstBeatMs?: number;
  readonly beats?: number;
  readonly cueMs?: number;
  readonly notes?: Partial<TrackNotes>;
  readonly playlists?: readonly string[];
}
const stemOf = (name: string) => `PIONEER/USBANLZ/${name}/00000001/ANLZ0000`;

/** A stick with these tracks, by their files. */
function stickWith(tracks: Readonly<Record<string, Sketch>>) {
  const nothing = { beats: null, gridEnds: null, cueLists: [], durationMs: null, structure: null };
  const files = Object.entries(tracks).flatMap(
    ([name, { firstBeatMs = 0, beats = 8, cueMs }]): [string, Uint8Array][] => {
      const audioPath = `/Contents/${name}.mp3`;
      const grid = Array.from({ length: beats }, (_, i) => ({
        ms: firstBeatMs + 500 * i,
        tempoBpm: 120,
        beatInBar: 1,
      }));
      const cue = {
        button: 1,
        type: 'point',
        loopEndMs: null,
        loopBeats: null,
        colourId: 0,
        comment: null,
        colour: null,
      } as const;
      const cueLists =
        cueMs === undefined ? [] : [{ form: 'extended', kind: 'hot', cues: [{ ...cue, positionMs: cueMs }] } as const];
      return [
        [`${stemOf(name)}.DAT`, encodeAnalysis({ ...nothing, audioPath, beats: grid })],
        [`${stemOf(name)}.EXT`, encodeAnalysis({ ...nothing, audioPath, cueLists })],
      ];
    },
  );
  const rows = Object.entries(tracks).map(([name, { title = name, notes = {}, playlists = [] }], i) => ({
    id: i + 1,
    row: {
      ...{ title, artist: 'A', album: null, genre: null, musicalKey: null, tempoBpm: null, lengthMs: null },
      ...{ file: `/Contents/${name}.mp3`, analysisPath: `/${stemOf(name)}.DAT`, artworkPath: null },
      ...{ playlists, playlistPlaces: playlists.map(() => 1), notes: { ...NO_TRACK_NOTES, ...notes } },
    },
  }));
  const none = { emptyDatabase: null, deviceName: null, databaseUnixMs: null, lines: [] };
  const library: StickLibrary = { source: 'exportLibrary.db', rows, ...none };
  return { stick: stickOf(new Map(files)), library };
}

/** Lines about the second of two imports. The stick in memory has no times of change: sizes alone tell, so all are read anew. */
async function changesOf(before: Record<string, Sketch>, after: Record<string, Sketch>): Promise<readonly string[]> {
  const file = storeFile();
  for (const tracks of [before, after]) {
    const { stick, library } = stickWith(tracks);
    const later = {
      ...stick,
      find: async (path: string) => {
        const found = await stick.find(path);
        return found === null ? null : { ...found, modifiedUnixMs: tracks === before ? 1 : 2 };
      },
    };
    const { outcome } = await into(file, later, library);
    if (tracks === after) return outcome.changes;
    expect(outcome.changes).toEqual([]);
  }
  return [];
}

describe('a second import', () => {
  it('of the same stick has no change to tell', async () => {
    const same = { a: { cueMs: 5, notes: { rating: 3 } }, b: {} };
    expect(await changesOf(same, same)).toEqual([]);
  });

  it('says which tracks are new, and how many are gone', async () => {
    expect(await changesOf({ a: {}, b: {}, c: {} }, { a: {}, d: {} })).toEqual(['1 track new: A - d', '2 tracks gone']);
  });

  it('says by how much grids have moved, where they are else the same', async () => {
    const tracks = { a: {}, b: { firstBeatMs: 100 }, c: {}, d: {} };
    const moved = { a: { firstBeatMs: 12 }, b: { firstBeatMs: 112 }, c: {}, d: { beats: 9 } };
    expect(await changesOf(tracks, moved)).toEqual([
      '2 tracks re-analysed, grid moved by 12 ms: what is placed by beats moves too',
      '1 track re-analysed, with another grid: what is placed by beats lies elsewhere; look at the plan',
    ]);
  });

  it('says what the DJ has changed', async () => {
    const before = { a: { cueMs: 5 }, b: { notes: { rating: 3 } }, c: {}, d: {} };
    const after = { a: { cueMs: 6 }, b: { notes: { rating: 4 } }, c: { title: 'C' }, d: { playlists: ['Friday'] } };
    expect(await changesOf(before, after)).toEqual([
      '1 track with other hot or memory cues: what is placed by them lies elsewhere',
      '1 track with another title, artist, album, genre or key',
      '1 track with another rating, colour, comment, tag or the like',
      '1 track in other playlists, or in another order: decklight regions gives new ones a region',
    ]);
  });
});

describe('rows that are no analysed track of the stick', () => {
  const row = (file: string, analysisPath: string | null = '/PIONEER/x.DAT') => ({
    ...{ title: file, artist: null, album: null, genre: null, musicalKey: null, tempoBpm: null, lengthMs: null },
    ...{ file, analysisPath, artworkPath: null, playlists: [], playlistPlaces: [], notes: NO_TRACK_NOTES },
  });

  it('are counted by what they are', () => {
    const rows = [
      ...[row('/Contents/a.mp3'), row('C:/Music/a.mp3'), row('/Contents/b.mp3', null)],
      ...[row('tidal:tracks:1', null), row('/beatport:2'), row('/Contents/Sampler/horn.wav')],
    ];
    expect(rowKindLines('export.pdb', rows)).toEqual([
      'export.pdb: of its tracks 1 not analysed in rekordbox: kept by name, without phrases, grid and cues',
      'export.pdb: of its tracks 2 streamed: kept by name; a unit gives a streamed track no number that means it',
      'export.pdb: of its tracks 1 of the sampler: kept by name; they are loaded into no deck as a rule',
    ]);
  });
});
