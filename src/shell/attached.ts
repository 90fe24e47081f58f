/** What is plugged into this machine: MIDI ports and USB HID players. Lists only, opens nothing. */
import { accessSync, constants, existsSync } from 'node:fs';

/** Makers whose players speak USB HID, by USB vendor id: Pioneer, and Pioneer DJ that became AlphaTheta. */
const HID_VENDORS: ReadonlySet<number> = new Set([0x08e4, 0x2b73]);

/** Where Linux has its MIDI ports. */
const SEQUENCER = '/dev/snd/seq';

export type MidiPorts =
  | { readonly kind: 'ports'; readonly inputs: readonly string[]; readonly outputs: readonly string[] }
  /** There is no MIDI to be had. */
  | { readonly kind: 'none'; readonly why: string; readonly advice: string };

export type HidPlayers =
  | { readonly kind: 'players'; readonly players: readonly HidPlayer[] }
  | { readonly kind: 'none'; readonly why: string; readonly advice: string };

export interface HidPlayer {
  readonly product: string;
  /** `2b73:0034`: USB vendor and product. */
  readonly usbId: string;
  readonly path: string;
  /** Whether this user may open it; null: the system does not tell by its path. */
  readonly mayOpen: boolean | null;
}

/** The ports of this machine's MIDI system; the package is loaded only here. Never throws. */
export async function midiPorts(): Promise<MidiPorts> {
  // Asked first, because the package's native part writes complaints of its own to the terminal.
  if (process.platform === 'linux' && !existsSync(SEQUENCER)) {
    const advice = 'run "sudo modprobe snd-seq"; a container or virtual machine needs /dev/snd from its host';
    return { kind: 'none', why: `there is no ${SEQUENCER}`, advice };
  }
  if (process.platform === 'linux' && !mayOpen(SEQUENCER)) {
    const advice = 'run "sudo usermod -aG audio $USER" and log in again';
    return { kind: 'none', why: `this user may not open ${SEQUENCER}`, advice };
  }
  try {
    const { default: easymidi } = await import('easymidi');
    return { kind: 'ports', inputs: easymidi.getInputs(), outputs: easymidi.getOutputs() };
  } catch (error) {
    return {
      kind: 'none',
      why: firstLine(error),
      advice: 'on Debian install libasound2; else install Decklight again',
    };
  }
}

/** The players among this machine's USB HID devices; the package is loaded only here. Never throws. */
export async function hidPlayers(): Promise<HidPlayers> {
  try {
    const { default: hid } = await import('node-hid');
    const hex = (n: number): string => n.toString(16).padStart(4, '0');
    const players = hid
      .devices()
      .filter(({ vendorId }) => HID_VENDORS.has(vendorId))
      .map(({ product = 'a player', vendorId, productId, path = '' }) => ({
        product,
        usbId: `${hex(vendorId)}:${hex(productId)}`,
        path,
        mayOpen: path.startsWith('/dev/') ? mayOpen(path) : null,
      }));
    return { kind: 'players', players };
  } catch (error) {
    const advice = 'on Debian install libusb-1.0-0 and libudev1; else install Decklight again';
    return { kind: 'none', why: firstLine(error), advice };
  }
}

function mayOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Some messages of native parts go on with a stack of paths. */
const firstLine = (error: unknown): string => (error as Error).message.split('\n')[0] ?? '';
