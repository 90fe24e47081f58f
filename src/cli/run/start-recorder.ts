/** The recording of a run: where it goes, and how it says that the show began. */
import { packageVersion } from '../../files/package-file.ts';
import { openRecorder, type Recorder } from '../../recording/recorder.ts';
import { newRecordingFile, pruneRecordings, recordingsFolder } from '../../recording/recording-files.ts';
import type { RunFiles } from './run-files.ts';
import type { RunSetup } from './run-setup.ts';

/** Begins a recording beside the profile, and deletes old ones. null: none is wanted. */
export function startRecorder(setup: RunSetup, { memory, book }: RunFiles): Recorder | null {
  const { options, file, source, profile, startedAt, unixMs, network, simulations, log } = setup;
  if (!options.record) return null;
  const folder = recordingsFolder(file);
  pruneRecordings(folder, profile.recording, unixMs(startedAt));
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
    },
  );
}
