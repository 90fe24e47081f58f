/** A show by its command, and simulated players, with real HID devices of the kernel between them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { InputId } from '../../bridges/cdj-hid/controls/input-controls.ts';
import { OUTPUT_IDS } from '../../bridges/cdj-hid/controls/output-controls.ts';
import { isPlayerOnline } from '../../bridges/cdj-hid/simulator/player.ts';
import { USUAL_PLAYER } from '../../bridges/cdj-hid/simulator/player-options.ts';
import { openUhidPlayer, type UhidPlayer } from '../../bridges/cdj-hid/simulator/uhid-player.ts';
import { liveClock } from '../../src/live/live-clock.ts';

const PROFILE = (port: number): string => `
decklight: 1
name: surface
bridges:
  booth: { type: cdj-hid, serial: L }
  other: { type: cdj-hid, serial: R, login: serato }
  console: { type: osc, host: 127.0.0.1, port: ${port} }
cues:
  left: [{ console: /left }, { booth: { play: on, title: Left is on, rows: [one, two] } }]
  pad: [{ console: /pad }]
  right: [{ console: /right }, { other: { cue: on } }]
controls:
  booth: { buttons: { play-pause: { press: left }, hot-cue-a: { press: pad } } }
  other: { buttons: { play-pause: { press: right } } }
`;

/**
 * Players of more patience than the usual one, which gives its host up after a second: in emulation, beside whatever else the
 * machine does, a program may stand for longer. That patience is tried in simulated time, here it is order and count.
 * Their reports come every 50 ms, so that a slow processor has time for what they say.
 */
const PATIENT_PLAYER = { ...USUAL_PLAYER, hostLostMs: 60_000, hostPatienceMs: 60_000, reportEveryMs: 50 };

interface Program {
  /** Everything that it has said so far, on both streams. */
  said(): string;
  stop(): Promise<void>;
}

