/** `decklight media list, show, forget`: what was imported. */
import { existsSync } from 'node:fs';
import { openStick } from '../../../bridges/rekordbox-media/import/stick-folder.ts';
import { databaseTime } from '../../../bridges/rekordbox-media/import/stick-library.ts';
import {
  forgetStick,
  type ReadStore,
  readStick,
  type StoredStick,
  StoreUnwritable,
  storeFileOf,
  storeFiles,
} from '../../../bridges/rekordbox-media/store/store.ts';
import type { Ms } from '../../core/clock.ts';
import type { MediaTrack } from '../../core/track/media-track.ts';
import { isSameTrack } from '../../core/track/track-identity.ts';
import { nearTitles, plain } from '../../core/track/track-match.ts';
import { whyUnreadable } from '../../files/file-errors.ts';
import { lockState } from '../../files/state-lock.ts';
import { oneLine } from '../../text/one-line.ts';
import { COLOURS, NO_COLOURS } from '../terminal/status-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { MEDIA_FOLDER, readMediaLibrary } from './media-folder.ts';
import { trackLine, trackLines } from './track-text.ts';

/** @param folder of imported sticks @returns the exit code: 0, or 1 where the folder cannot be read */
export async function mediaListCommand(folder: string, out: Terminal, unixMs: Ms): Promise<number> {
  const stores = storesIn(folder, out);
  if (stores === null) return 1;
  for (const store of stores) {
    if (store.kind === 'unusable') out.error(store.line);
    if (store.kind !== 'stick') continue;
    for (const line of store.lines) out.error(line);
    const { stick } = store;
    out.line(stickLine(stick, unixMs));
    const trouble = await staleness(stick);
    if (trouble !== null) out.line(`  ${trouble}`);
  }
  if (stores.every(({ kind }) => kind !== 'stick'))
    out.line(`no stick is imported in ${folder}: decklight media import`);
  return 0;
}

function storesIn(folder: string, out: Terminal): readonly ReadStore[] | null {
  try {
    return storeFiles(folder).map(readStick);
  } catch (error) {
    out.error(`${folder}: error: ${whyUnreadable(error, MEDIA_FOLDER)}`);
    return null;
  }
}

function stickLine({ stick, tracks, importedUnixMs, from, source }: StoredStick, unixMs: Ms): string {
  const phrases = tracks.filter(({ analysis }) => analysis?.phrases != null).length;
  const numbers = tracks.filter(({ id }) => id !== null).length;
  const share = (part: number): string =>
    tracks.length === 0 ? 'none' : `${Math.floor((100 * part) / tracks.length)} %`;
  return [
    oneLine(stick).padEnd(16),
    `${String(tracks.length).padStart(5)} tracks`,
    `${share(phrases)} with phrases`,
    `${share(numbers)} with numbers`,
    `imported ${ageText(unixMs - importedUnixMs)} from ${from} (${source})`,
  ].join('  ');
}

