/**
 * A stick into the media store: what its databases say of each track, joined with what its analysis files say.
 *
 * Analysis files that have the size and the time they had are not read again. What cannot be read costs one line and that
 * file; the import stops early only when it is told to, or the stick is gone, and the next one goes on from there.
 */
import { type Analysis, analysisOf, decodeAnalysis, type ReadTags } from './anlz.ts';
import type { LibraryRow } from './library-plus.ts';
import { analysisKey, type FoundAnalysis, type Stick, type StickFile, StickGone } from './stick.ts';
import type { NamedTrack, StickLibrary } from './stick-library.ts';
import type { StoredTrack, StoreWriter } from './store.ts';
import { type Stamp, type StoredAnalysis, storeAnalysis } from './stored-analysis.ts';

/** What is told of an import. */
export interface ImportCounts {
  readonly tracks: number;
  readonly withPhrases: number;
  readonly withGrid: number;
  readonly withCues: number;
  /** No unit can name these: they are known by their phrases alone. */
  readonly withoutId: number;
  /** Analysis files that a database names and that are not there, or whose other half is alone. */
  readonly filesMissing: number;
  /** Files that could not be read at all. */
  readonly filesBad: number;
  /** Tracks whose analysis was taken over unread. */
  readonly unchanged: number;
}

export type ImportOutcome = {
  /** `stopped`: it was told to; `gone`: the stick is. */
  readonly kind: 'done' | 'stopped' | 'gone';
  readonly counts: ImportCounts;
  /** What was odd, one line each, in the order of the files. */
  readonly lines: readonly string[];
};

export interface ImportTask {
  readonly stick: Stick;
  readonly library: StickLibrary;
  /** What is stored of it already, by its `analysisKey`. */
  readonly known: ReadonlyMap<string, StoredAnalysis>;
  /** Begins the store with tracks that are taken over. */
  readonly write: (taken: readonly StoredTrack[]) => StoreWriter;
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** Read at once, so that a slow stick is kept busy; memory holds as many tracks. */
const AT_ONCE = 16;

/** An analysis file with colour waveforms of an hour has some two megabytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** An analysis that is to be read, and the tracks that are said to have it. */
interface Job {
  readonly key: string;
  readonly files: FoundAnalysis;
  readonly tracks: readonly NamedTrack[];
}

/** Throws `StoreUnwritable`. */
export async function importStick(task: ImportTask): Promise<ImportOutcome> {
  const counts = emptyCounts();
  const lines: string[] = [...task.library.lines];
  try {
    return { kind: await imported(task, counts, lines), counts, lines };
  } catch (error) {
    if (!(error instanceof StickGone)) throw error;
    return { kind: 'gone', counts, lines: [...lines, error.message] };
  }
}

async function imported(task: ImportTask, counts: Counting, lines: string[]): Promise<'done' | 'stopped'> {
  const { stick, signal, known, progress } = task;
  const work = await workOf(task, lines);
  let done = 0;
  const joined = async (jobs: readonly Job[], analyses: readonly Analysed[]): Promise<readonly StoredTrack[]> => {
    const tracks: StoredTrack[] = [];
    for (const [i, job] of jobs.entries()) tracks.push(...(await tracksOf(task, work, job, analyses[i] ?? null)));
    for (const track of tracks) count(counts, track);
    done += jobs.length;
    progress(done, work.jobs.length);
    return tracks;
  };

  // First what is known: an import that is stopped again has not lost it.
  const taken: StoredTrack[] = [];
  const unread: Job[] = work.jobs.filter(({ key }) => !known.has(key));
  for (const batch of batches(work.jobs.filter(({ key }) => known.has(key)))) {
    if (signal.aborted) return 'stopped';
    const analyses = await Promise.all(batch.map(job => takenOver(task, job)));
    const same = batch.filter((_, i) => analyses[i] !== null);
    unread.push(...batch.filter((_, i) => analyses[i] === null));
    counts.unchanged += same.length;
    taken.push(
      ...(await joined(
        same,
        analyses.filter(analysis => analysis !== null),
      )),
    );
  }
  const writer = task.write(taken);
  try {
    for (const batch of batches(unread)) {
      if (signal.aborted) return 'stopped';
      writer.add(await joined(batch, await Promise.all(batch.map(job => read(stick, job)))));
    }
    const left = [...work.pending.values()].flat();
    const tracks = await Promise.all(left.map(track => storedTrack(stick, work, track, null)));
    for (const track of tracks) count(counts, track);
    counts.filesMissing += 2 * left.filter(({ row }) => row.analysisPath !== null).length;
    writer.add(tracks);
    writer.finish();
    return 'done';
  } finally {
    writer.close();
  }
}

type Analysed = StoredAnalysis | null;
type Counting = { -readonly [K in keyof ImportCounts]: ImportCounts[K] };

const emptyCounts = (): Counting => ({
  ...{ tracks: 0, withPhrases: 0, withGrid: 0, withCues: 0, withoutId: 0 },
  ...{ filesMissing: 0, filesBad: 0, unchanged: 0 },
});

function count(counts: Counting, { id, analysis }: StoredTrack): void {
  counts.tracks += 1;
  if (id === null) counts.withoutId += 1;
  if (analysis === null) return;
  if (analysis.phrases !== null) counts.withPhrases += 1;
  if (analysis.grid !== null) counts.withGrid += 1;
  if (analysis.cuePoints.length > 0) counts.withCues += 1;
  counts.filesMissing += analysis.missing;
  counts.filesBad += analysis.bad;
}

function* batches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += AT_ONCE) yield all.slice(from, from + AT_ONCE);
}

