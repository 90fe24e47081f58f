/** What is known of tracks, as it is read back from a file: every part of it there and of its kind. */
import { z } from 'zod';
import { BANKS, MOODS, PHRASE_KINDS } from '../core/track/phrase.ts';
import type { AllocatedRegion } from '../core/track/track-entry.ts';

const phrase = z.object({
  index: z.number(),
  startBeat: z.number(),
  endBeat: z.number(),
  kind: z.enum(PHRASE_KINDS),
  label: z.string(),
  alternativeLabel: z.string().nullable(),
  rawKind: z.number(),
  k1: z.number(),
  k2: z.number(),
  k3: z.number(),
  b: z.number(),
  extraBeats: z.array(z.number()),
  fillBeat: z.number().nullable(),
});

const structure = z.object({
  mood: z.enum(MOODS).nullable(),
  bank: z.enum(BANKS).nullable(),
  rawBank: z.number(),
  phrases: z.array(phrase),
  endBeat: z.number(),
  vocabulary: z.enum(['high', 'verse']).nullable(),
  isLabelSuspect: z.boolean(),
});

/** An entry of the track book, but for the evening it was taught on. */
export const bookEntrySchema = z.object({
  id: z.number(),
  tempoBpm: z.number().nullable(),
  lengthS: z.number().nullable(),
  // Not told is not there.
  structure: structure.nullable().optional(),
  fingerprint: z.object({ exact: z.string(), loose: z.string() }).nullable(),
  isUnsteady: z.boolean().default(false),
  grid: z.object({ firstBeatMs: z.number(), tempoBpm: z.number().positive() }).nullable(),
});

const text = z.string().nullable();

/** A region that was given to a track beside the profile. */
export const allocatedSchema = z.object({
  timecode: z.string(),
  start: z.number(),
  lengthFrames: z.number(),
  match: z.object({
    id: z.number().nullable(),
    fingerprint: text,
    file: text,
    title: text,
    artist: text,
    playlist: text,
  }),
}) satisfies z.ZodType<AllocatedRegion>;
