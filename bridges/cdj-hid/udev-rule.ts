/** What lets a user of Linux open a player. */
import { VENDOR_IDS } from './layout.ts';

export const UDEV_RULE_FILE = '/etc/udev/rules.d/70-decklight-cdj.rules';

const vendorHex = (id: number): string => id.toString(16).padStart(4, '0');

/** The rule, a line for each vendor: whoever sits at the machine may open their HID devices. */
export const UDEV_RULES: readonly string[] = VENDOR_IDS.map(
  id => `KERNEL=="hidraw*", ATTRS{idVendor}=="${vendorHex(id)}", TAG+="uaccess"`,
);

/** What to do, in one line. */
export const UDEV_ADVICE = `put these lines into ${UDEV_RULE_FILE}, run "sudo udevadm control --reload", and plug it in again: ${UDEV_RULES.join(' and ')}`;

/** The file to install, with how to do that, line by line. */
export const udevFile = (): readonly string[] => [
  '# Lets the user at this machine open a CDJ by USB HID. To install it:',
  `#   decklight devices --udev | sudo tee ${UDEV_RULE_FILE}`,
  '#   sudo udevadm control --reload',
  '# then plug the player in again. For a service, or over ssh, where nobody sits at the machine, write',
  '# GROUP="plugdev", MODE="0660" in place of TAG+="uaccess".',
  ...UDEV_RULES,
];
