/**
 * rekordbox's analysis files, `ANLZ0000.DAT` and `ANLZ0000.EXT`, to values and back. Pure; the tables are in
 * analysis-layout.ts.
 */
import type { Ms } from '../../../src/core/clock.ts';
import type { GridBeat } from '../../../src/core/track/beat-grid.ts';
import type { Fingerprint } from '../../../src/core/track/media-track.ts';
import type { RawSongStructure } from '../../../src/core/track/phrase.ts';
import { type CueList, decodeCueList, encodeCueList, type TagWarning } from './analysis-cues.ts';
import {
  analysisFileHeader,
  BEAT_BYTES,
  BEAT_GRID_HEADER_BYTES,
  beatGridHead,
  COLOUR_HEIGHT_SHIFT,
  ENVELOPE_BYTES,
  FILE_HEADER_BYTES,
  FILE_MAGIC,
  GRID_ENDS_ENTRY_BYTES,
  GRID_ENDS_HEADER_BYTES,
  gridBeat,
  gridEndsHead,
  MONO_HEIGHT_MASK,
  PATH_HEADER_BYTES,
  pathTag,
  tagHead,
  WAVEFORM_ENTRIES_PER_SECOND,
  WAVEFORM_HEADER_BYTES,
  waveformHead,
} from './analysis-layout.ts';
import { fingerprintOf } from './fingerprint.ts';
import { decodeSongStructure, encodeSongStructure } from './song-structure.ts';

/** The tags of one analysis file that we read; null: it has no such tag, or one that cannot be read. */
export interface AnalysisTags {
  /** The audio file that was analysed, from the root of the stick. */
  readonly audioPath: string | null;
  /** None at all: a track without beats. */
  readonly beats: readonly AnalysedBeat[] | null;
  readonly gridEnds: GridEnds | null;
  /** In the order of the file. */
  readonly cueLists: readonly CueList[];
  /** As long as the waveform, which is drawn in steps of 1/150 s. */
  readonly durationMs: Ms | null;
  readonly structure: StoredStructure | null;
}

export interface AnalysedBeat extends GridBeat {
  /** 1..4. */
  readonly beatInBar: number;
}

/** The first grid of a track as the second one, in its `.EXT`, describes it. */
export interface GridEnds {
  readonly first: AnalysedBeat;
  readonly last: AnalysedBeat;
  readonly count: number;
}

export interface StoredStructure {
  readonly raw: RawSongStructure;
  /** Masked, as on exported media; false: plain, as on the computer. */
  readonly isMasked: boolean;
}

/** An analysis file as it was read. */
export interface ReadTags extends AnalysisTags {
  /** Heights of the waveform, one for each 1/150 s; null: there is none. */
  readonly waveform: Uint8Array | null;
  readonly structure: (StoredStructure & { readonly fingerprint: Fingerprint }) | null;
}

export type DecodedAnalysis =
  | { readonly ok: true; readonly tags: ReadTags; readonly warnings: readonly TagWarning[] }
  | { readonly ok: false; readonly reason: string; readonly offset: number };

/**
 * An analysis file. Its tags may come in any order, and those we do not know are passed over.
 *
 * @param bytes the whole file
 * @returns refused when it is no analysis file. A tag that cannot be read is left out with a warning; one whose length
 *          cannot be right ends the file there, and what came before it is kept
 */
