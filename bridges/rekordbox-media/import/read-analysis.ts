/** The two files of one analysis: read from the stick, or taken over from what is stored of them. */
import { decodeAnalysis, type ReadTags } from '../analysis/analysis-file.ts';
import { analysisOf, audioKey, isOfAudio } from '../analysis/track-analysis.ts';
import { type FileStamp, STORE_VERSION, type StoredAnalysis, storeAnalysis } from '../store/stored-analysis.ts';
import { type FoundAnalysis, type Stick, type StickFile, StickGone } from './stick-folder.ts';

/** The place of an analysis. */
export interface AnalysisSource {
  readonly key: string;
  readonly files: FoundAnalysis;
}

/** An analysis, and the audio files that it is of, as its own files say. */
export interface Analysed {
  /** Audio files that its files name: none, one, or by a fault two. */
  readonly audioPaths: readonly string[];
  /** The analysis of an audio file; null: of whichever it is. */
  of(file: string | null): StoredAnalysis;
}

/** An analysis file with colour waveforms of an hour has some two megabytes. */
const MOST_BYTES = 64 * 1024 * 1024;

const COPY_IT = 'was the whole stick copied?';

/** An analysis as an earlier import read it. */
export interface TakenOver {
  readonly analysed: Analysed;
  /** Lines, one for each of its files that is missing now. */
  readonly lines: readonly string[];
}

/**
 * The analysis as it is stored, if its files have not changed, or one of them is merely missing now; null: they have, or
 * cannot be looked at. Throws `StickGone`.
 *
 * @param before     what is stored of it
 * @param audioFiles of the tracks that are said to have it
 */
export async function takenOver(
  stick: Stick,
  { files }: AnalysisSource,
  before: StoredAnalysis,
  audioFiles: readonly (string | null)[],
): Promise<TakenOver | null> {
  const { stamp } = before;
  if (stamp === null) return null;
  const audioPaths = before.audioPath === null ? [] : [before.audioPath];
  // Of files that name two tracks only what is one's is stored.
  if (audioPaths.length > 0 && !audioFiles.every(file => isOfAudio(audioPaths, file))) return null;
  const [dat, ext] = await Promise.all([look(stick, files.dat), look(stick, files.ext)]);
  const now = stampOf(fileOf(dat), fileOf(ext));
  const halves = [
    { suffix: '.DAT', path: files.dat, at: 0 },
    { suffix: '.EXT', path: files.ext, at: 2 },
  ];
  const gone = halves.filter(({ path, at }) => path === null && stamp[at] !== null);
  const isSame = now.every((each, i) => each === stamp[i] || gone.some(({ at }) => i === at || i === at + 1));
  if (!isSame || (gone.length === 0 && before.reading !== STORE_VERSION)) return null;
  const lines = gone.map(
    ({ suffix }) =>
      `${files.dat ?? files.ext}: there is no ${suffix} beside it any more: what the last import read is kept; ${COPY_IT}`,
  );
  return { analysed: { audioPaths, of: () => before }, lines };
}

/** Throws `StickGone`; of a file that cannot be read the analysis says why. */
export async function readAnalysis(stick: Stick, { key, files }: AnalysisSource): Promise<Analysed> {
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
      const warnings = analysis.warnings.map(warning => `${named}: ${warning}`);
      return storeAnalysis({ ...facts, lines: [...lines, ...warnings] }, analysis);
    },
  };
}

// ---- one file

type Looked = StickFile | { readonly trouble: string } | null;

const fileOf = (looked: Looked): StickFile | null => (looked === null || 'trouble' in looked ? null : looked);

async function look(stick: Stick, path: string | null): Promise<Looked> {
  if (path === null) return null;
  try {
    return await stick.find(path);
  } catch (error) {
    return { trouble: unreadableText(path, error) };
  }
}

function unreadableText(path: string, error: unknown): string {
  if (error instanceof StickGone) throw error;
  return `${path}: it cannot be read (${(error as Error).message})`;
}

const stampOf = (dat: StickFile | null, ext: StickFile | null): FileStamp => [
  dat?.sizeBytes ?? null,
  dat?.modifiedUnixMs ?? null,
  ext?.sizeBytes ?? null,
  ext?.modifiedUnixMs ?? null,
];

interface ReadFile {
  readonly file: StickFile | null;
  readonly tags: ReadTags | null;
  readonly lines: readonly string[];
  readonly isBad: boolean;
  /** The disk refused it: another try may have better luck. */
  readonly isUnreadable: boolean;
}

const badFile = (file: StickFile | null, line: string, isUnreadable: boolean): ReadFile => ({
  file,
  tags: null,
  lines: [line],
  isBad: true,
  isUnreadable,
});

async function tagsOf(stick: Stick, path: string | null): Promise<ReadFile> {
  const file = await look(stick, path);
  if (file === null) return { file, tags: null, lines: [], isBad: false, isUnreadable: false };
  if ('trouble' in file) return badFile(null, file.trouble, true);
  if (file.sizeBytes > MOST_BYTES) {
    const line = `${file.path}: ${file.sizeBytes} bytes are more than any analysis has; it is not read`;
    return badFile(file, line, false);
  }
  let bytes: Uint8Array;
  try {
    bytes = await stick.read(file.path);
  } catch (error) {
    return badFile(file, unreadableText(file.path, error), true);
  }
  const decoded = decodeAnalysis(bytes);
  if (!decoded.ok) return badFile(file, `${file.path}: at byte ${decoded.offset}: ${decoded.reason}`, false);
  const lines = decoded.warnings.map(({ reason, offset }) => `${file.path}: at byte ${offset}: ${reason}`);
  return { file, tags: decoded.tags, lines, isBad: false, isUnreadable: false };
}
