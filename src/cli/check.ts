/** `decklight check`: every problem of a profile at once. */
import { readProfile } from '../files/profile-file.ts';
import { oneLine } from '../text/one-line.ts';
import type { ProfileContext } from './command-line/profile-context.ts';

/** @returns the exit code: 0 the profile is right, warnings or not; 2 it is not or cannot be read */
export async function checkCommand(file: string, { out, bridges, library }: ProfileContext): Promise<number> {
  const { profile, lines, warnings } = readProfile(file, bridges, library);
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

const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
