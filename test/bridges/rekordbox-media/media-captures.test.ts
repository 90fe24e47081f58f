/**
 * Each file in test/captures/rekordbox-media, held against what the published layout says it holds: song structures
 * (PSSI), other single tags, and whole analysis files.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  decodeAnalysis,
  encodeAnalysis,
  type ReadTags,
} from '../../../bridges/rekordbox-media/analysis/analysis-file.ts';
import {
  analysisFileHeader,
  FILE_HEADER_BYTES,
  FILE_MAGIC,
} from '../../../bridges/rekordbox-media/analysis/analysis-layout.ts';
import { fingerprintOf } from '../../../bridges/rekordbox-media/analysis/fingerprint.ts';
import { decodeSongStructure, encodeSongStructure } from '../../../bridges/rekordbox-media/analysis/song-structure.ts';
import { analysisOf } from '../../../bridges/rekordbox-media/analysis/track-analysis.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { songStructure } from '../../../src/core/track/phrase.ts';
import { bytesOf, CAPTURES } from './capture-samples.ts';

const names = readdirSync(CAPTURES)
  .filter(file => file.endsWith('.hex'))
  .map(file => file.slice(0, -'.hex'.length));

const begins = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 4));
const expectedOf = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, CAPTURES), 'utf8'));

describe.each(names.filter(name => begins(bytesOf(name)) === 'PSSI'))('%s', name => {
  const bytes = bytesOf(name);
  const expected = expectedOf(name);

  test('decodes to the fields of its table', () => {
    const decoded = decodeSongStructure(bytes);
    expect(decoded).toMatchObject({ ok: true, wasMasked: expected.wasMasked, warnings: [] });
    expect(decoded.ok && decoded.raw).toEqual(expected.raw);
  });

  test('is known again by its fingerprint', () => {
    const decoded = decodeSongStructure(bytes);
    expect(decoded.ok && fingerprintOf(decoded)).toEqual(expected.fingerprint);
  });

  test('is called what rekordbox calls it', () => {
    const { structure, warnings } = songStructure(expected.raw);
    expect(warnings).toEqual([]);
    expect(structure).toMatchObject({ mood: expected.mood, bank: expected.bank, isLabelSuspect: false });
    expect(structure?.phrases).toMatchObject(expected.phrases);
    expect(structure?.phrases).toHaveLength(expected.phrases.length);
  });

  test('is written back byte for byte', () => {
    expect(toHex(encodeSongStructure(expected.raw, { masked: expected.wasMasked }))).toBe(toHex(bytes));
  });

  test('is the same with padding after it', () => {
    const padded = new Uint8Array(bytes.length + 40);
    padded.set(bytes);
    expect(decodeSongStructure(padded)).toEqual(decodeSongStructure(bytes));
  });
});

/** A whole file as it is; a tag in a file of its own. */
function asFile(bytes: Uint8Array): Uint8Array {
  if (begins(bytes) === FILE_MAGIC) return bytes;
  const fileBytes = FILE_HEADER_BYTES + bytes.length;
  const file = analysisFileHeader.encode({ magic: FILE_MAGIC, headerBytes: FILE_HEADER_BYTES, fileBytes }, fileBytes);
  file.set(bytes, FILE_HEADER_BYTES);
  return file;
}

function tagsOf(file: Uint8Array): ReadTags {
  const decoded = decodeAnalysis(file);
  if (!decoded.ok) throw new Error(decoded.reason);
  expect(decoded.warnings).toEqual([]);
  return decoded.tags;
}

describe.each(names.filter(name => begins(bytesOf(name)) !== 'PSSI'))('%s', name => {
  const file = asFile(bytesOf(name));
  const expected = expectedOf(name);
  const analysis = () => (expected.file === 'dat' ? analysisOf(tagsOf(file), null) : analysisOf(null, tagsOf(file)));

  test('decodes to the fields of its tables', () => {
    const tags: Partial<ReadTags> = tagsOf(file);
    for (const key of Object.keys(expected.tags)) {
      expect(tags[key as keyof ReadTags], key).toEqual(expected.tags[key]);
    }
  });

  test('says of its track what its tags say', () => {
    expect(analysis()).toMatchObject(expected.analysis);
  });

  if (expected.grid !== undefined) {
    test('puts its beats and its milliseconds where the stored times are', () => {
      const { grid } = analysis();
      for (const [beat, ms] of expected.grid.msOfBeat) expect(grid?.msOfBeat(beat), `beat ${beat}`).toBeCloseTo(ms, 9);
      for (const [ms, beat] of expected.grid.beatOfMs) expect(grid?.beatOfMs(ms), `${ms} ms`).toBeCloseTo(beat, 9);
    });
  }

  test(`comes back ${expected.comesBack}`, () => {
    const tags = tagsOf(file);
    const written = encodeAnalysis(tags, tags.waveform);
    if (expected.comesBack === 'as bytes') expect(toHex(written)).toBe(toHex(file));
    const again = tagsOf(written);
    // The exact fingerprint is over bytes that nobody has explained, too.
    const structure = tags.structure && { ...again.structure, fingerprint: tags.structure.fingerprint };
    expect({ ...again, structure }).toEqual(tags);
  });
});

// SHA-1 over the tag from byte 12 on, as beat-link hashes it, from the same source as the bytes.
test.each([
  ['high-mood-seven-phrases-plain', 'da09c8f50ef64abb2190255ce11fbbc6afb80fb9'],
  ['high-mood-seven-phrases-masked', 'ef9cf33e1b17b25cb053f1e567f261f825dfed87'],
  ['mid-mood-ends-in-zeros-plain', '8c08e1026c8ebf14b65921e5367c21a9b477c922'],
  ['mid-mood-ends-in-zeros-masked', 'c24a57ac8ba5458ba1afb6f43cb8526971266c6c'],
  ['low-mood-unknown-bank-plain', '02d0d27c80c5ccd8375a5acc912efb8d0d1645db'],
  ['low-mood-unknown-bank-masked', '6ca7b33503aee0eb3a72a23c15b03df066f0049b'],
])('%s is copied whole', (name, sha1) => {
  expect(createHash('sha1').update(bytesOf(name).subarray(12)).digest('hex')).toBe(sha1);
});
