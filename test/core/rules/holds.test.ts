import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeckNumber } from '../../../src/core/deck-report.ts';
import { begin, FRESH_START, prepare } from '../../../src/core/engine/engine-state.ts';
import { step } from '../../../src/core/engine/step.ts';
import { diffHolds } from '../../../src/core/rules/hold-diff.ts';
import { holds } from '../../../src/core/rules/holds.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { profileOf, report, reportEvent, stampAt, stateRule, structureEvent } from '../core-samples.ts';
import { drive } from '../show-driver.ts';

describe('levels', () => {
  it('a `while` rule does on entry and undoes on leaving, however the DJ got there', () => {
    const driver = drive(profileOf([stateRule('chorus', 'phrase.kind == chorus')]));
    driver.start();
    driver.play(2000);
    driver.jumpTo(52);
    driver.play(1000);
    driver.jumpTo(40);
    driver.play(1000);
    expect(driver.fired.map(({ what }) => what)).toEqual(['chorus: deck 1, chorus 1', 'chorus ends: deck 1, down']);
  });

  const rules = [
    stateRule('chorus', 'phrase.kind == chorus'),
    stateRule('fast', 'deck.tempoBpm > 125', { decks: 'any' }),
    stateRule('both', 'deck1.isPlaying and deck2.isPlaying', { decks: 'any' }),
    stateRule('master late', 'master.beat > 30'),
    stateRule('sure', 'deck.uncertaintyMs < 200', { decks: 'any' }),
  ];
  const anyReport = fc.record({
    deck: fc.constantFrom<DeckNumber>(1, 2, 3),
    beat: fc.integer({ min: 1, max: 80 }),
    tempo: fc.constantFrom(120, 124, 128),
    isPlaying: fc.boolean(),
    isMaster: fc.boolean(),
    isOnAir: fc.boolean(),
    afterMs: fc.integer({ min: 1, max: 900 }),
  });

  it('judging only what changed comes to the same as judging everything', () => {
    fc.assert(
      fc.property(fc.array(anyReport, { minLength: 1, maxLength: 25 }), reports => {
        const profile = profileOf(rules);
        const program = prepare(profile, NO_LIBRARY);
        let state = begin(program, FRESH_START, 0);
        let at = 0;
        for (const { deck, beat, tempo, isPlaying, isMaster, isOnAir, afterMs } of reports) {
          at += afterMs;
          const said = report({
            beat,
            trackTempoBpm: tempo,
            playState: isPlaying ? 'playing' : 'paused',
            flags: { isMaster, isSynced: false, isOnAir },
          });
          const inputs = [reportEvent(deck, said), structureEvent(deck)];
          for (const event of inputs) {
            state = step(program, state, { source: 'opus', event, stamp: stampAt(at) }, at).state;
          }
          const wanted = holds(profile, state.show, at).map(({ rule }) => rule.name);
          expect([...state.sent.keys()].sort()).toEqual(wanted.sort());
        }
      }),
    );
  });

  it('planning the same twice sends nothing the second time', () => {
    const [first, second] = rules;
    if (first === undefined || second === undefined) throw new Error('two rules');
    const wanted = [
      { rule: first, deck: 'opus/1' },
      { rule: second, deck: 'opus/2' },
    ];
    const once = diffHolds(new Map(), wanted, null);
    expect(once.changes.map(({ phase }) => phase)).toEqual(['do', 'do']);
    expect(diffHolds(once.sent, wanted, null).changes).toEqual([]);
    expect(diffHolds(once.sent, [], null).changes.map(({ phase }) => phase)).toEqual(['undo', 'undo']);
  });
});
