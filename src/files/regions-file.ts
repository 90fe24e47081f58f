/** The file of regions beside a profile: read as a spreadsheet left it, written whole. */
import { renameSync, writeFileSync } from 'node:fs';
import { type RegionsFile, type RegionTimecode, readRegionsFile } from '../profile/regions-csv.ts';
import { besideProfile } from './beside-profile.ts';
import { type FileKind, whyUnreadable, whyUnwritable } from './file-errors.ts';
import { readRegularFile } from './regular-file.ts';

/** `show.yaml` has `show.yaml.regions.csv` beside it. */
export const regionsFileOf = (profileFile: string): string => besideProfile(profileFile, 'regions.csv');

const KIND: FileKind = { what: 'a table of regions (CSV)', ifMissing: 'decklight regions writes one' };

export type RegionsOnDisk =
  /** `regions` null: there is no such file, which is no mistake. */
  | { readonly ok: true; readonly regions: RegionsFile | null }
  /** Everything that is wrong with it, each as `file:line: error: …`. */
  | { readonly ok: false; readonly lines: readonly string[] };

/** Reads it; never throws. */
export function readRegions(file: string, timecodes: readonly RegionTimecode[]): RegionsOnDisk {
  let bytes: Uint8Array;
  try {
    bytes = readRegularFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { ok: true, regions: null };
    return { ok: false, lines: [`${file}: error: ${whyUnreadable(error, KIND)}`] };
  }
  const regions = readRegionsFile(textOf(bytes), timecodes);
  const lines = regions.problems.map(({ line, message }) => `${file}:${line}: error: ${message}`);
  return lines.length === 0 ? { ok: true, regions } : { ok: false, lines };
}

/** Excel writes UTF-8 only when it is asked to: else the letters of its country, or UTF-16 as "Unicode text". */
function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Writes it, beside itself first, so that it is whole at any moment. @returns why not; null: it is written */
export function writeRegions(file: string, text: string): string | null {
  try {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
    return null;
  } catch (error) {
    return `${file}: error: ${whyUnwritable(error)}`;
  }
}
