/** LTC as files and pipes have it, and the entries of a profile that ask for it. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { ltcBridge } from '../../../bridges/ltc/index.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';

/** What the profile says of an LTC bridge, checked. @param entry as under `bridges:` */
export function ltcOptions(entry: string): unknown {
  const loaded = loadProfile(
    `decklight: 1\nname: test\nbridges:\n  it: ${entry}\n`,
    'test.yaml',
    [ltcBridge],
    NO_LIBRARY,
  );
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.profile.bridges[0]?.options;
}

/** The samples of PCM bytes. */
export const samplesOf = (bytes: Buffer): Int16Array =>
  Int16Array.from({ length: Math.floor(bytes.length / 2) }, (_, i) => bytes.readInt16LE(2 * i));

/** The samples of a WAV file, whose head must say how many there are, or fewer. */
export function readWav(path: string): Int16Array {
  const bytes = readFileSync(path);
  expect([bytes.toString('latin1', 0, 4), bytes.toString('latin1', 8, 16), bytes.toString('latin1', 36, 40)]).toEqual([
    'RIFF',
    'WAVEfmt ',
    'data',
  ]);
  // PCM, one channel, 48000 Hz, 96000 bytes a second, 2 bytes a sample, 16 bits.
  expect([20, 22, 32, 34].map(at => bytes.readUInt16LE(at))).toEqual([1, 1, 2, 16]);
  expect([24, 28].map(at => bytes.readUInt32LE(at))).toEqual([48_000, 96_000]);
  const size = bytes.readUInt32LE(40);
  expect(bytes.readUInt32LE(4)).toBe(36 + size);
  expect(bytes.length).toBeGreaterThanOrEqual(44 + size);
  return samplesOf(bytes.subarray(44, 44 + size));
}
