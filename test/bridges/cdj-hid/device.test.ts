import { describe, expect, it } from 'vitest';
import { type CdjDeviceOptions, openCdj } from '../../../bridges/cdj-hid/device.ts';
import { type HidSystem, hidReport, hidTrouble, noHidText, playersAmong } from '../../../bridges/cdj-hid/hid-port.ts';
import { memoryHid } from '../../../bridges/cdj-hid/simulator/memory-hid.ts';
import { openPlayer, type PlayerOptions } from '../../../bridges/cdj-hid/simulator/player.ts';
import { USUAL_PLAYER } from '../../../bridges/cdj-hid/simulator/player-options.ts';
import type { SurfaceEvent } from '../../../bridges/cdj-hid/surface-events.ts';
import { UDEV_RULES } from '../../../bridges/cdj-hid/udev-rule.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import type { Stamp } from '../../../src/core/clock.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import { testHost } from '../fake-host.ts';
import { USUAL_SURFACE } from './session-rig.ts';

const settled = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

function room() {
  const clock = virtualClock();
  const hid = memoryHid(clock);
  const { host, log } = testHost(clock);
  /** Lets time pass in small steps, so that promises between them are kept. */
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 5) {
      clock.advance(Math.min(5, left));
      await settled();
    }
  }
  return {
    clock,
    hid,
    log,
    pass,
    plug: (path: string, serial = '', change: Partial<PlayerOptions> = {}) =>
      hid.plug(openPlayer({ ...USUAL_PLAYER, ...change }, clock.now()), { path, serial }),
    open(change: Partial<CdjDeviceOptions> = {}, load: () => Promise<HidSystem> = async () => hid) {
      const events: (SurfaceEvent & { readonly stamp: Stamp })[] = [];
      const cdj = openCdj({ ...USUAL_SURFACE, serial: null, path: null, ...change }, host, load, (event, stamp) =>
        events.push({ ...event, stamp }),
      );
      const brief = () =>
        events.map(event => (event.kind === 'control' ? `${event.control} ${event.gesture}` : event.kind));
      return { ...cdj, events, brief };
    },
  };
}

describe('a player', () => {
  it('that is plugged in is found, logged in, heard and shown to; each write is 65 bytes that begin with 0', async () => {
    const { plug, open, pass } = room();
    const player = plug('/dev/hidraw3');
    const cdj = open();
    cdj.show({ 'play-led': 'on', title: 'Cue 12' });
    await pass(2000);
    expect(cdj.status()).toEqual({ state: 'ready', text: 'CDJ2000NXS2, firmware 1.85, as rekordbox, 0 presses' });
    player.feed({ kind: 'act', act: { kind: 'hold', control: 'play-pause' } });
    await pass(100);
    expect(cdj.brief()).toEqual(['surface.found', 'play-pause press']);
    expect(player.player()).toMatchObject({ shown: { 'play-led': 1 }, screen: { texts: { title: 'Cue 12' } } });
    expect(new Set(player.written.map(bytes => bytes.length))).toEqual(new Set([65]));
    expect(new Set(player.written.map(bytes => bytes[0]))).toEqual(new Set([0]));
    await cdj.close();
  });

  it('that is plugged in later is used by itself', async () => {
    const { plug, open, pass } = room();
    const cdj = open();
    await pass(3000);
    expect(cdj.status()).toEqual({
      state: 'waiting',
      text: 'no player is plugged in by USB; plug it in and switch its control mode on',
    });
    plug('/dev/hidraw0');
    await pass(2000);
    expect(cdj.isReady()).toBe(true);
    await cdj.close();
  });

  it('that is unplugged with a button held is released and lost, and is back under another path within two seconds', async () => {
    const { plug, open, pass, log } = room();
    const first = plug('/dev/hidraw0', 'A1');
    const cdj = open({ serial: 'A1' });
    cdj.show({ 'sync-led': 'on' });
    await pass(1500);
    first.feed({ kind: 'act', act: { kind: 'hold', control: 'sync' } });
    await pass(50);
    first.unplug();
    await pass(3000);
    expect(cdj.status().state).toBe('waiting');
    const second = plug('/dev/hidraw1', 'A1');
    await pass(2000);
    expect(cdj.brief()).toEqual(['surface.found', 'sync press', 'sync release', 'surface.lost', 'surface.found']);
    expect(second.player().shown['sync-led']).toBe(1);
    expect(log.filter(line => line.includes('has been unplugged; it is used again'))).toHaveLength(1);
    await cdj.close();
  });

  it('that may not be opened says the udev rule, once, and is used when it may', async () => {
    const { plug, open, pass, hid, log } = room();
    plug('/dev/hidraw0', 'A1');
    const denied = 'cannot open device with path /dev/hidraw0: Failed to open a device: Permission denied';
    hid.forbid('/dev/hidraw0', hidTrouble(new Error(denied)));
    const cdj = open();
    await pass(5000);
    const { state, text } = cdj.status();
    expect(state).toBe('waiting');
    for (const rule of UDEV_RULES) expect(text).toContain(rule);
    expect(text).not.toMatch(/\n/);
    expect(log.filter(line => line.includes('uaccess'))).toHaveLength(1);
    hid.forbid('/dev/hidraw0', null);
    await pass(2000);
    expect(cdj.isReady()).toBe(true);
    await cdj.close();
  });

  it('of another generation is left alone until it is unplugged, with one line', async () => {
    const { hid, plug, open, pass, log } = room();
    const old = hid.plug({ ...openPlayer(USUAL_PLAYER, 0), isOn: false }, { path: '/dev/hidraw0' });
    const cdj = open();
    await pass(600);
    old.send(new Uint8Array(20));
    await pass(5000);
    expect(old.written).toEqual([]);
    expect(log.filter(line => line.includes('20 bytes'))).toHaveLength(1);
    expect(cdj.status().text).toContain('is of a kind that cannot be used');
    old.unplug();
    await pass(600);
    plug('/dev/hidraw0');
    await pass(2500);
    expect(cdj.isReady()).toBe(true);
    await cdj.close();
  });
});

