/** A USB device of ours that the kernel finds on its bus as a MIDI card: plugged, pulled, and listened to from inside. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';

const GADGETS = '/sys/kernel/config/usb_gadget';
const DEVICES = '/sys/bus/usb/devices';

export interface UsbMidi {
  /**
   * Takes the device from the host, as a loose cable does, or gives it back: its card is gone and comes anew. The device
   * itself runs on, so that whoever listens inside hears what comes next.
   */
  authorize(isAllowed: boolean): void;
  /** Pulls the cable, or plugs it in again: the device is found on the bus anew. */
  plug(isIn: boolean): void;
  remove(): void;
}

/** Source: the kernel's Documentation/usb/gadget_configfs.rst. */
export function plugInUsbMidi(product: string): UsbMidi {
  const gadget = `${GADGETS}/midi`;
  const strings = `${gadget}/strings/0x409`;
  const config = `${gadget}/configs/c.1`;
  const midi = `${gadget}/functions/midi.0`;
  for (const folder of [gadget, strings, config, midi]) if (!existsSync(folder)) mkdirSync(folder);
  writeFileSync(`${gadget}/idVendor`, '0x1209');
  writeFileSync(`${gadget}/idProduct`, '0x0001');
  writeFileSync(`${strings}/manufacturer`, 'Decklight');
  writeFileSync(`${strings}/product`, product);
  writeFileSync(`${strings}/serialnumber`, '1');
  symlinkSync(midi, `${config}/midi.0`);
  const plug = (isIn: boolean): void => writeFileSync(`${gadget}/UDC`, isIn ? 'dummy_udc.0' : '\n');
  plug(true);
  return {
    authorize: isAllowed => writeFileSync(`${folderOf(product)}/authorized`, isAllowed ? '1' : '0'),
    plug,
    remove() {
      plug(false);
      unlinkSync(`${config}/midi.0`);
      for (const folder of [midi, config, strings, gadget]) rmdirSync(folder);
    },
  };
}

/** Folder of the device on the host's side. */
function folderOf(product: string): string {
  const found = readdirSync(DEVICES)
    .map(name => `${DEVICES}/${name}`)
    .find(folder => existsSync(`${folder}/product`) && readFileSync(`${folder}/product`, 'utf8').trim() === product);
  if (found === undefined) throw new Error(`no USB device is called ${product}`);
  return found;
}
