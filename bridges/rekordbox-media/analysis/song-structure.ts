/** The song structure, PSSI, to a value and back. Pure; the tables are in layout.ts. */

import { fromHex } from '../../../src/bytes/hex.ts';
import type { RawPhrase, RawSongStructure } from '../../../src/core/track/phrase.ts';
import {
  ENVELOPE_BYTES,
  MASK_BASE,
  MASK_FROM,
  PHRASE_ENTRY_BYTES,
  phraseEntry,
  SONG_STRUCTURE_HEADER_BYTES,
  SONG_STRUCTURE_TAG,
  songStructureHeader,
} from './analysis-layout.ts';

export type DecodedSongStructure =
  | {
      readonly ok: true;
      readonly raw: RawSongStructure;
      /** The unmasked bytes behind the tag's envelope, 20 + 24 for each phrase: what it is known again by. */
      readonly body: Uint8Array;
      /** The bytes were masked, as on exported media; the structure is the same either way. */
      readonly wasMasked: boolean;
      /** Oddities that were kept, one line each. */
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly reason: string; readonly offset: number };

const MASK = fromHex(MASK_BASE);

/**
 * The mask over a PSSI tag, put on or taken off: it is its own inverse.
 *
 * @param tag the whole tag, from `PSSI` on, at least its header
 */
export function mask(tag: Uint8Array): Uint8Array {
  const masked = tag.slice();
  const count = countOf(tag);
  for (let i = MASK_FROM; i < masked.length; i++) {
    const key = ((MASK[(i - MASK_FROM) % MASK.length] ?? 0) + count) & 0xff;
    masked[i] = (masked[i] ?? 0) ^ key;
  }
  return masked;
}

/**
 * A PSSI tag, masked or plain, as a song structure.
 *
 * @param bytes the tag from its first byte on; what comes after its own length, such as the unit's padding, is not looked at
 * @returns no phrases at all is a structure without entries, not a failure
 *
 * A stored mood of 1..3 means plain: a masked one never reads so, whatever the number of phrases. The test "mood above
 * 20" that other programs use takes a masked tag of 53 phrases for a plain one.
 * Source: crate-digger's analysis; soft rules held against 12 real tags.
 */
export function decodeSongStructure(bytes: Uint8Array): DecodedSongStructure {
  if (bytes.length < SONG_STRUCTURE_HEADER_BYTES) {
    const reason = `song structure: ${bytes.length} bytes, expected at least ${SONG_STRUCTURE_HEADER_BYTES}`;
    return { ok: false, reason, offset: bytes.length };
  }
  const clear = songStructureHeader.decode(bytes);
  if (!clear.ok) return clear;
  const { tag, tagBytes, entryBytes, count, mood } = clear.value;
  if (tag !== SONG_STRUCTURE_TAG) {
    return { ok: false, reason: `song structure: begins with "${tag}", expected "${SONG_STRUCTURE_TAG}"`, offset: 0 };
  }
  if (entryBytes !== PHRASE_ENTRY_BYTES) {
    const reason = `song structure: ${entryBytes} bytes per phrase, expected ${PHRASE_ENTRY_BYTES}`;
    return { ok: false, reason, offset: 0x0c };
  }
  const needed = SONG_STRUCTURE_HEADER_BYTES + count * PHRASE_ENTRY_BYTES;
  if (tagBytes < needed) {
    const reason = `song structure: states ${tagBytes} bytes, ${count} phrases need ${needed}`;
    return { ok: false, reason, offset: 0x08 };
  }
  if (bytes.length < needed) {
    const reason = `song structure: ends after ${bytes.length} bytes, ${count} phrases need ${needed}`;
    return { ok: false, reason, offset: bytes.length };
  }

  const stored = bytes.subarray(0, needed);
  const isPlain = mood >= 1 && mood <= 3;
  const chosen = read(isPlain ? stored : mask(stored));
  if (count > 0 && !isMood(chosen.raw.mood)) {
    const reason = `song structure: mood ${mood} as stored, ${chosen.raw.mood} unmasked, expected 1, 2 or 3`;
    return { ok: false, reason, offset: MASK_FROM };
  }
  if (chosen.warnings.length === 0) return { ok: true, ...chosen, wasMasked: !isPlain };
  const other = read(isPlain ? mask(stored) : stored);
  if (isMood(other.raw.mood) && other.warnings.length === 0) {
    return { ok: true, ...other, wasMasked: isPlain };
  }
  return { ok: true, ...chosen, wasMasked: !isPlain };
}

