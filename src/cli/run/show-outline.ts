/** Names of a profile that operators can touch: its cues, its cue lists with their steps, its outputs. */
import { mutableBridges } from '../../core/engine/operator-actions.ts';
import type { Profile } from '../../core/profile.ts';

const outlines = new WeakMap<Profile, Readonly<Record<string, unknown>>>();

/** Gives them as plain data: the same object as long as the profile is the same. */
export function outlineOf(profile: Profile): Readonly<Record<string, unknown>> {
  const known = outlines.get(profile);
  if (known !== undefined) return known;
  const { cues, lists, timecodes, clocks, panic } = profile;
  const outline = {
    cues: [...cues.keys()],
    lists: lists.map(({ name, steps }) => ({ name, steps: steps.map(step => step.name) })),
    timecodes: timecodes.map(({ name }) => name),
    outputs: [...new Set([...timecodes, ...clocks].flatMap(({ to }) => to))],
    mutable: mutableBridges(profile),
    panic: panic?.cue ?? null,
  };
  outlines.set(profile, outline);
  return outline;
}
