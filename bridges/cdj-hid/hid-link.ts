/** One player from the moment it is opened until it is given up: one reader, and one queue of writes. */
import type { Cancel, Clock, Ms, Stamp } from '../../src/core/clock.ts';
import { type HidHandle, type HidSystem, hidReport, type ListedPlayer } from './hid-port.ts';

/** Packets that wait for a device that takes none; beyond that it is given up. */
const QUEUE_MOST = 2000;
/** So long a device that is left has to take the last packets. */
const DRAIN_MOST_MS: Ms = 500;

export interface HidLink {
  readonly player: ListedPlayer;
  /** It is open: what it is sent leaves. */
  isOpen(): boolean;
  /** Packets of 64 bytes, after those that wait already. */
  send(packets: readonly Uint8Array[]): void;
  /** Ends when all that waited has left, or it takes too long. */
  drained(): Promise<void>;
  /** Nothing is told of it any more. Closing twice is no mistake. */
  close(): void;
}

export interface HidLinkListener {
  opened(): void;
  report(bytes: Uint8Array, stamp: Stamp): void;
  /** It could not be opened, or is lost; it has been closed. Comes once. */
  failed(why: string): void;
}

/** Paths that links of this program hold, by system: two handles on one player would both be told all. */
const held = new WeakMap<HidSystem, Set<string>>();

export const isHeld = (system: HidSystem, path: string): boolean => held.get(system)?.has(path) === true;

/** Packets on their way to an open device, in their order, one write at a time. */
function packetQueue(handle: HidHandle, clock: Clock, failed: (why: string) => void) {
  const waiting: Uint8Array[] = [];
  let writing: Promise<void> | null = null;
  let isOver = false;

  async function writeAll(): Promise<void> {
    try {
      for (let packet = waiting.shift(); packet !== undefined && !isOver; packet = waiting.shift()) {
        await handle.write(hidReport(packet));
      }
    } catch (error) {
      failed((error as Error).message);
    }
    writing = null;
  }

  return {
    push(packets: readonly Uint8Array[]): void {
      waiting.push(...packets);
      if (waiting.length > QUEUE_MOST) failed('it takes nothing any more');
      else if (waiting.length > 0) writing ??= writeAll();
    },
    async drained(): Promise<void> {
      if (writing === null) return;
      let giveUp: Cancel = () => {};
      const limit = new Promise<void>(resolve => {
        giveUp = clock.at(clock.now() + DRAIN_MOST_MS, resolve);
      });
      await Promise.race([writing, limit]);
      giveUp();
    },
    close(): void {
      isOver = true;
      void handle.close();
    },
  };
}

/** Begins to open a player; the listener is told how that went, never before this returns. */
export function openHidLink(system: HidSystem, player: ListedPlayer, clock: Clock, listener: HidLinkListener): HidLink {
  let queue: ReturnType<typeof packetQueue> | null = null;
  let isOver = false;
  const paths = held.get(system) ?? new Set();
  held.set(system, paths.add(player.path));

  function close(): void {
    if (isOver) return;
    isOver = true;
    paths.delete(player.path);
    queue?.close();
  }

  function fail(why: string): void {
    if (isOver) return;
    close();
    listener.failed(why);
  }

  async function open(): Promise<void> {
    try {
      const handle = await system.open(player.path, clock, {
        report: (bytes, stamp) => isOver || listener.report(bytes, stamp),
        failed: fail,
      });
      if (isOver) return await handle.close();
      queue = packetQueue(handle, clock, fail);
    } catch (error) {
      return fail((error as Error).message);
    }
    listener.opened();
  }

  void open();
  return {
    player,
    isOpen: () => queue !== null && !isOver,
    send: packets => isOver || queue?.push(packets),
    drained: async () => queue?.drained(),
    close,
  };
}
