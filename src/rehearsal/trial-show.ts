/**
 * A show on simulated time: a simulated unit before its door, some weather on the way in, and outputs that keep what they
 * are told and send nothing anywhere.
 */
import type { DjScript } from '../../bridges/opus-quad/simulator/dj-script.ts';
import { type OpenSimulatedUnit, openSimulatedUnit } from '../../bridges/opus-quad/simulator/unit-on-network.ts';
import type { Bridge, OpenBridge } from '../bridge.ts';
import type { Clock, Ms, VirtualClock } from '../core/clock.ts';
import type { StartState } from '../core/engine/engine-state.ts';
import type { Profile } from '../core/profile.ts';
import type { TimecodeAnchor } from '../core/timecode/stream-anchor.ts';
import type { Watcher } from '../live/engine.ts';
import { type OpenedInstead, type OpenShow, openShow } from '../live/open-show.ts';
import { IDEAL_NETWORK, memoryNetwork } from '../network/memory-network.ts';
import type { Network } from '../network/network.ts';
import { outdoors, type WayIn } from '../network/weathered-network.ts';

const US = '10.0.0.1';
const UNIT = '10.0.0.2';
const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });
/** Type of the bridges that hear a unit. */
const HEARS_UNIT = 'opus-quad';

/** A unit and the way to it; shows are opened on it, one after the other. */
export interface TrialRoom {
  readonly unit: OpenSimulatedUnit;
  /** Clock of a show there: it stands still while the show is kept from running. */
  readonly clock: Clock;
  readonly network: Network;
  /** Keeps the show from running for so long, from now on. */
  block(ms: Ms): void;
  close(): Promise<void>;
}

const FAIR: Omit<WayIn, 'unitAddress'> = { road: { arrivalOf: at => at + 1 }, isLost: () => false };

/** @param way weather between the unit and the show; null: every packet takes a millisecond */
export async function openTrialRoom(
  clock: VirtualClock,
  set: DjScript,
  way: Omit<WayIn, 'unitAddress'> | null,
): Promise<TrialRoom> {
  const memory = memoryNetwork(clock, IDEAL_NETWORK);
  const out = outdoors(clock, memory.host(nic(US)), { ...(way ?? FAIR), unitAddress: UNIT });
  const theirs = memory.host(nic(UNIT));
  const unit = await openSimulatedUnit({ network: theirs, clock, interfaceAddress: UNIT, peer: null, set });
  return { unit, clock: out.clock, network: out.network, block: out.block, close: () => unit.close() };
}

export interface TrialSetup {
  readonly profile: Profile;
  readonly bridges: readonly Bridge[];
  readonly beginnings: StartState;
  readonly watcher: (show: () => OpenShow) => Watcher;
  /** Outcomes of what is sent say what its condition was, too. */
  readonly explains: boolean;
  /** Told of each anchor of timecode, with the bridge that takes it. */
  readonly anchored?: (bridge: string, anchor: TimecodeAnchor) => void;
  readonly log?: (text: string) => void;
}

/** Opens a show in a room. Time must pass on its clock, and promises be kept, before it hears the unit. */
export function openTrialShow(room: TrialRoom, setup: TrialSetup): OpenShow {
  const { profile, bridges, beginnings, explains, anchored = () => {}, log = () => {} } = setup;
  const instead = new Map(
    profile.bridges.map(({ name, type, options }): [string, OpenedInstead] => [
      name,
      type === HEARS_UNIT
        ? { options: { ...(options as object), interface: US, unitAddress: UNIT }, network: room.network, open: null }
        : { options, network: room.network, open: () => keeping(anchor => anchored(name, anchor)) },
    ]),
  );
  let isOpen = false;
  const watcher = setup.watcher(() => show);
  const show: OpenShow = openShow({
    ...{ profile, bridges, beginnings, explains, instead },
    clock: room.clock,
    engineClock: room.clock,
    network: room.network,
    log: bridge => {
      const say = (_: unknown, text: string): void => log(`${bridge}: ${text}`);
      return { info: say, warn: say, error: say };
    },
    unixMs: at => TRIAL_UNIX_MS + at,
    isDryRun: false,
    watcher: {
      ...watcher,
      // What comes in while the show is being opened is told by no show yet.
      received: input => void (isOpen && watcher.received(input)),
    },
  });
  isOpen = true;
  return show;
}

/** Wall-clock time of the start: any, and always the same. */
const TRIAL_UNIX_MS = 1_700_000_000_000;

/** A bridge that takes everything and sends nothing. */
const keeping = (anchored: (anchor: TimecodeAnchor) => void): OpenBridge => ({
  send: () => true,
  timecode: anchored,
  clock() {},
  release() {},
  status: () => ({ state: 'ready', text: 'keeps what it is told' }),
  close: async () => {},
});
