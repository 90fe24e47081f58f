/** Schemas of what is known of tracks, read back from a file: every part of it there and of its kind. */
import { z } from 'zod';
import { BANKS, MOODS, PHRASE_KINDS } from '../core/track/phrase.ts';
import type { AllocatedRegion } from '../core/track/track-entry.ts';

/** Bounds of the wire hold for a file too: an id, a place in ms and a length have 32 bits, a beat 16, a tempo 16 of 0.01 BPM. */
const MOST_U16 = 0xffff;
const MOST_U32 = 0xffff_ffff;
const MOST_TEMPO_BPM = 655.35;

const id = z.number().int().min(0).max(MOST_U32);
const beat = z.number().min(0).max(MOST_U16);
const tempoBpm = z.number().positive().max(MOST_TEMPO_BPM);
const byte = z.number().int().min(0).max(0xff);

const phrase = z.object({
  index: z.number().int().min(0).max(MOST_U16),
  startBeat: beat,
  endBeat: beat,
  kind: z.enum(PHRASE_KINDS),
  label: z.string(),
  alternativeLabel: z.string().nullable(),
  rawKind: z.number().int().min(0).max(MOST_U16),
  k1: byte,
  k2: byte,
  k3: byte,
  b: byte,
  extraBeats: z.array(beat),
  fillBeat: beat.nullable(),
});

const structure = z.object({
  mood: z.enum(MOODS).nullable(),
  bank: z.enum(BANKS).nullable(),
  rawBank: byte,
  phrases: z.array(phrase).max(MOST_U16),
  endBeat: beat,
  vocabulary: z.enum(['high', 'verse']).nullable(),
  isLabelSuspect: z.boolean(),
});

/** An entry of the track book, but for the evening it was taught on. */
export const bookEntrySchema = z.object({
  id,
  tempoBpm: tempoBpm.nullable(),
  lengthS: z.number().min(0).max(MOST_U32).nullable(),
  // Not told is not there.
  structure: structure.nullable().optional(),
  fingerprint: z.object({ exact: z.string(), loose: z.string() }).nullable(),
  isUnsteady: z.boolean().default(false),
  grid: z.object({ firstBeatMs: z.number().min(-MOST_U32).max(MOST_U32), tempoBpm }).nullable(),
});

const text = z.string().nullable();
/** Frames of a day at 30 a second. */
const frames = z
  .number()
  .int()
  .min(0)
  .max(86_400 * 30);

/** A region that was given to a track beside the profile. */
export const allocatedSchema = z.object({
  timecode: z.string(),
  start: frames,
  lengthFrames: frames,
  match: z.object({
    id: z.number().nullable(),
    fingerprint: text,
    file: text,
    title: text,
    artist: text,
    playlist: text,
  }),
}) satisfies z.ZodType<AllocatedRegion>;
