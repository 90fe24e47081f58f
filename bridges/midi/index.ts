/** MIDI out: timecode, clock, notes, control changes, program changes and sysex, by device name or through a port of our own. */
import { z } from 'zod';
import type { Bridge } from '../../src/bridge.ts';
import type { Template } from '../../src/core/rules/template.ts';
import {
  duration,
  fieldType,
  integer,
  integerOrValue,
  latency,
  map,
  text,
} from '../../src/profile/schema/field-types.ts';
import { describe, type MidiMessage, noteNumber } from './codec.ts';
import { type MidiDeviceOptions, openMidi } from './device.ts';
import { loadMidiSystem, type MidiSystem } from './port.ts';

const options = z
  .strictObject({
    device: text('the name of a MIDI port')
      .meta({ description: 'name of a MIDI output, or a part of it; `decklight devices` lists them' })
      .optional(),
    virtual: text('a name for a MIDI port')
      .meta({ description: 'make a port of this name for other programs to listen to (not on Windows)' })
      .optional(),
    latency: latency()
      .meta({ description: 'what lies behind it takes; timecode and clock leave so much earlier; 0 ms unless said' })
      .optional(),
  })
  .transform(({ device, virtual, latency = 0 }, context): MidiDeviceOptions => {
    if ((device === undefined) === (virtual === undefined)) {
      context.addIssue({ code: 'custom', message: 'expected one of device: and virtual:, the name of a MIDI port' });
      return z.NEVER;
    }
    return { device: device ?? virtual ?? '', isVirtual: virtual !== undefined, latencyMs: latency };
  });

const MOST = 127;
const seven = (what: string) => integer(0, MOST, `${what} (0 to 127)`);
const sevenOrValue = (what: string) => integerOrValue(0, MOST, `${what} (0 to 127)`);
const note = fieldType('a note (C3, which is 60, or 0 to 127)', { type: ['string', 'integer'] }, ({ source }) => {
  const value = noteNumber(source);
  if (value !== null) return { ok: true, value };
  return { ok: false, message: `"${source}" is no note; expected C3 (which is 60), F#2, Bb4, or 0 to 127` };
});
const isData = (byte: number): boolean => byte < 0x80;
const sysex = fieldType('bytes from F0 to F7 (F0 7F 7F 02 01 01 31 F7)', { type: 'string' }, ({ source }) => {
  const pairs = source.trim().split(/\s+/);
  const bytes = Uint8Array.from(pairs, pair => Number.parseInt(pair, 16));
  const isHex = pairs.every(pair => /^[0-9a-fA-F]{2}$/.test(pair));
  // Shorter ones easymidi does not take; they say nothing either.
  const isWhole =
    isHex && bytes.length > 3 && bytes[0] === 0xf0 && bytes.at(-1) === 0xf7 && bytes.subarray(1, -1).every(isData);
  if (isWhole) return { ok: true, value: bytes };
  return {
    ok: false,
    message: 'expected bytes in hex from F0 to F7, two or more between them, all below 80 (F0 7F 7F 02 01 01 31 F7)',
  };
});

const channel = integer(1, 16, 'a MIDI channel (1 to 16)').meta({ description: '1 to 16; 1 unless said' });

/** Keys that go with each other; `channel` goes with all but sysex. */
const KINDS = {
  note: ['velocity', 'for', 'channel'],
  'note-off': ['channel'],
  control: ['value', 'channel'],
  program: ['channel'],
  sysex: [],
} as const;

/** A message as the profile writes it: numbers in it may follow from the show. */
type WrittenMidi = {
  readonly [K in MidiMessage['kind']]: Written<Extract<MidiMessage, { kind: K }>>;
}[MidiMessage['kind']];
type Written<T> = { readonly [K in keyof T]: K extends 'velocity' | 'value' ? T[K] | Template : T[K] };

