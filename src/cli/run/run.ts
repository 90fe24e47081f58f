/** `decklight run`: the show, live. */
import type { ShowView, Simulation } from '../../bridge.ts';
import type { Clock, Ms } from '../../core/clock.ts';
import type { ShowHappening } from '../../core/show-happening.ts';
import { openLineFile } from '../../files/line-file.ts';
import { readProfile } from '../../files/profile-file.ts';
import { liveClock } from '../../live/live-clock.ts';
import { liveNetwork } from '../../live/live-network.ts';
import { openLog } from '../../live/log.ts';
import { type OpenShow, openShow } from '../../live/open-show.ts';
import type { Network } from '../../network/network.ts';
import type { Recorder } from '../../recording/recorder.ts';
import { recordingNetwork } from '../../recording/recording-network.ts';
import type { ProfileContext } from '../command-line/profile-context.ts';
import { terminalBeside } from '../command-line/terminal-beside.ts';
import { jsonScreen, plainScreen, type Screen, terminalScreen } from '../terminal/screens.ts';
import type { Drawing } from '../terminal/status-text.ts';
import type { Terminals } from '../terminal/terminal.ts';
import { showTime } from '../terminal/transcript.ts';
import { heldLog } from './held-log.ts';
import { openSimulations } from './open-simulations.ts';
import { openRunFiles } from './run-files.ts';
import { runLoop } from './run-loop.ts';
import { type RunNotices, runNotices } from './run-notices.ts';
import type { RunOptions, RunSetup } from './run-setup.ts';
import { runWatcher, type WatchedBy } from './run-watcher.ts';
import { serviceManager } from './service-manager.ts';
import { viewedScreen } from './show-view.ts';
import { startRecorder } from './start-recorder.ts';

/**
 * Everything is opened in the order in which it needs each other, and closed in the order in which it still has to say something.
 *
 * @returns the exit code: 0 done, 2 the profile or the set is wrong, 3 something required is not there
 */
export async function runCommand(
  file: string,
  options: RunOptions,
  context: ProfileContext & Terminals,
  stopped: AbortSignal,
): Promise<number> {
  const { bridges, library, aside } = context;
  const { profile, source, lines } = readProfile(file, bridges, library);
  for (const line of lines) aside.error(line);
  if (profile === null) return 2;
  const out = terminalBeside(profile.bridges, bridges, context);
  const clock = liveClock();
  const network = liveNetwork(clock);
  const held = heldLog();
  const startedAt = clock.now();
  const time = (): string => showTime(clock.now() - startedAt);
  const log = openLog({ file: options.log, level: options.logLevel, showTime: time }, held.line);
  const onHangUp = (): void => log.reopen();
  process.on('SIGHUP', onHangUp);
  const acted = (name: string, text: string): void => log.of(`simulated ${name}`).info({}, text);
  const simulations = options.simulate
    ? await openSimulations(profile, options.set, { clock, network, bridges, out, acted })
    : new Map<string, Simulation>();
  if (simulations === null) {
    process.off('SIGHUP', onHangUp);
    return 2;
  }

  const setup: RunSetup = {
    ...{ options, file, source, profile, bridges, library, clock, network, simulations, log, out },
    startedAt,
    unixMs: at => Date.now() + (at - clock.now()),
  };
  const files = await openRunFiles(setup);
  const recorder = startRecorder(setup, files);
  const notices = runNotices(setup, recorder);
  const viewed = viewedScreen(screenOf(setup, notices), {
    startedAt: setup.startedAt,
    notices: notices.list,
    now: clock.now,
  });
  const { screen, view } = viewed;
  const failed = (text: string): void => log.of('trace').error({}, text);
  const trace = options.trace === null ? null : openLineFile(options.trace, 'the trace', failed);
  const show = openRunShow(setup, { files, recorder, trace, screen, log }, view);
  viewed.opened(show);

  const service = serviceManager(process.env, clock, text => log.of('service').warn({}, text));
  const cancelStart = clock.at(clock.now() + BRIDGES_OPEN_MS, () => tellShow(show, clock, 'show start'));
  service.ready(`${profile.name}: the show runs`);
  const code = await runLoop(setup, { show, screen, notices, held, trace, recorder }, stopped);
  service.stopping();
  cancelStart();
  tellShow(show, clock, 'show stop');
  await show.close();
  files.close();
  await Promise.all([...simulations.values()].map(simulation => simulation.close()));
  await recorder?.stop(clock.now());
  await trace?.close();
  process.off('SIGHUP', onHangUp);
  await log.close();
  await files.release();
  const recorded = recorder === null ? '' : `; ${recorder.status().text}`;
  out.error(`stopped after ${showTime(clock.now() - setup.startedAt)}${recorded}`);
  return code;
}

/** So long bridges are given to open before the show begins: what a rule says at its start is to leave. */
const BRIDGES_OPEN_MS = 1000;

function tellShow({ engine }: OpenShow, clock: Clock, happening: ShowHappening): void {
  const at = clock.now();
  engine.emit('show', { kind: 'show', happening }, { notBefore: at, at });
}

function screenOf({ options, out, startedAt, simulations }: RunSetup, notices: RunNotices): Screen {
  const drawings = (): readonly Drawing[] =>
    [...simulations].flatMap(([name, simulation]) => {
      const lines = simulation.drawn();
      return lines.length === 0 ? [] : [{ name, lines, keys: simulation.keys?.help ?? '' }];
    });
  const screenSetup = { out, startedAt, notices: notices.list, drawings };
  if (options.json) return jsonScreen(screenSetup);
  return out.isTerminal ? terminalScreen(screenSetup) : plainScreen(screenSetup);
}

/** Opens the show on the network, by way of the recorder where there is one. */
function openRunShow(setup: RunSetup, watchedBy: WatchedBy, view: ShowView): OpenShow {
  const { profile, bridges, library, clock, simulations, options, unixMs, log } = setup;
  const { files, recorder } = watchedBy;
  const now = (): Ms => clock.now();
  const recorded = (network: Network, recorder: Recorder | null): Network =>
    recorder === null ? network : recordingNetwork(network, recorder, now);
  const show: OpenShow = openShow({
    profile,
    bridges,
    clock,
    engineClock: clock,
    network: recorded(setup.network, recorder),
    log: name => log.of(name),
    unixMs,
    isDryRun: options.dryRun,
    instead: new Map(
      [...simulations].map(([name, { options, network, open }]) => [
        name,
        { options, network: recorded(network, recorder), open },
      ]),
    ),
    beginnings: { memory: files.memory, library, book: files.book },
    view,
    watcher: runWatcher(watchedBy, intent => show.describe(intent)),
  });
  return show;
}
