/**
 * Analyses matched with tracks: which of a stick are read, and which tracks each of them is of. Pure.
 *
 * Folders are shared, and files are copied by hand. So where an analysis file says which audio file it is of, that counts
 * before what a database says.
 */
import { NO_TRACK_NOTES } from '../../../src/core/track/track-notes.ts';
import { audioKey, isOfAudio } from '../analysis/track-analysis.ts';
import type { LibraryRow } from '../library-plus/library-row.ts';
import { IN_NO_PLAYLIST } from '../library-plus/playlists.ts';
import type { StoredAnalysis } from '../store/stored-analysis.ts';
import { addRecording, canBeNamed, type NamedRecordings, noRecordings } from './named-recordings.ts';
import type { Analysed, AnalysisSource } from './read-analysis.ts';
import { type Analyses, analysisKey } from './stick-folder.ts';
import type { NamedTrack, StickLibrary } from './stick-library.ts';

/** An analysis that is to be read, and the tracks that are said to have it. */
export interface AnalysisJob extends AnalysisSource {
  readonly tracks: readonly NamedTrack[];
}

/** The work of an import. */
export interface ImportWork {
  readonly jobs: readonly AnalysisJob[];
  /** Analyses that no row names, and that are read only if a track is without its own. */
  readonly leftOver: readonly AnalysisJob[];
  /** Tracks whose analysis is not where the database says. */
  readonly waiting: readonly WaitingTrack[];
  /** Oddities, one line each. */
  readonly lines: readonly string[];
}

/** A track that has no analysis yet. */
export interface WaitingTrack {
  readonly track: NamedTrack;
  /** Another's analysis that stands in the place of its own, and the audio file that is of; null: nothing stands there. */
  readonly instead: { readonly path: string; readonly audioPath: string } | null;
}

/** A database that numbers tracks as the unit does also says which there are: what it does not name was deleted. */
const isComplete = ({ source }: StickLibrary): boolean => source === 'exportLibrary.db';

export function workOf(found: Analyses['found'], library: StickLibrary): ImportWork {
  const jobs = new Map<string, AnalysisSource & { readonly tracks: NamedTrack[] }>();
  const waiting: WaitingTrack[] = [];
  for (const track of library.rows) {
    const { analysisPath } = track.row;
    const key = analysisPath === null ? null : keyIn(found, analysisPath);
    const files = key === null ? undefined : found.get(key);
    if (key !== null && files !== undefined) {
      const job = jobs.get(key) ?? { key, files, tracks: [] };
      job.tracks.push(track);
      jobs.set(key, job);
    } else waiting.push({ track, instead: null });
  }
  const unnamed = [...found].flatMap(([key, files]) => (jobs.has(key) ? [] : [{ key, files, tracks: [] }]));
  // Analyses that are left belong to deleted tracks, unless a track has lost its own.
  const isWanted = !isComplete(library) || waiting.length > 0;
  return {
    jobs: [...jobs.values(), ...(isWanted ? unnamed : [])],
    leftOver: isWanted ? [] : unnamed,
    waiting,
    lines: isComplete(library) && found.size > 2 * library.rows.length ? [fewRows(library, found.size)] : [],
  };
}

const fewRows = ({ source, rows }: StickLibrary, found: number): string =>
  `${source} has ${rows.length} tracks, there are analyses of ${found}: was its -wal file copied too?`;

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

/** A track and what it has; null: no analysis. */
interface Pair {
  readonly track: NamedTrack;
  readonly analysis: StoredAnalysis | null;
}

export interface Matched {
  readonly pairs: readonly Pair[];
  /** Oddities, one line each. */
  readonly lines: readonly string[];
  /** Analysis files that a database names and that are not there. */
  readonly filesMissing: number;
}

/** Analyses taken in as they are read, and the tracks that wait for one. It changes as they meet. */
export interface Matching {
  readonly library: StickLibrary;
  /** Audio files of all rows. */
  readonly named: ReadonlySet<string>;
  /** Tracks without an analysis, by their audio file: another analysis may say that it is of it. */
  readonly pending: Map<string, WaitingTrack[]>;
  /** Analyses that stand where those of other tracks should, by the audio file that they say they are of. */
  readonly spare: Map<string, StoredAnalysis>;
  /** Recordings that a database names, as far as their analyses have come. */
  readonly recordings: NamedRecordings;
  /** Analyses that no row names, with the audio file that they say they are of; null: they do not say. */
  readonly unnamed: Unnamed[];
}

interface Unnamed {
  readonly audioPath: string | null;
  readonly source: AnalysisSource;
  readonly analysis: StoredAnalysis;
}

export function beginMatching(library: StickLibrary, waiting: readonly WaitingTrack[]): Matching {
  const named = new Set(library.rows.flatMap(({ row }) => (row.file === null ? [] : [audioKey(row.file)])));
  const recordings = noRecordings();
  const matching: Matching = { library, named, pending: new Map(), spare: new Map(), recordings, unnamed: [] };
  for (const each of waiting) {
    addRecording(recordings, each.track.row.file, null);
    wait(matching, each);
  }
  return matching;
}

function wait({ pending }: Matching, each: WaitingTrack): void {
  const { id, row } = each.track;
  const audio = audioKey(row.file ?? `track ${id}`);
  const others = pending.get(audio);
  if (others === undefined) pending.set(audio, [each]);
  else others.push(each);
}

