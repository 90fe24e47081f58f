import { describe, expect, it } from 'vitest';
import type { MidiMessage } from '../../../bridges/midi/codec.ts';
import { midiBridgeOver } from '../../../bridges/midi/index.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import type { StreamAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import { testHost } from '../fake-host.ts';
import { OURS, standInSystem } from './fake-easymidi.ts';
import { mtcReceiver } from './mtc-receiver.ts';
import { rateNamed, runAt } from './sample-anchors.ts';

const PORTS = ['Midi Through', 'Show Control MIDI 1'];
const settled = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};
const note = (forMs: number | null, number = 60): MidiMessage => ({
  kind: 'note',
  note: number,
  velocity: 100,
  channel: 1,
  forMs,
});

/** 125 BPM from beat 1: a clock every 20 ms. */
const TICK: StreamAnchor = { from: 10, place: 0, speed: 0.05, join: 'locate', since: 0 };

describe('a MIDI port', () => {
  function bench() {
    const clock = virtualClock();
    const { host, log } = testHost(clock);
    const standIn = standInSystem(PORTS);
    const open = () =>
      midiBridgeOver(async () => standIn.system).open('daw', { device: 'Show Control', isVirtual: false }, host);
    const sent = (): readonly string[] => standIn.sent.map(({ at, bytes }) => `${Math.round(at)} ${toHex(bytes)}`);
    return { clock, log, standIn, open, sent };
  }

  async function ready() {
    const made = bench();
    const bridge = made.open();
    await settled();
    made.clock.advance(0);
    return { ...made, bridge };
  }

  it('sends a value that came out as a number within 0 to 127, and nothing of a text, which is logged', async () => {
    const { bridge, sent, log } = await ready();
    const control = (value: unknown) => ({ kind: 'control', control: 7, value, channel: 1 }) as never;
    for (const value of [63.4, 200, -1, true]) expect(bridge.send(control(value), 0)).toBe(true);
    expect(sent()).toEqual(['0 b0 07 3f', '0 b0 07 7f', '0 b0 07 00', '0 b0 07 7f']);
    expect(bridge.send(control('loud'), 0)).toBe(true);
    expect(sent()).toHaveLength(4);
    expect(log.join()).toMatch(/came out as no number/);
  });

  it('says where timecode and clock are once, whether the show tells it anew as it opens or not', async () => {
    for (const isToldAnew of [false, true]) {
      const clock = virtualClock();
      const { host } = testHost(clock);
      const standIn = standInSystem(PORTS);
      const run = runAt(rateNamed('25'), '01:00:00:00', 0);
      const tellAnew = (): void => {
        const from = clock.now() + 10;
        bridge.timecode({ ...run, from, place: run.place + run.speed * from, join: 'locate' });
        bridge.clock({ ...TICK, from, place: TICK.speed * (from - TICK.from) });
      };
      const bridge = midiBridgeOver(async () => standIn.system).open(
        'daw',
        { device: 'Show Control', isVirtual: false },
        { ...host, ready: () => isToldAnew && tellAnew() },
      );
      // It runs since before the port is there.
      bridge.timecode(run);
      bridge.clock(TICK);
      clock.advance(1000);
      await settled();
      clock.advance(200);
      const firsts = standIn.sent.map(({ bytes }) => bytes[0]);
      expect(firsts.filter(first => first === 0xf0)).toHaveLength(1);
      expect(firsts.filter(first => first === 0xfb)).toHaveLength(1);
      expect(firsts.filter(first => first === 0xf1).length).toBeGreaterThan(8);
      await bridge.close();
    }
  });

  it('is found by a part of its name, and a note ends after its length', async () => {
    const { clock, sent, bridge } = await ready();
    expect(bridge.status()).toEqual({ state: 'ready', text: 'Show Control MIDI 1, 0 sent' });
    expect(bridge.send(note(100) as never, clock.now())).toBe(true);
    clock.advance(500);
    expect(sent()).toEqual(['0 90 3c 64', '100 80 3c 40']);
    await bridge.close();
  });

  it('a note struck again while it sounds is let go first, and ends once', async () => {
    const { clock, sent, bridge } = await ready();
    bridge.send(note(100) as never, 0);
    clock.advance(60);
    bridge.send(note(100) as never, 60);
    clock.advance(500);
    expect(sent()).toEqual(['0 90 3c 64', '60 80 3c 40', '60 90 3c 64', '160 80 3c 40']);
    await bridge.close();
  });

  it('lets go of every note when the show stops', async () => {
    const { clock, sent, standIn, bridge } = await ready();
    bridge.send(note(null, 60) as never, 0);
    bridge.send(note(5000, 64) as never, 0);
    clock.advance(10);
    await bridge.close();
    expect(sent().slice(2)).toEqual(['10 80 3c 40', '10 80 40 40']);
    expect(standIn.closed).toEqual(['Show Control MIDI 1']);
    expect(clock.pending()).toBe(0);
  });

  it('lets go of every note at a release, once, and timecode runs on', async () => {
    const { clock, sent, bridge } = await ready();
    bridge.timecode(runAt(rateNamed('25'), '01:00:00:00', 100));
    bridge.send(note(null, 60) as never, 0);
    bridge.send(note(5000, 64) as never, 0);
    clock.advance(105);
    bridge.release();
    bridge.release();
    clock.advance(10_000);
    expect(sent().filter(line => !line.includes(' f1 '))).toEqual([
      '0 90 3c 64',
      '0 90 40 64',
      '105 80 3c 40',
      '105 80 40 40',
    ]);
    // 10 ms a piece from 100 to 10 105 ms.
    expect(sent().filter(line => line.includes(' f1 ')).length).toBe(1001);
    await bridge.close();
  });

  it('cues and timecode leave in order of time, and the status says how late timecode is', async () => {
    const { clock, sent, bridge } = await ready();
    bridge.timecode(runAt(rateNamed('25'), '01:00:00:00', 10));
    for (const at of [5, 20, 25]) {
      clock.advance(at - clock.now());
      bridge.send({ kind: 'program', program: at, channel: 1 } as never, at);
    }
    clock.advance(10);
    expect(sent()).toEqual(['5 c0 04', '10 f1 00', '20 f1 10', '20 c0 13', '25 c0 18', '30 f1 20']);
    expect(bridge.status().text).toBe('Show Control MIDI 1, 3 sent, MTC late p99 0.1 ms');
    bridge.timecode({ ...runAt(rateNamed('25'), '01:00:00:00', 50), join: 'silence' });
    expect(bridge.status().text).toBe('Show Control MIDI 1, 3 sent');
    await bridge.close();
    expect(clock.pending()).toBe(0);
  });

  it('timecode and clock leave side by side, the status says how late each is, and a release leaves both alone', async () => {
    const { clock, sent, bridge } = await ready();
    bridge.timecode(runAt(rateNamed('25'), '01:00:00:00', 10));
    bridge.clock(TICK);
    clock.advance(35);
    bridge.release();
    clock.advance(15.5);
    expect(sent()).toEqual([
      ...['10 f1 00', '10 fc', '10 fa', '12 f8', '20 f1 10', '30 f1 20', '30 f8'],
      ...['40 f1 30', '50 f1 40', '50 f8'],
    ]);
    expect(bridge.status().text).toBe('Show Control MIDI 1, 0 sent, MTC late p99 0.1 ms, clock late p99 0.1 ms');
    bridge.timecode({ ...runAt(rateNamed('25'), '01:00:00:00', 60), join: 'silence' });
    expect(bridge.status().text).toBe('Show Control MIDI 1, 0 sent, clock late p99 0.1 ms');
    bridge.clock({ ...TICK, from: 60, join: 'silence' });
    clock.advance(1000);
    expect(sent().slice(10)).toEqual(['60 fc']);
    expect(bridge.status().text).toBe('Show Control MIDI 1, 0 sent');
    await bridge.close();
  });

  it('a clock that runs is started anew on a device that is back, and one that stands is told where', async () => {
    const { clock, standIn, sent, bridge } = await ready();
    bridge.clock(TICK);
    clock.advance(1000);
    standIn.show([]);
    clock.advance(2000);
    const before = sent().length;
    standIn.show(PORTS);
    clock.advance(1200);
    // Looked at every 0.5 s: at 3500 ms it is at clock 174.5; the next sixteenth is the 30th from beat 1, at clock 180.
    expect(sent().slice(before, before + 5)).toEqual(['3500 fc', '3500 f2 1e 00', '3500 fb', '3610 f8', '3630 f8']);
    bridge.clock({ ...TICK, from: 4300, place: 48, speed: 0 });
    clock.advance(1000);
    standIn.show([]);
    clock.advance(2000);
    const again = sent().length;
    standIn.show(PORTS);
    clock.advance(2000);
    expect(sent().slice(again)).toEqual(['7500 fc', '7500 f2 08 00']);
    await bridge.close();
  });

  it('a device that vanishes is missed, not fatal, and used again when it is back', async () => {
    const { clock, sent, log, standIn, bridge } = await ready();
    standIn.fail(true);
    expect(bridge.send(note(100) as never, 0)).toBe(false);
    expect(bridge.status().state).toBe('waiting');
    expect(bridge.send(note(100) as never, 0)).toBe(false);
    standIn.show(['Midi Through']);
    clock.advance(2000);
    expect(bridge.status().text).toMatch(/no MIDI output is called "Show Control"; there are: Midi Through/);
    standIn.fail(false);
    standIn.show(PORTS);
    clock.advance(2000);
    expect(bridge.status().state).toBe('ready');
    expect(bridge.send(note(null) as never, clock.now())).toBe(true);
    expect(sent()).toEqual(['4000 90 3c 64']);
    expect(log.length).toBeLessThan(6);
    await bridge.close();
  });

  it('a device that is back is told where timecode is by now, and it runs on from there', async () => {
    const { clock, standIn, bridge } = await ready();
    bridge.timecode(runAt(rateNamed('25'), '01:00:00:00', 10));
    clock.advance(1000);
    standIn.show([]);
    clock.advance(2000);
    expect(standIn.closed).toEqual(['Show Control MIDI 1']);
    const before = standIn.sent.length;
    standIn.show(PORTS);
    clock.advance(3000);
    const receiver = mtcReceiver();
    for (const { at, bytes } of standIn.sent.slice(before)) receiver.hear(at, bytes);
    // Looked at every 0.5 s: at 3500 ms it is 3490 ms on, in frame 87.
    expect(receiver.fullFrames).toMatchObject([
      { at: 3500, rateCode: 1, hours: 1, minutes: 0, seconds: 3, frames: 12 },
    ]);
    expect(receiver.labels[0]).toMatchObject({ hours: 1, minutes: 0, seconds: 3, frames: 13 });
    expect(receiver.labels[0]?.at).toBeCloseTo(3530, 6);
    expect([receiver.cuts, receiver.strays]).toEqual([[], []]);
    await bridge.close();
  });

  it('a device that blinks between two looks is found again at the next one: its name is there, our connection is not', async () => {
    const { clock, standIn, open, sent, log } = bench();
    standIn.connect([OURS]);
    const bridge = open();
    await settled();
    clock.advance(0);
    bridge.clock(TICK);
    clock.advance(700);
    expect(standIn.closed).toEqual([]);
    standIn.connect([]);
    clock.advance(300);
    expect(standIn.closed).toEqual(['Show Control MIDI 1']);
    expect(log.at(-2)).toBe(
      'Show Control: it was unplugged for a moment, or its connection was cut; it is used again as soon as it is back',
    );
    expect(log.at(-1)).toBe('MIDI goes to Show Control MIDI 1');
    // What a new connection is told: at 1000 ms it is at clock 49.5, and the next sixteenth is the 9th, at clock 54.
    expect(sent().slice(-3)).toEqual(['1000 fc', '1000 f2 09 00', '1000 fb']);
    await bridge.close();
  });

  it('that is gone is told to the show, which then tells it all its levels', async () => {
    const clock = virtualClock();
    const standIn = standInSystem(PORTS);
    const told: string[] = [];
    const host = { ...testHost(clock).host, ready: () => void told.push('ready'), lost: () => void told.push('lost') };
    const bridge = midiBridgeOver(async () => standIn.system).open('daw', { device: 'Show', isVirtual: false }, host);
    await settled();
    clock.advance(0);
    standIn.show([]);
    clock.advance(500);
    standIn.show(PORTS);
    clock.advance(500);
    expect(told).toEqual(['ready', 'lost', 'ready']);
    await bridge.close();
  });

  it('another program on the same port is named, in one line and in the status, for as long as it is there', async () => {
    const { clock, standIn, open, log } = bench();
    standIn.connect([OURS]);
    const bridge = open();
    await settled();
    clock.advance(0);
    const others = [
      { connection: '130:0', program: 'PipeWire-RT-Event' },
      { connection: '131:0', program: 'aplaymidi' },
    ];
    standIn.connect([OURS, ...others]);
    clock.advance(2000);
    const line = 'Show Control MIDI 1: aplaymidi (131:0) sends to it too; what both send is mixed';
    expect(log.filter(each => each === line)).toHaveLength(1);
    expect(bridge.status().text).toBe('Show Control MIDI 1, 0 sent, aplaymidi (131:0) sends to it too');
    standIn.connect([OURS]);
    clock.advance(500);
    expect(bridge.status().text).toBe('Show Control MIDI 1, 0 sent');
    await bridge.close();
  });

  it('ends as if the deck had stopped when it closes: stop and song position, one full frame, and nothing after', async () => {
    const { clock, bridge, sent } = await ready();
    bridge.timecode(runAt(rateNamed('25'), '01:00:00:00', 10));
    bridge.clock(TICK);
    clock.advance(1005);
    const before = sent().length;
    await bridge.close();
    clock.advance(1000);
    // 995 ms on: frame 24 of 25; clock 49 of a beat of 24, in the 8th sixteenth.
    expect(sent().slice(before)).toEqual(['1005 f0 7f 7f 01 01 21 00 00 18 f7', '1005 fc', '1005 f2 08 00']);
  });

  it('says nothing as it closes where timecode and clock stand, are silent, or have not begun', async () => {
    const run = runAt(rateNamed('25'), '01:00:00:00', 10);
    for (const anchors of [
      [run, { ...run, from: 100, speed: 0, join: 'locate' as const }],
      [run, { ...run, from: 100, join: 'silence' as const }],
      [{ ...run, from: 5000 }],
    ]) {
      const { clock, bridge, sent } = await ready();
      for (const anchor of anchors) {
        bridge.timecode(anchor);
        bridge.clock({ ...TICK, from: anchor.from, speed: Math.min(anchor.speed, TICK.speed), join: anchor.join });
        clock.advance(100);
      }
      const before = sent().length;
      await bridge.close();
      expect(sent().slice(before)).toEqual([]);
    }
  });

  it('timecode that began before the port was there is located when it is; silence is not', async () => {
    const { clock, standIn, open } = bench();
    standIn.show([]);
    const bridge = open();
    bridge.timecode(runAt(rateNamed('30'), '02:00:00:00', 0));
    expect(bridge.send(note(null) as never, 0)).toBe(false);
    await settled();
    clock.advance(100);
    bridge.timecode({ ...runAt(rateNamed('30'), '00:00:00:00', 110), join: 'silence' });
    standIn.show(PORTS);
    clock.advance(5000);
    expect([bridge.status().state, standIn.sent.length]).toEqual(['ready', 0]);
    await bridge.close();
  });
});

describe('a machine without a sound system', () => {
  it('is told in one line what to install, once, and the show goes on', async () => {
    const clock = virtualClock();
    const { host, log } = testHost(clock);
    const bridge = midiBridgeOver(async () => {
      throw new Error('there is no MIDI system here: on Debian install libasound2');
    }).open('daw', { device: 'Show Control', isVirtual: false }, host);
    for (let i = 0; i < 5; i++) {
      await settled();
      clock.advance(2000);
    }
    expect(log).toEqual(['there is no MIDI system here: on Debian install libasound2']);
    expect(bridge.status()).toEqual({ state: 'waiting', text: log[0] });
    bridge.timecode(runAt(rateNamed('25'), '01:00:00:00', 10));
    bridge.clock(TICK);
    bridge.release();
    expect(bridge.send(note(null) as never, 0)).toBe(false);
    await bridge.close();
    await settled();
    expect(clock.pending()).toBe(0);
  });
});