/** True where the name of a PSSI tag stands anywhere in these bytes: whoever sends it means a song structure, readable or not. */
export const namesSongStructure = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes(SONG_STRUCTURE_TAG);

/** A song structure as a PSSI tag: plain as on the computer, or masked as on exported media and on the network. */
export function encodeSongStructure(raw: RawSongStructure, { masked }: { readonly masked: boolean }): Uint8Array {
  const count = raw.entries.length;
  const tagBytes = SONG_STRUCTURE_HEADER_BYTES + count * PHRASE_ENTRY_BYTES;
  const tag = new Uint8Array(tagBytes);
  const { mood, endBeat, bank } = raw;
  const header = { tag: SONG_STRUCTURE_TAG, tagBytes, entryBytes: PHRASE_ENTRY_BYTES, count, mood, endBeat, bank };
  tag.set(songStructureHeader.encode(header));
  raw.entries.forEach((entry, i) => {
    tag.set(phraseEntry.encode(entry), SONG_STRUCTURE_HEADER_BYTES + i * PHRASE_ENTRY_BYTES);
  });
  return masked ? mask(tag) : tag;
}

const isMood = (mood: number): boolean => mood >= 1 && mood <= 3;
const countOf = (tag: Uint8Array): number => ((tag[0x10] ?? 0) << 8) | (tag[0x11] ?? 0);

interface Unmasked {
  readonly raw: RawSongStructure;
  readonly body: Uint8Array;
  readonly warnings: readonly string[];
}

/** The fields of an unmasked tag, and the rules that real tags keep and this one breaks. */
function read(tag: Uint8Array): Unmasked {
  const body = tag.slice(ENVELOPE_BYTES);
  const header = songStructureHeader.decode(tag);
  if (!header.ok) return { raw: { mood: 0, endBeat: 0, bank: 0, entries: [] }, body, warnings: [header.reason] };
  const { mood, endBeat, bank, count } = header.value;
  const entries: RawPhrase[] = [];
  for (let i = 0; i < count; i++) {
    const entry = phraseEntry.decode(tag.subarray(SONG_STRUCTURE_HEADER_BYTES + i * PHRASE_ENTRY_BYTES));
    if (entry.ok) entries.push(entry.value);
  }
  const raw: RawSongStructure = { mood, endBeat, bank, entries };
  return { raw, body, warnings: count === 0 ? [] : oddities(raw, tag) };
}

function oddities({ entries, endBeat }: RawSongStructure, tag: Uint8Array): string[] {
  const odd: string[] = [];
  if (tag.subarray(0x14, 0x1a).some(byte => byte !== 0)) odd.push('bytes 14 to 19 are not zero');
  const misnumbered = entries.findIndex((entry, i) => entry.index !== i + 1);
  if (misnumbered >= 0) odd.push(`phrase ${misnumbered + 1} is numbered ${entries[misnumbered]?.index}`);
  const falling = entries.findIndex((entry, i) => entry.beat <= (entries[i - 1]?.beat ?? 0));
  if (falling >= 0)
    odd.push(`phrase ${falling + 1} begins at beat ${entries[falling]?.beat}, not after the one before`);
  const last = entries[entries.length - 1];
  if (last !== undefined && last.beat > endBeat) odd.push(`the last phrase begins after the end beat ${endBeat}`);
  return odd;
}
