/** The notes that sound on a port: struck, and let go. Pure, told the time. */
import type { Ms } from '../../src/core/clock.ts';
import type { MidiMessage } from './codec.ts';

type NoteOn = Extract<MidiMessage, { kind: 'note' }>;
type NoteOff = Extract<MidiMessage, { kind: 'note-off' }>;

/** By channel and number, in the order in which they were struck. */
export type SoundingNotes = ReadonlyMap<string, SoundingNote>;

interface SoundingNote {
  readonly off: NoteOff;
  /** null: it sounds until it is let go. */
  readonly endsAt: Ms | null;
}

/** The notes that sound now, and the messages that have to leave for that, in this order. */
export interface NotesChange {
  readonly notes: SoundingNotes;
  readonly leaves: readonly MidiMessage[];
}

export const NO_NOTES: SoundingNotes = new Map();

const keyOf = ({ channel, note }: NoteOn | NoteOff): string => `${channel}/${note}`;

/** Struck again while it sounds, a note is let go first: else two ends would meet one beginning. */
export function strike(notes: SoundingNotes, on: NoteOn, at: Ms): NotesChange {
  const key = keyOf(on);
  const sounding = notes.get(key);
  const after = new Map(notes);
  after.delete(key);
  const off: NoteOff = { kind: 'note-off', note: on.note, channel: on.channel };
  after.set(key, { off, endsAt: on.forMs === null ? null : at + on.forMs });
  return { notes: after, leaves: sounding === undefined ? [on] : [sounding.off, on] };
}

/** Lets go of a note. One that does not sound is let go as well: another program may have struck it. */
export function letGo(notes: SoundingNotes, off: NoteOff): NotesChange {
  const after = new Map(notes);
  after.delete(keyOf(off));
  return { notes: after, leaves: [notes.get(keyOf(off))?.off ?? off] };
}

export const letGoOfAll = (notes: SoundingNotes): NotesChange => ({
  notes: NO_NOTES,
  leaves: [...notes.values()].map(({ off }) => off),
});

/** Lets go of those whose length is over, the one that ends first before the others. */
export function letGoOfEnded(notes: SoundingNotes, now: Ms): NotesChange {
  const ended = [...notes.values()].filter(({ endsAt }) => endsAt !== null && endsAt <= now);
  ended.sort((a, b) => (a.endsAt ?? 0) - (b.endsAt ?? 0));
  const leaves = ended.map(({ off }) => off);
  const over = new Set(leaves.map(keyOf));
  return { notes: new Map([...notes].filter(([key]) => !over.has(key))), leaves };
}

/** Gives the time at which the next note ends by itself; null: none does. */
export function nextEndOf(notes: SoundingNotes): Ms | null {
  const ends = [...notes.values()].flatMap(({ endsAt }) => (endsAt === null ? [] : [endsAt]));
  return ends.length === 0 ? null : Math.min(...ends);
}
