/** A small file that is kept from run to run: read with suspicion, written whole. */
import { renameSync, writeFileSync } from 'node:fs';
import { whyUnreadable, whyUnwritable } from './file-errors.ts';
import { expectRegularFile, OWNER_ONLY_FILE, readRegularFile } from './regular-file.ts';

/** Kept file, in words for people. */
export interface KeptFile {
  readonly file: string;
  /** `the state of a show`. */
  readonly what: string;
  /** Consequence if nothing is read: `the show starts as a new one`. */
  readonly without: string;
  /** Consequence if it cannot be written: `after a crash a cue could go twice`. */
  readonly unwritten: string;
}

/**
 * Reads what was kept; null: nothing, or nothing of use.
 *
 * @param parse throws when the text is not what it should be
 * @param say   told in one line where the file is there and of no use; it is set aside then, never fatal
 */
export function readKept<T>(
  { file, what, without }: KeptFile,
  parse: (text: string) => T,
  say: (text: string) => void,
): T | null {
  let text: string;
  try {
    text = new TextDecoder().decode(readRegularFile(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    say(`${file} cannot be read (${whyUnreadable(error, { what, ifMissing: '' })}): ${without}`);
    return null;
  }
  try {
    return parse(text);
  } catch {
    const aside = `${file}.broken`;
    try {
      renameSync(file, aside);
    } catch {
      // Then it is written over; it was of no use.
    }
    say(`${file} is not ${what}: it was set aside as ${aside}, and ${without}`);
    return null;
  }
}

/**
 * Writes such a file, beside itself first and then renamed, so that it is whole at any moment. It is not forced to the
 * disk: it outlives the program, not the power.
 *
 * @param say told once when it cannot be written; the show goes on
 * @returns a function that tells whether it was written
 */
export function keptWriter({ file, unwritten }: KeptFile, say: (text: string) => void): (content: string) => boolean {
  let isTroubled = false;
  let isFirst = true;
  return content => {
    try {
      if (isTroubled || isFirst) for (const path of [file, `${file}.new`]) expectRegularFile(path);
      isFirst = false;
      writeFileSync(`${file}.new`, content, { mode: OWNER_ONLY_FILE });
      renameSync(`${file}.new`, file);
      isTroubled = false;
      return true;
    } catch (error) {
      if (!isTroubled) say(`${file} cannot be written (${whyUnwritable(error)}): ${unwritten}`);
      isTroubled = true;
      return false;
    }
  };
}
