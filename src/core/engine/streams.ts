/**
 * Streams on their way out: each generator goes on, and its outputs are told, but for those that are muted by name. Pure.
 *
 * What an output is told is moved by its latency here, once for all of them: the profile's and what a hand has added.
 */

import type { Ms } from '../clock.ts';
import type { OperatorState } from '../operator-state.ts';
import type { Profile } from '../profile.ts';
import { type Generator, NO_GENERATOR, type StreamUnits, stepGenerator } from '../timecode/generator.ts';
import { ANCHOR_AHEAD_MS, anchoredAt, type StreamAnchor } from '../timecode/stream-anchor.ts';
import { isLabelOffset, isLatency } from '../timecode/stream-bounds.ts';
import type { ClockEntry, StreamEntry, TimecodeEntry } from '../timecode/stream-entry.ts';
import { MIDI_CLOCK_UNITS, TIMECODE_UNITS } from '../timecode/stream-units.ts';
import type { EngineDraft } from './engine-state.ts';
import type { Intent } from './intents.ts';

/** Every generator, as far as something has changed for it. */
export function stepStreams(draft: EngineDraft): void {
  const { profile } = draft.program;
  if (profile.timecodes.length > 0 || draft.state.timecodes.size > 0) {
    const timecodes = goOnWith(draft, TIMECODES, profile.timecodes, draft.state.timecodes);
    draft.state = { ...draft.state, timecodes };
  }
  if (profile.clocks.length > 0 || draft.state.clocks.size > 0) {
    const clocks = goOnWith(draft, CLOCKS, profile.clocks, draft.state.clocks);
    draft.state = { ...draft.state, clocks };
  }
}

/** A kind of stream. */
interface Kind<E extends StreamEntry> {
  readonly units: StreamUnits<E>;
  /** An anchor of it, as an output is told of it. */
  say(entry: E, bridge: string, anchor: StreamAnchor): Intent;
  /** Places that a hand has added. */
  nudgeOf(hands: OperatorState, entry: E): number;
}

const TIMECODES: Kind<TimecodeEntry> = {
  units: TIMECODE_UNITS,
  say: ({ name, rate }, bridge, anchor) => ({ kind: 'run', bridge, timecode: name, anchor: { ...anchor, rate } }),
  nudgeOf({ nudges }, { name, rate, offsetFrames }) {
    const frames = nudges.get(name) ?? 0;
    // Another profile, or a state file, may have come since the number was checked.
    return isLabelOffset(rate, offsetFrames + frames) ? frames : 0;
  },
};

const CLOCKS: Kind<ClockEntry> = {
  units: MIDI_CLOCK_UNITS,
  say: ({ name }, bridge, anchor) => ({ kind: 'tick', bridge, clock: name, anchor }),
  nudgeOf: () => 0,
};

function goOnWith<E extends StreamEntry>(
  draft: EngineDraft,
  kind: Kind<E>,
  entries: readonly E[],
  states: ReadonlyMap<string, Generator>,
): ReadonlyMap<string, Generator> {
  const { at } = draft;
  const generators = new Map<string, Generator>();
  const { show, hands } = draft.state;
  const { pinned } = hands;
  for (const entry of entries) {
    const nudge = kind.nudgeOf(hands, entry);
    const before = states.get(entry.name) ?? NO_GENERATOR;
    const latencyMs = (bridge: string): Ms => latencyOf(draft, bridge);
    const aheadMs = (): Ms => Math.max(0, ...entry.to.map(latencyMs));
    const { generator, anchor } = stepGenerator({ units: kind.units, entry, nudge, aheadMs, pinned }, before, show, at);
    generators.set(entry.name, generator);
    for (const bridge of entry.to) {
      const told = draft.bridgesToResync.has(bridge)
        ? anew(generator.anchor, at)
        : draft.latencyChanged.has(bridge)
          ? (moved(generator.anchor, at) ?? anchor)
          : anchor;
      if (told !== null && !hands.muted.has(bridge)) {
        draft.intents.push(kind.say(entry, bridge, earlier(told, latencyMs(bridge))));
      }
    }
  }
  return generators;
}

