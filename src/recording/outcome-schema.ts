/** An outcome as it is read back from a recording. */
import { z } from 'zod';
import type { Reason } from '../core/engine/intents.ts';
import type { Outcome } from '../core/engine/outcome.ts';

const value = z.union([z.number(), z.string(), z.boolean(), z.null()]);

const part = z.object({
  text: z.string(),
  isTrue: z.boolean(),
  facts: z.array(z.object({ path: z.string(), value })),
});

const reason = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('condition'), text: z.string(), parts: z.array(part) }),
  z.object({
    kind: z.literal('not-heard'),
    by: z.enum(['on-air', 'master', 'longest-playing', 'none']),
    heard: z.array(z.number()),
  }),
  z.object({ kind: z.literal('late'), lateMs: z.number() }),
  z.object({ kind: z.literal('once'), per: z.enum(['place', 'pass', 'load', 'night']) }),
  z.object({ kind: z.literal('not-armed'), list: z.string(), armed: z.string().nullable() }),
  z.object({ kind: z.literal('unknown'), what: z.string() }),
  z.object({ kind: z.enum(['absent', 'muted']), bridge: z.string() }),
]) satisfies z.ZodType<Reason>;

export const outcomeSchema = z.object({
  id: z.string(),
  because: z.object({
    rule: z.string(),
    deck: z.number().nullable(),
    place: z.string().nullable(),
    phase: z.enum(['fire', 'do', 'undo']),
  }),
  trueTime: z.number(),
  sentTo: z.array(z.string()),
  heldBack: z.array(reason),
}) satisfies z.ZodType<Outcome>;
