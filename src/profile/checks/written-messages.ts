/** Every message of a profile, with the bridge that it is for and the place where it stands. */
import type { RuleStep } from '../../core/rules/rule.ts';
import type { Bindings, SurfaceEntry } from '../../core/surfaces/surface-entry.ts';
import type { Step } from '../schema/actions.ts';
import type { Path } from '../schema/issues.ts';
import type { CheckedProfile } from '../schema/profile-schema.ts';

export interface LocatedMessage {
  readonly bridge: string;
  /** As the schema of its bridge gives it, its templates not filled. */
  readonly message: unknown;
  /** To the message. */
  readonly path: Path;
}

/** All of them, in no order; what a cue says that is called by its name is listed where the cue stands. */
export function writtenMessages({
  rules,
  tracks,
  cues,
  lists,
  feeds,
  surfaces,
}: CheckedProfile): readonly LocatedMessage[] {
  return [
    ...rules.flatMap((rule, i) => {
      const path = ['rules', i];
      return [
        ...inSteps(rule.do, path, 'do'),
        ...(rule.kind === 'while' ? inSteps(rule.undo ?? [], path, 'undo') : []),
      ];
    }),
    ...tracks.flatMap((track, i) => track.cues.flatMap((cue, j) => inSteps(cue.do, ['tracks', i, 'cues', j], 'do'))),
    ...[...cues].flatMap(([cue, actions]) => inSteps(actions, ['cues'], cue)),
    ...[...lists].flatMap(([list, { steps }]) =>
      steps.flatMap(({ undo }, i) => inSteps(undo, ['cue-lists', list, i], 'undo')),
    ),
    ...surfaces.flatMap(atControls),
    ...feeds.flatMap(({ bridge, tempo }) =>
      tempo === null ? [] : [{ bridge, message: tempo.message, path: ['feed', bridge, 'tempo'] }],
    ),
  ];
}

const atControls = ({ bridge, layers, ...own }: SurfaceEntry): readonly LocatedMessage[] => [
  ...boundAt(['controls', bridge], own),
  ...layers.flatMap(({ name, ...bound }) => boundAt(['controls', bridge, 'layers', name], bound)),
];

function boundAt(path: Path, { buttons, wheels, values }: Bindings): readonly LocatedMessage[] {
  const bound = (steps: readonly RuleStep[] | null, at: Path, key: string): readonly LocatedMessage[] =>
    (steps ?? []).flatMap((step, i) => ('act' in step ? [] : [located(step, [...at, key, i])]));
  return [
    ...[...buttons].flatMap(([id, { press, release, longPress, doublePress }]) => {
      const at = [...path, 'buttons', id];
      return [
        ...bound(press, at, 'press'),
        ...bound(release, at, 'release'),
        ...bound(longPress, at, 'long-press'),
        ...bound(doublePress, at, 'double-press'),
      ];
    }),
    ...[...wheels].flatMap(([id, { forward, reverse }]) => {
      const at = [...path, 'turns', id];
      return [...bound(forward, at, 'forward'), ...bound(reverse, at, 'reverse')];
    }),
    ...[...values].flatMap(([id, entry]) => bound(entry.do, [...path, 'values', id], 'do')),
  ];
}

const located = ({ bridge, message }: { readonly bridge: string; readonly message: unknown }, path: Path) => ({
  bridge,
  message,
  path: [...path, bridge],
});

const inSteps = (steps: readonly Step[], path: Path, key: string): readonly LocatedMessage[] =>
  steps.flatMap((step, i) => ('bridge' in step ? [located(step, [...path, key, i])] : []));
