/** `decklight media import`: a rekordbox stick, or its copy, into the media store. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { audioKey } from '../../../bridges/rekordbox-media/analysis/track-analysis.ts';
import { type ImportCounts, importStick } from '../../../bridges/rekordbox-media/import/import-stick.ts';
import {
  analysisKey,
  type OpenedStick,
  openStick,
  type Stick,
  StickGone,
} from '../../../bridges/rekordbox-media/import/stick-folder.ts';
import { readStickLibrary, type StickLibrary } from '../../../bridges/rekordbox-media/import/stick-library.ts';
import {
  readStick,
  readStore,
  type StoredStick,
  type StoredTrack,
  StoreUnwritable,
  setStoreAside,
  storeFileOf,
  storeFiles,
  unfinishedOf,
  writeStore,
} from '../../../bridges/rekordbox-media/store/store.ts';
import type { StoredAnalysis } from '../../../bridges/rekordbox-media/store/stored-analysis.ts';
import type { Clock, Ms } from '../../core/clock.ts';
import { lockState } from '../../files/state-lock.ts';
import { oneLine } from '../../text/one-line.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { foldedLines } from './folded-lines.ts';
import { findLibraryKey } from './library-key.ts';
import { type Machine, mediaFolder } from './media-folder.ts';

export interface MediaImportOptions {
  /** Name for the stick; null: its name in rekordbox, or the one that it has already, or else that of its folder. */
  readonly name: string | null;
  /** Folder of imported sticks; null: the one for all shows. */
  readonly media: string | null;
  /** A file with the key of the library in it; null: see `findLibraryKey`. */
  readonly keyFile: string | null;
}

/** Surroundings of an import: machine, time, and the terminal that it speaks on. */
export interface Surroundings {
  readonly machine: Machine;
  readonly clock: Clock;
  /** Now, since 1970. */
  readonly unixMs: Ms;
  readonly out: Terminal;
}

/**
 * Imports a stick. What went wrong with single files is told at the end.
 *
 * @returns the exit code: 0 done; 1 stopped, it cannot be written, or another program is at it; 2 the name is that of
 *          another stick, or the key file cannot be used; 3 there is no stick, or it was pulled
 */
export async function mediaImportCommand(
  folder: string,
  options: MediaImportOptions,
  surroundings: Surroundings,
  stopped: AbortSignal,
): Promise<number> {
  const { machine, out } = surroundings;
  const key = findLibraryKey(options.keyFile, machine);
  if (key.kind === 'unusable') {
    out.error(key.line);
    return 2;
  }
  const opened: OpenedStick = await openStick(folder);
  if (!opened.ok) {
    out.error(`${folder}: error: ${opened.reason}`);
    return 3;
  }
  const { stick } = opened;
  if (key.kind === 'key') out.line(`the key of its library is taken from ${key.from}`);
  try {
    const library = await readStickLibrary(stick, key.kind === 'key' ? key.key : null);
    const { found } = await stick.analyses();
    const content: StickContent = { stick, library, found };
    const media = mediaFolder(options.media, machine);
    const name = options.name ?? nameOf(content, media, out);
    if (name === null) return 2;
    const file = storeFileOf(media, name);
    const lock = await lockState(file);
    if (!lock.isOurs) {
      out.error(`${name} is being imported already (${lock.holder ?? 'by another program'}): wait for that one`);
      return 1;
    }
    try {
      return await importInto({ name, file }, content, surroundings, stopped);
    } finally {
      await lock.release();
    }
  } catch (error) {
    if (!(error instanceof StickGone || error instanceof StoreUnwritable)) throw error;
    out.error(error.message);
    return error instanceof StickGone ? 3 : 1;
  }
}

/** A stick that is here, and what is on it. */
interface StickContent {
  readonly stick: Stick;
  readonly library: StickLibrary;
  readonly found: Found;
}

/** The name of an import and the file that keeps it. */
interface ImportTarget {
  readonly name: string;
  readonly file: string;
}

