import { describe, expect, it } from 'vitest';
import type { RestartState } from '../../../src/core/engine/restart-state.ts';
import type { OncePer } from '../../../src/core/rules/rule.ts';
import { momentRule, profileOf } from '../core-samples.ts';
import { drive } from '../show-driver.ts';

/** Choruses of the sample begin at beats 17 and 49; a beat takes 500 ms. */
const show = (once: OncePer | null) =>
  profileOf([momentRule('c', { kind: 'phrase-kind', phraseKind: 'chorus', nth: null }, null, { once })]);
const beats = (n: number): number => n * 500;

/** Plays both choruses, jumps back before the second, loads the same evening's next track, and plays its first. */
function evening(once: OncePer | null): readonly string[] {
  const driver = drive(show(once));
  driver.start();
  driver.play(beats(56));
  driver.jumpTo(45);
  driver.play(beats(8));
  driver.load();
  driver.start();
  driver.play(beats(20));
  return driver.fired.map(({ what }) => what.replace('c: deck 1, ', ''));
}

describe('a rule that fires once', () => {
  it.each<readonly [OncePer | null, readonly string[]]>([
    [null, ['chorus 1', 'chorus 2', 'chorus 2', 'chorus 1']],
    ['place', ['chorus 1', 'chorus 2', 'chorus 1']],
    ['pass', ['chorus 1', 'chorus 2', 'chorus 1']],
    ['load', ['chorus 1', 'chorus 1']],
    ['night', ['chorus 1']],
  ])('per %s fires at %j', (once, fired) => {
    expect(evening(once)).toEqual(fired);
  });

  it.each<readonly [OncePer, number]>([
    ['pass', 0],
    ['load', 0],
    ['night', 0],
  ])('per %s has fired after a crash as well', (once, again) => {
    const first = drive(show(once), { playsAtBeat: 14 });
    first.play(beats(5));
    expect(first.fired).toHaveLength(1);
    const memory = JSON.parse(JSON.stringify(first.memory())) as RestartState;
    const second = drive(show(once), { playsAtBeat: 46, memory: { memory, ageMs: beats(28) } });
    second.play(beats(5));
    expect(second.fired).toHaveLength(again);
  });

  it('per pass fires in the pass that a jump begins, however many there were', () => {
    const driver = drive(show('pass'));
    driver.start();
    for (let i = 0; i < 20; i++) {
      driver.jumpTo(14);
      driver.play(beats(6));
    }
    expect(driver.fired).toHaveLength(20);
    // What is remembered does not grow with them.
    expect(driver.memory()?.decks[0]?.firedOnce).toHaveLength(1);
  });
});
