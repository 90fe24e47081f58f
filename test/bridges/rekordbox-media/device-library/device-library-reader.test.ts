import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageHeader } from '../../../../bridges/rekordbox-media/device-library/device-library-layout.ts';
import {
  type DeviceLibrary,
  type DeviceLibraryTrack,
  readDeviceLibrary,
} from '../../../../bridges/rekordbox-media/device-library/device-library-reader.ts';
import {
  deviceLibrary,
  extensionTablesOf,
  tablesOf,
  textBytes,
} from '../../../../bridges/rekordbox-media/device-library/device-library-writer.ts';
import { NO_TRACK_NOTES } from '../../../../src/core/track/track-notes.ts';
import { rounds } from '../../../rounds.ts';
import { anyRow } from '../write-library.ts';

function good(library: DeviceLibrary): DeviceLibrary & { ok: true } {
  if (!library.ok) throw new Error(library.reason);
  return library;
}

const BARE: Omit<DeviceLibraryTrack, 'pdbId'> = {
  ...{ title: null, artist: null, album: null, genre: null, musicalKey: null, tempoBpm: null, lengthMs: null },
  ...{ file: null, analysisPath: null, artworkPath: null, playlists: [], playlistPlaces: [] },
  notes: { ...NO_TRACK_NOTES, rating: 0, playCount: 0 },
};

const several = (count: number): DeviceLibraryTrack[] =>
  Array.from({ length: count }, (_, i) => ({
    ...BARE,
    pdbId: i + 1,
    title: `Track ${i + 1}`,
    file: `/Contents/Track ${i + 1}.mp3`,
    ...(i % 2 === 0
      ? { playlists: ['Friday/Opening'], playlistPlaces: [10_000 - i] }
      : { playlists: [], playlistPlaces: [] }),
  }));

// ---- a file laid out by hand

const u16 = (value: number) => [value & 0xff, value >> 8];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];

/** Bytes at offsets, zeros between them. */
function laidOut(size: number, places: Readonly<Record<number, readonly number[] | Uint8Array>>): Buffer {
  const bytes = Buffer.alloc(size);
  for (const [at, content] of Object.entries(places)) bytes.set(content, Number(at));
  return bytes;
}

/** "abc" is 09 61 62 63: twice the length and one more, and one more. */
const short = (text: string) => [((text.length + 1) << 1) | 1, ...Buffer.from(text)];

// Every offset below is written out from crate-digger's "Database Exports": 4096-byte pages, the file header, a page
// header of 28 (hex) bytes, rows from there on, and at the end of the page 2 unknown bytes, the presence bits, the
// offsets backwards.
describe('a Device Library laid out by hand', () => {
  const header = laidOut(4096, {
    4: u32(4096),
    8: u32(2),
    28: [...u32(0), ...u32(9), ...u32(1), ...u32(2)],
    44: [...u32(2), ...u32(9), ...u32(3), ...u32(4)],
  });
  const index = (number: number, type: number) =>
    laidOut(4096, { 4: u32(number), 8: u32(type), 12: u32(number + 1), 24: [0xff, 0xff, 0xff, 0x64], 40: u32(0xf8f8) });
  const strings = Buffer.concat([
    Buffer.from(short('')),
    Buffer.from(short('Demo')),
    Buffer.from(short('/Contents/Demo.mp3')),
    Buffer.from([0x90, 4 + 4, 0, 0, 0x3a, 0x04, 0x38, 0x04]),
  ]);
  const [none, demo, path, cyrillic] = [136, 137, 142, 161];
  const track = laidOut(136 + strings.length, {
    0: [0x24, 0],
    32: u32(0),
    56: u32(12_800),
    68: u32(7),
    72: u32(1),
    84: u16(172),
    94: Array.from({ length: 21 }, (_, i) => u16([...Array(14).keys(), 15, 16, 18, 19].includes(i) ? none : 0)).flat(),
    [0x5e + 2 * 14]: u16(cyrillic),
    [0x5e + 2 * 17]: u16(demo),
    [0x5e + 2 * 20]: u16(path),
    136: strings,
  });
  // Two rows, the second of them deleted: 2 slots, 1 present, and one presence bit.
  const tracks = laidOut(4096, {
    4: u32(2),
    8: u32(0),
    12: u32(5),
    24: [2, 1 << 5, 0, 0x24],
    40: track,
    4092: u16(0b01),
    4090: u16(0),
    4088: u16(4000),
  });
  const far = 300;
  const artists = laidOut(4096, {
    4: u32(4),
    8: u32(2),
    12: u32(6),
    24: [2, 2 << 5, 0, 0x24],
    40: [0x60, 0, 0, 0, ...u32(6), 3, 10, ...short('Near')],
    80: [0x64, 0, 0, 0, ...u32(7), 3, 0, ...u16(far)],
    [80 + far]: short('Far'),
    4092: u16(0b11),
    4090: u16(0),
    4088: u16(40),
  });
  const file = Buffer.concat([header, index(1, 0), tracks, index(3, 2), artists]);

  it('is read as it was meant', () => {
    expect(readDeviceLibrary(file)).toEqual({
      ok: true,
      tracks: [
        {
          ...BARE,
          ...{ pdbId: 1, title: 'Demo', artist: 'Far', tempoBpm: 128, lengthMs: 172_000 },
          ...{ file: '/Contents/Demo.mp3', analysisPath: 'ки' },
        },
      ],
      warnings: [],
    });
  });

  it('counts rows in 13 and 11 of 24 bits', () => {
    // What was observed: the first track made the second byte 32; of 101 rows the third byte was 12.
    const counts = (bytes: readonly number[]) => {
      const read = pageHeader.decode(laidOut(40, { 24: bytes }));
      return read.ok ? read.value.rowCounts : null;
    };
    expect(counts([1, 32, 0])).toEqual({ slots: 1, present: 1 });
    expect(counts([101, 0xa0, 12])).toEqual({ slots: 101, present: 101 });
    expect(counts([0x2c, 0x01, 0])).toEqual({ slots: 300, present: 0 });
  });
});

