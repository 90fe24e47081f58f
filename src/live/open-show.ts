/** A show with its bridges open: the same for a live night, a simulated one, a replay and a test. */
import { type Bridge, type BridgeHost, type Log, NO_VIEW, type PacketTap, type ShowView } from '../bridge.ts';
import type { Clock, Ms } from '../core/clock.ts';
import type { StartState } from '../core/engine/engine-state.ts';
import type { CueIntent } from '../core/engine/intents.ts';
import type { BridgeEntry, Profile } from '../core/profile.ts';
import { requiredData } from '../core/required-data.ts';
import type { Network } from '../network/network.ts';
import { watchBridges } from './bridge-watch.ts';
import { type Engine, type StepFault, startEngine, type Watcher } from './engine.ts';
import { type NamedStatus, type OpenBridges, openBridges } from './open-bridges.ts';
import { packetTap } from './packet-tap.ts';

export interface ShowSetup {
  readonly profile: Profile;
  readonly bridges: readonly Bridge[];
  readonly clock: Clock;
  /** Clock that wakes the engine: the same, or in a replay one that never does, since its wakes were recorded. */
  readonly engineClock: Clock;
  readonly network: Network;
  readonly log: (bridge: string) => Log;
  readonly unixMs: (at: Ms) => number;
  readonly watcher: Watcher;
  /** Show as people see it; not given: nobody looks. */
  readonly view?: ShowView;
  /** Bridges that send are not opened: nothing leaves. */
  readonly isDryRun: boolean;
  /** Bridges that are known not to be there, in a show that runs again. */
  readonly isAbsent?: (bridge: string) => boolean;
  /** Outcomes of what is sent say what its condition was, too; not unless said. */
  readonly explains?: boolean;
  /** Other options and another way onto the network for some bridges, by name: where they meet a simulated device. */
  readonly instead: ReadonlyMap<string, OpenedInstead>;
  readonly beginnings: StartState;
}

export interface OpenedInstead {
  readonly options: unknown;
  readonly network: Network;
  /** null: the bridge's own. */
  readonly open: Bridge['open'] | null;
}

export interface OpenShow {
  readonly engine: Engine;
  /** Packets of the unit as they are heard. */
  readonly packets: PacketTap;
  /** Every bridge of the profile and how it stands, in the order of the profile. */
  status(): readonly NamedStatus[];
  /** A message as one line for people. */
  describe(intent: CueIntent): string;
  /** Goes on by another profile: bridges whose options are other than before are opened anew, the rest is not disturbed. */
  reload(profile: Profile, at: Ms): void;
  close(): Promise<void>;
}

export function openShow(setup: ShowSetup): OpenShow {
  const { clock, watcher, instead, beginnings } = setup;
  const kinds = new Map(setup.bridges.map(bridge => [bridge.type, bridge]));
  const packets = packetTap();

  function hostOf(name: string): BridgeHost {
    return {
      clock,
      network: instead.get(name)?.network ?? setup.network,
      log: setup.log(name),
      hears: true,
      needs: requiredData(engine.program().profile, engine.state().show.knowledge),
      unixMs: setup.unixMs,
      packets,
      view: setup.view ?? NO_VIEW,
      emit: (event, stamp) => engine.emit(name, event, stamp),
      ready: () => engine.ready(name),
      lost: () => engine.missed(name),
    };
  }

  const bridges = openBridges({
    kinds,
    isDryRun: setup.isDryRun,
    opensWith: ({ name, options }) => ({
      options: instead.get(name)?.options ?? options,
      open: instead.get(name)?.open ?? null,
      host: hostOf(name),
    }),
  });
  const engine = startEngine({
    ...{ profile: setup.profile, clock: setup.engineClock, watcher, beginnings },
    explains: setup.explains ?? false,
    pathTo: name => (setup.isAbsent?.(name) === true ? null : bridges.pathTo(name)),
    failed: faultTeller(setup.log('engine')),
  });
  for (const entry of setup.profile.bridges) bridges.open(entry);
  const watch = watchBridges(engine, bridges.status, setup.engineClock);
  watch.look();

  return {
    engine,
    packets,
    status: bridges.status,
    describe({ bridge, message }) {
      const type = bridges.entries().find(({ name }) => name === bridge)?.type ?? '';
      return kinds.get(type)?.describe(message) ?? '';
    },
    reload(profile, at) {
      reloadShow({ engine, bridges }, profile, at);
      watch.look();
    },
    async close() {
      watch.end();
      engine.stop();
      await bridges.closeAll();
    },
  };
}

function reloadShow(
  { engine, bridges }: { readonly engine: Engine; readonly bridges: OpenBridges },
  profile: Profile,
  at: Ms,
): void {
  const before = bridges.entries();
  const names = new Set(before.map(({ name }) => name));
  const wanted = new Map(profile.bridges.map(entry => [entry.name, entry]));
  for (const entry of profile.bridges) {
    if (names.has(entry.name)) continue;
    engine.missed(entry.name);
    bridges.open(entry);
  }
  // Bridges that go, or change, are told what ends before they close.
  engine.reload(profile, at);
  for (const entry of before) {
    const next = wanted.get(entry.name);
    if (next === undefined) bridges.close(entry.name);
    else if (!isSameBridge(entry, next)) {
      engine.missed(entry.name);
      void bridges.reopen(next);
    }
  }
  bridges.arrange(wanted.keys());
}

/** Tells of each kind of fault once: one that comes again at every packet must not bury the log. */
function faultTeller(log: Log): (fault: StepFault) => void {
  const told = new Set<string>();
  return ({ at, error, input }) => {
    if (told.has(error.message)) return;
    told.add(error.message);
    const text = `a step failed, by a mistake of this program; the show goes on without it: ${error.message}`;
    log.error({ at, input, error: String(error.stack) }, text);
  };
}

const isSameBridge = (a: BridgeEntry, b: BridgeEntry | undefined): boolean =>
  a.type === b?.type && JSON.stringify(a.options) === JSON.stringify(b.options);
