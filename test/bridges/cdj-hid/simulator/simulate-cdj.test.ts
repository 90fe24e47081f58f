import { describe, expect, it } from 'vitest';
import { simulateCdj } from '../../../../bridges/cdj-hid/simulator/simulate-cdj.ts';
import { BRIDGES } from '../../../../bridges/index.ts';
import { virtualClock } from '../../../../src/core/clock.ts';
import { FRESH_START } from '../../../../src/core/engine/engine-state.ts';
import { NO_LIBRARY } from '../../../../src/core/track/media-library.ts';
import { type Departure, NO_WATCHER } from '../../../../src/live/engine.ts';
import { openShow } from '../../../../src/live/open-show.ts';
import { memoryNetwork } from '../../../../src/network/memory-network.ts';
import { loadProfile } from '../../../../src/profile/load.ts';

const PROFILE = (surface: string) => `
decklight: 1
name: surface
bridges:
  booth: { ${surface} }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
cues:
  drop: [{ console: /drop }, { booth: { play: on, title: Now } }]
  next: [{ console: /next }]
  hold: [{ console: /hold }]
  safe: [{ console: /safe }]
controls:
  booth:
    buttons:
      play-pause: { press: drop }
      cue: { press: safe, long-press: hold }
    turns:
      browse-encoder: { forward: next, reverse: safe }
`;

const SET = `
set: hands
acts:
  - { at: 0:03, surface: booth, press: play-pause }
  - { at: 0:04, surface: all, turn: browse-encoder by 2 }
  - { at: 0:05, surface: booth, unplug: for 1 s }
`;

const settled = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

async function openBooth(surface = 'type: cdj-hid', set = SET) {
  const clock = virtualClock();
  const nic = { name: 'eth0', address: '127.0.0.1', netmask: '255.0.0.0', mac: '02:00:00:00:00:01' };
  const network = memoryNetwork(clock).host(nic);
  const loaded = loadProfile(PROFILE(surface), 'surface.yaml', BRIDGES, NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const told: string[] = [];
  const simulation = await simulateCdj({
    ...{ name: 'booth', names: ['booth'], clock, network },
    options: loaded.profile.bridges[0]?.options,
    set: { file: 'set.yaml', source: set },
    acted: text => told.push(text),
  });
  const departures: Departure[] = [];
  const show = openShow({
    ...{ profile: loaded.profile, bridges: BRIDGES, clock, engineClock: clock, network },
    log: () => ({ info() {}, warn() {}, error() {} }),
    unixMs: at => at,
    isDryRun: false,
    instead: new Map([['booth', simulation]]),
    beginnings: FRESH_START,
    watcher: { ...NO_WATCHER, sent: departure => departures.push(departure) },
  });
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 5) {
      clock.advance(5);
      await settled();
    }
  }
  const sent = () =>
    departures.filter(({ intent }) => intent.bridge === 'console').map(({ intent }) => show.describe(intent));
  return { clock, simulation, show, pass, told, sent };
}

describe('a simulated player of a run', () => {
  it('does what the set says, a cue leaves, and its lamp answers; unplugged, it is back by itself', async () => {
    const { simulation, show, pass, told, sent } = await openBooth();
    expect(simulation.drawn()[0]).toBe('CDJ2000NXS2: dark');
    await pass(3500);
    expect(sent()).toEqual(['/drop']);
    expect(simulation.drawn()[0]).toBe('CDJ2000NXS2: logged in by NativeInstruments');
    expect(simulation.drawn()[1]).toContain('[PLAY]');
    expect(simulation.drawn()).toContain('Now');
    await pass(2000);
    expect(sent()).toEqual(['/drop', '/next', '/next']);
    expect(simulation.drawn()[0]).toBe('CDJ2000NXS2: unplugged');
    await pass(2500);
    expect(simulation.drawn()[1]).toContain('[PLAY]');
    expect(told).toEqual(['press play-pause', 'turn browse-encoder by 2', 'unplug for 1 s']);
    await show.close();
    await simulation.close();
  });

  it('goes dark a second after the program has left it', async () => {
    const { simulation, show, pass } = await openBooth();
    await pass(3500);
    await show.close();
    await pass(1100);
    expect(simulation.drawn()[0]).toBe('CDJ2000NXS2: dark');
    await simulation.close();
  });

  it('takes keys as hands; a key that is none of its controls is left to others', async () => {
    const { simulation, show, pass, sent } = await openBooth('type: cdj-hid', 'set: none\nacts: []');
    await pass(2000);
    for (const key of [' ', 'x', '\u001b[B', 'X']) {
      expect(simulation.keys?.press(key)).toBe(true);
      await pass(1000);
    }
    expect(sent()).toEqual(['/drop', '/safe', '/next', '/hold']);
    expect(simulation.keys?.press('k')).toBe(false);
    await show.close();
    await simulation.close();
  });

  it('is the player that the profile names: its serial, its quirks, a login of its own where none is asked', async () => {
    for (const options of [
      'serial: A1',
      'login: serato',
      'login: none',
      'quirks: { device-id: 02F0F4510ED30A2C1042 }',
    ]) {
      const { simulation, show, pass } = await openBooth(`type: cdj-hid, ${options}`);
      await pass(2500);
      expect(simulation.drawn()[0], options).toContain('logged in by');
      await show.close();
      await simulation.close();
    }
  });

  it('leaves no timer behind', async () => {
    const { clock, simulation, show, pass } = await openBooth();
    await pass(1000);
    simulation.keys?.press(' ');
    await show.close();
    await simulation.close();
    await pass(10);
    expect(clock.pending()).toBe(0);
  });
});
