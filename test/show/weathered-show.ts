/** A show with a simulated unit before its door, some weather on the way in, and a desk that receives: all on one simulated clock. */
import type { DjScript } from '../../bridges/opus-quad/simulator/dj-script.ts';
import { type OpenSimulatedUnit, openSimulatedUnit } from '../../bridges/opus-quad/simulator/unit-on-network.ts';
import type { VirtualClock } from '../../src/core/clock.ts';
import { seededRandom } from '../../src/core/random.ts';
import type { TrackBook } from '../../src/core/track/track-book.ts';
import type { Watcher } from '../../src/live/engine.ts';
import type { OpenShow } from '../../src/live/open-show.ts';
import { IDEAL_NETWORK, memoryNetwork } from '../../src/network/memory-network.ts';
import { WEATHERS, type WeatherName } from '../../src/network/weather.ts';
import { outdoors, type WayIn } from '../../src/network/weathered-network.ts';
import type { MeasuredProgram } from '../bench/programs.ts';

/** Where the desk of such a show listens. */
export const DESK = { address: '10.0.0.9', port: 9000 } as const;
const US = '10.0.0.1';
const UNIT = '10.0.0.2';
const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });

export interface WeatheredSetup {
  readonly clock: VirtualClock;
  /** A profile as written. */
  readonly profile: string;
  readonly set: DjScript;
  readonly weather: WeatherName;
  /** Of the weather and of what is lost. */
  readonly seed: number;
  /** Share of the unit's datagrams that never arrive. */
  readonly loss: number;
  /** What earlier evenings have taught of the tracks. */
  readonly book: TrackBook;
  readonly watcher: Partial<Watcher>;
  readonly taken?: WayIn['taken'];
  readonly log?: (text: string) => void;
}

export interface WeatheredShow {
  readonly show: OpenShow;
  readonly unit: OpenSimulatedUnit;
  /** How many datagrams the desk has got. */
  received(): number;
  /** Keeps the program from running for so long, from now on. */
  block(ms: number): void;
  close(): Promise<void>;
}

export async function openWeatheredShow(program: MeasuredProgram, setup: WeatheredSetup): Promise<WeatheredShow> {
  const { clock, seed, loss, taken, log = () => {} } = setup;
  const loaded = program.loadProfile(setup.profile, 'profile.yaml', program.BRIDGES, program.NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const memory = memoryNetwork(clock, IDEAL_NETWORK);
  const [ours, theirs, desk] = [memory.host(nic(US)), memory.host(nic(UNIT)), memory.host(nic(DESK.address))];
  let received = 0;
  const listener = { datagram: () => void received++, failed() {} };
  await desk.open({ address: '0.0.0.0', port: DESK.port }, listener);
  const draw = seededRandom(seed + 0x10000);
  const out = outdoors(clock, ours, {
    road: WEATHERS[setup.weather].open(seed),
    unitAddress: UNIT,
    isLost: () => draw() < loss,
    ...(taken === undefined ? {} : { taken }),
  });
  const show = program.openShow({
    profile: loaded.profile,
    bridges: program.BRIDGES,
    clock: out.clock,
    engineClock: out.clock,
    network: out.network,
    log: bridge => {
      const say = (_: unknown, text: string): void => log(`${bridge}: ${text}`);
      return { info: say, warn: say, error: say };
    },
    unixMs: at => 1_700_000_000_000 + at,
    isDryRun: false,
    instead: new Map(),
    beginnings: { ...program.FRESH_START, book: setup.book },
    watcher: { ...program.NO_WATCHER, ...setup.watcher },
  });
  const unit = await openSimulatedUnit({ network: theirs, clock, interfaceAddress: UNIT, peer: null, set: setup.set });
  for (let i = 0; i < 20; i++) await Promise.resolve();
  return {
    ...{ show, unit, block: out.block, received: () => received },
    async close() {
      await show.close();
      await unit.close();
    },
  };
}
