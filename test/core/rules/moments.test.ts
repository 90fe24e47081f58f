/** Moments between two looks at a deck, and what they read when nobody is at their place. */
import { describe, expect, it } from 'vitest';
import type { Deck } from '../../../src/core/deck/deck.ts';
import { EMPTY_SHOW } from '../../../src/core/deck/decks.ts';
import { crossDeck, momentTable, upcoming } from '../../../src/core/rules/crossings.ts';
import { placeOfBeat } from '../../../src/core/rules/exact-place.ts';
import { scopeOf } from '../../../src/core/rules/fact-values.ts';
import type { MomentRule, PlaceAnchor } from '../../../src/core/rules/rule.ts';
import { expression, momentRule, profileOf } from '../core-samples.ts';
import { drive, isCue } from '../show-driver.ts';
import { deckAt, trackOf } from './deck-at-place.ts';

const every: PlaceAnchor = { kind: 'every', count: 1, unit: 'beats' };
const told = (text: string): MomentRule['do'] => {
  const value = expression(text);
  const message = { address: '/a', args: [{ template: [value], isWhole: false }] };
  return [{ bridge: 'console', message, roots: value.roots }];
};

describe('moments', () => {
  it('what repeats is passed once, however close to a beat somebody looked', () => {
    for (const tempoBpm of [98, 133.33]) {
      const track = trackOf(tempoBpm);
      const table = momentTable([momentRule('beats', every)]);
      const passed: string[] = [];
      let { mark } = deckAt(0, track);
      for (let beat = 1; beat <= 150; beat++) {
        const place = placeOfBeat(track.timeline, beat).positionMs ?? Number.NaN;
        for (let step = -12; step <= 12; step++) {
          // A ten-millionth of a ms is added to where the line leads; doubles here are up to 1.5e-11 apart.
          const at = deckAt(place - 1e-7 + step * 1.5e-11, track);
          const crossed = crossDeck(table, { ...at, mark }, 0);
          mark = crossed.deck.mark;
          passed.push(...crossed.crossings.map(({ moment }) => moment.label));
          const [next] = upcoming(table, crossed.deck, 1);
          expect(next?.moment.label, `${tempoBpm} BPM, ${step} beside beat ${beat}`).toBe(`beat ${passed.length + 1}`);
        }
      }
      expect(passed).toEqual(Array.from({ length: 150 }, (_, i) => `beat ${i + 1}`));
    }
  });

  it('places that are one, in beats and in ms, are passed in the order of their rules', () => {
    // 98 BPM: beat 50 is at thirty seconds, but for the rounding of doubles.
    const rules = [
      momentRule('time', { kind: 'time', positionMs: 30_000 }),
      momentRule('beat', { kind: 'beat', beat: 50 }),
      momentRule('again', { kind: 'time', positionMs: 29_000 }, { amount: 1000, unit: 'ms' }),
    ];
    const track = trackOf(98);
    for (const coordinate of ['beats', 'ms'] as const) {
      const { single } = momentTable(rules)(track, coordinate);
      expect(single.map(({ rule }) => rule.name)).toEqual(['time', 'beat', 'again']);
      expect(single.map(({ place }) => place)).toEqual(Array(3).fill({ beat: 50, positionMs: 30_000 }));
    }
  });

  it('before what repeats the phrase is the one that is coming, as before any place', () => {
    // The chorus begins on beat 17, which is the downbeat of bar 5.
    const rule = momentRule('soon', { kind: 'downbeat' }, { amount: -1, unit: 'beats' });
    const driver = drive(profileOf([{ ...rule, do: told('deck.beat * 1000 + phrase.startBeat') }]));
    driver.start();
    driver.play(500 * 18);
    const sent = driver.left.flatMap(({ intent }) => (isCue(intent) ? [intent] : []));
    const values = sent.map(({ message }) => (message as { args: readonly unknown[] }).args[0]);
    expect(values).toEqual([4001, 8001, 12_001, 16_017]);
  });

  it('a jump over a moment that a rule wants all the same reads the place of the moment, not of the landing', () => {
    const rule = momentRule('caught', { kind: 'phrase', nth: 2 }, null, { onJump: 'fire' });
    const driver = drive(profileOf([{ ...rule, do: told('deck.bar * 1000 + deck.beat') }]));
    driver.start();
    driver.play(2000);
    driver.jumpTo(36);
    driver.play(1500);
    const sent = driver.left.flatMap(({ intent }) => (isCue(intent) ? [intent] : []));
    expect(sent.map(({ message }) => (message as { args: readonly unknown[] }).args[0])).toEqual([5017]);
  });

  it('the deck of a moment is at its place by its number and as master too; another deck is where its own line leads', () => {
    const own: Deck = { ...deckAt(5000.25, trackOf(120)), isMaster: false };
    const other: Deck = { ...deckAt(777.5, trackOf(120)), ref: { unit: 'opus', number: 2 }, key: 'opus/2' };
    const show = { ...EMPTY_SHOW, decks: new Map([own, { ...other, isMaster: true }].map(deck => [deck.key, deck])) };
    const moment = { place: { beat: 11, positionMs: 5000 }, phrase: null };
    const scope = scopeOf(show, { deck: own, moment }, ['deck', 'deck1', 'deck2', 'master'], 0);
    expect(scope['deck']).toMatchObject({ beat: 11, bar: 3, beatInBar: 3, positionMs: 5000, phrase: { kind: null } });
    expect(scope['deck1']).toMatchObject({
      beat: 11,
      bar: 3,
      beatInBar: 3,
      positionMs: 5000,
      phrase: { kind: 'intro' },
    });
    for (const root of ['deck2', 'master']) expect(scope[root]).toMatchObject({ positionMs: 777.5, beatInBar: 2 });
  });

  it('a level that a beat begins reads the beat that begins, at the very time of it', () => {
    for (const [name, text] of [
      ['bar', 'deck.beatInBar == 1'],
      ['odd', 'deck.bar % 2 == 1'],
    ] as const) {
      const level = { kind: 'while', name, while: expression(text), if: null, decks: 'on-air' } as const;
      const driver = drive(profileOf([{ ...level, do: told('deck.beat'), undo: told('deck.beat') }]));
      driver.start();
      driver.play(500 * 40.5);
      const edges = driver.left.flatMap(({ intent }) => (isCue(intent) ? [intent.message] : []));
      const beats = edges.map(message => Number((message as { args: readonly unknown[] }).args[0]));
      const expected = Array.from({ length: 41 }, (_, i) => i + 1).filter(beat =>
        name === 'bar' ? beat % 4 === 1 || beat % 4 === 2 : beat % 4 === 1,
      );
      // The start is told when the first report of it comes.
      expect(
        beats.slice(1).map(beat => Math.round(beat * 1e5) / 1e5),
        text,
      ).toEqual(expected.slice(1));
    }
  });
});
