import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LibraryPlus,
  readLibraryPlus,
} from '../../../../bridges/rekordbox-media/library-plus/library-plus-reader.ts';
import {
  changedImage,
  encrypted,
  plainImage,
  rowsOf,
  type Statement,
  TABLES,
} from '../../../../bridges/rekordbox-media/library-plus/library-plus-writer.ts';
import { deriveKeys } from '../../../../bridges/rekordbox-media/library-plus/page-cipher.ts';
import { playlistsByTrack } from '../../../../bridges/rekordbox-media/library-plus/playlists.ts';
import { openImage } from '../../../../bridges/rekordbox-media/library-plus/sqlite-image.ts';
import { decryptDatabase, plainDatabase } from '../../../../bridges/rekordbox-media/library-plus/write-ahead-log.ts';
import { NO_TRACK_NOTES } from '../../../../src/core/track/track-notes.ts';
import { rounds } from '../../../rounds.ts';
import { anyRow } from '../write-library.ts';

async function readTables(statements: readonly Statement[]): Promise<LibraryPlus & { ok: true }> {
  return good(await readLibraryPlus(await plainImage(statements)));
}

function good(library: LibraryPlus): LibraryPlus & { ok: true } {
  if (!library.ok) throw new Error(library.reason);
  return library;
}