export function decodeAnalysis(bytes: Uint8Array): DecodedAnalysis {
  const header = analysisFileHeader.decode(bytes);
  if (!header.ok) return header;
  const { magic, headerBytes, fileBytes } = header.value;
  if (magic !== FILE_MAGIC) {
    return { ok: false, reason: `analysis file: begins with "${magic}", expected "${FILE_MAGIC}"`, offset: 0 };
  }
  if (headerBytes < analysisFileHeader.minBytes || headerBytes > bytes.length) {
    const range = `expected ${analysisFileHeader.minBytes} to ${bytes.length}, the length of the file`;
    return { ok: false, reason: `analysis file: states a header of ${headerBytes} bytes, ${range}`, offset: 0x04 };
  }
  const warnings: TagWarning[] = [];
  if (fileBytes !== bytes.length) {
    warnings.push({ reason: `states a length of ${fileBytes} bytes, the file has ${bytes.length}`, offset: 0x08 });
  }
  const draft = emptyDraft();
  const end = Math.min(fileBytes, bytes.length);
  let offset = headerBytes;
  while (offset < end) {
    const left = end - offset;
    const head = tagHead.decode(bytes.subarray(offset, end));
    if (!head.ok) {
      warnings.push({ reason: `${left} bytes are left, a tag takes at least ${ENVELOPE_BYTES}`, offset });
      break;
    }
    const { name, tagBytes } = head.value;
    if (tagBytes < ENVELOPE_BYTES || tagBytes > left) {
      const range = `expected ${ENVELOPE_BYTES} to ${left}: nothing is read from here on`;
      warnings.push({ reason: `${name}: states ${tagBytes} bytes, ${range}`, offset });
      break;
    }
    for (const warning of readTag(draft, name, bytes.subarray(offset, offset + tagBytes))) {
      warnings.push({ reason: `${name}: ${warning.reason}`, offset: offset + warning.offset });
    }
    offset += tagBytes;
  }
  const { seen: _, ...tags } = draft;
  return { ok: true, tags, warnings };
}

type Draft = { -readonly [K in keyof ReadTags]: ReadTags[K] } & { readonly cueLists: CueList[] } & {
  /** Names of tags that were read, of those that a file has once. */
  readonly seen: Set<string>;
};

const emptyDraft = (): Draft => ({
  audioPath: null,
  beats: null,
  gridEnds: null,
  cueLists: [],
  durationMs: null,
  structure: null,
  waveform: null,
  seen: new Set(),
});

function readTag(draft: Draft, name: string, tag: Uint8Array): readonly TagWarning[] {
  const once = <T>(read: (tag: Uint8Array) => Outcome<T>, keep: (value: T) => void): readonly TagWarning[] => {
    if (draft.seen.has(name)) return [{ reason: 'there is one before it, which counts', offset: 0 }];
    const outcome = read(tag);
    if (!outcome.ok) return [{ reason: outcome.reason, offset: outcome.offset }];
    draft.seen.add(name);
    keep(outcome.value);
    return outcome.warnings;
  };
  const list = (form: CueList['form']): readonly TagWarning[] => {
    const outcome = decodeCueList(tag, form);
    if (!outcome.ok) return [{ reason: outcome.reason, offset: outcome.offset }];
    draft.cueLists.push(outcome.value);
    return outcome.warnings;
  };
  switch (name) {
    case 'PPTH':
      return once(readPath, path => {
        draft.audioPath = path;
      });
    case 'PQTZ':
      return once(readBeats, beats => {
        draft.beats = beats;
      });
    case 'PQT2':
      return once(readGridEnds, ends => {
        draft.gridEnds = ends;
      });
    case 'PCOB':
      return list('basic');
    case 'PCO2':
      return list('extended');
    case 'PWV3':
      return once(readWaveform, heights => {
        draft.durationMs = durationOf(heights);
        draft.waveform = heights;
      });
    case 'PWV5':
      return once(readWaveform, heights => {
        draft.durationMs ??= durationOf(heights);
        draft.waveform ??= heights;
      });
    case 'PSSI':
      return once(readStructure, structure => {
        draft.structure = structure;
      });
    default:
      return [];
  }
}

// ---- reading a tag

type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly TagWarning[] }
  | { readonly ok: false; readonly reason: string; readonly offset: number };

const whole = <T>(value: T): Outcome<T> => ({ ok: true, value, warnings: [] });

