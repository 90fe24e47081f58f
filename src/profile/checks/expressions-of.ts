/** Every expression of a profile, in conditions and in texts, with the place where it stands. */
import type { Expression } from '../../core/rules/expression.ts';
import { isTemplate } from '../../core/rules/template.ts';
import type { Path } from '../schema/issues.ts';
import type { CheckedProfile } from '../schema/profile-schema.ts';
import { writtenMessages } from './written-messages.ts';

export interface ReadExpression {
  readonly expression: Expression;
  /** To its text; a part of a message that has another shape as it is written ends at the nearest part around it. */
  readonly path: Path;
  /** Where it begins in that text, in characters. */
  readonly offset: number;
}

/** All of them, in no order; not those of tracks without an id, of which nothing is loaded. */
export function expressionsOf(profile: CheckedProfile): readonly ReadExpression[] {
  const { rules, tracks } = profile;
  return [
    ...rules.flatMap((rule, i) => {
      const path = ['rules', i];
      if (rule.kind === 'when') return conditionAt(rule.options.if, [...path, 'if']);
      return [...conditionAt(rule.while, [...path, 'while']), ...conditionAt(rule.if, [...path, 'if'])];
    }),
    ...tracks.flatMap((track, i) =>
      track.cues.flatMap((cue, j) => conditionAt(cue.options.if, ['tracks', i, 'cues', j, 'if'])),
    ),
    ...writtenMessages(profile).flatMap(({ message, path }) => inTree(message, path)),
  ];
}

/** What lamps and screens read, which is not heard of any one deck. */
export const shownExpressionsOf = ({ surfaces }: CheckedProfile): readonly ReadExpression[] =>
  surfaces.flatMap(({ bridge, lamps, screen }) => {
    const path = ['controls', bridge];
    const ofLamps = [...lamps].flatMap(([id, { on, blink, pulse }]) => {
      const at = [...path, 'leds', id];
      const isAlone = on !== null && blink === null && pulse === null;
      return [
        ...conditionAt(on, isAlone ? at : [...at, 'on']),
        ...conditionAt(blink, [...at, 'blink']),
        ...conditionAt(pulse, [...at, 'pulse']),
      ];
    });
    const { fields = new Map(), rows = null, time = null } = screen ?? {};
    const texts = rows?.kind === 'texts' ? rows.texts : [];
    return [
      ...ofLamps,
      ...[...fields].flatMap(([name, text]) => inTree(text, [...path, 'screen', name])),
      ...inTree(texts, [...path, 'screen', 'rows']),
      ...inTree(time?.kind === 'value' ? time.value : null, [...path, 'screen', 'time']),
    ];
  });

const conditionAt = (expression: Expression | null, path: Path): readonly ReadExpression[] =>
  expression === null ? [] : [{ expression, path, offset: 0 }];

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
