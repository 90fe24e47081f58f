/** What people will really type wrong at a surface: each gets one clear line at the right place. */
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../bridges/index.ts';
import { NO_LIBRARY } from '../../src/core/track/media-library.ts';
import { loadProfile } from '../../src/profile/load.ts';

const HEAD = `decklight: 1
bridges:
  booth: { type: cdj-hid }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
  daw: { type: midi, device: Show }
cues: { drop: [{ console: /drop }], note: [{ daw: { note: C3, for: 2 s } }] }
panic: drop
cue-lists: { main: [drop] }
controls:
  booth:
    `;

const load = (section: string) => loadProfile(`${HEAD}${section}\n`, 'show.yaml', BRIDGES, NO_LIBRARY);

describe('at a surface', () => {
  it.each<[string, string, string, RegExp]>([
    ['a lamp misspelt', 'leds: { plya: deck.isPlaying }', 'plya', /unknown key "plya"; did you mean "play"\?/],
    ['a lamp twice', 'leds: { play: deck.isPlaying, play-led: deck.isStale }', 'play-led', /play-led is written twice/],
    ['a lamp of a pad', 'leds: { hot-cue-a: deck.isPlaying }', 'hot-cue-a', /pads of a CDJ have no lamps/],
    ['a cue of a lamp', 'leds: { play: cue.drap.isArmed }', 'drap', /unknown cue "drap"; did you mean "drop"\?/],
    [
      'a state of a lamp',
      'leds: { play: cue.drop.isArmd }',
      'cue.drop.isArmd',
      /unknown fact "isArmd" of cue.drop; did you mean "isArmed"\?/,
    ],
    ['a lamp that nothing lights', 'leds: { play: {} }', '{}', /nothing lights it/],
    ['rows of no list', 'screen: { rows: list mian }', 'list mian', /unknown cue list "mian"; did you mean "main"\?/],
    ['a field that there is not', 'screen: { titel: x }', 'titel', /unknown key "titel"; did you mean "title"\?/],
    ['a word that a field cannot show', 'screen: { loop-size: 5 }', '5', /loop-size: expected one of/],
    ['a time of no timecode', 'screen: { time: timecode main }', 'timecode main', /no timecode/],
    [
      'a turn of no list',
      'turns: { browse-encoder: { select: mian } }',
      'mian',
      /unknown cue list "mian"; did you mean "main"/,
    ],
    [
      'a control that is not told',
      'buttons: { jog-adjust: { press: drop } }',
      'jog-adjust',
      /not reported by the player/,
    ],
    [
      'a layer by no button',
      'layers: { shift: { while: slpi, buttons: { cue: { press: drop } } } }',
      'slpi',
      /unknown button "slpi"; did you mean "slip"\?/,
    ],
    [
      'a layer of itself',
      'layers: { shift: { while: slip, buttons: { slip: { press: drop } } } }',
      'slip',
      /what makes this layer/,
    ],
    [
      'a fact of the show in a rule',
      'buttons: { cue: { press: [{ console: { address: /a, args: ["${list.main.step}"] } }] } }',
      'list.main.step',
      /known to lamps and screens alone/,
    ],
  ])('%s is one line at its place', (_, section, part, message) => {
    const loaded = load(section);
    const problems = loaded.ok ? [] : loaded.problems;
    expect(problems.map(each => each.message)).toEqual([expect.stringMatching(message)]);
    const source = `${HEAD}${section}`;
    const at = source.lastIndexOf(part);
    const [problem] = problems;
    expect([problem?.line, problem?.column]).toEqual([
      source.slice(0, at).split('\n').length,
      at - source.lastIndexOf('\n', at),
    ]);
  });

  it('a whole surface is taken without a word', () => {
    const loaded = load(
      'screen: { rows: list main, title: "${list.main.step}", time: next cue, bpm: "${master.tempoBpm}" }\n    leds: { play: cue.drop.isRunning }',
    );
    expect(loaded.ok ? loaded.warnings.map(({ message }) => message) : loaded.problems).toEqual([]);
  });

  it('rows alone are warned of: they are seen in the browse view alone', () => {
    const loaded = load('screen: { rows: list main }');
    expect(loaded.ok ? loaded.warnings.map(({ message }) => message) : []).toEqual([
      expect.stringMatching(/^rows are seen in the browse view of the player alone/),
    ]);
  });

  it('a message with a length says how long its cue runs', () => {
    const loaded = load('buttons: { cue: { press: note } }');
    const [action] = loaded.ok ? (loaded.profile.cues.get('note') ?? []) : [];
    expect([action?.cue, action?.lastsMs]).toEqual(['note', 2000]);
  });
});