function readPath(tag: Uint8Array): Outcome<string | null> {
  const head = pathTag(0).decode(tag);
  if (!head.ok) return head;
  const { pathBytes } = head.value;
  const most = tag.length - PATH_HEADER_BYTES;
  if (pathBytes > most || pathBytes % 2 !== 0) {
    const reason = `states a path of ${pathBytes} bytes, expected an even number up to ${most}`;
    return { ok: false, reason, offset: 0x0c };
  }
  const read = pathTag(pathBytes).decode(tag);
  if (!read.ok) return read;
  return whole(read.value.path === '' ? null : read.value.path);
}

function readBeats(tag: Uint8Array): Outcome<readonly AnalysedBeat[]> {
  const head = beatGridHead.decode(tag);
  if (!head.ok) return head;
  const { count } = head.value;
  const most = Math.floor((tag.length - BEAT_GRID_HEADER_BYTES) / BEAT_BYTES);
  // A part of a grid would go on at its last tempo, in the wrong places for all we know.
  if (count > most) return { ok: false, reason: `states ${count} beats, has room for ${most}`, offset: 0x14 };
  const beats = beatsIn(tag.subarray(BEAT_GRID_HEADER_BYTES, BEAT_GRID_HEADER_BYTES + count * BEAT_BYTES));
  const reason = `states ${count} beats, has room for ${most}: the grid may be cut short; export the track again`;
  return { ok: true, value: beats, warnings: count < most ? [{ reason, offset: 0x14 }] : [] };
}

/** Beats as the table of one has them, field by field: a track has hundreds. @param bytes those of whole beats */
export function beatsIn(bytes: Uint8Array): AnalysedBeat[] {
  const { beatInBar, tempoBpm, ms } = gridBeat.fields;
  // One beat at a time in the same bytes: a view for each would be most of the memory of an import.
  const beat = new Uint8Array(BEAT_BYTES);
  return Array.from({ length: Math.floor(bytes.length / BEAT_BYTES) }, (_, i) => {
    for (let k = 0; k < BEAT_BYTES; k++) beat[k] = bytes[i * BEAT_BYTES + k] ?? 0;
    return { beatInBar: beatInBar.read(beat), tempoBpm: tempoBpm.read(beat), ms: ms.read(beat) };
  });
}

/** The bytes of beats, which `beatsIn` reads. */
export function beatBytes(beats: readonly AnalysedBeat[]): Uint8Array {
  const { beatInBar, tempoBpm, ms } = gridBeat.fields;
  const bytes = new Uint8Array(beats.length * BEAT_BYTES);
  const beat = new Uint8Array(BEAT_BYTES);
  beats.forEach((each, i) => {
    beatInBar.write(beat, each.beatInBar);
    tempoBpm.write(beat, each.tempoBpm);
    ms.write(beat, each.ms);
    bytes.set(beat, i * BEAT_BYTES);
  });
  return bytes;
}

function readGridEnds(tag: Uint8Array): Outcome<GridEnds> {
  const head = gridEndsHead.decode(tag);
  if (!head.ok) return head;
  const { count } = head.value;
  const most = Math.floor((tag.length - GRID_ENDS_HEADER_BYTES) / GRID_ENDS_ENTRY_BYTES);
  if (count > most) return { ok: false, reason: `states ${count} beats, has room for ${most}`, offset: 0x28 };
  const first = gridBeat.decode(head.value.first);
  const last = gridBeat.decode(head.value.last);
  if (!first.ok) return first;
  if (!last.ok) return last;
  return whole({ first: first.value, last: last.value, count });
}

function readWaveform(tag: Uint8Array): Outcome<Uint8Array | null> {
  const head = waveformHead.decode(tag);
  if (!head.ok) return head;
  const { count, entryBytes } = head.value;
  const left = tag.length - WAVEFORM_HEADER_BYTES;
  if (entryBytes === 0 || count * entryBytes > left) {
    const reason = `states ${count} entries of ${entryBytes} bytes, ${left} bytes are left`;
    return { ok: false, reason, offset: 0x10 };
  }
  if (count === 0) return whole(null);
  const heights = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const at = WAVEFORM_HEADER_BYTES + i * entryBytes;
    const low = tag[at + entryBytes - 1] ?? 0;
    heights[i] = (entryBytes === 1 ? low : low >> COLOUR_HEIGHT_SHIFT) & MONO_HEIGHT_MASK;
  }
  return whole(heights);
}

