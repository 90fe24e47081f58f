import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { phraseAt, type RawPhrase, type RawSongStructure, songStructure } from '../../../src/core/track/phrase.ts';

const entry = (beat: number, kind: number, more: Partial<RawPhrase> = {}): RawPhrase => ({
  ...{ index: 1, beat, kind, k1: 0, k2: 0, k3: 0, b: 0 },
  ...{ beat2: 0, beat3: 0, beat4: 0, fill: 0, fillBeat: 0 },
  ...more,
});

const structureOf = (mood: number, entries: readonly RawPhrase[], endBeat = 999): RawSongStructure => ({
  ...{ mood, endBeat, bank: 0 },
  entries,
});

const first = (mood: number, kind: number, more: Partial<RawPhrase> = {}) =>
  songStructure(structureOf(mood, [entry(1, kind, more)])).structure?.phrases[0];

describe('labels', () => {
  // rekordbox's own names, from crate-digger's analysis: kind 1..10 of each mood.
  const verses = (names: string) => names.split(', ').map((label, i) => [i + 1, label] as const);
  test.each(verses('Intro, Verse 1, Verse 1, Verse 1, Verse 2, Verse 2, Verse 2, Bridge, Chorus, Outro'))(
    'low mood, kind %i: %s',
    (kind, label) => expect(first(3, kind)?.label).toBe(label),
  );

  test.each(verses('Intro, Verse 1, Verse 2, Verse 3, Verse 4, Verse 5, Verse 6, Bridge, Chorus, Outro'))(
    'mid mood, kind %i: %s',
    (kind, label) => expect(first(2, kind)?.label).toBe(label),
  );

  test.each([
    ['Intro 1', 'intro', 1, { k1: 1 }],
    ['Intro 2', 'intro', 1, {}],
    ['Up 1', 'up', 2, {}],
    ['Up 2', 'up', 2, { k3: 1 }],
    ['Up 3', 'up', 2, { k2: 1 }],
    ['Down', 'down', 3, {}],
    ['Unknown', 'unknown', 4, {}],
    ['Chorus 1', 'chorus', 5, { k1: 1 }],
    ['Chorus 2', 'chorus', 5, {}],
    ['Outro 1', 'outro', 6, { k1: 1 }],
    ['Outro 2', 'outro', 6, {}],
  ])('high mood: %s', (label, kind, rawKind, flags) => {
    expect(first(1, rawKind, flags)).toMatchObject({ label, kind });
  });

  test('an unknown kind or mood keeps its timing', () => {
    expect(first(2, 77)).toMatchObject({ kind: 'unknown', label: 'Unknown', startBeat: 1, endBeat: 999, rawKind: 77 });
    expect(songStructure(structureOf(9, [entry(1, 1)])).structure?.mood).toBeNull();
  });

  test('a bank that no list knows is null and keeps its byte', () => {
    const { structure } = songStructure({ ...structureOf(1, [entry(1, 1)]), bank: 0xf6 });
    expect(structure).toMatchObject({ bank: null, rawBank: 0xf6 });
  });
});

describe('vocabulary', () => {
  test('a header that says mid over entries of mood high is suspect, and both names are given', () => {
    const { structure } = songStructure(
      structureOf(2, [entry(1, 1, { k1: 1 }), entry(33, 2, { k2: 1, beat2: 41 }), entry(65, 6)]),
    );
    expect(structure).toMatchObject({ mood: 'mid', vocabulary: 'high', isLabelSuspect: true });
    expect(structure?.phrases.map(p => [p.label, p.alternativeLabel])).toEqual([
      ['Intro', 'Intro 1'],
      ['Verse 1', 'Up 3'],
      ['Verse 5', 'Outro 2'],
    ]);
    expect(structure?.phrases[1]?.extraBeats).toEqual([41]);
  });

  test('a header that says high over verses is suspect', () => {
    const { structure } = songStructure(structureOf(1, [entry(1, 1), entry(33, 9)]));
    expect(structure).toMatchObject({ vocabulary: 'verse', isLabelSuspect: true });
    expect(structure?.phrases[1]).toMatchObject({ label: 'Unknown', alternativeLabel: 'Chorus' });
  });

  test('kinds that both vocabularies know say nothing', () => {
    const { structure } = songStructure(structureOf(2, [entry(1, 1), entry(33, 2)]));
    expect(structure).toMatchObject({ vocabulary: null, isLabelSuspect: false });
    expect(structure?.phrases[0]?.alternativeLabel).toBeNull();
  });
});

describe('fills and extra beats', () => {
  test.each([
    ['inside the phrase', { fill: 1, fillBeat: 29 }, 29],
    ['of any value but zero', { fill: 2, fillBeat: 29 }, 29],
    ['beyond the phrase is none', { fill: 1, fillBeat: 33 }, null],
    ['before the phrase is none', { fill: 1, fillBeat: 0 }, null],
    ['a beat without the flag is none', { fill: 0, fillBeat: 29 }, null],
  ])('a fill %s', (_, fill, fillBeat) => {
    const { structure } = songStructure(structureOf(1, [entry(1, 1, fill), entry(33, 3)]));
    expect(structure?.phrases[0]?.fillBeat).toBe(fillBeat);
  });

  test('an Up 3 gives one beat or three, each once', () => {
    const beats = { k2: 1, beat2: 41, beat3: 41, beat4: 57 };
    expect(first(1, 2, { ...beats, b: 1 })?.extraBeats).toEqual([41, 57]);
    expect(first(1, 2, { ...beats, b: 0 })?.extraBeats).toEqual([41]);
    expect(first(1, 2, { ...beats, k2: 0, b: 1 })?.extraBeats).toEqual([]);
  });
});

describe('places', () => {
  test('no entries, no structure', () => {
    expect(songStructure(structureOf(1, [])).structure).toBeNull();
  });

  test('entries that do not follow are left out and named', () => {
    const { structure, warnings } = songStructure(
      structureOf(2, [entry(0, 1), entry(9, 2), entry(9, 3), entry(17, 9)]),
    );
    expect(structure?.phrases.map(p => [p.index, p.startBeat, p.endBeat])).toEqual([
      [1, 9, 17],
      [2, 17, 999],
    ]);
    expect(warnings).toHaveLength(2);
  });

  test('an end before the last phrase leaves that phrase without beats', () => {
    const { structure, warnings } = songStructure(structureOf(2, [entry(1, 1), entry(33, 9)], 20));
    expect(structure?.phrases[1]).toMatchObject({ startBeat: 33, endBeat: 33 });
    expect(warnings).toHaveLength(1);
  });

  test('each beat lies in the phrase that a walk finds', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(gaps, fc.double({ min: -5, max: 3000, noNaN: true }), (widths, beat) => {
        let at = 0;
        const entries = widths.map(width => {
          at += width;
          return entry(at, 9);
        });
        const { structure } = songStructure(structureOf(2, entries, at + 7));
        if (structure === null) throw new Error('a structure was expected');
        const found = structure.phrases.find(p => p.startBeat <= beat && beat < p.endBeat) ?? null;
        expect(phraseAt(structure, beat)).toBe(found);
      }),
    );
  });
});
