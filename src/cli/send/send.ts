/** The line check before a show: a cue, or a run of timecode, sent by hand. Only the bridges that it needs are opened. */

import type { Bridge, BridgeHost, OpenBridge } from '../../bridge.ts';
import type { Clock, Ms } from '../../core/clock.ts';
import { EMPTY_SHOW } from '../../core/deck/decks.ts';
import type { BridgeEntry, Profile } from '../../core/profile.ts';
import { scopeOf } from '../../core/rules/fact-values.ts';
import { fill } from '../../core/rules/template.ts';
import { ANCHOR_AHEAD_MS, anchoredAt, type TimecodeAnchor } from '../../core/timecode/stream-anchor.ts';
import { countOf, FRAME_RATES, framesPerMs, labelOf, labelText, readLabel } from '../../core/timecode/timecode.ts';
import type { MediaLibrary } from '../../core/track/media-library.ts';
import { readProfile } from '../../files/profile-file.ts';
import { liveClock } from '../../live/live-clock.ts';
import { liveNetwork } from '../../live/live-network.ts';
import { didYouMean } from '../../text/did-you-mean.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** How long to wait for what is to be sent to. */
const READY_WITHIN_MS: Ms = 3000;
const LOOK_EVERY_MS: Ms = 20;
/** Notes that end by themselves are waited for, and what the network refuses; but not for longer. */
const LINGERS_MS: Ms = 500;
const TELLS_EVERY_MS: Ms = 1000;

const wait = (clock: Clock, ms: Ms): Promise<void> => new Promise(done => clock.at(clock.now() + ms, done));

interface Line {
  readonly entry: BridgeEntry;
  readonly kind: Bridge;
  readonly bridge: OpenBridge;
  /** How often it has complained so far; each time it was said. */
  complaints(): number;
}

/** Opens some bridges of a profile and gives them time to be ready. */
async function openLines(
  profile: Profile,
  names: ReadonlySet<string>,
  bridges: readonly Bridge[],
  clock: Clock,
  out: Terminal,
): Promise<readonly Line[]> {
  const network = liveNetwork(clock);
  const lines = profile.bridges
    .filter(({ name }) => names.has(name))
    .flatMap((entry): Line[] => {
      const kind = bridges.find(({ type }) => type === entry.type);
      const unixMs = (at: Ms): number => Date.now() + (at - clock.now());
      let complaints = 0;
      const complain = (_: unknown, text: string): void => {
        complaints++;
        out.error(text);
      };
      const host: BridgeHost = {
        clock,
        network,
        log: { info() {}, warn: complain, error: complain },
        unixMs,
        emit() {},
        hears: false,
        needs: { phrases: true, beats: true, positions: false, phrasesKnownBy: null },
        ready() {},
      };
      if (kind === undefined) return [];
      return [{ entry, kind, bridge: kind.open(entry.name, entry.options, host), complaints: () => complaints }];
    });
  const isReady = ({ bridge }: Line): boolean => bridge.status().state === 'ready';
  for (let waited = 0; waited < READY_WITHIN_MS && !lines.every(isReady); waited += LOOK_EVERY_MS) {
    await wait(clock, LOOK_EVERY_MS);
  }
  return lines;
}

/** A bridge that did not take what it was given says why in its status. */
const whyNot = ({ entry, bridge }: Line): string => `${entry.name} is not there: ${bridge.status().text}`;

/**
 * `decklight send`: one cue, now.
 *
 * @returns the exit code: 0 sent, 1 not all of it, or it was refused, 2 the profile or the name is wrong, 3 a bridge is not there
 */
