import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../../../bridges/rekordbox-media/analysis/fingerprint.ts';
import {
  decodeSongStructure,
  encodeSongStructure,
  mask,
} from '../../../../bridges/rekordbox-media/analysis/song-structure.ts';
import type { RawSongStructure } from '../../../../src/core/track/phrase.ts';
import { structures } from '../capture-samples.ts';

function fingerprintOfTag(tag: Uint8Array) {
  const decoded = decodeSongStructure(tag);
  if (!decoded.ok) throw new Error(decoded.reason);
  return fingerprintOf(decoded);
}

const plainOf = (raw: RawSongStructure) => encodeSongStructure(raw, { masked: false });

describe('the fingerprint of a song structure', () => {
  test('is the same masked, plain, and with padding after it', () => {
    fc.assert(
      fc.property(structures, fc.integer({ min: 0, max: 60 }), (raw, padding) => {
        const plain = plainOf(raw);
        const padded = new Uint8Array(plain.length + padding);
        padded.set(mask(plain));
        expect(fingerprintOfTag(padded)).toEqual(fingerprintOfTag(plain));
        // The padding counted in the length of the tag.
        new DataView(padded.buffer).setUint32(8, padded.length);
        expect(fingerprintOfTag(padded)).toEqual(fingerprintOfTag(plain));
      }),
    );
  });

  test('is two times SHA-256 in lower-case hex', () => {
    fc.assert(
      fc.property(structures, raw => {
        const { exact, loose } = fingerprintOfTag(plainOf(raw));
        expect(`${exact} ${loose}`).toMatch(/^[0-9a-f]{64} [0-9a-f]{64}$/);
      }),
    );
  });

  // Each byte of a tag with two phrases, from the mood on: which of the two fingerprints it counts in.
  const header = { 18: 'both', 26: 'both', 28: 'exact', 30: 'exact', 31: 'exact' } as const;
  const entry = {
    ...{ 0: 'exact', 2: 'both', 4: 'both', 6: 'exact', 7: 'both', 8: 'exact', 9: 'both' },
    ...{ 11: 'exact', 12: 'exact', 14: 'exact', 16: 'exact', 18: 'exact', 19: 'both', 21: 'both' },
    ...{ 22: 'both', 23: 'both' },
  } as const;
  const places = [
    ...Object.entries(header).map(([at, counts]) => [Number(at), counts] as const),
    ...Object.entries(entry).map(([at, counts]) => [0x20 + 24 + Number(at), counts] as const),
  ];

  test.each(places)('byte 0x%i of the tag counts in: %s', (at, counts) => {
    const phrase = { kind: 9, k1: 0, k2: 0, k3: 0, b: 0, beat2: 0, beat3: 0, beat4: 0, fill: 0, fillBeat: 0 };
    const entries = [
      { ...phrase, index: 1, beat: 1 },
      { ...phrase, index: 2, beat: 2 },
    ];
    const plain = plainOf({ mood: 2, bank: 1, endBeat: 0x300, entries });
    const changed = plain.slice();
    // The mood is 16 bits and stays one of three, so that the tag stays plain.
    const place = at === 0x12 ? 0x13 : at;
    changed[place] = (changed[place] ?? 0) ^ 1;
    const [before, after] = [fingerprintOfTag(plain), fingerprintOfTag(changed)];
    expect(after.exact).not.toBe(before.exact);
    expect(after.loose === before.loose).toBe(counts === 'exact');
  });
});
