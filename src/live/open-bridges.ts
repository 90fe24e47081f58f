/** The bridges of a show that are open, by name: opened, closed, and opened anew when their options change. */
import {
  type Bridge,
  type BridgeHost,
  type BridgeStatus,
  type Log,
  type OpenBridge,
  TAKES_NOTHING,
} from '../bridge.ts';
import type { BridgeEntry } from '../core/profile.ts';
import type { OutputPath } from './delivery.ts';

export type NamedStatus = BridgeStatus & { readonly name: string; readonly type: string };

export interface BridgesSetup {
  readonly kinds: ReadonlyMap<string, Bridge>;
  /** Bridges that send are not opened: nothing leaves. */
  readonly isDryRun: boolean;
  /** The options with which a bridge is opened, by what (null: by its own), and the world as it sees it. */
  opensWith(entry: BridgeEntry): {
    readonly options: unknown;
    readonly open: Bridge['open'] | null;
    readonly host: BridgeHost;
  };
}

export interface OpenBridges {
  /** null: there is no such bridge now; `dry run`: there is, and nothing is sent to it. */
  pathTo(name: string): OutputPath | 'dry run' | null;
  /** The bridges as they were opened, in order. */
  entries(): readonly BridgeEntry[];
  status(): readonly NamedStatus[];
  open(entry: BridgeEntry): void;
  close(name: string): void;
  /** Opens a bridge once the one that had its name has let go. */
  reopen(entry: BridgeEntry): Promise<void>;
  /** Puts them in the order of these names. */
  arrange(names: Iterable<string>): void;
  closeAll(): Promise<void>;
}

interface Opened {
  readonly entry: BridgeEntry;
  readonly path: OutputPath | 'dry run' | null;
}

export function openBridges({ kinds, isDryRun, opensWith }: BridgesSetup): OpenBridges {
  const opened = new Map<string, Opened>();
  const closing = new Set<Promise<void>>();

  function openPath(entry: BridgeEntry): OutputPath | 'dry run' | null {
    const kind = kinds.get(entry.type);
    if (kind === undefined) return null;
    if (isDryRun && (kind.message !== null || kind.takesTimecode || kind.serves)) return 'dry run';
    const { options, open, host } = opensWith(entry);
    const bridge = guarded((open ?? kind.open)(entry.name, options, host), host.log);
    return { bridge, feedMessage: ({ value }) => kind.feedMessage?.(value) ?? null };
  }

  function close(name: string): Promise<void> {
    const path = opened.get(name)?.path ?? null;
    const closed: Promise<void> = (isOpen(path) ? path.bridge.close() : Promise.resolve()).finally(() =>
      closing.delete(closed),
    );
    opened.delete(name);
    closing.add(closed);
    return closed;
  }

  return {
    pathTo: name => opened.get(name)?.path ?? null,
    entries: () => [...opened.values()].map(({ entry }) => entry),
    status: () =>
      [...opened.values()].map(({ entry: { name, type }, path }) => ({
        name,
        type,
        ...(isOpen(path) ? path.bridge.status() : { state: 'ready', text: 'dry run: nothing leaves' }),
      })),
    open: entry => void opened.set(entry.name, { entry, path: openPath(entry) }),
    close: name => void close(name),
    async reopen(entry) {
      const closed = close(entry.name);
      const reopening: Opened = { entry, path: REOPENING };
      opened.set(entry.name, reopening);
      await closed;
      if (opened.get(entry.name) === reopening) opened.set(entry.name, { entry, path: openPath(entry) });
    },
    arrange(names) {
      for (const name of names) {
        const one = opened.get(name);
        if (one === undefined) continue;
        opened.delete(name);
        opened.set(name, one);
      }
    },
    async closeAll() {
      for (const name of [...opened.keys()]) void close(name);
      await Promise.all(closing);
    },
  };
}

const isOpen = (path: OutputPath | 'dry run' | null): path is OutputPath => path !== null && path !== 'dry run';

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

/** Stands in for a bridge while the one before it lets go of its ports. */
const REOPENING: OutputPath = {
  bridge: {
    ...TAKES_NOTHING,
    status: () => ({ state: 'waiting', text: 'being opened anew' }),
    close: async () => {},
  },
  feedMessage: () => null,
};
