/** A simulated player in memory for `run --simulate`: hands by the set and by keys, and what it shows as text. */
import type { Simulation, SimulationRequest } from '../../../src/bridge.ts';
import { cdjHidBridgeOver } from '../index.ts';
import type { CdjProfileOptions } from '../options.ts';
import { drawPlayer } from './draw.ts';
import { memoryHid, type PluggedPlayer } from './memory-hid.ts';
import { openPlayer } from './player.ts';
import { openHands } from './player-hands.ts';
import { USUAL_PLAYER } from './player-options.ts';
import { SURFACE_KEY_HELP } from './surface-keys.ts';
import { parseHands } from './surface-set.ts';

/**
 * Plugs a simulated player in, of the kind that the profile expects.
 *
 * @throws Error with one line per mistake in the set
 */
export async function simulateCdj(request: SimulationRequest): Promise<Simulation> {
  const { name, names, clock, network, options, set, acted } = request;
  const parsed = parseHands(set.source, set.file, { name, names });
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  const { serial, path, login, quirks } = options as CdjProfileOptions;
  const hid = memoryHid(clock);
  const player = { ...USUAL_PLAYER, quirks, checksId: quirks.deviceId === null };
  const where = { path: path ?? 'memory', serial: serial ?? `SIM-${name}` };
  const plug = (): PluggedPlayer => hid.plug(openPlayer(player, clock.now()), where);
  let plugged = plug();
  let isPlugged = true;
  const unplug = (): void => {
    isPlugged = false;
    plugged.unplug();
  };
  const hands = openHands({
    clock,
    script: parsed.hands,
    acted,
    handled: {
      player: () => plugged.player(),
      feed: input => plugged.feed(input),
      unplug,
      plug() {
        if (isPlugged) return;
        isPlugged = true;
        plugged = plug();
      },
    },
  });
  return {
    // The simulated player always wants a login.
    options: { ...(options as CdjProfileOptions), login: login === 'none' ? 'traktor' : login },
    network,
    open: cdjHidBridgeOver(async () => hid).open,
    text: `${USUAL_PLAYER.product}, in memory`,
    truth: () => [],
    drawn: () => (isPlugged ? drawPlayer(plugged.player()) : [`${USUAL_PLAYER.product}: unplugged`]),
    keys: { help: SURFACE_KEY_HELP, press: hands.press },
    async close() {
      hands.stop();
      unplug();
    },
  };
}