export async function sendCommand(
  file: string,
  cue: string,
  out: Terminal,
  bridges: readonly Bridge[],
  library: MediaLibrary,
): Promise<number> {
  const { profile, lines: problems } = readProfile(file, bridges, library);
  for (const line of problems) out.error(line);
  if (profile === null) return 2;
  const actions = profile.cues.get(cue);
  if (actions === undefined) {
    const names = [...profile.cues.keys()];
    out.error(
      `${file} has no cue called "${cue}"; its cues: ${names.join(', ') || 'it has none'}${didYouMean(cue, names)}`,
    );
    return 2;
  }
  const clock = liveClock();
  const lines = await openLines(profile, new Set(actions.map(({ bridge }) => bridge)), bridges, clock, out);
  const before = lines.map(line => line.complaints());
  let unsent = 0;
  const absent = new Set<Line>();
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
  for (const line of absent) out.error(whyNot(line));
  await wait(clock, LINGERS_MS);
  // What was handed to the system may still come back as refused.
  const isRefused = lines.some((line, i) => line.complaints() !== before[i]);
  await Promise.all(lines.map(({ bridge }) => bridge.close()));
  if (absent.size > 0) return 3;
  return unsent === 0 && !isRefused ? 0 : 1;
}

export interface TimecodeOptions {
  readonly profile: string;
  /** The bridge. */
  readonly to: string;
  /** null: that of the profile's timecode which goes there, else 30. */
  readonly rate: string | null;
  /** null: until stopped. */
  readonly forMs: Ms | null;
}

/**
 * `decklight timecode`: timecode that runs by itself, from no deck, and says so.
 *
 * @returns the exit code: 0 done, 2 the profile, a name or the label is wrong, 3 the bridge is not there
 */
export async function timecodeCommand(
  start: string,
  { profile: file, to, rate: rateName, forMs }: TimecodeOptions,
  out: Terminal,
  bridges: readonly Bridge[],
  library: MediaLibrary,
  stopped: AbortSignal,
): Promise<number> {
  const { profile, lines: problems } = readProfile(file, bridges, library);
  for (const line of problems) out.error(line);
  if (profile === null) return 2;
  const takers = profile.bridges.filter(({ type }) => bridges.some(each => each.type === type && each.takesTimecode));
  if (!takers.some(({ name }) => name === to)) {
    const names = takers.map(({ name }) => name);
    out.error(
      `${file} has no bridge called "${to}" that takes timecode; those that do: ${names.join(', ') || 'none (a midi or an ltc bridge does)'}${didYouMean(to, names)}`,
    );
    return 2;
  }
  const own = profile.timecodes.find(entry => entry.to.includes(to))?.rate;
  const rate = rateName === null ? (own ?? FRAME_RATES.at(-1)) : FRAME_RATES.find(({ name }) => name === rateName);
  if (rate === undefined) {
    out.error(`"${rateName}" is no frame rate; one of: ${FRAME_RATES.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  const label = readLabel(start);
  const place = label === null ? null : countOf(rate, label);
  if (place === null) {
    out.error(`"${start}" is no timecode at ${rate.name} frames a second; expected 01:00:00:00`);
    return 2;
  }
  const clock = liveClock();
  const lines = await openLines(profile, new Set([to]), bridges, clock, out);
  const [line] = lines;
  if (line === undefined || line.bridge.status().state !== 'ready') {
    if (line !== undefined) out.error(whyNot(line));
    await line?.bridge.close();
    return 3;
  }
  const from = clock.now() + ANCHOR_AHEAD_MS;
  const anchor: TimecodeAnchor = { from, place, speed: framesPerMs(rate), join: 'locate', since: place, rate };
  const endAt = forMs === null ? Infinity : from + forMs;
  const text = (at: Ms): string => labelText(rate, labelOf(rate, anchoredAt(anchor, at)));
  out.line(
    `FREE-RUNNING timecode, from no deck: ${text(from)} at ${rate.name} frames a second to ${to}; Ctrl-C stops it`,
  );
  line.bridge.timecode(anchor);
  const stop = new Promise<void>(done => stopped.addEventListener('abort', () => done(), { once: true }));
  while (!stopped.aborted && clock.now() < endAt) {
    await Promise.race([wait(clock, Math.min(TELLS_EVERY_MS, endAt - clock.now())), stop]);
    out.line(`free-running  ${text(clock.now())}  ${line.bridge.status().text}`);
  }
  const endsAt = clock.now() + ANCHOR_AHEAD_MS;
  const endPlace = anchoredAt(anchor, endsAt);
  line.bridge.timecode({ ...anchor, from: endsAt, place: endPlace, since: endPlace, speed: 0 });
  await wait(clock, 5 * ANCHOR_AHEAD_MS);
  await line.bridge.close();
  return 0;
}
