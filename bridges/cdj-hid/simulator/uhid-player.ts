/** A simulated player as a HID device of the Linux kernel, by `/dev/uhid`: every program on this machine sees it. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Clock } from '../../../src/core/clock.ts';
import { VENDOR_IDS } from '../layout.ts';
import { openPlayer, type PlayerOptions, type SimulatedPlayer } from './player.ts';
import type { HandledPlayer } from './player-hands.ts';
import { type RunningPlayer, runPlayer } from './running-player.ts';
import {
  decodeEvent,
  encodeCreate,
  encodeDestroy,
  encodeReport,
  REPORT_DESCRIPTOR,
  UHID_EVENT_BYTES,
} from './uhid-codec.ts';

export const UHID = '/dev/uhid';

/** Product id of a CDJ-3000 [C cdj3k-emu]; a host must not look at it. */
const PRODUCT_ID = 0x2f;

export interface UhidOptions {
  readonly clock: Clock;
  readonly player: PlayerOptions;
  /** Empty: it has none. */
  readonly serial: string;
  /** Told what happens to it: a program opens it, or the kernel refuses something. */
  readonly log: (text: string) => void;
}

export interface UhidPlayer extends HandledPlayer {
  isPlugged(): boolean;
  close(): Promise<void>;
}

/** Says in one line what an error at `/dev/uhid` means. */
export function uhidTrouble(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const elsewhere = '"decklight run --simulate" has a simulated CDJ in memory, on any machine';
  switch (code) {
    case 'ENOENT':
    case 'ENODEV':
    case 'ENXIO':
      return `there is no ${UHID} on this machine: on Linux load it with "sudo modprobe uhid"; where that is not to be had, ${elsewhere}`;
    case 'EACCES':
    case 'EPERM':
      return `this user may not open ${UHID}: run this command with sudo; or ${elsewhere}`;
    default:
      return `${UHID} cannot be used: ${message.split('\n', 1)[0]}; ${elsewhere}`;
  }
}

/**
 * Opens the device of the kernel and plugs the player in.
 *
 * @throws Error with one line where that cannot be had
 */
export async function openUhidPlayer({ clock, player, serial, log }: UhidOptions): Promise<UhidPlayer> {
  const file = await open(UHID, 'r+').catch(error => {
    throw new Error(uhidTrouble(error));
  });
  const queue = writeQueue(file, error => log(uhidTrouble(error)));
  let isPlugged = false;
  let running: RunningPlayer = runPlayer(openPlayer(player, clock.now()), clock, () => {});
  let isClosing = false;
  let started = (): void => {};
  let start: Promise<void> = Promise.resolve();

  function plug(): void {
    if (isPlugged) return;
    isPlugged = true;
    start = new Promise(resolve => {
      started = resolve;
    });
    const [vendorId] = VENDOR_IDS;
    const { product: name } = player;
    queue.push(encodeCreate({ name, serial, vendorId, productId: PRODUCT_ID, descriptor: REPORT_DESCRIPTOR }));
    running = runPlayer(openPlayer(player, clock.now()), clock, report => queue.push(encodeReport(report)));
    running.feed({ kind: 'wake' });
  }

  function unplug(): void {
    if (!isPlugged) return;
    isPlugged = false;
    running.stop();
    queue.push(encodeDestroy());
  }

  /** Reads on until the kernel has let the device go: a read that waits would keep the program from its end. */
  async function readAll(): Promise<void> {
    const room = new Uint8Array(UHID_EVENT_BYTES);
    while (true) {
      const { bytesRead } = await file.read(room, 0, room.length, null);
      const event = decodeEvent(room.subarray(0, bytesRead));
      if (event?.kind === 'output') running.feed({ kind: 'written', packet: event.report });
      else if (event?.kind === 'request') queue.push(event.refusal);
      else if (event?.kind === 'start') started();
      else if (event?.kind === 'open') log('a program has opened it');
      else if (event?.kind === 'close') log('no program has it open any more');
      else if (event?.kind === 'stop' && isClosing) return;
    }
  }

  plug();
  const reading = readAll().catch(error => log(uhidTrouble(error)));
  return {
    player: (): SimulatedPlayer => running.player(),
    feed: input => running.feed(input),
    isPlugged: () => isPlugged,
    plug,
    unplug,
    async close() {
      isClosing = true;
      // Only a device that the kernel has taken is let go of, and only that ends the read.
      plug();
      await Promise.race([start, reading]);
      unplug();
      await reading;
      await queue.ended();
      await file.close();
    },
  };
}

/** Writes events one by one, in order. */
function writeQueue(file: FileHandle, failed: (error: unknown) => void) {
  let last: Promise<void> = Promise.resolve();
  return {
    push(event: Uint8Array): void {
      last = last
        .then(async () => {
          await file.write(event);
        })
        .catch(failed);
    },
    ended: () => last,
  };
}
