/** Cues that have been fired: until when each shows that it runs, and whether all of it could be sent. Pure. */
import type { Ms } from '../clock.ts';

export interface CueRun {
  /** Of its last fire, as its messages have it. */
  readonly id: string;
  readonly untilMs: Ms;
  readonly isFailed: boolean;
}

/** By the name of the cue. */
export type CueRuns = ReadonlyMap<string, CueRun>;

/** A cue is never seen to run for so short that no lamp shows it. */
export const SEEN_AT_LEAST_MS: Ms = 200;

/** A message of a cue that leaves. @param lastsMs how long what it begins goes on by itself */
export function withSent(
  runs: CueRuns,
  cue: string,
  id: string,
  until: { readonly at: Ms; readonly lastsMs: Ms },
): CueRuns {
  const before = runOf(runs, cue, id);
  const untilMs = Math.max(before.untilMs, until.at + Math.max(until.lastsMs, SEEN_AT_LEAST_MS));
  return new Map(runs).set(cue, { ...before, untilMs });
}

/** A message of a cue that could not be sent; of a fire before the last one it is no news. */
export function withUnsent(runs: CueRuns, cue: string, id: string): CueRuns {
  return new Map(runs).set(cue, { ...runOf(runs, cue, id), isFailed: true });
}

function runOf(runs: CueRuns, cue: string, id: string): CueRun {
  const run = runs.get(cue);
  return run?.id === id ? run : { id, untilMs: Number.NEGATIVE_INFINITY, isFailed: false };
}

/** Gives the time at which the next of them stops running; null: none runs. */
export function nextRunEnd(runs: CueRuns, at: Ms): Ms | null {
  let next = Infinity;
  for (const { untilMs } of runs.values()) if (untilMs > at) next = Math.min(next, untilMs);
  return Number.isFinite(next) ? next : null;
}
