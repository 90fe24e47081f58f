/**
 * The tracks of a stick by its databases: by the best of them that can be read. Reads; the decoders are in
 * library-plus-reader.ts and device-library-reader.ts.
 */
import type { Ms } from '../../../src/core/clock.ts';
import { readDeviceLibrary } from '../device-library/device-library-reader.ts';
import { readLibraryPlus } from '../library-plus/library-plus-reader.ts';
import type { LibraryRow } from '../library-plus/library-row.ts';
import { unloadSqlite } from '../library-plus/sqlite-image.ts';
import { plainDatabase } from '../library-plus/write-ahead-log.ts';
import { rowKindLines } from './row-kinds.ts';
import { type Stick, type StickFile, StickGone } from './stick-folder.ts';

export interface NamedTrack {
  /** As an OPUS-QUAD reports it; null: this database has other numbers. */
  readonly id: number | null;
  readonly row: LibraryRow;
}

export interface StickLibrary {
  /** The database that the rows are from; `null`: none could be read, and the analysis files must do. */
  readonly source: 'exportLibrary.db' | 'export.pdb' | null;
  readonly rows: readonly NamedTrack[];
  /** A database that could be read and has no tracks; null: there is none such. */
  readonly emptyDatabase: string | null;
  /** The name the stick was given in rekordbox; null: it has none. */
  readonly deviceName: string | null;
  /** Latest time at which one of its databases was changed; null: it has none. */
  readonly databaseUnixMs: Ms | null;
  /** Lines for the operator, one for each oddity. */
  readonly lines: readonly string[];
}

const PLUS = 'PIONEER/rekordbox/exportLibrary.db';
const LOG = `${PLUS}-wal`;
const JOURNAL = `${PLUS}-journal`;
const DEVICE = 'PIONEER/rekordbox/export.pdb';
const EXTENSION = 'PIONEER/rekordbox/exportExt.pdb';

/** A library of ten thousand tracks has some ten megabytes. */
const MOST_BYTES = 512 * 1024 * 1024;

const WITHOUT_IT =
  'tracks are known by their phrases alone, not by the number the unit says (docs/media.md, "The key")';

/** @param key of the Device Library Plus; null: none is known. It is in no line. Throws `StickGone`. */
export async function readStickLibrary(stick: Stick, key: string | null): Promise<StickLibrary> {
  const lines: string[] = [];
  const files = await databasesOf(stick, lines);
  const plus = await plusLibrary(stick, files, key, lines);
  const isFull = plus !== null && plus.rows.length > 0;
  const device = isFull ? null : await deviceLibrary(stick, files, lines);
  const library = isFull || device === null || device.rows.length === 0 ? (plus ?? device) : device;
  if (library !== null && library.source !== null) {
    lines.push(
      ...rowKindLines(
        library.source,
        library.rows.map(({ row }) => row),
      ),
    );
  }
  const none = { source: null, rows: [], emptyDatabase: null, deviceName: null };
  return { ...none, ...library, databaseUnixMs: latestOf(files), lines };
}

/** Finds the latest time at which a database of a stick was changed; null: it has none. Throws `StickGone`. */
export const databaseTime = async (stick: Stick): Promise<Ms | null> => latestOf(await databasesOf(stick, []));

type Databases = Readonly<Record<'plus' | 'log' | 'journal' | 'device' | 'extension', StickFile | null>>;

async function databasesOf(stick: Stick, lines: string[]): Promise<Databases> {
  const find = (path: string): Promise<StickFile | null> => stick.find(path).catch(unreadable(lines, path));
  const paths = [PLUS, LOG, JOURNAL, DEVICE, EXTENSION];
  const [plus = null, log = null, journal = null, device = null, extension = null] = await Promise.all(paths.map(find));
  return { plus, log, journal, device, extension };
}

function latestOf({ plus, log, device }: Databases): Ms | null {
  const changed = [plus, log, device].flatMap(file => (file === null ? [] : [file.modifiedUnixMs]));
  return changed.length === 0 ? null : Math.max(...changed);
}

type Part = Pick<StickLibrary, 'source' | 'rows' | 'deviceName'> & Partial<Pick<StickLibrary, 'emptyDatabase'>>;

async function plusLibrary(
  stick: Stick,
  { plus, log, journal }: Databases,
  key: string | null,
  lines: string[],
): Promise<Part | null> {
  if (plus === null) return null;
  if (journal !== null && journal.sizeBytes > 0) {
    lines.push(`${journal.path}: an export to this stick was broken off: export to it again; ${WITHOUT_IT}`);
    return null;
  }
  const main = await bytesOf(stick, plus, lines);
  const wal = log === null ? null : await bytesOf(stick, log, lines);
  if (main === null) return null;
  const opened = await plainDatabase({ main, wal, passphrase: key });
  if (!opened.ok) {
    lines.push(`${opened.reason}; ${WITHOUT_IT}`);
    return null;
  }
  const read = await readLibraryPlus(opened.bytes);
  unloadSqlite();
  lines.push(...opened.warnings);
  if (!read.ok) {
    lines.push(`${read.reason}; ${WITHOUT_IT}`);
    return null;
  }
  lines.push(...read.warnings);
  if (read.tracks.length === 0) return emptyPart('exportLibrary.db', read.deviceName);
  const rows = read.tracks.map(row => ({ id: row.contentId, row }));
  return { source: 'exportLibrary.db', rows, deviceName: read.deviceName };
}

/** A library without tracks names none: the analysis files must do, as where there is no library. */
const emptyPart = (emptyDatabase: string, deviceName: string | null): Part => ({
  ...{ source: null, rows: [], deviceName, emptyDatabase },
});

async function deviceLibrary(stick: Stick, { device, extension }: Databases, lines: string[]): Promise<Part | null> {
  const bytes = device === null ? null : await bytesOf(stick, device, lines);
  if (bytes === null) return null;
  const read = readDeviceLibrary(bytes, extension === null ? null : await bytesOf(stick, extension, lines));
  if (!read.ok) {
    lines.push(read.reason);
    return null;
  }
  lines.push(...read.warnings);
  if (read.tracks.length === 0) return emptyPart('export.pdb', null);
  return { source: 'export.pdb', rows: read.tracks.map(row => ({ id: null, row })), deviceName: null };
}

async function bytesOf(stick: Stick, { path, sizeBytes }: StickFile, lines: string[]): Promise<Uint8Array | null> {
  if (sizeBytes > MOST_BYTES) {
    lines.push(`${path}: ${sizeBytes} bytes are more than any library has; it is not read`);
    return null;
  }
  return stick.read(path).catch(unreadable(lines, path));
}

const unreadable =
  (lines: string[], path: string) =>
  (error: unknown): null => {
    if (error instanceof StickGone) throw error;
    lines.push(`${path}: it cannot be read (${(error as Error).message})`);
    return null;
  };
