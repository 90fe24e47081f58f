/** Surroundings of a command that works by a profile: loaded when such a command is called, and not before. */
import type { Bridge } from '../../bridge.ts';
import type { MediaLibrary } from '../../core/track/media-library.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface ProfileContext {
  readonly out: Terminal;
  /** All kinds of bridges that a profile may name. */
  readonly bridges: readonly Bridge[];
  /** The tracks of imported sticks. */
  readonly library: MediaLibrary;
}

/** The option of every command that works with imported sticks by a profile. */
export const IMPORTED_OPTION = [
  '--media <folder>',
  'where imported sticks lie; else in media beside the profile, or of this user',
] as const;

/**
 * Loads the bridges and the imported sticks. Faults of the sticks are said on `out`.
 *
 * @param profileFile null: a command that can do without one, and was given none
 * @param media       folder of imported sticks, as it was named; undefined: see `mediaFolders`
 */
export async function profileContext(
  profileFile: string | null,
  media: string | undefined,
  out: Terminal,
): Promise<ProfileContext> {
  const { BRIDGES } = await import('../../../bridges/index.ts');
  const { mediaFolders, readMediaLibrary, thisMachine } = await import('../media/media-folder.ts');
  const folders = profileFile === null ? [] : mediaFolders(media ?? null, profileFile, thisMachine());
  const { library, lines } = readMediaLibrary(folders);
  for (const line of lines) out.error(line);
  return { out, bridges: BRIDGES, library };
}
