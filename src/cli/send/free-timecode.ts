/** `decklight timecode`: the line check for timecode, which runs by itself, from no deck, and says so. */
import type { Clock, Ms } from '../../core/clock.ts';
import type { Profile } from '../../core/profile.ts';
import { ANCHOR_AHEAD_MS, anchoredAt, type TimecodeAnchor } from '../../core/timecode/stream-anchor.ts';
import {
  countOf,
  FRAME_RATES,
  type FrameRate,
  framesPerMs,
  labelOf,
  labelText,
  readLabel,
} from '../../core/timecode/timecode.ts';
import { readProfile } from '../../files/profile-file.ts';
import { liveClock } from '../../live/live-clock.ts';
import { didYouMean } from '../../text/did-you-mean.ts';
import type { ProfileContext } from '../command-line/profile-context.ts';
import { terminalBeside } from '../command-line/terminal-beside.ts';
import type { Terminal, Terminals } from '../terminal/terminal.ts';
import { openLines, type TestedLine, waitFor, whyNotThere } from './open-lines.ts';

const TELLS_EVERY_MS: Ms = 1000;

export interface TimecodeOptions {
  readonly profile: string;
  /** The bridge. */
  readonly to: string;
  /** null: that of the profile's timecode which goes there, else 30. */
  readonly rate: string | null;
  /** null: until stopped. */
  readonly forMs: Ms | null;
}

/** @returns the exit code: 0 done, 2 the profile, a name or the label is wrong, 3 the bridge is not there */
export async function timecodeCommand(
  start: string,
  options: TimecodeOptions,
  context: ProfileContext & Terminals,
  stopped: AbortSignal,
): Promise<number> {
  const { bridges, library, aside } = context;
  const { profile, lines: problems } = readProfile(options.profile, bridges, library);
  for (const line of problems) aside.error(line);
  if (profile === null) return 2;
  const beginning = beginningOf(start, options, { profile, bridges });
  if (!beginning.ok) {
    aside.error(beginning.text);
    return 2;
  }
  const entries = profile.bridges.filter(({ name }) => name === options.to);
  const out = terminalBeside(entries, bridges, context);
  const clock = liveClock();
  const [line] = await openLines(entries, { bridges, clock, out });
  if (line === undefined || line.bridge.status().state !== 'ready') {
    if (line !== undefined) out.error(whyNotThere(line));
    await line?.bridge.close();
    return 3;
  }
  await runFree(line, { ...beginning, forMs: options.forMs, clock, out, stopped });
  return 0;
}

type Beginning =
  | { readonly ok: true; readonly rate: FrameRate; readonly place: number }
  | { readonly ok: false; readonly text: string };

/** Rate and place of the first frame, or what is wrong with what was asked for. */
function beginningOf(
  start: string,
  { profile: file, to, rate: rateName }: TimecodeOptions,
  { profile, bridges }: { readonly profile: Profile } & Pick<ProfileContext, 'bridges'>,
): Beginning {
  const refuse = (text: string): Beginning => ({ ok: false, text });
  const takers = profile.bridges.filter(({ type }) => bridges.some(each => each.type === type && each.takesTimecode));
  if (!takers.some(({ name }) => name === to)) {
    const names = takers.map(({ name }) => name);
    const known = names.join(', ') || 'none (a midi or an ltc bridge does)';
    return refuse(
      `${file} has no bridge called "${to}" that takes timecode; those that do: ${known}${didYouMean(to, names)}`,
    );
  }
  const own = profile.timecodes.find(entry => entry.to.includes(to))?.rate;
  const rate = rateName === null ? (own ?? FRAME_RATES.at(-1)) : FRAME_RATES.find(({ name }) => name === rateName);
  if (rate === undefined) {
    return refuse(`"${rateName}" is no frame rate; one of: ${FRAME_RATES.map(({ name }) => name).join(', ')}`);
  }
  const label = readLabel(start);
  const place = label === null ? null : countOf(rate, label);
  if (place === null) return refuse(`"${start}" is no timecode at ${rate.name} frames a second; expected 01:00:00:00`);
  return { ok: true, rate, place };
}

interface FreeRun {
  readonly rate: FrameRate;
  readonly place: number;
  readonly forMs: Ms | null;
  readonly clock: Clock;
  readonly out: Terminal;
  readonly stopped: AbortSignal;
}

/** Runs timecode on a line until the time is over or it is stopped, and then lets go of the line. */
async function runFree({ entry, bridge }: TestedLine, run: FreeRun): Promise<void> {
  const { rate, place, forMs, clock, out, stopped } = run;
  const from = clock.now() + ANCHOR_AHEAD_MS;
  const anchor: TimecodeAnchor = { from, place, speed: framesPerMs(rate), join: 'locate', since: place, rate };
  const endAt = forMs === null ? Infinity : from + forMs;
  const text = (at: Ms): string => labelText(rate, labelOf(rate, anchoredAt(anchor, at)));
  out.line(
    `FREE-RUNNING timecode, from no deck: ${text(from)} at ${rate.name} frames a second to ${entry.name}; Ctrl-C stops it`,
  );
  bridge.timecode(anchor);
  const stop = new Promise<void>(done => stopped.addEventListener('abort', () => done(), { once: true }));
  while (!stopped.aborted && clock.now() < endAt) {
    await Promise.race([waitFor(clock, Math.min(TELLS_EVERY_MS, endAt - clock.now())), stop]);
    out.line(`free-running  ${text(clock.now())}  ${bridge.status().text}`);
  }
  const endsAt = clock.now() + ANCHOR_AHEAD_MS;
  const endPlace = anchoredAt(anchor, endsAt);
  bridge.timecode({ ...anchor, from: endsAt, place: endPlace, since: endPlace, speed: 0 });
  await waitFor(clock, 5 * ANCHOR_AHEAD_MS);
  await bridge.close();
}
