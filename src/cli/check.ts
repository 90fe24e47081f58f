/** `decklight check`: every problem of a profile at once. */
import type { Profile } from '../core/profile.ts';
import { readProfile } from '../files/profile-file.ts';
import { oneLine } from '../text/one-line.ts';
import type { ProfileContext } from './command-line/profile-context.ts';

export interface CheckOptions {
  /** One JSON object in place of lines. */
  readonly json: boolean;
}

/** @returns the exit code: 0 the profile is right, warnings or not; 2 it is not or cannot be read */
export async function checkCommand(
  file: string,
  { json }: CheckOptions,
  { out, bridges, library }: ProfileContext,
): Promise<number> {
  const { profile, lines, warnings, told } = readProfile(file, bridges, library);
  if (json) {
    out.line(
      JSON.stringify({ file, ok: profile !== null, show: profile === null ? null : showOf(profile), problems: told }),
    );
    return profile === null ? 2 : 0;
  }
  for (const line of lines) out.error(line);
  if (profile === null) return 2;
  const { rules, cues, bridges: used, tracks, timecodes, clocks } = profile;
  const counts = [
    count(rules.length, 'rule'),
    count(cues.size, 'cue'),
    count(used.length, 'bridge'),
    count(tracks.length, 'track'),
    count(timecodes.length, 'timecode'),
    ...(clocks.length === 0 ? [] : [count(clocks.length, 'clock')]),
  ];
  const verdict = warnings === 0 ? 'no problems' : count(warnings, 'warning');
  out.line(`${file}: ${oneLine(profile.name)}: ${counts.join(', ')}; ${verdict}`);
  return 0;
}

/** What the profile holds, for other programs. */
const showOf = ({ name, rules, cues, bridges, tracks, timecodes, clocks }: Profile) => ({
  name,
  rules: rules.length,
  cues: cues.size,
  bridges: bridges.length,
  tracks: tracks.length,
  timecodes: timecodes.length,
  clocks: clocks.length,
});

const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
