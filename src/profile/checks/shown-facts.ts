/** Facts of the show that expressions read: whether there is such a cue, list, bridge or timecode, and who may read them. */

import { readOperands } from '../../core/rules/expression-checks.ts';
import { showFactOf } from '../../core/rules/show-facts.ts';
import type { Names } from '../schema/declared-names.ts';
import { type Issue, issue, unknownWord } from '../schema/issues.ts';
import type { CheckedProfile } from '../schema/profile-schema.ts';
import { expressionsOf, type ReadExpression, shownExpressionsOf } from './expressions-of.ts';

export const shownFactIssues = (profile: CheckedProfile, names: Names): readonly Issue[] => [
  ...expressionsOf(profile).flatMap(read => factsIn(read).map(found => notHere(read, found))),
  ...shownExpressionsOf(profile).flatMap(read => factsIn(read).flatMap(found => unknownName(read, found, names) ?? [])),
];

/** A fact of the show in an expression, and where it stands there. */
interface ShownFact {
  readonly path: string;
  readonly offset: number;
}

function factsIn({ expression: { facts, text } }: ReadExpression): readonly ShownFact[] {
  const found = facts.filter(path => showFactOf(path) !== null);
  if (found.length === 0) return [];
  const read = readOperands(text);
  const operands = read.ok ? read.operands : [];
  return found.map(path => ({ path, offset: operands.find(({ word }) => word === path)?.offset ?? 0 }));
}

function notHere({ path, offset }: ReadExpression, { path: fact, offset: within }: ShownFact): Issue {
  const message = `${fact} is known to lamps and screens alone (leds: and screen: of a surface)`;
  return issue(message, { path, part: { offset: offset + within, length: fact.length } });
}

function unknownName(
  { path, offset }: ReadExpression,
  { path: fact, offset: within }: ShownFact,
  names: Names,
): Issue | null {
  const { root, name } = showFactOf(fact) ?? { root: 'cue', name: '' };
  const known = {
    cue: names.cues,
    list: [...names.lists.keys()],
    bridge: [...names.bridges.keys()],
    timecode: [...names.timecodes.keys()],
  }[root];
  if (known.includes(name)) return null;
  const part = { offset: offset + within + root.length + 1, length: name.length };
  return { ...unknownWord(root === 'list' ? 'cue list' : root, name, known, path), part };
}
