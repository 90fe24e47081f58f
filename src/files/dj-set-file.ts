/** The file that says what a simulated DJ plays: one that is named, or the demo that comes with the program. */
import { packageFile } from './package-file.ts';
import { readTextFile } from './text-file.ts';

const DEMO = 'profiles/sets/demo.yaml';
const DJ_SET = { what: 'a DJ set (YAML)', ifMissing: 'check its name, or leave --set out to hear a demo' };

/** Keys of a set, whoever reads it. */
export const SET_WORDS = ['set', 'seed', 'length', 'repeat', 'quirks', 'acts'];

/** What an act says that is done by a hand at a simulated surface, and by no deck and no unit. */
export const SURFACE_WORD = 'surface';

export type DjScriptFile =
  /** `file`: as its mistakes name it. */
  | { readonly ok: true; readonly file: string; readonly source: string }
  /** `line` says which file and why. */
  | { readonly ok: false; readonly line: string };

/** @param named null: the demo */
export function readDjSetFile(named: string | null): DjScriptFile {
  const file = named ?? DEMO;
  const read = readTextFile(named ?? packageFile(DEMO), DJ_SET);
  return read.ok
    ? { ok: true, file, source: read.source }
    : { ok: false, line: `${file}${read.place}: error: ${read.reason}` };
}
