/** A profile as a file, with the regions that are kept beside it: read, checked, and what there is to say about it. */
import type { Bridge } from '../bridge.ts';
import type { Profile } from '../core/profile.ts';
import type { MediaLibrary } from '../core/track/media-library.ts';
import { loadProfile } from '../profile/load.ts';
import { type Problem, problemText } from '../profile/problem-text.ts';
import { withRegions } from '../profile/regions-csv.ts';
import type { FileKind } from './file-errors.ts';
import { readRegions, regionsFileOf } from './regions-file.ts';
import { readTextFile } from './text-file.ts';

export const PROFILE_FILE: FileKind = {
  what: 'a profile (YAML)',
  ifMissing: 'check its name, or let decklight init write one',
};

export interface ReadProfile {
  /** null: it cannot be used. */
  readonly profile: Profile | null;
  /** Its text; nothing when it cannot be read. */
  readonly source: string;
  /** Lines about the profile: its problems, or warnings. */
  readonly lines: readonly string[];
  /** Number of those that are warnings: things that are allowed and hardly meant. */
  readonly warnings: number;
}

/** Beyond these nobody reads on; they are counted. */
const MOST_SHOWN = 100;

/** Reads and checks a profile; never throws. */
export function readProfile(file: string, bridges: readonly Bridge[], library: MediaLibrary): ReadProfile {
  const read = readTextFile(file, PROFILE_FILE);
  if (read.ok) return checkProfile(read.source, file, bridges, library);
  return { profile: null, source: '', lines: [`${file}${read.place}: error: ${read.reason}`], warnings: 0 };
}

/** Checks the text of a profile; never throws. */
export function checkProfile(
  source: string,
  file: string,
  bridges: readonly Bridge[],
  library: MediaLibrary,
): ReadProfile {
  const loaded = loadProfile(source, file, bridges, library);
  if (!loaded.ok) return { profile: null, source, lines: shown(loaded.problems, file, 'problems'), warnings: 0 };
  const { profile, warnings } = loaded;
  const lines = shown(warnings, file, 'warnings');
  const read = readRegions(regionsFileOf(file), profile.timecodes);
  if (read.ok) {
    const allocated = read.regions?.entries ?? [];
    return { profile: withRegions(profile, allocated), source, lines, warnings: warnings.length };
  }
  // A slip in a spreadsheet is no reason to stop a show: it goes on without.
  const unused = `${regionsFileOf(file)}: warning: none of its regions is used until that is mended`;
  return { profile, source, lines: [...lines, ...read.lines, unused], warnings: warnings.length + read.lines.length };
}

function shown(problems: readonly Problem[], file: string, what: string): readonly string[] {
  const lines = problems.slice(0, MOST_SHOWN).map(problemText);
  const rest = problems.length - lines.length;
  return rest === 0 ? lines : [...lines, `${file}: and ${rest} more ${what}`];
}
