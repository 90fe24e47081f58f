/** State that outlives the program: one small file beside the profile, written whole before anything leaves. */
import { z } from 'zod';
import type { Ms } from '../core/clock.ts';
import type { RestartState, SavedState } from '../core/engine/restart-state.ts';
import { besideProfile } from './beside-profile.ts';
import { type KeptFile, keptWriter, readKept } from './kept-file.ts';
import { memorySchema } from './restart-state-schema.ts';

/** `show.yaml` has `show.yaml.state.json` beside it. */
export const stateFileOf = (profileFile: string): string => besideProfile(profileFile, 'state.json');

/** A night later nothing of it is true any more. */
const FORGOTTEN_AFTER_MS: Ms = 12 * 3_600_000;

const content = z.object({ writtenUnixMs: z.number(), memory: memorySchema });

const keptAt = (file: string): KeptFile => ({
  file,
  what: 'the state of a show',
  without: 'the show starts as a new one',
  unwritten: 'after a crash a cue could go twice',
});

/** Reads what an earlier run left; null: nothing, or nothing that still holds. */
export function readStateFile(file: string, nowUnixMs: number, say: (text: string) => void): SavedState | null {
  const kept = readKept(keptAt(file), text => content.parse(JSON.parse(text)), say);
  if (kept === null) return null;
  const ageMs = Math.max(0, nowUnixMs - kept.writtenUnixMs);
  return ageMs > FORGOTTEN_AFTER_MS ? null : { memory: kept.memory, ageMs };
}

export interface StateFile {
  /** Returns when it is written: what leaves afterwards is known after a crash. */
  write(memory: RestartState): void;
}

/** @param say told once when it cannot be written; the show goes on */
export function openStateFile(file: string, unixMs: () => number, say: (text: string) => void): StateFile {
  const write = keptWriter(keptAt(file), say);
  return { write: memory => write(JSON.stringify({ writtenUnixMs: unixMs(), memory })) };
}
