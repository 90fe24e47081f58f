/** Timecode on its way out: each generator goes on, and its outputs are told, but for those that are muted by name. Pure. */
import { ANCHOR_AHEAD_MS, type Anchor, anchoredAt } from './core/anchor.ts';
import type { Ms } from './core/clock.ts';
import { follow, type Generator, NO_GENERATOR } from './core/generator.ts';
import type { Profile } from './core/profile.ts';
import type { Draft } from './engine-state.ts';

/** Every generator, as far as something has changed for it. */
export function goOn(draft: Draft, profile: Profile, at: Ms): void {
  if (profile.timecodes.length === 0 && draft.state.generators.size === 0) return;
  const generators = new Map<string, Generator>();
  for (const entry of profile.timecodes) {
    const { show, hands } = draft.state;
    const before = draft.state.generators.get(entry.name) ?? NO_GENERATOR;
    const { generator, anchor } = follow(entry, before, show, hands, at);
    generators.set(entry.name, generator);
    for (const bridge of entry.to) {
      const told = draft.afresh.has(bridge) ? anew(generator.anchor, at) : anchor;
      if (told !== null) tell(draft, entry.name, bridge, told);
    }
  }
  draft.state = { ...draft.state, generators };
}

function tell(draft: Draft, timecode: string, bridge: string, anchor: Anchor): void {
  if (draft.state.hands.muted.has(bridge)) return;
  draft.intents.push({ kind: 'run', bridge, timecode, anchor });
}

const silentFrom = (anchor: Anchor, at: Ms): Anchor => ({
  ...anchor,
  from: at + ANCHOR_AHEAD_MS,
  speed: 0,
  join: 'silence',
});

/** The anchor as for somebody who has not heard of it yet. */
function anew(anchor: Anchor | null, at: Ms): Anchor | null {
  if (anchor === null) return null;
  const from = Math.max(anchor.from, at + ANCHOR_AHEAD_MS);
  const place = anchoredAt(anchor, from);
  return { ...anchor, from, place, since: place, join: anchor.join === 'silence' ? 'silence' : 'locate' };
}

/** An output falls silent: it has been muted by name. */
export function silence(draft: Draft, profile: Profile, bridge: string, at: Ms): void {
  for (const { name, to } of profile.timecodes) {
    const anchor = draft.state.generators.get(name)?.anchor ?? null;
    if (anchor === null || !to.includes(bridge)) continue;
    draft.intents.push({ kind: 'run', bridge, timecode: name, anchor: silentFrom(anchor, at) });
  }
}

/** After a reload: outputs that are no longer there fall silent, new ones are to be told where it is. */
export function reroute(draft: Draft, old: Profile, profile: Profile, at: Ms): void {
  const outputs = (of: Profile): Set<string> =>
    new Set(of.timecodes.flatMap(({ name, to }) => to.map(bridge => `${name} ${bridge}`)));
  const [before, after] = [outputs(old), outputs(profile)];
  const onlyNew = (of: Profile, known: ReadonlySet<string>): Profile => ({
    ...of,
    timecodes: of.timecodes.map(entry => ({
      ...entry,
      to: entry.to.filter(bridge => !known.has(`${entry.name} ${bridge}`)),
    })),
  });
  const [gone, come] = [onlyNew(old, after), onlyNew(profile, before)];
  for (const bridge of new Set(gone.timecodes.flatMap(({ to }) => to))) silence(draft, gone, bridge, at);
  for (const bridge of come.timecodes.flatMap(({ to }) => to)) draft.afresh.add(bridge);
}
