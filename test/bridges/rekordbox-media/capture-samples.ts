/** Made-up analysis files for properties, and the bytes of captures. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { CueList, StoredCue } from '../../../bridges/rekordbox-media/analysis/analysis-cues.ts';
import type { AnalysedBeat, AnalysisTags } from '../../../bridges/rekordbox-media/analysis/analysis-file.ts';
import { fromHex } from '../../../src/bytes/hex.ts';
import type { RawPhrase, RawSongStructure } from '../../../src/core/track/phrase.ts';

export const CAPTURES = new URL('../../captures/rekordbox-media/', import.meta.url);

/** The bytes of `<name>.hex`: comment lines and the offset before each row are left out. */
export function bytesOf(name: string): Uint8Array {
  const lines = readFileSync(new URL(`${name}.hex`, CAPTURES), 'utf8').split('\n');
  return fromHex(
    lines
      .filter(line => !line.startsWith('#'))
      .map(line => line.replace(/^[0-9a-f]{4} {2}/, ''))
      .join(' '),
  );
}

export const byte = fc.integer({ min: 0, max: 0xff });
export const word = fc.integer({ min: 0, max: 0xffff });
/** What 32 bits hold, but for the highest number, which some fields take for none. */
const long = fc.integer({ min: 0, max: 0xfffffffe });

/** Structures that keep every rule of real tags. */
export const structures: fc.Arbitrary<RawSongStructure> = fc
  .record({
    mood: fc.integer({ min: 1, max: 3 }),
    bank: byte,
    gaps: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 60 }),
    tail: fc.integer({ min: 0, max: 300 }),
    flags: fc.record({ kind: word, k1: byte, k2: byte, k3: byte, b: byte, beat2: word, beat3: word, beat4: word }),
    fill: fc.record({ fill: byte, fillBeat: word }),
  })
  .map(({ mood, bank, gaps, tail, flags, fill }) => {
    let beat = 0;
    const entries = gaps.map((gap, i): RawPhrase => {
      beat += gap;
      return { index: i + 1, beat, ...flags, ...fill };
    });
    return { mood, bank, endBeat: beat + tail, entries };
  });

const beats: fc.Arbitrary<AnalysedBeat> = fc.record({ beatInBar: word, tempoBpm: word.map(n => n / 100), ms: long });

/** Any text that 16-bit units can hold, but for the one that ends it. */
const texts = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter(text => !text.includes('\0'));

const somewhere = {
  button: fc.integer({ min: 0, max: 12 }),
  type: fc.constantFrom('point' as const, 'loop' as const, 'unknown' as const),
  positionMs: long,
  loopEndMs: fc.option(long),
};
const basicCues: fc.Arbitrary<StoredCue> = fc.record({
  ...somewhere,
  ...{ loopBeats: fc.constant(null), colourId: fc.constant(0), comment: fc.constant(null), colour: fc.constant(null) },
});
const extendedCues: fc.Arbitrary<StoredCue> = fc.record({
  ...somewhere,
  loopBeats: fc.option(fc.record({ numerator: fc.integer({ min: 1, max: 0xffff }), denominator: word })),
  colourId: byte,
  comment: fc.option(texts),
  colour: fc.option(fc.record({ code: fc.integer({ min: 1, max: 0xff }), red: byte, green: byte, blue: byte })),
});

const kinds = fc.constantFrom('memory' as const, 'hot' as const, 'unknown' as const);
export const cueLists: fc.Arbitrary<CueList> = fc.oneof(
  fc.record({ form: fc.constant('basic' as const), kind: kinds, cues: fc.array(basicCues, { maxLength: 9 }) }),
  fc.record({ form: fc.constant('extended' as const), kind: kinds, cues: fc.array(extendedCues, { maxLength: 9 }) }),
);

/** Whatever an analysis file can say, in any combination. */
export const analyses: fc.Arbitrary<AnalysisTags> = fc.record({
  audioPath: fc.option(texts),
  beats: fc.option(fc.array(beats, { maxLength: 40 })),
  gridEnds: fc.option(fc.record({ first: beats, last: beats, count: fc.integer({ min: 0, max: 100 }) })),
  cueLists: fc.array(cueLists, { maxLength: 4 }),
  durationMs: fc.option(fc.integer({ min: 1, max: 900 }).map(entries => (entries * 1000) / 150)),
  structure: fc.option(fc.record({ raw: structures, isMasked: fc.boolean() })),
});
