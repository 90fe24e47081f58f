/**
 * State that outlives the program, written before anything leaves: a small file beside the profile, and a journal beside that.
 *
 * A file that is written whole and renamed costs more than all else between a packet and its cue; a line at the end of an open
 * file costs a twentieth of it. So the journal has what came since the file was written, each line a whole state, the last one true.
 */
import { z } from 'zod';
import type { Ms } from '../core/clock.ts';
import type { RestartState, SavedState } from '../core/engine/restart-state.ts';
import { besideProfile } from './beside-profile.ts';
import { lastOfJournal, openJournal } from './journal-file.ts';
import { type KeptFile, keptWriter, readKept } from './kept-file.ts';
import { memorySchema } from './restart-state-schema.ts';

/** `show.yaml` has `show.yaml.state.json` beside it. */
export const stateFileOf = (profileFile: string): string => besideProfile(profileFile, 'state.json');

/** A night later nothing of it is true any more. */
const FORGOTTEN_AFTER_MS: Ms = 12 * 3_600_000;

/** A longer journal is put into the file: some minutes of a busy show. */
const JOURNAL_MOST_BYTES = 1 << 20;

const journalOf = (file: string): string => `${file}.journal`;

const content = z.object({ writtenUnixMs: z.number(), memory: memorySchema });

const keptAt = (file: string): KeptFile => ({
  file,
  what: 'the state of a show',
  without: 'the show starts as a new one',
  unwritten: 'after a crash a cue could go twice',
});

/** Reads what an earlier run left; null: nothing, or nothing that still holds. */
export function readStateFile(file: string, nowUnixMs: number, say: (text: string) => void): SavedState | null {
  const parse = (text: string): z.infer<typeof content> => content.parse(JSON.parse(text));
  const whole = readKept(keptAt(file), parse, say);
  const added = lastOfJournal(journalOf(file), parse);
  const kept = added !== null && added.writtenUnixMs >= (whole?.writtenUnixMs ?? 0) ? added : whole;
  if (kept === null) return null;
  const ageMs = Math.max(0, nowUnixMs - kept.writtenUnixMs);
  return ageMs > FORGOTTEN_AFTER_MS ? null : { memory: kept.memory, ageMs };
}

export interface StateFile {
  /** Returns when it is written: what leaves afterwards is known after a crash. */
  write(memory: RestartState): void;
  /** All stands in the one file, and the journal is gone. */
  close(): void;
}

/** @param say told once when it cannot be written; the show goes on */
export function openStateFile(file: string, unixMs: () => number, say: (text: string) => void): StateFile {
  const writeWhole = keptWriter(keptAt(file), say);
  const journal = openJournal(journalOf(file));
  let last: string | null = null;
  let isFolding = false;

  function fold(): void {
    isFolding = false;
    if (last !== null && writeWhole(last)) journal.clear();
  }

  return {
    write(memory) {
      const isFirst = last === null;
      last = JSON.stringify({ writtenUnixMs: unixMs(), memory });
      if (isFirst) fold();
      else if (!journal.append(last)) writeWhole(last);
      if (journal.bytes() < JOURNAL_MOST_BYTES || isFolding) return;
      isFolding = true;
      // Off the way: what this state was written for leaves first.
      setImmediate(fold);
    },
    close() {
      fold();
      journal.remove();
    },
  };
}
