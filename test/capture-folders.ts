/** Captures as files: `<what>.hex`, bytes with a comment header, beside `<what>.json`, what they mean. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fromHex } from '../src/bytes/hex.ts';

export interface Capture {
  readonly name: string;
  /** The comment lines, without `#`. */
  readonly header: string;
  readonly bytes: Uint8Array;
  readonly expected: unknown;
}

/** @param bridge a folder of test/captures */
export function readCaptures(bridge: string): Capture[] {
  const folder = new URL(`./captures/${bridge}/`, import.meta.url);
  return readdirSync(folder)
    .filter(file => file.endsWith('.hex'))
    .map(file => {
      const lines = readFileSync(new URL(file, folder), 'utf8').split('\n');
      const isComment = (line: string): boolean => line.startsWith('#');
      return {
        name: file.replace(/\.hex$/, ''),
        header: lines.filter(isComment).join('\n'),
        bytes: fromHex(lines.filter(line => !isComment(line)).join(' ')),
        expected: JSON.parse(readFileSync(new URL(file.replace(/hex$/, 'json'), folder), 'utf8')),
      };
    });
}

/**
 * Writes what a capture means now, if goldens are being made anew (WRITE_GOLDENS=1). Nothing is checked then: the
 * difference that git shows has to be held against the source.
 *
 * @param bridge a folder of test/captures
 * @returns whether it was written
 */
export function writeGolden(bridge: string, name: string, meaning: unknown): boolean {
  if (process.env['WRITE_GOLDENS'] !== '1') return false;
  const file = new URL(`./captures/${bridge}/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(meaning, null, 2)}\n`);
  return true;
}
