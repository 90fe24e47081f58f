/**
 * From a press at a simulated player, its HID handle in memory, to the OSC datagram on loopback; beside it a bare handler that
 * hears the same reports and sends at once. And from a change of the show to the report that lights a lamp. On the live clock,
 * player, show and receiver in this one process. Prints figures; judges nothing.
 *
 *   node --import tsx test/bench/surface.ts [presses]
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { cdjHidBridgeOver } from '../../bridges/cdj-hid/index.ts';
import { REPORT_BYTES } from '../../bridges/cdj-hid/layout.ts';
import { memoryHid } from '../../bridges/cdj-hid/simulator/memory-hid.ts';
import { isPlayerOnline, openPlayer } from '../../bridges/cdj-hid/simulator/player.ts';
import { USUAL_PLAYER } from '../../bridges/cdj-hid/simulator/player-options.ts';
import { BRIDGES } from '../../bridges/index.ts';
import { FRESH_START } from '../../src/core/engine/engine-state.ts';
import { KEYS } from '../../src/core/engine/operator-actions.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { NO_WATCHER } from '../../src/live/engine.ts';
import { liveClock } from '../../src/live/live-clock.ts';
import { liveNetwork } from '../../src/live/live-network.ts';
import { openShow } from '../../src/live/open-show.ts';
import { loadProfile } from '../../src/profile/load.ts';
import { quantile } from './quantile.ts';

const PRESSES = Number(process.argv[2] ?? 300);
const PATH = 'memory';

const clock = liveClock();
const hid = memoryHid(clock);
const receiver = createSocket('udp4').bind(0, '127.0.0.1');
await once(receiver, 'listening');
const { port } = receiver.address();
const bareSocket = createSocket('udp4');

const loaded = loadProfile(
  `decklight: 1
name: surface
bridges:
  booth: { type: cdj-hid }
  console: { type: osc, host: 127.0.0.1, port: ${port} }
cues:
  fire: [{ console: /go }]
  lit: [{ booth: { sync: on } }]
  dark: [{ booth: { sync: off } }]
panic: fire
controls: { booth: { buttons: { play-pause: { press: fire } } } }
`,
  'surface.yaml',
  BRIDGES,
  NO_LIBRARY,
);
if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));

/** When the last report with another state of the SYNC lamp left for the player. */
let lampAt: number | null = null;
let isLit = false;
const watched = cdjHidBridgeOver(async () => ({
  list: hid.list,
  async open(path, opened, listener) {
    const handle = await hid.open(path, opened, listener);
    return {
      ...handle,
      async write(bytes) {
        await handle.write(bytes);
        const now = player.player().shown['sync-led'] === 1;
        if (now !== isLit) lampAt = performance.now();
        isLit = now;
      },
    };
  },
}));
const show = openShow({
  profile: loaded.profile,
  bridges: BRIDGES.map(bridge => (bridge.type === 'cdj-hid' ? watched : bridge)),
  clock,
  engineClock: clock,
  network: liveNetwork(clock),
  log: () => ({ info() {}, warn() {}, error() {} }),
  unixMs: at => Date.now() + (at - clock.now()),
  isDryRun: false,
  instead: new Map(),
  beginnings: FRESH_START,
  watcher: NO_WATCHER,
});
const player = hid.plug(openPlayer({ ...USUAL_PLAYER, reportEveryMs: 8 }, clock.now()), { path: PATH });

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
const answers = new Map<string, number>();
receiver.on('message', bytes =>
  answers.set(bytes.toString('latin1').startsWith('/go') ? 'show' : 'bare', performance.now()),
);
/** A machine that is too busy to keep a session alive loses it for a moment: so much is waited for, and no more. */
async function until(isSo: () => boolean, mostMs = 2000): Promise<boolean> {
  for (const from = performance.now(); !isSo(); await sleep(1)) if (performance.now() - from > mostMs) return false;
  return true;
}
if (!(await until(() => isPlayerOnline(player.player()), 20_000))) throw new Error('the player is not logged in');

let wasDown = false;
await hid.open(PATH, clock, {
  report(bytes) {
    // PLAY/PAUSE is bit 7 of byte 2 of a report of type 0x20.
    const isDown = bytes.length === REPORT_BYTES && bytes[1] === 0x20 && ((bytes[2] ?? 0) & 0x80) !== 0;
    if (isDown && !wasDown) bareSocket.send('bare', port, '127.0.0.1');
    wasDown = isDown;
  },
  failed() {},
});

const presses: Record<'show' | 'bare', number[]> = { show: [], bare: [] };
for (let i = 0; i < PRESSES; i++) {
  answers.clear();
  const at = performance.now();
  player.feed({ kind: 'act', act: { kind: 'hold', control: 'play-pause' } });
  if (await until(() => answers.size === 2)) {
    for (const who of ['show', 'bare'] as const) presses[who].push((answers.get(who) ?? Number.NaN) - at);
  }
  player.feed({ kind: 'act', act: { kind: 'let-go', control: 'play-pause' } });
  await sleep(12 + (i % 7));
}

const lamps: number[] = [];
for (let i = 0; i < PRESSES; i++) {
  lampAt = null;
  const at = clock.now();
  const from = performance.now();
  const cue = isLit ? 'dark' : 'lit';
  show.engine.emit(KEYS, { kind: 'operator.act', act: { kind: 'fire', cue } }, { notBefore: at, at });
  if (await until(() => lampAt !== null)) lamps.push((lampAt ?? Number.NaN) - from);
  await sleep(23 + (i % 17));
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const line = (what: string, values: readonly number[]): string =>
  `${what}: p50 ${quantile(values, 0.5).toFixed(2)} ms, p99 ${quantile(values, 0.99).toFixed(2)} ms, ${values.length} times`;
say(line('press to datagram, the show', presses.show));
say(line('press to datagram, a bare handler', presses.bare));
say(line('change of the show to the report of its lamp', lamps));
await show.close();
player.unplug();
receiver.close();
bareSocket.close();
