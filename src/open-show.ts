/** A show with its bridges open: the same for a live night, a simulated one and a test. */
import type { Bridge, BridgeStatus, Host, Log, OpenBridge } from './bridge.ts';
import type { Clock, Ms } from './core/clock.ts';
import type { Intent } from './core/intents.ts';
import type { Profile } from './core/profile.ts';
import { type Engine, type Program, prepare, startEngine, type Watcher } from './engine.ts';
import type { Wire } from './wire.ts';

export interface ShowSetup {
  readonly profile: Profile;
  readonly bridges: readonly Bridge[];
  readonly clock: Clock;
  readonly wire: Wire;
  readonly log: (bridge: string) => Log;
  readonly unixMs: (at: Ms) => number;
  readonly watcher: Watcher;
  /** Bridges that send are not opened: nothing leaves. */
  readonly isDryRun: boolean;
  /** Other options and another way onto the network for some bridges, by name: where they meet a simulated device. */
  readonly instead: ReadonlyMap<string, { readonly options: unknown; readonly wire: Wire }>;
}

export interface OpenShow {
  readonly program: Program;
  readonly engine: Engine;
  /** Every bridge of the profile and how it stands, in the order of the profile. */
  status(): readonly (BridgeStatus & { readonly name: string; readonly type: string })[];
  /** A message as one line for people. */
  describe(intent: Intent): string;
  close(): Promise<void>;
}

/** A bridge whose `send` breaks its promise and throws must not take the others with it. */
function guarded(bridge: OpenBridge, log: Log): OpenBridge {
  return {
    ...bridge,
    send(message, at) {
      try {
        return bridge.send(message, at);
      } catch (error) {
        log.error(
          { error: String(error) },
          `a message was not sent, by a mistake of this program: ${(error as Error).message}`,
        );
        return false;
      }
    },
  };
}

export function openShow(setup: ShowSetup): OpenShow {
  const { profile, clock, watcher, instead } = setup;
  const kinds = new Map(setup.bridges.map(bridge => [bridge.type, bridge]));
  const open = new Map<string, OpenBridge>();
  const kindOf = (name: string): Bridge | undefined => {
    const entry = profile.bridges.find(bridge => bridge.name === name);
    return entry === undefined ? undefined : kinds.get(entry.type);
  };
  const program = prepare(profile);
  const engine = startEngine(program, clock, name => open.get(name) ?? null, watcher);
  for (const { name, type, options } of profile.bridges) {
    const kind = kinds.get(type);
    if (kind === undefined || (setup.isDryRun && kind.message !== null)) continue;
    const host: Host = {
      clock,
      wire: instead.get(name)?.wire ?? setup.wire,
      log: setup.log(name),
      unixMs: setup.unixMs,
      emit: (event, stamp) => engine.emit(name, event, stamp),
    };
    open.set(name, guarded(kind.open(name, instead.get(name)?.options ?? options, host), host.log));
  }
  return {
    program,
    engine,
    status: () =>
      profile.bridges.map(({ name, type }) => ({
        name,
        type,
        ...(open.get(name)?.status() ?? { state: 'ready', text: 'dry run: nothing leaves' }),
      })),
    describe: ({ bridge, message }) => kindOf(bridge)?.describe(message) ?? '',
    async close() {
      engine.stop();
      await Promise.all([...open.values()].map(bridge => bridge.close()));
    },
  };
}
