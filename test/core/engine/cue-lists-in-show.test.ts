/** Cue lists in a show that plays: by hands, rules, beats, time and places; behind mutes, crashes and reloads. */
import { describe, expect, it } from 'vitest';
import type { CueListEntry, CueStep } from '../../../src/core/cue-lists/cue-list.ts';
import type { RestartState } from '../../../src/core/engine/restart-state.ts';
import type { OperatorAction } from '../../../src/core/operator-action.ts';
import type { Profile } from '../../../src/core/profile.ts';
import type { Action } from '../../../src/core/rules/rule.ts';
import { placesOf } from '../../../src/profile/build-cue-lists.ts';
import { momentRule, profileOf, stateRule } from '../core-samples.ts';
import { type Driver, drive, isCue } from '../show-driver.ts';

const say = (word: string): Action => ({ bridge: 'console', message: `/${word}`, roots: [] });

const step = (name: string, change: Partial<CueStep> = {}): CueStep => ({
  name,
  cue: name,
  do: [say(name)],
  level: null,
  follow: null,
  at: null,
  ...change,
});

const level = (name: string): CueStep =>
  step(name, {
    level: { ...stateRule(`main: ${name}`, 'false'), do: [say(name)], undo: [say(`${name}-off`)] },
  });

const list = (...steps: readonly CueStep[]): CueListEntry => ({ name: 'main', sameGoWithinMs: 150, steps });

const showOf = (entry: CueListEntry, change: Partial<Profile> = {}): Profile =>
  profileOf(placesOf(entry), { lists: [entry], ...change });

const GO: OperatorAction = { kind: 'go', list: 'main' };
const BACK: OperatorAction = { kind: 'back', list: null };

/** What left, each with how long after the start of the test. */
const sent = (show: Driver): readonly string[] =>
  show.left.flatMap(({ at, intent }) => (isCue(intent) ? [`${Math.round(at - 1000)} ${String(intent.message)}`] : []));

const words = (show: Driver): readonly (string | undefined)[] => sent(show).map(line => line.split(' ')[1]);

const refusals = (show: Driver): readonly string[] => show.answers.flatMap(({ refusal }) => refusal ?? []);

describe('GO', () => {
  it('twice within 150 ms from one control is one, and says so; from two controls both count', () => {
    const show = drive(showOf(list(step('a'), step('b'), step('c'), step('d'))), { isAbsent: true });
    show.act(GO, 'tablet');
    show.play(149);
    show.act(GO, 'tablet');
    show.play(1);
    show.act(GO, 'tablet');
    show.act(GO, 'keys');
    expect(sent(show)).toEqual(['0 /a', '150 /b', '150 /c']);
    expect(refusals(show)).toEqual(['the same control said so less than 150 ms ago: taken as one']);
  });

  it('says whose step it was', () => {
    const show = drive(showOf(list(step('a'))), { isAbsent: true });
    show.act(GO);
    expect(show.fired.map(({ what }) => what)).toEqual(['a: step 1 of main, by hand']);
  });

  it('of a list that is not there, or of a step, is answered with the nearest name', () => {
    const show = drive(showOf(list(step('finale'))), { isAbsent: true });
    show.act({ kind: 'go', list: 'mian' });
    show.act({ kind: 'go-to', list: null, step: 'final' });
    expect(refusals(show)).toEqual([
      'there is no cue list called "mian"; there are: main; did you mean "main"?',
      'main has no step "final"; there are: finale; did you mean "finale"?',
    ]);
  });

  it('while everything is muted moves the list on, and what it would have said is gone; a level is made up for', () => {
    const show = drive(showOf(list(step('a'), level('B'))), { isAbsent: true });
    show.act({ kind: 'mute', bridge: null, isOn: true });
    show.act(GO, 'one');
    show.act(GO, 'two');
    expect(sent(show)).toEqual([]);
    expect(show.dropped).toEqual(['a: step 1 of main, by hand']);
    show.play(100);
    show.act({ kind: 'mute', bridge: null, isOn: false });
    expect(sent(show)).toEqual(['100 /B']);
  });

  it('by a rule begins a step each time the rule fires', () => {
    const rule = { ...momentRule('bar', { kind: 'downbeat' }), do: [{ act: GO }, say('bar')] };
    const show = drive(profileOf([rule], { lists: [list(step('a'), step('b'))] }));
    show.start();
    show.play(2500);
    expect(words(show)).toEqual(['/a', '/bar', '/b', '/bar']);
    expect(show.fired[0]?.what).toBe('a: step 1 of main, bar: deck 1, bar 1');
  });
});

