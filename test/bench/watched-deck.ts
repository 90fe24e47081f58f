/** A deck of a simulated unit in some weather, and where a program says that it is: on its own simulated time. */
import { trackTitled } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import { parseDjScript } from '../../bridges/opus-quad/simulator/dj-script.ts';
import type { DeckAction } from '../../bridges/opus-quad/simulator/simulated-deck.ts';
import { openSimulatedUnit } from '../../bridges/opus-quad/simulator/unit-on-network.ts';
import { type Ms, type VirtualClock, virtualClock } from '../../src/core/clock.ts';
import { seededRandom } from '../../src/core/random.ts';
import { IDEAL_NETWORK, memoryNetwork } from '../../src/network/memory-network.ts';
import { outdoors } from '../show/weather-network.ts';
import { WEATHERS, type WeatherName } from '../weather.ts';
import { type KnownMethod, knownMethod, knownMethodMsAt } from './known-method.ts';
import type { MeasuredProgram } from './programs.ts';

export type JoinMode = 'lighting' | 'cdj';

export interface Scenario {
  readonly mode: JoinMode;
  readonly weather: WeatherName;
  readonly track: string;
  /** In percent, from before the start. */
  readonly pitch: number;
  readonly statuses: 'sharp' | 'on-change';
  /** Share of the unit's datagrams that never arrive. */
  readonly loss: number;
}

/** One look at a deck, in ms of play where it counts in beats, in ms of the track where it is told in ms. */
export interface Sample {
  /** Published less true. */
  readonly errorMs: number;
  /** Half-width of the bar. */
  readonly barMs: number;
  /** As published, in beats or ms. */
  readonly place: number;
  readonly trueBeat: number;
  /** The known method less true. */
  readonly knownErrorMs: number;
  readonly pass: number;
}

export interface WatchedDeck {
  readonly clock: VirtualClock;
  act(act: DeckAction): void;
  /** null: nothing is known yet. */
  look(): Sample | null;
  saysPlaying(): boolean;
  plays(): boolean;
  close(): Promise<void>;
}

/** By then the program has joined the unit in every weather. */
export const JOINED_AFTER_MS: Readonly<Record<JoinMode, Ms>> = { lighting: 5000, cdj: 18_000 };

const UNIT = '10.0.0.2';
const nic = (address: string) => ({ name: 'eth0', address, netmask: '255.255.255.0', mac: '02:00:00:00:00:01' });

/** A track on deck 1, loaded and joined; nothing plays yet. */
export async function watchDeck(program: MeasuredProgram, scenario: Scenario, seed: number): Promise<WatchedDeck> {
  const { mode, track, pitch, statuses, loss } = scenario;
  const grid = trackTitled(track)?.grid;
  if (grid === undefined) throw new Error(`no track ${track}`);
  const set = parseDjScript(
    `set: bench\nseed: ${seed}\nquirks: { status: ${statuses} }\nacts:\n` +
      `  - { at: 0:00, deck: 1, load: ${track}, pitch: ${pitch} %, on-air: on }\n`,
    'bench',
  );
  if (!set.ok) throw new Error(set.mistakes.join('\n'));
  const loaded = program.loadProfile(
    `decklight: 1\nname: bench\nbridges: { opus: { type: opus-quad, mode: ${mode} } }\n`,
    ...(['bench', program.BRIDGES, program.NO_LIBRARY] as const),
  );
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const clock = virtualClock();
  const memory = memoryNetwork(clock, IDEAL_NETWORK);
  const [ours, theirs] = [memory.host(nic('10.0.0.1')), memory.host(nic(UNIT))];
  const draw = seededRandom(seed + 0x10000);
  const road = WEATHERS[scenario.weather].open(seed);
  const out = outdoors(clock, ours, { road, unitAddress: UNIT, isLost: () => draw() < loss });
  let known: KnownMethod | null = null;
  const show = program.openShow({
    profile: loaded.profile,
    bridges: program.BRIDGES,
    clock: out.clock,
    engineClock: out.clock,
    network: out.network,
    log: () => ({ info() {}, warn() {}, error() {} }),
    unixMs: at => at,
    isDryRun: false,
    instead: new Map(),
    beginnings: program.FRESH_START,
    watcher: {
      ...program.NO_WATCHER,
      received({ event, stamp }) {
        if (event.kind !== 'deck.report' || event.deck.number !== 1) return;
        known = knownMethod(known, event.report, stamp.at, grid);
      },
    },
  });
  const unit = await openSimulatedUnit({ network: theirs, clock, interfaceAddress: UNIT, peer: null, set: set.set });
  for (let i = 0; i < 20; i++) await Promise.resolve();
  clock.advance(JOINED_AFTER_MS[mode] + ((137 * seed) % 1000));
  const deck = () => show.engine.state().show.decks.get('opus/1');
  return {
    clock,
    act: act => unit.act({ ...act, deck: 1 }),
    look() {
      const at = clock.now();
      const seen = deck();
      const truth = unit.truth(at)[0];
      if (seen === undefined || truth?.beat == null || truth.positionMs === null || truth.tempoBpm === null)
        return null;
      const beatMs = 60000 / truth.tempoBpm;
      const knownMs = known === null ? Number.NaN : knownMethodMsAt(known, at);
      const knownErrorMs = (grid.beatOfMs(knownMs) - truth.beat) * beatMs;
      const common = { trueBeat: truth.beat, knownErrorMs, pass: seen.pass };
      const { beat, beatUncertainty, positionMs, uncertaintyMs, basis } = program.positionAt(seen, at);
      if (mode === 'cdj') {
        if (basis !== 'absolute' || positionMs === null) return null;
        return { ...common, place: positionMs, errorMs: positionMs - truth.positionMs, barMs: uncertaintyMs ?? 0 };
      }
      if (beat === null || beatUncertainty === null) return null;
      return { ...common, place: beat, errorMs: (beat - truth.beat) * beatMs, barMs: beatUncertainty * beatMs };
    },
    saysPlaying: () => deck()?.isPlaying ?? false,
    plays: () => unit.truth(clock.now())[0]?.playing ?? false,
    async close() {
      await show.close();
      await unit.close();
    },
  };
}
