/**
 * The media store: what was imported of each stick, in a file of its own. JSON lines: a head, a line for each track, and a
 * last line once the import has got to its end.
 *
 * While a stick is imported its file is only added to, under another name; it takes the place of the one before when it is
 * whole. Cut anywhere it can still be read: the line it was cut in is left out.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { BeatGrid } from '../../../src/core/track/beat-grid.ts';
import type { MediaTrack } from '../../../src/core/track/media-track.ts';
import type { SongStructure } from '../../../src/core/track/phrase.ts';
import { NO_TRACK_NOTES, type TrackNotes } from '../../../src/core/track/track-notes.ts';
import { whyUnreadable, whyUnwritable } from '../../../src/files/file-errors.ts';
import { readRegularFile } from '../../../src/files/regular-file.ts';
import { energyOf, storedAnalysis, storedGridOf, structureOf } from './stored-analysis.ts';

/** Raised when an older Decklight could no longer read the file. */
const VERSION = 1;

const storeHead = z.object({
  decklight: z.literal('media'),
  version: z.number(),
  /** The name of the stick. */
  stick: z.string(),
  /** The folder it was imported from. */
  from: z.string(),
  importedUnixMs: z.number(),
  /** The database that named its tracks. */
  source: z.string(),
  /** Latest time at which one of its databases was changed; null: it has none. */
  databaseUnixMs: z.number().nullable(),
});
/** Facts of a stick beyond its tracks. */
export type StoreHead = z.infer<typeof storeHead>;

const text = z.string().nullable();
/** Notes as in `TrackNotes`; what is null there, or has no names, is not stored. */
const storedNotes = z.object({
  rating: z.number().exactOptional(),
  colour: z.string().exactOptional(),
  comment: z.string().exactOptional(),
  label: z.string().exactOptional(),
  year: z.number().exactOptional(),
  playCount: z.number().exactOptional(),
  dateAdded: z.string().exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  histories: z.array(z.string()).exactOptional(),
});
type StoredNotes = z.infer<typeof storedNotes>;

/** Leaves out what is null or empty. */
export const storedNotesOf = (notes: TrackNotes): StoredNotes =>
  Object.fromEntries(
    Object.entries(notes).filter(([, value]) => value !== null && (!Array.isArray(value) || value.length > 0)),
  );

/** A track as its line in a store is read. */
export const storedTrack = z.object({
  id: z.number().nullable(),
  file: z.string(),
  title: text,
  artist: text,
  album: text,
  genre: text,
  musicalKey: text,
  tempoBpm: z.number().nullable(),
  /** As its database says; the analysis knows better. */
  lengthMs: z.number().nullable(),
  playlists: z.array(z.string()),
  /** As in `LibraryRow`; absent: imported before places were kept. */
  playlistPlaces: z.array(z.number().nullable()).exactOptional(),
  artworkFile: text,
  /** Absent: it was imported before notes were kept, or no database names it. */
  notes: storedNotes.exactOptional(),
  analysis: storedAnalysis.nullable(),
});
/** A track in the store. */
export type StoredTrack = z.infer<typeof storedTrack>;

const LAST_LINE = '{"finished":true}';

/** A stick as it was imported. */
export interface StoredStick extends StoreHead {
  /** Of this store. */
  readonly file: string;
  /** The import got to its end; false: it was stopped, or goes on now. */
  readonly isFinished: boolean;
  readonly tracks: readonly StoredTrack[];
}

export type ReadStore =
  | { readonly kind: 'stick'; readonly stick: StoredStick; readonly lines: readonly string[] }
  | { readonly kind: 'none' }
  /** A store that cannot be used; one line says why. A broken one has been set aside. */
  | { readonly kind: 'unusable'; readonly line: string };

const ENDING = '.jsonl';
const UNFINISHED = '.part';

/**
 * The file that a stick is kept in: `friday-3f2a91c0.jsonl`. Names that a file system takes for one another have files of their own.
 *
 * @param stick any name
 */
export function storeFileOf(folder: string, stick: string): string {
  const readable = stick
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  const hash = createHash('sha256').update(stick).digest('hex').slice(0, 8);
  return join(folder, `${readable === '' ? 'stick' : readable}-${hash}${ENDING}`);
}

/** The file of a stick while it is imported. */
export const unfinishedOf = (file: string): string => `${file}${UNFINISHED}`;

/** The stores in a folder, finished or else as far as they got; none where there is no such folder. Throws what node:fs does. */
export function storeFiles(folder: string): readonly string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const stores = names.filter(name => name.endsWith(ENDING) || name.endsWith(ENDING + UNFINISHED));
  const whole = new Set(stores.map(name => name.replace(/\.part$/, '')));
  return [...whole].sort().map(name => join(folder, name));
}

/** The stored stick: the finished import, or else the one that was begun. Never throws. */
export function readStick(file: string): ReadStore {
  const finished = readStore(file);
  return finished.kind === 'none' ? readStore(unfinishedOf(file)) : finished;
}

