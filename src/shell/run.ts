/** `decklight run`: the show, live. */
import { readFileSync } from 'node:fs';
import type { Bridge, Simulation } from '../bridge.ts';
import type { Cancel, Clock, Ms } from '../core/clock.ts';
import type { Profile } from '../core/profile.ts';
import { type OpenShow, openShow } from '../open-show.ts';
import type { Wire } from '../wire.ts';
import { readProfile } from './check.ts';
import { liveClock } from './live-clock.ts';
import { liveWire } from './live-wire.ts';
import { openLog } from './log.ts';
import type { Out } from './out.ts';
import { packageFile } from './package-file.ts';
import { jsonScreen, plainScreen, terminalScreen } from './screen.ts';
import { bridgeLine, NO_COLOURS } from './status.ts';
import { every10Ms, openTrace, positionLines, sentTraceLine, type TraceFile, truthLines } from './trace.ts';
import { showTime } from './transcript.ts';

export interface RunOptions {
  /** The unit is a simulated one, within this program. */
  readonly simulate: boolean;
  /** What the simulated DJ plays; null: the demo set. */
  readonly set: string | null;
  readonly dryRun: boolean;
  readonly trace: string | null;
  /** How long to run; null: until stopped. */
  readonly forMs: Ms | null;
  readonly json: boolean;
  readonly require: boolean;
  readonly log: string | null;
}

/** How long `--require` waits for what the profile names. */
const REQUIRE_WITHIN_MS: Ms = 10_000;

/** @returns the exit code: 0 done, 2 the profile or the set is wrong, 3 something required is not there */
export async function runCommand(
  file: string,
  options: RunOptions,
  out: Out,
  bridges: readonly Bridge[],
  stopped: AbortSignal,
): Promise<number> {
  const { profile, lines } = readProfile(file, bridges);
  for (const line of lines) out.error(line);
  if (profile === null) return 2;
  const clock = liveClock();
  const wire = liveWire(clock);
  const startedAt = clock.now();

  let logged: Parameters<typeof openLog>[1] = () => {};
  const log = openLog(options.log, line => logged(line));
  const acted = (name: string, text: string): void => log.of(`simulated ${name}`).info({}, text);
  const simulations = options.simulate
    ? await simulate(profile, options.set, { clock, wire, bridges, out, acted })
    : new Map();
  if (simulations === null) return 2;

  const setup = { out, startedAt, banner: bannerOf(simulations, options.dryRun) };
  const screen = options.json ? jsonScreen(setup) : out.isTerminal ? terminalScreen(setup) : plainScreen(setup);
  logged = line => screen.logged(line);
  const trace = options.trace === null ? null : openTrace(options.trace, text => log.of('trace').error({}, text));

  const show: OpenShow = openShow({
    profile,
    bridges,
    clock,
    wire,
    log: name => log.of(name),
    unixMs: at => Date.now() + (at - clock.now()),
    isDryRun: options.dryRun,
    instead: simulations,
    watcher: {
      received() {},
      sent(departure) {
        const message = show.describe(departure.intent);
        screen.sent(departure, message);
        trace?.write([sentTraceLine(departure, message)]);
      },
      dropped: (dropped, at) => screen.dropped(dropped, at),
    },
  });
  const cancels = [repeat(clock, screen.everyMs, at => screen.tick(show, at))];
  if (trace !== null) cancels.push(every10Ms(clock, at => traceAll(trace, show, simulations, at)));

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
  for (const cancel of cancels) cancel();
  await show.close();
  await Promise.all([...simulations.values()].map(simulation => simulation.close()));
  await trace?.close();
  log.flush();
  out.error(`stopped after ${showTime(clock.now() - startedAt)}`);
  return code;
}

interface SimulationNeeds {
  readonly clock: Clock;
  readonly wire: Wire;
  readonly bridges: readonly Bridge[];
  readonly out: Out;
  readonly acted: (bridge: string, text: string) => void;
}

/** Puts a simulated device in place of every real one that can be simulated; null: it could not, and that was said. */
async function simulate(
  profile: Profile,
  setFile: string | null,
  { clock, wire, bridges, out, acted }: SimulationNeeds,
): Promise<Map<string, Simulation> | null> {
  const file = setFile ?? packageFile('profiles/sets/demo.yaml');
  const simulations = new Map<string, Simulation>();
  try {
    const set = { file, source: readFileSync(file, 'utf8') };
    for (const { name, type, options } of profile.bridges) {
      const kind = bridges.find(bridge => bridge.type === type);
      if (kind?.simulate == null) continue;
      const request = { clock, wire, options, set, acted: (text: string) => acted(name, text) };
      simulations.set(name, await kind.simulate(request));
    }
  } catch (error) {
    out.error((error as Error).message);
    return null;
  }
  if (simulations.size > 0) return simulations;
  out.error('--simulate needs a bridge of type opus-quad in the profile; write: opus: { type: opus-quad }');
  return null;
}

function bannerOf(simulations: ReadonlyMap<string, Simulation>, isDryRun: boolean): string | null {
  const parts = [...simulations].map(([name, { text }]) => `SIMULATED ${name}: ${text}`);
  if (isDryRun) parts.push('DRY RUN: nothing leaves');
  return parts.length === 0 ? null : parts.join(' · ');
}

function traceAll(trace: TraceFile, show: OpenShow, simulations: ReadonlyMap<string, Simulation>, at: Ms): void {
  trace.write(positionLines(show.engine.state().show, at));
  for (const simulation of simulations.values()) trace.write(truthLines(simulation.truth(at), at));
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
