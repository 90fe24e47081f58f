/**
 * The fingerprint that a song structure is known again by. The copy on a stick, the one on the computer and the one that an
 * OPUS-QUAD sends over the network have the same, masked or plain. Pure.
 */
import { createHash } from 'node:crypto';
import type { Fingerprint } from '../../../src/core/track/media-track.ts';
import type { RawSongStructure } from '../../../src/core/track/phrase.ts';

/**
 * @param decoded a PSSI tag as `decodeSongStructure` hands it out: its fields, and its unmasked bytes behind the envelope
 *
 * `exact` is over those bytes; `loose` leaves out the bank, the change points inside phrases and what nobody has explained:
 * mood, end beat, number of phrases, then of each phrase its beat, kind, k1, k2, k3, fill and fill beat, 16 bits each,
 * big-endian. Two tracks with one fingerprint occur: the same track twice, or very regular ones.
 */
export function fingerprintOf({
  raw,
  body,
}: {
  readonly raw: RawSongStructure;
  readonly body: Uint8Array;
}): Fingerprint {
  const { mood, endBeat, entries } = raw;
  const words = [mood, endBeat, entries.length];
  for (const { beat, kind, k1, k2, k3, fill, fillBeat } of entries) words.push(beat, kind, k1, k2, k3, fill, fillBeat);
  return { exact: sha256(body), loose: sha256(Uint8Array.from(words.flatMap(word => [word >> 8, word & 0xff]))) };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
