/** The middle of a run, from its first screen to what ends it. */

import type { Cancel, Clock, Ms } from '../../core/clock.ts';
import { KEYS } from '../../core/engine/operator-actions.ts';
import type { OperatorAction } from '../../core/operator-action.ts';
import type { LineFile } from '../../files/line-file.ts';
import { checkProfile } from '../../files/profile-file.ts';
import type { OpenShow } from '../../live/open-show.ts';
import type { Recorder } from '../../recording/recorder.ts';
import { claimsStandardOutput } from '../command-line/terminal-beside.ts';
import { listenToKeys } from '../terminal/keys.ts';
import type { Screen } from '../terminal/screens.ts';
import { bridgeLine, NO_COLOURS } from '../terminal/status-text.ts';
import { every10Ms, positionLines, timecodeLines, truthLines } from '../terminal/trace.ts';
import type { HeldLog } from './held-log.ts';
import { watchProfile } from './profile-watch.ts';
import type { RunNotices } from './run-notices.ts';
import type { RunSetup } from './run-setup.ts';

/** Time that `--require` gives to what the profile names. */
const REQUIRE_WITHIN_MS: Ms = 10_000;

/** Parts of a run that are open while it lasts. */
export interface RunParts {
  readonly show: OpenShow;
  readonly screen: Screen;
  readonly notices: RunNotices;
  readonly held: HeldLog;
  /** null: no trace is wanted. */
  readonly trace: LineFile | null;
  /** null: nothing is recorded. */
  readonly recorder: Recorder | null;
}

/**
 * Draws the screen, applies the profile as it is saved, writes the trace and hears the keys, until the run ends.
 *
 * @returns the exit code: 0 stopped, or its time is over; 3 something required is not there
 */
export async function runLoop(setup: RunSetup, parts: RunParts, stopped: AbortSignal): Promise<number> {
  const { clock, options, out } = setup;
  const { show, screen, held, trace } = parts;
  const ticking = repeat(clock, screen.everyMs, at => screen.tick(show, at));
  // What is simulated and that nothing leaves is said before all else.
  held.showOn(screen.logged);
  const cancels = [ticking, applySaved(setup, parts)];
  if (trace !== null) cancels.push(every10Ms(clock, at => traceAll(trace, setup, show, at)));
  if (out.isTerminal && !options.json && process.stdin.isTTY) cancels.push(hearKeys(setup, parts));
  const { code, cancel } = await ended(setup, show, stopped);
  for (const each of [...cancels, cancel]) each();
  return code;
}

function repeat(clock: Clock, everyMs: Ms, run: (at: Ms) => void): Cancel {
  let cancel: Cancel = () => {};
  const next = (): void => {
    run(clock.now());
    cancel = clock.at(clock.now() + everyMs, next);
  };
  next();
  return () => cancel();
}

/** Applies the profile whenever it is saved; one that is broken is told, and the last good one runs on. */
function applySaved(setup: RunSetup, { show, notices, recorder }: RunParts): Cancel {
  const { file, bridges, library, clock, log } = setup;
  function apply(source: string): void {
    const at = clock.now();
    const { profile, lines } = checkProfile(source, file, bridges, library);
    for (const line of lines) log.of('profile').warn({}, line);
    if (profile === null) {
      const [first = ''] = lines[0]?.split('\n') ?? [];
      notices.setBroken(`${first}; the last good profile runs on`);
      return;
    }
    if (claimsStandardOutput(profile.bridges, bridges) && !claimsStandardOutput(setup.profile.bridges, bridges)) {
      const text =
        'as it is saved now a bridge wants standard output, where this status is; start anew for it: the last good one runs on';
      log.of('profile').warn({}, text);
      return notices.setBroken(text);
    }
    notices.setBroken(null);
    recorder?.profile(file, source, profile.allocated, at);
    show.reload(profile, at);
    log.of('profile').info({}, `${file}: applied`);
  }
  return watchProfile(file, setup.source, {
    saved: apply,
    lost(reason) {
      const broken = `${file}: ${reason}; the last good profile runs on`;
      notices.setBroken(broken);
      log.of('profile').warn({}, broken);
    },
  });
}

function traceAll(trace: LineFile, { simulations }: RunSetup, { engine }: OpenShow, at: Ms): void {
  const state = engine.state();
  trace.write(positionLines(state.show, at));
  trace.write(timecodeLines(engine.program().profile.timecodes, state, at));
  for (const simulation of simulations.values()) trace.write(truthLines(simulation.truth(at), at));
}

function hearKeys({ clock, simulations }: RunSetup, { show, screen }: RunParts): Cancel {
  const hands = [...simulations.values()].flatMap(({ keys }) => keys ?? []);
  return listenToKeys(
    process.stdin,
    (act: OperatorAction): void => {
      const at = clock.now();
      show.engine.emit(KEYS, { kind: 'operator.act', act }, { notBefore: at, at });
      screen.tick(show, clock.now());
    },
    key => void hands.some(each => each.press(key)),
  );
}

interface End {
  readonly code: number;
  /** Forgets the other ends that were waited for. */
  readonly cancel: Cancel;
}

/** Waits for the first of: it is stopped, its time is over, something required is not there. */
async function ended({ clock, startedAt, options, out }: RunSetup, show: OpenShow, stopped: AbortSignal): Promise<End> {
  const cancels: Cancel[] = [];
  const code = await new Promise<number>(done => {
    stopped.addEventListener('abort', () => done(0), { once: true });
    if (stopped.aborted) done(0);
    if (options.forMs !== null) cancels.push(clock.at(startedAt + options.forMs, () => done(0)));
    if (!options.require) return;
    cancels.push(
      clock.at(startedAt + REQUIRE_WITHIN_MS, () => {
        const missing = show.status().filter(({ state }) => state !== 'ready');
        for (const bridge of missing) out.error(`required and not there: ${bridgeLine(bridge, NO_COLOURS)}`);
        if (missing.length > 0) done(3);
      }),
    );
  });
  const cancel = (): void => {
    for (const each of cancels) each();
  };
  return { code, cancel };
}
