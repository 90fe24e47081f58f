/**
 * A stick into the media store: what its databases say of each track, joined with what its analysis files say.
 *
 * Analysis files that have the size and the time they had are not read again. What cannot be read costs one line and that
 * file; the import stops early only when it is told to, or the stick is gone, and the next one goes on from there.
 */
import { decodeAnalysis, type ReadTags } from '../analysis/analysis-file.ts';
import { analysisOf, audioKey } from '../analysis/track-analysis.ts';
import { IN_NO_PLAYLIST, type LibraryRow } from '../library-plus/library-plus-reader.ts';
import type { StoredTrack, StoreWriter } from '../store/store.ts';
import { type FileStamp, STORE_VERSION, type StoredAnalysis, storeAnalysis } from '../store/stored-analysis.ts';
import { analysisKey, type FoundAnalysis, type Stick, type StickFile, StickGone } from './stick-folder.ts';
import type { NamedTrack, StickLibrary } from './stick-library.ts';

/** What is told of an import. */
export interface ImportCounts {
  readonly tracks: number;
  readonly withPhrases: number;
  readonly withGrid: number;
  readonly withCues: number;
  /** No unit can name these: they are known by their phrases alone. */
  readonly withoutId: number;
  /** This import does not say their number: it is that of an earlier one. */
  readonly keptIds: number;
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
  /** Tracks that are stored of it already, by the `audioKey` of their file. */
  readonly stored: ReadonlyMap<string, StoredTrack>;
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
  const work = await workOf(task, counts, lines);
  let done = 0;
  const joined = async (jobs: readonly Job[], analyses: readonly Analysed[]): Promise<readonly StoredTrack[]> => {
    const tracks: StoredTrack[] = [];
    for (const [i, job] of jobs.entries()) tracks.push(...(await tracksOf(task, work, job, analyses[i] ?? null)));
    done += jobs.length;
    progress(done, work.jobs.length);
    return tracks;
  };

  // First what is known: an import that is stopped again has not lost it.
  const taken: StoredTrack[] = [];
  const unread: Job[] = work.jobs.filter(({ key }) => !known.has(key));
  for (const batch of batches(work.jobs.filter(({ key }) => known.has(key)))) {
    if (signal.aborted) return 'stopped';
    const analyses = await Promise.all(batch.map(job => takenOver(task, work, job)));
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
    const add = async (jobs: readonly Job[]): Promise<boolean> => {
      for (const batch of batches(jobs)) {
        if (signal.aborted) return false;
        writer.add(await joined(batch, await Promise.all(batch.map(job => read(stick, job)))));
      }
      return true;
    };
    if (!(await add(unread))) return 'stopped';
    writer.add(await claimed(task, work));
    // Only now it is known which tracks have another's analysis where theirs should be.
    if (work.pending.size > 0) {
      const leftOver = work.leftOver.splice(0);
      work.jobs.push(...leftOver);
      if (!(await add(leftOver))) return 'stopped';
      writer.add(await claimed(task, work));
    }
    writer.add(await withoutAnalysis(task, work));
    writer.finish();
    return 'done';
  } finally {
    writer.close();
  }
}

type Counting = { -readonly [K in keyof ImportCounts]: ImportCounts[K] };

