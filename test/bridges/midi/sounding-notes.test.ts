import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MidiMessage } from '../../../bridges/midi/codec.ts';
import {
  letGo,
  letGoOfAll,
  letGoOfEnded,
  NO_NOTES,
  nextEndOf,
  type SoundingNotes,
  strike,
} from '../../../bridges/midi/sounding-notes.ts';
import { rounds } from '../../rounds.ts';

const on = (note: number, forMs: number | null, channel = 1) =>
  ({ kind: 'note', note, velocity: 100, channel, forMs }) as const;
const off = (note: number, channel = 1) => ({ kind: 'note-off', note, channel }) as const;

describe('sounding notes', () => {
  it('a note that is struck leaves, and again while it sounds after its own end', () => {
    const first = strike(NO_NOTES, on(60, null), 0);
    expect(first.leaves).toEqual([on(60, null)]);
    expect(strike(first.notes, on(60, 100), 10).leaves).toEqual([off(60), on(60, 100)]);
    expect(strike(first.notes, on(60, 100, 2), 10).leaves).toEqual([on(60, 100, 2)]);
  });

  it('a note off leaves once, whether the note sounds or not, and the note ends with it', () => {
    const { notes } = strike(NO_NOTES, on(60, 100), 0);
    const change = letGo(notes, off(60));
    expect([change.leaves, change.notes.size, nextEndOf(change.notes)]).toEqual([[off(60)], 0, null]);
    expect(letGo(change.notes, off(60)).leaves).toEqual([off(60)]);
  });

  it('a note ends when its length is over, not before; one without a length does not end', () => {
    const struck = [on(60, 100), on(61, 50), on(62, null), on(63, 100)];
    const notes = struck.reduce((sum, note) => strike(sum, note, 10).notes, NO_NOTES);
    expect(nextEndOf(notes)).toBe(60);
    expect(letGoOfEnded(notes, 59.9)).toEqual({ notes, leaves: [] });
    const late = letGoOfEnded(notes, 500);
    expect(late.leaves).toEqual([off(61), off(60), off(63)]);
    expect([late.notes.size, nextEndOf(late.notes)]).toEqual([1, null]);
  });

  it('struck again, a note ends by its new length alone', () => {
    const first = strike(NO_NOTES, on(60, 100), 0).notes;
    expect(nextEndOf(strike(first, on(60, 100), 60).notes)).toBe(160);
    expect(nextEndOf(strike(first, on(60, null), 60).notes)).toBe(null);
  });

  it('a note never stays: whatever is struck and let go, a receiver hears as many ends as beginnings after all are let go', () => {
    const step = fc.record({
      kind: fc.constantFrom('strike', 'let go', 'wait'),
      note: fc.integer({ min: 60, max: 62 }),
      forMs: fc.option(fc.integer({ min: 0, max: 200 })),
      ms: fc.integer({ min: 0, max: 150 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const sounding = new Set<number>();
        let notes: SoundingNotes = NO_NOTES;
        let now = 0;
        const hear = (change: { readonly notes: SoundingNotes; readonly leaves: readonly MidiMessage[] }): void => {
          notes = change.notes;
          for (const message of change.leaves) {
            if (message.kind === 'note') {
              expect(sounding.has(message.note)).toBe(false);
              sounding.add(message.note);
            } else if (message.kind === 'note-off') sounding.delete(message.note);
          }
          expect([...notes.values()].map(each => each.off.note).sort()).toEqual([...sounding].sort());
        };
        for (const { kind, note, forMs, ms } of steps) {
          now += ms;
          if (kind === 'strike') hear(strike(notes, on(note, forMs), now));
          else if (kind === 'let go') hear(letGo(notes, off(note)));
          else hear(letGoOfEnded(notes, now));
        }
        hear(letGoOfAll(notes));
        expect(sounding.size).toBe(0);
      }),
      { numRuns: rounds(100) },
    );
  });
});
