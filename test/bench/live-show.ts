/** A live show and all that it meets in one process: simulated unit, show and receivers, on the live clock, over loopback. */
import { BRIDGES } from '../../bridges/index.ts';
import { type DjScript, parseDjScript } from '../../bridges/opus-quad/simulator/dj-script.ts';
import { type OpenSimulatedUnit, openSimulatedUnit } from '../../bridges/opus-quad/simulator/unit-on-network.ts';
import { decode, type OscMessage } from '../../bridges/osc/codec.ts';
import type { Ms } from '../../src/core/clock.ts';
import { FRESH_START } from '../../src/core/engine/engine-state.ts';
import type { Profile } from '../../src/core/profile.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import type { Watcher } from '../../src/live/engine.ts';
import { liveClock } from '../../src/live/live-clock.ts';
import { liveNetwork } from '../../src/live/live-network.ts';
import { type OpenShow, openShow } from '../../src/live/open-show.ts';
import type { Network, Socket } from '../../src/network/network.ts';
import { loadProfile } from '../../src/profile/load.ts';

/** Where the show and the receivers are, and where the unit is. */
export const [US, UNIT] = ['127.0.0.1', '127.0.0.2'];

export const clock = liveClock();
export const network = liveNetwork(clock);

/** The bridge to the unit, as a profile has it. @param mode how it joins: `lighting`, `cdj` */
export const unitBridge = (mode: string): string =>
  `{ type: opus-quad, interface: ${US}, unit: ${UNIT}, mode: ${mode} }`;

/** @throws Error that names all that is wrong with the set */
export function setOf(source: string): DjScript {
  const parsed = parseDjScript(source, 'set');
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  return parsed.set;
}

/** @throws Error that names all that is wrong with the profile */
export function profileOf(source: string): Profile {
  const loaded = loadProfile(source, 'profile', BRIDGES, NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.profile;
}

/** Opens a receiver of OSC. @param heard told of each message and when it came; what is no message is passed over */
export const openReceiver = (port: number, heard: (message: OscMessage, at: Ms) => void): Promise<Socket> =>
  network.open(
    { address: US, port },
    {
      datagram({ bytes, stamp }) {
        const read = decode(bytes);
        if (read.ok) heard(read.message, stamp.at);
      },
      failed() {},
    },
  );

/** Opens the show of a new evening, with all its bridges; what they log goes nowhere. */
export const openLiveShow = (profile: Profile, watcher: Watcher): OpenShow =>
  openShow({
    ...{ profile, bridges: BRIDGES, clock, engineClock: clock, network, watcher },
    log: () => ({ info() {}, warn() {}, error() {} }),
    unixMs: at => at,
    isDryRun: false,
    instead: new Map(),
    beginnings: FRESH_START,
  });

/** Switches the unit on; the set begins at once. @param on its way onto the network: `wire`, or one around it */
export const openLiveUnit = (set: DjScript, on: Network): Promise<OpenSimulatedUnit> =>
  openSimulatedUnit({ network: on, clock, interfaceAddress: UNIT, peer: US, set });
