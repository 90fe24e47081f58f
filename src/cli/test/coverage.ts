/** Parts of a profile that a test has not reached: rules that nothing fired, tracks that nothing played. */
import { isStateRule } from '../../core/rules/holds.ts';
import type { Heard, Tested } from './play-scene.ts';

export interface Coverage {
  readonly rules: { readonly all: number; readonly unfired: readonly CoveredLine[] };
  readonly tracks: { readonly all: number; readonly unplayed: readonly CoveredLine[] };
}

export interface CoveredLine {
  readonly name: string;
  /** null: it has no line of its own. */
  readonly line: number | null;
}

export function coverageOf({ profile, sources }: Tested, heard: readonly Heard[]): Coverage {
  const fired = new Set(heard.flatMap(each => [...each.fired]));
  const held = new Set(
    heard.flatMap(({ explanations }) =>
      explanations.filter(({ sent }) => sent.length > 0).map(({ because }) => because.rule),
    ),
  );
  const isFired = (name: string): boolean => fired.has(name) || held.has(name);
  const rules = profile.rules.filter(rule => isStateRule(rule) || rule.begins === null);
  const played = new Set(heard.flatMap(({ entries }) => [...entries]));
  return {
    rules: {
      all: rules.length,
      unfired: rules
        .filter(({ name }) => !isFired(name))
        .map(({ name }) => ({ name, line: sources.rules.get(name) ?? null })),
    },
    tracks: {
      all: profile.tracks.length,
      unplayed: profile.tracks.flatMap(({ title, match }, i) =>
        played.has(i)
          ? []
          : [{ name: title ?? match.title ?? `track ${match.id ?? i + 1}`, line: sources.tracks[i] ?? null }],
      ),
    },
  };
}
