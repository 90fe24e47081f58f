/** A show with its bridges open: the same for a live night, a simulated one, a replay and a test. */
import type { Bridge, BridgeHost, BridgeStatus, Log, OpenBridge } from '../bridge.ts';
import type { Clock, Ms } from '../core/clock.ts';
import type { StartState } from '../core/engine/engine-state.ts';
import type { CueIntent } from '../core/engine/intents.ts';
import type { BridgeEntry, Profile } from '../core/profile.ts';
import { requiredData } from '../core/required-data.ts';
import type { Network } from '../network/network.ts';
import type { OutputPath } from './delivery.ts';
import { type Engine, type StepFault, startEngine, type Watcher } from './engine.ts';

export interface ShowSetup {
  readonly profile: Profile;
  readonly bridges: readonly Bridge[];
  readonly clock: Clock;
  /** What wakes the engine: the same clock, or in a replay one that never does, since its wakes were recorded. */
  readonly engineClock: Clock;
  readonly network: Network;
  readonly log: (bridge: string) => Log;
  readonly unixMs: (at: Ms) => number;
  readonly watcher: Watcher;
  /** Bridges that send are not opened: nothing leaves. */
  readonly isDryRun: boolean;
  /** Other options and another way onto the network for some bridges, by name: where they meet a simulated device. */
  readonly instead: ReadonlyMap<string, { readonly options: unknown; readonly network: Network }>;
  readonly beginnings: StartState;
}

export type NamedStatus = BridgeStatus & { readonly name: string; readonly type: string };

export interface OpenShow {
  readonly engine: Engine;
  /** Every bridge of the profile and how it stands, in the order of the profile. */
  status(): readonly NamedStatus[];
  /** A message as one line for people. */
  describe(intent: CueIntent): string;
  /** Goes on by another profile: bridges whose options are other than before are opened anew, the rest is not disturbed. */
  reload(profile: Profile, at: Ms): void;
  close(): Promise<void>;
}

/** A bridge whose `send` breaks its promise and throws must not take the others with it. */
function guarded(bridge: OpenBridge, log: Log): OpenBridge {
  const guard = <T>(run: () => T, otherwise: T): T => {
    try {
      return run();
    } catch (error) {
      const { message } = error as Error;
      log.error({ error: String(error) }, `something was not sent, by a mistake of this program: ${message}`);
      return otherwise;
    }
  };
  return {
    ...bridge,
    send: (message, at) => guard(() => bridge.send(message, at), false),
    timecode: anchor => guard(() => bridge.timecode(anchor), undefined),
    clock: anchor => guard(() => bridge.clock(anchor), undefined),
    release: () => guard(() => bridge.release(), undefined),
  };
}

interface Opened {
  readonly entry: BridgeEntry;
  readonly way: OutputPath | 'dry run' | null;
}

/** Stands in for a bridge while the one before it lets go of its ports. */
const REOPENING: OutputPath = {
  bridge: {
    send: () => false,
    timecode() {},
    clock() {},
    release() {},
    status: () => ({ state: 'waiting', text: 'being opened anew' }),
    close: async () => {},
  },
  feedMessage: () => null,
};

export function openShow(setup: ShowSetup): OpenShow {
  const { clock, watcher, instead, beginnings } = setup;
  const kinds = new Map(setup.bridges.map(bridge => [bridge.type, bridge]));
  const open = new Map<string, Opened>();
  const closing = new Set<Promise<void>>();

  function openBridge(entry: BridgeEntry): OutputPath | 'dry run' | null {
    const { name, type, options } = entry;
    const kind = kinds.get(type);
    if (kind === undefined) return null;
    if (setup.isDryRun && (kind.message !== null || kind.takesTimecode)) return 'dry run';
    const host: BridgeHost = {
      clock,
      network: instead.get(name)?.network ?? setup.network,
      log: setup.log(name),
      hears: true,
      needs: requiredData(engine.program().profile, engine.state().show.knowledge),
      unixMs: setup.unixMs,
      emit: (event, stamp) => engine.emit(name, event, stamp),
      ready: () => engine.ready(name),
    };
    const bridge = guarded(kind.open(name, instead.get(name)?.options ?? options, host), host.log);
    return { bridge, feedMessage: ({ value: told }) => kind.feedMessage?.(told) ?? null };
  }

  function closeBridge(name: string): Promise<void> {
    const way = open.get(name)?.way ?? null;
    const closed: Promise<void> = (isOpen(way) ? way.bridge.close() : Promise.resolve()).finally(() =>
      closing.delete(closed),
    );
    open.delete(name);
    closing.add(closed);
    return closed;
  }

  /** Opens a bridge once the one that had its name has let go. */
  async function openAfter(closed: Promise<void>, entry: BridgeEntry): Promise<void> {
    const reopening: Opened = { entry, way: REOPENING };
    open.set(entry.name, reopening);
    engine.missed(entry.name);
    await closed;
    if (open.get(entry.name) === reopening) open.set(entry.name, { entry, way: openBridge(entry) });
  }

  const engine = startEngine({
    ...{ profile: setup.profile, clock: setup.engineClock, watcher, beginnings },
    pathTo: name => open.get(name)?.way ?? null,
    failed: faultTeller(setup.log('engine')),
  });
  for (const entry of setup.profile.bridges) open.set(entry.name, { entry, way: openBridge(entry) });

  return {
    engine,
    status: () =>
      [...open.values()].map(({ entry: { name, type }, way }) => ({
        ...{ name, type },
        ...(isOpen(way) ? way.bridge.status() : { state: 'ready', text: 'dry run: nothing leaves' }),
      })),
    describe: ({ bridge, message }) => kinds.get(open.get(bridge)?.entry.type ?? '')?.describe(message) ?? '',
    reload(profile, at) {
      const before = new Map(open);
      const entries = new Map(profile.bridges.map(entry => [entry.name, entry]));
      for (const entry of profile.bridges) {
        if (open.has(entry.name)) continue;
        engine.missed(entry.name);
        open.set(entry.name, { entry, way: openBridge(entry) });
      }
      // Bridges that go, or change, are told what ends before they close.
      engine.reload(profile, at);
      for (const [name, { entry }] of before) {
        const next = entries.get(name);
        if (next === undefined) void closeBridge(name);
        else if (!isSameBridge(entry, next)) void openAfter(closeBridge(name), next);
      }
      // In the order of the profile.
      for (const name of entries.keys()) {
        const opened = open.get(name) as Opened;
        open.delete(name);
        open.set(name, opened);
      }
    },
    async close() {
      engine.stop();
      for (const name of [...open.keys()]) void closeBridge(name);
      await Promise.all(closing);
    },
  };
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

const isOpen = (way: OutputPath | 'dry run' | null): way is OutputPath => way !== null && way !== 'dry run';

const isSameBridge = (a: BridgeEntry, b: BridgeEntry | undefined): boolean =>
  a.type === b?.type && JSON.stringify(a.options) === JSON.stringify(b.options);