/** Reads one store. Never throws. */
export function readStore(file: string): ReadStore {
  let source: string;
  try {
    source = new TextDecoder().decode(readRegularFile(file));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return { kind: 'none' };
    const reason = whyUnreadable(error, { what: 'an imported stick', ifMissing: '' });
    return { kind: 'unusable', line: `${file}: this imported stick is not used: ${reason}` };
  }
  const isCut = !source.endsWith('\n');
  const lines = source.split('\n');
  // The rest after the last line end: nothing, or the line that was cut.
  lines.pop();
  const [first, ...rest] = lines;
  const head = parsed(first ?? '', storeHead);
  if (head === null) return setAside(file);
  if (head.version > VERSION) {
    const what = `it is of version ${head.version}, this Decklight reads up to ${VERSION}`;
    return { kind: 'unusable', line: `${file}: this imported stick is not used: ${what}; update it, or import again` };
  }
  const isFinished = !isCut && rest[rest.length - 1] === LAST_LINE;
  if (isFinished) rest.pop();
  const tracks = rest.map(line => parsed(line, storedTrack)).filter(track => track !== null);
  const damaged = rest.length - tracks.length;
  return {
    kind: 'stick',
    stick: { ...head, file, isFinished, tracks },
    lines: damaged === 0 ? [] : [`${file}: ${damaged} damaged tracks are left out; import ${head.stick} again`],
  };
}

function parsed<T>(line: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

/** Puts a store out of the way that cannot be used. @returns null: it stays where it is */
export function setStoreAside(file: string): string | null {
  const aside = `${file}.aside`;
  try {
    renameSync(file, aside);
    return aside;
  } catch {
    return null;
  }
}

function setAside(file: string): ReadStore {
  const aside = setStoreAside(file);
  if (aside === null) {
    return {
      kind: 'unusable',
      line: `${file}: this is no imported stick and is not used; delete it, and import again`,
    };
  }
  return { kind: 'unusable', line: `${file}: this is no imported stick: it was set aside as ${aside}; import again` };
}

/** A track for all else. Its grid and its phrases are worked out when they are first asked for. */
export function mediaTrackOf(stick: string, { lengthMs, analysis, notes, ...facts }: StoredTrack): MediaTrack {
  let grid: BeatGrid | null | undefined;
  let structure: SongStructure | null | undefined;
  return {
    ...facts,
    stick,
    durationMs: analysis?.durationMs ?? lengthMs,
    firstDownbeat: analysis?.firstDownbeat ?? null,
    fingerprint: analysis?.fingerprint ?? null,
    cuePoints: analysis?.cuePoints ?? [],
    ...(notes === undefined ? {} : { notes: { ...NO_TRACK_NOTES, ...notes } }),
    ...(analysis?.energy === undefined ? {} : { energy: energyOf(analysis.energy) }),
    get grid() {
      grid = grid === undefined ? storedGridOf(analysis ?? { grid: null }) : grid;
      return grid;
    },
    get structure() {
      structure = structure === undefined ? structureOf(analysis ?? { phrases: null }) : structure;
      return structure;
    },
  };
}

/** A store cannot be written: in one line which, and what to do. */
export class StoreUnwritable extends Error {
  constructor(file: string, error: unknown) {
    super(`${file}: error: ${whyUnwritable(error)}`);
    this.name = 'StoreUnwritable';
  }
}

/** A store that is being written. Its functions throw `StoreUnwritable`. */
export interface StoreWriter {
  add(tracks: readonly StoredTrack[]): void;
  /** Makes it whole: it takes the place of the one before. */
  finish(): void;
  /** Leaves what was written for the next import. May come after `finish`, and twice. */
  close(): void;
}

/**
 * Begins a store.
 *
 * @param taken tracks that are known already: they are on the disk before what an earlier import has left is given up
 */
export function writeStore(
  file: string,
  head: Omit<StoreHead, 'decklight' | 'version'>,
  taken: readonly StoredTrack[],
): StoreWriter {
  const unfinished = unfinishedOf(file);
  const fresh = `${file}.new`;
  const orUnwritable = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new StoreUnwritable(file, error);
    }
  };
  const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;
  let handle: number | null = null;
  const write = (lines: string): void => {
    const bytes = Buffer.from(lines);
    for (let at = 0; handle !== null && at < bytes.length; ) at += writeSync(handle, bytes, at);
  };
  const shut = (): void => {
    if (handle !== null) closeSync(handle);
    handle = null;
  };

  orUnwritable(() => {
    mkdirSync(dirname(file), { recursive: true });
    handle = openSync(fresh, 'w');
    write(lineOf({ decklight: 'media', version: VERSION, ...head }));
    for (const track of taken) write(lineOf(track));
    shut();
    renameSync(fresh, unfinished);
    handle = openSync(unfinished, 'a');
  });
  return {
    add: tracks => orUnwritable(() => write(tracks.map(lineOf).join(''))),
    finish() {
      orUnwritable(() => {
        write(`${LAST_LINE}\n`);
        if (handle !== null) fsyncSync(handle);
        shut();
        renameSync(unfinished, file);
      });
    },
    close: () => orUnwritable(shut),
  };
}

/** Deletes what is stored of a stick. @returns null: nothing was. Throws `StoreUnwritable`. */
export function forgetStick(file: string): readonly string[] | null {
  const files = [file, unfinishedOf(file), `${file}.new`].filter(each => existsSync(each));
  for (const each of files) {
    try {
      rmSync(each);
    } catch (error) {
      throw new StoreUnwritable(each, error);
    }
  }
  return files.length === 0 ? null : files;
}
