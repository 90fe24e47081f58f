/** `decklight run`: the show, live. */

import type { Bridge, Simulation } from '../../bridge.ts';
import type { Cancel, Clock, Ms } from '../../core/clock.ts';
import { KEYS } from '../../core/engine/operator-actions.ts';
import { type OperatorAction, operatorActionText } from '../../core/operator-action.ts';
import type { Profile } from '../../core/profile.ts';
import type { MediaLibrary } from '../../core/track/media-library.ts';
import { EMPTY_BOOK } from '../../core/track/track-book.ts';
import { coversFolder, openCovers } from '../../files/cover-files.ts';
import { readDjSetFile } from '../../files/dj-set-file.ts';
import { type LineFile, openLineFile } from '../../files/line-file.ts';
import { packageVersion } from '../../files/package-file.ts';
import { checkProfile, readProfile } from '../../files/profile-file.ts';
import { openStateFile, readStateFile, stateFileOf } from '../../files/state-file.ts';
import { lockState } from '../../files/state-lock.ts';
import { openTrackBook, readTrackBook, trackBookOf } from '../../files/track-book-file.ts';
import { liveClock } from '../../live/live-clock.ts';
import { liveNetwork } from '../../live/live-network.ts';
import { type LogLine, openLog } from '../../live/log.ts';
import { type OpenShow, openShow } from '../../live/open-show.ts';
import type { Network } from '../../network/network.ts';
import { openRecorder, type Recorder } from '../../recording/recorder.ts';
import { newRecordingFile, pruneRecordings, recordingsFolder } from '../../recording/recording-files.ts';
import { recordingNetwork } from '../../recording/recording-network.ts';
import { listenToKeys } from '../terminal/keys.ts';
import { jsonScreen, plainScreen, terminalScreen } from '../terminal/screens.ts';
import { bridgeLine, NO_COLOURS } from '../terminal/status-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { every10Ms, positionLines, sentTraceLine, timecodeLines, truthLines } from '../terminal/trace.ts';
import { showTime } from '../terminal/transcript.ts';
import { watchProfile } from './profile-watch.ts';

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
  /** Everything that comes in is recorded, beside the profile. */
  readonly record: boolean;
}

/** As a bridge claims it whose sound goes there. */
const STANDARD_OUTPUT = 'standard output';

/** How long `--require` waits for what the profile names. */
const REQUIRE_WITHIN_MS: Ms = 10_000;

/**
 * @param outs `out`: where it speaks; `aside`: where it does when a bridge has standard output for itself
 * @returns the exit code: 0 done, 2 the profile or the set is wrong, 3 something required is not there
 */
