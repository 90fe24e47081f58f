import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beginMatching,
  claimSpares,
  isWaiting,
  leftWithout,
  type Matched,
  matchAnalysis,
  workOf,
} from '../../../../bridges/rekordbox-media/import/match-analysis.ts';
import { analysisKey, type FoundAnalysis } from '../../../../bridges/rekordbox-media/import/stick-folder.ts';
import type { StickLibrary } from '../../../../bridges/rekordbox-media/import/stick-library.ts';
import { IN_NO_PLAYLIST } from '../../../../bridges/rekordbox-media/library-plus/playlists.ts';
import type { StoredAnalysis } from '../../../../bridges/rekordbox-media/store/stored-analysis.ts';
import { NO_TRACK_NOTES } from '../../../../src/core/track/track-notes.ts';
import { rounds } from '../../../rounds.ts';

const pathOf = (folder: number): string => `/PIONEER/USBANLZ/P000/${folder}/ANLZ0000.DAT`;
const audioOf = (file: number): string => `/Contents/${file}.mp3`;

/** A track by its number, its audio file, and the folder where its analysis is said to be. */
interface Row {
  readonly file: number;
  readonly folder: number | null;
}

function libraryOf(rows: readonly Row[], source: StickLibrary['source']): StickLibrary {
  const nothing = { title: 'a track', artist: null, album: null, genre: null, musicalKey: null, tempoBpm: null };
  return {
    ...{ source, emptyDatabase: null, deviceName: null, databaseUnixMs: null, lines: [] },
    rows: rows.map(({ file, folder }, i) => ({
      id: i + 1,
      row: {
        ...{
          ...nothing,
          ...IN_NO_PLAYLIST,
          notes: NO_TRACK_NOTES,
          lengthMs: null,
          artworkPath: null,
          file: audioOf(file),
        },
        analysisPath: folder === null ? null : pathOf(folder),
      },
    })),
  };
}

const analysisOf = (folder: number, audioPath: string | null, lines: readonly string[] = []): StoredAnalysis =>
  ({ key: analysisKey(pathOf(folder)), audioPath, lines, missing: 0, bad: 0 }) as unknown as StoredAnalysis;

/** The analysis in each folder that is there, by the audio files that its two halves name. */
type Folders = ReadonlyMap<number, readonly number[]>;

const foundIn = (folders: Folders): ReadonlyMap<string, FoundAnalysis> =>
  new Map([...folders.keys()].map(folder => [analysisKey(pathOf(folder)), { dat: pathOf(folder), ext: null }]));

/** All that an import comes to, in its order. */
function matched(library: StickLibrary, folders: Folders): Matched {
  const work = workOf(foundIn(folders), library);
  const matching = beginMatching(library, work.waiting);
  const byKey = new Map([...folders].map(([folder, files]) => [analysisKey(pathOf(folder)), { folder, files }]));
  const all: Matched[] = [];
  const read = (jobs: typeof work.jobs): void => {
    for (const job of jobs) {
      const { folder = -1, files = [] } = byKey.get(job.key) ?? {};
      const audioPaths = [...new Set(files)].map(audioOf);
      const of = (file: string | null): StoredAnalysis => analysisOf(folder, file ?? audioPaths[0] ?? null);
      all.push(matchAnalysis(matching, job, { audioPaths, of }));
    }
    all.push(claimSpares(matching));
  };
  read(work.jobs);
  if (isWaiting(matching)) read(work.leftOver);
  all.push(leftWithout(matching, new Map()));
  return {
    pairs: all.flatMap(({ pairs }) => pairs),
    lines: all.flatMap(({ lines }) => lines),
    filesMissing: all.reduce((sum, { filesMissing }) => sum + filesMissing, 0),
  };
}

