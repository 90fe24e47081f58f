/** Devices that are plugged into this machine: MIDI ports and USB HID players. Lists only, opens nothing. */
import { accessSync, constants } from 'node:fs';
import { failedMidi, missingMidi, type NoMidi } from '../../../bridges/midi/port.ts';

/** Makers whose players speak USB HID, by USB vendor id: Pioneer, and Pioneer DJ that became AlphaTheta. */
const HID_VENDORS: ReadonlySet<number> = new Set([0x08e4, 0x2b73]);

export type MidiPorts =
  | { readonly kind: 'ports'; readonly inputs: readonly string[]; readonly outputs: readonly string[] }
  | ({ readonly kind: 'none' } & NoMidi);

export type HidPlayers =
  | { readonly kind: 'players'; readonly players: readonly HidPlayer[] }
  | { readonly kind: 'none'; readonly why: string; readonly advice: string };

export interface HidPlayer {
  readonly product: string;
  /** `2b73:0034`: USB vendor and product. */
  readonly usbId: string;
  readonly path: string;
  /** True if this user may open the player; null: the system does not tell by its path. */
  readonly mayOpen: boolean | null;
}

/** The ports of this machine's MIDI system; the package is loaded only here. Never throws. */
export async function midiPorts(): Promise<MidiPorts> {
  const missing = missingMidi();
  if (missing !== null) return { kind: 'none', ...missing };
  try {
    const { default: easymidi } = await import('easymidi');
    return { kind: 'ports', inputs: easymidi.getInputs(), outputs: easymidi.getOutputs() };
  } catch (error) {
    return { kind: 'none', ...failedMidi(error) };
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