describe('two players', () => {
  it('are told apart by serial, and each bridge has its own', async () => {
    const { plug, open, pass } = room();
    const [left, right] = [plug('/dev/hidraw0', 'L'), plug('/dev/hidraw1', 'R')];
    const ours = [open({ surface: 'right', serial: 'R' }), open({ surface: 'left', serial: 'L' })];
    await pass(2500);
    right.feed({ kind: 'act', act: { kind: 'hold', control: 'cue' } });
    left.feed({ kind: 'act', act: { kind: 'hold', control: 'sync' } });
    await pass(50);
    expect(ours.map(({ brief }) => brief())).toEqual([
      ['surface.found', 'cue press'],
      ['surface.found', 'sync press'],
    ]);
    for (const cdj of ours) await cdj.close();
  });

  it('without a word on which go one to each bridge, never both to one player', async () => {
    const { plug, open, pass, log } = room();
    const players = [plug('/dev/hidraw0', 'L'), plug('/dev/hidraw1', 'R')];
    const ours = [open({ surface: 'a' }), open({ surface: 'b' }), open({ surface: 'c' })];
    await pass(3000);
    for (const player of players) player.feed({ kind: 'act', act: { kind: 'hold', control: 'cue' } });
    await pass(50);
    expect(ours.map(({ brief }) => brief().length).sort()).toEqual([0, 2, 2]);
    expect(log.some(line => line.includes('write "serial:" or "path:", of:'))).toBe(true);
    expect(ours.map(each => each.status()).filter(({ state }) => state === 'waiting')).toMatchObject([
      { text: 'CDJ2000NXS2 (serial L) is used by another bridge of this profile' },
    ]);
    for (const cdj of ours) await cdj.close();
  });

  it('none of which is meant: the line lists those that are there', async () => {
    const { plug, open, pass } = room();
    plug('/dev/hidraw0', 'L');
    plug('/dev/hidraw1');
    const cdj = open({ serial: 'X' });
    await pass(1000);
    expect(cdj.status().text).toBe(
      'no player with serial X; there are: CDJ2000NXS2 (serial L), CDJ2000NXS2 (/dev/hidraw1)',
    );
    await cdj.close();
  });
});

