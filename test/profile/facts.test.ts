/** The linter believes the table of facts; here the table is held to what decks come out as. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EMPTY_SHOW, reduce, type Show } from '../../src/core/deck/decks.ts';
import type { PlayState } from '../../src/core/deck-report.ts';
import type { Scope, Value } from '../../src/core/rules/expression.ts';
import { scopeOf } from '../../src/core/rules/fact-values.ts';
import { FACTS, PLAY_STATES, type Sort } from '../../src/core/rules/facts.ts';
import { report, reportEvent, stampAt, structureEvent } from '../core/core-samples.ts';
import { rounds } from '../rounds.ts';

function isOf(is: Sort, value: Value): boolean {
  if (value === null) return true;
  switch (is.kind) {
    case 'truth':
      return typeof value === 'boolean';
    case 'text':
      return typeof value === 'string' && (is.values === null || is.values.includes(value));
    case 'number':
      return (
        typeof value === 'number' && value >= is.least && value <= is.most && (!is.isWhole || Number.isInteger(value))
      );
  }
}

const told = fc.record({
  afterMs: fc.integer({ min: 20, max: 3000 }),
  number: fc.constantFrom(1, 2, 3, 4),
  beat: fc.option(fc.nat(120)),
  beatInBar: fc.option(fc.integer({ min: 1, max: 4 })),
  trackId: fc.option(fc.constantFrom(7, 8)),
  trackTempoBpm: fc.option(fc.double({ min: 20, max: 300, noNaN: true })),
  pitchSpeed: fc.double({ min: 0, max: 2, noNaN: true }),
  runSpeed: fc.double({ min: -1, max: 2, noNaN: true }),
  playState: fc.constantFrom<PlayState>('playing', 'paused', 'cued', 'empty', 'searching', 'unknown'),
  hasPhrases: fc.boolean(),
});

test('every fact of every deck is of the sort that its table says, whatever the unit reports', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(told, { minLength: 1, maxLength: 15 }), reports => {
      let at = 1000;
      let show: Show = EMPTY_SHOW;
      for (const { afterMs, number, hasPhrases, ...change } of reports) {
        at += afterMs;
        const deck = number as 1 | 2 | 3 | 4;
        const events = [reportEvent(deck, report(change)), ...(hasPhrases ? [structureEvent(deck)] : [])];
        for (const event of events) show = reduce(show, { source: 'opus', stamp: stampAt(at), event });
        const own = [...show.decks.values()].at(-1) ?? null;
        for (const late of [0, 137, 5000]) {
          const scope = scopeOf(show, { deck: own }, ['deck', 'track', 'phrase', 'master'], at + late);
          for (const [path, { is }] of FACTS) {
            const value = path.split('.').reduce<Scope | Value>((part, key) => {
              return typeof part === 'object' && part !== null ? (part[key] ?? null) : null;
            }, scope) as Value;
            if (value !== null) seen.add(path);
            if (!isOf(is, value)) throw new Error(`${path} is ${value}`);
          }
        }
      }
    }),
    { numRuns: rounds(100) },
  );
  // Facts that stayed unknown would have been of any sort.
  for (const path of ['deck.beat', 'deck.uncertaintyMs', 'deck.bar', 'phrase.kind', 'phrase.beatsLeft', 'track.mood']) {
    expect(seen).toContain(path);
  }
});

test('what a deck may be doing is the same list for the language and for the unit', () => {
  const states: Record<PlayState, true> = {
    empty: true,
    loading: true,
    playing: true,
    paused: true,
    cued: true,
    searching: true,
    ended: true,
    unknown: true,
  };
  expect([...PLAY_STATES].sort()).toEqual(Object.keys(states).sort());
});
