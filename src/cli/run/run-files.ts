/** Files that a show keeps beside its profile: its state for after a crash, the track book, and covers. */
import type { Ms } from '../../core/clock.ts';
import type { RestartState, SavedState } from '../../core/engine/restart-state.ts';
import { EMPTY_BOOK, type TrackBook } from '../../core/track/track-book.ts';
import { coversFolder, openCovers } from '../../files/cover-files.ts';
import { openStateFile, readStateFile, stateFileOf } from '../../files/state-file.ts';
import { lockState } from '../../files/state-lock.ts';
import { openTrackBook, readTrackBook, trackBookOf } from '../../files/track-book-file.ts';
import type { RunSetup } from './run-setup.ts';

export interface RunFiles {
  /** State that the run before has left; null: there is none that still holds. */
  readonly memory: SavedState | null;
  /** Track book of the evenings before. */
  readonly book: TrackBook;
  /** Returns when it is written: what leaves afterwards is known after a crash. */
  remember(memory: RestartState): void;
  learnt(book: TrackBook): void;
  keepCover(trackId: number, jpeg: Uint8Array): void;
  /** Writes what has not been written yet. */
  close(): void;
  /** Leaves the files to another program. */
  release(): Promise<void>;
}

/** Files of a run that keeps nothing. */
const NO_FILES: RunFiles = {
  memory: null,
  book: EMPTY_BOOK,
  remember() {},
  learnt() {},
  keepCover() {},
  close() {},
  async release() {},
};

/** Takes the files, unless another program has them, which is said in the log. */
export async function openRunFiles({ file, options, clock, startedAt, unixMs, log }: RunSetup): Promise<RunFiles> {
  // A rehearsal leaves nothing behind that a show would take up.
  if (options.simulate || options.dryRun) return NO_FILES;
  const stateFile = stateFileOf(file);
  const warn = (text: string): void => log.of('state').warn({ file: stateFile }, text);
  const lock = await lockState(stateFile);
  if (!lock.isOurs) {
    const who = `another Decklight${lock.holder === null ? '' : ` (${lock.holder})`}`;
    warn(
      `${who} runs ${file} and keeps ${stateFile}: this one keeps nothing, and after a crash repeats its cues; stop one`,
    );
    return NO_FILES;
  }
  const memory = readStateFile(stateFile, unixMs(startedAt), warn);
  const state = openStateFile(stateFile, () => unixMs(clock.now()), warn);
  const bookPath = trackBookOf(file);
  const warnOfBook = (text: string): void => log.of('tracks').warn({ file: bookPath }, text);
  const book = readTrackBook(bookPath, warnOfBook);
  const keepCover = openCovers(coversFolder(file), warnOfBook);
  const bookFile = openTrackBook(bookPath, clock, warnOfBook);
  if (memory !== null) log.of('state').info({}, `goes on from ${stateFile}, ${ageText(memory.ageMs)} old`);
  return {
    memory,
    book,
    remember: state.write,
    learnt: bookFile.write,
    keepCover,
    close() {
      state.close();
      bookFile.close();
    },
    release: lock.release,
  };
}

const ageText = (ms: Ms): string => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);
