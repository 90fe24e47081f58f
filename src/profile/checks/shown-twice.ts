/** Lamps and fields of a screen that `leds:` or `screen:` shows and a message writes too: whoever writes last wins, until the other changes. */
import type { SurfaceEntry } from '../../core/surfaces/surface-entry.ts';
import { type Issue, issue } from '../schema/issues.ts';
import type { CheckedProfile } from '../schema/profile-schema.ts';
import { writtenMessages } from './written-messages.ts';

export function shownTwice(profile: CheckedProfile): readonly Issue[] {
  const shown = new Map(profile.surfaces.map(surface => [surface.bridge, namesShown(surface)]));
  const said = new Set<string>();
  return writtenMessages(profile).flatMap(({ bridge, message, path }) => {
    const names = shown.get(bridge);
    if (names === undefined || typeof message !== 'object' || message === null) return [];
    return Object.entries(message).flatMap(([name, value]) => {
      const section = value === undefined ? undefined : names.get(bare(name));
      // Once for each name: a profile may have many cues that write it.
      if (section === undefined || said.has(`${bridge} ${name}`)) return [];
      said.add(`${bridge} ${name}`);
      const text = `${name} of ${bridge} is shown by ${section}: as well: what this writes stands until that changes; leave one of them out`;
      return [issue(text, { path: [...path, name], at: 'key' })];
    });
  });
}

/** A lamp may leave off its `-led`. */
const bare = (name: string): string => name.replace(/-led$/, '');

function namesShown({ lamps, screen }: SurfaceEntry): ReadonlyMap<string, string> {
  const ofScreen = screen === null ? [] : [...screen.fields.keys(), ...(screen.rows === null ? [] : ['rows'])];
  return new Map([
    ...ofScreen.map((name): [string, string] => [bare(name), 'screen']),
    ...(screen?.time == null ? [] : [['elapsed-time', 'screen'] as const]),
    ...[...lamps.keys()].map((name): [string, string] => [bare(name), 'leds']),
  ]);
}
