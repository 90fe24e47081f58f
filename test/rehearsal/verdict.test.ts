/** The oracle of evenings must be able to find fault: each kind of it is planted into what a perfect program would send. */
import { describe, expect, it } from 'vitest';
import { dueCues } from '../../src/rehearsal/due-cues.ts';
import { type EveningKind, planEvening } from '../../src/rehearsal/evening-plan.ts';
import {
  type Account,
  isFault,
  judge,
  type LeftCue,
  type PlayedEvening,
  type ToldOf,
} from '../../src/rehearsal/verdict.ts';
import { oraclePlaces } from '../show/due-cues.ts';
import { PLAIN_SHELF, plainPath } from '../show/plain-tracks.ts';

const LENGTH_MS = 150_000;

/** An evening in which every cue leaves on time, and every report is taken as it is sent. */
function perfect(kind: Partial<EveningKind>, seed = 4): PlayedEvening {
  const full: EveningKind = { mode: 'lighting', weather: '0-10', play: 'straight', isStarved: false, ...kind };
  const plan = planEvening(full, seed, LENGTH_MS, PLAIN_SHELF);
  const path = plainPath(plan.acts, LENGTH_MS);
  const told: ToldOf[] = [];
  for (let at = 0; at < LENGTH_MS; at += 30) {
    for (const deck of [1, 2] as const) {
      if (at % 210 === 0) told.push({ deck, kind: 'status', sentAt: at, takenAt: at + 5 });
      told.push({ deck, kind: 'position', sentAt: at, takenAt: at + 5 });
    }
  }
  const outcomes = dueCues(path, 0, oraclePlaces)
    .filter(({ kind }) => kind === 'must')
    .map(({ deck, rule, place, at }): LeftCue => ({ deck, rule, place, at, droppedFor: null }));
  return { plan, path, told, outcomes, log: [] };
}

const faults = (evening: PlayedEvening): string[] =>
  judge(evening, oraclePlaces)
    .filter(isFault)
    .map(fault => `${fault.kind} ${'outcome' in fault ? fault.outcome.place : fault.due.place}`);

const count = (accounts: readonly Account[], kind: Account['kind']): number =>
  accounts.filter(account => account.kind === kind).length;

const MIDDLE = 60_000;
const beatIn = (outcomes: readonly LeftCue[], at: number): LeftCue => {
  const found = outcomes.find(each => each.rule === 'beat' && each.at >= at);
  if (found === undefined) throw new Error(`no beat after ${at}`);
  return found;
};
const withOutcomes = (
  evening: PlayedEvening,
  change: (all: readonly LeftCue[]) => readonly LeftCue[],
): PlayedEvening => ({
  ...evening,
  outcomes: [...change(evening.outcomes)].sort((a, b) => a.at - b.at),
});

describe.each(['lighting', 'cdj'] as const)('the verdict on an evening in %s mode', mode => {
  it.each(['straight', 'acts'] as const)('an evening of %s without a fault has none', play => {
    for (let seed = 1; seed <= 10; seed++) {
      const evening = perfect({ mode, play }, seed);
      expect(evening.outcomes.length).toBeGreaterThan(200);
      expect(faults(evening)).toEqual([]);
    }
  });

  it.each([1, 100, 400, 1000, 5000])('a cue that leaves again %i ms later is doubled', afterMs => {
    for (const play of ['straight', 'acts'] as const) {
      const evening = perfect({ mode, play });
      const beat = beatIn(evening.outcomes, MIDDLE);
      const again = withOutcomes(evening, all => [...all, { ...beat, at: beat.at + afterMs }]);
      expect(faults(again)).toEqual([`doubled ${beat.place}`]);
    }
  });

  it('any cue of an evening that leaves twice is doubled', () => {
    for (const play of ['straight', 'acts'] as const) {
      const evening = perfect({ mode, play }, 7);
      for (const outcome of evening.outcomes.filter(({ at }, i) => i % 29 === 0 && at < LENGTH_MS - 5000)) {
        const again = withOutcomes(evening, all => [...all, { ...outcome, at: outcome.at + 150 }]);
        expect(faults(again)).toEqual([`doubled ${outcome.place}`]);
      }
    }
  });

  it('a cue of a place that the deck does not pass, or does not pass then, is invented', () => {
    const evening = perfect({ mode });
    const beat = beatIn(evening.outcomes, MIDDLE);
    const far = withOutcomes(evening, all => [...all, { ...beat, place: 'beat 9999' }]);
    expect(faults(far)).toEqual(['invented beat 9999']);
    const soon = withOutcomes(evening, all =>
      all.map(each => (each === beat ? { ...each, at: each.at - 5000 } : each)),
    );
    expect(faults(soon).sort()).toEqual([`invented ${beat.place}`, `lost ${beat.place}`]);
  });

  it('a cue that does not leave is lost, unless the program says that it has dropped it', () => {
    for (const play of ['straight', 'acts'] as const) {
      const evening = perfect({ mode, play });
      const beat = beatIn(evening.outcomes, MIDDLE);
      const without = withOutcomes(evening, all => all.filter(each => each !== beat));
      expect(faults(without)).toEqual([`lost ${beat.place}`]);
      const dropped = { ...beat, at: beat.at + 600, droppedFor: 'late by 600 ms' };
      const told = withOutcomes(without, all => [...all, dropped]);
      expect(faults(told)).toEqual([]);
      expect(count(judge(told, oraclePlaces), 'dropped')).toBe(1);
    }
  });

  it('a cue of the other deck is another cue', () => {
    const evening = perfect({ mode });
    const beat = beatIn(evening.outcomes, MIDDLE);
    const other = withOutcomes(evening, all => all.map(each => (each === beat ? { ...each, deck: 2 } : each)));
    expect(faults(other).sort()).toEqual([`invented ${beat.place}`, `lost ${beat.place}`]);
  });
});

describe('the verdict on what a jump leaves behind', () => {
  /** An evening of acts with a jump forward from a playing deck, and the beat that would have come next. */
  function atJump() {
    for (let seed = 1; seed < 100; seed++) {
      const evening = perfect({ play: 'acts' }, seed);
      const due = dueCues(evening.path, 2000, oraclePlaces).find(
        each =>
          each.kind === 'beyond' &&
          each.rule === 'beat' &&
          evening.plan.acts.some(({ at, act }) => at === each.sinceAt && act.kind === 'jump') &&
          !evening.outcomes.some(({ place, at }) => place === each.place && Math.abs(at - each.at) < 10_000),
      );
      if (due !== undefined) return { evening, due };
    }
    throw new Error('no evening has such a jump');
  }

  it('a cue beyond it is an overrun until two reports have told of the jump, then it is invented', () => {
    const { evening, due } = atJump();
    const { deck, rule, place, sinceAt } = due;
    const [, second] = evening.told.filter(each => each.deck === deck && each.sentAt >= sinceAt + 10);
    const leave = (at: number) => withOutcomes(evening, all => [...all, { deck, rule, place, at, droppedFor: null }]);
    const within = leave(second?.takenAt ?? 0);
    expect(faults(within)).toEqual([]);
    expect(count(judge(within, oraclePlaces), 'overrun')).toBe(1);
    expect(faults(leave((second?.takenAt ?? 0) + 101))).toEqual([`invented ${place}`]);
  });
});
