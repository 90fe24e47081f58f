import { describe, expect, it } from 'vitest';
import type { Profile } from '../../src/core/profile.ts';
import type { Action } from '../../src/core/rules/rule.ts';
import { steadyGrid } from '../../src/core/track/beat-grid.ts';
import { momentRule, profileOf, stateRule, timecode, trackEntry } from '../core/core-samples.ts';
import { drive, isCue } from '../core/show-driver.ts';

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

  it('takes timecode to its new outputs, and ends it as at a stop where it no longer goes', () => {
    const to = (...bridges: string[]) => profileOf([], { timecodes: [timecode({ to: bridges })] });
    const driver = drive(to('daw'), { playsAtBeat: 10 });
    driver.play(1000);
    const before = driver.left.length;
    driver.reload(to('lasers'));
    const told = driver.left.slice(before).flatMap(({ intent }) => (intent.kind === 'run' ? [intent] : []));
    expect(told.map(({ bridge, anchor }) => [bridge, anchor.join, anchor.speed === 0])).toEqual([
      ['daw', 'locate', true],
      ['lasers', 'locate', false],
    ]);
  });

  it('takes the last timecode away, and does not look for it for ever', () => {
    const driver = drive(profile(), { playsAtBeat: 10 });
    driver.play(1000);
    driver.reload(profileOf([]));
    const before = driver.looks();
    driver.play(5000);
    expect(driver.looks() - before).toBeLessThan(100);
    expect(driver.state().timecodes.size).toBe(0);
  });

  it('leaves everything muted that is, whatever it is called by then', () => {
    const to = (bridge: string) =>
      profileOf([stateRule('chorus', 'phrase.kind == chorus', { do: [{ ...say('on'), bridge }], undo: [] })]);
    const driver = drive(to('console'), { playsAtBeat: 14 });
    driver.act({ kind: 'mute', bridge: null, isOn: null });
    driver.reload(to('desk'));
    driver.play(4000);
    expect(wordsOf(driver)).toEqual([]);
    driver.act({ kind: 'mute', bridge: null, isOn: null });
    expect(driver.left.flatMap(({ intent }) => (isCue(intent) ? [intent.bridge] : []))).toEqual(['desk']);
    driver.act({ kind: 'mute', bridge: null, isOn: null });
    expect(driver.state().hands.isAllMuted).toBe(true);
  });

  it('of a level that is muted: at the end of the mute what stood ends, and what is wanted begins', () => {
    const driver = drive(profile(chorus('red')), { playsAtBeat: 20 });
    driver.play(500);
    driver.act({ kind: 'mute', bridge: null, isOn: true });
    driver.reload(profile(chorus('blue')));
    driver.act({ kind: 'mute', bridge: null, isOn: false });
    expect(wordsOf(driver)).toEqual(['/red', '/no red', '/blue']);
  });

  it('a unit that has another name by then is met anew, and nothing stands on decks of the old one', () => {
    const named = (unit: string) =>
      profileOf([stateRule('playing', 'deck.isPlaying', { do: [say('on')], undo: [say('off')], decks: 'any' })], {
        bridges: [{ name: unit, type: 'opus-quad', options: {}, latencyMs: 0 }],
      });
    const driver = drive(named('opus'), { playsAtBeat: 10 });
    driver.play(1000);
    expect(wordsOf(driver)).toEqual(['/on']);
    driver.reload(named('quad'));
    expect(wordsOf(driver)).toEqual(['/on', '/off']);
    expect(driver.state().show.decks.size).toBe(0);
  });

  it('of the grid of the playing track fires nothing twice', () => {
    const cue = momentRule('cue', { kind: 'time', positionMs: 10_000 }, null, { do: [say('cue')] });
    const tempo = (bpm: number) => {
      const tracks = [trackEntry(7, null, null, steadyGrid(0, bpm))];
      return profileOf([cue], { tracks });
    };
    for (const bpm of [116, 118, 122, 124, 130]) {
      const driver = drive(tempo(120), { playsAtBeat: 18 });
      // 10 s into a track of 120 BPM is beat 21.
      driver.play(1700);
      driver.reload(tempo(bpm));
      driver.play(5000);
      expect(wordsOf(driver), `${bpm} BPM`).toEqual(['/cue']);
    }
  });
});