/** The tracks that an analysis is of. Those that are said to have it and are not of it wait for another. */
export function matchAnalysis(matching: Matching, job: AnalysisJob, analysed: Analysed): Matched {
  const { audioPaths } = analysed;
  const [audioPath] = audioPaths;
  const pairs: Pair[] = [];
  for (const track of job.tracks) {
    const { file } = track.row;
    if (audioPath === undefined || isOfAudio(audioPaths, file)) pairs.push({ track, analysis: analysed.of(file) });
    else wait(matching, { track, instead: { path: pathOf(job), audioPath } });
  }
  for (const path of audioPaths) {
    if (job.tracks.some(({ row }) => isOfAudio([path], row.file))) continue;
    const tracks = tracksElsewhere(matching, path, job, analysed);
    if (tracks.length === 0) continue;
    const analysis = analysed.of(path);
    pairs.push(...tracks.map(track => ({ track, analysis })));
  }
  if (audioPaths.length === 0 && job.tracks.length === 0 && !isComplete(matching.library)) {
    matching.unnamed.push({ audioPath: null, source: job, analysis: analysed.of(null) });
  }
  for (const { track, analysis } of pairs) addRecording(matching.recordings, track.row.file, analysis);
  return matchedOf(pairs);
}

/** The tracks of an audio file that an analysis names, though no row says that they have it. */
function tracksElsewhere(
  { library, named, pending, spare, unnamed }: Matching,
  audioPath: string,
  source: AnalysisSource,
  analysed: Analysed,
): readonly NamedTrack[] {
  const audio = audioKey(audioPath);
  const waiting = pending.get(audio);
  if (waiting !== undefined) {
    pending.delete(audio);
    return waiting.map(({ track }) => track);
  }
  if (!named.has(audio)) {
    if (!isComplete(library)) unnamed.push({ audioPath, source, analysis: analysed.of(audioPath) });
    return [];
  }
  if (!spare.has(audio)) spare.set(audio, analysed.of(audioPath));
  return [];
}

/** Tracks that have nothing or another's where their analysis should be, with what stands elsewhere and is theirs. */
export function claimSpares({ pending, spare, recordings }: Matching): Matched {
  const pairs: Pair[] = [];
  for (const [audio, tracks] of pending) {
    const analysis = spare.get(audio);
    if (analysis === undefined) continue;
    pending.delete(audio);
    pairs.push(...tracks.map(({ track }) => ({ track, analysis })));
    addRecording(recordings, audio, analysis);
  }
  return matchedOf(pairs);
}

/**
 * Analyses that no row names, as tracks: but for those that can be of a recording which has a name, as far as is known by now.
 *
 * @returns in `same` how many those were
 */
export function leftOvers({ unnamed, recordings }: Matching): Matched & { readonly same: number } {
  const all = unnamed.splice(0);
  const own = all.filter(({ audioPath, analysis }) => !canBeNamed(recordings, audioPath, analysis));
  const pairs = own.map(({ audioPath, source: { files }, analysis }) => ({
    track: unnamedTrack(audioPath ?? files.dat ?? files.ext),
    analysis,
  }));
  return { ...matchedOf(pairs), same: all.length - own.length };
}

/** A track has no analysis yet. */
export const isWaiting = ({ pending }: Matching): boolean => pending.size > 0;

/** Tracks for which there is no analysis: with what the last import had of it, if it is merely missing. */
export function leftWithout({ pending }: Matching, known: ReadonlyMap<string, StoredAnalysis>): Matched {
  const left = [...pending.values()].flat().map(each => withoutAnalysis(each, known));
  return {
    pairs: left.flatMap(({ pairs }) => pairs),
    lines: left.flatMap(({ lines }) => lines),
    filesMissing: left.reduce((sum, { filesMissing }) => sum + filesMissing, 0),
  };
}

const pathOf = ({ key, files }: AnalysisSource): string => files.ext ?? files.dat ?? key;

/** A track that no database names. @param file its audio file, or what else is known of it */
const unnamedTrack = (file: string | null): NamedTrack => ({ id: null, row: { ...NO_ROW, file } });

const NO_ROW: LibraryRow = {
  title: null,
  artist: null,
  album: null,
  genre: null,
  musicalKey: null,
  tempoBpm: null,
  lengthMs: null,
  file: null,
  analysisPath: null,
  artworkPath: null,
  ...IN_NO_PLAYLIST,
  notes: NO_TRACK_NOTES,
};

/** Oddities of an analysis are said once, however many tracks have it. */
const matchedOf = (pairs: readonly Pair[]): Matched => ({
  pairs,
  lines: [...new Set(pairs.flatMap(({ analysis }) => analysis?.lines ?? []))],
  filesMissing: 0,
});

function withoutAnalysis({ track, instead }: WaitingTrack, known: ReadonlyMap<string, StoredAnalysis>): Matched {
  const { file, analysisPath } = track.row;
  const name = file ?? `track ${track.id}`;
  if (instead !== null) {
    const line = `${instead.path}: this analysis is of "${instead.audioPath}", the library says of "${name}", which is left without one; export that track again`;
    return { pairs: [{ track, analysis: null }], lines: [line], filesMissing: 0 };
  }
  if (analysisPath === null) return { pairs: [{ track, analysis: null }], lines: [], filesMissing: 0 };
  const before = known.get(keyIn(known, analysisPath));
  const isItsOwn = before !== undefined && (before.audioPath === null || isOfAudio([before.audioPath], file));
  const analysis = isItsOwn ? before : null;
  const result = analysis === null ? 'the track is left without one' : 'what the last import read is kept';
  const line = `${analysisPath}: this analysis, of "${name}", is not there: ${result}; was the whole stick copied? Else export the track again`;
  return { pairs: [{ track, analysis }], lines: [line], filesMissing: 2 - (analysis?.missing ?? 0) };
}
