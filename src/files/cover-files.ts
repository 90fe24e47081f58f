/** Covers that units have pushed, kept beside the profile as `show.yaml.covers/414.jpg`, as the track book keeps the rest. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { besideProfile } from './beside-profile.ts';
import { whyUnwritable } from './file-errors.ts';

/** A folder beside the profile. */
export const coversFolder = (profileFile: string): string => besideProfile(profileFile, 'covers');

/**
 * Keeps a cover of each track, the last one that was pushed. Never in the way of a packet.
 *
 * @param say told once when they cannot be written; the show goes on
 */
export function openCovers(folder: string, say: (text: string) => void): (trackId: number, jpeg: Uint8Array) => void {
  let isTroubled = false;
  return (trackId, jpeg) => {
    mkdir(folder, { recursive: true })
      .then(() => writeFile(join(folder, `${trackId}.jpg`), jpeg))
      .catch((error: unknown) => {
        if (!isTroubled) say(`${folder} cannot be written (${whyUnwritable(error)}): covers are not kept`);
        isTroubled = true;
      });
  };
}
