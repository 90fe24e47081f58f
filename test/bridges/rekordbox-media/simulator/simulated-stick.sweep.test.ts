import { describe, expect, it } from 'vitest';
import { DEMO_TRACKS, type DemoTrack } from '../../../../bridges/opus-quad/simulator/demo-tracks.ts';
import { decodeAnalysis, type ReadTags } from '../../../../bridges/rekordbox-media/analysis/analysis-file.ts';
import { analysisFiles, analysisFolder } from '../../../../bridges/rekordbox-media/analysis/analysis-folder.ts';
import { fingerprintOf } from '../../../../bridges/rekordbox-media/analysis/fingerprint.ts';
import {
  decodeSongStructure,
  encodeSongStructure,
} from '../../../../bridges/rekordbox-media/analysis/song-structure.ts';
import { analysisOf } from '../../../../bridges/rekordbox-media/analysis/track-analysis.ts';
import { readDeviceLibrary } from '../../../../bridges/rekordbox-media/device-library/device-library-reader.ts';
import { readLibraryPlus } from '../../../../bridges/rekordbox-media/library-plus/library-plus-reader.ts';
import { decryptPage, deriveKeys } from '../../../../bridges/rekordbox-media/library-plus/page-cipher.ts';
import { plainDatabase } from '../../../../bridges/rekordbox-media/library-plus/write-ahead-log.ts';
import {
  SIMULATED_STICK_KEY,
  simulatedStickFiles,
} from '../../../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import { simulatedStickTracks } from '../../../../bridges/rekordbox-media/simulator/stick-tracks.ts';
import { songStructure } from '../../../../src/core/track/phrase.ts';

type Stick = ReadonlyMap<string, Uint8Array>;

async function stickOf(count: number, options: { key?: string; hasLog?: boolean } = {}): Promise<Stick> {
  const files = new Map<string, Uint8Array>();
  const { key = SIMULATED_STICK_KEY, hasLog = false } = options;
  for await (const { path, bytes } of simulatedStickFiles(simulatedStickTracks(count), { key, hasLog })) {
    expect(files.has(path), path).toBe(false);
    files.set(path, bytes);
  }
  return files;
}

const PLUS = 'PIONEER/rekordbox/exportLibrary.db';
const PDB = 'PIONEER/rekordbox/export.pdb';

function fileOf(stick: Stick, path: string): Uint8Array {
  const bytes = stick.get(path);
  if (bytes === undefined) throw new Error(`the stick has no ${path}`);
  return bytes;
}

async function plusOf(stick: Stick, { wal = stick.get(`${PLUS}-wal`) ?? null, passphrase = SIMULATED_STICK_KEY } = {}) {
  const opened = await plainDatabase({ main: fileOf(stick, PLUS), wal, passphrase });
  if (!opened.ok) throw new Error(opened.reason);
  expect(opened.warnings).toEqual([]);
  const library = await readLibraryPlus(opened.bytes);
  if (!library.ok) throw new Error(library.reason);
  return library;
}

function pdbOf(stick: Stick) {
  const library = readDeviceLibrary(fileOf(stick, PDB), fileOf(stick, 'PIONEER/rekordbox/exportExt.pdb'));
  if (!library.ok) throw new Error(library.reason);
  expect(library.warnings).toEqual([]);
  return library.tracks;
}

function tagsOf(bytes: Uint8Array): ReadTags {
  const read = decodeAnalysis(bytes);
  if (!read.ok) throw new Error(read.reason);
  expect(read.warnings).toEqual([]);
  return read.tags;
}

function analysisAt(stick: Stick, analysisPath: string | null) {
  const paths = analysisFiles(analysisPath ?? '');
  const ext = tagsOf(fileOf(stick, paths?.ext ?? ''));
  return { ext, ...analysisOf(tagsOf(fileOf(stick, paths?.dat ?? '')), ext) };
}

/** How far a place is from the nearest beat of a track. */
function msBesideBeat({ grid }: DemoTrack, ms: number): number {
  return Math.abs(ms - grid.msOfBeat(Math.round(grid.beatOfMs(ms))));
}

