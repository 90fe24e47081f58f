/** Names in `expect:`: whether there is such a rule, cue or button, and whether a level can end. */

import { stepNames } from '../../core/cue-lists/cue-list.ts';
import type { Expectation } from '../../core/expectation.ts';
import { matchName } from '../../core/track/track-match.ts';
import { trackRuleName } from '../schema/declared-names.ts';
import { type Issue, issue, type Path, unknownWord } from '../schema/issues.ts';
import type { CheckedProfile } from '../schema/profile-schema.ts';

export function expectedNameIssues(profile: CheckedProfile): readonly Issue[] {
  const { expectations, rules, cues } = profile;
  if (expectations.length === 0) return [];
  const levels = rules.filter(({ kind }) => kind === 'while').map(({ name }) => name);
  const known = [...rules.map(({ name }) => name), ...cues.keys(), ...trackCues(profile), ...listSteps(profile)];
  return expectations.flatMap((each, i): readonly Issue[] => {
    const path: Path = ['expect', i];
    const unknown = each.sends
      .filter(name => !known.includes(name))
      .map(name => ({ ...unknownWord('rule or cue', name, known), path: [...path, 'sends'] }));
    const never =
      each.ends === null || levels.includes(each.ends)
        ? []
        : [{ ...unknownWord('rule with while:', each.ends, levels), path: [...path, 'ends'] }];
    return [...unknown, ...never, ...aboutButtons(each, profile, path)];
  });
}

const trackCues = ({ tracks }: CheckedProfile): readonly string[] =>
  tracks.flatMap(({ match, cues }) =>
    cues.map(({ name, place }) => name ?? trackRuleName(matchName(match), place.text)),
  );

const listSteps = ({ lists }: CheckedProfile): readonly string[] =>
  [...lists].flatMap(([list, { steps }]) => stepNames(steps).map(step => `${list}: ${step}`));

function aboutButtons({ press, surface }: Expectation, { surfaces }: CheckedProfile, path: Path): readonly Issue[] {
  if (press.length === 0) return [];
  const names = surfaces.map(({ bridge }) => bridge);
  if (surface !== null && !names.includes(surface)) {
    return [{ ...unknownWord('surface', surface, names), path: [...path, 'surface'] }];
  }
  const bound = surfaces
    .filter(({ bridge }) => surface === null || bridge === surface)
    .flatMap(({ buttons }) => [...buttons.keys()]);
  if (bound.length === 0)
    return [issue('no button of a surface is bound under controls:', { path: [...path, 'press'] })];
  return press
    .filter(button => !bound.includes(button))
    .map(button => ({ ...unknownWord('bound button', button, bound), path: [...path, 'press'] }));
}
