import { describe, expect, it } from 'vitest';
import type { ListedPlayer } from '../../../bridges/cdj-hid/hid-port.ts';
import { UDEV_RULES } from '../../../bridges/cdj-hid/udev-rule.ts';
import { udevCommand } from '../../../src/cli/doctor/devices.ts';
import { hidPlayers, hidPlayerText } from '../../../src/cli/doctor/hid-players.ts';
import { listen } from './doctor-rig.ts';

const CDJ: ListedPlayer = { path: '/dev/null', serial: 'A1', product: 'CDJ-3000', vendorId: 0x2b73, productId: 0x2f };
const noOpen = async (): Promise<never> => {
  throw new Error('this must not be opened');
};

describe('players by USB HID', () => {
  it('are listed with whether they may be opened, and not opened', async () => {
    const players = [CDJ, { ...CDJ, path: '/dev/not-there' }, { ...CDJ, path: 'DevSrvsID:42', serial: '' }];
    const found = await hidPlayers(async () => ({ list: async () => players, open: noOpen }));
    const listed = found.kind === 'players' ? found.players : [];
    expect(listed.map(({ mayOpen }) => mayOpen)).toEqual([true, false, null]);
    expect(listed.map(hidPlayerText)).toEqual([
      'CDJ-3000  2b73:002f  serial A1  /dev/null',
      'CDJ-3000  2b73:002f  serial A1  /dev/not-there',
      'CDJ-3000  2b73:002f  DevSrvsID:42',
    ]);
  });

  it('without hidapi are one line that says what to do', async () => {
    const found = await hidPlayers(() => Promise.reject(new Error('HID cannot be used: no libudev; install it')));
    expect(found).toEqual({ kind: 'none', why: 'HID cannot be used: no libudev; install it' });
  });
});

describe('devices --udev', () => {
  it('is a file of rules: comments say how to install it, and each other line is a rule', () => {
    const heard = listen();
    expect(udevCommand(heard)).toBe(0);
    const lines = heard.lines;
    expect(lines.filter(line => !line.startsWith('#'))).toEqual(UDEV_RULES);
    expect(lines.join('\n')).toContain('| sudo tee /etc/udev/rules.d/70-decklight-cdj.rules');
  });
});
