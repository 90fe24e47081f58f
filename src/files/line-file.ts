/** A file of lines that is written beside the show: its trouble is told once, and the show goes on without it. */
import { createWriteStream, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { whyUnwritable } from './file-errors.ts';

export interface LineFile {
  /** Lines without their line ends. Never throws and never waits. */
  write(lines: readonly string[]): void;
  /** Once everything is on the disk, or is known not to get there. */
  close(): Promise<void>;
}

/**
 * @param what   as people call it: `the trace`
 * @param failed told once, in one line
 * @param flags  `w` begins anew, `a` goes on behind what is there
 */
export function openLineFile(
  file: string,
  what: string,
  failed: (text: string) => void,
  flags: 'w' | 'a' = 'w',
): LineFile {
  let isBroken = false;
  const broken = (error: unknown): void => {
    if (!isBroken) failed(`${what} ${file} is not written: ${whyUnwritable(error)}`);
    isBroken = true;
  };
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    broken(error);
  }
  const stream = createWriteStream(file, { flags, ...openedNow(file, flags) }).on('error', broken);
  return {
    write(lines) {
      if (!isBroken && lines.length > 0) stream.write(`${lines.join('\n')}\n`);
    },
    close: () =>
      new Promise(done => {
        if (isBroken) return done();
        // Whichever comes first: a disk that is full now ends it as well.
        stream.once('error', () => done());
        stream.end(() => done());
      }),
  };
}

/**
 * The file that is gone on with, open before this returns: from then on its name may be another's.
 *
 * @returns nothing where to open it may wait, as for the reader of a pipe, or fails: then the stream tries, and says so
 */
function openedNow(file: string, flags: 'w' | 'a'): { readonly fd?: number } {
  if (flags === 'w' || !isFileOrNothing(file)) return {};
  try {
    return { fd: openSync(file, flags) };
  } catch {
    return {};
  }
}

/** Neither a pipe nor a device nor a folder. */
export const isFileOrNothing = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() ?? true;
