/** Every bridge there is, where no HID device can be found: a test must not open what is plugged into this machine. */
import { cdjHidBridgeOver } from '../../bridges/cdj-hid/index.ts';
import { BRIDGES } from '../../bridges/index.ts';
import type { Bridge } from '../../src/bridge.ts';

const noPlayers = cdjHidBridgeOver(async () => ({
  list: async () => [],
  open: async () => {
    throw new Error('it has been unplugged');
  },
}));

export const BRIDGES_WITHOUT_HID: readonly Bridge[] = BRIDGES.map(bridge =>
  bridge.type === 'cdj-hid' ? noPlayers : bridge,
);

/** The same, where a player takes all that it is shown: a recording does not say when one was there. */
export const BRIDGES_WITH_A_PLAYER: readonly Bridge[] = BRIDGES_WITHOUT_HID.map(bridge => {
  if (bridge.type !== 'cdj-hid') return bridge;
  const open: Bridge['open'] = (...world) => ({ ...bridge.open(...world), send: () => true });
  return { ...bridge, open };
});
