/** The log as a file that outlives a start: appended to, cut by size, and opened anew when another program has moved it. */
import { existsSync, renameSync, statSync } from 'node:fs';
import { whyUnwritable } from './file-errors.ts';
import { isFileOrNothing, type LineFile, openLineFile } from './line-file.ts';

export interface Rotation {
  /** Size beyond which a file is put aside. */
  readonly mostBytes: number;
  /** Files that are kept beside it, as `.1`, the newest, and so on. */
  readonly kept: number;
}

/** A night with a line for each cue takes a few MB. */
export const USUAL_ROTATION: Rotation = { mostBytes: 16 * 1024 * 1024, kept: 5 };

export interface LogFile extends LineFile {
  /** Leaves the file that is open to whoever has moved it, and goes on in a new one of the same name. */
  reopen(): void;
}

/** @param failed told in one line, once for each file that is opened */
export function openLogFile(file: string, { mostBytes, kept }: Rotation, failed: (text: string) => void): LogFile {
  let current = openLineFile(file, 'the log', failed, 'a');
  let bytes = sizeOf(file);
  let isStuck = false;
  const closing: Promise<void>[] = [];
  const open = (): void => {
    // Lines on their way to the old file still get there: an open file is not moved by its name.
    closing.push(current.close());
    current = openLineFile(file, 'the log', failed, 'a');
    bytes = sizeOf(file);
  };
  const rotate = (): void => {
    try {
      for (let n = kept - 1; n >= 1; n--)
        if (existsSync(`${file}.${n}`)) renameSync(`${file}.${n}`, `${file}.${n + 1}`);
      renameSync(file, `${file}.1`);
      open();
    } catch (error) {
      failed(`the log ${file} cannot be put aside, and grows: ${whyUnwritable(error)}`);
      isStuck = true;
    }
  };
  return {
    write(lines) {
      current.write(lines);
      for (const line of lines) bytes += Buffer.byteLength(line) + 1;
      // A device keeps its name.
      if (bytes > mostBytes && !isStuck && isFileOrNothing(file)) rotate();
    },
    reopen() {
      isStuck = false;
      open();
    },
    close: async () => {
      await Promise.all([...closing, current.close()]);
    },
  };
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
