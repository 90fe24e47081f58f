import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { encode, type MidiMessage, noteName, noteNumber } from '../../../bridges/midi/codec.ts';
import { openMidi } from '../../../bridges/midi/device.ts';
import { midiBridge } from '../../../bridges/midi/index.ts';
import type { MidiSystem } from '../../../bridges/midi/port.ts';
import type { Host } from '../../../src/bridge.ts';
import { virtualClock } from '../../../src/core/clock.ts';
import { toHex } from '../../../src/layout.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { memoryNetwork } from '../../../src/wire.ts';

describe('MIDI bytes', () => {
  // Worked out from the MIDI 1.0 specification.
  it.each<[MidiMessage, string]>([
    [{ kind: 'note', note: 60, velocity: 127, channel: 1, forMs: null }, '90 3c 7f'],
    [{ kind: 'note', note: 0, velocity: 1, channel: 16, forMs: 50 }, '9f 00 01'],
    [{ kind: 'note-off', note: 60, channel: 1 }, '80 3c 40'],
    [{ kind: 'control', control: 7, value: 100, channel: 2 }, 'b1 07 64'],
    [{ kind: 'program', program: 1, channel: 10 }, 'c9 00'],
    [{ kind: 'sysex', bytes: Uint8Array.of(0xf0, 0x7f, 0x01, 0xf7) }, 'f0 7f 01 f7'],
  ])('%j', (message, hex) => {
    expect(toHex(encode(message))).toBe(hex);
  });

  it('C3 is 60, and every note has a name that leads back to it', () => {
    expect([noteNumber('C3'), noteNumber('c3'), noteNumber('A3'), noteNumber('C-2'), noteNumber('G8')]).toEqual([
      60, 60, 69, 0, 127,
    ]);
    expect([noteNumber('Bb3'), noteNumber('F#2'), noteNumber('64')]).toEqual([70, 54, 64]);
    for (const none of ['H3', 'C', 'G#8', '128', '-1', 'C 3', '']) expect(noteNumber(none), none).toBeNull();
    fc.assert(fc.property(fc.integer({ min: 0, max: 127 }), note => noteNumber(noteName(note)) === note));
  });
});

describe('a MIDI port', () => {
  function bench() {
    const clock = virtualClock();
    const sent: string[] = [];
    const log: string[] = [];
    const names = ['Midi Through', 'Show Control MIDI 1'];
    let isBroken = false;
    const system: MidiSystem = {
      outputs: () => names,
      open: name => ({
        send(bytes) {
          if (isBroken) throw new Error('the device is gone');
          sent.push(`${Math.round(clock.now())} ${toHex(bytes)}`);
        },
        close: () => void sent.push(`closed ${name}`),
      }),
    };
    const breakIt = (now: boolean): void => {
      isBroken = now;
    };
    const say = (_: unknown, text: string): void => void log.push(text);
    const host: Host = {
      clock,
      wire: memoryNetwork(clock).host({
        name: 'lo',
        address: '127.0.0.1',
        netmask: '255.0.0.0',
        mac: '00:00:00:00:00:00',
      }),
      log: { info: say, warn: say, error: say },
      unixMs: at => at,
      emit() {},
    };
    const options = { device: 'Show Control', isVirtual: false };
    const bridge = openMidi(
      options,
      host,
      async () => system,
      message => message as MidiMessage,
    );
    return { clock, sent, log, names, bridge, breakIt };
  }
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

  it('is found by a part of its name, and a note ends after its length', async () => {
    const { clock, sent, bridge } = bench();
    await settled();
    expect(bridge.status()).toEqual({ state: 'ready', text: 'Show Control MIDI 1, 0 sent' });
    bridge.send(note(100) as never, clock.now());
    clock.advance(500);
    expect(sent).toEqual(['0 90 3c 64', '100 80 3c 40']);
    await bridge.close();
  });

  it('a note struck again while it sounds is let go first, and ends once', async () => {
    const { clock, sent, bridge } = bench();
    await settled();
    bridge.send(note(100) as never, 0);
    clock.advance(60);
    bridge.send(note(100) as never, 60);
    clock.advance(500);
    expect(sent).toEqual(['0 90 3c 64', '60 80 3c 40', '60 90 3c 64', '160 80 3c 40']);
    await bridge.close();
  });

  it('lets go of every note when the show stops', async () => {
    const { clock, sent, bridge } = bench();
    await settled();
    bridge.send(note(null, 60) as never, 0);
    bridge.send(note(5000, 64) as never, 0);
    clock.advance(10);
    await bridge.close();
    expect(sent.slice(2)).toEqual(['10 80 3c 40', '10 80 40 40', 'closed Show Control MIDI 1']);
    expect(clock.pending()).toBe(0);
  });

  it('a device that vanishes is missed, not fatal, and used again when it is back', async () => {
    const { clock, sent, log, names, bridge, breakIt } = bench();
    await settled();
    breakIt(true);
    bridge.send(note(100) as never, 0);
    expect(bridge.status().state).toBe('waiting');
    names.pop();
    clock.advance(2000);
    await settled();
    expect(bridge.status().text).toMatch(/no MIDI output is called "Show Control"; there are: Midi Through/);
    breakIt(false);
    names.push('Show Control MIDI 1');
    clock.advance(2000);
    await settled();
    expect(bridge.status().state).toBe('ready');
    bridge.send(note(null) as never, clock.now());
    expect(sent.at(-1)).toMatch(/90 3c 64$/);
    expect(log.length).toBeLessThan(6);
    await bridge.close();
  });
});

