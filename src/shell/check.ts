/** `decklight check`: every problem of a profile at once. */
import { readFileSync, statSync } from 'node:fs';
import type { Bridge } from '../bridge.ts';
import type { Profile } from '../core/profile.ts';
import { loadProfile } from '../profile/load.ts';
import { type Problem, problemText } from '../profile/messages.ts';
import type { Out } from './out.ts';

export interface ReadProfile {
  /** null: it cannot be used. */
  readonly profile: Profile | null;
  /** Its text; nothing when it cannot be read. */
  readonly source: string;
  /** What there is to say about it: its problems, or warnings. */
  readonly lines: readonly string[];
  /** How many of those are warnings: things that are allowed and hardly meant. */
  readonly warnings: number;
}

/** Beyond these nobody reads on; they are counted. */
const MOST_SHOWN = 100;

/** Far above what the loader reads; only so that no film is read into memory. */
const LARGEST_BYTES = 8 * 1024 * 1024;
const TOO_LARGE = 'this file is larger than 8 MiB; expected a profile (YAML), which has a few hundred lines';

/** What the system says about a file, in words that say what to do. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check its name, or let decklight init write one',
  EISDIR: 'this is a directory; expected a profile (YAML)',
  EACCES: 'it may not be read; check its rights',
  EPERM: 'it may not be read; check its rights',
  ENOTDIR: 'a part of this path is no directory',
  ENAMETOOLONG: 'this name is too long for a file',
  ELOOP: 'this link leads to itself',
};

export type ProfileText =
  | { readonly ok: true; readonly source: string }
  | { readonly ok: false; readonly reason: string };

/** The text of a profile, or in one line why there is none; never throws, and never waits on what is no file. */
export function readText(file: string): ProfileText {
  try {
    const stat = statSync(file);
    if (!stat.isFile() && !stat.isDirectory())
      return { ok: false, reason: 'this is no file; expected a profile (YAML)' };
    if (stat.size > LARGEST_BYTES) return { ok: false, reason: TOO_LARGE };
    return { ok: true, source: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** Reads and checks a profile; never throws. */
export function readProfile(file: string, bridges: readonly Bridge[]): ReadProfile {
  const read = readText(file);
  if (read.ok) return checkProfile(read.source, file, bridges);
  return { profile: null, source: '', lines: [`${file}: error: ${read.reason}`], warnings: 0 };
}

/** Checks the text of a profile; never throws. */
export function checkProfile(source: string, file: string, bridges: readonly Bridge[]): ReadProfile {
  const loaded = loadProfile(source, file, bridges);
  if (!loaded.ok) return { profile: null, source, lines: shown(loaded.problems, file, 'problems'), warnings: 0 };
  const { profile, warnings } = loaded;
  return { profile, source, lines: shown(warnings, file, 'warnings'), warnings: warnings.length };
}

function shown(problems: readonly Problem[], file: string, what: string): readonly string[] {
  const lines = problems.slice(0, MOST_SHOWN).map(problemText);
  const rest = problems.length - lines.length;
  return rest === 0 ? lines : [...lines, `${file}: and ${rest} more ${what}`];
}

function reasonOf(error: unknown): string {
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'this is not text in UTF-8; expected a profile (YAML)';
  return REASONS[code] ?? `it cannot be read: ${message}`;
}

/** @returns the exit code: 0 the profile is right, warnings or not; 2 it is not or cannot be read */
export async function checkCommand(file: string, out: Out, bridges: readonly Bridge[]): Promise<number> {
  const { profile, lines, warnings } = readProfile(file, bridges);
  for (const line of lines) out.error(line);
  if (profile === null) return 2;
  const { rules, cues, bridges: used, tracks, timecodes } = profile;
  const counts = [
    count(rules.length, 'rule'),
    count(cues.size, 'cue'),
    count(used.length, 'bridge'),
    count(tracks.length, 'track'),
    count(timecodes.length, 'timecode'),
  ];
  const verdict = warnings === 0 ? 'no problems' : count(warnings, 'warning');
  out.line(`${file}: ${profile.name}: ${counts.join(', ')}; ${verdict}`);
  return 0;
}

const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
