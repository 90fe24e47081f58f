/** HID devices of this machine, behind the smallest interface that a simulated one can stand in for; by node-hid. */
import type { Clock, Stamp } from '../../src/core/clock.ts';
import { loopWatch } from '../../src/live/loop-watch.ts';
import { REPORT_BYTES, USAGE, USAGE_PAGE, VENDOR_IDS } from './layout.ts';
import { UDEV_ADVICE } from './udev-rule.ts';

/** A player that is plugged in. */
export interface ListedPlayer {
  readonly path: string;
  /** Empty: it has none. */
  readonly serial: string;
  /** As the device says it; empty: it does not. */
  readonly product: string;
  readonly vendorId: number;
  readonly productId: number;
}

export interface HidListener {
  /** A report, without a report id. */
  report(bytes: Uint8Array, stamp: Stamp): void;
  /** It cannot be read any more: unplugged, most likely. Comes once. */
  failed(why: string): void;
}

export interface HidHandle {
  /** @throws Error with one line when it cannot be written; resolves when it has left */
  write(bytes: Uint8Array): Promise<void>;
  /** Closing twice is no mistake. */
  close(): Promise<void>;
}

export interface HidSystem {
  /**
   * Players that are plugged in, in an order that stays the same.
   *
   * @throws Error with one line when they cannot be listed
   */
  list(): Promise<readonly ListedPlayer[]>;
  /**
   * Opens one and reads from that moment on.
   *
   * @throws Error with one line on what to do when it cannot be had
   */
  open(path: string, clock: Clock, listener: HidListener): Promise<HidHandle>;
}

/** What is written for a packet: a report id of 0, which hidapi takes away, and all 64 bytes of it. */
export function hidReport(packet: Uint8Array): Uint8Array {
  const report = new Uint8Array(1 + REPORT_BYTES);
  report.set(packet.subarray(0, REPORT_BYTES), 1);
  return report;
}

/** What node-hid says of a device; parts may be missing. */
export interface HidEntry {
  readonly path?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly product?: string | undefined;
  readonly vendorId: number;
  readonly productId: number;
  readonly usagePage?: number | undefined;
  readonly usage?: number | undefined;
}

/** The players among all HID devices: by vendor and usage, never by product id; one entry for each path. */
export function playersAmong(entries: readonly HidEntry[]): readonly ListedPlayer[] {
  const players = new Map<string, ListedPlayer>();
  for (const { path, serialNumber, product, vendorId, productId, usagePage, usage } of entries) {
    const isPlayer = usagePage === USAGE_PAGE && usage === USAGE && VENDOR_IDS.some(id => id === vendorId);
    if (path === undefined || !isPlayer) continue;
    players.set(path, { path, serial: serialNumber ?? '', product: product ?? '', vendorId, productId });
  }
  const ids = ({ vendorId, productId }: ListedPlayer): string =>
    [vendorId, productId].map(id => id.toString(16).padStart(4, '0')).join(':');
  const key = (player: ListedPlayer): string => `${ids(player)}/${player.serial}/${player.path}`;
  return [...players.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Which player is meant; null: any. */
export interface MeantPlayer {
  readonly serial: string | null;
  readonly path: string | null;
}

/** `CDJ-3000 (serial X)` */
export const playerText = ({ product, serial, path }: ListedPlayer): string =>
  `${product === '' ? 'a player' : product} (${serial === '' ? path : `serial ${serial}`})`;

export interface ChosenPlayer {
  /** null: the one that is meant is not to be had. */
  readonly player: ListedPlayer | null;
  /** What the operator should read; null: nothing. */
  readonly text: string | null;
}

/**
 * Of the players that are plugged in the one that is meant.
 *
 * @param barred why a player cannot be used though it is there; null: it can
 */
export function choosePlayer(
  players: readonly ListedPlayer[],
  { serial, path }: MeantPlayer,
  barred: (player: ListedPlayer) => string | null,
): ChosenPlayer {
  const meant = players.filter(
    player => (serial === null || player.serial === serial) && (path === null || player.path === path),
  );
  const free = meant.filter(player => barred(player) === null);
  const [first] = free;
  if (first !== undefined) {
    const several = `${free.length} players are there and the first is used; to tell them apart write "serial:" or "path:", of: ${free.map(playerText).join(', ')}`;
    return { player: first, text: free.length > 1 ? several : null };
  }
  const [barredOne] = meant;
  if (barredOne !== undefined) return { player: null, text: `${playerText(barredOne)} ${barred(barredOne)}` };
  const wanted = serial !== null ? `serial ${serial}` : path !== null ? `path ${path}` : null;
  const text =
    wanted === null
      ? 'no player is plugged in by USB; plug it in and switch its control mode on'
      : `no player with ${wanted}; there are: ${players.map(playerText).join(', ') || 'none'}`;
  return { player: null, text };
}

/** What an error of hidapi means to an operator, in one line. */
export function hidTrouble(error: unknown): string {
  // HIDAsync gives texts as errors, not only Errors.
  const text = typeof error === 'string' ? error : error instanceof Error ? error.message : String(error);
  const [line = ''] = text.split('\n', 1);
  if (/permission denied|EACCES/i.test(line)) return `this user may not open it; ${UDEV_ADVICE}`;
  if (/busy|exclusive|sharing violation|being used|access is denied/i.test(line)) {
    return 'another program has it open; close rekordbox, Serato, Traktor or a second Decklight';
  }
  if (/no such (file|device)|disconnected|not found|ENODEV|ENOENT/i.test(line)) return 'it has been unplugged';
  return `the system says: ${line}`;
}

function inOneLine(error: unknown): never {
  throw new Error(hidTrouble(error));
}

/** Why there is no HID on this machine, and what to do. */
export const noHidText = (error: unknown): string => {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  return `HID cannot be used on this machine: ${line}; on Debian install libudev1 and libusb-1.0-0, else install Decklight again`;
};

/**
 * The real one; loaded only when a profile has such a bridge.
 *
 * @throws Error with one line on what to install where there is no hidapi
 */
export async function loadHidSystem(): Promise<HidSystem> {
  try {
    const { default: hid } = await import('node-hid');
    // The native part is loaded by the first call: a machine without it is told of here.
    await hid.devicesAsync();
    return {
      list: async () => playersAmong(await hid.devicesAsync().catch(inOneLine)),
      async open(path, clock, listener) {
        const device = await hid.HIDAsync.open(path).catch(inOneLine);
        const watch = loopWatch(clock);
        let isOver = false;
        // At once: until somebody listens the kernel keeps the oldest 63 reports and drops the newest.
        device.on('data', (bytes: Uint8Array) => {
          const at = clock.now();
          if (!isOver) listener.report(new Uint8Array(bytes), { notBefore: watch.notBefore(at), at });
        });
        device.on('error', (error: unknown) => {
          if (isOver) return;
          isOver = true;
          listener.failed(hidTrouble(error));
        });
        return {
          async write(bytes) {
            await device.write(Buffer.from(bytes)).catch(inOneLine);
          },
          async close() {
            isOver = true;
            await device.close().catch(() => {});
          },
        };
      },
    };
  } catch (error) {
    throw new Error(noHidText(error));
  }
}
