/**
 * A rekordbox stick, or its copy in a folder, as files. It reads and never writes.
 *
 * A path is followed part by part through what the folders list, whatever its case: so `..`, an absolute path and a link
 * that leads elsewhere find nothing. Files that begin with `._` (a Mac leaves them beside the real ones) are not seen.
 */
import type { Dirent, Stats } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';

export interface StickFile {
  /** From the root of the stick, as it is written there: `PIONEER/rekordbox/export.pdb`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Since 1970, as the file system keeps it: on a stick to two seconds. */
  readonly modifiedUnixMs: number;
}

/** The analysis files of one track that are there; null: that one is not. */
export interface FoundAnalysis {
  /** `.DAT` */
  readonly dat: string | null;
  /** `.EXT` */
  readonly ext: string | null;
}

/** A stick whose functions throw `StickGone` once it has been pulled, and what node:fs throws of a file that cannot be read. */
export interface Stick {
  /** The folder it is in, without links. */
  readonly root: string;
  /** null: there is no such file on it. */
  find(path: string): Promise<StickFile | null>;
  /** @param path as found */
  read(path: string): Promise<Uint8Array>;
  /** Every analysis in `PIONEER/USBANLZ`, whatever a database says. */
  analyses(): Promise<Analyses>;
}

export interface Analyses {
  /** By their `analysisKey`. */
  readonly found: ReadonlyMap<string, FoundAnalysis>;
  /** Folders that could not be looked into, one line each. */
  readonly lines: readonly string[];
}

export class StickGone extends Error {
  constructor(root: string) {
    super(`the stick in ${root} is gone: nothing is lost; put it back and import it again, which goes on from here`);
    this.name = 'StickGone';
  }
}

export type OpenedStick =
  | { readonly ok: true; readonly stick: Stick }
  /** Line that says what was expected there. */
  | { readonly ok: false; readonly reason: string };

/** Names of rekordbox's folder; the second on sticks formatted by a Mac. */
const TOP_FOLDERS = ['PIONEER', '.PIONEER'];

/** Parent folders of an analysis: `USBANLZ/P016/0000875E`; one more does no harm, a hundred would be no stick. */
const MOST_FOLDERS_DEEP = 4;

const ANALYSIS_FILE = /^ANLZ\d+\.(DAT|EXT)$/i;

/** @param folder the stick, its copy, or the `PIONEER` folder in it */
export async function openStick(folder: string): Promise<OpenedStick> {
  try {
    const given = await realpath(folder);
    for (const root of isTopFolder(basename(given)) ? [given, dirname(given)] : [given]) {
      const top = (await readdir(root, { withFileTypes: true })).find(entry => isTopFolder(entry.name));
      if (top !== undefined) return { ok: true, stick: stickIn(root, (await stat(root)).dev) };
    }
    return { ok: false, reason: 'there is no folder PIONEER in it: this is no rekordbox stick' };
  } catch (error) {
    return { ok: false, reason: whyNoFolder(error) };
  }
}

function whyNoFolder(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'there is no such folder; is the stick mounted?';
    case 'ENOTDIR':
      return 'this is no folder; expected a rekordbox stick or its copy';
    case 'EACCES':
    case 'EPERM':
      return 'it may not be read; check its rights';
    default:
      return `it cannot be read: ${message}`;
  }
}

/**
 * The key that an analysis is found again by, however its path is written.
 *
 * @param dat `/PIONEER/USBANLZ/P016/0000875E/ANLZ0000.DAT`
 */
export const analysisKey = (dat: string): string =>
  dat
    .toLowerCase()
    .replace(/\.(dat|ext)$/, '')
    .replace(/^[\\/.]+/, '');

/** Entries of a folder, by the lower-case name; of names that differ in case alone, each. */
type Listing = ReadonlyMap<string, readonly Dirent[]>;

/** A stick that was opened. */
interface Mounted {
  readonly root: string;
  /** Number of the disk it is on. */
  readonly device: number;
  /** Listings that were made already, by the folder. */
  readonly listings: Map<string, Promise<Listing>>;
}

function stickIn(root: string, device: number): Stick {
  const mounted: Mounted = { root, device, listings: new Map() };
  return {
    root,
    find: path => findIn(mounted, path),
    read: path => orGone(mounted, readFile(join(root, path))),
    analyses: () => analysesIn(mounted),
  };
}

async function isHere({ root, device }: Mounted): Promise<boolean> {
  try {
    // The mount point of a stick may be an empty folder of another disk.
    return (await stat(root)).dev === device && (await readdir(root)).some(isTopFolder);
  } catch {
    return false;
  }
}

async function orGone<T>(mounted: Mounted, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(await isHere(mounted))) throw new StickGone(mounted.root);
    throw error;
  }
}

/** Finds nothing, if the stick is there to have nothing. */
async function notFound(mounted: Mounted): Promise<null> {
  if (!(await isHere(mounted))) throw new StickGone(mounted.root);
  return null;
}