const emptyCounts = (): Counting => ({
  ...{ tracks: 0, withPhrases: 0, withGrid: 0, withCues: 0, withoutId: 0, keptIds: 0 },
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
  readonly jobs: Job[];
  /** Analyses that no row names, and that are looked into only if a track is without its own. */
  readonly leftOver: Job[];
  /** Tracks whose analysis is not where the database says, by their audio file: another may say it is theirs. */
  readonly pending: Map<string, Waiting[]>;
  /** Analyses that stand where those of other tracks should, by the audio file that they say they are of. */
  readonly spare: Map<string, StoredAnalysis>;
  /** Audio files of all rows. */
  readonly files: ReadonlySet<string>;
  /** Pictures that were looked for. */
  readonly artwork: Map<string, Promise<string | null>>;
  readonly counts: Counting;
  /** What was odd. */
  readonly lines: string[];
}

interface Waiting {
  readonly track: NamedTrack;
  /** What stands where its analysis should, and the audio file that is of; null: nothing does. */
  readonly instead: { readonly path: string; readonly audioPath: string } | null;
}

async function workOf({ stick, library }: ImportTask, counts: Counting, lines: string[]): Promise<Work> {
  const { found, lines: unread } = await stick.analyses();
  lines.push(...unread);
  const jobs = new Map<string, { key: string; files: FoundAnalysis; tracks: NamedTrack[] }>();
  const files = new Set(library.rows.flatMap(({ row }) => (row.file === null ? [] : [audioKey(row.file)])));
  const common = { pending: new Map<string, Waiting[]>(), spare: new Map<string, StoredAnalysis>(), files };
  for (const track of library.rows) {
    const { analysisPath } = track.row;
    const key = analysisPath === null ? null : keyIn(found, analysisPath);
    const itsFiles = key === null ? undefined : found.get(key);
    if (key !== null && itsFiles !== undefined) {
      const job = jobs.get(key) ?? { key, files: itsFiles, tracks: [] };
      job.tracks.push(track);
      jobs.set(key, job);
    } else wait(common.pending, { track, instead: null });
  }
  // A database that numbers tracks as the unit does also says which there are: what is left belongs to tracks that were
  // deleted, unless one of its own is missing.
  const isComplete = library.source === 'exportLibrary.db';
  if (isComplete && found.size > 2 * library.rows.length) {
    lines.push(
      `${library.source} has ${library.rows.length} tracks, there are analyses of ${found.size}: was its -wal file copied too?`,
    );
  }
  const leftOver = [...found].flatMap(([key, its]) => (jobs.has(key) ? [] : [{ key, files: its, tracks: [] }]));
  const isWanted = !isComplete || common.pending.size > 0;
  return {
    ...{ jobs: [...jobs.values(), ...(isWanted ? leftOver : [])], leftOver: isWanted ? [] : leftOver },
    ...{ ...common, artwork: new Map(), counts, lines },
  };
}

function wait(pending: Work['pending'], waiting: Waiting): void {
  const { id, row } = waiting.track;
  const audio = audioKey(row.file ?? `track ${id}`);
  pending.set(audio, [...(pending.get(audio) ?? []), waiting]);
}

/** The key of a stored path among those that are there; without the file's name, as some programs write it, of its first. */
function keyIn(found: { has(key: string): boolean }, path: string): string {
  const key = analysisKey(
    path
      .split('/')
      .filter(part => part !== '')
      .join('/'),
  );
  return found.has(key) ? key : `${key}/anlz0000`;
}

/** What an analysis is of, as its files say. */
interface Analysed {
  /** Audio files that its files name: none, one, or by a fault two. */
  readonly audioPaths: readonly string[];
  /** What it says of an audio file; of null, of whichever it is. */
  of(file: string | null): StoredAnalysis;
}

/** The tracks that an analysis is of. */
async function tracksOf(task: ImportTask, work: Work, job: Job, analysed: Analysed | null): Promise<StoredTrack[]> {
  if (analysed === null) return [];
  const { audioPaths } = analysed;
  const tracks: StoredTrack[] = [];
  const lines = new Set<string>();
  const give = async (each: readonly NamedTrack[], analysis: StoredAnalysis): Promise<void> => {
    for (const line of analysis.lines) lines.add(line);
    for (const track of each) tracks.push(await storedTrack(task, work, track, analysis));
  };
  const isComplete = task.library.source === 'exportLibrary.db';
  // Folders are shared: where a file says whose it is, that counts before what the database says.
  for (const track of job.tracks) {
    const [audioPath] = audioPaths;
    if (audioPath === undefined || isOf(audioPaths, track.row.file)) await give([track], analysed.of(track.row.file));
    else wait(work.pending, { track, instead: { path: job.files.ext ?? job.files.dat ?? job.key, audioPath } });
  }
  for (const audioPath of audioPaths) {
    const audio = audioKey(audioPath);
    if (job.tracks.some(({ row }) => row.file === null || audioKey(row.file) === audio)) continue;
    const waiting = work.pending.get(audio);
    if (waiting !== undefined) {
      work.pending.delete(audio);
      await give(
        waiting.map(({ track }) => track),
        analysed.of(audioPath),
      );
    } else if (work.files.has(audio)) {
      if (!work.spare.has(audio)) work.spare.set(audio, analysed.of(audioPath));
    } else if (!isComplete) await give([{ id: null, row: { ...NO_ROW, file: audioPath } }], analysed.of(audioPath));
  }
  if (audioPaths.length === 0 && job.tracks.length === 0 && !isComplete) {
    await give([{ id: null, row: { ...NO_ROW, file: job.files.dat ?? job.files.ext } }], analysed.of(null));
  }
  work.lines.push(...lines);
  return tracks;
}

const isOf = (audioPaths: readonly string[], file: string | null): boolean =>
  file === null || audioPaths.some(each => audioKey(each) === audioKey(file));

/** Tracks that have nothing or another's where their analysis should be, with what stands elsewhere and is theirs. */
async function claimed(task: ImportTask, work: Work): Promise<readonly StoredTrack[]> {
  const tracks: StoredTrack[] = [];
  for (const [audio, waiting] of work.pending) {
    const analysis = work.spare.get(audio);
    if (analysis === undefined) continue;
    work.pending.delete(audio);
    work.lines.push(...analysis.lines);
    for (const { track } of waiting) tracks.push(await storedTrack(task, work, track, analysis));
  }
  return tracks;
}

/** Tracks for which there is no analysis: with what the last import had of it, if it is merely missing. */
async function withoutAnalysis(task: ImportTask, work: Work): Promise<readonly StoredTrack[]> {
  const { known } = task;
  const tracks: StoredTrack[] = [];
  for (const { track, instead } of [...work.pending.values()].flat()) {
    const { file, analysisPath } = track.row;
    const before = analysisPath === null ? undefined : known.get(keyIn(known, analysisPath));
    const isItsOwn = before !== undefined && (before.audioPath === null || isOf([before.audioPath], file));
    const kept = instead === null && isItsOwn ? before : null;
    const name = file ?? `track ${track.id}`;
    if (instead !== null) {
      work.lines.push(
        `${instead.path}: this analysis is of "${instead.audioPath}", the library says of "${name}", which is left without one; export that track again`,
      );
    } else if (analysisPath !== null) {
      const so = kept === null ? 'the track is left without one' : 'what the last import read is kept';
      work.lines.push(
        `${analysisPath}: this analysis, of "${name}", is not there: ${so}; was the whole stick copied? Else export the track again`,
      );
      work.counts.filesMissing += 2 - (kept?.missing ?? 0);
    }
    tracks.push(await storedTrack(task, work, track, kept));
  }
  return tracks;
}

const NO_ROW: LibraryRow = {
  ...{ title: null, artist: null, album: null, genre: null, musicalKey: null, tempoBpm: null, lengthMs: null },
  ...{ file: null, analysisPath: null, artworkPath: null, ...IN_NO_PLAYLIST },
};

async function storedTrack(
  { stick, stored }: ImportTask,
  work: Work,
  { id: stated, row }: NamedTrack,
  analysis: StoredAnalysis | null,
): Promise<StoredTrack> {
  const { title, artist, album, genre, musicalKey, tempoBpm, lengthMs, playlists, playlistPlaces, artworkPath } = row;
  const named = row.file ?? analysis?.audioPath ?? row.analysisPath ?? `track ${stated}`;
  const file = named.replace(/^\/+/, '');
  const before = stored.get(audioKey(file));
  const id = stated ?? before?.id ?? null;
  if (stated === null && id !== null) work.counts.keptIds += 1;
  const said = {
    ...{ title, artist, album, genre, musicalKey, tempoBpm, lengthMs },
    ...{ playlists: [...playlists], playlistPlaces: [...playlistPlaces] },
    artworkFile: artworkPath === null ? null : await artworkOf(stick, work, artworkPath),
  };
  // Of what no database names now, an earlier one may have.
  const isNamed = title !== null || row.analysisPath !== null;
  const track = { ...(isNamed || before === undefined ? said : before), id, file, analysis };
  count(work.counts, track);
  return track;
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

/**
 * What is stored of an analysis, if its files have not changed, or one of them is merely missing now; null: they have, or
 * cannot be looked at.
 */
async function takenOver(
  { stick, known }: ImportTask,
  work: Work,
  { key, files, tracks }: Job,
): Promise<Analysed | null> {
  const before = known.get(key);
  if (before === undefined || before.stamp === null) return null;
  const audioPaths = before.audioPath === null ? [] : [before.audioPath];
  // Of files that name two tracks only what is one's is stored.
  if (audioPaths.length > 0 && !tracks.every(({ row }) => isOf(audioPaths, row.file))) return null;
  const [dat, ext] = await Promise.all([files.dat, files.ext].map(path => look(stick, path)));
  const now = stampOf(fileOf(dat), fileOf(ext));
  const { stamp } = before;
  const halves = [
    { suffix: '.DAT', path: files.dat, at: 0 },
    { suffix: '.EXT', path: files.ext, at: 2 },
  ];
  const gone = halves.filter(({ path, at }) => path === null && stamp[at] !== null);
  const isSame = now.every((each, i) => each === stamp[i] || gone.some(({ at }) => i === at || i === at + 1));
  if (!isSame || (gone.length === 0 && before.reading !== STORE_VERSION)) return null;
  for (const { suffix } of gone) {
    work.lines.push(
      `${files.dat ?? files.ext}: there is no ${suffix} beside it any more: what the last import read is kept; ${COPY_IT}`,
    );
    work.counts.filesMissing += 1;
  }
  return { audioPaths, of: () => before };
}

const COPY_IT = 'was the whole stick copied?';

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

const stampOf = (dat: StickFile | null, ext: StickFile | null): FileStamp =>
  [
    ...[dat?.sizeBytes ?? null, dat?.modifiedUnixMs ?? null],
    ...[ext?.sizeBytes ?? null, ext?.modifiedUnixMs ?? null],
  ] as FileStamp;

interface ReadFile {
  readonly file: StickFile | null;
  readonly tags: ReadTags | null;
  readonly lines: readonly string[];
  readonly isBad: boolean;
  /** The disk refused it: another try may have better luck. */
  readonly isUnreadable: boolean;
}

async function read(stick: Stick, { key, files }: Job): Promise<Analysed> {
  const [dat, ext] = await Promise.all([tagsOf(stick, files.dat), tagsOf(stick, files.ext)]);
  const named = files.ext ?? files.dat ?? key;
  const missing = [
    ...(dat.file === null && !dat.isBad ? ['there is no .DAT beside it, so the track has no beat grid'] : []),
    ...(ext.file === null && !ext.isBad ? ['there is no .EXT beside it, so the track has no phrases'] : []),
  ];
  const lines = [...dat.lines, ...ext.lines, ...missing.map(each => `${named}: ${each}; ${COPY_IT}`)];
  const facts = {
    key,
    stamp: dat.isUnreadable || ext.isUnreadable ? null : stampOf(dat.file, ext.file),
    missing: missing.length,
    bad: (dat.isBad ? 1 : 0) + (ext.isBad ? 1 : 0),
  };
  const audioPaths = [dat, ext].flatMap(({ tags }) => tags?.audioPath ?? []);
  return {
    audioPaths: [...new Map(audioPaths.map(path => [audioKey(path), path])).values()],
    of(file) {
      const analysis = analysisOf(dat.tags, ext.tags, file);
      return storeAnalysis(
        { ...facts, lines: [...lines, ...analysis.warnings.map(warning => `${named}: ${warning}`)] },
        analysis,
      );
    },
  };
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
