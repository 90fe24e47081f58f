/** `decklight media import`: a rekordbox stick, or its copy, into the media store. */
import { basename } from 'node:path';
import { type ImportCounts, importStick } from '../../bridges/rekordbox-media/import.ts';
import { type OpenedStick, openStick, type Stick, StickGone } from '../../bridges/rekordbox-media/stick.ts';
import { readStickLibrary, type StickLibrary } from '../../bridges/rekordbox-media/stick-library.ts';
import {
  readStore,
  StoreUnwritable,
  setStoreAside,
  storeFileOf,
  unfinishedOf,
  writeStore,
} from '../../bridges/rekordbox-media/store.ts';
import type { StoredAnalysis } from '../../bridges/rekordbox-media/stored-analysis.ts';
import type { Clock, Ms } from '../core/clock.ts';
import { findLibraryKey } from './library-key.ts';
import { type Machine, mediaFolder } from './media-folder.ts';
import type { Out } from './out.ts';
import { lockState } from './state-lock.ts';

export interface MediaImportOptions {
  /** What the stick is to be called; null: as it is in rekordbox, or else as its folder. */
  readonly name: string | null;
  /** Where imported sticks lie; null: where those of all shows do. */
  readonly media: string | null;
  /** A file with the key of the library in it; null: see `findLibraryKey`. */
  readonly keyFile: string | null;
}

/** Where and when an import is done. */
export interface Surroundings {
  readonly machine: Machine;
  readonly clock: Clock;
  /** Now, since 1970. */
  readonly unixMs: Ms;
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
  { machine, clock, unixMs }: Surroundings,
  out: Out,
  signal: AbortSignal,
): Promise<number> {
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
    const name = options.name ?? library.deviceName ?? (basename(stick.root) || 'stick');
    const file = storeFileOf(mediaFolder(options.media, machine), name);
    const lock = await lockState(file);
    if (!lock.isOurs) {
      out.error(`${name} is being imported already (${lock.holder ?? 'by another program'}): wait for that one`);
      return 1;
    }
    try {
      return await importInto(file, name, stick, library, { clock, unixMs }, out, signal);
    } finally {
      await lock.release();
    }
  } catch (error) {
    if (!(error instanceof StickGone || error instanceof StoreUnwritable)) throw error;
    out.error(error.message);
    return error instanceof StickGone ? 3 : 1;
  }
}

async function importInto(
  file: string,
  name: string,
  stick: Stick,
  library: StickLibrary,
  { clock, unixMs }: Pick<Surroundings, 'clock' | 'unixMs'>,
  out: Out,
  signal: AbortSignal,
): Promise<number> {
  const { found } = await stick.analyses();
  if (library.rows.length === 0 && found.size === 0) {
    for (const line of library.lines) out.error(line);
    out.error(`${stick.root}: error: no database and no analysis is in it; was the whole stick copied?`);
    return 1;
  }
  const known = knownOf(file, out);
  if (known.size > 0 && found.size > 0 && ![...known.keys()].some(key => found.has(key))) {
    out.error(
      `another stick is called "${name}": none of its tracks is on this one; give this one a name of its own (--name), or forget that one first (decklight media forget)`,
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
  const { kind, counts, lines } = await importStick({ stick, library, known, write, progress, signal });
  for (const line of lines.slice(0, MOST_SHOWN)) out.error(line);
  if (lines.length > MOST_SHOWN) out.error(`and ${lines.length - MOST_SHOWN} more lines like these`);
  if (kind !== 'done') {
    if (kind === 'stopped') out.error(`${name}: stopped; what was read is kept: import it again to go on from there`);
    return kind === 'gone' ? 3 : 1;
  }
  for (const line of summary(name, head.source, counts, clock.now() - startedAt)) out.line(line);
  out.line(`kept in ${file}`);
  return 0;
}

/** Beyond these nobody reads on; they are counted. */
const MOST_SHOWN = 100;

/** What is stored of the stick already, from its last import and from one that was not finished. */
function knownOf(file: string, out: Out): ReadonlyMap<string, StoredAnalysis> {
  const known = new Map<string, StoredAnalysis>();
  for (const each of [file, unfinishedOf(file)]) {
    const read = readStore(each);
    if (read.kind === 'unusable') {
      out.error(read.line);
      // One that a newer Decklight has written is not written over.
      const aside = setStoreAside(each);
      if (aside !== null) out.error(`it was set aside as ${aside}`);
    }
    if (read.kind !== 'stick') continue;
    for (const { analysis } of read.stick.tracks) if (analysis !== null) known.set(analysis.key, analysis);
  }
  return known;
}

const REDRAWN_EVERY_MS: Ms = 100;
const BAR_COLUMNS = 40;
/** Where nothing is redrawn, a line for each of these. */
const PLAIN_STEPS = 10;

/** A bar on a terminal, else a line now and then. */
function progressOf(name: string, clock: Clock, out: Out): (done: number, total: number) => void {
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
  const { tracks, withPhrases, withGrid, withCues, withoutId, unchanged, filesMissing, filesBad } = counts;
  const parts = [
    `${name}: ${tracks} tracks from ${source} in ${(tookMs / 1000).toFixed(1)} s`,
    `  ${withPhrases} with phrases, ${withGrid} with a beat grid, ${withCues} with cues`,
    withoutId === 0 ? '' : `  ${withoutId} without the number that a unit says: known by their phrases alone`,
    unchanged === 0 ? '' : `  ${unchanged} analyses unchanged since the last import`,
    filesMissing + filesBad === 0 ? '' : `  ${filesMissing} analysis files missing, ${filesBad} bad`,
  ];
  return parts.filter(part => part !== '');
}
