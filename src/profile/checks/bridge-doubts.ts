/** Doubts of bridges about a profile: allowed, and yet it comes out otherwise at the receiver. */
import type { Bridge, BridgeUse } from '../../bridge.ts';
import type { BridgeEntry } from '../../core/profile.ts';
import { type Issue, issue, type Path } from '../schema/issues.ts';
import type { CheckedProfile } from '../schema/profile-schema.ts';
import { writtenMessages } from './written-messages.ts';

export function bridgeDoubts(profile: CheckedProfile, kinds: readonly Bridge[]): readonly Issue[] {
  const entries = new Map(profile.bridges.map(entry => [entry.name, entry]));
  const about = (name: string, use: BridgeUse, at: Path): readonly Issue[] =>
    doubtsOf(entries.get(name), use, kinds).map(({ path, message }) => issue(message, { path: [...at, ...path] }));
  const withTimecode = new Set([...profile.timecodes.values()].flatMap(({ to }) => to));
  return [
    ...profile.bridges.flatMap(({ name }) => about(name, { kind: 'entry' }, ['bridges', name])),
    ...[...withTimecode].flatMap(name => about(name, { kind: 'timecode' }, ['bridges', name])),
    ...profile.feeds.flatMap(({ bridge }) => about(bridge, { kind: 'feed' }, ['feed', bridge])),
    ...writtenMessages(profile).flatMap(({ bridge, message, path }) =>
      about(bridge, { kind: 'message', message }, path),
    ),
  ];
}

function doubtsOf(entry: BridgeEntry | undefined, use: BridgeUse, kinds: readonly Bridge[]) {
  if (entry === undefined) return [];
  return kinds.find(({ type }) => type === entry.type)?.doubts(entry.options, use) ?? [];
}
