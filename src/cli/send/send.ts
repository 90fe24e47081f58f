/** `decklight send`: the line check before a show. One cue, sent by hand; only the bridges that it needs are opened. */
import type { Ms } from '../../core/clock.ts';
import { EMPTY_SHOW } from '../../core/deck/decks.ts';
import type { Profile } from '../../core/profile.ts';
import { scopeOf } from '../../core/rules/fact-values.ts';
import type { Action } from '../../core/rules/rule.ts';
import { fill } from '../../core/rules/template.ts';
import { readProfile } from '../../files/profile-file.ts';
import { liveClock } from '../../live/live-clock.ts';
import { liveNetwork } from '../../live/live-network.ts';
import { didYouMean } from '../../text/did-you-mean.ts';
import type { ProfileContext } from '../command-line/profile-context.ts';
import { terminalBeside } from '../command-line/terminal-beside.ts';
import { proofOf, reach } from '../doctor/hosts.ts';
import { hostNeedsOf } from '../doctor/needs.ts';
import type { Terminal, Terminals } from '../terminal/terminal.ts';
import { openLines, type TestedLine, waitFor, whyNotThere } from './open-lines.ts';

/** Notes that end by themselves are waited for, and what the network refuses; but not for longer. */
const LINGERS_MS: Ms = 500;

export interface SendOptions {
  /** A name under `cues:`. */
  readonly cue: string;
  /** One JSON object in place of lines. */
  readonly json: boolean;
}

/** A message of the cue, as it is told. */
interface ToldMessage {
  readonly bridge: string;
  readonly message: string | null;
  readonly sent: boolean;
  /** null: nothing was in the way. */
  readonly why: string | null;
}

/**
 * Sends a cue now, and looks whether those whom it goes to are there.
 *
 * @returns the exit code: 0 sent, 1 not all of it, or it was refused, 2 the profile or the name is wrong, 3 a bridge or a receiver is
 *          not there
 */
export async function sendCommand(
  file: string,
  { cue, json }: SendOptions,
  context: ProfileContext & Terminals,
): Promise<number> {
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
  const told = actions.map((action): ToldMessage => sendOne(action, lines, clock.now()));
  const absent = new Set(told.flatMap(({ why, bridge }) => (why === NOT_TAKEN ? [bridge] : [])));
  const [ways] = await Promise.all([waysTo({ ...profile, bridges: entries }), waitFor(clock, LINGERS_MS)]);
  // What was handed to the system may still come back as refused.
  const isRefused = lines.some((line, i) => line.complaints() !== before[i]);
  const notThere = lines.filter(({ entry }) => absent.has(entry.name)).map(whyNotThere);
  await Promise.all(lines.map(({ bridge }) => bridge.close()));
  const isDone = told.every(({ sent }) => sent) && !isRefused;
  const code = absent.size > 0 || ways.some(({ isThere }) => isThere === false) ? 3 : isDone ? 0 : 1;
  if (json)
    out.line(JSON.stringify({ cue, messages: told, receivers: ways, notThere, refused: isRefused, exitCode: code }));
  else sayAll(told, notThere, ways, out);
  return code;
}

const NOT_TAKEN = 'its bridge did not take it';

function sendOne({ bridge: name, message, roots }: Action, lines: readonly TestedLine[], at: Ms): ToldMessage {
  const line = lines.find(({ entry }) => entry.name === name);
  const filling = fill(message, scopeOf(EMPTY_SHOW, { deck: null }, roots, at));
  if (!filling.ok) {
    return { bridge: name, message: null, sent: false, why: `${filling.unknown} is only known in a show` };
  }
  const sent = line?.bridge.send(filling.value, at) === true;
  return { bridge: name, message: line?.kind.describe(filling.value) ?? null, sent, why: sent ? null : NOT_TAKEN };
}

/** Machine that a bridge sends to, and whether it is there. */
interface ToldWay {
  readonly bridge: string;
  readonly host: string;
  readonly address: string | null;
  /** null: that is not proven. */
  readonly isThere: boolean | null;
  readonly text: string;
}

/** Those of the receivers of which something can be said. */
async function waysTo(profile: Profile): Promise<readonly ToldWay[]> {
  const interfaces = liveNetwork().interfaces();
  const ways = hostNeedsOf(profile).map(async (need): Promise<readonly ToldWay[]> => {
    if (need.kind !== 'host') return [];
    const way = await reach(need.host, interfaces);
    const proof = proofOf(way, interfaces);
    return proof === null ? [] : [{ bridge: need.bridge, host: need.host, address: way.address, ...proof }];
  });
  return (await Promise.all(ways)).flat();
}

function sayAll(
  told: readonly ToldMessage[],
  notThere: readonly string[],
  ways: readonly ToldWay[],
  out: Terminal,
): void {
  for (const { bridge, message, sent, why } of told) {
    out.line(`${bridge}  ${sent ? message : message === null ? `not sent: ${why}` : `not sent: ${message}`}`);
  }
  for (const text of notThere) out.error(text);
  for (const { bridge, isThere, text } of ways) {
    if (isThere === false) out.error(`${bridge}: ${text}`);
    else out.line(`${bridge}  ${text}`);
  }
}
