/** A show with its bridges open, reloaded: what each of them is told, by bridges that only write it down. */

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Bridge, BridgeHost } from '../../src/bridge.ts';
import { virtualClock } from '../../src/core/clock.ts';
import { FRESH_START } from '../../src/core/engine/engine-state.ts';
import type { Profile } from '../../src/core/profile.ts';
import type { Action } from '../../src/core/rules/rule.ts';
import { NO_WATCHER } from '../../src/live/engine.ts';
import { openShow } from '../../src/live/open-show.ts';
import { memoryNetwork } from '../../src/network/memory-network.ts';
import { profileOf, report, reportEvent, stampAt, stateRule, structureEvent, timecode } from '../core/core-samples.ts';

const say = (bridge: string, word: string): Action => ({ bridge, message: word, roots: [] });

const entry = (name: string, to: string) => ({ name, type: 'paper', options: { to }, latencyMs: 0 });
const opus = { name: 'opus', type: 'decks', options: {}, latencyMs: 0 };

/** A level to one bridge, and timecode to another. */
const profile = (desk: string, to = 'a', level = 'on'): Profile =>
  profileOf(
    [stateRule('chorus', 'phrase.kind == chorus', { do: [say(desk, level)], undo: [say(desk, `no ${level}`)] })],
    { bridges: [opus, entry(desk, to), entry('daw', to)], timecodes: [timecode({ to: ['daw'] })] },
  );

function open(first: Profile) {
  const clock = virtualClock();
  const log: string[] = [];
  let host: BridgeHost | null = null;
  const paper: Bridge = {
    type: 'paper',
    options: z.unknown(),
    message: z.unknown(),
    takesTimecode: true,
    serves: false,
    takesClock: false,
    latencyMs: () => 0,
    feedMessage: null,
    controls: null,
    claims: () => [],
    doubts: () => [],
    simulate: null,
    describe: String,
    open(name, options, itsHost) {
      const { to } = options as { to: string };
      let isReady = false;
      const write = (what: string): void => void log.push(`${name}@${to} ${what}`);
      // As a port does, it takes a moment to be there.
      itsHost.clock.at(itsHost.clock.now() + 5, () => {
        isReady = true;
        itsHost.ready();
      });
      return {
        clock() {},
        send(message) {
          if (isReady) write(String(message));
          return isReady;
        },
        timecode: ({ join }) => isReady && join !== 'on' && write(join),
        release() {},
        status: () => ({ state: isReady ? 'ready' : 'waiting', text: 'paper' }),
        async close() {
          isReady = false;
          write('closed');
        },
      };
    },
  };
  const decks: Bridge = {
    ...paper,
    type: 'decks',
    message: null,
    takesTimecode: false,
    open(_name, _options, itsHost) {
      host = itsHost;
      return {
        send: () => false,
        timecode() {},
        clock() {},
        release() {},
        status: () => ({ state: 'ready', text: 'decks' }),
        close: async () => {},
      };
    },
  };
  const dropped: string[] = [];
  const show = openShow({
    profile: first,
    bridges: [paper, decks],
    clock,
    engineClock: clock,
    network: memoryNetwork(clock).host({ name: 'eth0', address: '10.0.0.1', netmask: '255.0.0.0', mac: '' }),
    log: () => ({ info() {}, warn() {}, error() {} }),
    unixMs: at => at,
    watcher: { ...NO_WATCHER, dropped: ({ reason }) => dropped.push(reason.kind) },
    isDryRun: false,
    instead: new Map(),
    beginnings: FRESH_START,
  });
  let beat = 18;
  return {
    log,
    dropped,
    show,
    /** Time passes, and the deck plays on in the chorus (beats 17 to 33). */
    async pass(ms: number) {
      for (let passed = 0; passed < ms; passed += 200) {
        host?.emit(reportEvent(1, report({ beat: Math.floor(beat) })), stampAt(clock.now()));
        if (beat === 18) host?.emit(structureEvent(1), stampAt(clock.now()));
        clock.advance(200);
        beat += 0.4;
        for (let i = 0; i < 10; i++) await Promise.resolve();
      }
    },
    reload: (next: Profile) => show.reload(next, clock.now()),
  };
}

/** Without closings and repetitions of where timecode is. */
const told = (log: readonly string[], name: string): string[] => log.filter(line => line.startsWith(`${name}@`));

describe('a reload with bridges open', () => {
  it('leaves alone what is as it was', async () => {
    const { log, pass, reload, show } = open(profile('desk'));
    await pass(1000);
    const before = [...log];
    reload(profile('desk'));
    await pass(1000);
    expect(log).toEqual(before);
    await show.close();
  });

  it('a bridge that goes is told what ends before it closes', async () => {
    const { log, pass, reload, show } = open(profile('desk'));
    await pass(1000);
    reload(profileOf([], { bridges: [opus] }));
    await pass(400);
    expect(told(log, 'desk')).toEqual(['desk@a on', 'desk@a no on', 'desk@a closed']);
    await show.close();
  });

  it('one that is renamed: the old name is told the end, the new one what stands, as soon as it can send', async () => {
    const { log, pass, reload, show } = open(profile('desk'));
    await pass(1000);
    reload(profile('console'));
    await pass(400);
    expect(told(log, 'desk')).toEqual(['desk@a on', 'desk@a no on', 'desk@a closed']);
    expect(told(log, 'console')).toEqual(['console@a on']);
    await show.close();
  });

  it('one with other options is opened anew, and told what stands and where timecode is', async () => {
    const { log, pass, reload, show } = open(profile('desk'));
    await pass(1000);
    reload(profile('desk', 'b'));
    await pass(400);
    expect(told(log, 'desk')).toEqual(['desk@a on', 'desk@a closed', 'desk@b on']);
    expect(told(log, 'daw').at(-1)).toBe('daw@b locate');
    await show.close();
  });

  it('one that was not there when a level began is told it when it is', async () => {
    const { log, dropped, pass, show } = open(profile('desk'));
    // The first report comes before the bridge can send.
    await pass(400);
    expect(dropped).toEqual(['absent']);
    expect(told(log, 'desk')).toEqual(['desk@a on']);
    await show.close();
  });
});
