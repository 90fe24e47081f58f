/** `decklight simulate stick`: a made-up rekordbox stick in a folder, to try the import of a library with. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DEMO_TRACKS } from '../../../bridges/opus-quad/simulator/demo-tracks.ts';
import {
  SIMULATED_STICK_KEY,
  simulatedStickFiles,
} from '../../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import { simulatedStickTracks } from '../../../bridges/rekordbox-media/simulator/stick-tracks.ts';
import { whyUnwritable } from '../../files/file-errors.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface SimulateStickOptions {
  /** The folder that the stick is written into; made when it is not there. */
  readonly to: string;
  /** Number of tracks; null: those that the simulated unit plays. */
  readonly tracks: number | null;
  /** Key of the encrypted library; null: a key of ours. */
  readonly key: string | null;
  /** True: the rows of the library are in its -wal file alone. */
  readonly wal: boolean;
}

/**
 * Writes the stick. A folder that has a stick already is left as it is, and of one that was not finished nothing stays.
 *
 * @returns the exit code: 0 done, 1 it could not be written or was stopped, 2 there is a stick already
 */
export async function simulateStickCommand(
  options: SimulateStickOptions,
  out: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { to, wal: hasLog } = options;
  const tracks = simulatedStickTracks(options.tracks ?? DEMO_TRACKS.length);
  const key = options.key ?? SIMULATED_STICK_KEY;
  const root = join(to, 'PIONEER');
  try {
    await mkdir(to, { recursive: true });
    // Some disks tell letters apart and some do not, and a Mac may have hidden the folder.
    const found = (await readdir(to)).find(name => /^\.?pioneer$/i.test(name));
    if (found !== undefined) {
      out.error(
        `${join(to, found)}: error: there is a stick already, and it was left as it is; name another folder: --to <folder>`,
      );
      return 2;
    }
    await mkdir(root);
  } catch (error) {
    out.error(`${to}: error: ${whyUnwritable(error)}`);
    return 1;
  }

  let files = 0;
  let bytesWritten = 0;
  let target = root;
  try {
    for await (const { path, bytes } of simulatedStickFiles(tracks, { key, hasLog })) {
      if (signal.aborted) {
        await rm(root, { recursive: true, force: true });
        out.error('simulated stick: stopped before it was finished; what was written of it is deleted again');
        return 1;
      }
      target = join(to, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes);
      files += 1;
      bytesWritten += bytes.length;
    }
  } catch (error) {
    await rm(root, { recursive: true, force: true }).catch(() => {});
    out.error(`${target}: error: ${whyUnwritable(error)}`);
    return 1;
  }
  const size = `${(bytesWritten / 1e6).toFixed(1)} MB`;
  out.line(`simulated stick: wrote ${tracks.length} tracks, ${files} files, ${size}, to ${to}`);
  out.line(`the key of its library, made up as all of it is: ${key}`);
  return 0;
}