describe('the tracks of the analyses of a stick', () => {
  it('each is of the analysis that its database names, where both say the same', () => {
    const library = libraryOf(
      [
        { file: 1, folder: 1 },
        { file: 2, folder: 2 },
      ],
      'exportLibrary.db',
    );
    const { pairs, lines } = matched(
      library,
      new Map([
        [1, [1]],
        [2, [2, 2]],
      ]),
    );
    expect(pairs.map(({ track, analysis }) => [track.id, analysis?.key])).toEqual([
      [1, analysisKey(pathOf(1))],
      [2, analysisKey(pathOf(2))],
    ]);
    expect(lines).toEqual([]);
  });

  it('two whose analyses stand in each other’s place are given their own', () => {
    const library = libraryOf(
      [
        { file: 1, folder: 1 },
        { file: 2, folder: 2 },
      ],
      'exportLibrary.db',
    );
    const { pairs, lines } = matched(
      library,
      new Map([
        [1, [2]],
        [2, [1]],
      ]),
    );
    expect(pairs.map(({ track, analysis }) => [track.id, analysis?.key]).sort()).toEqual([
      [1, analysisKey(pathOf(2))],
      [2, analysisKey(pathOf(1))],
    ]);
    expect(lines).toEqual([]);
  });

  it('one with another’s analysis in its place is left without, and a line says whose that is', () => {
    const library = libraryOf([{ file: 1, folder: 1 }], 'exportLibrary.db');
    const { pairs, lines, filesMissing } = matched(library, new Map([[1, [7]]]));
    expect(pairs.map(({ analysis }) => analysis)).toEqual([null]);
    expect(lines).toEqual([
      `${pathOf(1)}: this analysis is of "${audioOf(7)}", the library says of "${audioOf(1)}", which is left without one; export that track again`,
    ]);
    expect(filesMissing).toBe(0);
  });

  it('one whose analysis is not there has what the last import read, and its files count as missing', () => {
    const library = libraryOf([{ file: 1, folder: 1 }], 'exportLibrary.db');
    const matching = beginMatching(library, workOf(new Map(), library).waiting);
    const before = analysisOf(1, audioOf(1));
    const kept = leftWithout(matching, new Map([[before.key, before]]));
    expect([kept.pairs.map(({ analysis }) => analysis), kept.filesMissing]).toEqual([[before], 2]);
    const ofAnother = analysisOf(1, audioOf(2));
    expect(leftWithout(matching, new Map([[ofAnother.key, ofAnother]])).pairs.map(each => each.analysis)).toEqual([
      null,
    ]);
  });

  it('what is odd of an analysis is said once, however many tracks have it', () => {
    const library = libraryOf(
      [
        { file: 1, folder: 1 },
        { file: 1, folder: 1 },
      ],
      'export.pdb',
    );
    const work = workOf(foundIn(new Map([[1, [1]]])), library);
    const [job] = work.jobs;
    if (job === undefined) throw new Error('there is a job');
    const of = (): StoredAnalysis => analysisOf(1, audioOf(1), ['it is odd']);
    const { pairs, lines } = matchAnalysis(beginMatching(library, []), job, { audioPaths: [audioOf(1)], of });
    expect([pairs.length, lines]).toEqual([2, ['it is odd']]);
  });

  const some = fc.integer({ min: 1, max: 5 });
  const anyRows = fc.array(fc.record({ file: some, folder: fc.option(some) }), { maxLength: 8 });
  const anyFolders = fc
    .array(fc.tuple(some, fc.array(some, { maxLength: 2 })), { maxLength: 5 })
    .map(each => new Map(each));

  it('each row comes out once, whatever stands where', () => {
    fc.assert(
      fc.property(anyRows, anyFolders, fc.constantFrom('exportLibrary.db', 'export.pdb'), (rows, folders, source) => {
        const { pairs } = matched(libraryOf(rows, source), folders);
        const ids = pairs.flatMap(({ track }) => track.id ?? []);
        expect([...ids].sort()).toEqual(rows.map((_, i) => i + 1));
        // Only a library that numbers tracks as the unit does knows which were deleted.
        if (source === 'exportLibrary.db') expect(pairs).toHaveLength(rows.length);
      }),
      { numRuns: rounds(300) },
    );
  });

  it('no track has the analysis of another, and none is without one that names it where no row claims that', () => {
    fc.assert(
      fc.property(anyRows, anyFolders, fc.constantFrom('exportLibrary.db', 'export.pdb'), (rows, folders, source) => {
        for (const { track, analysis } of matched(libraryOf(rows, source), folders).pairs) {
          const files = new Map(
            [...folders].map(([folder, names]) => [analysisKey(pathOf(folder)), names.map(audioOf)]),
          );
          const names = analysis === null ? [] : (files.get(analysis.key) ?? []);
          if (names.length > 0) expect(names).toContain(track.row.file);
          const isElsewhere = [...folders].some(
            ([folder, its]) =>
              its.map(audioOf).includes(track.row.file ?? '') && rows.every(row => row.folder !== folder),
          );
          if (analysis === null) expect(isElsewhere).toBe(false);
        }
      }),
      { numRuns: rounds(300) },
    );
  });
});