describe('back', () => {
  it('takes back the level that the step set, and fires nothing; the next GO begins the step again', () => {
    const show = drive(showOf(list(step('a'), level('B'), step('c'))), { isAbsent: true });
    for (const act of [GO, GO, BACK, GO, GO]) {
      show.act(act);
      show.play(1000);
    }
    expect(sent(show)).toEqual(['0 /a', '1000 /B', '2000 /B-off', '3000 /B', '4000 /c']);
    show.act(BACK);
    show.play(1000);
    show.act(BACK);
    expect(sent(show).slice(5)).toEqual(['6000 /B-off']);
  });

  it('at the start of the list says so', () => {
    const show = drive(showOf(list(step('a'))), { isAbsent: true });
    show.act(BACK);
    expect(refusals(show)).toEqual(['main is at its start']);
  });
});

describe('go to', () => {
  it('a step before the place ends the levels behind it, last first; of steps leapt over nothing leaves', () => {
    const show = drive(showOf(list(step('a'), level('B'), level('C'), level('D'), step('e'))), { isAbsent: true });
    for (const act of [GO, GO, GO]) {
      show.act(act);
      show.play(200);
    }
    show.act({ kind: 'go-to', list: 'main', step: 'a' });
    show.play(400);
    show.act({ kind: 'go-to', list: 'main', step: 'e' });
    expect(sent(show)).toEqual(['0 /a', '200 /B', '400 /C', '600 /C-off', '600 /B-off', '600 /a', '1000 /e']);
  });
});

describe('a level of a step', () => {
  it('is sent again when its bridge has missed it, and no one-shot is', () => {
    const show = drive(showOf(list(step('a'), level('B'))), { isAbsent: true });
    show.act(GO, 'one');
    show.act(GO, 'two');
    show.play(100);
    show.ready('console');
    expect(sent(show)).toEqual(['0 /a', '0 /B', '100 /B']);
  });

  it('outlives a restart and a reload, and back still ends it', () => {
    const profile = showOf(list(step('a'), level('B'), step('c')));
    const first = drive(profile, { isAbsent: true });
    first.act(GO, 'one');
    first.act(GO, 'two');
    const again = drive(profile, { isAbsent: true, memory: { memory: first.memory() as RestartState, ageMs: 3000 } });
    again.play(5000);
    again.reload(showOf(list(step('new'), step('a'), level('B'), step('c'))));
    expect(sent(again)).toEqual([]);
    again.act(BACK);
    expect(sent(again)).toEqual(['5000 /B-off']);
  });

  it('whose step is gone after a reload ends', () => {
    const show = drive(showOf(list(step('a'), level('B'))), { isAbsent: true });
    show.act(GO, 'one');
    show.act(GO, 'two');
    show.reload(showOf(list(step('a'))));
    expect(sent(show)).toEqual(['0 /a', '0 /B', '0 /B-off']);
  });
});

