/** A profile as it is saved again and again: told whenever its text is another one, or it has none any more. */
import { unwatchFile, watchFile } from 'node:fs';
import type { Cancel } from '../../core/clock.ts';
import { PROFILE_FILE } from '../../files/profile-file.ts';
import { readTextFile, type TextFile } from '../../files/text-file.ts';

/** Editors save in many ways, and network folders tell nothing: it is looked at. */
const LOOK_EVERY_MS = 200;
/** A file that is being written is half of itself for a moment: it must be the same twice. */
const SETTLES_WITHIN_MS = 60;

export interface ProfileWatcher {
  /** Told of another text of the file. */
  saved(source: string): void;
  /** Told why the file cannot be read any more: the last good profile stays. */
  lost(reason: string): void;
}

/** @param source what was read at the start */
export function watchProfile(file: string, source: string, { saved, lost }: ProfileWatcher): Cancel {
  let last: TextFile = { ok: true, source };
  let timer: NodeJS.Timeout | null = null;
  const look = (before: TextFile | null): void => {
    timer = null;
    const now = textOf(file);
    if (isSame(now, last)) return;
    if (before === null || !isSame(now, before)) {
      timer = setTimeout(() => look(now), SETTLES_WITHIN_MS).unref();
      return;
    }
    last = now;
    if (now.ok) saved(now.source);
    else lost(`${now.place.slice(1)}${now.place === '' ? '' : ': '}${now.reason}`);
  };
  const changed = (): void => {
    if (timer === null) look(null);
  };
  watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, changed);
  return () => {
    unwatchFile(file, changed);
    if (timer !== null) clearTimeout(timer);
  };
}

/** An editor that empties the file before it writes has not saved nothing. */
function textOf(file: string): TextFile {
  const read = readTextFile(file, PROFILE_FILE);
  return read.ok && read.source === '' ? { ok: false, reason: 'this file is empty', place: '' } : read;
}

const isSame = (a: TextFile, b: TextFile): boolean =>
  a.ok ? b.ok && a.source === b.source : !b.ok && a.reason === b.reason;
