/** A file that lines are added to while it is open, and that begins anew once what it says stands elsewhere. */
import { closeSync, fstatSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { expectRegularFile, OWNER_ONLY_FILE, readRegularFile } from './regular-file.ts';

export interface JournalFile {
  /** Adds a line; false: it could not be written, or the file is no longer where it was. */
  append(line: string): boolean;
  /** Bytes that it holds. */
  bytes(): number;
  /** Begins anew, empty; what an earlier run has left is deleted. */
  clear(): void;
  /** Closes and deletes it. */
  remove(): void;
}

/** Nothing is opened before the first line. */
export function openJournal(file: string): JournalFile {
  let descriptor: number | null = null;
  let bytes = 0;

  function close(): void {
    const open = descriptor;
    descriptor = null;
    bytes = 0;
    if (open !== null) attempt(() => closeSync(open));
  }

  function openAnew(): number {
    expectRegularFile(file);
    const open = openSync(file, 'a', OWNER_ONLY_FILE);
    descriptor = open;
    ftruncateSync(open, 0);
    return open;
  }

  function remove(): void {
    expectRegularFile(file);
    unlinkSync(file);
  }

  return {
    append(line) {
      const text = Buffer.from(`${line}\n`);
      const isAdded = attempt(() => {
        const open = descriptor ?? openAnew();
        if (fstatSync(open).nlink === 0) throw new Error('somebody has deleted it');
        if (writeSync(open, text) < text.length) throw new Error('the disk is full');
      });
      if (isAdded) bytes += text.length;
      else close();
      return isAdded;
    },
    bytes: () => bytes,
    clear() {
      const open = descriptor;
      bytes = 0;
      if (open === null) attempt(remove);
      else if (!attempt(() => ftruncateSync(open, 0))) close();
    },
    remove() {
      close();
      attempt(remove);
    },
  };
}

/** The last line that can be read as something; a line that a crash has cut is none. @returns null: there is none */
export function lastOfJournal<T>(file: string, parse: (line: string) => T): T | null {
  let lines: readonly string[] = [];
  attempt(() => {
    lines = new TextDecoder().decode(readRegularFile(file)).split('\n');
  });
  for (const line of lines.toReversed()) {
    try {
      return parse(line);
    } catch {
      // The one before it, then.
    }
  }
  return null;
}

/** Whether it could be done; what stands in the way is of no use here, since all of it can be done without. */
function attempt(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
