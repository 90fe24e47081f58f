/** Evenings in every weather, straight and with acts, twelve of them with a starved program. test/bench/evenings.ts plays thousands. */
import { describe, expect, it } from 'vitest';
import { planEvening, planSoundCheck } from '../../src/rehearsal/evening-plan.ts';
import { KINDS_COUNT, kindOfSeed, STARVED_FROM_SEED } from '../../src/rehearsal/evening-seeds.ts';
import { type Fault, isFault, judge, timeOf } from '../../src/rehearsal/verdict.ts';
import { THIS_PROGRAM } from '../bench/programs.ts';
import { oraclePlaces } from './due-cues.ts';
import { PLAIN_SHELF } from './plain-tracks.ts';
import { playEvening } from './weathered-evening.ts';

const LENGTH_MS = 66_000;
/** Evenings that went wrong once, each in place of the first of its kind, and as long as it takes to see that. */
const WENT_WRONG: readonly { readonly seed: number; readonly lengthMs: number }[] = [
  { seed: 50, lengthMs: 160_000 },
  { seed: 56, lengthMs: 116_000 },
  { seed: 104, lengthMs: LENGTH_MS },
  { seed: 170, lengthMs: LENGTH_MS },
];
/** One evening of each kind, and twelve more with a starved program. */
const EVENINGS = [
  ...Array.from({ length: KINDS_COUNT }, (_, i) => i + 1).map(
    seed =>
      WENT_WRONG.find(each => (each.seed - seed) % KINDS_COUNT === 0) ?? {
        seed,
        lengthMs: LENGTH_MS,
      },
  ),
  ...Array.from({ length: 12 }, (_, i) => ({ seed: STARVED_FROM_SEED + i, lengthMs: LENGTH_MS })),
];

const text = (fault: Fault): string => {
  const { deck, rule, place } = 'outcome' in fault ? fault.outcome : fault.due;
  return `${fault.kind}: deck ${deck}, ${rule}, ${place} at ${timeOf(fault).toFixed(0)} ms`;
};

describe('an evening in any weather', async () => {
  const { book } = await playEvening(THIS_PROGRAM, planSoundCheck(PLAIN_SHELF));

  it.each(EVENINGS.map(each => ({ ...each, ...kindOfSeed(each.seed) })))(
    'seed $seed, $weather, $mode mode, $play, starved: $isStarved: no cue twice, none invented, none lost without a line',
    async ({ seed, lengthMs, ...kind }) => {
      const accounts = judge(
        await playEvening(THIS_PROGRAM, planEvening(kind, seed, lengthMs, PLAIN_SHELF), book),
        oraclePlaces,
      );
      expect(accounts.filter(({ kind: account }) => account === 'sent').length).toBeGreaterThan(50);
      expect(accounts.filter(isFault).map(text)).toEqual([]);
    },
  );
});
