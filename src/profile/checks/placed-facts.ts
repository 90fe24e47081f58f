/** Facts that are known in one sort of place alone: how a control stands, and how far a deck has jumped. */

import type { Expression } from '../../core/rules/expression.ts';
import { readOperands } from '../../core/rules/expression-checks.ts';
import type { CONTROL_FACTS } from '../../core/rules/facts.ts';
import { type Issue, issue, type Path } from '../schema/issues.ts';
import type { CheckedProfile } from '../schema/profile-schema.ts';
import { expressionsOf, type ReadExpression, shownExpressionsOf } from './expressions-of.ts';

/** Reads of `control.…` where nothing follows a control: errors, since they are never known. */
export const controlFactIssues = (profile: CheckedProfile): readonly Issue[] =>
  [...expressionsOf(profile), ...shownExpressionsOf(profile)].flatMap(read =>
    factsUnder('control', read.expression).flatMap(fact => {
      const why = whyNoControl(fact, followedBy(read.path));
      return why === null ? [] : [at(read, fact, `${fact} ${why}`)];
    }),
  );

const TURNED = 'jog-position';

/** @param control what the message follows; null: no control */
function whyNoControl(fact: string, control: string | null): string | null {
  if (control === null) return 'is known to messages under values: of a surface alone';
  const isOfWheel = fact === `control.${'turnsPerSecond' satisfies keyof typeof CONTROL_FACTS}`;
  return isOfWheel && control !== TURNED ? `is of ${TURNED} alone; ${control} has control.value` : null;
}

/** The control that a message follows, by its place in the profile: `controls.booth.values.ID`, or the same in a layer. */
function followedBy(path: Path): string | null {
  const own = path[2] === 'layers' ? path.slice(4) : path.slice(2);
  return path[0] === 'controls' && own[0] === 'values' ? String(own[1]) : null;
}

/** Reads of `jump.…` where no deck has jumped: they are never known there, so they are hardly meant. */
export const jumpFactDoubts = (profile: CheckedProfile): readonly Issue[] =>
  [...expressionsOf(profile), ...shownExpressionsOf(profile)].flatMap(read => {
    if (mayJump(profile, read.path)) return [];
    return factsUnder('jump', read.expression).map(fact =>
      at(read, fact, `${fact} is known at when: jump and when: loop alone; here it is never known`),
    );
  });

/** Whether a deck has jumped where an expression stands; a cue may be fired by a rule at which one has. */
function mayJump({ rules }: CheckedProfile, [section, index]: Path): boolean {
  if (section === 'cues') return true;
  const rule = section === 'rules' && typeof index === 'number' ? rules[index] : undefined;
  if (rule?.kind !== 'when') return false;
  const { anchor } = rule.place;
  return anchor.kind === 'happening' && (anchor.happening === 'jump' || anchor.happening === 'loop');
}

const factsUnder = (root: string, { facts }: Expression): readonly string[] =>
  facts.filter(path => path.startsWith(`${root}.`));

function at({ path, offset, expression: { text } }: ReadExpression, fact: string, message: string): Issue {
  const read = readOperands(text);
  const found = read.ok ? read.operands.find(({ word }) => word === fact) : undefined;
  return issue(message, { path, part: { offset: offset + (found?.offset ?? 0), length: fact.length } });
}
