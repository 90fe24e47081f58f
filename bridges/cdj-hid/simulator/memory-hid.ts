/** Simulated players as HID devices in memory: what a driver opens instead of node-hid's, on whatever clock. */
import type { Clock } from '../../../src/core/clock.ts';
import type { HidHandle, HidListener, HidSystem, ListedPlayer } from '../hid-port.ts';
import type { PlayerInput, SimulatedPlayer } from './player.ts';
import { type RunningPlayer, runPlayer } from './running-player.ts';

/** As many reports as the kernel keeps for a device that nobody reads; newer ones are dropped. */
const KEPT_MOST = 63;

/** A simulated player that is plugged in, or was. */
export interface PluggedPlayer {
  player(): SimulatedPlayer;
  /** What a hand or its maker does to it. */
  feed(input: PlayerInput): void;
  /** A report as it is, whatever is in it. */
  send(bytes: Uint8Array): void;
  /** Everything that was written to it, as written. */
  readonly written: readonly Uint8Array[];
  unplug(): void;
}

export interface MemoryHid extends HidSystem {
  plug(player: SimulatedPlayer, where: { readonly path: string; readonly serial?: string }): PluggedPlayer;
  /** From now on a device at this path cannot be opened, and why; null: it can. */
  forbid(path: string, why: string | null): void;
}

interface Plug {
  readonly listed: ListedPlayer;
  readonly listeners: Set<HidListener>;
  readonly kept: Uint8Array[];
  readonly written: Uint8Array[];
  running: RunningPlayer;
  isPlugged: boolean;
}

function deliverReport(clock: Clock, plug: Plug, bytes: Uint8Array): void {
  if (plug.listeners.size === 0) {
    if (plug.kept.length < KEPT_MOST) plug.kept.push(bytes);
    return;
  }
  const at = clock.now();
  for (const listener of [...plug.listeners]) listener.report(bytes, { notBefore: at, at });
}

function openPlug(clock: Clock, plug: Plug, listener: HidListener): HidHandle {
  plug.listeners.add(listener);
  // What was kept is delivered once the opener has the handle.
  const cancel = clock.at(clock.now(), () => {
    for (const bytes of plug.kept.splice(0)) deliverReport(clock, plug, bytes);
  });
  return {
    async write(bytes) {
      if (!plug.isPlugged) throw new Error('it has been unplugged');
      if (!plug.listeners.has(listener)) throw new Error('it has been closed');
      plug.written.push(bytes);
      plug.running.feed({ kind: 'written', packet: bytes.subarray(1) });
    },
    async close() {
      cancel();
      plug.listeners.delete(listener);
    },
  };
}

function pullPlug(plug: Plug): void {
  if (!plug.isPlugged) return;
  plug.isPlugged = false;
  plug.running.stop();
  for (const listener of [...plug.listeners]) listener.failed('it has been unplugged');
  plug.listeners.clear();
}

/** @param clock the players' own: their wakes are on it */
export function memoryHid(clock: Clock): MemoryHid {
  const plugs = new Map<string, Plug>();
  const forbidden = new Map<string, string>();
  return {
    list: async () => [...plugs.values()].map(({ listed }) => listed),
    async open(path, _clock, listener) {
      const plug = plugs.get(path);
      const why = forbidden.get(path);
      if (why !== undefined) throw new Error(why);
      if (plug === undefined) throw new Error('it has been unplugged');
      return openPlug(clock, plug, listener);
    },
    forbid(path, why) {
      if (why === null) forbidden.delete(path);
      else forbidden.set(path, why);
    },
    plug(player, { path, serial = '' }) {
      const plug: Plug = {
        listed: { path, serial, product: player.options.product, vendorId: 0x2b73, productId: 0x2f },
        listeners: new Set(),
        kept: [],
        written: [],
        running: runPlayer(player, clock, report => deliverReport(clock, plug, report)),
        isPlugged: true,
      };
      plugs.set(path, plug);
      plug.running.feed({ kind: 'wake' });
      return {
        player: () => plug.running.player(),
        feed: input => plug.running.feed(input),
        send: bytes => deliverReport(clock, plug, bytes),
        written: plug.written,
        unplug() {
          if (plugs.get(path) === plug) plugs.delete(path);
          pullPlug(plug);
        },
      };
    },
  };
}