// ---- which analysis is whose

interface Work {
  readonly jobs: readonly Job[];
  /** Tracks whose analysis is not where the database says, by their audio file: another may say it is theirs. */
  readonly pending: Map<string, NamedTrack[]>;
  /** Audio files of all rows. */
  readonly files: ReadonlySet<string>;
  /** Pictures that were looked for. */
  readonly artwork: Map<string, Promise<string | null>>;
  /** What was odd. */
  readonly lines: string[];
}

async function workOf({ stick, library }: ImportTask, lines: string[]): Promise<Work> {
  const { found, lines: unread } = await stick.analyses();
  lines.push(...unread);
  const jobs = new Map<string, { key: string; files: FoundAnalysis; tracks: NamedTrack[] }>();
  const pending = new Map<string, NamedTrack[]>();
  for (const track of library.rows) {
    const { analysisPath, file } = track.row;
    const key = analysisPath === null ? null : keyIn(found, analysisPath);
    const files = key === null ? undefined : found.get(key);
    if (key !== null && files !== undefined) {
      const job = jobs.get(key) ?? { key, files, tracks: [] };
      job.tracks.push(track);
      jobs.set(key, job);
    } else {
      const audio = plainPath(file ?? `track ${track.id}`);
      pending.set(audio, [...(pending.get(audio) ?? []), track]);
    }
  }
  // A database that numbers tracks as the unit does also says which there are: what is left belongs to tracks that were
  // deleted, unless one of its own is missing.
  const isComplete = library.source === 'exportLibrary.db';
  if (isComplete && found.size > 2 * library.rows.length) {
    lines.push(
      `${library.source} has ${library.rows.length} tracks, there are analyses of ${found.size}: was its -wal file copied too?`,
    );
  }
  if (!isComplete || pending.size > 0) {
    for (const [key, files] of found) if (!jobs.has(key)) jobs.set(key, { key, files, tracks: [] });
  }
  const files = new Set(library.rows.flatMap(({ row }) => (row.file === null ? [] : [plainPath(row.file)])));
  return { jobs: [...jobs.values()], pending, files, artwork: new Map(), lines };
}

/** The key of a stored path among those that are there; without the file's name, as some programs write it, of its first. */
function keyIn(found: ReadonlyMap<string, FoundAnalysis>, path: string): string {
  const key = analysisKey(
    path
      .split('/')
      .filter(part => part !== '')
      .join('/'),
  );
  return found.has(key) ? key : `${key}/anlz0000`;
}

/** A path of an audio file as it compares. */
const plainPath = (path: string): string => path.normalize('NFC').toLowerCase().replace(/^\/+/, '');

/** The tracks that an analysis is of. */
async function tracksOf(
  { stick, library }: ImportTask,
  work: Work,
  job: Job,
  analysis: Analysed,
): Promise<StoredTrack[]> {
  work.lines.push(...(analysis?.lines ?? []));
  const audio = analysis?.audioPath ?? null;
  if (job.tracks.length > 0) {
    return Promise.all(job.tracks.map(track => storedTrack(stick, work, track, analysis)));
  }
  const itsOwn = audio === null ? undefined : work.pending.get(plainPath(audio));
  if (audio !== null && itsOwn !== undefined) {
    work.pending.delete(plainPath(audio));
    return Promise.all(itsOwn.map(track => storedTrack(stick, work, track, analysis)));
  }
  const isLeftOver = library.source === 'exportLibrary.db' || (audio !== null && work.files.has(plainPath(audio)));
  if (isLeftOver || analysis === null) return [];
  return [
    await storedTrack(
      stick,
      work,
      { id: null, row: { ...NO_ROW, file: audio ?? job.files.dat ?? job.files.ext } },
      analysis,
    ),
  ];
}

const NO_ROW: LibraryRow = {
  ...{ title: null, artist: null, album: null, genre: null, musicalKey: null, tempoBpm: null, lengthMs: null },
  ...{ file: null, analysisPath: null, artworkPath: null, playlists: [] },
};