describe('MIDI in a profile', () => {
  const load = (message: string, options = 'device: x') =>
    loadProfile(
      `decklight: 1\nname: t\nbridges:\n  daw: { type: midi, ${options} }\ncues:\n  c:\n    - daw: ${message}\n`,
      't.yaml',
      BRIDGES,
    );
  const messageOf = (text: string): unknown => {
    const loaded = load(text);
    if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('; '));
    return loaded.profile.cues.get('c')?.[0]?.message;
  };

  it('reads what people write', () => {
    expect(messageOf('{ note: C3, for: 100 ms }')).toEqual({
      kind: 'note',
      note: 60,
      velocity: 127,
      channel: 1,
      forMs: 100,
    });
    expect(messageOf('{ control: 7, value: 100, channel: 2 }')).toEqual({
      kind: 'control',
      control: 7,
      value: 100,
      channel: 2,
    });
    expect(messageOf('{ program: 5 }')).toEqual({ kind: 'program', program: 5, channel: 1 });
    expect(midiBridge.describe(messageOf('{ sysex: F0 7F 01 F7 }') as never)).toBe('sysex f0 7f 01 f7');
  });

  it.each([
    ['{ note: H3 }', /"H3" is no note; expected C3/],
    ['{ note: C3, value: 3 }', /"value" does not go with "note"/],
    ['{ control: 7 }', /needs "value:"/],
    ['{ note: C3, program: 2 }', /expected one of note, note-off/],
    ['{ note: C3, channel: 0 }', /expected a MIDI channel \(1 to 16\), found "0"/],
    ['{ sysex: F0 80 F7 }', /expected bytes in hex from F0 to F7/],
    ['{ nte: C3 }', /unknown key "nte"; did you mean "note"\?/],
  ])('%s is told in one clear line', (text, expected) => {
    const loaded = load(text);
    expect(loaded.ok).toBe(false);
    if (!loaded.ok) expect(loaded.problems.map(({ message }) => message).join('\n')).toMatch(expected);
  });

  it('wants one of device and virtual', () => {
    for (const options of ['device: a, virtual: b', 'device: a,  virtual: b'])
      expect(load('{ note: 1 }', options).ok).toBe(false);
    expect(load('{ note: 1 }', 'virtual: Decklight').ok).toBe(true);
  });
});