describe('a list that goes on by itself', () => {
  const beats = (count: number) => ({ follow: { kind: 'beats', beats: count } }) as const;
  const time = (ms: number) => ({ follow: { kind: 'time', ms } }) as const;

  it('after a time begins the next step that long after the one before, and so on, at the very time', () => {
    const show = drive(showOf(list(step('a', time(300)), step('b', time(50)), step('c'))), { isAbsent: true });
    show.act(GO);
    show.play(1000);
    expect(sent(show)).toEqual(['0 /a', '300 /b', '350 /c']);
    expect(show.fired[2]?.what).toBe('c: step 3 of main, after b');
  });

  it('after beats counts them on the deck, at whatever tempo it plays', () => {
    const show = drive(showOf(list(step('a', beats(8)), step('b'))));
    show.start();
    show.play(1000);
    show.act(GO);
    show.play(1000);
    show.turn(0.5);
    show.play(8000);
    // Two beats in the first second, and six more in six: to within the half beat that reports at 120 BPM leave open.
    expect(words(show)).toEqual(['/a', '/b']);
    expect(show.fired[1]?.at).toBeGreaterThan(1000 + 8000 - 500);
    expect(show.fired[1]?.at).toBeLessThan(1000 + 8000 + 500);
  });

  it('after beats waits while the deck stands, and counts on over a jump and in a loop', () => {
    const show = drive(showOf(list(step('a', beats(8)), step('b'))));
    show.start();
    show.play(1000);
    show.act(GO);
    show.play(1000);
    show.jumpTo(33.0);
    show.play(500);
    show.loop(1, 2);
    expect(sent(show)).toEqual(['1000 /a']);
    show.pause();
    show.play(10_000);
    expect(sent(show)).toEqual(['1000 /a']);
    show.start();
    show.play(3000);
    expect(sent(show)).toHaveLength(2);
  });

  it('does not when back was said before', () => {
    const show = drive(showOf(list(step('a', time(300)), step('b'))), { isAbsent: true });
    show.act(GO);
    show.act(BACK);
    show.play(1000);
    expect(sent(show)).toEqual(['0 /a']);
  });

  it('begins the step that is selected by then', () => {
    const show = drive(showOf(list(step('a', time(300)), step('b'), step('c'))), { isAbsent: true });
    show.act(GO);
    show.act({ kind: 'select', list: null, by: 1 });
    show.play(1000);
    expect(sent(show)).toEqual(['0 /a', '300 /c']);
  });

  it('too late, for the program was held up or was not there, does not: the step stays armed, and GO begins it', () => {
    const profile = showOf(list(step('a', time(300)), step('b')));
    const first = drive(profile, { isAbsent: true });
    first.act(GO);
    const memory = first.memory() as RestartState;
    const again = drive(profile, { isAbsent: true, memory: { memory, ageMs: 3000 } });
    again.play(1000);
    expect(sent(again)).toEqual([]);
    expect(again.dropped).toEqual(['b: b of main, after a']);
    again.act(GO);
    expect(sent(again)).toEqual(['1000 /b']);

    const soon = drive(profile, { isAbsent: true, memory: { memory, ageMs: 100 } });
    soon.play(1000);
    expect(sent(soon)).toEqual(['200 /b']);
  });

  it('at a place begins its step there if that is armed, and at no other time', () => {
    const at = {
      at: { anchor: { kind: 'phrase-kind', phraseKind: 'chorus', nth: null }, offset: null, text: 'chorus' },
    };
    const show = drive(showOf(list(step('a'), step('b', at as Partial<CueStep>), step('c'))));
    show.start();
    show.play(20_000);
    // The first chorus, beat 17, came while nothing but a was armed.
    expect(sent(show)).toEqual([]);
    show.act(GO);
    show.play(10_000);
    expect(words(show)).toEqual(['/a', '/b']);
    expect(show.fired[1]?.what).toBe('b: deck 1, step 2 of main, chorus 2');
  });
});

describe('after a crash', () => {
  it('no step begins twice, whenever it came: the place was written before anything left', () => {
    const profile = showOf(list(step('a'), step('b'), step('c')));
    for (const before of [1, 2, 3]) {
      const first = drive(profile, { isAbsent: true });
      for (let i = 0; i < before; i++) first.act(GO, `control ${i}`);
      const again = drive(profile, { isAbsent: true, memory: { memory: first.memory() as RestartState, ageMs: 1000 } });
      for (let i = 0; i < 4; i++) again.act(GO, `control ${i}`);
      const all = [...words(first), ...words(again)];
      expect(all).toEqual(['/a', '/b', '/c']);
    }
  });
});
