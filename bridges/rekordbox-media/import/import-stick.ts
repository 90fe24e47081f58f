/**
 * A stick into the media store: what its databases say of each track, joined with what its analysis files say.
 *
 * Analysis files that have the size and the time they had are not read again. What cannot be read costs one line and that
 * file; the import stops early only when it is asked to, or the stick is gone, and the next one goes on from there.
 */
import { audioKey } from '../analysis/track-analysis.ts';
import type { StoredTrack, StoreWriter } from '../store/store.ts';
import type { StoredAnalysis } from '../store/stored-analysis.ts';
import { addChanges, changeLines, type ImportChanges, noChanges } from './import-changes.ts';
import {
  type AnalysisJob,
  beginMatching,
  claimSpares,
  isWaiting,
  leftOvers,
  leftWithout,
  type Matched,
  type Matching,
  matchAnalysis,
  workOf,
} from './match-analysis.ts';
import { type Analysed, readAnalysis, type TakenOver, takenOver } from './read-analysis.ts';
import { type Stick, StickGone } from './stick-folder.ts';
import type { StickLibrary } from './stick-library.ts';
import { type NewTrack, type TrackStorer, trackStorer } from './track-storer.ts';

/** Counts of an import. */
export interface ImportCounts {
  readonly tracks: number;
  readonly withPhrases: number;
  readonly withGrid: number;
  readonly withCues: number;
  /** No unit can name these: they are known by their phrases alone. */
  readonly withoutId: number;
  /** Tracks whose number this import does not say: it is that of an earlier one. */
  readonly keptIds: number;
  /** Analysis files that a database names and that are not there, or whose other half is alone. */
  readonly filesMissing: number;
  /** Files that could not be read at all. */
  readonly filesBad: number;
  /** Tracks whose analysis was taken over unread. */
  readonly unchanged: number;
  /** Analyses that no database names and that can be of a track which has a name: they are no tracks. */
  readonly leftOver: number;
}

export type ImportOutcome = {
  /** `stopped`: it was asked to; `gone`: the stick is. */
  readonly kind: 'done' | 'stopped' | 'gone';
  readonly counts: ImportCounts;
  /** Oddities, one line each, in the order of the files. */
  readonly lines: readonly string[];
  /** What changed since the import before, one line for each kind of change; none: nothing, or there was none before. */
  readonly changes: readonly string[];
};

