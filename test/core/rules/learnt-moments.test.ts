/** What is learnt of a track in the middle of a pass: nothing comes twice, and nothing is lost that could still come in time. */
import { describe, expect, it } from 'vitest';
import type { Mark } from '../../../src/core/deck/mark.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { crossDeck, momentTable } from '../../../src/core/rules/crossings.ts';
import type { MomentRule } from '../../../src/core/rules/rule.ts';
import { steadyGrid } from '../../../src/core/track/beat-grid.ts';
import type { Track } from '../../../src/core/track/track.ts';
import { rounds } from '../../rounds.ts';
import { momentRule } from '../core-samples.ts';
import { deckAt, trackOf } from './deck-at-place.ts';

interface Passed {
  /** Where the deck was when somebody looked, which is the time as well: it plays at normal speed from time 0 on. */
  readonly at: number;
  readonly name: string;
  readonly trueTime: number;
}

/** Plays on from 0 ms, with what is known of the track at each look. */
function play(
  rules: readonly MomentRule[],
  looks: readonly { readonly at: number; readonly track: Track }[],
): Passed[] {
  const table = momentTable(rules);
  const passed: Passed[] = [];
  let mark: Mark | null = { crossed: 0, at: 0, isFresh: true, looked: null };
  for (const { at, track } of looks) {
    const deck = deckAt(0, track);
    const crossed = crossDeck(table, { ...deck, mark, reportedAt: at }, at);
    ({ mark } = crossed.deck);
    for (const { moment, trueTime } of crossed.crossings) {
      passed.push({ at, name: `${moment.rule.name}: ${moment.label}`, trueTime });
    }
  }
  return passed;
}

const every = (ms: number, until: number): number[] => Array.from({ length: Math.ceil(until / ms) }, (_, i) => i * ms);
const withGrid = (track: Track, firstBeatMs: number, tempoBpm = 120): Track => {
  const grid = steadyGrid(firstBeatMs, tempoBpm);
  return { ...track, known: { ...track.known, grid }, timeline: grid };
};
const withoutBars = (track: Track): Track => ({ ...track, firstDownbeat: null });
const withoutPhrases = (track: Track): Track => ({ ...track, structure: undefined });

const downbeat = momentRule('bar', { kind: 'downbeat' });
const phrase = momentRule('phrase', { kind: 'phrase', nth: null });

describe('what is learnt in the middle of a pass', () => {
  it('which beats begin a bar, told after the first beat was passed: its downbeat leaves late, by its own time', () => {
    // Bars are 2000 ms at 120 BPM.
    for (const learntAt of [10, 200, 1990]) {
      const known = withGrid(trackOf(120), 5);
      const looks = every(1, 4100).map(at => ({ at, track: at < learntAt ? withoutBars(known) : known }));
      const got = play([downbeat], looks);
      expect(got.map(({ name }) => name)).toEqual(['bar: bar 1', 'bar: bar 2', 'bar: bar 3']);
      expect(got[0]).toMatchObject({ at: Math.max(5, learntAt), trueTime: 5 });
      expect(got[1]?.trueTime).toBeCloseTo(2005, 6);
    }
  });

  it('phrases that come after the first one began: it leaves late', () => {
    const known = withGrid(trackOf(120), 20);
    const looks = every(5, 10_000).map(at => ({ at, track: at < 400 ? withoutPhrases(known) : known }));
    const got = play([phrase], looks);
    expect(got.map(({ name, at }) => `${name} at ${at}`)).toEqual([
      'phrase: phrase 1 at 400',
      'phrase: phrase 2 at 8020',
    ]);
    expect(got[0]?.trueTime).toBeCloseTo(20, 6);
  });

  it('what was passed more than two seconds before comes only where its rule takes it so late', () => {
    const known = withGrid(trackOf(120), 0);
    const patient = momentRule('patient', { kind: 'downbeat' }, null, { dropIfLateByMs: 9000 });
    const looks = every(10, 11_000).map(at => ({ at, track: at < 10_500 ? withoutBars(known) : known }));
    const got = play([downbeat, patient], looks).filter(({ at }) => at <= 10_500);
    // Bars begin at 0, 2, 4, 6, 8 and 10 s.
    expect(got.map(({ name }) => name).sort()).toEqual(
      ['bar: bar 6', ...[2, 3, 4, 5, 6].map(bar => `patient: bar ${bar}`)].sort(),
    );
  });

  it('what was passed before a stop is not passed by a start after it, and what is learnt as it starts', () => {
    const known = withGrid(trackOf(120), 0);
    const table = momentTable([downbeat]);
    const deck = deckAt(0, withoutBars(known));
    const before = crossDeck(table, { ...deck, mark: { crossed: 0, at: 0, isFresh: true, looked: null } }, 300).deck;
    // It stood at 300 ms for a minute.
    const { line } = before;
    if (line === null) throw new Error('it has a line');
    const again = { ...before, playingSince: 60_300, reportedAt: 60_310, line: { ...line, at: 60_300, place: 300 } };
    const first = crossDeck(table, { ...again, track: known }, 60_310);
    expect(first.crossings).toEqual([]);
    expect(crossDeck(table, { ...first.deck, reportedAt: 62_100 }, 62_100).crossings.length).toBe(1);
  });

  it('whatever is learnt and unlearnt: no moment comes twice, and each that is known leaves as soon as it lies behind', () => {
    const random = seededRandom(7);
    const rules = [
      downbeat,
      phrase,
      momentRule('beat', { kind: 'every', count: 1, unit: 'beats' }),
      momentRule('time', { kind: 'time', positionMs: 3003 }),
      momentRule('soon', { kind: 'phrase', nth: 2 }, { amount: -777, unit: 'ms' }),
    ];
    for (let round = 0; round < rounds(20); round++) {
      let track = withoutBars(withGrid(trackOf(120), random() * 300));
      const looks: { at: number; track: Track }[] = [];
      for (let at = 0; at < 9000; at += 1 + random() * 60) {
        const draw = random();
        if (draw < 0.02) track = withGrid(track, random() * 300);
        else if (draw < 0.04) track = { ...track, firstDownbeat: 1 };
        else if (draw < 0.05) track = withoutBars(track);
        else if (draw < 0.06) track = withoutPhrases(track);
        else if (draw < 0.08) track = { ...track, structure: trackOf(120).structure };
        looks.push({ at, track });
      }
      const got = play(rules, looks);
      const names = got.map(({ name }) => name);
      expect(new Set(names).size, `round ${round}`).toBe(names.length);
      // Beats are always known: by each grid, what lies behind has come, and what lies ahead by every grid so far has not.
      const seen = new Set<string>();
      const wrong: string[] = [];
      let earliestMs = Infinity;
      let next = 0;
      for (const look of looks) {
        for (; (got[next]?.at ?? Infinity) <= look.at; next++) seen.add(got[next]?.name ?? '');
        const firstMs = look.track.timeline?.msOfBeat(1) ?? 0;
        earliestMs = Math.min(earliestMs, firstMs);
        for (let beat = 1; beat < 20; beat++) {
          const ms = firstMs + (beat - 1) * 500;
          const name = `beat: beat ${beat}`;
          const isDue = ms <= look.at;
          const isAhead = earliestMs + (beat - 1) * 500 > look.at;
          if ((isDue || isAhead) && seen.has(name) !== isDue) wrong.push(`${name} at ${look.at}`);
        }
      }
      expect(wrong, `round ${round}`).toEqual([]);
    }
  });
});
