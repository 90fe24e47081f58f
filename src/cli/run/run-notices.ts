/** Notices that stand on the screen for as long as they are true. */
import type { Recorder } from '../../recording/recorder.ts';
import type { RunSetup } from './run-setup.ts';

export interface RunNotices {
  list(): readonly string[];
  /** @param reason why the profile as it is saved now is not the one that runs; null: it is */
  setBroken(reason: string | null): void;
}

/** Devices that are simulated, a dry run, a profile that is broken, a recording that is in trouble. */
export function runNotices({ simulations, options }: RunSetup, recorder: Recorder | null): RunNotices {
  let broken: string | null = null;
  const banners = [...simulations].map(([name, { text }]) => `SIMULATED ${name}: ${text}`);
  const standing = options.dryRun ? [...banners, 'DRY RUN: nothing leaves'] : banners;
  return {
    list() {
      const recording = recorder?.status() ?? null;
      const trouble = recording?.isTroubled === true ? recording.text : null;
      return [...standing, broken, trouble].filter(text => text !== null);
    },
    setBroken(reason) {
      broken = reason;
    },
  };
}