function start(program: string, ...words: readonly string[]): Program {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const ended = new Promise<void>(resolve => child.on('close', () => resolve()));
  return {
    said: () => said,
    async stop() {
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** Looks again and again until it is so; the test's own limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(resolve => setTimeout(resolve, 5));
}

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;

/** Path of the player with a serial number; the kernel lists it a moment after it is plugged in. */
async function pathOf(serial: string): Promise<string> {
  const find = (): string | undefined =>
    readdirSync('/sys/class/hidraw').find(name =>
      readFileSync(`/sys/class/hidraw/${name}/device/uevent`, 'utf8').includes(`HID_UNIQ=${serial}\n`),
    );
  await until(() => find() !== undefined);
  const path = `/dev/${find()}`;
  await until(() => readdirSync('/dev').some(name => path.endsWith(`/${name}`)));
  return path;
}

describe('CDJs as HID devices of the kernel', () => {
  const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
  const bare = fileURLToPath(new URL('bare-hid.js', import.meta.url));
  const clock = liveClock();
  const console = createSocket('udp4');
  const heard: { readonly at: number; readonly text: string }[] = [];
  const players: UhidPlayer[] = [];
  let show: Program;

  const texts = (): readonly string[] => heard.map(({ text }) => text);
  const open = async (serial: string): Promise<UhidPlayer> => {
    const player = await openUhidPlayer({ clock, player: PATIENT_PLAYER, serial, log: () => {} });
    players.push(player);
    return player;
  };
  async function press(player: UhidPlayer, control: InputId, answer: string): Promise<void> {
    const before = texts().filter(text => text === answer).length;
    player.feed({ kind: 'act', act: { kind: 'hold', control } });
    await until(() => texts().filter(text => text === answer).length > before);
    player.feed({ kind: 'act', act: { kind: 'let-go', control } });
    await new Promise(resolve => setTimeout(resolve, 50));
  }

  before(async () => {
    console.on('message', bytes => {
      // An OSC address ends at its first zero; the bare reader sends no zero.
      heard.push({ at: performance.now(), text: bytes.toString('latin1').split('\0', 1)[0] ?? '' });
    });
    console.bind(0, '127.0.0.1');
    await once(console, 'listening');
    const profile = join(mkdtempSync(join(tmpdir(), 'cdj-')), 'surface.yaml');
    writeFileSync(profile, PROFILE(console.address().port));
    // Root may open everything, but for one without this capability.
    const bounded = '--bounding-set=-dac_override,-dac_read_search';
    show = start('setpriv', bounded, process.execPath, main, 'run', '--no-record', profile);
    await until(() => /booth {2}no player with serial L/.test(show.said()));
  });

  after(async () => {
    await show.stop();
    for (const player of players) await player.close();
    console.close();
  });

  it('one that may not be opened gets one line with the udev rule; from when it may it is logged in by itself', async () => {
    const left = await open('L');
    const path = await pathOf('L');
    chmodSync(path, 0);
    await until(() =>
      /this user may not open it; put these lines into \/etc\/udev\/rules.d\/.*uaccess/.test(show.said()),
    );
    chmodSync(path, 0o600);
    const from = performance.now();
    await until(() => isPlayerOnline(left.player()));
    const loginMs = performance.now() - from;
    process.stdout.write(`# login ${loginMs.toFixed(0)} ms after it may be opened\n`);
    // Said as the news of the log and once more as the state of the bridge, and then no more.
    assert.ok(count(show.said(), /this user may not open it/g) <= 2);
  });

  it('each press leaves once; lamp, title and rows are read back', async () => {
    const [left] = players;
    assert.ok(left !== undefined);
    await press(left, 'play-pause', '/left');
    await press(left, 'hot-cue-a', '/pad');
    assert.deepEqual(texts(), ['/left', '/pad']);
    await until(() => left.player().shown['play-led'] === 1 && left.player().screen.rows[1]?.text === 'two');
    await until(() => left.player().screen.texts.title === 'Left is on');
    assert.deepEqual(left.player().violations, []);
  });

  it('two at once are told apart by their serial numbers, each with its login and its lamps', async () => {
    const right = await open('R');
    await until(() => isPlayerOnline(right.player()));
    await press(right, 'play-pause', '/right');
    await until(() => right.player().shown['cue-led'] === 1);
    assert.deepEqual(texts(), ['/left', '/pad', '/right']);
    assert.equal(right.player().shown['play-led'], 0);
    assert.equal(right.player().login.manufacturer, 'Serato');
  });

  it('one that is unplugged with a button held is back by itself, its lamp and rows with it, and no press is made up', async () => {
    const [left, right] = players;
    assert.ok(left !== undefined && right !== undefined);
    await press(left, 'play-pause', '/left');
    left.unplug();
    await until(() => /it has been unplugged; it is used again/.test(show.said()));
    left.plug();
    await until(() => left.player().shown['play-led'] === 1 && left.player().screen.rows[1]?.text === 'two');
    assert.ok(isPlayerOnline(right.player()));
    assert.deepEqual(texts(), ['/left', '/pad', '/right', '/left']);
    await press(left, 'hot-cue-a', '/pad');
    assert.deepEqual(texts(), ['/left', '/pad', '/right', '/left', '/pad']);
  });

  it('fifty presses leave fifty times, beside a bare reader of the same player', async () => {
    const [left] = players;
    assert.ok(left !== undefined);
    const reader = start(process.execPath, bare, await pathOf('L'), String(console.address().port));
    await until(() => reader.said().includes('reading'));
    const from = heard.length;
    const late: Record<string, number[]> = { '/left': [], bare: [] };
    for (let i = 1; i <= 50; i++) {
      const seen = heard.length;
      const at = performance.now();
      left.feed({ kind: 'act', act: { kind: 'hold', control: 'play-pause' } });
      await until(() => heard.length >= seen + 2);
      for (const { at: came, text } of heard.slice(seen)) late[text]?.push(came - at);
      left.feed({ kind: 'act', act: { kind: 'let-go', control: 'play-pause' } });
      await new Promise(resolve => setTimeout(resolve, 60));
    }
    const got = texts().slice(from);
    assert.equal(got.filter(text => text === '/left').length, 50);
    assert.equal(got.filter(text => text === 'bare').length, 50);
    for (const [who, ms] of Object.entries(late)) {
      const sorted = [...ms].sort((a, b) => a - b);
      const of = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
      process.stdout.write(
        `# press to datagram, ${who}: p50 ${of(0.5)} ms, p99 ${of(0.99)} ms, ${ms.length} presses\n`,
      );
    }
    await reader.stop();
  });

  it('at a clean stop of the show they are dark', async () => {
    await show.stop();
    // Told so, and not by their own patience, which is a minute.
    const isDark = (player: UhidPlayer): boolean => OUTPUT_IDS.every(id => player.player().shown[id] === 0);
    await until(() => players.every(isDark));
    assert.ok(players.every(player => isPlayerOnline(player.player())));
    for (const player of players) assert.deepEqual(player.player().violations, []);
  });
});
