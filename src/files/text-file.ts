/** A file of text that somebody has written by hand: a profile, a DJ set. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { type FileKind, whyUnreadable } from './file-errors.ts';

export type TextFile =
  | { readonly ok: true; readonly source: string }
  /** `place`: `:12:9`, to put behind the name of the file; nothing where it is about all of it. */
  | { readonly ok: false; readonly reason: string; readonly place: string };

/** Far above what anybody writes by hand; only so that no film is read into memory. */
const LARGEST_BYTES = 8 * 1024 * 1024;

/** Its text, or in one line why there is none; never throws, and never waits on what is no file. */
export function readTextFile(file: string, kind: FileKind): TextFile {
  const refused = (reason: string, place = ''): TextFile => ({ ok: false, reason, place });
  try {
    const stat = statSync(file);
    if (!stat.isFile() && !stat.isDirectory()) return refused(`this is no file; expected ${kind.what}`);
    if (stat.size > LARGEST_BYTES) {
      return refused(`this file is larger than 8 MiB; expected ${kind.what}, which has a few hundred lines`);
    }
    const bytes = readFileSync(file);
    if (isUtf8(bytes)) return { ok: true, source: new TextDecoder('utf-8').decode(bytes) };
    const { place, seems } = strangeBytes(bytes);
    return refused(`this is not text in UTF-8${seems}; save it as UTF-8; expected ${kind.what}`, place);
  } catch (error) {
    return refused(whyUnreadable(error, kind));
  }
}

/** Where the first bytes stand that are no UTF-8, and what they seem to be. */
function strangeBytes(bytes: Buffer): { readonly place: string; readonly seems: string } {
  const [first = 0, second = 0] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16) return { place: ':1:1', seems: ', but in UTF-16' };
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0 && isUtf8(bytes.subarray(start, end)); line++) {
    start = end + 1;
    end = bytes.indexOf(0x0a, start);
  }
  const text = new TextDecoder('utf-8').decode(bytes.subarray(start, start + 2000));
  const column = text.indexOf('\ufffd');
  const [strange = 0] = bytes.subarray(start + Buffer.byteLength(text.slice(0, Math.max(0, column))));
  // A film has signs that no text has.
  const isText = !bytes.subarray(0, 1000).includes(0);
  const sign = strange >= 0xa0 ? ` (as Latin-1 or Windows-1252 this sign is ${String.fromCharCode(strange)})` : '';
  return { place: `:${line}:${column + 1}`, seems: isText ? sign : '' };
}
