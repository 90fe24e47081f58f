/** Each tag in test/captures/rekordbox-media, held against what the published layout says it holds. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeSongStructure, encodeSongStructure } from '../../../bridges/rekordbox-media/codec.ts';
import { songStructure } from '../../../src/core/phrase.ts';
import { fromHex, toHex } from '../../../src/layout.ts';

const folder = new URL('../../captures/rekordbox-media/', import.meta.url);
const names = readdirSync(folder)
  .filter(file => file.endsWith('.hex'))
  .map(file => file.slice(0, -'.hex'.length));

function bytesOf(name: string): Uint8Array {
  const lines = readFileSync(new URL(`${name}.hex`, folder), 'utf8').split('\n');
  return fromHex(
    lines
      .filter(line => !line.startsWith('#'))
      .map(line => line.replace(/^[0-9a-f]{4} {2}/, ''))
      .join(' '),
  );
}

describe.each(names)('%s', name => {
  const bytes = bytesOf(name);
  const expected = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));

  test('decodes to the fields of its table', () => {
    const decoded = decodeSongStructure(bytes);
    expect(decoded).toEqual({ ok: true, raw: expected.raw, wasMasked: expected.wasMasked, warnings: [] });
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