async function storedTrack(
  stick: Stick,
  work: Work,
  { id, row }: NamedTrack,
  analysis: Analysed,
): Promise<StoredTrack> {
  const { title, artist, album, genre, musicalKey, tempoBpm, lengthMs, playlists, artworkPath } = row;
  const file = row.file ?? analysis?.audioPath ?? row.analysisPath ?? `track ${id}`;
  return {
    ...{ id, file: file.replace(/^\/+/, ''), title, artist, album, genre, musicalKey, tempoBpm, lengthMs },
    playlists: [...playlists],
    artworkFile: artworkPath === null ? null : await artworkOf(stick, work, artworkPath),
    analysis,
  };
}

/** The larger picture beside the one that the database names, where there is one; null: neither is there. */
function artworkOf(stick: Stick, { artwork }: Work, path: string): Promise<string | null> {
  const known = artwork.get(path);
  if (known !== undefined) return known;
  const looked = (async () => {
    const larger = await stick.find(path.replace(/(\.\w+)$/, '_m$1')).catch(unlessGone);
    return (larger ?? (await stick.find(path).catch(unlessGone)))?.path ?? null;
  })();
  artwork.set(path, looked);
  return looked;
}

function unlessGone(error: unknown): null {
  if (error instanceof StickGone) throw error;
  return null;
}

// ---- the files of one analysis

/** What is stored of an analysis, if its files have not changed; null: they have, or cannot be looked at. */
async function takenOver({ stick, known }: ImportTask, { key, files }: Job): Promise<Analysed> {
  const before = known.get(key);
  if (before === undefined || before.stamp === null) return null;
  const [dat, ext] = await Promise.all([files.dat, files.ext].map(path => look(stick, path)));
  const now = stampOf(fileOf(dat), fileOf(ext));
  return now.every((each, i) => each === before.stamp?.[i]) ? before : null;
}

type Looked = StickFile | { readonly trouble: string } | null;

const fileOf = (looked: Looked | undefined): StickFile | null =>
  looked == null || 'trouble' in looked ? null : looked;

async function look(stick: Stick, path: string | null): Promise<Looked> {
  if (path === null) return null;
  try {
    return await stick.find(path);
  } catch (error) {
    if (error instanceof StickGone) throw error;
    return { trouble: `${path}: it cannot be read (${(error as Error).message})` };
  }
}

const stampOf = (dat: StickFile | null, ext: StickFile | null): Stamp =>
  [
    ...[dat?.sizeBytes ?? null, dat?.modifiedUnixMs ?? null],
    ...[ext?.sizeBytes ?? null, ext?.modifiedUnixMs ?? null],
  ] as Stamp;

interface ReadFile {
  readonly file: StickFile | null;
  readonly tags: ReadTags | null;
  readonly lines: readonly string[];
  readonly isBad: boolean;
  /** The disk refused it: another try may have better luck. */
  readonly isUnreadable: boolean;
}

async function read(stick: Stick, { key, files }: Job): Promise<StoredAnalysis> {
  const [dat, ext] = await Promise.all([tagsOf(stick, files.dat), tagsOf(stick, files.ext)]);
  const analysis: Analysis = analysisOf(dat.tags, ext.tags);
  const named = files.ext ?? files.dat ?? key;
  const facts = {
    key,
    stamp: dat.isUnreadable || ext.isUnreadable ? null : stampOf(dat.file, ext.file),
    lines: [...dat.lines, ...ext.lines, ...analysis.warnings.map(warning => `${named}: ${warning}`)],
    missing: (dat.file === null && !dat.isBad ? 1 : 0) + (ext.file === null && !ext.isBad ? 1 : 0),
    bad: (dat.isBad ? 1 : 0) + (ext.isBad ? 1 : 0),
  };
  return storeAnalysis(facts, analysis, dat.tags, ext.tags);
}

async function tagsOf(stick: Stick, path: string | null): Promise<ReadFile> {
  const bad = (file: StickFile | null, line: string, isUnreadable: boolean): ReadFile => ({
    ...{ file, tags: null, lines: [line], isBad: true, isUnreadable },
  });
  const looked = await look(stick, path);
  if (looked === null) return { file: null, tags: null, lines: [], isBad: false, isUnreadable: false };
  if ('trouble' in looked) return bad(null, looked.trouble, true);
  if (looked.sizeBytes > MOST_BYTES) {
    return bad(
      looked,
      `${looked.path}: ${looked.sizeBytes} bytes are more than any analysis has; it is not read`,
      false,
    );
  }
  let bytes: Uint8Array;
  try {
    bytes = await stick.read(looked.path);
  } catch (error) {
    if (error instanceof StickGone) throw error;
    return bad(looked, `${looked.path}: it cannot be read (${(error as Error).message})`, true);
  }
  const decoded = decodeAnalysis(bytes);
  if (!decoded.ok) return bad(looked, `${looked.path}: at byte ${decoded.offset}: ${decoded.reason}`, false);
  const lines = decoded.warnings.map(({ reason, offset }) => `${looked.path}: at byte ${offset}: ${reason}`);
  return { file: looked, tags: decoded.tags, lines, isBad: false, isUnreadable: false };
}