const message = map({
  note: note.meta({ description: 'a note on; C3 is 60' }).optional(),
  'note-off': note.meta({ description: 'lets go of a note' }).optional(),
  velocity: sevenOrValue('a velocity')
    .meta({ description: 'of the note, 0 to 127 or one ${…}; 127 unless said' })
    .optional(),
  for: duration().meta({ description: 'how long the note sounds; until let go unless said' }).optional(),
  control: seven('a control').meta({ description: 'a control change' }).optional(),
  value: sevenOrValue('a value').meta({ description: 'of the control change, 0 to 127 or one ${…}' }).optional(),
  program: integer(1, 128, 'a program (1 to 128)').meta({ description: 'a program change, 1 to 128' }).optional(),
  sysex: sysex.meta({ description: 'bytes in hex, from F0 to F7' }).optional(),
  channel: channel.optional(),
}).transform((keys, context): WrittenMidi => {
  const kinds = (Object.keys(KINDS) as (keyof typeof KINDS)[]).filter(kind => keys[kind] !== undefined);
  const [kind] = kinds;
  const fail = (text: string): WrittenMidi => {
    context.addIssue({ code: 'custom', message: text });
    return z.NEVER;
  };
  if (kind === undefined || kinds.length > 1) return fail('expected one of note, note-off, control, program and sysex');
  const strange = Object.keys(keys).find(key => key !== kind && !(KINDS[kind] as readonly string[]).includes(key));
  if (strange !== undefined) return fail(`"${strange}" does not go with "${kind}"`);
  const on = keys.channel ?? 1;
  if (keys.note !== undefined) {
    return { kind: 'note', note: keys.note, velocity: keys.velocity ?? 127, channel: on, forMs: keys.for ?? null };
  }
  if (keys['note-off'] !== undefined) return { kind: 'note-off', note: keys['note-off'], channel: on };
  if (keys.program !== undefined) return { kind: 'program', program: keys.program, channel: on };
  if (keys.sysex !== undefined) return { kind: 'sysex', bytes: keys.sysex };
  if (keys.control === undefined || keys.value === undefined) return fail('a control change needs "value:" (0 to 127)');
  return { kind: 'control', control: keys.control, value: keys.value, channel: on };
});

/** Message as it leaves: numbers rounded and kept within 0 to 127; null: one came out as something else. */
function toMessage(filled: unknown): MidiMessage | null {
  const said = filled as MidiMessage;
  if (said.kind === 'control') return withSeven(said.value, value => ({ ...said, value }));
  return said.kind === 'note' ? withSeven(said.velocity, velocity => ({ ...said, velocity })) : said;
}

/** @param value whatever an expression came out as */
function withSeven(value: unknown, make: (value: number) => MidiMessage): MidiMessage | null {
  if (typeof value === 'boolean') return make(value ? MOST : 0);
  if (typeof value !== 'number' || Number.isNaN(value)) return null;
  return make(Math.max(0, Math.min(MOST, Math.round(value))));
}

const toOptions = (opened: unknown): MidiDeviceOptions => opened as MidiDeviceOptions;

/** MIDI through the ports of this system: those of the machine, or stand-ins for an evening in simulated time. */
export const midiBridgeOver = (load: () => Promise<MidiSystem>): Bridge => ({
  type: 'midi',
  options,
  message,
  takesTimecode: true,
  serves: false,
  takesClock: true,
  latencyMs: opened => toOptions(opened).latencyMs,
  controls: null,
  feedMessage: null,
  claims: opened => [`the MIDI port "${toOptions(opened).device}"`],
  doubts: () => [],
  lastsMs(message) {
    const told = message as WrittenMidi;
    return told.kind === 'note' ? (told.forMs ?? 0) : 0;
  },
  simulate: null,
  describe: filled => describe(toMessage(filled) ?? (filled as unknown as MidiMessage)),
  open: (_name, opened, host) => openMidi(toOptions(opened), host, load, toMessage),
});

export const midiBridge: Bridge = midiBridgeOver(loadMidiSystem);