// ---- files of the writer

describe('a Device Library', () => {
  it('gives what was written', () => {
    const rows = fc.array(anyRow, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(rows, fc.boolean(), (some, isFar) => {
        const tracks = some.map((row, i) => ({ pdbId: 2 * i + 1, ...row }));
        const extension = deviceLibrary(extensionTablesOf(tracks));
        const library = readDeviceLibrary(deviceLibrary(tablesOf(tracks, isFar)), extension);
        expect(library).toEqual({ ok: true, tracks, warnings: [] });
      }),
    );
  });

  it.each([0, 1, 125, 126, 127, 128, 300])('has texts of %i characters, in ASCII and beyond it', length => {
    const tracks = ['a', 'ж'].map((letter, i) => ({ ...BARE, pdbId: i + 1, title: letter.repeat(length) || null }));
    expect(textBytes('a'.repeat(length))[0]).toBe(length <= 126 ? 2 * length + 3 : 0x40);
    expect(readDeviceLibrary(deviceLibrary(tablesOf(tracks, false)))).toEqual({ ok: true, tracks, warnings: [] });
  });

  it('of many pages has every row of every page', () => {
    // 2000 entries of 12 bytes take pages of more rows than one byte counts.
    const tracks = several(4000);
    const { tracks: read, warnings } = good(readDeviceLibrary(deviceLibrary(tablesOf(tracks, false))));
    expect(warnings).toEqual([]);
    expect(read).toEqual(tracks);
  });

  it('does not have the rows that were deleted', () => {
    const tables = tablesOf(several(40), false).map(table =>
      table.type === 0
        ? { ...table, rows: table.rows.map((row, i) => ({ bytes: row.bytes, present: i % 3 !== 0 })) }
        : table,
    );
    const { tracks } = good(readDeviceLibrary(deviceLibrary(tables)));
    expect(tracks.map(({ pdbId }) => pdbId)).toEqual(
      several(40).flatMap(({ pdbId }, i) => (i % 3 === 0 ? [] : [pdbId])),
    );
  });

  it('without one track says so', () => {
    expect(readDeviceLibrary(deviceLibrary(tablesOf([], false)))).toEqual({
      ok: true,
      tracks: [],
      warnings: ['export.pdb has no tracks'],
    });
  });
});