export async function runCommand(
  file: string,
  options: RunOptions,
  outs: { readonly out: Terminal; readonly aside: Terminal },
  bridges: readonly Bridge[],
  library: MediaLibrary,
  stopped: AbortSignal,
): Promise<number> {
  const { profile, source, lines } = readProfile(file, bridges, library);
  for (const line of lines) outs.aside.error(line);
  if (profile === null) return 2;
  const claims = profile.bridges.flatMap(
    ({ type, options }) => bridges.find(each => each.type === type)?.claims(options) ?? [],
  );
  const out = claims.includes(STANDARD_OUTPUT) ? outs.aside : outs.out;
  const clock = liveClock();
  const unixMs = (at: Ms): number => Date.now() + (at - clock.now());
  const live = liveNetwork(clock);

  /** What is logged before the screen has been drawn once is shown after that. */
  const early: LogLine[] = [];
  let logged = (line: LogLine): void => void early.push(line);
  const log = openLog(options.log, line => logged(line));
  const acted = (name: string, text: string): void => log.of(`simulated ${name}`).info({}, text);
  const simulations = options.simulate
    ? await simulate(profile, options.set, { clock, network: live, bridges, out, acted })
    : new Map<string, Simulation>();
  if (simulations === null) return 2;

  const startedAt = clock.now();
  // A rehearsal leaves nothing behind that a show would take up.
  const isReal = !options.simulate && !options.dryRun;
  const stateFile = stateFileOf(file);
  const warn = (text: string): void => log.of('state').warn({ file: stateFile }, text);
  const lock = isReal ? await lockState(stateFile) : null;
  if (lock?.isOurs === false) {
    const who = `another Decklight${lock.holder === null ? '' : ` (${lock.holder})`}`;
    warn(
      `${who} runs ${file} and keeps ${stateFile}: this one keeps nothing, and after a crash repeats its cues; stop one`,
    );
  }
  const keeps = lock?.isOurs === true;
  const memory = keeps ? readStateFile(stateFile, unixMs(startedAt), warn) : null;
  const state = keeps ? openStateFile(stateFile, () => unixMs(clock.now()), warn) : null;
  const bookPath = trackBookOf(file);
  const warnOfBook = (text: string): void => log.of('tracks').warn({ file: bookPath }, text);
  const book = keeps ? readTrackBook(bookPath, warnOfBook) : EMPTY_BOOK;
  const keepCover = keeps ? openCovers(coversFolder(file), warnOfBook) : null;
  const bookFile = keeps ? openTrackBook(bookPath, clock, warnOfBook) : null;

  /** Why the profile as it is saved now is not the one that runs; null: it is. */
  let broken: string | null = null;
  const recorder = options.record ? beginRecording() : null;
  const standing = bannersOf(simulations, options.dryRun);
  const notices = (): readonly string[] => {
    const recording = recorder?.status() ?? null;
    return [...standing, broken, recording?.isTroubled === true ? recording.text : null].filter(text => text !== null);
  };
  const setup = { out, startedAt, notices };
  const screen = options.json ? jsonScreen(setup) : out.isTerminal ? terminalScreen(setup) : plainScreen(setup);
  if (memory !== null) log.of('state').info({}, `goes on from ${stateFile}, ${ageText(memory.ageMs)} old`);
  const trace =
    options.trace === null ? null : openLineFile(options.trace, 'the trace', text => log.of('trace').error({}, text));

  function beginRecording(): Recorder {
    const folder = recordingsFolder(file);
    pruneRecordings(folder, (profile as Profile).recording, unixMs(startedAt));
    const { simulate, dryRun } = options;
    return openRecorder(
      { file: newRecordingFile(folder, unixMs(startedAt)), unixMs, log: log.of('recording') },
      {
        version: packageVersion(),
        profile: { file, source },
        startedAtMs: startedAt,
        options: { simulate, dryRun },
        instead: Object.fromEntries([...(simulations ?? [])].map(([name, each]) => [name, each.options])),
        interfaces: live.interfaces(),
        memory,
        allocated: (profile as Profile).allocated,
        book: [...book.values()],
      },
    );
  }
  const tapped = (network: Network): Network =>
    recorder === null ? network : recordingNetwork(network, recorder, () => clock.now());

  const show: OpenShow = openShow({
    profile,
    bridges,
    clock,
    engineClock: clock,
    network: tapped(live),
    log: name => log.of(name),
    unixMs,
    isDryRun: options.dryRun,
    instead: new Map(
      [...simulations].map(([name, { options, network }]) => [name, { options, network: tapped(network) }]),
    ),
    beginnings: { memory, library, book },
    watcher: {
      received({ source, event, stamp }) {
        if (event.kind === 'deck.artwork') keepCover?.(event.trackId, event.jpeg);
        if (event.kind === 'operator.act') recorder?.act(source, event.act, stamp.at);
        if (event.kind === 'bridge.ready') recorder?.ready(event.bridge, stamp.at);
      },
      woke: at => recorder?.wake(at),
      remember: kept => state?.write(kept),
      learnt: learnt => bookFile?.write(learnt),
      sent(departure) {
        const message = show.describe(departure.intent);
        screen.sent(departure, message);
        trace?.write([sentTraceLine(departure, message)]);
      },
      dropped: (dropped, at) => screen.dropped(dropped, at),
      answered(answer) {
        const { act, source, refusal } = answer;
        const text = `${operatorActionText(act)}, by ${source}`;
        if (refusal === null) log.of('operator').info({ act, source }, text);
        else log.of('operator').warn({ act, source }, `not done: ${text}: ${refusal}`);
        screen.answered(answer);
      },
    },
  });

  function reload(saved: string): void {
    const at = clock.now();
    const next = checkProfile(saved, file, bridges, library);
    for (const line of next.lines) log.of('profile').warn({}, line);
    if (next.profile === null) {
      const [first = ''] = next.lines[0]?.split('\n') ?? [];
      broken = `as it is saved now the profile is broken, and the last good one runs on: ${first}`;
      return;
    }
    broken = null;
    recorder?.profile(file, saved, next.profile.allocated, at);
    show.reload(next.profile, at);
    log.of('profile').info({}, `${file}: applied`);
  }

  const ticking = repeat(clock, screen.everyMs, at => screen.tick(show, at));
  // What is simulated and that nothing leaves is said before all else.
  logged = line => screen.logged(line);
  for (const line of early) screen.logged(line);
  const cancels = [
    ticking,
    watchProfile(file, source, {
      saved: reload,
      lost(reason) {
        broken = `${file}: ${reason}; the last good profile runs on`;
        log.of('profile').warn({}, broken);
      },
    }),
    ...(trace === null ? [] : [every10Ms(clock, at => traceAll(trace, show, simulations, at))]),
  ];
  if (out.isTerminal && !options.json && process.stdin.isTTY) {
    const done = (act: OperatorAction): void => {
      const at = clock.now();
      show.engine.emit(KEYS, { kind: 'operator.act', act }, { notBefore: at, at });
      screen.tick(show, clock.now());
    };
    cancels.push(listenToKeys(process.stdin, done));
  }

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
  bookFile?.close();
  await Promise.all([...simulations.values()].map(simulation => simulation.close()));
  await recorder?.stop(clock.now());
  await trace?.close();
  await log.close();
  if (lock?.isOurs === true) await lock.release();
  const recorded = recorder === null ? '' : `; ${recorder.status().text}`;
  out.error(`stopped after ${showTime(clock.now() - startedAt)}${recorded}`);
  return code;
}