describe('without HID', () => {
  it('the show goes on, and one line says what to install', async () => {
    const { open, pass, log } = room();
    const cdj = open({}, async () => {
      throw new Error(noHidText(new Error('libusb-1.0.so.0: cannot open shared object file\nRequire stack:\n- x')));
    });
    await pass(5000);
    expect(cdj.status()).toEqual({
      state: 'waiting',
      text: 'HID cannot be used on this machine: libusb-1.0.so.0: cannot open shared object file; on Debian install libudev1 and libusb-1.0-0, else install Decklight again',
    });
    expect(log).toHaveLength(1);
    await cdj.close();
  });
});

describe('closing', () => {
  it('leaves the player dark and no timer behind, and comes twice without complaint', async () => {
    const { clock, plug, open, pass } = room();
    const player = plug('/dev/hidraw0');
    const cdj = open();
    cdj.show({ 'play-led': 'blink', title: 'Cue 12' });
    await pass(2000);
    await cdj.close();
    await cdj.close();
    expect(player.player()).toMatchObject({ shown: { 'play-led': 0 }, screen: { texts: { title: '' } } });
    player.unplug();
    const before = player.written.length;
    await pass(3000);
    expect(player.written.length).toBe(before);
    expect(clock.pending()).toBe(0);
  });

  it('at once, before it is open, leaves nothing behind either', async () => {
    const { clock, open, pass } = room();
    await open().close();
    await pass(3000);
    expect(clock.pending()).toBe(0);
  });

  it('a device that takes nothing any more does not hold it up', async () => {
    const { clock, hid, plug, open, pass } = room();
    plug('/dev/hidraw0');
    let isStuck = false;
    const sticking: HidSystem = {
      list: hid.list,
      async open(path, itsClock, listener) {
        const handle = await hid.open(path, itsClock, listener);
        return { ...handle, write: bytes => (isStuck ? new Promise<void>(() => {}) : handle.write(bytes)) };
      },
    };
    const cdj = open({}, async () => sticking);
    cdj.show({ 'play-led': 'on' });
    await pass(2000);
    isStuck = true;
    await pass(50);
    let isDone = false;
    const closing = cdj.close().then(() => {
      isDone = true;
    });
    clock.advance(400);
    await settled();
    expect(isDone).toBe(false);
    clock.advance(200);
    await closing;
    expect(isDone).toBe(true);
  });
});

describe('the list of HID devices', () => {
  const entry = { path: 'p', vendorId: 0x2b73, productId: 1, usagePage: 0xffa0, usage: 1 };

  it('has players by vendor and usage, each path once, whatever their product ids', () => {
    const players = playersAmong([
      { ...entry, path: 'b', productId: 0x2f, serialNumber: 'S', product: 'CDJ-3000' },
      { ...entry, path: 'a', vendorId: 0x08e4, productId: 5 },
      { ...entry, path: 'a', vendorId: 0x08e4, productId: 5 },
      { ...entry, path: 'c', usagePage: 1, usage: 6 },
      { ...entry, path: 'd', vendorId: 0x1234 },
      { ...entry, path: undefined },
    ]);
    expect(players.map(({ path, serial, product }) => [path, serial, product])).toEqual([
      ['a', '', ''],
      ['b', 'S', 'CDJ-3000'],
    ]);
  });

  it('says what goes wrong in one line each', () => {
    expect(hidTrouble('could not read from HID device: hid_read_timeout: device disconnected')).toBe(
      'it has been unplugged',
    );
    expect(hidTrouble(new Error('Cannot write to hid device: No such device'))).toBe('it has been unplugged');
    expect(hidTrouble(new Error('hid_open: (0xE00002C5) exclusive access and device already open'))).toContain(
      'rekordbox',
    );
    expect(hidTrouble(new Error('odd\nthing'))).toBe('the system says: odd');
    expect(hidTrouble(undefined)).toBe('the system says: undefined');
  });

  it('a write begins with a report id of 0 that is not the first byte of the packet', () => {
    const report = hidReport(Uint8Array.of(0x10, 0x21, ...new Uint8Array(62)));
    expect(report).toHaveLength(65);
    expect(toHex(report.subarray(0, 3))).toBe('00 10 21');
  });
});