describe('a damaged Device Library', () => {
  const whole = deviceLibrary(tablesOf(several(30), false));
  /** Page 1 is the index of the tracks, page 2 the first with rows. */
  const [INDEX, ROWS] = [4096, 2 * 4096];

  const changed = (at: number, bytes: readonly number[]) => {
    const file = whole.slice();
    file.set(bytes, at);
    return readDeviceLibrary(file);
  };

  it('with a chain that turns back on itself ends there', () => {
    const { tracks, warnings } = good(changed(ROWS + 12, u32(1)));
    expect(tracks.length).toBeGreaterThan(0);
    expect(tracks.length).toBeLessThan(30);
    expect(warnings).toEqual([
      `export.pdb: page 1 at byte ${INDEX} comes twice in its table of tracks: the rest of tracks is left out`,
    ]);
  });

  it.each([0, 1000, 0xffff_ffff])('with a chain that goes to page %i ends there', page => {
    expect(good(changed(ROWS + 12, u32(page))).warnings).toEqual([
      `export.pdb has no page ${page}, where its table of tracks goes on: the rest of tracks is left out`,
    ]);
  });

  it('with a page of another table in a chain ends there', () => {
    expect(good(changed(ROWS + 8, u32(4))).warnings).toEqual([
      `export.pdb: page 2 at byte ${ROWS} is not one of its table of tracks: the rest of tracks is left out`,
      'export.pdb has no tracks',
    ]);
  });

  it('names the row that makes no sense, and has the others', () => {
    const first = ROWS + 40;
    const { tracks, warnings } = good(changed(first + 0x48, u32(0)));
    expect(tracks).toEqual(several(30).slice(1));
    expect(warnings).toEqual([`export.pdb: the row of tracks at byte ${first} makes no sense and is left out`]);
  });

  it('has a track without the text that cannot be read', () => {
    const first = ROWS + 40;
    for (const offset of [u16(0xffff), u16(0)]) {
      const { tracks, warnings } = good(changed(first + 0x5e + 2 * 17, offset));
      expect(tracks[0]).toEqual({ ...several(1)[0], title: null });
      expect(warnings).toEqual([`export.pdb: a text of the row at byte ${first} cannot be read and is left out`]);
    }
  });

  it('with more rows counted than a page has room for loses that page', () => {
    expect(good(changed(ROWS + 24, [0xff, 0xff])).warnings).toContain(
      `export.pdb: the page at byte ${ROWS} has no room for the 8191 rows it counts: left out`,
    );
  });

  it.each([0, 3, 17])('with %i rows counted where more are marked says that they are left out', slots => {
    const { tracks, warnings } = good(changed(ROWS + 24, [slots, 0, 0]));
    const onPage = several(30).length - good(changed(ROWS + 0x1b, [0x64])).tracks.length;
    expect(tracks.length).toBe(30 - onPage + slots);
    expect(warnings).toContain(
      `export.pdb: the page at byte ${ROWS} counts ${slots} rows and marks more: those are left out; export again`,
    );
  });

  it('does not say the same thing a thousand times', () => {
    const tables = tablesOf(several(2000), false).map(table =>
      table.type === 0 ? { ...table, rows: table.rows.map(row => ({ ...row, bytes: row.bytes.map(() => 0) })) } : table,
    );
    const { warnings } = good(readDeviceLibrary(deviceLibrary(tables)));
    // The first 50, how many more there are, of 2000 rows and of one line that there is no track.
    expect(warnings).toHaveLength(51);
    expect(warnings[50]).toBe('export.pdb: 1951 more like these');
  });

  it.each([
    ['no bytes', new Uint8Array(0), 'has 0 bytes, expected at least 28'],
    ['less than a page', whole.subarray(0, 4000), 'has 4000 bytes, less than one page of 4096'],
    ['pages of no size', laidOut(4096, {}), 'says its pages have 0 bytes'],
    ['too many tables', laidOut(4096, { 4: u32(4096), 8: u32(1000) }), 'says it has 1000 tables, expected at most 254'],
    ['no table of tracks', laidOut(4096, { 4: u32(4096), 8: u32(0) }), 'has no table of tracks'],
  ])('of %s is refused', (_, bytes, words) => {
    expect(readDeviceLibrary(bytes)).toEqual({ ok: false, reason: expect.stringContaining(`export.pdb ${words}`) });
  });

  it('cut anywhere is refused, or read with a warning', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), cut => {
        const library = readDeviceLibrary(whole.subarray(0, cut));
        if (library.ok) expect(library.warnings.length).toBeGreaterThan(0);
      }),
    );
  });

  it('may be any bytes, and ends', () => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), fc.uint8Array({ maxLength: 2000 }), (places, any) => {
        const file = whole.slice();
        for (const [at, byte] of places) file[at] = byte;
        readDeviceLibrary(file);
        readDeviceLibrary(any);
        readDeviceLibrary(Buffer.concat([whole.subarray(0, 44), any, Buffer.alloc(5000)]));
      }),
      { numRuns: rounds(125) },
    );
  });

  it('whose texts all overlap is not read for hours', () => {
    // In each page 250 rows that begin four bytes apart, so that each has an id of its own, and two texts of 126
    // characters in each: a megabyte and more in a file of 90 kB.
    const rows = Array.from({ length: 20 }, () => ({ bytes: new Uint8Array(3900), present: true }));
    const file = deviceLibrary([{ type: 0, rows }]);
    const [slots, textAt] = [250, 1200];
    for (let page = 2; page < 22; page++) {
      const start = page * 4096;
      file.set([slots, 0, 0, 0x24], start + 24);
      for (let word = 0; word < 290; word++)
        file.set([...u16(page * 300 + word), ...u16(textAt)], start + 40 + 4 * word);
      file.fill(0xff, start + 40 + textAt, start + 3500);
      for (let slot = 0; slot < slots; slot++) {
        const end = start + 4096 - Math.floor(slot / 16) * 36;
        file.set(u16(0xffff), end - 4);
        file.set(u16(4 * slot), end - 6 - 2 * (slot % 16));
      }
    }
    const { tracks } = good(readDeviceLibrary(file));
    expect(tracks).toHaveLength(20 * slots);
    const lengths = tracks
      .flatMap(track => [track.title, track.file, track.analysisPath, track.notes.comment])
      .map(text => text?.length ?? 0);
    const characters = lengths.reduce((sum, length) => sum + length, 0);
    expect(characters).toBeGreaterThan(3 * file.length);
    expect(characters).toBeLessThanOrEqual(4 * file.length);
  });
});
