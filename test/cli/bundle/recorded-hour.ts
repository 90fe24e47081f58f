/** An hour of a show in simulated time, recorded: play at both ends, a cable that is out for long between, and hands. */
import { readFileSync } from 'node:fs';
import { BRIDGES } from '../../../bridges/index.ts';
import { parseDjScript } from '../../../bridges/opus-quad/simulator/dj-script.ts';
import { openSimulatedUnit } from '../../../bridges/opus-quad/simulator/unit-on-network.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import type { MediaLibrary } from '../../../src/core/track/media-library.ts';
import { NO_WATCHER } from '../../../src/live/engine.ts';
import { openShow } from '../../../src/live/open-show.ts';
import { IDEAL_NETWORK, memoryNetwork } from '../../../src/network/memory-network.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { knownSticks } from '../../../src/recording/known-sticks.ts';
import { openRecorder } from '../../../src/recording/recorder.ts';
import { recordingNetwork } from '../../../src/recording/recording-network.ts';
import { BRIDGES_WITH_A_PLAYER } from '../../bridges/bridges-without-hid.ts';

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** @param file of the profile, as the recording names it */
export async function recordHour(
  into: string,
  profile: { readonly file: string; readonly source: string },
  library: MediaLibrary,
): Promise<void> {
  const loaded = loadProfile(profile.source, profile.file, BRIDGES, library);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const clock = virtualClock(5000);
  const memory = memoryNetwork(clock, { ...IDEAL_NETWORK, delayMinMs: 0.2, delayMaxMs: 3 });
  const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:11:22:33:44:55' });
  const [ours, theirs] = [memory.host(nic('10.9.8.7')), memory.host(nic('10.9.8.66'))];
  const log = { info() {}, warn() {}, error() {} };
  const recorder = openRecorder(
    { file: into, unixMs: at => Date.UTC(2026, 10, 21, 21, 15) + at, log },
    {
      ...{
        version: '0.1.0',
        profile,
        startedAtMs: clock.now(),
        options: { simulate: false, dryRun: false },
        instead: {},
      },
      ...{ interfaces: ours.interfaces(), memory: null, allocated: [], book: [], sticks: knownSticks(library) },
    },
  );
  const show = openShow({
    profile: loaded.profile,
    bridges: BRIDGES_WITH_A_PLAYER,
    ...{ clock, engineClock: clock, network: recordingNetwork(ours, recorder, () => clock.now()) },
    log: () => log,
    unixMs: at => at,
    isDryRun: false,
    instead: new Map(),
    beginnings: { memory: null, library, book: new Map() },
    watcher: {
      ...NO_WATCHER,
      received({ source, event, stamp }) {
        if (event.kind === 'operator.act') recorder.act(source, event.act, stamp.at);
      },
      woke: at => recorder.wake(at),
      took: recorder.took,
      came: arrived => recorder.came(arrived),
    },
  });
  const parsed = parseDjScript(readFileSync('profiles/sets/one-hour.yaml', 'utf8'), 'one-hour.yaml');
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  await settled();
  const unit = await openSimulatedUnit({
    ...{ network: theirs, clock, interfaceAddress: '10.9.8.66', peer: null, set: parsed.set },
  });
  await settled();
  for (let second = 0; second < 3600; second++) {
    if (second === 75) ours.plug(false);
    if (second === 3555) ours.plug(true);
    clock.advance(1000);
    await settled();
    // The recorder writes to a real disk.
    await new Promise(done => setImmediate(done));
    if (second % 600 === 50) {
      const stamp = { notBefore: clock.now(), at: clock.now() };
      show.engine.emit('keys', { kind: 'operator.act', act: { kind: 'fire', cue: 'drop' } }, stamp);
    }
  }
  await show.close();
  await unit.close();
  await recorder.stop(clock.now());
}
