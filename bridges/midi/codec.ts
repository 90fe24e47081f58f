/** MIDI messages to bytes. Pure. Channels count from 1 and programs from 1 here, as people count; from 0 in the bytes. */

export type MidiMessage =
  | {
      readonly kind: 'note';
      readonly note: number;
      readonly velocity: number;
      readonly channel: number;
      /** Length; null: it sounds until a note off, or until the bridge lets go. */
      readonly forMs: number | null;
    }
  | { readonly kind: 'note-off'; readonly note: number; readonly channel: number }
  | { readonly kind: 'control'; readonly control: number; readonly value: number; readonly channel: number }
  | { readonly kind: 'program'; readonly program: number; readonly channel: number }
  /** Whole, from F0 to F7. */
  | { readonly kind: 'sysex'; readonly bytes: Uint8Array };

/** Source: MIDI 1.0. A note is let go by a true note off: some desks do not take a note on of velocity 0 for one. */
export function encode(message: MidiMessage): Uint8Array {
  switch (message.kind) {
    case 'note':
      return Uint8Array.of(0x90 | (message.channel - 1), message.note, message.velocity);
    case 'note-off':
      return Uint8Array.of(0x80 | (message.channel - 1), message.note, 0x40);
    case 'control':
      return Uint8Array.of(0xb0 | (message.channel - 1), message.control, message.value);
    case 'program':
      return Uint8Array.of(0xc0 | (message.channel - 1), message.program - 1);
    case 'sysex':
      return message.bytes;
  }
}

const STEPS: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
const NAMES = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'] as const;

/** The number of a note: `C3` is 60, sharps `F#2`, flats `Bb-1`; a number from 0 to 127 is itself; null: neither. */
export function noteNumber(text: string): number | null {
  const [, letter, sign, octave] = /^([A-Ga-g])([#b]?)(-?\d+)$/.exec(text) ?? [];
  const step = STEPS[letter?.toUpperCase() ?? ''];
  const number =
    step === undefined || octave === undefined
      ? /^\d{1,3}$/.test(text)
        ? Number(text)
        : Number.NaN
      : 24 + 12 * Number(octave) + step + (sign === '#' ? 1 : sign === 'b' ? -1 : 0);
  return number >= 0 && number <= 127 ? number : null;
}

export const noteName = (note: number): string => `${NAMES[note % 12]}${Math.floor(note / 12) - 2}`;

/** As people read it: `note C3 127 ch 1 for 100 ms`. */
export function describe(message: MidiMessage): string {
  switch (message.kind) {
    case 'note': {
      const length = message.forMs === null ? '' : ` for ${message.forMs} ms`;
      return `note ${noteName(message.note)} ${message.velocity} ch ${message.channel}${length}`;
    }
    case 'note-off':
      return `note off ${noteName(message.note)} ch ${message.channel}`;
    case 'control':
      return `control ${message.control} = ${message.value} ch ${message.channel}`;
    case 'program':
      return `program ${message.program} ch ${message.channel}`;
    case 'sysex':
      return `sysex ${Array.from(message.bytes, byte => byte.toString(16).padStart(2, '0')).join(' ')}`;
  }
}
