/** `decklight test`: the `expect:` of a profile, on simulated time or on a recorded evening. */
import { writeFileSync } from 'node:fs';
import { parseDjScript } from '../../../bridges/opus-quad/simulator/dj-script.ts';
import { readDjSetFile } from '../../files/dj-set-file.ts';
import { whyUnwritable } from '../../files/file-errors.ts';
import { readProfile } from '../../files/profile-file.ts';
import { playableTracks, trackCalled } from '../../rehearsal/playable-tracks.ts';
import { didYouMean } from '../../text/did-you-mean.ts';
import { type ProfileContext, profileContext } from '../command-line/profile-context.ts';
import { openEvening } from '../replay/recorded-evening.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { type ExpectationVerdict, judgeExpectation } from './judge-expectation.ts';
import { junitText } from './junit.ts';
import { type Heard, playScene, type Tested } from './play-scene.ts';
import type { Expected, Scene } from './scene.ts';
import { coverageLines, testJson, verdictLines } from './test-text.ts';

export interface TestOptions {
  /** Set that is played for what is expected of an evening; null: the demo set. */
  readonly set: string | null;
  /** Recording that everything is held against; null: none. */
  readonly recording: string | null;
  readonly json: boolean;
  /** File for a report in JUnit XML; null: none. */
  readonly junit: string | null;
  /** Where imported sticks lie, as it was named. */
  readonly media: string | undefined;
}

/** Exit codes: 0 all expectations are met, 1 some are not, 2 the profile, the set or the recording is wrong. */
const EXIT = { met: 0, unmet: 1, wrong: 2 } as const;

/** @returns the exit code */
export async function testCommand(file: string, options: TestOptions, context: ProfileContext): Promise<number> {
  const { out, bridges, library } = context;
  const { profile, sources, lines } = readProfile(file, bridges, library);
  for (const line of lines) out.error(line);
  if (profile === null || sources === null) return EXIT.wrong;
  const tested: Tested = { file, profile, sources, bridges, library };
  const expected = profile.expectations.map(
    (expectation, i): Expected => ({ expectation, line: sources.expectations[i] ?? 1 }),
  );
  if (expected.length === 0) {
    out.error(`${file}: error: nothing is expected: there is no expect: in it; docs/profile.md shows one`);
    return EXIT.wrong;
  }
  const scenes = await scenesOf(tested, expected, options, context);
  if (scenes === null) return EXIT.wrong;
  const verdicts: ExpectationVerdict[] = [];
  const heard: Heard[] = [];
  for (const scene of scenes) {
    const came = await playScene(tested, scene);
    heard.push(came);
    for (const each of scene.expected) verdicts.push(judgeExpectation(tested, each, came));
  }
  verdicts.sort((a, b) => a.expected.line - b.expected.line);
  return report(tested, verdicts, coverageOf(tested, heard), options, context);
}

function report(
  tested: Tested,
  verdicts: readonly ExpectationVerdict[],
  coverage: Coverage,
  { json, junit }: TestOptions,
  { out }: ProfileContext,
): number {
  const unmet = verdicts.filter(({ difference }) => difference !== null).length;
  if (json) out.line(JSON.stringify(testJson(tested, verdicts, coverage)));
  else {
    for (const verdict of verdicts) for (const line of verdictLines(tested.file, verdict)) out.line(line);
    for (const line of coverageLines(tested, coverage)) out.line(line);
    out.line(`${tested.file}: ${verdicts.length - unmet} of ${verdicts.length} expectations met`);
  }
  if (junit !== null) {
    try {
      writeFileSync(junit, junitText(tested, verdicts));
    } catch (error) {
      out.error(`${junit}: error: ${whyUnwritable(error)}`);
      return EXIT.wrong;
    }
  }
  return unmet === 0 ? EXIT.met : EXIT.unmet;
}

/** @returns null: something is wrong, and that was said */
async function scenesOf(
  tested: Tested,
  expected: readonly Expected[],
  options: TestOptions,
  { out }: ProfileContext,
): Promise<readonly Scene[] | null> {
  const { profile, library, file } = tested;
  const hands = expected
    .filter(({ expectation: { press } }) => press.length > 0)
    .map((each): Scene => {
      const { press, surface } = each.expectation;
      return { kind: 'hands', press, surface, expected: [each] };
    });
  const rest = expected.filter(({ expectation: { press } }) => press.length === 0);
  if (options.recording !== null) {
    const contextFor = (recorded: string | null) => profileContext(recorded, options.media, out);
    const evening = await openEvening(options.recording, out, contextFor);
    if (typeof evening === 'number') return null;
    return [...(rest.length === 0 ? [] : [{ kind: 'recording', evening, expected: rest } as const]), ...hands];
  }
  const playable = playableTracks(profile, library);
  const byTrack = new Map<(typeof playable)[number], Expected[]>();
  let isWrong = false;
  for (const each of rest) {
    const { play } = each.expectation;
    if (play === null) continue;
    const track = trackCalled(profile, playable, play);
    if (track === null) {
      const near = didYouMean(
        play,
        playable.map(({ title }) => title),
      );
      const advice = near === '' ? '; import its stick (decklight media import <folder>)' : near;
      out.error(`${file}:${each.line}: error: no track that can be played is called "${play}"${advice}`);
      isWrong = true;
    } else byTrack.set(track, [...(byTrack.get(track) ?? []), each]);
  }
  const ofEvening = rest.filter(({ expectation: { play } }) => play === null);
  const set = ofEvening.length === 0 ? null : readSet(options.set, out);
  if (isWrong || set === 'wrong') return null;
  return [
    ...[...byTrack].map(([track, own]): Scene => ({ kind: 'track', track, expected: own })),
    ...(set === null ? [] : [{ kind: 'set', set, expected: ofEvening } as const]),
    ...hands,
  ];
}

function readSet(named: string | null, out: ProfileContext['out']) {
  const read = readDjSetFile(named);
  if (!read.ok) {
    out.error(read.line);
    return 'wrong';
  }
  const parsed = parseDjScript(read.source, read.file);
  if (parsed.ok) return parsed.set;
  for (const mistake of parsed.mistakes) out.error(mistake);
  return 'wrong';
}
