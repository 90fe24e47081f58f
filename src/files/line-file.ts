/** A file of lines that is written beside the show: its trouble is told once, and the show goes on without it. */
import { createWriteStream, mkdirSync } from 'node:fs';
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
 */
export function openLineFile(file: string, what: string, failed: (text: string) => void): LineFile {
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
  const stream = createWriteStream(file).on('error', broken);
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
