import { describe, expect, it } from 'vitest';
import type { Action, Profile } from '../src/core/profile.ts';
import { drive, isCue } from './core/driver.ts';
import { momentRule, profileOf, stateRule, timecode } from './core/samples.ts';

const say = (word: string): Action => ({ bridge: 'console', message: { address: `/${word}`, args: [] }, roots: [] });
const beats = (word = 'beat') =>
  momentRule('every beat', { kind: 'every', count: 1, unit: 'beats' }, null, { do: [say(word)] });
const chorus = (word = 'on') =>
  stateRule('chorus', 'phrase.kind == chorus', { do: [say(word)], undo: [say(`no ${word}`)] });
const profile = (...rules: Profile['rules']): Profile => profileOf(rules, { timecodes: [timecode()] });

const wordsOf = (driver: ReturnType<typeof drive>): string[] =>
  driver.left.flatMap(({ intent }) => (isCue(intent) ? [(intent.message as { address: string }).address] : []));

describe('a reload in the middle of the show', () => {
  it('changes nothing where the profile says the same', () => {
    const told = (reloads: boolean): unknown => {
      const driver = drive(profile(beats(), chorus()), { playsAtBeat: 10 });
      for (let i = 0; i < 40; i++) {
        driver.play(370);
        if (reloads) driver.reload(profile(beats(), chorus()));
      }
      return {
        cues: driver.left.filter(({ intent }) => isCue(intent)).map(({ intent }) => intent),
        anchors: driver.left.filter(({ intent }) => intent.kind === 'run' && intent.anchor.join !== 'on'),
      };
    };
    expect(told(true)).toEqual(told(false));
  });

  it('fires nothing that has gone by, and what comes by the new rules', () => {
    const driver = drive(profile(), { playsAtBeat: 10 });
    driver.play(1100);
    driver.reload(profile(beats('new')));
    expect(wordsOf(driver)).toEqual([]);
    // 120 BPM from beat 10: after 1.1 s it is in beat 12; 1 s later in beat 14.
    driver.play(1000);
    expect(wordsOf(driver)).toEqual(['/new', '/new']);
  });

  it('ends a level whose rule is gone, changes one that says something else, leaves the rest', () => {
    const driver = drive(profile(chorus()), { playsAtBeat: 20 });
    driver.play(1000);
    driver.reload(profile(chorus('ON')));
    expect(wordsOf(driver)).toEqual(['/on', '/no on', '/ON']);
    driver.reload(profile());
    expect(wordsOf(driver)).toEqual(['/on', '/no on', '/ON', '/no ON']);
    driver.reload(profile(chorus()));
    expect(wordsOf(driver).at(-1)).toBe('/on');
  });

  it('keeps nudges, pins and mutes', () => {
    const driver = drive(profile(beats()), { playsAtBeat: 10 });
    driver.act({ kind: 'nudge', timecode: null, frames: 2 });
    driver.act({ kind: 'mute', bridge: null, isOn: true });
    const before = wordsOf(driver).length;
    driver.reload(profile(beats('other')));
    driver.play(2000);
    expect(wordsOf(driver).length).toBe(before);
    expect(driver.state().hands.nudges.get('main')).toBe(2);
  });

  it('takes timecode to its new outputs, and silences those it no longer goes to', () => {
    const to = (...bridges: string[]) => profileOf([], { timecodes: [timecode({ to: bridges })] });
    const driver = drive(to('daw'), { playsAtBeat: 10 });
    driver.play(1000);
    const before = driver.left.length;
    driver.reload(to('lasers'));
    const told = driver.left.slice(before).flatMap(({ intent }) => (intent.kind === 'run' ? [intent] : []));
    expect(told.map(({ bridge, anchor }) => [bridge, anchor.join])).toEqual([
      ['daw', 'silence'],
      ['lasers', 'locate'],
    ]);
  });
});