/** How much earlier an output's streams leave: what the profile says, and what a hand has added. */
function latencyOf({ state: { hands }, program: { profile } }: EngineDraft, bridge: string): Ms {
  const ownMs = profile.bridges.find(({ name }) => name === bridge)?.latencyMs ?? 0;
  const sumMs = ownMs + (hands.latencies.get(bridge) ?? 0);
  // Another profile, or a state file, may have come since the number was checked.
  return isLatency(sumMs) ? sumMs : ownMs;
}

const earlier = (anchor: StreamAnchor, latencyMs: Ms): StreamAnchor => ({ ...anchor, from: anchor.from - latencyMs });

const silentFrom = (anchor: StreamAnchor, at: Ms): StreamAnchor => ({
  ...anchor,
  from: at + ANCHOR_AHEAD_MS,
  speed: 0,
  join: 'silence',
});

/** The anchor as it is from now on, joined to what was told before as said. */
function rejoined(anchor: StreamAnchor, join: StreamAnchor['join'], at: Ms): StreamAnchor {
  const from = at + ANCHOR_AHEAD_MS;
  const place = anchoredAt(anchor, from);
  return { ...anchor, from, place, since: place, join };
}

/** The anchor as for somebody who has not heard of it yet. */
const anew = (anchor: StreamAnchor | null, at: Ms): StreamAnchor | null =>
  anchor === null ? null : rejoined(anchor, anchor.join === 'silence' ? 'silence' : 'locate', at);

/** The anchor for an output whose latency is another from now on; one that stands stays where it is. */
const moved = (anchor: StreamAnchor | null, at: Ms): StreamAnchor | null =>
  anchor === null || anchor.speed === 0 ? null : rejoined(anchor, 'jump', at);

/** The anchor of a stream that goes somewhere no longer: it ends as if its deck had stopped. */
const stopped = (anchor: StreamAnchor, at: Ms): StreamAnchor =>
  anchor.join === 'silence' || anchor.speed === 0
    ? silentFrom(anchor, at)
    : { ...rejoined(anchor, 'locate', at), speed: 0 };

/** An output falls silent: it has been muted by name. */
export const silence = (draft: EngineDraft, profile: Profile, bridge: string): void =>
  sayLast(draft, profile, bridge, silentFrom);

/** The last word of each stream to an output, as far as it has said anything. */
function sayLast(
  { state, intents, at }: EngineDraft,
  profile: Profile,
  bridge: string,
  last: (anchor: StreamAnchor, at: Ms) => StreamAnchor,
): void {
  const say = <E extends StreamEntry>(kind: Kind<E>, entries: readonly E[], states: ReadonlyMap<string, Generator>) =>
    toBridge(entries, bridge).flatMap(entry => {
      const anchor = states.get(entry.name)?.anchor ?? null;
      return anchor === null ? [] : [kind.say(entry, bridge, last(anchor, at))];
    });
  intents.push(...say(TIMECODES, profile.timecodes, state.timecodes), ...say(CLOCKS, profile.clocks, state.clocks));
}

const toBridge = <E extends StreamEntry>(entries: readonly E[], bridge: string): readonly E[] =>
  entries.filter(({ to }) => to.includes(bridge));

/** After a reload: streams end at outputs that are no longer theirs, new ones are to be told where they are. */
export function reroute(draft: EngineDraft, old: Profile, profile: Profile): void {
  const gone = onlyNew(old, profile);
  for (const bridge of outputsOf(gone)) {
    if (draft.state.hands.muted.has(bridge)) silence(draft, gone, bridge);
    else sayLast(draft, gone, bridge, (anchor, at) => earlier(stopped(anchor, at), latencyOf(draft, bridge)));
  }
  for (const bridge of outputsOf(onlyNew(profile, old))) draft.bridgesToResync.add(bridge);
}

/** The streams of a profile with those outputs alone that another profile does not have. */
function onlyNew(profile: Profile, known: Profile): Profile {
  const only = <E extends StreamEntry>(entries: readonly E[], others: readonly StreamEntry[]): E[] =>
    entries.map(entry => {
      const other = others.find(({ name }) => name === entry.name);
      return { ...entry, to: entry.to.filter(bridge => other?.to.includes(bridge) !== true) };
    });
  return {
    ...profile,
    timecodes: only(profile.timecodes, known.timecodes),
    clocks: only(profile.clocks, known.clocks),
  };
}

const outputsOf = ({ timecodes, clocks }: Profile): ReadonlySet<string> =>
  new Set([...timecodes, ...clocks].flatMap(({ to }) => to));
