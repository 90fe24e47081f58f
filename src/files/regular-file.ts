/** Files that the program keeps for itself: read only where they are files, and for nobody else to read. */
import { readFileSync, statSync } from 'node:fs';

/** Rights of what tells of a night: its owner reads and writes, nobody else does either. */
export const OWNER_ONLY_FILE = 0o600;
export const OWNER_ONLY_FOLDER = 0o700;

/**
 * The bytes of a file.
 *
 * @throws as node:fs does; with the code `ENOTFILE` for a pipe, a socket or a device, where reading would wait for ever
 */
export function readRegularFile(file: string): Uint8Array {
  expectRegularFile(file);
  return readFileSync(file);
}

/** Throws where something stands at this path that is neither a file nor a folder; where nothing does, all is well. */
export function expectRegularFile(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || stat.isFile() || stat.isDirectory()) return;
  throw Object.assign(new Error(`${file} is a pipe, a socket or a device`), { code: 'ENOTFILE' });
}
