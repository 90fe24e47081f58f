/** A file of text that somebody has written by hand: a profile, a DJ set. */
import { readFileSync, statSync } from 'node:fs';
import { type FileKind, whyUnreadable } from './file-errors.ts';

export type TextFile = { readonly ok: true; readonly source: string } | { readonly ok: false; readonly reason: string };

/** Far above what anybody writes by hand; only so that no film is read into memory. */
const LARGEST_BYTES = 8 * 1024 * 1024;

/** Its text, or in one line why there is none; never throws, and never waits on what is no file. */
export function readTextFile(file: string, kind: FileKind): TextFile {
  const refused = (reason: string): TextFile => ({ ok: false, reason });
  try {
    const stat = statSync(file);
    if (!stat.isFile() && !stat.isDirectory()) return refused(`this is no file; expected ${kind.what}`);
    if (stat.size > LARGEST_BYTES) {
      return refused(`this file is larger than 8 MiB; expected ${kind.what}, which has a few hundred lines`);
    }
    return { ok: true, source: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)) };
  } catch (error) {
    return refused(whyUnreadable(error, kind));
  }
}
