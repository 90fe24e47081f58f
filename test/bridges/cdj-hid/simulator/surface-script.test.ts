import { describe, expect, it } from 'vitest';
import { drawPlayer } from '../../../../bridges/cdj-hid/simulator/draw.ts';
import { parseSurfaceScript } from '../../../../bridges/cdj-hid/simulator/surface-script.ts';
import { surfaceRig } from '../session-rig.ts';

const SCRIPT = `
0:02    press play-pause             # the first cue
0:04    press cue for 700 ms
0:05.5  turn browse-encoder by -3
0:06    put tempo-slider to 40 %
0:07    touch needle at 50 %
0:08    jog by 0.5 turns in 900 ms
0:10    unplug for 2 s
0:15    reset
0:18    leave for 3 s
`;

/** Lets a script happen to the simulated player of a rig. */
function played(script: string) {
  const parsed = parseSurfaceScript(script, 'hands.txt');
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  const rig = surfaceRig();
  rig.plug();
  for (const { at, act } of parsed.acts) {
    rig.clock.at(at, () => {
      if (act.kind === 'unplug') rig.unplug();
      else if (act.kind === 'plug') rig.plug();
      else if (act.kind === 'reset' || act.kind === 'control-mode') rig.feedPlayer(act);
      else rig.act(act);
    });
  }
  return rig;
}

describe('a script of hands', () => {
  it('is what a session hears, in its order', () => {
    const rig = played(SCRIPT);
    rig.pass(25_000);
    const heard = rig.events.map(event =>
      event.kind === 'control' ? `${event.control} ${event.gesture}` : event.kind,
    );
    expect(heard.filter((text, i) => text !== heard[i - 1])).toEqual(
      [
        'surface.found',
        'play-pause press',
        'play-pause release',
        'cue press',
        'cue long-press',
        'cue release',
        'browse-encoder turn',
        'tempo-slider value',
        'needle-search-touch press',
        'needle-search-position value',
        'needle-search-touch release',
        'jog-direction value',
        'jog-touch press',
        'jog-position turn',
        'jog-touch long-press',
        'jog-position turn',
        'jog-touch release',
        'jog-direction value',
        'jog-position turn',
        'surface.lost',
        'surface.found',
        'surface.lost',
        'surface.found',
        'surface.lost',
        'surface.found',
      ].filter((text, i, all) => text !== all[i - 1]),
    );
    const turned = rig.events.reduce(
      (sum, event) =>
        event.kind === 'control' && event.control === 'jog-position' && event.gesture === 'turn'
          ? sum + event.count
          : sum,
      0,
    );
    expect(turned).toBe(9728 / 2);
    expect(rig.events.find(event => event.kind === 'control' && event.control === 'tempo-slider')).toMatchObject({
      value: 0.4,
    });
  });

  it('tells every mistake with its line, and what was expected', () => {
    const parsed = parseSurfaceScript(
      '0:01 press ceu\nlater press cue\n0:02 put tempo-slider to 140 %\n0:03 dance',
      'hands.txt',
    );
    expect(parsed.ok ? [] : parsed.mistakes).toEqual([
      'hands.txt:1: error: there is no button "ceu"; did you mean "cue"?',
      'hands.txt:2: error: expected a time and what is done, such as "0:02 press cue"',
      'hands.txt:3: error: tempo-slider: expected -100 to 100 %',
      expect.stringMatching(/^hands\.txt:4: error: "dance" is nothing that hands do; expected "press cue", /),
    ]);
  });
});

describe('a player drawn as text', () => {
  it('has its lamps, numbers, texts and rows', () => {
    const rig = played('');
    rig.show({
      'play-led': 'on',
      'sync-led': 'off',
      'elapsed-time': 83_456,
      'track-length': 304_250,
      bpm: 128.5,
      'tempo-delta': 2.35,
      'loop-size': 4,
      title: 'Strobe',
      artist: 'deadmau5',
      key: 'Am',
      rows: [
        { text: 'intro', color: 'grey', icon: 'none', isSelected: false },
        { text: 'drop', color: 'white', icon: 'playing', isSelected: true },
      ],
    });
    rig.pass(1500);
    const [head, lampsA = '', lampsB = '', numbers, texts, settings, ...rows] = drawPlayer(rig.player());
    expect(head).toBe('CDJ2000NXS2: logged in by PioneerDJ');
    expect(`${lampsA}${lampsB}`).toContain('[PLAY] cue ');
    expect(`${lampsA}${lampsB}`.match(/\[/g)).toHaveLength(1);
    expect(numbers).toBe('1:23.456 of 5:04.250  128.5 BPM  2.35 %');
    expect(texts).toBe('Strobe - deadmau5 - key Am');
    expect(settings).toBe('bpm-visible, loop-size 4');
    expect(rows).toEqual(['|  intro {grey}', '|> (playing) drop']);
  });

  it('that hears nothing for a second is dark', () => {
    const rig = played('');
    rig.show({ 'play-led': 'on', title: 'Strobe' });
    rig.pass(1500);
    rig.feed({ kind: 'gone', why: 'the program' });
    rig.pass(1100);
    const drawn = drawPlayer(rig.player());
    expect(drawn[0]).toBe('CDJ2000NXS2: dark');
    expect(drawn.join('\n')).not.toMatch(/\[PLAY\]|Strobe/);
  });
});
