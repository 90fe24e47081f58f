/** From a stick to the store: every fact of every track, whatever the databases and the files are like. */
import {
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { trackTempoAt } from '../../../bridges/opus-quad/library.ts';
import { audioKey, encodeAnalysis } from '../../../bridges/rekordbox-media/anlz.ts';
import { decodeSongStructure, encodeSongStructure } from '../../../bridges/rekordbox-media/codec.ts';
import { fingerprintOf } from '../../../bridges/rekordbox-media/fingerprint.ts';
import { type ImportOutcome, importStick } from '../../../bridges/rekordbox-media/import.ts';
import { SIM_STICK_KEY } from '../../../bridges/rekordbox-media/sim-stick.ts';
import { simStickTracks } from '../../../bridges/rekordbox-media/sim-stick-tracks.ts';
import { analysisKey, type Stick } from '../../../bridges/rekordbox-media/stick.ts';
import {
  type NamedTrack,
  readStickLibrary,
  type StickLibrary,
} from '../../../bridges/rekordbox-media/stick-library.ts';
import {
  mediaTrackOf,
  readStick,
  readStore,
  type StoredTrack,
  storeFileOf,
  unfinishedOf,
  writeStore,
} from '../../../bridges/rekordbox-media/store.ts';
import type { StoredAnalysis } from '../../../bridges/rekordbox-media/stored-analysis.ts';
import type { MediaTrack } from '../../../src/core/media.ts';
import { type RawSongStructure, songStructure } from '../../../src/core/phrase.ts';
import { opened, put, scratch, writeSimStick } from './stick-folder.ts';

const folderNamed = scratch();
const TRACKS = simStickTracks(10);
const HEAD = { stick: 'TEST', from: '/', importedUnixMs: 0, source: 'test', databaseUnixMs: null };
const never = new AbortController().signal;

interface Imported {
  readonly outcome: ImportOutcome;
  readonly tracks: readonly MediaTrack[];
  readonly stored: readonly StoredTrack[];
  /** Analysis files that were read. */
  readonly read: readonly string[];
}

/** Imports into a file, with what is stored there already. @param key of its library, or what that says */
async function into(
  file: string,
  stick: Stick,
  key: string | null | StickLibrary,
  {
    signal = never,
    progress = () => {},
  }: { signal?: AbortSignal; progress?: (done: number, total: number) => void } = {},
): Promise<Imported> {
  const read: string[] = [];
  const watched: Stick = {
    ...stick,
    read(path) {
      if (/ANLZ/.test(path)) read.push(path);
      return stick.read(path);
    },
  };
  const known = new Map<string, StoredAnalysis>();
  const kept = new Map<string, StoredTrack>();
  for (const each of [file, unfinishedOf(file)]) {
    const before = readStore(each);
    for (const track of before.kind === 'stick' ? before.stick.tracks : []) {
      if (track.analysis !== null) known.set(track.analysis.key, track.analysis);
      kept.set(audioKey(track.file), track);
    }
  }
  const library = typeof key === 'object' && key !== null ? key : await readStickLibrary(watched, key);
  const write = (taken: readonly StoredTrack[]) => writeStore(file, HEAD, taken);
  const outcome = await importStick({ stick: watched, library, known, stored: kept, write, progress, signal });
  const after = readStick(file);
  const stored = after.kind === 'stick' ? after.stick.tracks : [];
  return { outcome, stored, tracks: stored.map(track => mediaTrackOf('TEST', track)), read };
}

const storeFile = (): string => storeFileOf(folderNamed('media'), 'TEST');
const imported = async (folder: string, key: string | null): Promise<Imported> =>
  into(storeFile(), await opened(folder), key);

function fingerprint(raw: RawSongStructure) {
  const decoded = decodeSongStructure(encodeSongStructure(raw, { masked: true }));
  if (!decoded.ok) throw new Error(decoded.reason);
  return fingerprintOf(decoded);
}

/** What a simulated track comes to, from what the simulated unit plays. */
const expectedOf = (track: (typeof TRACKS)[number]) => ({
  ...{ stick: 'TEST', id: track.id, file: track.file.slice(1), title: track.title, artist: track.artist },
  ...{ album: track.album, genre: track.genre, musicalKey: track.musicalKey, playlists: track.playlists },
  tempoBpm: trackTempoAt(track, 1),
  structure: track.structure === null ? null : songStructure(track.structure).structure,
  fingerprint: track.structure === null ? null : fingerprint(track.structure),
});
const byFile = (tracks: readonly MediaTrack[]) => [...tracks].sort((a, b) => (a.file < b.file ? -1 : 1));
const EXPECTED = [...TRACKS].sort((a, b) => (a.file < b.file ? -1 : 1));

let master = '';
beforeAll(async () => {
  master = folderNamed('master');
  await writeSimStick(master);
});
/** A stick of its own for a test that changes it. */
function copy(): string {
  const folder = folderNamed('stick');
  cpSync(master, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}
const RELIABLE = { filesMissing: 0, filesBad: 0, unchanged: 0, keptIds: 0 };
const remove = (folder: string, ...paths: string[]): void => {
  for (const path of paths) rmSync(join(folder, path));
};
const PLUS = 'PIONEER/rekordbox/exportLibrary.db';
const PDB = 'PIONEER/rekordbox/export.pdb';

describe('what a stick says of its tracks', () => {
  it('keeps the places in playlists that both databases say', async () => {
    for (const key of [SIM_STICK_KEY, null]) {
      const { stored } = await imported(master, key);
      for (const list of ['Friday', 'Folder/Opening']) {
        const inList = stored.filter(({ playlists }) => playlists.includes(list));
        const placeOf = ({ playlists, playlistPlaces }: StoredTrack) => playlistPlaces?.[playlists.indexOf(list)] ?? 0;
        const ordered = [...inList].sort((a, b) => placeOf(a) - placeOf(b)).map(({ title }) => title);
        expect(ordered).toEqual(TRACKS.filter(({ playlists }) => playlists.includes(list)).map(({ title }) => title));
        expect(ordered.length).toBeGreaterThan(1);
      }
    }
  });

  it.each([false, true])('with the key all of it, with its rows in the log: %s', async hasLog => {
    const folder = folderNamed('stick');
    await writeSimStick(folder, 10, () => true, hasLog);
    const { outcome, tracks } = await imported(folder, SIM_STICK_KEY);
    const withPhrases = TRACKS.filter(({ structure }) => structure !== null).length;
    expect(outcome).toEqual({
      kind: 'done',
      counts: { ...RELIABLE, tracks: 10, withPhrases, withGrid: 10, withCues: 10, withoutId: 0 },
      lines: [],
    });
    for (const [i, track] of byFile(tracks).entries()) {
      const source = EXPECTED[i] as (typeof TRACKS)[number];
      expect(track).toMatchObject(expectedOf(source));
      expect(Math.abs((track.durationMs ?? 0) - source.lengthMs)).toBeLessThanOrEqual(1000 / 150);
      expect(track.artworkFile).toMatch(/^PIONEER\/Artwork\/00001\/b\d+\.jpg$/);
      expect(track.firstDownbeat).toBe(((5 - source.firstBeatInBar) % 4) + 1);
      for (const beat of [1, 2, 17, 100, track.grid?.beats ?? 0]) {
        // A grid is stored in whole milliseconds.
        expect(Math.abs((track.grid?.msOfBeat(beat) ?? Number.NaN) - source.grid.msOfBeat(beat))).toBeLessThan(1);
      }
      expect(track.cuePoints.length).toBeGreaterThan(2);
    }
  });

  it('without the key the same by the older library, but for the numbers, which are not those of the unit', async () => {
    const { outcome, tracks } = await imported(master, null);
    expect(outcome.counts).toMatchObject({ tracks: 10, withoutId: 10, withGrid: 10, ...RELIABLE });
    expect(outcome.lines).toEqual([
      expect.stringMatching(/no passphrase is given; tracks are known by their phrases alone/),
    ]);
    for (const [i, track] of byFile(tracks).entries()) {
      const source = EXPECTED[i] as (typeof TRACKS)[number];
      expect(track).toMatchObject({ ...expectedOf(source), id: null });
    }
  });

  it('without a database what the analysis files say', async () => {
    const folder = copy();
    rmSync(join(folder, 'PIONEER/rekordbox'), { recursive: true });
    const { outcome, tracks } = await imported(folder, SIM_STICK_KEY);
    expect(outcome).toMatchObject({ kind: 'done', lines: [], counts: { tracks: 10, withoutId: 10 } });
    for (const [i, track] of byFile(tracks).entries()) {
      const { file, structure, fingerprint: known } = expectedOf(EXPECTED[i] as (typeof TRACKS)[number]);
      expect(track).toMatchObject({ file, structure, fingerprint: known, id: null, title: null, playlists: [] });
    }
  });

  it('a key that is wrong costs the numbers, and is in no line', async () => {
    const { outcome } = await imported(master, 'not the key of it');
    expect(outcome.counts).toMatchObject({ tracks: 10, withoutId: 10 });
    expect(outcome.lines).toEqual([expect.stringMatching(/does not open with this passphrase: check it/)]);
    expect(JSON.stringify(outcome)).not.toContain('not the key of it');
  });

  it('a library whose export was broken off is not read', async () => {
    const folder = copy();
    put(folder, { [`${PLUS}-journal`]: 'x' });
    const { outcome } = await imported(folder, SIM_STICK_KEY);
    expect(outcome.lines).toEqual([expect.stringMatching(/-journal: an export to this stick was broken off/)]);
    expect(outcome.counts.withoutId).toBe(10);
  });

  it('a library without its log, which says it has no tracks, gives way to the older one', async () => {
    const folder = folderNamed('stick');
    await writeSimStick(folder, 10, path => !path.endsWith('-wal'), true);
    const { outcome } = await imported(folder, SIM_STICK_KEY);
    expect(outcome.lines).toEqual([expect.stringMatching(/has no tracks: most of a fresh export is in its -wal file/)]);
    expect(outcome.counts).toMatchObject({ tracks: 10, withoutId: 10 });
  });
});

// ---- files that are not as they should be

/** Where the analysis of a track is on the stick. */
async function analysisOf(folder: string, title: string): Promise<{ readonly dat: string; readonly ext: string }> {
  const library = await readStickLibrary(await opened(folder), SIM_STICK_KEY);
  const dat = library.rows.find(({ row }) => row.title === title)?.row.analysisPath?.slice(1) ?? '';
  return { dat, ext: dat.replace('.DAT', '.EXT') };
}
const [{ title: TITLE = '' } = {}] = TRACKS;
const titled = ({ tracks }: Imported): MediaTrack | undefined => tracks.find(({ title }) => title === TITLE);

describe('files that are not as they should be', () => {
  it('a truncated one is a line with its name and the place, and costs that track what was in it', async () => {
    const folder = copy();
    const { ext } = await analysisOf(folder, TITLE);
    truncateSync(join(folder, ext), 20);
    const result = await imported(folder, SIM_STICK_KEY);
    expect(result.outcome.lines.length).toBeGreaterThan(0);
    for (const line of result.outcome.lines) expect(line).toMatch(new RegExp(`^${ext}: at byte \\d+: `));
    expect(titled(result)).toMatchObject({ title: TITLE, structure: null, fingerprint: null });
    expect(titled(result)?.grid).not.toBeNull();
    expect(result.outcome.counts).toMatchObject({ tracks: 10, withGrid: 10 });
  });

  it('one that is something else altogether counts as bad', async () => {
    const folder = copy();
    const { dat } = await analysisOf(folder, TITLE);
    writeFileSync(join(folder, dat), 'this is no analysis file at all, whatever its name says');
    const result = await imported(folder, SIM_STICK_KEY);
    expect(result.outcome.lines).toEqual([expect.stringMatching(new RegExp(`^${dat}: at byte 0: .*expected "PMAI"`))]);
    expect(result.outcome.counts).toMatchObject({ filesBad: 1, withGrid: 9 });
    expect(titled(result)?.structure).not.toBeNull();
  });

  it('what is missing is counted and named, and the track stays', async () => {
    const folder = copy();
    const { dat, ext } = await analysisOf(folder, TITLE);
    remove(folder, ext);
    const half = await imported(folder, SIM_STICK_KEY);
    expect(half.outcome.counts).toMatchObject({ tracks: 10, filesMissing: 1 });
    expect(half.outcome.lines).toEqual([
      `${dat}: there is no .EXT beside it, so the track has no phrases; was the whole stick copied?`,
    ]);
    remove(folder, dat);
    const result = await imported(folder, SIM_STICK_KEY);
    expect(result.outcome.counts).toMatchObject({ tracks: 10, filesMissing: 2 });
    expect(result.outcome.lines).toEqual([
      `/${dat}: this analysis, of "${TRACKS[0]?.file}", is not there: the track is left without one; was the whole stick copied? Else export the track again`,
    ]);
    expect(titled(result)).toMatchObject({ title: TITLE, grid: null, structure: null, cuePoints: [] });
  });

  it.each(['.DAT', '.EXT', 'both'])(
    'what the last import read of a file that is merely missing now is kept: %s',
    async which => {
      const folder = copy();
      const file = storeFile();
      const first = await into(file, await opened(folder), SIM_STICK_KEY);
      const { dat, ext } = await analysisOf(folder, TITLE);
      remove(folder, ...(which === 'both' ? [dat, ext] : [which === '.DAT' ? dat : ext]));
      // And again, by what was kept.
      for (let again = 0; again < 2; again++) {
        const { stored, outcome } = await into(file, await opened(folder), SIM_STICK_KEY);
        const byPath = (tracks: readonly StoredTrack[]) => [...tracks].sort((a, b) => (a.file < b.file ? -1 : 1));
        expect(byPath(stored)).toEqual(byPath(first.stored));
        expect(outcome.lines).toEqual([
          expect.stringMatching(/: what the last import read is kept; was the whole stick/),
        ]);
        expect(outcome.counts.filesMissing).toBe(which === 'both' ? 2 : 1);
      }
    },
  );

  it('an analysis that is elsewhere than the database says is known by the audio file it names', async () => {
    const folder = copy();
    const { dat, ext } = await analysisOf(folder, TITLE);
    for (const path of [dat, ext]) {
      const target = join(folder, 'PIONEER/USBANLZ/P0FF/00000001', path.slice(path.lastIndexOf('/')));
      mkdirSync(dirname(target), { recursive: true });
      renameSync(join(folder, path), target);
    }
    for (const key of [SIM_STICK_KEY, null]) {
      const result = await imported(folder, key);
      expect(titled(result)?.structure).not.toBeNull();
      expect(result.outcome.counts).toMatchObject({ tracks: 10, filesMissing: 0 });
    }
  });

  it('an analysis of a track that the library does not have is that of a deleted one', async () => {
    const folder = copy();
    const { ext } = await analysisOf(folder, TITLE);
    put(folder, { 'PIONEER/USBANLZ/P0FF/00000001/ANLZ0000.EXT': readFileSync(join(folder, ext)) });
    for (const key of [SIM_STICK_KEY, null]) {
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
      ...{ file, analysisPath: `/${stem}.DAT`, artworkPath: null, playlists: [], playlistPlaces: [] },
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
    const library = { source, rows, deviceName: null, databaseUnixMs: null, lines: [] };
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
        // A library that numbers in its own way need not have every track.
        expect(found.length).toBe(source === 'export.pdb' ? 2 : 1);
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

describe('a library that has far fewer tracks than there are analyses', () => {
  it('says so, and that its log may be missing', async () => {
    const folder = folderNamed('stick');
    await writeSimStick(folder, 30, path => !path.includes('/rekordbox/'));
    cpSync(join(master, 'PIONEER/rekordbox'), join(folder, 'PIONEER/rekordbox'), { recursive: true });
    const { outcome } = await imported(folder, SIM_STICK_KEY);
    expect(outcome.lines).toEqual([
      'exportLibrary.db has 10 tracks, there are analyses of 30: was its -wal file copied too?',
    ]);
    expect(outcome.counts.tracks).toBe(10);
  });
});

/** A stick in memory. */
function stickOf(files: ReadonlyMap<string, Uint8Array>): Stick {
  const found = new Map<string, { dat: string | null; ext: string | null }>();
  for (const path of files.keys()) {
    const isDat = path.endsWith('.DAT');
    if (!isDat && !path.endsWith('.EXT')) continue;
    const before = found.get(analysisKey(path)) ?? { dat: null, ext: null };
    found.set(analysisKey(path), isDat ? { ...before, dat: path } : { ...before, ext: path });
  }
  return {
    root: '/made-up',
    async find(path) {
      const plain = path.replace(/^\//, '');
      const bytes = files.get(plain);
      return bytes === undefined ? null : { path: plain, sizeBytes: bytes.length, modifiedUnixMs: 0 };
    },
    read: async path => files.get(path) ?? new Uint8Array(0),
    analyses: async () => ({ found, lines: [] }),
  };
}

describe('a file that the disk refuses', () => {
  it('costs a line and that file, and is tried again by the next import', async () => {
    const { dat, ext } = await analysisOf(master, TITLE);
    const good = stickOf(new Map([dat, ext].map(path => [path, readFileSync(join(master, path))])));
    const failing: Stick = {
      ...good,
      read: path => (path === ext ? Promise.reject(new Error('EIO: i/o error, read')) : good.read(path)),
    };
    const file = storeFile();
    const first = await into(file, failing, null);
    expect(first.outcome.lines).toEqual([`${ext}: it cannot be read (EIO: i/o error, read)`]);
    expect(first.outcome.counts).toMatchObject({
      tracks: 1,
      filesBad: 1,
      filesMissing: 0,
      withGrid: 1,
      withPhrases: 0,
    });
    const second = await into(file, good, null);
    expect(second.outcome).toMatchObject({ lines: [], counts: { tracks: 1, withPhrases: 1, unchanged: 0 } });
  });
});

describe('whatever is on a stick', () => {
  it('an import ends, and says what it left out', async () => {
    const paths = [
      PDB,
      'PIONEER/USBANLZ/P001/00000001/ANLZ0000.DAT',
      'PIONEER/USBANLZ/P001/00000001/ANLZ0000.EXT',
      PLUS,
    ];
    const { dat, ext } = await analysisOf(master, TITLE);
    const real = [PDB, dat, ext].map(path => readFileSync(join(master, path)));
    const mangled = fc
      .tuple(
        fc.constantFrom(...real),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 20 }),
      )
      .map(([bytes, kept, changes]) => {
        const cut = Uint8Array.from(bytes.subarray(0, Math.ceil(bytes.length * kept)));
        for (const [at, value] of changes) if (cut.length > 0) cut[at % cut.length] = value;
        return cut;
      });
    const file = storeFile();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(mangled, fc.uint8Array({ maxLength: 300 })), { maxLength: 4 }),
        async contents => {
          rmSync(file, { force: true });
          const stick = stickOf(new Map(contents.map((bytes, i) => [paths[i] ?? '', bytes])));
          const { outcome, tracks } = await into(file, stick, null);
          expect(outcome.kind).toBe('done');
          expect(tracks.length).toBe(outcome.counts.tracks);
          for (const track of tracks) void [track.grid, track.structure];
        },
      ),
      { numRuns: 150 },
    );
  });
});

// ---- again, and cut short

describe('a second import', () => {
  it('reads no analysis again that has not changed, and keeps all it said', async () => {
    const file = storeFile();
    const stick = await opened(master);
    const first = await into(file, stick, SIM_STICK_KEY);
    const second = await into(file, await opened(master), SIM_STICK_KEY);
    expect(first.read.length).toBe(20);
    expect(second.read).toEqual([]);
    expect(second.outcome.counts).toEqual({ ...first.outcome.counts, unchanged: 10 });
    expect(second.stored).toEqual(first.stored);
  });

  it('reads what has another size or time, and that alone', async () => {
    const folder = copy();
    const file = storeFile();
    await into(file, await opened(folder), SIM_STICK_KEY);
    const { dat, ext } = await analysisOf(folder, TITLE);
    const before = statSync(join(folder, ext));
    utimesSync(join(folder, ext), before.atime, new Date(before.mtimeMs + 4000));
    const { read, outcome } = await into(file, await opened(folder), SIM_STICK_KEY);
    expect([...read].sort()).toEqual([dat, ext]);
    expect(outcome.counts).toMatchObject({ tracks: 10, unchanged: 9 });
  });

  it('takes names and numbers from the databases anew', async () => {
    const file = storeFile();
    await into(file, await opened(master), null);
    const { read, tracks } = await into(file, await opened(master), SIM_STICK_KEY);
    expect(read).toEqual([]);
    expect(tracks.map(({ id }) => id).sort()).toEqual(TRACKS.map(({ id }) => id).sort());
  });

  it('without the key keeps the numbers that one with it has found', async () => {
    const file = storeFile();
    await into(file, await opened(master), SIM_STICK_KEY);
    const { outcome, tracks } = await into(file, await opened(master), null);
    expect(byFile(tracks).map(({ id }) => id)).toEqual(EXPECTED.map(({ id }) => id));
    expect(outcome.counts).toMatchObject({ withoutId: 0, keptIds: 10 });
  });

  it('without any database keeps what one has said', async () => {
    const folder = copy();
    const file = storeFile();
    const first = await into(file, await opened(folder), SIM_STICK_KEY);
    rmSync(join(folder, 'PIONEER/rekordbox'), { recursive: true });
    const { outcome, stored } = await into(file, await opened(folder), SIM_STICK_KEY);
    expect(outcome.counts).toMatchObject({ tracks: 10, keptIds: 10 });
    const byPath = (tracks: readonly StoredTrack[]) => [...tracks].sort((a, b) => (a.file < b.file ? -1 : 1));
    expect(byPath(stored)).toEqual(byPath(first.stored));
  });

  it('says again of an unchanged file what is odd in it', async () => {
    const folder = copy();
    const { ext } = await analysisOf(folder, TITLE);
    truncateSync(join(folder, ext), 100);
    const file = storeFile();
    const first = await into(file, await opened(folder), SIM_STICK_KEY);
    const second = await into(file, await opened(folder), SIM_STICK_KEY);
    expect(first.outcome.lines.length).toBeGreaterThan(0);
    expect(second.outcome.lines).toEqual(first.outcome.lines);
  });
});

describe('an import that is cut short', () => {
  let large = '';
  beforeAll(async () => {
    large = folderNamed('large');
    await writeSimStick(large, 60);
  });

  it('leaves what it has, and the next one reads the rest', async () => {
    const file = storeFile();
    const controller = new AbortController();
    const first = await into(file, await opened(large), SIM_STICK_KEY, {
      signal: controller.signal,
      progress: done => {
        if (done >= 20) controller.abort();
      },
    });
    expect(first.outcome.kind).toBe('stopped');
    expect(first.tracks.length).toBeGreaterThanOrEqual(20);
    expect(first.tracks.length).toBeLessThan(60);
    const second = await into(file, await opened(large), SIM_STICK_KEY);
    expect(second.outcome).toMatchObject({ kind: 'done', counts: { tracks: 60, unchanged: first.tracks.length } });
    expect(second.read.length).toBe(2 * (60 - first.tracks.length));
    expect(readStore(unfinishedOf(file)).kind).toBe('none');
  });

  it('stopped again while it takes over what is known, has lost nothing', async () => {
    const file = storeFile();
    const stopAt = (least: number) => {
      const controller = new AbortController();
      return { signal: controller.signal, progress: (done: number) => done >= least && controller.abort() };
    };
    const first = await into(file, await opened(large), SIM_STICK_KEY, stopAt(40));
    const second = await into(file, await opened(large), SIM_STICK_KEY, stopAt(1));
    expect(second.outcome.kind).toBe('stopped');
    expect(second.tracks.length).toBe(first.tracks.length);
  });

  it('by a stick that is pulled says so, and the finished import before it still counts', async () => {
    const folder = folderNamed('pulled');
    cpSync(large, folder, { recursive: true, preserveTimestamps: true });
    const file = storeFile();
    const pull = (done: number): void => {
      if (done === 32) renameSync(folder, `${folder} in a pocket`);
    };
    const first = await into(file, await opened(folder), SIM_STICK_KEY, { progress: pull });
    expect(first.outcome.kind).toBe('gone');
    expect(first.outcome.lines.at(-1)).toMatch(/is gone: nothing is lost; put it back and import it again/);
    expect(first.tracks.length).toBe(32);
    renameSync(`${folder} in a pocket`, folder);
    await into(file, await opened(folder), SIM_STICK_KEY);
    const again = await into(file, await opened(folder), SIM_STICK_KEY, { progress: pull });
    expect(again.outcome.kind).toBe('gone');
    expect(again.tracks.length).toBe(60);
  });
});
