import { describe, expect, it } from 'vitest';
import type { PlaceAnchor } from '../../../src/core/rules/rule.ts';
import { expression, momentRule, profileOf, stateRule } from '../core-samples.ts';
import { drive } from '../show-driver.ts';

/** The sample has intro, chorus 1, down, chorus 1, outro 1 (as rekordbox labels them), from beats 1, 17, 33, 49 and 65 to 81; a beat takes 500 ms. */
const PHRASE: PlaceAnchor = { kind: 'phrase', nth: null };
const beats = (n: number): number => n * 500;

/** Labels of the phrases before or at whose start a rule fires. */
function firesAt(condition: string, beatsBefore = 0): readonly string[] {
  const offset = beatsBefore === 0 ? null : ({ amount: -beatsBefore, unit: 'beats' } as const);
  const driver = drive(profileOf([momentRule('x', PHRASE, offset, { if: expression(condition) })]));
  driver.start();
  driver.play(beats(79));
  return driver.fired.map(({ what }) => what.replace(/^.*phrase /, ''));
}

describe('the phrases beside a phrase', () => {
  it('are those before and after the one that the place names', () => {
    expect(firesAt('phrase.previous.kind == chorus')).toEqual(['3', '5']);
    expect(firesAt('phrase.next.kind == chorus')).toEqual(['1', '3']);
    expect(
      firesAt('phrase.previous.index == phrase.index - 1 and phrase.previous.endBeat == phrase.startBeat'),
    ).toEqual(['2', '3', '4', '5']);
  });

  it('are not known before the first phrase and after the last', () => {
    expect(firesAt('phrase.previous.kind == null')).toEqual(['1']);
    expect(firesAt('phrase.next.label == null')).toEqual(['5']);
  });

  it('are levels too: what stands while the phrase before was a chorus ends and begins with the phrases', () => {
    const driver = drive(profileOf([stateRule('after', 'phrase.previous.kind == chorus')]));
    driver.start();
    driver.play(beats(79));
    expect(driver.fired.map(({ what }) => what)).toEqual([
      'after: deck 1, down',
      'after ends: deck 1, chorus 1',
      'after: deck 1, outro 1',
    ]);
  });
});

describe('the phrase that is running', () => {
  it('is told beside the one that is coming', () => {
    expect(firesAt('now.phrase.kind != chorus', 8)).toEqual(['2', '4']);
    expect(firesAt('now.phrase.kind == chorus and phrase.kind != chorus', 8)).toEqual(['3', '5']);
    expect(firesAt('now.phrase.next.index == phrase.index and now.phrase.beatsLeft == 8', 8)).toEqual([
      '2',
      '3',
      '4',
      '5',
    ]);
  });

  it('is the phrase itself where the place is its start, and where there is no moment', () => {
    expect(firesAt('now.phrase.index == phrase.index')).toEqual(['1', '2', '3', '4', '5']);
    const driver = drive(profileOf([stateRule('look', 'now.phrase.kind == chorus')]));
    driver.start();
    driver.play(beats(40));
    expect(driver.fired.map(({ what }) => what)).toEqual(['look: deck 1, chorus 1', 'look ends: deck 1, down']);
  });
});
