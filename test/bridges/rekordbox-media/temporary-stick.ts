/** Sticks in folders of their own, which are deleted after the tests of a file. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { openStick, type Stick } from '../../../bridges/rekordbox-media/import/stick-folder.ts';
import {
  SIMULATED_STICK_KEY,
  simulatedStickFiles,
} from '../../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import { simulatedStickTracks } from '../../../bridges/rekordbox-media/simulator/stick-tracks.ts';

/** A function that makes empty folders. */
export function scratch(): (name: string) => string {
  const root = mkdtempSync(join(tmpdir(), 'decklight-media-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  let made = 0;
  return name => {
    made += 1;
    const folder = join(root, `${made}`, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  };
}

export function put(folder: string, files: Readonly<Record<string, Uint8Array | string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Writes a simulated stick. @param isWanted which of its files are there */
export async function writeSimStick(
  folder: string,
  tracks = 10,
  isWanted: (path: string) => boolean = () => true,
  hasLog = false,
): Promise<void> {
  for await (const { path, bytes } of simulatedStickFiles(simulatedStickTracks(tracks), {
    key: SIMULATED_STICK_KEY,
    hasLog,
  })) {
    if (isWanted(path)) put(folder, { [path]: bytes });
  }
}

export async function opened(folder: string): Promise<Stick> {
  const stick = await openStick(folder);
  if (!stick.ok) throw new Error(stick.reason);
  return stick.stick;
}