const AGES: readonly (readonly [ms: Ms, word: string])[] = [
  [24 * 3_600_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
];

export function ageText(ageMs: Ms): string {
  const [unitMs, word] = AGES.find(([ms]) => ageMs >= ms) ?? [0, ''];
  if (unitMs === 0) return 'just now';
  const count = Math.floor(ageMs / unitMs);
  return `${count} ${word}${count === 1 ? '' : 's'} ago`;
}

/** Reason not to trust an import; null: there is none, or the stick is not here to tell. */
async function staleness({ stick, isFinished, from, databaseUnixMs }: StoredStick): Promise<string | null> {
  if (!isFinished) return `the import was not finished: decklight media import ${from} goes on`;
  const opened = await openStick(from);
  if (!opened.ok) return null;
  const now = await databaseTime(opened.stick).catch(() => databaseUnixMs);
  if (now === databaseUnixMs) return null;
  return `stale: what is in ${from} has changed since; if it is ${stick}, import it again`;
}

/** Beyond these nobody reads on; they are counted. */
export const MOST_LISTED = 30;

/**
 * @param wanted a part of its title, its number, or the end of its file's path
 * @returns the exit code: 0, or 2 where no track is meant by it
 */
export async function mediaShowCommand(folder: string, wanted: string, out: Terminal): Promise<number> {
  const hits = tracksMeant(folder, wanted, out);
  const [first] = hits;
  if (first === undefined) return 2;
  if (hits.every(hit => isSameTrack(hit, first))) {
    for (const hit of hits) {
      for (const line of trackLines(hit, out.columns(), out.isTerminal ? COLOURS : NO_COLOURS, out.isTerminal))
        out.line(line);
    }
    return 0;
  }
  out.line(`${hits.length} tracks: name one by its number, its whole title or its file`);
  for (const hit of hits.slice(0, MOST_LISTED)) out.line(`  ${trackLine(hit)}`);
  if (hits.length > MOST_LISTED) out.line(`  and ${hits.length - MOST_LISTED} more`);
  return 0;
}

/**
 * The imported tracks that somebody may mean; where there are none that is said, with what is near.
 *
 * @param folder of imported sticks
 * @param wanted a part of its title, its number, or the end of its file's path
 */
export function tracksMeant(folder: string, wanted: string, out: Terminal): readonly MediaTrack[] {
  const { library, lines } = readMediaLibrary([folder]);
  for (const line of lines) out.error(line);
  const all = [...library.all()];
  const hits = hitsOf(all, wanted);
  if (hits.length > 0) return hits;
  const near = nearTitles(
    wanted,
    all.flatMap(({ title }) => title ?? []),
  );
  const advice =
    near.length === 0 ? 'decklight media list tells what is imported' : `did you mean "${near.join('" or "')}"?`;
  out.error(`no track of the imported sticks in ${folder} is "${wanted}"; ${advice}`);
  return [];
}

/** The best of: its number, its whole title, the end of its file's path, a part of its title. */
function hitsOf(all: readonly MediaTrack[], wanted: string): readonly MediaTrack[] {
  const text = plain(wanted);
  const path = wanted.normalize('NFC').toLowerCase().replace(/^\/+/, '');
  const ways: readonly ((track: MediaTrack) => boolean)[] = [
    ({ id }) => id !== null && String(id) === wanted.trim(),
    ({ title }) => title !== null && plain(title) === text,
    ({ file }) => `/${file.normalize('NFC').toLowerCase()}`.endsWith(`/${path}`),
    ({ title }) => title !== null && plain(title).includes(text),
  ];
  if (text === '') return [];
  for (const way of ways) {
    const hits = all.filter(way);
    if (hits.length > 0) return hits;
  }
  return [];
}

/** @returns the exit code: 0 it is forgotten, 1 it cannot be deleted, 2 no stick of this name was imported */
export async function mediaForgetCommand(folder: string, stick: string, out: Terminal): Promise<number> {
  const file = storeFileOf(folder, stick);
  const lock = await lockState(file);
  if (!lock.isOurs) {
    out.error(`${stick} is being imported (${lock.holder ?? 'by another program'}): stop that first`);
    return 1;
  }
  try {
    const deleted = forgetStick(file);
    if (deleted === null) {
      const names = (existsSync(folder) ? (storesIn(folder, out) ?? []) : []).flatMap(store =>
        store.kind === 'stick' ? [store.stick.stick] : [],
      );
      const there = names.length === 0 ? 'none is' : `there is: ${names.join(', ')}`;
      out.error(`no stick "${stick}" is imported in ${folder}; ${there}`);
      return 2;
    }
    for (const each of deleted) out.line(`${stick} is forgotten: deleted ${each}`);
    return 0;
  } catch (error) {
    if (!(error instanceof StoreUnwritable)) throw error;
    out.error(error.message);
    return 1;
  } finally {
    await lock.release();
  }
}
