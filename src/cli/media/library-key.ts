/**
 * The key of the Device Library Plus, from wherever the operator keeps it. We ship none. It is never an argument of a
 * command, where a list of processes would show it, and it is in no line that is said or written.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { whyUnreadable } from '../../files/file-errors.ts';
import { dataFolder, type Machine } from './media-folder.ts';

export type LibraryKey =
  /** `from`: where it was found, in words. */
  | { readonly kind: 'key'; readonly key: string; readonly from: string }
  | { readonly kind: 'none' }
  /** `line` says which file should hold the key and does not. */
  | { readonly kind: 'unusable'; readonly line: string };

const VARIABLE = 'DECKLIGHT_LIBRARY_KEY';

/** A key has some dozens of characters; a file far beyond that was meant for something else. */
const MOST_BYTES = 4096;

/** File that keeps the key for good, beside the imported sticks. */
export const keyFileOf = (machine: Machine): string => join(dataFolder(machine), 'library-key');

/** The first of: the environment, the file that is given, the file in the data folder. Never throws. */
export function findLibraryKey(given: string | null, machine: Machine): LibraryKey {
  const fromEnvironment = machine.env[VARIABLE]?.trim() ?? '';
  if (fromEnvironment !== '') return { kind: 'key', key: fromEnvironment, from: VARIABLE };
  const kept = keyFileOf(machine);
  if (given !== null) return keyIn(given);
  return existsSync(kept) ? keyIn(kept) : { kind: 'none' };
}

function keyIn(file: string): LibraryKey {
  try {
    const stat = statSync(file);
    if (!stat.isFile() && !stat.isDirectory())
      return unusable(file, 'this is no file; expected one with the key in it');
    if (stat.size > MOST_BYTES)
      return unusable(file, `this has ${stat.size} bytes; expected the key alone, in one line`);
    const key = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)).trim();
    if (key === '') return unusable(file, 'this is empty; expected the key, in one line');
    if (/[\r\n\0]/.test(key)) return unusable(file, 'this has more than one line; expected the key alone');
    return { kind: 'key', key, from: file };
  } catch (error) {
    return unusable(file, whyUnreadable(error, { what: 'a file with the key in it', ifMissing: 'check its name' }));
  }
}

const unusable = (file: string, reason: string): LibraryKey => ({
  kind: 'unusable',
  line: `${file}: error: ${reason}`,
});
