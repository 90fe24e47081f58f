import { describe, expect, it } from 'vitest';
import { parseHands } from '../../../../bridges/cdj-hid/simulator/surface-set.ts';
import { parseDjScript } from '../../../../bridges/opus-quad/simulator/dj-script.ts';

const SET = `
set: two hands
length: 0:30
repeat: true
acts:
  - { at: 0:00, deck: 1, load: Night Tram }
  - { at: 0:06, surface: all, turn: browse-encoder by 2 }
  - { at: 0:04, surface: left, press: play-pause for 200 ms }
  - { at: 0:05, surface: right, press: cue }
  - { at: 0:20, surface: left, unplug: for 2 s }
`;

const names = ['left', 'right'];

describe('hands in a set', () => {
  it('are those of one surface and those of all, in order of time, without the decks', () => {
    const parsed = parseHands(SET, 'set.yaml', { name: 'left', names });
    expect(parsed).toEqual({
      ok: true,
      hands: {
        lengthMs: 30_000,
        repeats: true,
        acts: [
          { at: 4000, act: { kind: 'hold', control: 'play-pause' }, text: 'press play-pause for 200 ms' },
          { at: 4200, act: { kind: 'let-go', control: 'play-pause' }, text: null },
          { at: 6000, act: { kind: 'turn', control: 'browse-encoder', by: 2 }, text: 'turn browse-encoder by 2' },
          { at: 20_000, act: { kind: 'unplug' }, text: 'unplug for 2 s' },
          { at: 22_000, act: { kind: 'plug' }, text: null },
        ],
      },
    });
  });

  it('are nothing to the decks of the same set', () => {
    const parsed = parseDjScript(SET, 'set.yaml');
    expect(parsed.ok ? parsed.set.acts.map(({ text }) => text) : parsed.mistakes).toEqual(['deck 1: load Night Tram']);
  });

  it('tell every mistake with its place', () => {
    const wrong = `
set: x
lenght: 0:30
acts:
  - { at: 0:01, surface: lfet, press: cue }
  - { at: 0:02, surface: left, press: ceu }
  - { surface: left, press: cue }
  - { at: 0:03, surface: left }
  - { at: 0:04, surface: left, dance: on }
  - { at: 0:05, surface: booth, press: cue }
`;
    const parsed = parseHands(wrong, 'set.yaml', { name: 'left', names });
    const words = 'press, turn, put, touch, jog, unplug, leave, reset';
    expect(parsed.ok ? [] : parsed.mistakes).toEqual([
      'set.yaml:3:1: error: unknown word "lenght", expected one of: set, seed, length, repeat, quirks, acts',
      'set.yaml:5:5: error: there is no simulated surface "lfet"; did you mean "left"?',
      'set.yaml:6:32: error: there is no button "ceu"; did you mean "cue"?',
      'set.yaml:7:5: error: an act needs a time, such as at: 0:30',
      `set.yaml:8:5: error: an act needs a word, one of: ${words}`,
      `set.yaml:9:32: error: unknown word "dance", expected one of: ${words}`,
      'set.yaml:10:5: error: there is no simulated surface "booth"; there are: left, right, all',
    ]);
  });
});
