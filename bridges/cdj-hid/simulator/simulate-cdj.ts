/** A simulated player in memory for `run --simulate`: hands by the set and by keys, and what it shows as text. */
import type { Simulation, SimulationRequest } from '../../../src/bridge.ts';
import type { Cancel } from '../../../src/core/clock.ts';
import { playScript } from '../../../src/live/timed-script.ts';
import { cdjHidBridgeOver } from '../index.ts';
import type { CdjProfileOptions } from '../options.ts';
import { drawPlayer } from './draw.ts';
import { memoryHid, type PluggedPlayer } from './memory-hid.ts';
import { openPlayer } from './player.ts';
import { USUAL_PLAYER } from './player-options.ts';
import { actsOfKey, SURFACE_KEY_HELP } from './surface-keys.ts';
import type { ScriptedAct } from './surface-script.ts';
import { parseHands } from './surface-set.ts';

/**
 * Plugs a simulated player in, of the kind that the profile expects.
 *
 * @throws Error with one line per mistake in the set
 */
export async function simulateCdj({
  name,
  names,
  clock,
  network,
  options,
  set,
  acted,
}: SimulationRequest): Promise<Simulation> {
  const parsed = parseHands(set.source, set.file, { name, names });
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  const { serial, path, login, quirks } = options as CdjProfileOptions;
  const hid = memoryHid(clock);
  const player = { ...USUAL_PLAYER, quirks, checksId: quirks.deviceId === null };
  const where = { path: path ?? 'memory', serial: serial ?? `SIM-${name}` };
  let plugged: PluggedPlayer = hid.plug(openPlayer(player, clock.now()), where);
  let isPlugged = true;
  const cancels = new Set<Cancel>();

  function act(done: ScriptedAct): void {
    switch (done.kind) {
      case 'unplug':
        isPlugged = false;
        return plugged.unplug();
      case 'plug':
        isPlugged = true;
        plugged = hid.plug(openPlayer(player, clock.now()), where);
        return;
      case 'reset':
      case 'control-mode':
        return plugged.feed(done);
      default:
        plugged.feed({ kind: 'act', act: done });
    }
  }
  cancels.add(
    playScript(parsed.hands, clock, ({ act: done, text }) => {
      if (text !== null) acted(text);
      act(done);
    }),
  );

  return {
    // This player is none that wants no login.
    options: { ...(options as CdjProfileOptions), login: login === 'none' ? 'traktor' : login },
    network,
    open: cdjHidBridgeOver(async () => hid).open,
    text: `${USUAL_PLAYER.product}, in memory`,
    truth: () => [],
    drawn: () => (isPlugged ? drawPlayer(plugged.player()) : [`${USUAL_PLAYER.product}: unplugged`]),
    keys: {
      help: SURFACE_KEY_HELP,
      press(key) {
        const acts = actsOfKey(key, control => plugged.player().controls[control] === 1);
        for (const [afterMs, done] of acts ?? []) {
          const cancel = clock.at(clock.now() + afterMs, () => {
            cancels.delete(cancel);
            act(done);
          });
          cancels.add(cancel);
        }
        return acts !== null;
      },
    },
    async close() {
      for (const cancel of cancels) cancel();
      plugged.unplug();
    },
  };
}