async function importInto(
  { name, file }: ImportTarget,
  content: StickContent,
  { clock, unixMs, out }: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  const { stick, library, found } = content;
  if (library.rows.length === 0 && found.size === 0) {
    for (const line of library.lines) out.error(oneLine(line));
    const what =
      library.emptyDatabase === null
        ? 'no database and no analysis is in it; was the whole stick copied?'
        : `${library.emptyDatabase} has no tracks and there are no analyses: in rekordbox export playlists to this stick`;
    out.error(`${stick.root}: error: ${what}`);
    return 1;
  }
  const before = storedOf(file, out);
  const { shared, smaller } = sharedWith(before, content);
  if (smaller > 0 && shared < LEAST_SHARED * smaller) {
    const few = shared === 0 ? 'none of its tracks is' : `only ${shared} of its tracks ${shared === 1 ? 'is' : 'are'}`;
    out.error(
      `another stick is called "${name}": ${few} on this one; give this one a name of its own (--name), or forget that one first (decklight media forget)`,
    );
    return 2;
  }
  const progress = progressOf(name, clock, out);
  const startedAt = clock.now();
  const head = {
    stick: name,
    from: stick.root,
    importedUnixMs: unixMs,
    source: library.source ?? 'analysis files',
    databaseUnixMs: library.databaseUnixMs,
  };
  const write = (taken: Parameters<typeof writeStore>[2]) => writeStore(file, head, taken);
  const imported = await importStick({ stick, library, ...byContent(before), write, progress, signal });
  const { kind, counts, lines } = imported;
  const folded = foldedLines(lines.map(oneLine));
  for (const line of folded.slice(0, MOST_SHOWN)) out.error(line);
  if (folded.length > MOST_SHOWN) out.error(`and ${folded.length - MOST_SHOWN} more lines like these`);
  if (kind !== 'done') {
    if (kind === 'stopped') out.error(`${name}: stopped; what was read is kept: import it again to go on from there`);
    return kind === 'gone' ? 3 : 1;
  }
  for (const line of summary(name, head.source, counts, clock.now() - startedAt)) out.line(line);
  if (before.length > 0) {
    out.line(
      imported.changes.length === 0 ? '  nothing has changed since the last import' : '  since the last import:',
    );
    for (const line of imported.changes) out.line(`    ${oneLine(line)}`);
  }
  out.line(`kept in ${file}`);
  return 0;
}

/** Stored analyses by their key, and stored tracks by their audio file. */
function byContent(before: readonly StoredTrack[]) {
  const known = new Map<string, StoredAnalysis>();
  const stored = new Map<string, StoredTrack>();
  for (const track of before) {
    const { id, file, analysis } = track;
    if (analysis !== null) known.set(analysis.key, analysis);
    // One that was not finished may have been without the key.
    if (id !== null || stored.get(audioKey(file))?.id == null) stored.set(audioKey(file), track);
  }
  return { known, stored };
}

/** Beyond these nobody reads on; they are counted. */
const MOST_SHOWN = 100;

/** Tracks that are stored of the stick already: of its last import, then of one that was not finished. */
function storedOf(file: string, out: Terminal): readonly StoredTrack[] {
  return [file, unfinishedOf(file)].flatMap(each => {
    const read = readStore(each);
    if (read.kind === 'unusable') {
      out.error(read.line);
      // One that a newer Decklight has written is not written over.
      const aside = setStoreAside(each);
      if (aside !== null) out.error(`it was set aside as ${aside}`);
    }
    return read.kind === 'stick' ? read.stick.tracks : [];
  });
}

// ---- which stick it is

type Found = Awaited<ReturnType<Stick['analyses']>>['found'];

/**
 * Of the tracks that are stored of a stick and of those here, how many are in both, and how many the fewer are.
 *
 * A track is the same by where its analysis is, which follows from the path of its audio file, or by that path.
 */
function sharedWith(stored: readonly StoredTrack[], { library: { rows }, found }: StickContent) {
  const files = new Set(rows.flatMap(({ row }) => (row.file === null ? [] : [audioKey(row.file)])));
  const keys = new Set(found.keys());
  for (const { row } of rows) if (row.analysisPath !== null) keys.add(analysisKey(row.analysisPath));
  const byFile = new Map(stored.map(track => [audioKey(track.file), track]));
  const shared = [...byFile].filter(([file, { analysis }]) => files.has(file) || keys.has(analysis?.key ?? '')).length;
  const here = Math.max(found.size, rows.length);
  return { shared, smaller: Math.min(byFile.size, here), larger: Math.max(byFile.size, here) };
}

