/** Rows for libraries, and what SQLite says of one. */
import fc from 'fast-check';
import type { LibraryRow } from '../../../bridges/rekordbox-media/library-plus/library-row.ts';
import { openImage } from '../../../bridges/rekordbox-media/library-plus/sqlite-image.ts';
import { TRACK_COLOURS } from '../../../src/core/track/track-notes.ts';

/** What a query answers, as rows of values. */
export async function query(image: Uint8Array, sql: string): Promise<unknown[][]> {
  const database = await openImage(image);
  try {
    return database.rows(sql);
  } finally {
    database.close();
  }
}

/** Any text a tag may hold. SQLite and DeviceSQL both end one at a NUL. */
const text = (maxLength: number) =>
  fc.string({ unit: 'binary', minLength: 1, maxLength }).filter(name => !name.includes('\0'));
const name = text(12).filter(part => !part.includes('/'));
const orNone = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

/** Any row that both databases can say. */
export const anyRow: fc.Arbitrary<LibraryRow> = fc
  .record({
    title: orNone(text(140)),
    artist: orNone(text(20)),
    album: orNone(text(20)),
    genre: orNone(text(20)),
    musicalKey: orNone(text(4)),
    tempoBpm: orNone(fc.integer({ min: 1, max: 99_999 }).map(hundredths => hundredths / 100)),
    lengthMs: orNone(fc.integer({ min: 1, max: 20_000 }).map(seconds => seconds * 1000)),
    file: orNone(text(140)),
    analysisPath: orNone(text(40)),
    artworkPath: orNone(text(40)),
    playlists: fc
      .uniqueArray(
        fc.array(name, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/')),
        { maxLength: 3 },
      )
      .map(names => names.sort()),
    notes: fc.record({
      rating: fc.integer({ min: 0, max: 5 }),
      colour: fc.constantFrom(...TRACK_COLOURS),
      comment: orNone(text(30)),
      label: orNone(text(20)),
      year: orNone(fc.integer({ min: 1, max: 9999 })),
      playCount: fc.nat(0xffff),
      dateAdded: orNone(fc.constantFrom('2026-01-31', '1999-12-01')),
      tags: fc.uniqueArray(text(12), { maxLength: 3 }).map(names => names.sort()),
      histories: fc.uniqueArray(text(12), { maxLength: 2 }).map(names => names.sort()),
    }),
    places: fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ places, ...row }) => ({ ...row, playlistPlaces: places.slice(0, row.playlists.length) }));
