/** A memory as it is read back from a file, the state file's or a recording's: every part of it there and of its kind. */
import { z } from 'zod';
import type { DeckNumber } from '../core/deck-report.ts';
import type { RestartState } from '../core/engine/restart-state.ts';

export const deckSchema = z.union([
  z.literal(1),
  z.literal(2),
  z.literal(3),
  z.literal(4),
]) satisfies z.ZodType<DeckNumber>;

/** Ids and places have 32 bits on the wire. */
const MOST_U32 = 0xffff_ffff;
/** The fastest tempo of the wire, 655.35 BPM, at twice its speed. */
const MOST_BEATS_PER_MS = (2 * 655.35) / 60_000;

const holds = z.array(z.object({ rule: z.string(), deck: z.string(), level: z.string() }));

const index = z.number().int().min(0);

const listSchema = z.object({
  list: z.string(),
  steps: z.array(z.string()),
  current: index.nullable(),
  armed: index.nullable(),
  levels: z.array(index),
  follow: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('time'), inMs: z.number() }),
      z.object({
        kind: z.literal('beats'),
        left: z.number(),
        phase: z.number().min(0).max(1).nullable(),
        agoMs: z.number(),
        seen: z.object({ deck: z.string(), pass: z.number(), beat: z.number(), beatsPerMs: z.number() }).nullable(),
      }),
    ])
    .nullable(),
});

export const memorySchema = z.object({
  decklight: z.literal(1),
  decks: z.array(
    z.object({
      key: z.string(),
      trackId: z.number().int().min(0).max(MOST_U32),
      pass: z.number().int().min(0),
      crossedBeat: z.number().min(-MOST_U32).max(MOST_U32),
      agoMs: z.number(),
      beatsPerMs: z.number().min(-MOST_BEATS_PER_MS).max(MOST_BEATS_PER_MS),
      firedOnce: z.array(z.string()),
    }),
  ),
  // A state file of before there were any has none.
  firedTonight: z.array(z.string()).default([]),
  holds,
  // A state file of before there were any has none.
  lists: z.array(listSchema).default([]),
  hands: z.object({
    pinned: deckSchema.nullable(),
    isAllMuted: z.boolean(),
    // A state file of before it was told apart from a mute has none.
    isPanic: z.boolean().default(false),
    muted: z.array(z.string()),
    standing: z.array(z.tuple([z.string(), holds])),
    nudges: z.array(z.tuple([z.string(), z.number()])),
    // A state file of before there were any has none.
    latencies: z.array(z.tuple([z.string(), z.number()])).default([]),
    isLocked: z.boolean(),
  }),
}) satisfies z.ZodType<RestartState>;
