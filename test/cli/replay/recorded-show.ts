/** A show in simulated time, recorded: what it printed, to be compared with its replay. */
import { expect } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { parseDjScript } from '../../../bridges/opus-quad/simulator/dj-script.ts';
import { openSimulatedUnit } from '../../../bridges/opus-quad/simulator/unit-on-network.ts';
import type { Bridge } from '../../../src/bridge.ts';
import { replayCommand } from '../../../src/cli/replay/replay.ts';
import { jsonScreen, plainScreen } from '../../../src/cli/terminal/screens.ts';
import type { Terminal } from '../../../src/cli/terminal/terminal.ts';
import { type Clock, virtualClock } from '../../../src/core/clock.ts';
import { FRESH_START } from '../../../src/core/engine/engine-state.ts';
import type { OperatorAction } from '../../../src/core/operator-action.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { NO_WATCHER } from '../../../src/live/engine.ts';
import { openShow } from '../../../src/live/open-show.ts';
import { IDEAL_NETWORK, memoryNetwork } from '../../../src/network/memory-network.ts';
import type { Network } from '../../../src/network/network.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { openRecorder } from '../../../src/recording/recorder.ts';
import { recordingNetwork } from '../../../src/recording/recording-network.ts';
import { BRIDGES_WITH_A_PLAYER } from '../../bridges/bridges-without-hid.ts';
import { demoProfile, demoSet } from '../../show/hour-show.ts';

/** A terminal that keeps what it is told. */
export function collect() {
  const lines: string[] = [];
  const errors: string[] = [];
  const out = {
    isTerminal: false,
    columns: () => 80,
    rows: () => 24,
    line: (text: string) => void lines.push(text),
    error: (text: string) => void errors.push(text),
    redraw() {},
  };
  return { lines, errors, out };
}

/** What a command is run with: these bridges, and no imported stick. */
export const contextFor =
  (out: Terminal, bridges: readonly Bridge[] = BRIDGES) =>
  async () => ({ out, bridges, library: NO_LIBRARY });

/** A recording through `decklight replay`. */
export async function replayed(from: string, json = false) {
  const { lines, errors, out } = collect();
  const code = await replayCommand(from, { json, relay: false }, out, contextFor(out));
  return { code, lines, errors };
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** A show that was recorded. */
export interface RecordedShow {
  /** What the show printed of what left, as lines and as JSON. */
  readonly plain: readonly string[];
  readonly json: readonly string[];
  readonly acts: number;
}

const STARTED_AT = 123_456.789012;
const ANOTHER_RULE = `
  - name: every bar
    when: downbeat
    do:
      - console: { address: /bar, args: ["\${deck.number}", "\${deck.tempoBpm}"] }
`;

/** Six minutes of a show on a busy machine, recorded: acts, another profile half way, a cable that is pulled. */
export async function recordShow(into: string): Promise<RecordedShow> {
  const profile = (source: string) => {
    const loaded = loadProfile(source, 'demo.yaml', BRIDGES, NO_LIBRARY);
    if (!loaded.ok) throw new Error(loaded.problems.map(problem => problem.message).join('\n'));
    return loaded.profile;
  };
  const clock = virtualClock(STARTED_AT);
  const random = seededRandom(7);
  // Every timer of the program goes off late, by up to 15 ms.
  const late: Clock = { now: clock.now, at: (time, run) => clock.at(time + 15 * random(), run) };
  const memory = memoryNetwork(clock, { ...IDEAL_NETWORK, delayMinMs: 0, delayMaxMs: 10 });
  const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });
  const ours = memory.host(nic('10.0.0.1'));
  // What comes in may have waited for the program.
  const busy: Network = {
    ...ours,
    open: (local, listener) =>
      ours.open(local, {
        ...listener,
        datagram(datagram) {
          const { at } = datagram.stamp;
          listener.datagram({ ...datagram, stamp: { at, notBefore: at - 3 * random() } });
        },
      }),
  };
  // The cable is plugged in only when the show has begun.
  ours.plug(false);
  const source = demoProfile();
  const recorder = openRecorder(
    {
      file: into,
      unixMs: at => Date.UTC(2026, 10, 21, 21, 15) + (at - STARTED_AT),
      log: { info() {}, warn: (_, text) => expect.unreachable(text), error: (_, text) => expect.unreachable(text) },
    },
    {
      version: '0.1.0',
      profile: { file: 'demo.yaml', source },
      startedAtMs: STARTED_AT,
      options: { simulate: true, dryRun: false },
      instead: { opus: { interface: 'auto', unitAddress: '10.0.0.2' } },
      interfaces: ours.interfaces(),
      memory: null,
      allocated: [],
      book: [],
    },
  );
  const network = recordingNetwork(busy, recorder, () => clock.now());
  const [plain, json] = [collect(), collect()];
  const screens = [
    plainScreen({ out: plain.out, startedAt: STARTED_AT, notices: () => [], drawings: () => [] }),
    jsonScreen({ out: json.out, startedAt: STARTED_AT, notices: () => [], drawings: () => [] }),
  ];
  let acts = 0;
  const show = openShow({
    ...{ profile: profile(source), bridges: BRIDGES_WITH_A_PLAYER, clock: late, engineClock: late, network },
    log: () => ({ info() {}, warn() {}, error() {} }),
    unixMs: at => at,
    isDryRun: false,
    instead: new Map([['opus', { options: { interface: 'auto', unitAddress: '10.0.0.2' }, network, open: null }]]),
    beginnings: FRESH_START,
    watcher: {
      ...NO_WATCHER,
      received({ source: by, event, stamp }) {
        if (event.kind === 'operator.act') recorder.act(by, event.act, stamp.at);
      },
      woke: at => recorder.wake(at),
      took: recorder.took,
      came: arrived => recorder.came(arrived),
      sent: departure => screens.forEach(screen => void screen.sent(departure, show.describe(departure.intent))),
      dropped: (dropped, at) => screens.forEach(screen => void screen.dropped(dropped, at)),
      answered: answer => screens.forEach(screen => void screen.answered(answer)),
    },
  });
  const parsed = parseDjScript(demoSet(), 'set.yaml');
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  const theirs = memory.host(nic('10.0.0.2'));
  const unit = await openSimulatedUnit({
    ...{ network: theirs, clock, interfaceAddress: '10.0.0.2', peer: null, set: parsed.set },
  });
  await settled();

  const pass = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds; i++) {
      clock.advance(1000);
      await settled();
    }
  };
  const act = (what: OperatorAction): void => {
    acts++;
    const at = clock.now();
    show.engine.emit('keys', { kind: 'operator.act', act: what }, { notBefore: at, at });
  };
  const reload = (changed: string): void => {
    const next = profile(changed);
    recorder.profile('demo.yaml', changed, [], clock.now());
    show.reload(next, clock.now());
  };
  await pass(5);
  ours.plug(true);
  await pass(55);
  act({ kind: 'fire', cue: 'drop' });
  await pass(30);
  act({ kind: 'mute', bridge: 'console', isOn: true });
  await pass(20);
  act({ kind: 'mute', bridge: 'console', isOn: false });
  act({ kind: 'resend' });
  await pass(20);
  reload(`${source}${ANOTHER_RULE}`);
  await pass(50);
  ours.plug(false);
  await pass(10);
  ours.plug(true);
  await pass(60);
  reload(source);
  await pass(60);
  act({ kind: 'panic' });
  await pass(20);
  await show.close();
  await unit.close();
  await recorder.stop(clock.now());
  return { plain: plain.lines, json: json.lines, acts };
}
