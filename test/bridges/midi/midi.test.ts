import { createRequire } from 'node:module';
import easymidi from 'easymidi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { encode, type MidiMessage, noteName, noteNumber } from '../../../bridges/midi/codec.ts';
import { midiBridge } from '../../../bridges/midi/index.ts';
import { sendBytes } from '../../../bridges/midi/output.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';

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

describe('what the package makes of our messages', () => {
  it('its native part is loaded once: the ports are listed by the copy that opens them', () => {
    const here = createRequire(import.meta.url);
    expect(createRequire(here.resolve('easymidi')).resolve('@julusian/midi')).toBe(here.resolve('@julusian/midi'));
  });

  it.each([
    ...['90 3c 7f', '80 3c 40', 'b1 07 64', 'c9 05', 'f1 35', 'f8', 'fa', 'fb', 'fc'],
    ...['f2 08 00', 'f2 7f 7f', 'f2 00 01', 'f0 7f 7f 01 01 21 02 03 04 f7'],
  ])('%s is sent as it is', hex => {
    const out: number[][] = [];
    const output: easymidi.Output = Object.create(easymidi.Output.prototype, {
      _output: { value: { sendMessage: (bytes: number[]) => void out.push(bytes) } },
    });
    sendBytes(
      output,
      Uint8Array.from(hex.split(' '), byte => Number.parseInt(byte, 16)),
    );
    expect(out.map(bytes => toHex(Uint8Array.from(bytes)))).toEqual([hex]);
  });
});

describe('MIDI in a profile', () => {
  const load = (message: string, options = 'device: x') =>
    loadProfile(
      `decklight: 1\nname: t\nbridges:\n  daw: { type: midi, ${options} }\ncues:\n  c:\n    - daw: ${message}\n`,
      't.yaml',
      BRIDGES,
      NO_LIBRARY,
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

  it('takes a velocity and a value that follow from the show', () => {
    expect(messageOf('{ control: 7, value: "${deck.bar}" }')).toMatchObject({
      value: { template: [{ text: 'deck.bar' }] },
    });
    expect(messageOf('{ note: C3, velocity: "${deck.bar}" }')).toMatchObject({
      velocity: { template: expect.anything() },
    });
  });

  it.each([
    [63.5, 'control 7 = 64 ch 1'],
    [-3, 'control 7 = 0 ch 1'],
    [1e9, 'control 7 = 127 ch 1'],
    [true, 'control 7 = 127 ch 1'],
    [false, 'control 7 = 0 ch 1'],
  ])('a value that comes out as %s leaves within 0 to 127: %s', (value, text) => {
    expect(midiBridge.describe({ kind: 'control', control: 7, value, channel: 1 })).toBe(text);
  });

  it.each([
    ['{ note: H3 }', /"H3" is no note; expected C3/],
    ['{ note: C3, value: 3 }', /"value" does not go with "note"/],
    ['{ control: 7 }', /needs "value:"/],
    ['{ note: C3, program: 2 }', /expected one of note, note-off/],
    ['{ note: C3, channel: 0 }', /expected a MIDI channel \(1 to 16\), found "0"/],
    ['{ sysex: F0 80 F7 }', /expected bytes in hex from F0 to F7/],
    ['{ sysex: F0 7D F7 }', /two or more between them/],
    ['{ control: 7, value: 128 }', /expected a value \(0 to 127\), found "128"/],
    ['{ control: 7, value: "x${deck.bar}" }', /a number is one "\$\{…\}" alone/],
    ['{ control: 7, value: "${deck.baar}" }', /unknown fact "baar" of deck; did you mean "bar"\?/],
    ['{ nte: C3 }', /unknown key "nte"; did you mean "note"\?/],
  ])('%s is told in one clear line', (text, expected) => {
    const loaded = load(text);
    expect(loaded.ok).toBe(false);
    if (!loaded.ok) expect(loaded.problems.map(({ message }) => message).join('\n')).toMatch(expected);
  });

  it('takes timecode and clock, tells no feed, and claims its port', () => {
    expect([midiBridge.takesTimecode, midiBridge.takesClock, midiBridge.feedMessage]).toEqual([true, true, null]);
    for (const options of ['device: Show Control', 'virtual: Show Control']) {
      const loaded = load('{ note: C3 }', options);
      const claims = loaded.ok ? midiBridge.claims(loaded.profile.bridges[0]?.options) : [];
      expect(claims).toEqual(['the MIDI port "Show Control"']);
    }
  });

  it.each([
    ['device: x', 0],
    ['device: x, latency: 30 ms', 30],
    ['virtual: x, latency: -5 ms', -5],
  ])('%s: leaves %i ms earlier', (options, latencyMs) => {
    const loaded = load('{ note: C3 }', options);
    expect(loaded.ok && midiBridge.latencyMs(loaded.profile.bridges[0]?.options)).toBe(latencyMs);
  });

  it('wants one of device and virtual', () => {
    for (const options of ['device: a, virtual: b', 'device: a,  virtual: b'])
      expect(load('{ note: 1 }', options).ok).toBe(false);
    expect(load('{ note: 1 }', 'virtual: Decklight').ok).toBe(true);
  });
});
