/** Folder and names of recordings, and the choice of those that are deleted at a start. */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordingEntry } from '../core/profile.ts';
import { besideProfile } from '../files/beside-profile.ts';
import { OWNER_ONLY_FILE, OWNER_ONLY_FOLDER } from '../files/regular-file.ts';

const DAY_MS = 24 * 3_600_000;
const MEGABYTE_BYTES = 1_000_000;
/** A pause between two recordings that is longer than this may be a clock that was wrong, and shows nothing. */
const LEAP_MS = 100 * DAY_MS;
/** Time since the last write within which a recording may be that of another show that runs now. */
const MAY_BE_WRITTEN_MS = 60_000;

/** `2026-11-21T22-15-00.pcapng`, `2026-11-21T22-15-00-2.pcapng`. */
const OUR_NAME = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}(-\d+)?\.pcapng$/;

/** The folder of a profile's recordings: `friday.yaml` has `friday.yaml.recordings` beside it. */
export const recordingsFolder = (profileFile: string): string => besideProfile(profileFile, 'recordings');

/**
 * A name for a recording, after the local time of the start, and the empty file of that name: two shows that start in one
 * second do not write into one. Where it cannot be made the name is given all the same; the recorder says what is wrong.
 */
export function newRecordingFile(folder: string, unixMs: number): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const time = new Date(unixMs);
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join('-');
  for (let n = 1; ; n++) {
    const file = join(folder, `${day}T${clock}${n === 1 ? '' : `-${n}`}.pcapng`);
    try {
      mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
      closeSync(openSync(file, 'wx', OWNER_ONLY_FILE));
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !existsSync(file)) return file;
    }
  }
}

export interface RecordingFile {
  readonly name: string;
  readonly bytes: number;
  /** Unix time at which it was last written to. */
  readonly writtenAtMs: number;
}

/**
 * Files of a folder of recordings to delete: those older than the profile keeps, then the oldest until the rest has room.
 * A file of another name is nobody's business here, and one that was written to in the last minute is kept.
 *
 * No file is too old by the clock alone, which may be wrong at a start: later recordings have to show that so much time
 * has passed, one after the other without a leap.
 *
 * @returns names, the oldest first
 */
export function toDelete(
  files: readonly RecordingFile[],
  { keepDays, keepMegabytes }: RecordingEntry,
  nowUnixMs: number,
): readonly string[] {
  const ours = files
    .filter(({ name }) => OUR_NAME.test(name))
    .sort((a, b) => a.writtenAtMs - b.writtenAtMs || (a.name < b.name ? -1 : 1));
  let leftBytes = ours.reduce((sum, { bytes }) => sum + bytes, 0);
  const names: string[] = [];
  for (const [i, { name, bytes, writtenAtMs }] of ours.entries()) {
    const ageMs = nowUnixMs - writtenAtMs;
    if (ageMs < MAY_BE_WRITTEN_MS) continue;
    const isTooOld = ageMs > keepDays * DAY_MS && isOutlived(ours, i, keepDays * DAY_MS);
    if (!isTooOld && leftBytes <= keepMegabytes * MEGABYTE_BYTES) continue;
    names.push(name);
    leftBytes -= bytes;
  }
  return names;
}

/** Tells if recordings that follow one on another, none after a leap, show that a file has been there for longer than this. */
function isOutlived(sorted: readonly RecordingFile[], index: number, ageMs: number): boolean {
  const writtenAt = (i: number): number => sorted[i]?.writtenAtMs ?? Number.POSITIVE_INFINITY;
  for (let i = index; writtenAt(i + 1) - writtenAt(i) <= LEAP_MS; i++) {
    if (writtenAt(i + 1) - writtenAt(index) > ageMs) return true;
  }
  return false;
}

/**
 * Deletes what is not kept.
 *
 * @returns the names of the files that are gone; what cannot be read or deleted stays, without a word: the recorder says
 *          what is wrong with a folder
 */
export function pruneRecordings(folder: string, limits: RecordingEntry, nowUnixMs: number): readonly string[] {
  return toDelete(filesIn(folder), limits, nowUnixMs).filter(name => {
    try {
      rmSync(join(folder, name));
      return true;
    } catch {
      return false;
    }
  });
}

function filesIn(folder: string): readonly RecordingFile[] {
  try {
    return readdirSync(folder).flatMap(name => {
      const stat = statSync(join(folder, name), { throwIfNoEntry: false });
      return stat?.isFile() ? [{ name, bytes: stat.size, writtenAtMs: stat.mtimeMs }] : [];
    });
  } catch {
    return [];
  }
}
