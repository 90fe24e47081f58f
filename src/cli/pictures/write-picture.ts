/** Writes a picture into a file, or to standard output. */
import { writeFileSync } from 'node:fs';
import { whyUnwritable } from '../../files/file-errors.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** @param file `-`: standard output @returns false: it cannot be written, which was said */
export function writePicture(file: string, picture: string, out: Terminal): boolean {
  if (file === '-') {
    out.line(picture.trimEnd());
    return true;
  }
  try {
    writeFileSync(file, picture);
  } catch (error) {
    out.error(`${file}: error: ${whyUnwritable(error)}`);
    return false;
  }
  out.line(`wrote ${file}`);
  return true;
}