describe('a Device Library Plus', () => {
  it('that SQLCipher wrote, most of it in its log, is read whole', async () => {
    const folder = new URL('../../../captures/rekordbox-media/sqlcipher/', import.meta.url);
    const read = (file: string) => new Uint8Array(readFileSync(new URL(file, folder)));
    const opened = await plainDatabase({
      main: read('library.db'),
      wal: read('library.db-wal'),
      passphrase: 'throw-away passphrase of these fixtures',
    });
    const { tracks, deviceName, numberOfContents, warnings } = good(
      await readLibraryPlus(opened.ok ? opened.bytes : new Uint8Array(0)),
    );
    expect({ deviceName, numberOfContents, warnings }).toEqual({
      deviceName: 'FRIDAY',
      numberOfContents: 30,
      warnings: [],
    });
    expect(tracks.map(({ contentId }) => contentId)).toEqual(Array.from({ length: 30 }, (_, i) => 101 + i));
    expect([tracks[4], tracks[20]]).toEqual([
      {
        contentId: 105,
        title: 'Track 5',
        artist: 'Größe',
        album: null,
        genre: null,
        musicalKey: 'Am',
        tempoBpm: 121.25,
        lengthMs: 185_000,
        file: '/Contents/Track 5.mp3',
        analysisPath: '/PIONEER/USBANLZ/P001/00000005/ANLZ0000.DAT',
        artworkPath: null,
        playlists: ['Friday/Opening'],
        playlistPlaces: [5],
        notes: NO_TRACK_NOTES,
      },
      {
        contentId: 121,
        title: 'Track 21',
        artist: null,
        album: null,
        genre: null,
        musicalKey: 'Am',
        tempoBpm: 125.25,
        lengthMs: 201_000,
        file: '/Contents/Track 21.mp3',
        analysisPath: '/PIONEER/USBANLZ/P001/00000001/ANLZ0000.DAT',
        artworkPath: null,
        playlists: [],
        playlistPlaces: [],
        notes: NO_TRACK_NOTES,
      },
    ]);
  });

  it('gives what was written, through cipher and all', async () => {
    const salt = new Uint8Array(16).fill(9);
    const keys = await deriveKeys('a passphrase', salt);
    const rows = fc.uniqueArray(anyRow, { minLength: 1, maxLength: 8, selector: row => row });
    await fc.assert(
      fc.asyncProperty(rows, async some => {
        const tracks = some.map((row, i) => ({ contentId: 3 * i + 1, ...row }));
        const image = await plainImage([...TABLES, ...rowsOf(tracks)]);
        const opened = decryptDatabase({ main: encrypted(image, keys, salt), wal: null }, keys);
        expect(good(await readLibraryPlus(opened.ok ? opened.bytes : new Uint8Array(0)))).toMatchObject({
          tracks,
          warnings: [],
        });
      }),
      { numRuns: rounds(20) },
    );
  });

  it('may lack columns and tables, and have others', async () => {
    const { tracks, deviceName, warnings } = await readTables([
      [
        'CREATE TABLE content (somethingNew BLOB, content_id INTEGER PRIMARY KEY, title TEXT, artist_id_artist INTEGER)',
      ],
      ["INSERT INTO content VALUES (x'00', 7, 'Seven', 1)"],
      ['CREATE TABLE djayExtra (x)'],
      ['CREATE TABLE artist (artist_id INTEGER PRIMARY KEY)'],
      ['INSERT INTO artist VALUES (1)'],
    ]);
    expect(tracks).toEqual([
      {
        ...{ contentId: 7, title: 'Seven', artist: null, album: null, genre: null, musicalKey: null, tempoBpm: null },
        ...{ lengthMs: null, file: null, analysisPath: null, artworkPath: null, playlists: [] },
        playlistPlaces: [],
        notes: NO_TRACK_NOTES,
      },
    ]);
    expect([deviceName, warnings]).toEqual([null, []]);
  });

  it('takes NULL, 0 and an empty text for none', async () => {
    const { tracks } = await readTables([
      ...TABLES,
      ["INSERT INTO artist VALUES (0, 'nobody', ''), (1, '', '')"],
      ["INSERT INTO content (content_id, title, artist_id_artist, bpmx100, length) VALUES (1, '', 0, 0, 0)"],
      ['INSERT INTO content (content_id, artist_id_artist) VALUES (2, NULL), (3, 1), (4, 99)'],
    ]);
    for (const track of tracks) {
      expect(track).toMatchObject({ title: null, artist: null, tempoBpm: null, lengthMs: null });
    }
    expect(tracks).toHaveLength(4);
  });

  it("shows the album's cover where the track has none of its own", async () => {
    const { tracks } = await readTables([
      ...TABLES,
      ["INSERT INTO image VALUES (1, '/PIONEER/Artwork/00001/b1.jpg'), (2, '/PIONEER/Artwork/00001/b2.jpg')"],
      ["INSERT INTO album VALUES (5, 'An album', 0, 2), (6, 'Bare', 0, 0)"],
      ['INSERT INTO content (content_id, album_id, image_id) VALUES (1, 5, 1), (2, 5, 0), (3, 5, NULL), (4, 6, 0)'],
    ]);
    const [one, two] = ['/PIONEER/Artwork/00001/b1.jpg', '/PIONEER/Artwork/00001/b2.jpg'];
    expect(tracks.map(({ artworkPath }) => artworkPath)).toEqual([one, two, two, null]);
  });

  it('tells a length in seconds from one in milliseconds', async () => {
    const { tracks } = await readTables([
      ...TABLES,
      ['INSERT INTO content (content_id, length) VALUES (1, 172), (2, 20000), (3, 20001), (4, 172400)'],
    ]);
    expect(tracks.map(({ lengthMs }) => lengthMs)).toEqual([172_000, 20_000_000, 20_001, 172_400]);
  });

  it('says when it has no tracks, and when it has another number than it counts', async () => {
    const counted = (count: number, tracks: number) =>
      readTables([
        ...TABLES,
        ["INSERT INTO property VALUES ('STICK', '1000', ?, '')", [count]],
        ...Array.from(
          { length: tracks },
          (_, i): Statement => ['INSERT INTO content (content_id) VALUES (?)', [i + 1]],
        ),
      ]);
    expect((await counted(2, 0)).warnings).toEqual([expect.stringContaining('has no tracks: most of a fresh export')]);
    expect((await counted(2, 3)).warnings).toEqual(['exportLibrary.db counts 2 tracks and has 3']);
    expect((await counted(3, 3)).warnings).toEqual([]);
    // Some exports say 0 always.
    expect(await counted(0, 3)).toMatchObject({ numberOfContents: null, warnings: [] });
  });

  it('leaves out a track whose id is none, and says so', async () => {
    const { tracks, warnings } = await readTables([
      ['CREATE TABLE content (content_id, title TEXT)'],
      ["INSERT INTO content VALUES (0, 'zero'), (NULL, 'null'), ('x', 'text'), (-1, 'below'), (4, 'four')"],
    ]);
    expect(tracks.map(({ contentId }) => contentId)).toEqual([4]);
    expect(warnings.map(line => /the id (\S+) is/.exec(line)?.[1])).toEqual(['0', 'null', 'x', '-1']);
  });

  it('without the one table that matters is refused', async () => {
    expect(await readLibraryPlus(await plainImage([['CREATE TABLE t (x)']]))).toEqual({
      ok: false,
      reason: 'exportLibrary.db has no table "content": it is no Device Library Plus',
    });
  });

  it('of ten thousand tracks has ten thousand tracks', async () => {
    const image = await plainImage([
      ...TABLES,
      [
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
         INSERT INTO content (content_id, title, path) SELECT i, 'Track ' || i, '/Contents/' || i || '.mp3' FROM n`,
      ],
    ]);
    const { tracks } = good(await readLibraryPlus(image));
    expect(tracks).toHaveLength(10_000);
    expect(tracks[9_999]).toMatchObject({ contentId: 10_000, file: '/Contents/10000.mp3' });
  });

  it('whose damage SQLite quotes is refused in one line all the same', async () => {
    const image = await plainImage([['CREATE TABLE content (a,\n b)']]);
    const at = Buffer.from(image).indexOf('CREATE TABLE content');
    // An apostrophe in the statement that made the table, and an escape sequence for whoever prints it.
    image.set(Buffer.from("'REATE TABLE \x1b[2J"), at);
    const library = await readLibraryPlus(image);
    expect(library).toEqual({
      ok: false,
      reason: expect.stringMatching(/SQLite says "malformed[^\p{Cc}]+"; copy it again$/u),
    });
  });

  it('may be any bytes: it is read or refused in one line, and always closed', async () => {
    let closed = 0;
    const open = async (bytes: Uint8Array) => {
      const image = await openImage(bytes);
      opened += 1;
      return {
        ...image,
        close() {
          image.close();
          closed += 1;
        },
      };
    };
    const whole = await changedImage(await plainImage(TABLES), [
      ["INSERT INTO content (content_id, title, path) VALUES (1, 'One', '/Contents/1.mp3')"],
      ["INSERT INTO playlist VALUES (1, 1, 'List', 0, 0, 0)"],
    ]);
    let opened = 0;
    const tried = async (bytes: Uint8Array) => {
      const library = await readLibraryPlus(bytes, open);
      if (!library.ok) expect(library.reason).toMatch(/^exportLibrary\.db [^\p{Cc}]+$/u);
      expect(closed).toBe(opened);
    };
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(changes, fc.nat(whole.length), fc.uint8Array({ maxLength: 600 }), async (places, cut, any) => {
        const changed = whole.slice();
        for (const [at, byte] of places) changed[at] = byte;
        await tried(changed);
        await tried(whole.slice(0, cut));
        await tried(any);
      }),
      { numRuns: rounds(40) },
    );
  });
});

describe('the playlists of a track', () => {
  const node = (id: number, parent: number | null, name: string | null) => ({ id, parent, name });
  const listed = (nodes: readonly ReturnType<typeof node>[], ...lists: number[]) =>
    playlistsByTrack(
      nodes,
      lists.map(playlist => ({ playlist, track: 1, place: null })),
    ).get(1)?.playlists;

  it('are named with the folders they are in, sorted, each once', () => {
    const nodes = [node(1, null, 'Friday'), node(2, 1, 'Opening'), node(3, 1, 'Late'), node(4, 3, 'Later')];
    expect(listed(nodes, 4, 2, 2, 3)).toEqual(['Friday/Late', 'Friday/Late/Later', 'Friday/Opening']);
  });

  it('end where a folder is not there, has no name, or is inside itself', () => {
    expect(listed([node(2, 99, 'Opening')], 2)).toEqual(['Opening']);
    expect(listed([node(1, null, null), node(2, 1, 'Opening')], 2)).toEqual(['Opening']);
    expect(listed([node(1, 2, 'One'), node(2, 1, 'Two')], 2)).toEqual(['One/Two']);
    expect(listed([node(2, 2, 'Two')], 2)).toEqual(['Two']);
  });

  it('do not take long to name, however deep the folders go', () => {
    const deep = Array.from({ length: 20_000 }, (_, i) => node(i + 1, i, `${i + 1}`));
    expect(listed(deep, 20_000)?.[0]?.split('/')).toHaveLength(33);
  });

  it('have each the place of the track there, the first of several', () => {
    const nodes = [node(1, null, 'Friday'), node(2, null, 'Late')];
    const entries = [
      { playlist: 2, track: 1, place: 9 },
      { playlist: 1, track: 1, place: 4 },
      { playlist: 1, track: 1, place: 2 },
      { playlist: 2, track: 2, place: null },
      { playlist: 1, track: 2, place: null },
      { playlist: 1, track: 2, place: 7 },
    ];
    const places = playlistsByTrack(nodes, entries);
    expect(places.get(1)).toEqual({ playlists: ['Friday', 'Late'], playlistPlaces: [2, 9] });
    expect(places.get(2)).toEqual({ playlists: ['Friday', 'Late'], playlistPlaces: [7, null] });
  });

  it('are none for a list that has no name or is not there', () => {
    expect(listed([node(1, null, null)], 1, 2)).toBeUndefined();
  });
});
