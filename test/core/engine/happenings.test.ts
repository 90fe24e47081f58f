import { describe, expect, it } from 'vitest';
import { HAPPENINGS, type Happening } from '../../../src/core/deck/happenings.ts';
import { expression, momentRule, profileOf } from '../core-samples.ts';
import { type Driver, drive, isCue } from '../show-driver.ts';

const at = (happening: Happening, change: Parameters<typeof momentRule>[3] = {}) =>
  momentRule(happening, { kind: 'happening', happening }, null, { decks: 'any', ...change });
const all = profileOf(HAPPENINGS.map(happening => at(happening)));
const beats = (n: number): number => n * 500;

/** What has happened since it was last asked. */
function asker(driver: Driver): () => readonly string[] {
  let seen = 0;
  return () => {
    const news = driver.fired.slice(seen).map(({ what }) => what.replace(/: .*/, ''));
    seen = driver.fired.length;
    return news;
  };
}

describe('happenings', () => {
  it('are what a DJ does, each told once and as it is', () => {
    const driver = drive(all);
    const news = asker(driver);
    // Of a deck that is met all that is told is that it is there. This one loads: the number that it says then is another than after.
    expect(news()).toEqual(['found', 'load']);
    driver.start();
    expect(news()).toEqual(['play']);
    driver.play(beats(20));
    expect(news()).toEqual([]);
    driver.jumpTo(40);
    driver.play(beats(4));
    expect(news()).toEqual(['jump']);
    driver.turn(-1);
    expect(news()).toContain('reverse');
    driver.turn(1);
    driver.play(beats(2));
    news();
    driver.pause();
    expect(news()).toEqual(['stop']);
    driver.load();
    expect(news()).toEqual(['load', 'load']);
    driver.start();
    news();
    driver.load();
    // Over a track that plays.
    expect(news()).toEqual(['load', 'stop', 'load']);
  });

  it('tell of a loop from its second turn on: the first is a jump back like any other', () => {
    const driver = drive(all);
    driver.start();
    driver.play(beats(8.4));
    const news = asker(driver);
    news();
    driver.loop(8, 4);
    driver.play(beats(1));
    expect(news()).toEqual(['jump', 'loop', 'loop', 'loop']);
  });

  it('tell of a deck that falls silent a second after its last word, and of its return', () => {
    const driver = drive(all);
    driver.start();
    driver.play(beats(4));
    const news = asker(driver);
    news();
    const since = driver.now();
    driver.silence(2500);
    expect(news()).toEqual(['lost']);
    const [lost] = driver.fired.filter(({ what }) => what.startsWith('lost'));
    // The last report came up to 200 ms before.
    expect((lost?.at ?? 0) - since).toBeLessThanOrEqual(1000);
    expect((lost?.at ?? 0) - since).toBeGreaterThanOrEqual(800);
    driver.play(1000);
    expect(news()[0]).toBe('found');
  });

  it('know how far a jump went, to the beat that can be known', () => {
    const rule = at('jump', {
      if: expression('jump.beats > 16'),
      do: [{ bridge: 'console', message: { template: [expression('jump.beats')], isWhole: false }, roots: ['jump'] }],
    });
    const driver = drive(profileOf([rule]));
    driver.start();
    driver.play(beats(8));
    driver.jumpTo(driver.trueBeat() + 8);
    driver.play(beats(8));
    driver.jumpTo(driver.trueBeat() + 32);
    driver.play(beats(4));
    const told = driver.left.flatMap(({ intent }) => (isCue(intent) ? [Number(intent.message)] : []));
    expect(told).toHaveLength(1);
    expect(Math.abs((told[0] ?? 0) - 32)).toBeLessThanOrEqual(1);
  });

  it('have the same policies as places: decks, if, once and mute, and an outcome each', () => {
    const quiet = drive(profileOf([at('play', { decks: 'on-air' })]), { isOnAir: false });
    quiet.otherDeckOnAir();
    quiet.start();
    expect(quiet.fired).toEqual([]);
    expect(quiet.dropped).toEqual(['play: deck 1, play']);

    const once = drive(profileOf([at('play', { once: 'load' }), at('stop', { if: expression('deck.bar > 999') })]));
    for (let i = 0; i < 3; i++) {
      once.start();
      once.play(beats(4));
      once.pause();
    }
    expect(once.fired.map(({ what }) => what)).toEqual(['play: deck 1, play']);
    expect(once.dropped.filter(what => what.startsWith('play'))).toHaveLength(2);
    expect(once.dropped.filter(what => what.startsWith('stop'))).toHaveLength(3);

    const muted = drive(profileOf([at('play')]));
    muted.act({ kind: 'mute', bridge: null, isOn: true });
    muted.start();
    expect([muted.fired, muted.dropped]).toEqual([[], ['play: deck 1, play']]);
  });

  it('have messages with ids of their own, also where a deck does the same twice in a pass', () => {
    const driver = drive(profileOf([at('play')]));
    for (let i = 0; i < 3; i++) {
      driver.start();
      driver.play(beats(4));
      driver.pause();
    }
    const ids = driver.left.flatMap(({ intent }) => (isCue(intent) ? [intent.id] : []));
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(3);
  });
});
