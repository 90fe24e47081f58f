/** A show with a simulated player in memory and a console, in simulated time. */
import type { InputId } from '../../bridges/cdj-hid/controls/input-controls.ts';
import { cdjHidBridgeOver } from '../../bridges/cdj-hid/index.ts';
import { memoryHid } from '../../bridges/cdj-hid/simulator/memory-hid.ts';
import { openPlayer } from '../../bridges/cdj-hid/simulator/player.ts';
import { USUAL_PLAYER } from '../../bridges/cdj-hid/simulator/player-options.ts';
import { BRIDGES } from '../../bridges/index.ts';
import { virtualClock } from '../../src/core/clock.ts';
import { FRESH_START } from '../../src/core/engine/engine-state.ts';
import type { Outcome } from '../../src/core/engine/outcome.ts';
import type { Input } from '../../src/core/events.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { type Departure, NO_WATCHER } from '../../src/live/engine.ts';
import { openShow } from '../../src/live/open-show.ts';
import { memoryNetwork } from '../../src/network/memory-network.ts';
import { loadProfile } from '../../src/profile/load.ts';

const settled = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

const nic = { name: 'eth0', address: '127.0.0.1', netmask: '255.0.0.0', mac: '02:00:00:00:00:01' };

/** Opens a show of a profile with a bridge `booth` that is a player, which is plugged in. */
export function openBooth(profile: string) {
  const clock = virtualClock();
  const hid = memoryHid(clock);
  const loaded = loadProfile(profile, 'surface.yaml', BRIDGES, NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const inputs: Input[] = [];
  const departures: Departure[] = [];
  const outcomes: Outcome[] = [];
  const show = openShow({
    profile: loaded.profile,
    bridges: [cdjHidBridgeOver(async () => hid), ...BRIDGES.filter(({ type }) => type !== 'cdj-hid')],
    clock,
    engineClock: clock,
    network: memoryNetwork(clock).host(nic),
    log: () => ({ info() {}, warn() {}, error() {} }),
    unixMs: at => at,
    isDryRun: false,
    instead: new Map(),
    beginnings: FRESH_START,
    watcher: {
      ...NO_WATCHER,
      received: input => inputs.push(input),
      sent: departure => departures.push(departure),
      came: ({ outcome }) => outcomes.push(outcome),
    },
  });
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 5) {
      clock.advance(5);
      await settled();
    }
  }
  const said = () => departures.map(({ intent }) => `${show.describe(intent)} ${intent.because.place}`);
  const plugAgain = () => hid.plug(openPlayer({ ...USUAL_PLAYER, reportEveryMs: 20 }, clock.now()), { path: 'p' });
  return { clock, show, inputs, departures, outcomes, pass, said, player: plugAgain(), plugAgain };
}

export type Booth = ReturnType<typeof openBooth>;

/** Holds a button for so long. */
export async function hold({ player, pass }: Booth, control: InputId, ms: number): Promise<void> {
  player.feed({ kind: 'act', act: { kind: 'hold', control } });
  await pass(ms);
  player.feed({ kind: 'act', act: { kind: 'let-go', control } });
  await pass(50);
}
