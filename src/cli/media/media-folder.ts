/** Folders of imported sticks on this machine, and all sticks as one library. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { mediaTrackOf, readStick, storeFiles } from '../../../bridges/rekordbox-media/store/store.ts';
import { libraryOf, type MediaLibrary } from '../../core/track/media-library.ts';
import type { MediaTrack } from '../../core/track/media-track.ts';
import { whyUnreadable } from '../../files/file-errors.ts';

/** Facts that decide where a program keeps its data. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

export const thisMachine = (): Machine => ({ platform: process.platform, env: process.env, home: homedir() });

/** The folder of what is kept for all shows of somebody, as each system wants it. It need not be there. */
export function dataFolder({ platform, env, home }: Machine): string {
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Decklight');
    case 'win32':
      return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'Decklight');
    default: {
      const data = env['XDG_DATA_HOME'] ?? '';
      // A relative one is to be ignored [XDG Base Directory Specification].
      return join(isAbsolute(data) ? data : join(home, '.local', 'share'), 'decklight');
    }
  }
}

/** Folder that sticks are imported into. @param given null: the operator names no folder */
export const mediaFolder = (given: string | null, machine: Machine): string =>
  given ?? join(dataFolder(machine), 'media');

/**
 * Folders in which a show looks for imported sticks: the folder that is given, else `media` beside its profile, else that
 * of all shows. None: nothing was ever imported.
 */
export function mediaFolders(given: string | null, profileFile: string, machine: Machine): readonly string[] {
  if (given !== null) return [given];
  const beside = join(dirname(profileFile), 'media');
  return [beside, mediaFolder(null, machine)].filter(folder => existsSync(folder)).slice(0, 1);
}

/**
 * The tracks of all sticks that were imported into these folders. Never throws.
 *
 * @returns in `lines` what an operator should know: folders and sticks that are not used, and why
 */
export function readMediaLibrary(folders: readonly string[]): {
  readonly library: MediaLibrary;
  readonly lines: readonly string[];
} {
  const lines: string[] = [];
  const tracks: MediaTrack[] = [];
  for (const folder of folders) {
    for (const file of filesIn(folder, lines)) {
      const read = readStick(file);
      if (read.kind === 'unusable') lines.push(read.line);
      if (read.kind !== 'stick') continue;
      const { stick, isFinished, tracks: stored } = read.stick;
      lines.push(...read.lines);
      if (!isFinished) {
        lines.push(
          `${file}: the import of ${stick} was not finished: ${stored.length} tracks of it are known; import it again`,
        );
      }
      for (const track of stored) tracks.push(mediaTrackOf(stick, track));
    }
  }
  return { library: libraryOf(tracks), lines };
}

function filesIn(folder: string, lines: string[]): readonly string[] {
  if (!existsSync(folder)) {
    lines.push(`${folder}: there is no such folder; import a stick into it: decklight media import`);
    return [];
  }
  try {
    return storeFiles(folder);
  } catch (error) {
    lines.push(`${folder}: no imported stick is used: ${whyUnreadable(error, MEDIA_FOLDER)}`);
    return [];
  }
}

export const MEDIA_FOLDER = { what: 'a folder of imported sticks', ifMissing: 'import a stick into it first' };