const ten = await stickOf(DEMO_TRACKS.length);
const tenPlus = await plusOf(ten);
const tenPdb = pdbOf(ten);
const byTitle = DEMO_TRACKS.map(track => [track.title, track] as const);

describe('a simulated stick', () => {
  it('has the tracks that the unit plays, under the ids that the unit reports, and no others', () => {
    expect(tenPlus.warnings).toEqual([]);
    expect(tenPlus.tracks.map(({ contentId }) => contentId)).toEqual(
      DEMO_TRACKS.map(({ id }) => id).sort((a, b) => a - b),
    );
  });

  describe.each(byTitle)('says of "%s"', (_, track) => {
    const row = tenPlus.tracks.find(({ contentId }) => contentId === track.id);
    const analysis = analysisAt(ten, row?.analysisPath ?? null);

    it('its title, artist, tempo and length in whole seconds', () => {
      expect(row).toMatchObject({
        ...{ title: track.title, artist: track.artist, tempoBpm: track.tempi[0]?.tempoBpm },
        lengthMs: Math.floor(track.lengthMs / 1000) * 1000,
      });
      expect(Math.abs((analysis.durationMs ?? 0) - track.lengthMs)).toBeLessThanOrEqual(1000 / 150);
    });

    it('where each beat lies, to the millisecond, to its end', () => {
      const { grid } = analysis;
      const beats = grid?.beats ?? 0;
      expect(track.grid.msOfBeat(beats)).toBeLessThanOrEqual(track.lengthMs);
      expect(track.grid.msOfBeat(beats + 1)).toBeGreaterThan(track.lengthMs);
      for (let beat = 1; beat <= beats; beat++) {
        expect(Math.abs((grid?.msOfBeat(beat) ?? 0) - track.grid.msOfBeat(beat))).toBeLessThanOrEqual(0.5);
      }
      expect(new Set(grid?.tempi)).toEqual(new Set(track.tempi.map(({ tempoBpm }) => tempoBpm)));
      // Of a track that begins with beat 3 of a bar, beat 3 begins the next one.
      expect(analysis.firstDownbeat).toBe(track.firstBeatInBar === 3 ? 3 : 1);
      expect(analysis.isGridMismatch).toBe(false);
    });

    it('its phrases, masked, and the fingerprint of the same phrases in the clear', () => {
      const { structure } = track;
      if (structure === null) {
        expect([analysis.structure, analysis.fingerprint]).toEqual([null, null]);
        return;
      }
      expect(analysis.ext.structure).toMatchObject({ isMasked: true, raw: structure });
      expect(analysis.structure).toEqual(songStructure(structure).structure);
      const plain = decodeSongStructure(encodeSongStructure(structure, { masked: false }));
      expect(analysis.fingerprint).toEqual(plain.ok ? fingerprintOf(plain) : null);
    });

    it('two to four hot cues and one or two memory cues, on beats', () => {
      const { cuePoints, warnings } = analysis;
      expect(warnings).toEqual([]);
      const hot = cuePoints.filter(({ kind }) => kind === 'hot');
      const memory = cuePoints.length - hot.length;
      expect(hot.map(({ button }) => button)).toEqual([1, 2, 3, 4].slice(0, hot.length));
      expect(hot.length).toBeGreaterThanOrEqual(2);
      expect([1, 2]).toContain(memory);
      for (const { positionMs } of cuePoints) {
        expect(msBesideBeat(track, positionMs)).toBeLessThanOrEqual(0.5);
        expect(positionMs).toBeLessThan(track.lengthMs);
      }
    });

    it('its cover, under a name of its own in each database', () => {
      const old = tenPdb.find(({ title }) => title === track.title);
      for (const [path, letter] of [
        [row?.artworkPath, 'b'],
        [old?.artworkPath, 'a'],
      ]) {
        expect(path).toMatch(new RegExp(`^/PIONEER/Artwork/00001/${letter}\\d+\\.jpg$`));
        expect(fileOf(ten, path?.slice(1) ?? '')).toEqual(track.artwork);
      }
    });
  });

  // By hand, as crate-digger's analysis lays a file out: pointers of 16 bytes from 1c on, rows from 28 hex on in a page.
  it.each([
    ['export.pdb', 20],
    ['exportExt.pdb', 9],
  ])('%s has every table that a genuine one has, and pages of no more rows than one byte counts', (name, count) => {
    const bytes = Buffer.from(fileOf(ten, `PIONEER/rekordbox/${name}`));
    const types = Array.from({ length: bytes.readUInt32LE(8) }, (_, i) => bytes.readUInt32LE(0x1c + 16 * i));
    expect(types).toEqual(Array.from({ length: count }, (_, type) => type));
    for (let page = 4096; page < bytes.length; page += 4096) {
      if ((bytes[page + 0x1b] ?? 0) === 0x24) expect((bytes[page + 0x19] ?? 0) & 0x1f).toBe(0);
    }
  });

  it('has the eight colours that every genuine one has, by their numbers', () => {
    const bytes = Buffer.from(fileOf(ten, PDB));
    const page = 4096 * (bytes.readUInt32LE(0x1c + 16 * 6 + 8) + 1);
    const rows = Array.from({ length: 8 }, (_, i) => {
      const at = page + 0x28 + bytes.readUInt16LE(page + 4096 - 6 - 2 * i);
      const length = ((bytes[at + 8] ?? 0) >> 1) - 1;
      return [bytes.readUInt16LE(at + 5), bytes.toString('ascii', at + 9, at + 9 + length)];
    });
    const names = ['Pink', 'Red', 'Orange', 'Yellow', 'Green', 'Aqua', 'Blue', 'Purple'];
    expect(rows).toEqual(names.map((each, i) => [i + 1, each]));
  });

  it('has cues with names and without, with colours and without, and loops of four beats', () => {
    const cues = tenPlus.tracks.flatMap(row => {
      const track = DEMO_TRACKS.find(({ id }) => id === row.contentId);
      return analysisAt(ten, row.analysisPath).cuePoints.map(cue => ({ ...cue, grid: track?.grid }));
    });
    const looks = new Set(cues.map(({ kind, button, name, colour }) => `${kind} ${button} ${name} ${colour}`));
    expect([...looks].sort()).toEqual([
      'hot 1 Mix in #e62828',
      'hot 2 null #305aff',
      'hot 3 Über die Brücke null',
      'hot 4 Loop #28e214',
      'memory null Vocals pink',
      'memory null null null',
    ]);
    const loops = cues.filter(({ loopEndMs }) => loopEndMs !== null);
    expect(loops.length).toBeGreaterThan(0);
    for (const { positionMs, loopEndMs, grid, button } of loops) {
      const beats = (grid?.beatOfMs(loopEndMs ?? 0) ?? 0) - (grid?.beatOfMs(positionMs) ?? 0);
      expect(beats).toBeCloseTo(4, 2);
      expect(button).toBe(4);
    }
  });

  it('says the same of a track in both databases but for its id and its cover, joined by the path of its audio', () => {
    const facts = (row: { artworkPath: string | null; contentId?: number; pdbId?: number }) => {
      const { artworkPath: _, contentId: __, pdbId: ___, ...same } = row;
      return same;
    };
    const old = new Map(tenPdb.map(row => [row.file, row]));
    expect(old.size).toBe(DEMO_TRACKS.length);
    for (const row of tenPlus.tracks) {
      const other = old.get(row.file);
      expect(facts(other ?? { artworkPath: null })).toEqual(facts(row));
      expect(other?.pdbId).not.toBe(row.contentId);
    }
    // The id of one track is that of another one in the other database.
    const ids = new Set<number>(tenPlus.tracks.map(({ contentId }) => contentId));
    expect(tenPdb.filter(({ pdbId }) => ids.has(pdbId))).toHaveLength(1);
  });

  it('has a playlist, one in a folder, tracks in both and in none', () => {
    const of = (name: string) => tenPlus.tracks.filter(({ playlists }) => playlists.includes(name)).length;
    expect([of('Friday'), of('Folder/Opening')]).toEqual([5, 3]);
    expect(tenPlus.tracks.filter(({ playlists }) => playlists.length === 2)).toHaveLength(1);
    expect(tenPlus.tracks.filter(({ playlists }) => playlists.length === 0)).toHaveLength(3);
  });

  it('has each analysis where rekordbox would put it, two of them in one folder', () => {
    const stems = tenPlus.tracks.map(({ file, analysisPath }) => {
      expect(analysisAt(ten, analysisPath).audioPath).toBe(file);
      const [, folder, number] = /^\/PIONEER\/USBANLZ\/(.*)\/ANLZ(\d{4})\.DAT$/.exec(analysisPath ?? '') ?? [];
      expect(folder).toBe(analysisFolder(file ?? ''));
      return { folder, number };
    });
    expect(stems.map(({ number }) => number).sort()).toEqual([...Array(9).fill('0000'), '0001']);
    expect(new Set(stems.map(({ folder }) => folder)).size).toBe(9);
  });

  it('has hidden files of a Mac beside an analysis and a library, which are neither', () => {
    const hidden = [...ten.keys()].filter(path => /\/\._[^/]*$/.test(path));
    expect(hidden.map(path => path.replace(/^.*\/\._/, '')).sort()).toEqual(['ANLZ0000.DAT', 'exportLibrary.db']);
    for (const path of hidden) {
      expect(ten.has(path.replace('/._', '/'))).toBe(true);
      expect(decodeAnalysis(fileOf(ten, path)).ok).toBe(false);
    }
  });
});

