/** A show with its bridges open: the same for a live night, a simulated one, a replay and a test. */
import type { Bridge, BridgeStatus, Host, Log, OpenBridge } from './bridge.ts';
import type { Clock, Ms } from './core/clock.ts';
import type { CueIntent } from './core/intents.ts';
import type { Memory } from './core/memory.ts';
import type { BridgeEntry, Profile } from './core/profile.ts';
import { type Engine, startEngine, type Watcher, type Way } from './engine.ts';
import type { Wire } from './wire.ts';

export interface ShowSetup {
  readonly profile: Profile;
  readonly bridges: readonly Bridge[];
  readonly clock: Clock;
  /** What wakes the engine: the same clock, or in a replay one that never does, since its wakes were recorded. */
  readonly engineClock: Clock;
  readonly wire: Wire;
  readonly log: (bridge: string) => Log;
  readonly unixMs: (at: Ms) => number;
  readonly watcher: Watcher;
  /** Bridges that send are not opened: nothing leaves. */
  readonly isDryRun: boolean;
  /** Other options and another way onto the network for some bridges, by name: where they meet a simulated device. */
  readonly instead: ReadonlyMap<string, { readonly options: unknown; readonly wire: Wire }>;
  /** What an earlier run left, and how old it is; null: nothing. */
  readonly memory: { readonly memory: Memory; readonly ageMs: Ms } | null;
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
    run: anchor => guard(() => bridge.run(anchor), undefined),
    release: () => guard(() => bridge.release(), undefined),
  };
}

interface Opened {
  readonly entry: BridgeEntry;
  /** null: not open, since this is a dry run. */
  readonly way: Way | null;
}

/** Stands in for a bridge while the one before it lets go of its ports. */
const REOPENING: Way = {
  bridge: {
    send: () => false,
    run() {},
    release() {},
    status: () => ({ state: 'waiting', text: 'being opened anew' }),
    close: async () => {},
  },
  tell: () => null,
};

export function openShow(setup: ShowSetup): OpenShow {
  const { clock, watcher, instead, memory } = setup;
  const kinds = new Map(setup.bridges.map(bridge => [bridge.type, bridge]));
  const open = new Map<string, Opened>();
  const closing = new Set<Promise<void>>();

  function openBridge(entry: BridgeEntry): Way | null {
    const { name, type, options } = entry;
    const kind = kinds.get(type);
    if (kind === undefined || (setup.isDryRun && kind.message !== null)) return null;
    const host: Host = {
      clock,
      wire: instead.get(name)?.wire ?? setup.wire,
      log: setup.log(name),
      unixMs: setup.unixMs,
      emit: (event, stamp) => engine.emit(name, event, stamp),
    };
    const bridge = guarded(kind.open(name, instead.get(name)?.options ?? options, host), host.log);
    return { bridge, tell: ({ told }) => kind.tell?.(told) ?? null };
  }

  function closeBridge(name: string): Promise<void> {
    const closed: Promise<void> = (open.get(name)?.way?.bridge.close() ?? Promise.resolve()).finally(() =>
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
    await closed;
    if (open.get(entry.name) === reopening) open.set(entry.name, { entry, way: openBridge(entry) });
  }

  const engine = startEngine({
    ...{ profile: setup.profile, clock: setup.engineClock, watcher, memory },
    wayTo: name => open.get(name)?.way ?? null,
  });
  for (const entry of setup.profile.bridges) open.set(entry.name, { entry, way: openBridge(entry) });

  return {
    engine,
    status: () =>
      [...open.values()].map(({ entry: { name, type }, way }) => ({
        ...{ name, type },
        ...(way?.bridge.status() ?? { state: 'ready', text: 'dry run: nothing leaves' }),
      })),
    describe: ({ bridge, message }) => kinds.get(open.get(bridge)?.entry.type ?? '')?.describe(message) ?? '',
    reload(profile, at) {
      const before = new Map(open);
      const names = new Set(profile.bridges.map(({ name }) => name));
      for (const name of before.keys()) if (!names.has(name)) void closeBridge(name);
      for (const entry of profile.bridges) {
        const opened = before.get(entry.name);
        // Taken out and put back, so that they stand in the order of the profile.
        open.delete(entry.name);
        if (opened === undefined) open.set(entry.name, { entry, way: openBridge(entry) });
        else if (isSameBridge(opened.entry, entry)) open.set(entry.name, opened);
        else {
          open.set(entry.name, opened);
          void openAfter(closeBridge(entry.name), entry);
        }
      }
      engine.reload(profile, at);
    },
    async close() {
      engine.stop();
      for (const name of [...open.keys()]) void closeBridge(name);
      await Promise.all(closing);
    },
  };
}

const isSameBridge = (a: BridgeEntry, b: BridgeEntry | undefined): boolean =>
  a.type === b?.type && JSON.stringify(a.options) === JSON.stringify(b.options);
