import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { phraseEntry, songStructureHeader } from '../../../../bridges/rekordbox-media/analysis/analysis-layout.ts';
import {
  decodeSongStructure,
  encodeSongStructure,
  mask,
} from '../../../../bridges/rekordbox-media/analysis/song-structure.ts';
import type { RawPhrase, RawSongStructure } from '../../../../src/core/track/phrase.ts';
import { structures } from '../capture-samples.ts';

describe('a song structure', () => {
  test('comes back as it was written, masked or plain', () => {
    fc.assert(
      fc.property(structures, fc.boolean(), (raw, masked) => {
        expect(decodeSongStructure(encodeSongStructure(raw, { masked }))).toEqual({
          ok: true,
          raw,
          body: encodeSongStructure(raw, { masked: false }).subarray(12),
          wasMasked: masked,
          warnings: [],
        });
      }),
    );
  });

  test('masked twice is plain again, and its head is never touched', () => {
    fc.assert(
      fc.property(structures, raw => {
        const plain = encodeSongStructure(raw, { masked: false });
        const masked = mask(plain);
        expect(masked.subarray(0, 18)).toEqual(plain.subarray(0, 18));
        expect(mask(masked)).toEqual(plain);
      }),
    );
  });

  test('is never taken for the other form, whatever the number of phrases and the mood', () => {
    for (let count = 1; count < 600; count++) {
      for (const mood of [1, 2, 3]) {
        const header = songStructureHeader.encode({
          ...{ tag: 'PSSI', tagBytes: 32 + 24 * count, entryBytes: 24, count },
          ...{ mood, endBeat: 1, bank: 0 },
        });
        const stored = songStructureHeader.decode(mask(header));
        expect(stored.ok && stored.value.mood <= 3 && stored.value.mood >= 1).toBe(false);
      }
    }
  });

  test('arbitrary bytes never throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), bytes => void decodeSongStructure(bytes)));
  });

  test('arbitrary bytes behind a sound head never throw', () => {
    const sound = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.uint8Array({ minLength: 320, maxLength: 400 }));
    fc.assert(
      fc.property(sound, ([count, bytes]) => {
        const fields = { tag: 'PSSI', tagBytes: 32 + 24 * count, entryBytes: 24, count, mood: 2, endBeat: 9, bank: 0 };
        bytes.set(songStructureHeader.encode(fields));
        const decoded = decodeSongStructure(bytes);
        if (decoded.ok) expect(decoded.raw.entries).toHaveLength(count);
      }),
    );
  });
});

describe('what is wrong is said', () => {
  const entry: RawPhrase = {
    ...{ index: 1, beat: 1, kind: 9, k1: 0, k2: 0, k3: 0, b: 0 },
    ...{ beat2: 0, beat3: 0, beat4: 0, fill: 0, fillBeat: 0 },
  };
  const two: RawSongStructure = { mood: 2, endBeat: 65, bank: 1, entries: [entry, { ...entry, index: 2, beat: 33 }] };

  const broken = (change: (tag: Uint8Array) => void): Uint8Array => {
    const tag = encodeSongStructure(two, { masked: false });
    change(tag);
    return tag;
  };

  test.each([
    ['too short', new Uint8Array(31), 31, /31 bytes, expected at least 32/],
    ['not a PSSI tag', new Uint8Array(40), 0, /expected "PSSI"/],
    ['another entry size', broken(tag => tag.fill(25, 15, 16)), 12, /25 bytes per phrase, expected 24/],
    [
      'a length too small for its phrases',
      broken(tag => tag.fill(40, 11, 12)),
      8,
      /states 40 bytes, 2 phrases need 80/,
    ],
    ['cut short', broken(() => {}).subarray(0, 70), 70, /ends after 70 bytes/],
    ['a mood that is none in either form', broken(tag => tag.fill(9, 19, 20)), 18, /mood 9 as stored/],
  ])('%s', (_, bytes, offset, reason) => {
    const decoded = decodeSongStructure(bytes);
    expect(decoded).toMatchObject({ ok: false, offset });
    expect(decoded.ok ? '' : decoded.reason).toMatch(reason);
  });

  test('odd phrases are kept, with a warning', () => {
    const odd = { ...two, entries: [{ ...entry, index: 3 }, entry] };
    const decoded = decodeSongStructure(encodeSongStructure(odd, { masked: true }));
    expect(decoded).toMatchObject({ ok: true, raw: odd, wasMasked: true });
    expect(decoded.ok && decoded.warnings).toEqual([
      'phrase 1 is numbered 3',
      'phrase 2 begins at beat 1, not after the one before',
    ]);
  });

  test('no phrases is a structure without entries', () => {
    const none = { mood: 1, endBeat: 0, bank: 0, entries: [] };
    expect(decodeSongStructure(encodeSongStructure(none, { masked: true }))).toMatchObject({ ok: true });
  });

  test('the phrase table is as long as the format says', () => {
    expect(phraseEntry.minBytes).toBe(24);
    expect(songStructureHeader.minBytes).toBe(32);
  });
});