describe('the library of a simulated stick', () => {
  it('opens with its key alone', async () => {
    const stick = await stickOf(1, { key: 'another one' });
    await expect(plusOf(stick)).rejects.toThrow('does not open with this passphrase');
    expect((await plusOf(stick, { passphrase: 'another one' })).tracks).toHaveLength(1);
  });

  it('with a log is the same library, and an empty one without it', async () => {
    const stick = await stickOf(DEMO_TRACKS.length, { hasLog: true });
    expect(await plusOf(stick)).toEqual(tenPlus);
    const alone = await plusOf(stick, { wal: null });
    expect([alone.tracks, alone.deviceName]).toEqual([[], null]);
    expect(alone.warnings).toEqual([expect.stringContaining('most of a fresh export is in its -wal file')]);
    expect(ten.has(`${PLUS}-wal`)).toBe(false);
  });

  it('with a log has pages in it twice', async () => {
    const wal = Buffer.from(fileOf(await stickOf(DEMO_TRACKS.length, { hasLog: true }), `${PLUS}-wal`));
    const numbers = Array.from({ length: (wal.length - 32) / 4120 }, (_, i) => wal.readUInt32BE(32 + i * 4120));
    expect(new Set(numbers).size).toBeLessThan(numbers.length);
  });

  it('says that it is written through a log, as rekordbox leaves it, though there be none', async () => {
    const main = fileOf(ten, PLUS);
    const first = decryptPage(await deriveKeys(SIMULATED_STICK_KEY, main.subarray(0, 16)), 1, main.subarray(0, 4096));
    expect(first.kind === 'plain' ? [...first.page.subarray(18, 20)] : first.kind).toEqual([2, 2]);
  });

  it('never uses one initialisation vector for two pages', async () => {
    const stick = await stickOf(DEMO_TRACKS.length, { hasLog: true });
    const [main, wal] = [fileOf(stick, PLUS), fileOf(stick, `${PLUS}-wal`)];
    const pages = [
      ...Array.from({ length: main.length / 4096 }, (_, i) => main.subarray(i * 4096, (i + 1) * 4096)),
      ...Array.from({ length: (wal.length - 32) / 4120 }, (_, i) => wal.subarray(56 + i * 4120, 32 + (i + 1) * 4120)),
    ];
    const vectors = pages.map(page => Buffer.from(page.subarray(4016, 4032)).toString('hex'));
    expect(new Set(vectors).size).toBe(pages.length);
  });
});

