import { describe, expect, it } from 'vitest';
import type { PlaceAnchor } from '../../../src/core/rules/rule.ts';
import { steadyGrid } from '../../../src/core/track/beat-grid.ts';
import { expression, momentRule, profileOf, trackEntry } from '../core-samples.ts';
import { drive } from '../show-driver.ts';

const chorus: PlaceAnchor = { kind: 'phrase-kind', phraseKind: 'chorus', nth: null };
const rules = [
  momentRule('look', chorus),
  momentRule('arm', chorus, { amount: -4, unit: 'beats' }),
  momentRule('once', chorus, null, { once: 'place' }),
  momentRule('caught', chorus, null, { onJump: 'fire' }),
];
const only = (name: string) => profileOf(rules.filter(rule => rule.name === name));
const what = (driver: { fired: readonly { what: string }[] }): string[] => driver.fired.map(each => each.what);
/** Ms of so many beats at the driver's 120 BPM. */
const beats = (n: number): number => n * 500;

describe('crossings', () => {
  it('plain play: every moment once, in order, at its time within the bar of a start', () => {
    const driver = drive(profileOf(rules.slice(0, 2)));
    driver.start();
    driver.play(beats(60));
    expect(what(driver)).toEqual([
      'arm: deck 1, 4 beats before chorus 1',
      'look: deck 1, chorus 1',
      'arm: deck 1, 4 beats before chorus 2',
      'look: deck 1, chorus 2',
    ]);
    // The last chorus is 48 beats after a start at 1000 ms. At 120 BPM and 200 ms the reports leave 100 ms open, and
    // delay and lag another 23: the middle of that is at most half of it off.
    expect(Math.abs((driver.fired.at(-1)?.at ?? 0) - (1000 + beats(48)))).toBeLessThanOrEqual(123 / 2);
  });

  it('a jump onto the first beat of a chorus fires it, one onto its second does not', () => {
    const onto = drive(only('look'));
    onto.start();
    onto.play(beats(4));
    onto.jumpTo(49);
    onto.play(beats(3));
    expect(what(onto)).toEqual(['look: deck 1, chorus 2']);

    const beside = drive(only('look'));
    beside.start();
    beside.play(beats(4));
    beside.jumpTo(50);
    beside.play(beats(3));
    expect(what(beside)).toEqual([]);
  });

  it('a jump over a chorus does not fire it, and does when the rule asks for that', () => {
    for (const [name, expected] of [
      ['look', []],
      ['caught', ['caught: deck 1, chorus 1']],
    ] as const) {
      const driver = drive(only(name));
      driver.start();
      driver.play(beats(4));
      driver.jumpTo(36);
      driver.play(beats(3));
      expect(what(driver), name).toEqual(expected);
    }
  });

  it('a loop over the start of a chorus fires it at every turn, or once per load', () => {
    for (const [name, count] of [
      ['look', 4],
      ['once', 1],
    ] as const) {
      const driver = drive(only(name));
      driver.start();
      driver.play(beats(14));
      driver.loop(8, 4);
      expect(what(driver), name).toHaveLength(count);
    }
  });

  it('a loop within a chorus fires nothing', () => {
    const driver = drive(only('look'));
    driver.start();
    driver.play(beats(18));
    const before = driver.fired.length;
    driver.loop(4, 5);
    expect(driver.fired).toHaveLength(before);
  });

  it('a back-spin of more than the bar begins a new pass, and the chorus comes again', () => {
    const driver = drive(only('look'));
    driver.start();
    driver.play(beats(18));
    driver.jumpTo(12);
    driver.play(beats(8));
    expect(what(driver)).toEqual(['look: deck 1, chorus 1', 'look: deck 1, chorus 1']);
  });

  it('a correction backwards, a hand on the jog wheel, doubles nothing', () => {
    for (const pushed of [0.04, 0.1, 0.2]) {
      for (const after of [0.02, 0.1, 0.3]) {
        const driver = drive(only('look'));
        driver.start();
        driver.play(beats(16 + after));
        driver.jumpTo(driver.trueBeat() - pushed);
        driver.play(beats(8));
        expect(what(driver), `${pushed} beats back, ${after} after the start`).toHaveLength(1);
      }
    }
  });

  it('a loop that ends where a chorus begins does not fire it at every turn, and leaving the loop does', () => {
    const driver = drive(only('look'));
    driver.start();
    driver.play(beats(12));
    driver.loop(4, 6);
    // The first turn is known only when its wrap is reported, which may be too late.
    expect(driver.fired.length).toBeLessThanOrEqual(1);
    const before = driver.fired.length;
    driver.play(beats(6));
    expect(driver.fired).toHaveLength(before + 1);
  });

  it('the time before beat 1 is waited out, however long: beat 1 fires once, when it comes', () => {
    const driver = drive(profileOf([momentRule('first', { kind: 'beat', beat: 1 })]));
    driver.jumpTo(-11);
    driver.play(400);
    driver.start();
    const startedAt = driver.now();
    driver.play(beats(20));
    expect(what(driver)).toEqual(['first: deck 1, beat 1']);
    // Twelve beats before it; the report that says so comes up to 200 ms later, and leaves as much open.
    expect((driver.fired[0]?.at ?? 0) - startedAt - beats(12)).toBeGreaterThanOrEqual(-123);
    expect((driver.fired[0]?.at ?? 0) - startedAt - beats(12)).toBeLessThan(220);
  });

  it('before beat 1 of a track without a grid a cue leaves as late as it is, or is dropped for that; beyond the start nothing was passed', () => {
    const early = (ms: number) =>
      momentRule(`${ms}`, { kind: 'beat', beat: 1 }, { amount: -ms, unit: 'ms' }, { dropIfLateByMs: 500 });
    for (const leadIn of [1.3, 3, 7.7]) {
      for (const waited of [0, 70, 130, 190]) {
        const driver = drive(profileOf([early(100), early(250), early(1200), early(9000)]));
        driver.jumpTo(50);
        driver.play(400);
        driver.jumpTo(1 - leadIn);
        driver.play(400 + waited);
        driver.start();
        const startedAt = driver.now();
        driver.play(beats(14));
        const beatOneAt = startedAt + beats(leadIn);
        const name = `${leadIn} beats, ${waited} ms`;
        expect(what(driver), name).toEqual(['250: deck 1, 250 ms before beat 1', '100: deck 1, 100 ms before beat 1']);
        // The report of beat 1 comes up to 200 ms after it, and says no more than that it is there.
        for (const [i, ms] of [250, 100].entries()) {
          expect((driver.fired[i]?.at ?? Infinity) - beatOneAt + ms, name).toBeLessThanOrEqual(225);
          expect((driver.fired[i]?.at ?? -Infinity) - beatOneAt + ms, name).toBeGreaterThanOrEqual(-225);
        }
        expect(driver.dropped, name).toEqual(leadIn > 2 ? ['1200: deck 1, 1200 ms before beat 1'] : []);
      }
    }
  });

  it('before beat 1 of a track with a grid cues in time leave one by one, each at its time within a status', () => {
    const times = [1000, 5000, 10_000, 15_000, 19_900];
    const rules = times.map(positionMs => momentRule(`${positionMs}`, { kind: 'time', positionMs }));
    const driver = drive(profileOf(rules, { tracks: [trackEntry(7, null, null, steadyGrid(20_000, 120))] }));
    driver.jumpTo(50);
    driver.play(400);
    driver.jumpTo(1 - 40);
    driver.play(430);
    driver.start();
    const startedAt = driver.now();
    driver.play(21_000);
    expect(driver.fired.length).toBe(times.length);
    for (const [i, { at }] of driver.left.filter(({ intent }) => intent.kind === 'fire').entries()) {
      expect(Math.abs(at - startedAt - (times[i] ?? 0))).toBeLessThanOrEqual(225);
    }
    expect(driver.dropped).toEqual([]);
  });

  it('a deck that stood on beat 1 and is taken before it plays up to it: beat 1 fires when it comes, and what was not played is not passed', () => {
    const rules = [
      momentRule('start', { kind: 'time', positionMs: 0 }),
      momentRule('second', { kind: 'time', positionMs: 1000 }),
      momentRule('first', { kind: 'beat', beat: 1 }),
    ];
    const tracks = [trackEntry(7, null, null, steadyGrid(5000, 120))];
    // Back to the start of the track, ten beats before beat 1; or just a beat and a half before it.
    for (const [leadIn, expected] of [
      [10, ['start', 'second', 'first']],
      [1.5, ['start', 'first']],
    ] as const) {
      const driver = drive(profileOf(rules, { tracks }));
      driver.jumpTo(1 - leadIn);
      driver.play(430);
      driver.start();
      const startedAt = driver.now();
      driver.play(beats(14));
      expect(
        driver.fired.map(each => each.what.split(':')[0]),
        `${leadIn}`,
      ).toEqual(expected);
      const off = (driver.fired.at(-1)?.at ?? 0) - startedAt - beats(leadIn);
      expect(Math.abs(off)).toBeLessThanOrEqual(225);
    }
    const without = drive(profileOf(rules.slice(2)));
    without.jumpTo(-9);
    without.play(430);
    without.start();
    const startedAt = without.now();
    without.play(beats(14));
    expect(without.fired.length).toBe(1);
    expect(Math.abs((without.fired[0]?.at ?? 0) - startedAt - beats(10))).toBeLessThanOrEqual(225);
  });

  it('`once` is not used up by a pass whose condition did not hold', () => {
    const rule = momentRule('once', chorus, null, { once: 'place', if: expression('deck.pass > 3') });
    const driver = drive(profileOf([rule]));
    driver.start();
    for (let i = 0; i < 5; i++) {
      driver.jumpTo(14);
      driver.play(beats(5));
    }
    expect(what(driver)).toHaveLength(1);
  });

  it('a jump back of a whole beat is found within three reports, whatever the phase', () => {
    for (const phase of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      const driver = drive(profileOf([]));
      driver.start();
      driver.play(beats(24 + phase));
      const pass = () => driver.state().show.decks.get('opus/1')?.pass;
      const before = pass();
      driver.jumpTo(driver.trueBeat() - 1);
      driver.play(650);
      expect(pass(), `phase ${phase}`).toBe((before ?? 0) + 1);
    }
  });

  it('a late call finds the moment all the same; one later than it may be is dropped and told', () => {
    const late = drive(only('look'));
    late.start();
    late.play(beats(15.6));
    late.play(beats(0.8), true);
    expect(what(late)).toEqual(['look: deck 1, chorus 1']);

    const tooLate = drive(only('look'));
    tooLate.start();
    tooLate.play(beats(15));
    tooLate.play(beats(4), true);
    tooLate.play(beats(4));
    expect(what(tooLate)).toEqual([]);
    expect(tooLate.dropped).toEqual(['look: deck 1, chorus 1']);
  });

  it('a reload of the track counts anew', () => {
    const driver = drive(only('once'));
    driver.start();
    driver.play(beats(18));
    driver.load();
    driver.start();
    driver.play(beats(18));
    expect(what(driver)).toHaveLength(2);
  });

  it('a pause, however long, neither loses nor doubles a moment', () => {
    const driver = drive(only('look'));
    driver.start();
    driver.play(beats(14));
    driver.pause();
    driver.play(60_000);
    driver.start();
    driver.play(beats(8));
    expect(what(driver)).toEqual(['look: deck 1, chorus 1']);
  });

  it('a deck that is not on air passes its moments in silence; `decks: any` hears it', () => {
    const silent = drive(profileOf([momentRule('look', chorus), momentRule('any', chorus, null, { decks: 'any' })]), {
      isOnAir: false,
    });
    silent.start();
    silent.play(beats(2));
    // Nobody has reported on air so far: "not on air" means nothing, and the master is heard.
    silent.play(beats(20));
    expect(what(silent)).toEqual(['look: deck 1, chorus 1', 'any: deck 1, chorus 1']);
    // From the first deck of the unit that is on air, it does.
    silent.otherDeckOnAir();
    silent.jumpTo(45);
    silent.play(beats(8));
    expect(what(silent).slice(2)).toEqual(['any: deck 1, chorus 2']);
  });

  it('every 4 bars and downbeats come on their beats', () => {
    const driver = drive(
      profileOf([
        momentRule('four', { kind: 'every', count: 4, unit: 'bars' }),
        momentRule('bar', { kind: 'downbeat' }),
      ]),
    );
    driver.start();
    driver.play(beats(34));
    expect(what(driver).filter(text => text.startsWith('four'))).toEqual([
      'four: deck 1, bar 1',
      'four: deck 1, bar 5',
      'four: deck 1, bar 9',
    ]);
    expect(what(driver).filter(text => text.startsWith('bar'))).toHaveLength(9);
  });

  it('fills, the end, single beats and times are places too', () => {
    const driver = drive(
      profileOf([
        momentRule('fill', { kind: 'fill', nth: null }),
        momentRule('end', { kind: 'end' }, { amount: -16, unit: 'beats' }),
        momentRule('beat', { kind: 'beat', beat: 12 }),
        momentRule('time', { kind: 'time', positionMs: 5000 }),
        momentRule('nth', { ...chorus, nth: 2 } as PlaceAnchor),
        momentRule('phrase', { kind: 'phrase', nth: 3 }),
        momentRule('ms', chorus, { amount: -250, unit: 'ms' }),
      ]),
    );
    driver.start();
    driver.play(beats(70));
    expect(what(driver)).toEqual([
      'time: deck 1, 0:05.000',
      'beat: deck 1, beat 12',
      'fill: deck 1, fill 1',
      'ms: deck 1, 250 ms before chorus 1',
      'phrase: deck 1, phrase 3',
      'ms: deck 1, 250 ms before chorus 2',
      'nth: deck 1, chorus 2',
      'end: deck 1, 16 beats before end',
    ]);
  });
});
