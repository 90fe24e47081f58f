/** Captures as files: `<what>.hex`, bytes with a comment header, beside `<what>.json`, what they mean. */
import { readdirSync, readFileSync } from 'node:fs';
import { fromHex } from '../src/bytes/packet-layout.ts';

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
