import { describe, expect, it } from 'vitest';
import { changedCues } from '../../../src/cli/replay/replay-diff.ts';
import type { Explanation } from '../../../src/cli/why/explanation-list.ts';

const cause = (rule: string, at: number, place = 'chorus 1'): Explanation => ({
  ...{ at, trueTime: at, sent: [], heldBack: [], parts: [], source: null, recorded: null },
  because: { rule, deck: 1, place, phase: 'fire' },
});
const left = (at: number, message: string, rule = 'drop', place = 'chorus 1') => ({
  ...{ at, bridge: 'console', message },
  cause: cause(rule, at, place),
});
const told = (...args: Parameters<typeof changedCues>): string[] =>
  changedCues(...args).map(({ before, after }) => `${before?.message ?? '-'} ${after?.message ?? '-'}`);

describe('messages of two runs of one evening', () => {
  it('that say the same within a frame are the same', () => {
    expect(told([left(1000, '/a'), left(2000, '/b')], [left(1030, '/a'), left(1990, '/b')])).toEqual([]);
  });

  it('of one rule at one place that say another thing, or another time, have changed', () => {
    expect(told([left(1000, '/a')], [left(1010, '/b')])).toEqual(['/a /b']);
    expect(told([left(1000, '/a')], [left(1200, '/a')])).toEqual(['/a /a']);
  });

  it('are gone or new where nothing goes with them, in order of time', () => {
    expect(told([left(3000, '/a')], [left(1000, '/b', 'other')])).toEqual(['- /b', '/a -']);
  });

  it('that left twice and now once are gone once', () => {
    expect(told([left(1000, '/a'), left(1005, '/a')], [left(1000, '/a')])).toEqual(['/a -']);
  });
});
