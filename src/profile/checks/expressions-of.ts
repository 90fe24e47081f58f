/** Every expression of a profile, in conditions and in texts, with the place where it stands. */
import type { Expression } from '../../core/rules/expression.ts';
import type { RuleStep } from '../../core/rules/rule.ts';
import { isTemplate } from '../../core/rules/template.ts';
import type { SurfaceEntry } from '../../core/surface-entry.ts';
import type { Step } from '../schema/actions.ts';
import type { Path } from '../schema/issues.ts';
import type { CheckedProfile } from '../schema/profile-schema.ts';

export interface ReadExpression {
  readonly expression: Expression;
  /** To its text; a part of a message that has another shape as it is written ends at the nearest part around it. */
  readonly path: Path;
  /** Where it begins in that text, in characters. */
  readonly offset: number;
}

/** All of them, in no order; not those of tracks without an id, of which nothing is loaded. */
export function expressionsOf({
  rules,
  tracks,
  cues,
  lists,
  feeds,
  surfaces,
}: CheckedProfile): readonly ReadExpression[] {
  return [
    ...rules.flatMap((rule, i) => {
      const path = ['rules', i];
      if (rule.kind === 'when')
        return [...conditionAt(rule.options.if, [...path, 'if']), ...inSteps(rule.do, path, 'do')];
      return [
        ...conditionAt(rule.while, [...path, 'while']),
        ...conditionAt(rule.if, [...path, 'if']),
        ...inSteps(rule.do, path, 'do'),
        ...inSteps(rule.undo ?? [], path, 'undo'),
      ];
    }),
    ...tracks.flatMap((track, i) =>
      track.cues.flatMap((cue, j) => {
        const path = ['tracks', i, 'cues', j];
        return [...conditionAt(cue.options.if, [...path, 'if']), ...inSteps(cue.do, path, 'do')];
      }),
    ),
    ...[...cues].flatMap(([cue, actions]) => inSteps(actions, ['cues'], cue)),
    ...[...lists].flatMap(([list, { steps }]) =>
      steps.flatMap(({ undo }, i) => inSteps(undo, ['cue-lists', list, i], 'undo')),
    ),
    ...surfaces.flatMap(atControls),
    ...feeds.flatMap(({ bridge, tempo }) => inTree(tempo?.message ?? null, ['feed', bridge, 'tempo'])),
  ];
}

function atControls({ bridge, buttons, wheels }: SurfaceEntry): readonly ReadExpression[] {
  const path = ['controls', bridge];
  const bound = (steps: readonly RuleStep[] | null, at: Path, key: string): readonly ReadExpression[] =>
    (steps ?? []).flatMap((step, i) => ('act' in step ? [] : inTree(step.message, [...at, key, i, step.bridge])));
  return [
    ...[...buttons].flatMap(([id, { press, release, longPress, doublePress }]) => {
      const at = [...path, 'buttons', id];
      const [pressed, released] = [bound(press, at, 'press'), bound(release, at, 'release')];
      return [
        ...pressed,
        ...released,
        ...bound(longPress, at, 'long-press'),
        ...bound(doublePress, at, 'double-press'),
      ];
    }),
    ...[...wheels].flatMap(([id, { forward, reverse }]) => {
      const at = [...path, 'turns', id];
      return [...bound(forward, at, 'forward'), ...bound(reverse, at, 'reverse')];
    }),
  ];
}

const conditionAt = (expression: Expression | null, path: Path): readonly ReadExpression[] =>
  expression === null ? [] : [{ expression, path, offset: 0 }];

/** What a cue that is called by its name says is read where the cue stands. */
const inSteps = (steps: readonly Step[], path: Path, key: string): readonly ReadExpression[] =>
  steps.flatMap((step, i) => ('bridge' in step ? inTree(step.message, [...path, key, i, step.bridge]) : []));

function inTree(tree: unknown, path: Path): readonly ReadExpression[] {
  if (!isTemplate(tree)) {
    if (typeof tree !== 'object' || tree === null || tree instanceof Uint8Array) return [];
    // A list has numbers as keys, as in a path.
    return Object.entries(tree).flatMap(([key, part]) => inTree(part, [...path, key]));
  }
  const readings: ReadExpression[] = [];
  let offset = 0;
  for (const part of tree.template) {
    if (typeof part === 'string') {
      offset += part.length;
      continue;
    }
    readings.push({ expression: part, path, offset: offset + '${'.length });
    offset += '${}'.length + part.text.length;
  }
  return readings;
}
