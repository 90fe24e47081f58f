/** The recording of a run: where it goes, and how it says that the show began. */
import { packageVersion } from '../../files/package-file.ts';
import { knownSticks } from '../../recording/known-sticks.ts';
import { openRecorder, type Recorder } from '../../recording/recorder.ts';
import { newRecordingFile, pruneRecordings, recordingsFolder } from '../../recording/recording-files.ts';
import type { RunFiles } from './run-files.ts';
import type { RunSetup } from './run-setup.ts';

/** Names of deleted files that one line says. */
const MOST_NAMED = 3;

/** Begins a recording beside the profile, and deletes old ones. null: none is wanted. */
export function startRecorder(setup: RunSetup, { memory, book }: RunFiles): Recorder | null {
  const { options, file, source, profile, library, startedAt, unixMs, network, simulations, log } = setup;
  if (!options.record) return null;
  const folder = recordingsFolder(file);
  const gone = pruneRecordings(folder, profile.recording, unixMs(startedAt));
  if (gone.length > 0) log.of('recording').info({ gone }, deletedText(gone));
  const { simulate, dryRun } = options;
  return openRecorder(
    { file: newRecordingFile(folder, unixMs(startedAt)), unixMs, log: log.of('recording') },
    {
      version: packageVersion(),
      profile: { file, source },
      startedAtMs: startedAt,
      options: { simulate, dryRun },
      instead: Object.fromEntries([...simulations].map(([name, each]) => [name, each.options])),
      interfaces: network.interfaces(),
      memory,
      allocated: profile.allocated,
      book: [...book.values()],
      sticks: knownSticks(library),
    },
  );
}

/** `2 old recordings deleted, as recording: of the profile says: a.pcapng, b.pcapng`. */
function deletedText(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).join(', ');
  const rest = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const what = names.length === 1 ? '1 old recording' : `${names.length} old recordings`;
  return `${what} deleted, beyond what recording: of the profile keeps: ${shown}${rest}`;
}
