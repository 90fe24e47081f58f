/** `decklight init`: a commented profile to start from, and beside it the schema that editors check it with. */
import { constants, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OSC_RECEIVERS, unknownReceiver } from '../../bridges/osc/osc-receivers.ts';
import { STARTER_MESSAGES } from '../../bridges/osc/receiver-starters.ts';
import { whyUnwritable } from '../files/file-errors.ts';
import { packageFile } from '../files/package-file.ts';
import type { Refused } from '../profile/schema/schema-builder.ts';
import { STARTER, starterProfile } from '../profile/starter-profile.ts';
import type { Terminal } from './terminal/terminal.ts';

const DEFAULT_FILE = 'show.yaml';
const SCHEMA_FILE = 'profile.schema.json';

/**
 * Writes the profile; an existing file is left alone.
 *
 * @param file      null: `show.yaml` here
 * @param receiver  who is to be told, as `receiver:` names it; null: a console that nothing is known of
 * @returns the exit code: 0 done, 1 it could not be written, 2 there is such a file already, or no such receiver
 */
export async function initCommand(file: string | null, receiver: string | null, out: Terminal): Promise<number> {
  const target = file ?? DEFAULT_FILE;
  const starter = starterFor(receiver);
  if (!starter.ok) {
    out.error(`--receiver: error: ${starter.message}`);
    if (starter.note) out.error(`   ${starter.note}`);
    return 2;
  }
  try {
    mkdirSync(dirname(target), { recursive: true });
  } catch (error) {
    return failed(target, error, out);
  }
  try {
    writeFileSync(target, starter.source, { flag: 'wx' });
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
  const isSchemaNew = copied(SCHEMA_FILE, schema);
  out.line(`wrote ${target}${isSchemaNew ? ` and ${schema} (for your editor)` : ''}`);
  const project = PROJECTS[receiver ?? ''];
  const beside = project === undefined ? null : join(dirname(target), project.file);
  if (project !== undefined && beside !== null) {
    const isNew = copied(project.file, beside);
    out.line(`${isNew ? 'wrote' : 'left as it is:'} ${beside}, which ${project.does}: ${project.command} ${beside}`);
  }
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

/** What is opened in the program of a receiver, so that something moves there at once. */
const PROJECTS: Readonly<Record<string, { readonly file: string; readonly does: string; readonly command: string }>> = {
  qlcplus: {
    file: 'qlcplus.qxw',
    does: 'shows what arrives on six channels of QLC+',
    command: 'qlcplus --operate --open',
  },
};

function starterFor(receiver: string | null): Refused | { readonly ok: true; readonly source: string } {
  if (receiver === null) return { ok: true, source: STARTER };
  const kind = Object.hasOwn(OSC_RECEIVERS, receiver) ? OSC_RECEIVERS[receiver] : undefined;
  const messages = STARTER_MESSAGES[receiver];
  if (kind === undefined || messages === undefined) return unknownReceiver(receiver);
  const usual = kind.ports[kind.transports[0]];
  const port = usual === undefined ? `, port: ${ANY_PORT}` : '';
  const entry = `{ type: osc, receiver: ${receiver}, host: 127.0.0.1${port} }`;
  const remark =
    usual === undefined
      ? `${kind.label}: put in the port that it is set to`
      : `${kind.label}, ${kind.transports[0].toUpperCase()} port ${usual} unless you say port:`;
  return { ok: true, source: starterProfile({ entry, remark, ...messages }) };
}

/** For receivers that have no usual one. */
const ANY_PORT = 8000;

/** The profile works without these files: one that is there already, or cannot be written, is no failure. */
function copied(file: string, target: string): boolean {
  try {
    copyFileSync(packageFile(join('profiles', file)), target, constants.COPYFILE_EXCL);
    return true;
  } catch {
    return false;
  }
}