/**
 * Share of a stick that another export to it leaves. Half of the fewer: one that has grown to ten times its tracks, or has lost
 * nine in ten, is itself still, while of two sticks of one DJ that have a name in common most tracks differ.
 */
const LEAST_SHARED = 0.5;

/**
 * Finds a name for a stick that nobody has named: that in rekordbox. Where only an encrypted library says that, as the stored
 * stick that has its tracks; of the larger of the two at least half, so that a few of many are not taken for all of them.
 *
 * @returns null: it may be one of several, which was said
 */
function nameOf(content: StickContent, media: string, out: Terminal): string | null {
  const { stick, library } = content;
  const { deviceName } = library;
  if (deviceName !== null && existsSync(storeFileOf(media, deviceName))) return deviceName;
  const same = storedSticks(media).filter(({ tracks, source }) => {
    // One whose library was read has told its own name, and that is another.
    if (deviceName !== null && source === 'exportLibrary.db') return false;
    const { shared, larger } = sharedWith(tracks, content);
    return shared > 0 && shared >= LEAST_SHARED * larger;
  });
  const [only] = same.length === 1 ? same : same.filter(({ from }) => from === stick.root);
  if (only === undefined && same.length > 1) {
    const names = same.map(each => `"${each.stick}"`).join(' and ');
    out.error(`${stick.root}: its tracks are those of ${names}: say which it is (--name)`);
    return null;
  }
  const name = only?.stick ?? deviceName ?? (basename(stick.root) || 'stick');
  const usual = deviceName ?? basename(stick.root);
  if (only !== undefined && name !== usual) out.line(`by its tracks this is "${name}" (--name calls it otherwise)`);
  return name;
}

function storedSticks(media: string): readonly StoredStick[] {
  try {
    return storeFiles(media).flatMap(file => {
      const read = readStick(file);
      return read.kind === 'stick' ? [read.stick] : [];
    });
  } catch {
    // Whoever writes there says what is wrong with the folder.
    return [];
  }
}

const REDRAWN_EVERY_MS: Ms = 100;
const BAR_COLUMNS = 40;
/** Steps of an import that get a line where nothing is redrawn. */
const PLAIN_STEPS = 10;

/** A bar on a terminal, else a line now and then. */
function progressOf(name: string, clock: Clock, out: Terminal): (done: number, total: number) => void {
  let drawnAt: Ms | null = null;
  let steps = 0;
  return (done, total) => {
    const isLast = done === total;
    if (!out.isTerminal) {
      const step = Math.floor((done / total) * PLAIN_STEPS);
      if (step > steps && !isLast) out.line(`${name}: ${done} of ${total} analyses`);
      steps = step;
      return;
    }
    const now = clock.now();
    if (drawnAt !== null && now - drawnAt < REDRAWN_EVERY_MS && !isLast) return;
    drawnAt = now;
    const full = Math.round((done / total) * BAR_COLUMNS);
    out.redraw([`${name}  ${'█'.repeat(full)}${'░'.repeat(BAR_COLUMNS - full)}  ${done} of ${total} analyses`]);
  };
}

function summary(name: string, source: string, counts: ImportCounts, tookMs: Ms): readonly string[] {
  const { tracks, withPhrases, withGrid, withCues, withoutId, keptIds, unchanged, filesMissing, filesBad } = counts;
  const { leftOver } = counts;
  const parts = [
    `${name}: ${tracks} tracks from ${source} in ${(tookMs / 1000).toFixed(1)} s`,
    `  ${withPhrases} with phrases, ${withGrid} with a beat grid, ${withCues} with cues`,
    withoutId === 0 ? '' : `  ${withoutId} without the number that a unit says: known by their phrases alone`,
    keptIds === 0 ? '' : `  ${keptIds} keep the number of an earlier import with the key: with it they are read anew`,
    leftOver === 0 ? '' : `  ${leftOver} analyses that no database names are of recordings which have a name: left out`,
    unchanged === 0 ? '' : `  ${unchanged} analyses unchanged since the last import`,
    filesMissing + filesBad === 0 ? '' : `  ${filesMissing} analysis files missing, ${filesBad} bad`,
  ];
  return parts.filter(part => part !== '');
}
