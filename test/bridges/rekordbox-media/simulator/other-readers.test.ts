/** The simulated stick, read by a reader that is not ours: rekordbox-parser, made from crate-digger's own definitions. */
import { parseAnlz, parsePdb, RekordboxPdb, tableRows } from 'rekordbox-parser';
import { describe, expect, it } from 'vitest';
import {
  SIMULATED_STICK_KEY,
  simulatedStickFiles,
} from '../../../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import { simulatedStickTracks } from '../../../../bridges/rekordbox-media/simulator/stick-tracks.ts';
import { TRACK_COLOURS } from '../../../../src/core/track/track-notes.ts';

const TRACKS = simulatedStickTracks(400);
const files = new Map<string, Uint8Array>();
for await (const { path, bytes } of simulatedStickFiles(TRACKS, { key: SIMULATED_STICK_KEY, hasLog: false })) {
  files.set(path, bytes);
}
const fileAt = (path: string): Buffer => Buffer.from(files.get(path) ?? new Uint8Array(0));

const { PageType } = RekordboxPdb;
const database = parsePdb(fileAt('PIONEER/rekordbox/export.pdb'));
interface Text {
  readonly body: { readonly text: string };
}
/** The rows of a table, as that reader has them; it has no types of them. */
function rowsOf(type: number): Record<string, number & Text>[] {
  const table = database.tables.find((each: { readonly type: number }) => each.type === type);
  if (table === undefined) throw new Error(`there is no table ${type}`);
  return [...tableRows(table as never)] as never;
}
const namesIn = (type: number) => rowsOf(type).map(row => row['name']?.body.text);

describe('the older library of a simulated stick, as crate-digger reads it', () => {
  it('has the tracks, with all that links them', () => {
    const artists = new Map(rowsOf(PageType.ARTISTS).map(row => [Number(row['id']), row['name']?.body.text]));
    const labels = new Map(rowsOf(PageType.LABELS).map(row => [Number(row['id']), row['name']?.body.text]));
    const read = rowsOf(PageType.TRACKS).map(row => [
      ...[Number(row['id']), row['title']?.body.text, artists.get(Number(row['artistId'])), Number(row['rating'])],
      ...[Number(row['colorId']), labels.get(Number(row['labelId'])), Number(row['year']), Number(row['playCount'])],
      ...[Number(row['duration']), row['comment']?.body.text, row['dateAdded']?.body.text, row['filePath']?.body.text],
    ]);
    // It keeps the closing NULs of long texts.
    const cut = (value: unknown): unknown => (typeof value === 'string' ? value.replace(/\0+$/, '') : value);
    expect(read.map(row => row.map(cut))).toEqual(
      TRACKS.map(({ pdbId, title, artist, notes, lengthMs, file }) => [
        ...[
          pdbId,
          title,
          artist,
          notes.rating,
          (TRACK_COLOURS as readonly (string | null)[]).indexOf(notes.colour),
          notes.label,
        ],
        ...[notes.year, notes.playCount, Math.floor(lengthMs / 1000), notes.comment ?? '', notes.dateAdded, file],
      ]),
    );
  });

  it('has the colours, and a playlist entry for each track of a playlist', () => {
    expect(namesIn(PageType.COLORS)).toEqual(['Pink', 'Red', 'Orange', 'Yellow', 'Green', 'Aqua', 'Blue', 'Purple']);
    const entries = TRACKS.reduce((sum, { playlists }) => sum + playlists.length, 0);
    expect(rowsOf(PageType.PLAYLIST_ENTRIES)).toHaveLength(entries);
    expect(namesIn(PageType.GENRES).sort()).toEqual([...new Set(TRACKS.map(({ genre }) => genre))].sort());
  });

  it('has every table that a reader looks up', () => {
    for (const type of [PageType.ALBUMS, PageType.KEYS, PageType.ARTWORK, PageType.PLAYLIST_TREE]) {
      expect(rowsOf(type).length).toBeGreaterThan(0);
    }
    expect(database.tables).toHaveLength(20);
  });
});

describe('an analysis of a simulated stick, as crate-digger reads it', () => {
  it.each([...files.keys()].filter(path => /ANLZ\d+\.(DAT|EXT)$/.test(path) && !path.includes('._')).slice(0, 20))(
    '%s',
    path => {
      const { sections } = parseAnlz(fileAt(path));
      expect(sections.length).toBeGreaterThan(2);
      for (const { body } of sections) expect(body).toBeDefined();
    },
  );
});
