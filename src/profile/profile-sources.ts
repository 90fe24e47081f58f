/** Places of the rules and cues of a profile in its file, so that an answer about one says where to look. */
import { matchName } from '../core/track/track-match.ts';
import { isCueRef, type Step } from './schema/actions.ts';
import { trackRuleName } from './schema/declared-names.ts';
import type { Path } from './schema/issues.ts';
import type { CheckedProfile } from './schema/profile-schema.ts';

export interface ProfileSources {
  /** Line of each rule, 1-based, by its name. */
  readonly rules: ReadonlyMap<string, number>;
  /** Likewise of each cue. */
  readonly cues: ReadonlyMap<string, number>;
  /** Rules that send a cue, by the name of the cue. */
  readonly usedBy: ReadonlyMap<string, readonly string[]>;
  /** Lines of the expectations, in their order. */
  readonly expectations: readonly number[];
  /** Lines of the tracks, in their order. */
  readonly tracks: readonly number[];
}

/** @param lineAt of what stands at a path */
export function sourcesOf(
  { rules, tracks, cues, expectations }: CheckedProfile,
  lineAt: (path: Path) => number,
): ProfileSources {
  const lines = new Map<string, number>();
  const usedBy = new Map<string, string[]>();
  const use = (rule: string, steps: readonly Step[]): void => {
    for (const step of steps) if (isCueRef(step)) usedBy.set(step.cue, [...(usedBy.get(step.cue) ?? []), rule]);
  };
  for (const [i, rule] of rules.entries()) {
    lines.set(rule.name, lineAt(['rules', i, 'name']));
    use(rule.name, rule.kind === 'while' ? [...rule.do, ...(rule.undo ?? [])] : rule.do);
  }
  for (const [i, { match, cues: own }] of tracks.entries()) {
    for (const [j, cue] of own.entries()) {
      const name = cue.name ?? trackRuleName(matchName(match), cue.place.text);
      lines.set(name, lineAt(['tracks', i, 'cues', j, 'at']));
      use(name, cue.do);
    }
  }
  return {
    rules: lines,
    cues: new Map([...cues.keys()].map(name => [name, lineAt(['cues', name])])),
    usedBy,
    expectations: expectations.map((_, i) => lineAt(['expect', i])),
    tracks: tracks.map((_, i) => lineAt(['tracks', i])),
  };
}
