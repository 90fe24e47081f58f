/** `decklight init`: a commented profile to start from, and beside it the schema that editors check it with. */
import { constants, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { whyUnwritable } from '../files/file-errors.ts';
import { packageFile } from '../files/package-file.ts';
import { STARTER } from '../profile/starter-profile.ts';
import type { Terminal } from './terminal/terminal.ts';

const DEFAULT_FILE = 'show.yaml';
const SCHEMA_FILE = 'profile.schema.json';

/**
 * Writes the profile; an existing file is left alone.
 *
 * @param file  null: `show.yaml` here
 * @returns the exit code: 0 done, 1 it could not be written, 2 there is such a file already
 */
export async function initCommand(file: string | null, out: Terminal): Promise<number> {
  const target = file ?? DEFAULT_FILE;
  try {
    mkdirSync(dirname(target), { recursive: true });
  } catch (error) {
    return failed(target, error, out);
  }
  try {
    writeFileSync(target, STARTER, { flag: 'wx' });
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') {
      out.error(
        `${target}: error: there is such a file already, and it was left as it is; name another: decklight init <file>`,
      );
      return 2;
    }
    // Half a profile is none, and would stand in the way of the next try.
    rmSync(target, { force: true });
    return failed(target, error, out);
  }
  const schema = join(dirname(target), SCHEMA_FILE);
  const isSchemaNew = copySchema(schema);
  out.line(`wrote ${target}${isSchemaNew ? ` and ${schema} (for your editor)` : ''}`);
  out.line('next:');
  out.line(`  decklight run --simulate ${target}   plays it against a simulated OPUS-QUAD`);
  out.line(`  edit ${target}: the address and port of your console stand under bridges:`);
  out.line(`  decklight check ${target}            finds its mistakes`);
  return 0;
}

function failed(target: string, error: unknown, out: Terminal): number {
  out.error(`${target}: error: ${whyUnwritable(error)}`);
  return 1;
}

/** The profile works without it: a schema that is there already, or cannot be written, is no failure. */
function copySchema(target: string): boolean {
  try {
    copyFileSync(packageFile(join('profiles', SCHEMA_FILE)), target, constants.COPYFILE_EXCL);
    return true;
  } catch {
    return false;
  }
}
