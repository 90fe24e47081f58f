/** `decklight send`: the line check before a show. One cue, sent by hand; only the bridges that it needs are opened. */
import type { Ms } from '../../core/clock.ts';
import { EMPTY_SHOW } from '../../core/deck/decks.ts';
import { scopeOf } from '../../core/rules/fact-values.ts';
import { fill } from '../../core/rules/template.ts';
import { readProfile } from '../../files/profile-file.ts';
import { liveClock } from '../../live/live-clock.ts';
import { didYouMean } from '../../text/did-you-mean.ts';
import type { ProfileContext } from '../command-line/profile-context.ts';
import { terminalBeside } from '../command-line/terminal-beside.ts';
import type { Terminals } from '../terminal/terminal.ts';
import { openLines, type TestedLine, waitFor, whyNotThere } from './open-lines.ts';

/** Notes that end by themselves are waited for, and what the network refuses; but not for longer. */
const LINGERS_MS: Ms = 500;

/**
 * Sends a cue now.
 *
 * @returns the exit code: 0 sent, 1 not all of it, or it was refused, 2 the profile or the name is wrong, 3 a bridge is not there
 */
export async function sendCommand(file: string, cue: string, context: ProfileContext & Terminals): Promise<number> {
  const { bridges, library, aside } = context;
  const { profile, lines: problems } = readProfile(file, bridges, library);
  for (const line of problems) aside.error(line);
  if (profile === null) return 2;
  const actions = profile.cues.get(cue);
  if (actions === undefined) {
    const names = [...profile.cues.keys()];
    aside.error(
      `${file} has no cue called "${cue}"; its cues: ${names.join(', ') || 'it has none'}${didYouMean(cue, names)}`,
    );
    return 2;
  }
  const clock = liveClock();
  const names = new Set(actions.map(({ bridge }) => bridge));
  const entries = profile.bridges.filter(({ name }) => names.has(name));
  const out = terminalBeside(entries, bridges, context);
  const lines = await openLines(entries, { bridges, clock, out });
  const before = lines.map(line => line.complaints());
  let unsent = 0;
  const absent = new Set<TestedLine>();
  for (const { bridge: name, message, roots } of actions) {
    const line = lines.find(({ entry }) => entry.name === name);
    const at = clock.now();
    const filling = fill(message, scopeOf(EMPTY_SHOW, { deck: null }, roots, at));
    const hasLeft = filling.ok && line?.bridge.send(filling.value, at) === true;
    if (!hasLeft) unsent++;
    if (filling.ok && !hasLeft && line !== undefined) absent.add(line);
    const text = filling.ok
      ? line?.kind.describe(filling.value)
      : `not sent: ${filling.unknown} is only known in a show`;
    out.line(`${name}  ${hasLeft || !filling.ok ? '' : 'not sent: '}${text}`);
  }
  for (const line of absent) out.error(whyNotThere(line));
  await waitFor(clock, LINGERS_MS);
  // What was handed to the system may still come back as refused.
  const isRefused = lines.some((line, i) => line.complaints() !== before[i]);
  await Promise.all(lines.map(({ bridge }) => bridge.close()));
  if (absent.size > 0) return 3;
  return unsent === 0 && !isRefused ? 0 : 1;
}
