import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RestartState } from '../../../src/core/engine/restart-state.ts';
import { rounds } from '../../rounds.ts';
import { momentRule, profileOf, stateRule } from '../core-samples.ts';
import { type Driver, drive, isCue } from '../show-driver.ts';

const profile = profileOf([
  momentRule('every beat', { kind: 'every', count: 1, unit: 'beats' }),
  momentRule('chorus', { kind: 'phrase-kind', phraseKind: 'chorus', nth: null }, null, { once: 'place' }),
  stateRule('look', 'phrase.kind == chorus'),
]);

/** As if it had been on disk. */
const kept = (driver: Driver): RestartState => JSON.parse(JSON.stringify(driver.memory())) as RestartState;
const ids = (driver: Driver, kind: 'fire' | 'hold'): string[] =>
  driver.left.flatMap(({ intent }) => (isCue(intent) && intent.kind === kind ? [intent.id] : []));

/** The same evening, its program killed after `beforeMs` and started again `gapMs` later. */
function killed(startBeat: number, beforeMs: number, gapMs: number, afterMs: number, movedBeats = 0) {
  const first = drive(profile, { playsAtBeat: startBeat });
  first.play(beforeMs);
  const memory = kept(first);
  const lastAt = first.left.filter(({ intent }) => isCue(intent)).at(-1)?.at ?? 0;
  const beat = first.trueBeat() + (gapMs * 120) / 60_000 + movedBeats;
  const second = drive(profile, {
    playsAtBeat: beat,
    memory: { memory, ageMs: first.now() - lastAt + gapMs },
  });
  second.play(afterMs);
  return { first, second };
}

describe('after a crash', () => {
  it('no one-shot goes twice, whenever it was and however long it took', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: 0, max: 4000 }), (beforeMs, gapMs) => {
        const { first, second } = killed(8.3, 1000 + beforeMs, gapMs, 3000);
        const all = [...ids(first, 'fire'), ...ids(second, 'fire')];
        expect(new Set(all).size).toBe(all.length);
        // And what came after the restart did go.
        expect(ids(second, 'fire').length).toBeGreaterThanOrEqual(5);
      }),
      { numRuns: rounds(150) },
    );
  });

  it('a deck that was taken back meanwhile is in a new pass, in which cues go again', () => {
    const { first, second } = killed(40, 3000, 1000, 3000, -20);
    const [pass] = [...first.state().show.decks.values()].map(deck => deck.pass);
    const [now] = [...second.state().show.decks.values()].map(deck => deck.pass);
    expect(now).toBe((pass ?? 0) + 1);
    expect(ids(second, 'fire').length).toBeGreaterThanOrEqual(5);
  });

  it('a level that still holds is left standing, without a flicker', () => {
    const { second } = killed(20, 2000, 1000, 3000);
    expect(ids(second, 'hold')).toEqual([]);
    expect([...second.state().sent.keys()]).toEqual(['look']);
  });

  it('a level that is over by then is ended, once it is known what plays', () => {
    const { first, second } = killed(28, 1000, 4000, 5000);
    expect(ids(first, 'hold')).toEqual(['look/opus/1/do']);
    expect(ids(second, 'hold')).toEqual(['look/opus/1/undo']);
  });

  it('a rule that fires once per load has had its fire', () => {
    const first = drive(profile, { playsAtBeat: 15 });
    first.play(2000);
    expect(ids(first, 'fire').filter(id => id.startsWith('chorus'))).toHaveLength(1);
    const second = drive(profile, { playsAtBeat: 20, memory: { memory: kept(first), ageMs: 500 } });
    second.play(1000);
    second.jumpTo(16);
    second.play(3000);
    expect(ids(second, 'fire').filter(id => id.startsWith('chorus'))).toEqual([]);
  });

  it('an act before the unit is back does not forget what has fired', () => {
    const first = drive(profile, { playsAtBeat: 8.3 });
    first.play(1000);
    const between = drive(profile, { memory: { memory: kept(first), ageMs: 200 }, isAbsent: true });
    between.act({ kind: 'lock', isOn: true });
    const third = drive(profile, { playsAtBeat: first.trueBeat(), memory: { memory: kept(between), ageMs: 100 } });
    third.play(1500);
    const all = [...ids(first, 'fire'), ...ids(third, 'fire')];
    expect(ids(third, 'fire').length).toBeGreaterThan(0);
    expect(new Set(all).size).toBe(all.length);
  });

  it('a show without levels looks again when there is something to look at, and not all the time', () => {
    const only = profileOf([momentRule('every bar', { kind: 'downbeat' })]);
    const first = drive(only, { playsAtBeat: 8.3 });
    first.play(3000);
    const second = drive(only, { playsAtBeat: 20, memory: { memory: kept(first), ageMs: 1000 } });
    second.play(4000);
    expect(second.state().recalled).toBeNull();
    expect(second.looks()).toBeLessThan(100);
  });

  it('a level of a deck that is not back yet is left standing, whoever else is', () => {
    const any = profileOf([stateRule('look', 'phrase.kind == chorus', { decks: 'any' })]);
    const first = drive(any, { playsAtBeat: 20 });
    first.play(1000);
    const second = drive(any, { number: 3, playsAtBeat: 2, memory: { memory: kept(first), ageMs: 1000 } });
    second.play(10_000);
    expect(ids(second, 'hold')).toEqual([]);
    expect([...second.state().sent.keys()]).toEqual(['look']);
  });

  it('a level that says something else by now is another: it begins, and the one that stood is nobody’s', () => {
    const first = drive(profileOf([stateRule('look', 'phrase.kind == chorus')]), { playsAtBeat: 20 });
    first.play(1000);
    const blue = { bridge: 'console', message: { address: '/blue', args: [] }, roots: [] };
    const edited = profileOf([stateRule('look', 'phrase.kind == chorus', { do: [blue] })]);
    const second = drive(edited, { playsAtBeat: first.trueBeat() + 1, memory: { memory: kept(first), ageMs: 500 } });
    second.play(1000);
    expect(ids(second, 'hold')).toEqual(['look/opus/1/do']);
  });

  it('what hands have set is kept', () => {
    const first = drive(profileOf([], { cues: new Map([['a', [{ bridge: 'console', message: {}, roots: [] }]]]) }));
    first.act({ kind: 'pin', deck: 3 });
    first.act({ kind: 'mute', bridge: null, isOn: true });
    first.act({ kind: 'lock', isOn: true });
    const { hands } = drive(profile, { memory: { memory: kept(first), ageMs: 500 } }).state();
    expect([hands.pinned, hands.isAllMuted, hands.isLocked]).toEqual([3, true, true]);
  });

  it('the status knows that it came upon the deck in mid-track', () => {
    const { first, second } = killed(40, 1000, 1000, 500);
    expect([...second.state().show.decks.values()][0]?.joinedAtBeat).toBeGreaterThan(43);
    const fromStart = drive(profile);
    fromStart.start();
    fromStart.play(9000);
    expect([...fromStart.state().show.decks.values()][0]?.joinedAtBeat).toBeNull();
    expect(first.state().recalled).toBeNull();
  });
});