describe('the bytes of a simulated stick', () => {
  it('are the same each time, and another key changes the library alone', async () => {
    const [once, again, other] = [
      await stickOf(12, { hasLog: true }),
      await stickOf(12, { hasLog: true }),
      await stickOf(12, { hasLog: true, key: 'another one' }),
    ];
    expect(again).toEqual(once);
    const changed = [...once].filter(([path, bytes]) => Buffer.compare(bytes, fileOf(other, path)) !== 0);
    expect(changed.map(([path]) => path).sort()).toEqual([PLUS, `${PLUS}-wal`]);
    expect([...other.keys()]).toEqual([...once.keys()]);
  });

  it('are few: a megabyte for the ten, ten kilobytes for each made-up track', async () => {
    const bytesOf = (stick: Stick) => [...stick.values()].reduce((sum, bytes) => sum + bytes.length, 0);
    const few = bytesOf(ten);
    expect(few).toBeLessThan(1_000_000);
    const many = bytesOf(await stickOf(DEMO_TRACKS.length + 50));
    expect((many - few) / 50).toBeLessThan(10_000);
  });
});

describe('made-up tracks', () => {
  const COUNT = 400;
  const tracks = simulatedStickTracks(COUNT);
  const madeUp = tracks.slice(DEMO_TRACKS.length);

  it('come after those of the unit, and more of them change none before', () => {
    expect(tracks.slice(0, DEMO_TRACKS.length).map(({ id }) => id)).toEqual(DEMO_TRACKS.map(({ id }) => id));
    const facts = ({ id, file, lengthMs, structure }: (typeof tracks)[number]) => ({ id, file, lengthMs, structure });
    expect(simulatedStickTracks(50).map(facts)).toEqual(tracks.slice(0, 50).map(facts));
  });

  it('have ids and files of their own', () => {
    for (const own of ['id', 'pdbId', 'file'] as const) {
      expect(new Set(tracks.map(track => track[own])).size, own).toBe(COUNT);
    }
    expect(Math.min(...madeUp.map(({ id }) => id))).toBeGreaterThan(Math.max(...DEMO_TRACKS.map(({ id }) => id)));
  });

  it('are as DJs have them: 4 to 12 phrases that make sense, in all moods, some without any', () => {
    const moods = new Set<number>();
    for (const { structure, lengthMs, tempi } of madeUp) {
      expect(tempi[0]?.tempoBpm).toBeGreaterThanOrEqual(84);
      expect(tempi[0]?.tempoBpm).toBeLessThanOrEqual(176);
      expect(lengthMs).toBeLessThan(15 * 60_000);
      if (structure === null) continue;
      moods.add(structure.mood);
      expect(structure.entries.length).toBeGreaterThanOrEqual(4);
      expect(structure.entries.length).toBeLessThanOrEqual(12);
      const { structure: read, warnings } = songStructure(structure);
      expect(warnings).toEqual([]);
      expect(read?.phrases.every(({ kind }) => kind !== 'unknown')).toBe(true);
      expect([read?.phrases[0]?.kind, read?.phrases.at(-1)?.kind]).toEqual(['intro', 'outro']);
    }
    expect([...moods].sort()).toEqual([1, 2, 3]);
    expect(madeUp.some(({ structure }) => structure === null)).toBe(true);
    const whole = madeUp.filter(({ tempi }) => Number.isInteger(tempi[0]?.tempoBpm));
    expect(whole.length).toBeGreaterThan(COUNT / 2);
    expect(whole.length).toBeLessThan(madeUp.length);
  });

  it('are read back by both databases and from their analysis', async () => {
    const stick = await stickOf(COUNT);
    const plus = new Map((await plusOf(stick)).tracks.map(row => [row.contentId, row]));
    const pdb = new Map(pdbOf(stick).map(row => [row.file, row]));
    for (const track of madeUp) {
      const row = plus.get(track.id);
      const facts = { title: track.title, artist: track.artist, file: track.file, tempoBpm: track.tempi[0]?.tempoBpm };
      expect(row).toMatchObject(facts);
      expect(pdb.get(track.file)).toMatchObject({ ...facts, pdbId: track.pdbId, analysisPath: row?.analysisPath });
      const analysis = analysisAt(stick, row?.analysisPath ?? null);
      expect(analysis).toMatchObject({ audioPath: track.file, durationMs: null, warnings: [] });
      expect(analysis.ext.structure?.raw ?? null).toEqual(track.structure);
    }
  });
});