export interface ImportTask {
  readonly stick: Stick;
  readonly library: StickLibrary;
  /** Analyses that are stored of it already, by their `analysisKey`. */
  readonly known: ReadonlyMap<string, StoredAnalysis>;
  /** Tracks that are stored of it already, by the `audioKey` of their file. */
  readonly stored: ReadonlyMap<string, StoredTrack>;
  /** Begins the store with tracks that are taken over. */
  readonly write: (taken: readonly StoredTrack[]) => StoreWriter;
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** Read at once, so that a slow stick is kept busy; memory holds as many tracks. */
const AT_ONCE = 16;

/** An import that runs, and what it has come to so far. */
interface Import {
  readonly task: ImportTask;
  readonly matching: Matching;
  readonly storer: TrackStorer;
  readonly result: Result;
  /** Analyses that have been looked at, of so many. */
  done: number;
  total: number;
}

interface Result {
  counts: ImportCounts;
  readonly lines: string[];
  readonly changes: ImportChanges;
  /** Tracks that were stored of it and are there still, by their `audioKey`. */
  readonly kept: Set<string>;
}

/** Throws `StoreUnwritable`. */
export async function importStick(task: ImportTask): Promise<ImportOutcome> {
  const { library, stored } = task;
  const result: Result = { counts: NO_COUNTS, lines: [...library.lines], changes: noChanges(), kept: new Set() };
  try {
    const kind = await runImport(task, result);
    const { counts, lines, changes, kept } = result;
    return { kind, counts, lines, changes: stored.size === 0 ? [] : changeLines(changes, stored.size - kept.size) };
  } catch (error) {
    if (!(error instanceof StickGone)) throw error;
    return { kind: 'gone', counts: result.counts, lines: [...result.lines, error.message], changes: [] };
  }
}

async function runImport(task: ImportTask, result: Result): Promise<'done' | 'stopped'> {
  const { found, lines } = await task.stick.analyses();
  const { jobs, leftOver, waiting, lines: oddities } = workOf(found, task.library);
  result.lines.push(...lines, ...oddities);
  const run: Import = {
    task,
    result,
    done: 0,
    total: jobs.length,
    matching: beginMatching(task.library, waiting),
    storer: trackStorer(task.stick, task.stored),
  };
  // First what is known: an import that is stopped again has not lost it.
  const known = await takeOver(run, jobs);
  if (known === null) return 'stopped';
  const writer = task.write(known.taken);
  try {
    return (await readAll(run, known.unread, leftOver, writer)) ? 'done' : 'stopped';
  } finally {
    writer.close();
  }
}

/** Takes over what was read by an earlier import; `unread`: all else. null: it was stopped. */
async function takeOver(
  run: Import,
  jobs: readonly AnalysisJob[],
): Promise<{ readonly taken: readonly StoredTrack[]; readonly unread: readonly AnalysisJob[] } | null> {
  const { known, stick, signal } = run.task;
  const taken: StoredTrack[] = [];
  const unread: AnalysisJob[] = jobs.filter(({ key }) => !known.has(key));
  const again = async (job: AnalysisJob): Promise<TakenOver | null> => {
    const before = known.get(job.key);
    const audioFiles = job.tracks.map(({ row }) => row.file);
    return before === undefined ? null : takenOver(stick, job, before, audioFiles);
  };
  for (const batch of batches(jobs.filter(({ key }) => known.has(key)))) {
    if (signal.aborted) return null;
    const outcomes = await Promise.all(batch.map(async job => ({ job, over: await again(job) })));
    const same: Read[] = [];
    for (const { job, over } of outcomes) {
      if (over === null) unread.push(job);
      else {
        same.push({ job, analysed: over.analysed });
        run.result.lines.push(...over.lines);
        count(run, { filesMissing: over.lines.length, unchanged: 1 });
      }
    }
    taken.push(...(await tracksOf(run, same)));
  }
  // Those that a name is read for later are left out by the import after this one.
  taken.push(...(await storeLeftOvers(run)));
  return { taken, unread };
}

/** @returns false: it was stopped */
async function readAll(
  run: Import,
  jobs: readonly AnalysisJob[],
  leftOver: readonly AnalysisJob[],
  writer: StoreWriter,
): Promise<boolean> {
  const { task, matching } = run;
  const add = async (some: readonly AnalysisJob[]): Promise<boolean> => {
    for (const batch of batches(some)) {
      if (task.signal.aborted) return false;
      const read = batch.map(async job => ({ job, analysed: await readAnalysis(task.stick, job) }));
      writer.add(await tracksOf(run, await Promise.all(read)));
    }
    return true;
  };
  if (!(await add(jobs))) return false;
  writer.add(await storeAll(run, claimSpares(matching)));
  // Only now it is known which tracks have another's analysis where theirs should be.
  if (isWaiting(matching)) {
    run.total += leftOver.length;
    if (!(await add(leftOver))) return false;
    writer.add(await storeAll(run, claimSpares(matching)));
  }
  writer.add(await storeAll(run, leftWithout(matching, task.known)));
  writer.add(await storeLeftOvers(run));
  writer.finish();
  return true;
}

interface Read {
  readonly job: AnalysisJob;
  readonly analysed: Analysed;
}

/** The tracks of a batch of analyses. */
async function tracksOf(run: Import, batch: readonly Read[]): Promise<readonly StoredTrack[]> {
  const tracks: StoredTrack[] = [];
  for (const { job, analysed } of batch)
    tracks.push(...(await storeAll(run, matchAnalysis(run.matching, job, analysed))));
  run.done += batch.length;
  run.task.progress(run.done, run.total);
  return tracks;
}

async function storeLeftOvers(run: Import): Promise<readonly StoredTrack[]> {
  const left = leftOvers(run.matching);
  count(run, { leftOver: left.same });
  return storeAll(run, left);
}

async function storeAll(run: Import, { pairs, lines, filesMissing }: Matched): Promise<readonly StoredTrack[]> {
  const tracks: StoredTrack[] = [];
  for (const { track, analysis } of pairs) {
    const made = await run.storer.store(track, analysis);
    count(run, countsOf(made));
    const before = run.task.stored.get(audioKey(made.track.file));
    if (before !== undefined) run.result.kept.add(audioKey(made.track.file));
    addChanges(run.result.changes, before, made.track);
    tracks.push(made.track);
  }
  count(run, { filesMissing });
  run.result.lines.push(...lines);
  return tracks;
}

function* batches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += AT_ONCE) yield all.slice(from, from + AT_ONCE);
}

// ---- counts

const NO_COUNTS: ImportCounts = {
  tracks: 0,
  withPhrases: 0,
  withGrid: 0,
  withCues: 0,
  withoutId: 0,
  keptIds: 0,
  filesMissing: 0,
  filesBad: 0,
  unchanged: 0,
  leftOver: 0,
};

function count({ result }: Import, more: Partial<ImportCounts>): void {
  const sum = { ...result.counts };
  for (const [name, number] of Object.entries(more)) sum[name as keyof ImportCounts] += number;
  result.counts = sum;
}

const countsOf = ({ track: { id, analysis }, keepsId }: NewTrack): Partial<ImportCounts> => ({
  tracks: 1,
  withoutId: Number(id === null),
  keptIds: Number(keepsId),
  withPhrases: Number((analysis?.phrases ?? null) !== null),
  withGrid: Number((analysis?.grid ?? null) !== null),
  withCues: Number((analysis?.cuePoints.length ?? 0) > 0),
  filesMissing: analysis?.missing ?? 0,
  filesBad: analysis?.bad ?? 0,
});
