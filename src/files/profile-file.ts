/** A profile as a file, with the regions that are kept beside it: read, checked, and what there is to say about it. */
import type { Bridge } from '../bridge.ts';
import type { Profile } from '../core/profile.ts';
import type { MediaLibrary } from '../core/track/media-library.ts';
import { loadProfile } from '../profile/load.ts';
import { type Problem, problemText } from '../profile/problem-text.ts';
import type { ProfileSources } from '../profile/profile-sources.ts';
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
  /** Lines of its rules and cues; null: it cannot be used. */
  readonly sources: ProfileSources | null;
  /** Its text; nothing when it cannot be read. */
  readonly source: string;
  /** Lines about the profile: its problems, or warnings. */
  readonly lines: readonly string[];
  /** Number of those that are warnings: things that are allowed and hardly meant. */
  readonly warnings: number;
  /** The same as values, all of them. */
  readonly told: readonly Told[];
}

/** Something that is said of a profile, or of a file beside it. Line and column begin at 1; null: it is about the whole file. */
export interface Told extends Pick<Problem, 'severity' | 'file' | 'message' | 'note'> {
  readonly line: number | null;
  readonly column: number | null;
}

/** Beyond these nobody reads on; they are counted. */
const MOST_SHOWN = 100;

/** Reads and checks a profile; never throws. */
export function readProfile(file: string, bridges: readonly Bridge[], library: MediaLibrary): ReadProfile {
  const read = readTextFile(file, PROFILE_FILE);
  if (read.ok) return checkProfile(read.source, file, bridges, library);
  const [, line = null, column = null] = /^:(\d+):(\d+)$/.exec(read.place) ?? [];
  const about = { severity: 'error', file, message: read.reason, note: null } as const;
  const told: Told = {
    ...about,
    line: line === null ? null : Number(line),
    column: column === null ? null : Number(column),
  };
  return {
    profile: null,
    sources: null,
    source: '',
    lines: [`${file}${read.place}: error: ${read.reason}`],
    warnings: 0,
    told: [told],
  };
}

/** Checks the text of a profile; never throws. */
export function checkProfile(
  source: string,
  file: string,
  bridges: readonly Bridge[],
  library: MediaLibrary,
): ReadProfile {
  const loaded = loadProfile(source, file, bridges, library);
  if (!loaded.ok) {
    const { problems } = loaded;
    const told = problems.map(toldOf);
    return { profile: null, sources: null, source, lines: shown(problems, file, 'problems'), warnings: 0, told };
  }
  const { profile, sources, warnings } = loaded;
  const lines = shown(warnings, file, 'warnings');
  const read = readRegions(regionsFileOf(file), profile.timecodes);
  if (read.ok) {
    const allocated = read.regions?.entries ?? [];
    const told = warnings.map(toldOf);
    return { profile: withRegions(profile, allocated), sources, source, lines, warnings: warnings.length, told };
  }
  // A slip in a spreadsheet is no reason to stop a show: it goes on without.
  const unused = `${regionsFileOf(file)}: warning: none of its regions is used until that is mended`;
  const ofRegions = read.lines.map(
    (text): Told => ({
      severity: 'warning',
      file: regionsFileOf(file),
      line: null,
      column: null,
      message: text,
      note: null,
    }),
  );
  return {
    profile,
    sources,
    source,
    lines: [...lines, ...read.lines, unused],
    warnings: warnings.length + read.lines.length,
    told: [...warnings.map(toldOf), ...ofRegions],
  };
}

const toldOf = ({ severity, file, line, column, message, note }: Problem): Told => ({
  ...{ severity, file, line, column, message, note },
});

function shown(problems: readonly Problem[], file: string, what: string): readonly string[] {
  const lines = problems.slice(0, MOST_SHOWN).map(problemText);
  const rest = problems.length - lines.length;
  return rest === 0 ? lines : [...lines, `${file}: and ${rest} more ${what}`];
}