const ageText = (ms: Ms): string => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);

interface SimulationNeeds {
  readonly clock: Clock;
  readonly network: Network;
  readonly bridges: readonly Bridge[];
  readonly out: Terminal;
  readonly acted: (bridge: string, text: string) => void;
}

/** Puts a simulated device in place of every real one that can be simulated; null: it could not, and that was said. */
async function simulate(
  profile: Profile,
  setFile: string | null,
  { clock, network, bridges, out, acted }: SimulationNeeds,
): Promise<Map<string, Simulation> | null> {
  const set = readDjSetFile(setFile);
  if (!set.ok) {
    out.error(set.line);
    return null;
  }
  const simulations = new Map<string, Simulation>();
  try {
    for (const { name, type, options } of profile.bridges) {
      const kind = bridges.find(bridge => bridge.type === type);
      if (kind?.simulate == null) continue;
      const request = { clock, network, options, set, acted: (text: string) => acted(name, text) };
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

function bannersOf(simulations: ReadonlyMap<string, Simulation>, isDryRun: boolean): readonly string[] {
  const banners = [...simulations].map(([name, { text }]) => `SIMULATED ${name}: ${text}`);
  return isDryRun ? [...banners, 'DRY RUN: nothing leaves'] : banners;
}

function traceAll(trace: LineFile, show: OpenShow, simulations: ReadonlyMap<string, Simulation>, at: Ms): void {
  const state = show.engine.state();
  trace.write(positionLines(state.show, at));
  trace.write(timecodeLines(show.engine.program().profile.timecodes, state, at));
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
