/** The file that says what a simulated DJ plays: one that is named, or the demo that comes with the program. */
import { packageFile } from './package-file.ts';
import { readTextFile } from './text-file.ts';

const DEMO = 'profiles/sets/demo.yaml';
const DJ_SET = { what: 'a DJ set (YAML)', ifMissing: 'check its name, or leave --set out to hear a demo' };

export type DjScriptFile =
  /** `file`: as its mistakes name it. */
  | { readonly ok: true; readonly file: string; readonly source: string }
  /** `line` says which file and why. */
  | { readonly ok: false; readonly line: string };

/** @param named null: the demo */
export function readDjSetFile(named: string | null): DjScriptFile {
  const file = named ?? DEMO;
  const read = readTextFile(named ?? packageFile(DEMO), DJ_SET);
  return read.ok ? { ok: true, file, source: read.source } : { ok: false, line: `${file}: error: ${read.reason}` };
}
