/**
 * The analysis of a track as a media store keeps it: plain facts, and its beat grid and its phrases as the bytes of their
 * tables, which are read again only when a track is asked for. Pure.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { BeatGrid } from '../../../src/core/track/beat-grid.ts';
import { measuredGrid } from '../../../src/core/track/beat-grid.ts';
import { type SongStructure, songStructure } from '../../../src/core/track/phrase.ts';
import type { TrackEnergy } from '../../../src/core/track/track-notes.ts';
import { beatBytes, beatsIn } from '../analysis/analysis-file.ts';
import { BEAT_BYTES } from '../analysis/analysis-layout.ts';
import { decodeSongStructure, encodeSongStructure } from '../analysis/song-structure.ts';
import type { Analysis } from '../analysis/track-analysis.ts';

const cuePoint = z.object({
  kind: z.enum(['hot', 'memory']),
  button: z.number().nullable(),
  positionMs: z.number(),
  loopEndMs: z.number().nullable(),
  name: z.string().nullable(),
  colour: z.string().nullable(),
});

/** Sizes in bytes and times of change of the two files, `.DAT` before `.EXT`; null: not there. */
const stamp = z.tuple([z.number().nullable(), z.number().nullable(), z.number().nullable(), z.number().nullable()]);
export type FileStamp = z.infer<typeof stamp>;

/** Raised when the same files would now be stored as something else: those that were stored before are read again. */
export const STORE_VERSION = 3;

export const storedAnalysis = z.object({
  /** The `STORE_VERSION` that it was stored by; absent: the first. */
  reading: z.number().exactOptional(),
  /** The `analysisKey` of the place where it was read. */
  key: z.string(),
  /** Files of another size or time have to be read again; null: these have to be in any case. */
  stamp: stamp.nullable(),
  audioPath: z.string().nullable(),
  durationMs: z.number().nullable(),
  firstDownbeat: z.number().nullable(),
  fingerprint: z.object({ exact: z.string(), loose: z.string() }).nullable(),
  cuePoints: z.array(cuePoint),
  /** Entries of PQTZ, deflated, in base64; null: no grid. */
  grid: z.string().nullable(),
  /** The tag PSSI in base64 after a `=`; without that deflated, as it was stored once; null: no phrases. */
  phrases: z.string().nullable(),
  /** Mean and peak of the track, then of each phrase, in percent to one place; absent: there is no waveform. */
  energy: z.array(z.number()).exactOptional(),
  /** Oddities of the files, one line each. */
  lines: z.array(z.string()),
  /** Of its two files: those that were not there, and those that could not be read. */
  missing: z.number(),
  bad: z.number(),
});

/** The analysis of a track in a media store. */
export type StoredAnalysis = z.infer<typeof storedAnalysis>;

type Facts = Pick<StoredAnalysis, 'key' | 'stamp' | 'lines' | 'missing' | 'bad'>;

/** @param analysis what the tags of its two files come to */
export function storeAnalysis(facts: Facts, analysis: Analysis): StoredAnalysis {
  const { audioPath, durationMs, firstDownbeat, fingerprint, cuePoints, beats, stored, energy } = analysis;
  return {
    reading: STORE_VERSION,
    ...facts,
    audioPath,
    durationMs,
    firstDownbeat,
    fingerprint,
    cuePoints: [...cuePoints],
    ...(energy === null ? {} : { energy: [energy, ...energy.phrases].flatMap(({ mean, peak }) => [mean, peak]) }),
    grid: beats === null ? null : packed(beatBytes(beats)),
    // In the form it had: of an odd one, that is how its reader tells which form it is.
    phrases: stored === null ? null : plainText(encodeSongStructure(stored.raw, { masked: stored.isMasked })),
  };
}

/** @param stored as `storeAnalysis` makes it: two numbers or more */
export function energyOf(stored: readonly number[]): TrackEnergy {
  const all = Array.from({ length: Math.floor(stored.length / 2) }, (_, i) => ({
    mean: stored[2 * i] ?? 0,
    peak: stored[2 * i + 1] ?? 0,
  }));
  const [track = { mean: 0, peak: 0 }, ...phrases] = all;
  return { ...track, phrases };
}

/** null: there is none, or the store is damaged there. */
export function storedGridOf({ grid }: Pick<StoredAnalysis, 'grid'>): BeatGrid | null {
  const bytes = grid === null ? null : unpacked(grid);
  if (bytes === null) return null;
  return bytes.length % BEAT_BYTES === 0 ? measuredGrid(beatsIn(bytes)) : null;
}

/** null: there are none, or the store is damaged there. */
export function structureOf({ phrases }: Pick<StoredAnalysis, 'phrases'>): SongStructure | null {
  const bytes = phrases === null ? null : phrases.startsWith(NOT_DEFLATED) ? plainBytes(phrases) : unpacked(phrases);
  const read = bytes === null ? null : decodeSongStructure(bytes);
  return read?.ok === true ? songStructure(read.raw).structure : null;
}

/** The fastest level takes a quarter of the time of the usual one, and a fiftieth more room. */
const packed = (bytes: Uint8Array): string => deflateRawSync(bytes, { level: 1 }).toString('base64');

/** A masked song structure is noise, which does not get smaller. */
const NOT_DEFLATED = '=';
const plainText = (bytes: Uint8Array): string => `${NOT_DEFLATED}${Buffer.from(bytes).toString('base64')}`;
const plainBytes = (text: string): Uint8Array => Buffer.from(text.slice(NOT_DEFLATED.length), 'base64');

/** Longer than any that was stored: a damaged one is not unpacked into gigabytes. */
const MOST_BYTES = 16 * 1024 * 1024;

function unpacked(text: string): Uint8Array | null {
  try {
    return inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: MOST_BYTES });
  } catch {
    return null;
  }
}
