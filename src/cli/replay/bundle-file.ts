/**
 * A bundle: a night in one file, for somebody who was not there. It is a pcapng file, compressed with gzip: a section that
 * says what is in it, with the tracks as they were known, and behind it the recording, byte for byte.
 *
 * There are no names of files in it that anybody would write to: it is only ever read.
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { type StoredTrack, storedTrack } from '../../../bridges/rekordbox-media/store/store.ts';
import { sectionStarts } from '../../capture/pcapng.ts';
import {
  readItems,
  recordBlocks,
  recordingHead,
  type StartRecord,
  type TimeBase,
} from '../../recording/recording-format.ts';

/** Raised when an older Decklight could no longer read the file. */
const FORMAT = 1;
/** Recordings end below this; what unpacks to more was made to fill a memory. */
const MOST_BYTES = 2_000_000_000;
/** No recording is packed closer than this; a small file may be all of one byte. */
const MOST_RATIO = 250;
const SMALL_BYTES = 64_000_000;

/** What left in a replay, as `replay --json` tells it: by that another machine knows whether it plays the same night. */
export interface ReplayDigest {
  readonly lines: number;
  /** SHA-256 of the lines, in hex. */
  readonly sha256: string;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const stick = z.object({ name: z.string(), tracks: z.number(), hash: z.string() });

const bundleInfo = z.object({
  decklight: z.literal('bundle'),
  format: z.number(),
  /** Of the program that made it. */
  version: z.string(),
  machine: z.object({ node: z.string(), platform: z.string() }),
  recording: z.object({ name: z.string(), bytes: z.number(), sha256: hash }),
  /** Tracks that somebody asked for in that night, of all that were imported. */
  tracks: z.object({ count: z.number(), sha256: hash }),
  /** Imported sticks where it was made. */
  sticks: z.array(stick),
  replay: z.object({ lines: z.number(), sha256: hash }),
  /** Findings of the doctor where it was made; null: it was not asked. */
  findings: z
    .array(z.object({ level: z.string(), topic: z.string(), what: z.string(), advice: z.string().nullable() }))
    .nullable(),
  /** Kinds of words that others stand for; null: none are masked. */
  masked: z.array(z.string()).nullable(),
  /** What a probe has found out, a line each; absent: it is a night. */
  probed: z.array(z.string()).optional(),
});
/** Facts about a bundle beyond its recording and its tracks. */
export type BundleInfo = z.infer<typeof bundleInfo>;

const bundleTrack = z.object({ decklight: z.literal('bundle-track'), stick: z.string(), track: storedTrack });

/** A track with the stick that it is on. */
export interface BundledTrack {
  readonly stick: string;
  readonly track: StoredTrack;
}

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

const hashOfTracks = (tracks: readonly BundledTrack[]): string =>
  sha256(tracks.map(({ stick, track }) => JSON.stringify([stick, track])).join('\n'));

/** Parts of a bundle that is to be written; what follows from them is worked out. */
export interface BundleParts {
  readonly info: Pick<BundleInfo, 'version' | 'machine' | 'sticks' | 'replay' | 'findings' | 'masked' | 'probed'>;
  readonly name: string;
  readonly start: StartRecord;
  readonly recording: Uint8Array;
  readonly tracks: readonly BundledTrack[];
}

/** The bytes of a bundle; the same parts give the same bytes. */
export function bundleBytes({ info, name, start, recording, tracks }: BundleParts): Uint8Array {
  const base: TimeBase = { startedAtMs: start.startedAtMs, startedAtUnixNs: BigInt(start.startedAtUnixNs) };
  const whole: BundleInfo = {
    decklight: 'bundle',
    format: FORMAT,
    ...info,
    recording: { name, bytes: recording.length, sha256: sha256(recording) },
    tracks: { count: tracks.length, sha256: hashOfTracks(tracks) },
  };
  const records = [whole, ...tracks.map(track => ({ decklight: 'bundle-track', ...track }) as const)];
  return gzipSync(
    Buffer.concat([
      ...recordingHead(),
      ...records.flatMap(record => recordBlocks(base, start.startedAtMs, record)),
      recording,
    ]),
  );
}

export type OpenedBundle =
  | {
      readonly kind: 'bundle';
      readonly info: BundleInfo;
      readonly tracks: readonly BundledTrack[];
      readonly recording: Uint8Array;
    }
  /** A recording alone, compressed or not. */
  | { readonly kind: 'recording'; readonly recording: Uint8Array }
  /** `why` says what is wrong, and what to do. */
  | { readonly kind: 'unusable'; readonly why: string };

const unusable = (why: string): OpenedBundle => ({ kind: 'unusable', why });
const damaged = (what: string): OpenedBundle =>
  unusable(`this bundle is damaged: ${what}; copy it again from where it was made`);

/** Opens what may be a bundle. Never throws, whatever the bytes, and writes nothing. */
export function openBundle(file: Uint8Array): OpenedBundle {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return { kind: 'recording', recording: file };
  const unpacked = unpack(file);
  if (!(unpacked instanceof Uint8Array)) return unpacked;
  const [, second] = sectionStarts(unpacked);
  const head = second === undefined ? new Uint8Array(0) : unpacked.subarray(0, second);
  const values = [...readItems(head)].flatMap(item => (item.kind === 'value' ? [item.value] : []));
  const [first] = values;
  if (second === undefined || !isOfBundle(first)) return { kind: 'recording', recording: unpacked };
  const format = (first as { readonly format?: unknown }).format;
  if (typeof format === 'number' && format > FORMAT) {
    return unusable(`this bundle is of format ${format}, this Decklight reads up to ${FORMAT}; update Decklight`);
  }
  const info = bundleInfo.safeParse(first);
  if (!info.success) return damaged('it does not say what is in it');
  const recording = unpacked.subarray(second);
  if (recording.length !== info.data.recording.bytes || sha256(recording) !== info.data.recording.sha256) {
    return damaged('its recording is not the one that was put into it (SHA-256)');
  }
  const tracks: BundledTrack[] = [];
  for (const value of values.slice(1)) {
    const read = bundleTrack.safeParse(value);
    if (!read.success) return damaged(`what it says of track ${tracks.length + 1} cannot be read`);
    tracks.push({ stick: read.data.stick, track: read.data.track });
  }
  if (tracks.length !== info.data.tracks.count || hashOfTracks(tracks) !== info.data.tracks.sha256) {
    return damaged('its tracks are not those that were put into it (SHA-256)');
  }
  return { kind: 'bundle', info: info.data, tracks, recording };
}

function unpack(file: Uint8Array): Uint8Array | OpenedBundle {
  const most = Math.min(MOST_BYTES, Math.max(SMALL_BYTES, file.length * MOST_RATIO));
  try {
    return gunzipSync(file, { maxOutputLength: most });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') return damaged('it is cut, its end is missing');
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      return unusable(`this is no bundle: it would unpack to more than ${most} bytes; it was not unpacked`);
    }
    return damaged('its bytes are not those that were written (gzip)');
  }
}

const isOfBundle = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as { decklight?: unknown }).decklight === 'bundle';