const durationOf = (heights: Uint8Array | null): Ms | null =>
  heights === null ? null : (heights.length * 1000) / WAVEFORM_ENTRIES_PER_SECOND;

function readStructure(tag: Uint8Array): Outcome<ReadTags['structure']> {
  const read = decodeSongStructure(tag);
  if (!read.ok) return read;
  const value = { raw: read.raw, isMasked: read.wasMasked, fingerprint: fingerprintOf(read) };
  return { ok: true, value, warnings: read.warnings.map(reason => ({ reason, offset: 0 })) };
}

// ---- writing

/**
 * An analysis file as bytes: of each value that is not null its tag, in the order of rekordbox's own.
 *
 * @param heights of the waveform, one for each 1/150 s; null: it is silence of its length
 *
 * A waveform is written in one colour, and what nobody has explained as most files have it. So a file that was
 * read and written again says the same and is not the same, nor is the exact fingerprint of its structure.
 */
export function encodeAnalysis(tags: AnalysisTags, heights: Uint8Array | null = null): Uint8Array {
  const { audioPath, beats, durationMs, cueLists, gridEnds, structure } = tags;
  const parts: Uint8Array[] = [];
  if (audioPath !== null) parts.push(writePath(audioPath));
  if (beats !== null) parts.push(writeBeats(beats));
  if (durationMs !== null) parts.push(writeWaveform(durationMs, heights));
  for (const list of cueLists) parts.push(encodeCueList(list));
  if (gridEnds !== null) parts.push(writeGridEnds(gridEnds));
  if (structure !== null) parts.push(encodeSongStructure(structure.raw, { masked: structure.isMasked }));

  const fileBytes = parts.reduce((sum, part) => sum + part.length, FILE_HEADER_BYTES);
  const file = analysisFileHeader.encode({ magic: FILE_MAGIC, headerBytes: FILE_HEADER_BYTES, fileBytes }, fileBytes);
  let offset = FILE_HEADER_BYTES;
  for (const part of parts) {
    file.set(part, offset);
    offset += part.length;
  }
  return file;
}

function writePath(path: string): Uint8Array {
  const pathBytes = 2 * (path.length + 1);
  return pathTag(pathBytes).encode({ tagBytes: PATH_HEADER_BYTES + pathBytes, pathBytes, path });
}

function writeBeats(beats: readonly AnalysedBeat[]): Uint8Array {
  const tagBytes = BEAT_GRID_HEADER_BYTES + beats.length * BEAT_BYTES;
  const tag = beatGridHead.encode({ tagBytes, count: beats.length }, tagBytes);
  tag.set(beatBytes(beats), BEAT_GRID_HEADER_BYTES);
  return tag;
}

function writeGridEnds({ first, last, count }: GridEnds): Uint8Array {
  const tagBytes = GRID_ENDS_HEADER_BYTES + count * GRID_ENDS_ENTRY_BYTES;
  const ends = { first: gridBeat.encode(first), last: gridBeat.encode(last) };
  return gridEndsHead.encode({ tagBytes, ...ends, count }, tagBytes);
}

function writeWaveform(durationMs: Ms, heights: Uint8Array | null): Uint8Array {
  const count = Math.round((durationMs * WAVEFORM_ENTRIES_PER_SECOND) / 1000);
  const tagBytes = WAVEFORM_HEADER_BYTES + count;
  const tag = waveformHead.encode({ tagBytes, entryBytes: 1, count }, tagBytes);
  if (heights !== null) tag.set(heights.subarray(0, count), WAVEFORM_HEADER_BYTES);
  return tag;
}
