/** An hour of hands at a surface, recorded and replayed: the same leaves, and each line says which press it was. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InputId } from '../../../bridges/cdj-hid/controls/input-controls.ts';
import { cdjHidBridgeOver } from '../../../bridges/cdj-hid/index.ts';
import { memoryHid } from '../../../bridges/cdj-hid/simulator/memory-hid.ts';
import { openPlayer } from '../../../bridges/cdj-hid/simulator/player.ts';
import { USUAL_PLAYER } from '../../../bridges/cdj-hid/simulator/player-options.ts';
import { BRIDGES } from '../../../bridges/index.ts';
import { jsonScreen, plainScreen } from '../../../src/cli/terminal/screens.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import { FRESH_START } from '../../../src/core/engine/engine-state.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { NO_WATCHER } from '../../../src/live/engine.ts';
import { openShow } from '../../../src/live/open-show.ts';
import { memoryNetwork } from '../../../src/network/memory-network.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { openRecorder } from '../../../src/recording/recorder.ts';
import { recordingNetwork } from '../../../src/recording/recording-network.ts';
import { collect, replayed } from './recorded-show.ts';

const HOUR_MS = 3_600_000;
const STARTED_AT = 5000.25;
const PROFILE = `
decklight: 1
name: hands
bridges:
  booth: { type: cdj-hid }
  console: { type: osc, host: 10.0.0.9, port: 9000 }
cues:
  step: [{ console: /step }]
  flash: [{ console: /flash/on }]
  dark: [{ console: /flash/off }]
  held: [{ console: /held }]
  twice: [{ console: /twice }]
cue-lists: { main: [${Array(900).fill('step').join(', ')}] }
panic: dark
controls:
  booth:
    buttons:
      play-pause: { press: go main }
      cue: { press: back main }
      hot-cue-a: { press: flash, release: dark }
      hot-cue-b: { press: flash, long-press: held }
      hot-cue-c: { press: flash, double-press: twice, wait: true }
    turns: { browse-encoder: { select: main } }
    values: { tempo-slider: [{ console: { address: /master, args: ["\${control.value}"] } }] }
    layers: { shift: { while: slip, buttons: { hot-cue-a: { press: held } } } }
    leds: { play: list.main.isRunning, sync: bridge.console.isReady }
    screen: { rows: list main, title: "\${list.main.next}" }
`;

const BUTTONS: readonly InputId[] = ['play-pause', 'cue', 'hot-cue-a', 'hot-cue-b', 'hot-cue-c', 'slip'];

const folder = mkdtempSync(join(tmpdir(), 'decklight-hands-'));
const file = join(folder, 'hour.pcapng');
const presses = new Map<string, number>();
const [plain, json] = [collect(), collect()];
let again: Awaited<ReturnType<typeof replayed>>;
afterAll(() => rmSync(folder, { recursive: true }));

const settled = async (): Promise<void> => {
  for (let i = 0; i < 12; i++) await Promise.resolve();
};

beforeAll(async () => {
  const loaded = loadProfile(PROFILE, 'hands.yaml', BRIDGES, NO_LIBRARY);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const clock = virtualClock(STARTED_AT);
  const hid = memoryHid(clock);
  const nic = { name: 'eth0', address: '10.0.0.1', netmask: '255.255.255.0', mac: '02:00:00:00:00:01' };
  const ours = memoryNetwork(clock).host(nic);
  const recorder = openRecorder(
    {
      file,
      unixMs: at => Date.UTC(2026, 10, 21, 21, 15) + at,
      log: { info() {}, warn: (_, text) => expect.unreachable(text), error: (_, text) => expect.unreachable(text) },
    },
    {
      version: '0.1.0',
      profile: { file: 'hands.yaml', source: PROFILE },
      startedAtMs: STARTED_AT,
      options: { simulate: false, dryRun: false },
      instead: {},
      interfaces: ours.interfaces(),
      memory: null,
      allocated: [],
      book: [],
    },
  );
  const setup = { startedAt: STARTED_AT, notices: () => [], drawings: () => [] };
  const screens = [plainScreen({ out: plain.out, ...setup }), jsonScreen({ out: json.out, ...setup })];
  const show = openShow({
    profile: loaded.profile,
    bridges: [cdjHidBridgeOver(async () => hid), ...BRIDGES.filter(({ type }) => type !== 'cdj-hid')],
    ...{ clock, engineClock: clock, network: recordingNetwork(ours, recorder, () => clock.now()) },
    log: () => ({ info() {}, warn() {}, error() {} }),
    unixMs: at => at,
    isDryRun: false,
    instead: new Map(),
    beginnings: FRESH_START,
    watcher: {
      ...NO_WATCHER,
      received({ event, stamp }) {
        if (event.kind === 'control') recorder.control(event, stamp);
        if (event.kind === 'bridge.ready') recorder.ready(event.bridge, stamp.at);
        if (event.kind === 'bridge.state') recorder.bridgeState(event.bridge, event.isReady, stamp.at);
        if (event.kind === 'control' && event.gesture === 'press') {
          presses.set(event.control, (presses.get(event.control) ?? 0) + 1);
        }
      },
      woke: at => recorder.wake(at),
      took: recorder.took,
      came: arrived => recorder.came(arrived),
      sent: departure => screens.forEach(screen => void screen.sent(departure, show.describe(departure.intent))),
      dropped: (dropped, at) => screens.forEach(screen => void screen.dropped(dropped, at)),
      answered: answer => screens.forEach(screen => void screen.answered(answer)),
    },
  });
  const player = hid.plug(openPlayer({ ...USUAL_PLAYER, reportEveryMs: 100 }, clock.now()), { path: 'p' });
  const random = seededRandom(4);
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 200) {
      clock.advance(Math.min(left, 200));
      await settled();
    }
  };
  await pass(3000);
  while (clock.now() < STARTED_AT + HOUR_MS) {
    const control = BUTTONS[Math.floor(random() * BUTTONS.length)] as InputId;
    const times = control === 'hot-cue-c' && random() < 0.5 ? 2 : 1;
    for (let i = 0; i < times; i++) {
      player.feed({ kind: 'act', act: { kind: 'hold', control } });
      await pass(random() < 0.2 ? 900 : 60);
      player.feed({ kind: 'act', act: { kind: 'let-go', control } });
      await pass(60);
    }
    if (random() < 0.2) player.feed({ kind: 'act', act: { kind: 'turn', control: 'browse-encoder', by: 1 } });
    const to = Math.round(random() * 2000) - 1000;
    if (random() < 0.3) player.feed({ kind: 'act', act: { kind: 'put', control: 'tempo-slider', to } });
    await pass(1000 + 4000 * random());
  }
  await show.close();
  await recorder.stop(clock.now());
  again = await replayed(file);
});

it('an hour of hands is replayed to the same lines, as text and as JSON', async () => {
  expect([again.code, again.errors]).toEqual([0, []]);
  expect(again.lines.slice(1, -1)).toEqual(plain.lines);
  const asJson = await replayed(file, true);
  expect(asJson.lines.filter(line => !/"kind":"(recording|end)"/.test(line))).toEqual(json.lines);
  expect(again.lines.at(-1)).toMatch(/ gestures, .*; recording whole$/);
});

it('each line of the replay says which press it was, and each press of GO has its own', () => {
  const sent = again.lines.slice(1, -1);
  expect(sent.length).toBeGreaterThan(500);
  expect(sent.filter(line => !/ of booth( {2}|$)/.test(line))).toEqual([]);
  const goes = sent.filter(line => line.includes('/step'));
  expect(goes.length).toBe(presses.get('play-pause'));
  expect(goes.every(line => line.includes('play-pause of booth'))).toBe(true);
});
