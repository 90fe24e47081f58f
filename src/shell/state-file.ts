/** What outlives the program, on disk: one small file beside the profile, written whole before anything leaves. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { memorySchema } from '../capture/memory-schema.ts';
import type { Ms } from '../core/clock.ts';
import type { LeftBehind, Memory } from '../core/memory.ts';
import { besideProfile } from './beside-profile.ts';

/** `show.yaml` has `show.yaml.state.json` beside it. */
export const stateFileOf = (profileFile: string): string => besideProfile(profileFile, 'state.json');

/** A night later nothing of it is true any more. */
const FORGOTTEN_AFTER_MS: Ms = 12 * 3_600_000;

const content = z.object({ writtenUnixMs: z.number(), memory: memorySchema });

/**
 * What an earlier run left; null: nothing, or nothing that still holds.
 *
 * @param say told in one line where the file is there and of no use; it is set aside then, never fatal
 */
export function readStateFile(file: string, nowUnixMs: number, say: (text: string) => void): LeftBehind | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') say(`${file} cannot be read (${message}): the show starts as a new one`);
    return null;
  }
  try {
    const { writtenUnixMs, memory } = content.parse(JSON.parse(text));
    const ageMs = Math.max(0, nowUnixMs - writtenUnixMs);
    return ageMs > FORGOTTEN_AFTER_MS ? null : { memory, ageMs };
  } catch {
    const aside = `${file}.broken`;
    try {
      renameSync(file, aside);
    } catch {
      // Then it is written over; it was of no use.
    }
    say(`${file} is no state of a show: it was set aside as ${aside}, and the show starts as a new one`);
    return null;
  }
}

export interface StateFile {
  /** Returns when it is written: what leaves afterwards is known after a crash. */
  write(memory: Memory): void;
}

/**
 * Written beside itself and renamed, so that it is whole at any moment. It is not forced to the disk: it outlives the
 * program, not the power.
 *
 * @param say told once when it cannot be written; the show goes on
 */
export function openStateFile(file: string, unixMs: () => number, say: (text: string) => void): StateFile {
  let isTroubled = false;
  return {
    write(memory) {
      try {
        writeFileSync(`${file}.new`, JSON.stringify({ writtenUnixMs: unixMs(), memory }));
        renameSync(`${file}.new`, file);
        isTroubled = false;
      } catch (error) {
        if (!isTroubled) {
          say(`${file} cannot be written (${(error as Error).message}): after a crash a cue could go twice`);
        }
        isTroubled = true;
      }
    },
  };
}