function listing(mounted: Mounted, folder: string): Promise<Listing> {
  const known = mounted.listings.get(folder);
  if (known !== undefined) return orGone(mounted, known);
  const listed = readListing(folder);
  mounted.listings.set(folder, listed);
  return orGone(mounted, listed);
}

/** The real place of an entry; null: outside the stick, or nowhere. */
async function placeOf(root: string, folder: string, entry: Dirent): Promise<string | null> {
  const place = join(folder, entry.name);
  if (!entry.isSymbolicLink()) return place;
  const real = await realpath(place).catch(() => null);
  return real !== null && isWithin(root, real) ? real : null;
}

async function findIn(mounted: Mounted, path: string): Promise<StickFile | null> {
  const parts = path.split(/[\\/]/).filter(each => each !== '' && each !== '.');
  return (await fileBelow(mounted, mounted.root, [], parts)) ?? notFound(mounted);
}

/** The file of a path, in the first of the folders of each name that leads to one. @param names of the folders so far */
async function fileBelow(
  mounted: Mounted,
  place: string,
  names: readonly string[],
  [part, ...rest]: readonly string[],
): Promise<StickFile | null> {
  if (part === undefined) {
    const found = await orGone(mounted, statOf(place));
    if (found === null || !found.isFile()) return null;
    return { path: names.join('/'), sizeBytes: found.size, modifiedUnixMs: found.mtimeMs };
  }
  for (const entry of entriesOf(await listing(mounted, place), part, names.length === 0)) {
    const next = await placeOf(mounted.root, place, entry);
    const found = next === null ? null : await fileBelow(mounted, next, [...names, entry.name], rest);
    if (found !== null) return found;
  }
  return null;
}

async function analysesIn(mounted: Mounted): Promise<Analyses> {
  const found = new Map<string, FoundAnalysis>();
  const lines: string[] = [];
  const tops = entriesOf(await listing(mounted, mounted.root), 'PIONEER', true).filter(each => each.isDirectory());
  if (tops.length === 0) await notFound(mounted);
  for (const top of tops) {
    const place = join(mounted.root, top.name);
    for (const folder of entriesOf(await listing(mounted, place), 'USBANLZ', false)) {
      if (!folder.isDirectory()) continue;
      for await (const file of filesBelow(mounted, join(place, folder.name), `${top.name}/${folder.name}`, lines)) {
        addFile(found, file);
      }
    }
  }
  return { found, lines };
}

/** Of two files of one name in folders that differ in case, the first counts, as it does where a path is looked up. */
function addFile(found: Map<string, FoundAnalysis>, file: string): void {
  const suffix = ANALYSIS_FILE.exec(basename(file))?.[1]?.toUpperCase();
  if (suffix === undefined) return;
  const before = found.get(analysisKey(file)) ?? { dat: null, ext: null };
  found.set(
    analysisKey(file),
    suffix === 'DAT' ? { ...before, dat: before.dat ?? file } : { ...before, ext: before.ext ?? file },
  );
}

/**
 * The files in a folder and in those below it, by name.
 *
 * @param path  of the folder, from the root of the stick
 * @param lines takes what could not be looked into
 */
async function* filesBelow(mounted: Mounted, place: string, path: string, lines: string[]): AsyncGenerator<string> {
  let entries: Dirent[];
  try {
    entries = [...(await listing(mounted, place)).values()].flat();
  } catch (error) {
    if (error instanceof StickGone) throw error;
    lines.push(`${path}: this folder cannot be read and is left out (${(error as Error).message})`);
    return;
  }
  const depth = path.split('/').length - 1;
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const here = `${path}/${entry.name}`;
    if (!entry.isDirectory()) yield here;
    else if (depth < MOST_FOLDERS_DEEP) yield* filesBelow(mounted, join(place, entry.name), here, lines);
  }
}

async function readListing(folder: string): Promise<Listing> {
  const listed = new Map<string, Dirent[]>();
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // A file stands where a path has a folder: nothing is in it.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return listed;
    throw error;
  }
  for (const entry of entries) {
    if (entry.name.startsWith('._')) continue;
    const same = listed.get(entry.name.toLowerCase());
    if (same === undefined) listed.set(entry.name.toLowerCase(), [entry]);
    else same.push(entry);
  }
  return listed;
}

/**
 * The entries of a name, the one that is written so first, then those that differ in case: a disk that tells letters apart
 * may have both.
 *
 * @param isTop where PIONEER may be called .PIONEER as well; beside it the one of the two may have nothing but settings
 */
function entriesOf(listing: Listing, name: string, isTop: boolean): readonly Dirent[] {
  const names = isTop && isTopFolder(name) ? TOP_FOLDERS : [name];
  return names.flatMap(each => {
    const same = listing.get(each.toLowerCase()) ?? [];
    return [...same.filter(entry => entry.name === each), ...same.filter(entry => entry.name !== each)];
  });
}

const isTopFolder = (name: string): boolean => TOP_FOLDERS.includes(name.toUpperCase());

const isWithin = (root: string, place: string): boolean =>
  !relative(root, place).split(sep).includes('..') && relative(root, place) !== '';

async function statOf(place: string): Promise<Stats | null> {
  try {
    return await stat(place);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
