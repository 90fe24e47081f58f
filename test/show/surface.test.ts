/** A surface and a console alone, a whole show: hands at a simulated player in memory, and what the console is sent. */
import { describe, expect, it } from 'vitest';
import { cdjHidBridgeOver } from '../../bridges/cdj-hid/index.ts';
import { memoryHid } from '../../bridges/cdj-hid/simulator/memory-hid.ts';
import { openPlayer } from '../../bridges/cdj-hid/simulator/player.ts';
import { USUAL_PLAYER } from '../../bridges/cdj-hid/simulator/player-options.ts';
import { BRIDGES } from '../../bridges/index.ts';
import { virtualClock } from '../../src/core/clock.ts';
import { FRESH_START } from '../../src/core/engine/engine-state.ts';
import type { Input } from '../../src/core/events.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { type Departure, NO_WATCHER } from '../../src/live/engine.ts';
import { openShow } from '../../src/live/open-show.ts';
import { memoryNetwork } from '../../src/network/memory-network.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { recordBlocks, recordingHead } from '../../src/recording/recording-format.ts';
import { recordsOf } from '../recording/sample-recordings.ts';

const PROFILE = `
decklight: 1
name: surface
bridges:
  booth: { type: cdj-hid }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
cues:
  drop: [{ console: /drop }]
  flash_on: [{ console: /flash/on }]
  flash_off: [{ console: /flash/off }]
  safe: [{ console: /safe }]
panic: safe
controls:
  booth:
    buttons:
      play-pause: { press: drop, long-press: panic }
      hot-cue-a: { press: flash_on, release: flash_off }
    turns:
      browse-encoder: { forward: flash_on, reverse: flash_off }
`;

const settled = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

const nic = { name: 'eth0', address: '127.0.0.1', netmask: '255.0.0.0', mac: '02:00:00:00:00:01' };

function openBooth() {
  const clock = virtualClock();
  const hid = memoryHid(clock);
  const loaded = loadProfile(PROFILE, 'surface.yaml', BRIDGES, NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const inputs: Input[] = [];
  const departures: Departure[] = [];
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
    },
  });
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 5) {
      clock.advance(5);
      await settled();
    }
  }
  const said = () => departures.map(({ intent }) => `${show.describe(intent)} ${intent.because.place}`);
  const player = hid.plug(openPlayer({ ...USUAL_PLAYER, reportEveryMs: 20 }, clock.now()), { path: 'p' });
  return { clock, show, inputs, departures, pass, said, player };
}

type Booth = ReturnType<typeof openBooth>;

async function hold({ player, pass }: Booth, control: 'play-pause' | 'hot-cue-a', ms: number): Promise<void> {
  player.feed({ kind: 'act', act: { kind: 'hold', control } });
  await pass(ms);
  player.feed({ kind: 'act', act: { kind: 'let-go', control } });
  await pass(50);
}

describe('a player and a console', () => {
  it('press by press, what is bound leaves, each time with the control that it was; a recording of it gives the same', async () => {
    const booth = openBooth();
    await booth.pass(2500);
    await hold(booth, 'play-pause', 100);
    await hold(booth, 'hot-cue-a', 200);
    booth.player.feed({ kind: 'act', act: { kind: 'turn', control: 'browse-encoder', by: 2 } });
    await booth.pass(100);
    await hold(booth, 'play-pause', 700);
    await hold(booth, 'hot-cue-a', 50);
    expect(booth.said()).toEqual([
      '/drop play-pause of booth',
      '/flash/on hot-cue-a of booth',
      '/flash/off hot-cue-a of booth',
      '/flash/on browse-encoder of booth',
      '/flash/on browse-encoder of booth',
      // All is muted from here on but the cue of the panic.
      '/safe play-pause of booth',
    ]);
    await booth.show.close();

    const base = { startedAtMs: 0, startedAtUnixNs: 0n };
    const controls = booth.inputs.flatMap(({ event, stamp }) =>
      event.kind === 'control' ? [{ decklight: 'control' as const, ...stamp, event }] : [],
    );
    const file = Buffer.concat([...recordingHead(), ...controls.flatMap(each => recordBlocks(base, each.at, each))]);
    const again = openBooth();
    await again.pass(100);
    for (const record of recordsOf(file)) {
      if (record.decklight !== 'control') continue;
      const { at, notBefore, event } = record;
      again.show.engine.emit(event.surface, event, { notBefore, at });
    }
    expect(again.departures.map(({ at, intent }) => [at, intent])).toEqual(
      booth.departures.map(({ at, intent }) => [at, intent]),
    );
    await again.show.close();
  });

  it('that is unplugged with a button held: what it began ends, and no press comes of it', async () => {
    const booth = openBooth();
    await booth.pass(2500);
    booth.player.feed({ kind: 'act', act: { kind: 'hold', control: 'hot-cue-a' } });
    booth.player.feed({ kind: 'act', act: { kind: 'hold', control: 'play-pause' } });
    await booth.pass(100);
    booth.player.unplug();
    await booth.pass(1000);
    expect(booth.said()).toEqual(['/flash/on hot-cue-a of booth', '/flash/off hot-cue-a of booth']);
    await booth.show.close();
  });
});
