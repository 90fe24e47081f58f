/** From a stick to the store: every fact of every track, whatever the databases and the files are like. */
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Stick } from '../../../../bridges/rekordbox-media/import/stick-folder.ts';
import { SIMULATED_STICK_KEY } from '../../../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import type { StoredTrack } from '../../../../bridges/rekordbox-media/store/store.ts';
import { rounds } from '../../../rounds.ts';
import { opened, put, writeSimStick } from '../temporary-stick.ts';
import {
  analysisOf,
  byFile,
  copy,
  EXPECTED,
  expectedOf,
  folderNamed,
  imported,
  into,
  master,
  PDB,
  PLUS,
  prepareSticks,
  RELIABLE,
  remove,
  stickOf,
  storeFile,
  TITLE,
  TRACKS,
  titled,
} from './import-rig.ts';

prepareSticks();

describe('what a stick says of its tracks', () => {
  it('keeps the places in playlists that both databases say', async () => {
    for (const key of [SIMULATED_STICK_KEY, null]) {
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
    const { outcome, tracks } = await imported(folder, SIMULATED_STICK_KEY);
    const withPhrases = TRACKS.filter(({ structure }) => structure !== null).length;
    expect(outcome).toEqual({
      kind: 'done',
      counts: { ...RELIABLE, tracks: 10, withPhrases, withGrid: 10, withCues: 10, withoutId: 0 },
      lines: [],
      changes: [],
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
    const { outcome, tracks } = await imported(folder, SIMULATED_STICK_KEY);
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
    const { outcome } = await imported(folder, SIMULATED_STICK_KEY);
    expect(outcome.lines).toEqual([expect.stringMatching(/-journal: an export to this stick was broken off/)]);
    expect(outcome.counts.withoutId).toBe(10);
  });

  it('a library without its log, which says it has no tracks, gives way to the older one', async () => {
    const folder = folderNamed('stick');
    await writeSimStick(folder, 10, path => !path.endsWith('-wal'), true);
    const { outcome } = await imported(folder, SIMULATED_STICK_KEY);
    expect(outcome.lines).toEqual([expect.stringMatching(/has no tracks: most of a fresh export is in its -wal file/)]);
    expect(outcome.counts).toMatchObject({ tracks: 10, withoutId: 10 });
  });
});

describe('files that are not as they should be', () => {
  it('a truncated one is a line with its name and the place, and costs that track what was in it', async () => {
    const folder = copy();
    const { ext } = await analysisOf(folder, TITLE);
    truncateSync(join(folder, ext), 20);
    const result = await imported(folder, SIMULATED_STICK_KEY);
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
    const result = await imported(folder, SIMULATED_STICK_KEY);
    expect(result.outcome.lines).toEqual([expect.stringMatching(new RegExp(`^${dat}: at byte 0: .*expected "PMAI"`))]);
    expect(result.outcome.counts).toMatchObject({ filesBad: 1, withGrid: 9 });
    expect(titled(result)?.structure).not.toBeNull();
  });

  it('what is missing is counted and named, and the track stays', async () => {
    const folder = copy();
    const { dat, ext } = await analysisOf(folder, TITLE);
    remove(folder, ext);
    const half = await imported(folder, SIMULATED_STICK_KEY);
    expect(half.outcome.counts).toMatchObject({ tracks: 10, filesMissing: 1 });
    expect(half.outcome.lines).toEqual([
      `${dat}: there is no .EXT beside it, so the track has no phrases; was the whole stick copied?`,
    ]);
    remove(folder, dat);
    const result = await imported(folder, SIMULATED_STICK_KEY);
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
      const first = await into(file, await opened(folder), SIMULATED_STICK_KEY);
      const { dat, ext } = await analysisOf(folder, TITLE);
      remove(folder, ...(which === 'both' ? [dat, ext] : [which === '.DAT' ? dat : ext]));
      // And again, by what was kept.
      for (let again = 0; again < 2; again++) {
        const { stored, outcome } = await into(file, await opened(folder), SIMULATED_STICK_KEY);
        const byPath = (tracks: readonly StoredTrack[]) => [...tracks].sort((a, b) => (a.file < b.file ? -1 : 1));
        expect(byPath(stored)).toEqual(byPath(first.stored));
        expect(outcome.lines).toEqual([
          expect.stringMatching(/: what the last import read is kept; was the whole stick/),
        ]);
        expect(outcome.counts.filesMissing).toBe(which === 'both' ? 2 : 1);
      }
    },
  );
});

describe('a library that has far fewer tracks than there are analyses', () => {
  it('says so, and that its log may be missing', async () => {
    const folder = folderNamed('stick');
    await writeSimStick(folder, 30, path => !path.includes('/rekordbox/'));
    cpSync(join(master, 'PIONEER/rekordbox'), join(folder, 'PIONEER/rekordbox'), { recursive: true });
    const { outcome } = await imported(folder, SIMULATED_STICK_KEY);
    expect(outcome.lines).toEqual([
      'exportLibrary.db has 10 tracks, there are analyses of 30: was its -wal file copied too?',
    ]);
    expect(outcome.counts.tracks).toBe(10);
  });
});

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
      { numRuns: rounds(40) },
    );
  });
});
