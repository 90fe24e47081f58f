import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { problemText } from '../../../src/profile/problem-text.ts';

const load = (controls: string, cues = '  drop: [{ console: /drop }]') =>
  loadProfile(
    `decklight: 1
name: test
bridges:
  booth: { type: cdj-hid }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
cues:
${cues}
  safe: [{ console: /safe }]
panic: safe
controls:
${controls}
`,
    'test.yaml',
    BRIDGES,
    NO_LIBRARY,
  );

const problems = (controls: string, cues?: string): readonly string[] => {
  const loaded = load(controls, cues);
  return loaded.ok ? [] : loaded.problems.map(problemText);
};

describe('controls of a profile', () => {
  it('are read: what a button and a wheel do, each as words, a cue or a list', () => {
    const loaded = load(`  booth:
    drop-if-late-by: 2 s
    buttons:
      play-pause: { press: drop, long-press: panic }
      hot-cue-a: { press: mute console on, release: mute console off }
      cue: { press: [pin 2, drop, { console: "/x/\${deck.tempoBpm}" }], double-press: pin off, wait: true }
    turns:
      browse-encoder: { forward: drop }`);
    if (!loaded.ok) throw new Error(loaded.problems.map(problemText).join('\n'));
    expect(loaded.warnings).toEqual([]);
    const none = { press: null, release: null, longPress: null, doublePress: null, waits: false };
    const fire = { act: { kind: 'fire', cue: 'drop' } };
    expect(loaded.profile.surfaces).toMatchObject([{ bridge: 'booth', dropIfLateByMs: 2000 }]);
    expect([...(loaded.profile.surfaces[0]?.buttons ?? [])]).toEqual([
      ['play-pause', { ...none, press: [fire], longPress: [{ act: { kind: 'panic' } }] }],
      [
        'hot-cue-a',
        {
          ...none,
          press: [{ act: { kind: 'mute', bridge: 'console', isOn: true } }],
          release: [{ act: { kind: 'mute', bridge: 'console', isOn: false } }],
        },
      ],
      [
        'cue',
        {
          ...none,
          press: [
            { act: { kind: 'pin', deck: 2 } },
            fire,
            { bridge: 'console', message: expect.anything(), roots: ['deck'] },
          ],
          doublePress: [{ act: { kind: 'automatic' } }],
          waits: true,
        },
      ],
    ]);
    expect([...(loaded.profile.surfaces[0]?.wheels ?? [])]).toEqual([
      ['browse-encoder', { forward: [fire], reverse: [] }],
    ]);
  });

  it('that stand somewhere are read: messages alone, or with a dead band and a pace, in a layer too', () => {
    const loaded = load(`  booth:
    values:
      tempo-slider: [{ console: "/x/\${control.value}" }]
      jog-position: { do: [{ console: "/y/\${control.turnsPerSecond}" }], dead-band: 0.1, every: 50 ms }
    layers:
      shift: { while: slip, values: { tempo-slider: [{ console: "/z/\${control.value}" }] } }`);
    if (!loaded.ok) throw new Error(loaded.problems.map(problemText).join('\n'));
    const [surface] = loaded.profile.surfaces;
    expect([...(surface?.values ?? [])]).toMatchObject([
      ['tempo-slider', { do: [{ bridge: 'console' }], deadBand: 0, everyMs: 0, stepsPerTurn: null }],
      ['jog-position', { deadBand: 0.1, everyMs: 50, stepsPerTurn: 9728 }],
    ]);
    expect([...(surface?.layers[0]?.values.keys() ?? [])]).toEqual(['tempo-slider']);
  });

  it('and a console are a whole show: nothing is missed', () => {
    const loaded = load('  booth: { buttons: { cue: { press: drop } } }');
    expect(loaded.ok && loaded.warnings).toEqual([]);
  });

  it.each([
    [
      'booth: { buttons: { play-puase: { press: drop } } }',
      /11:23: error: unknown key "play-puase"; did you mean "play-pause"\?/,
    ],
    ['booth: { buttons: { jog-adjust: { press: drop } } }', /jog-adjust is not reported by the player/],
    ['booth: { buttons: { shortcut: { press: drop } } }', /shortcut is not reported by the player/],
    ['booth: { buttons: { tempo-slider: { press: drop } } }', /tempo-slider tells a value: it belongs to values/],
    [
      'booth: { buttons: { browse-encoder: { press: drop } } }',
      /browse-encoder is turned step by step: it belongs to turns/,
    ],
    ['booth: { turns: { cue: { forward: drop } } }', /cue is pressed: it belongs to buttons/],
    ['booth: { turns: { jog-position: { forward: drop } } }', /jog-position tells a value: it belongs to values/],
    ['booth: { values: { cue: [{ console: /x }] } }', /cue is pressed: it belongs to buttons/],
    [
      'booth: { values: { tempo-silder: [{ console: /x }] } }',
      /unknown key "tempo-silder"; did you mean "tempo-slider"\?/,
    ],
    ['booth: { values: { tempo-slider: drop } }', /expected a list of actions, or a map of do, dead-band and every/],
    [
      'booth: { values: { tempo-slider: { do: [{ console: /x }], deadband: 0.1 } } }',
      /unknown key "deadband"; did you mean "dead-band"\?/,
    ],
    [
      'booth: { values: { tempo-slider: { do: [{ console: /x }], dead-band: 2 } } }',
      /expected a number from 0 to 1, found "2"/,
    ],
    [
      'booth: { values: { tempo-slider: [{ console: "/x/${control.valu}" }] } }',
      /11:62: error: unknown fact "valu" of control.*did you mean "value"\?/,
    ],
    [
      'booth: { values: { tempo-slider: [{ console: "/x/${control.turnsPerSecond}" }] } }',
      /control.turnsPerSecond is of jog-position alone; tempo-slider has control.value/,
    ],
    [
      'booth: { buttons: { cue: { press: [{ console: "/x/${control.value}" }] } } }',
      /control.value is known to messages under values: of a surface alone/,
    ],
    [
      'booth: { leds: { play: control.value > 0 } }',
      /control.value is known to messages under values: of a surface alone/,
    ],
    ['booth: { turns: { browse-encoder: {} } }', /nothing is bound to it; expected select, forward or reverse/],
    ['booth: { buttons: { cue: {} } }', /nothing is bound to it; expected press, release/],
    ['booth: { buttons: { cue: { press: drop, wait: true } } }', /wait is about a press that may become a double one/],
    ['booth: { buttons: { cue: { press: drp } } }', /unknown cue "drp"; did you mean "drop"\?/],
    ['booth: { buttons: { cue: { press: pin 5 } } }', /expected pin 1 to pin 4, or pin off, found "pin 5"/],
    ['booth: { buttons: { cue: { press: panic now } } }', /panic stands alone/],
    ['booth: { buttons: { cue: { press: mute consle } } }', /unknown bridge "consle"; did you mean "console"\?/],
    ['booth: { buttons: { cue: { press: mute console on off } } }', /expected mute, mute on, mute off, or a bridge/],
    ['console: { buttons: {} }', /console is of type osc, which has no controls; those that do: booth/],
    ['boot: { buttons: {} }', /unknown bridge "boot"; did you mean "booth"\?/],
  ])('%s is refused in one line', (controls, line) => {
    const found = problems(`  ${controls}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(line);
  });

  it('a control that is bound twice is refused, with where it stands first', () => {
    const twice = '  booth:\n    buttons:\n      cue: { press: drop }\n      cue: { press: safe }';
    expect(problems(twice).join('\n')).toMatch(/"cue".*line 13|cue.*twice/);
  });

  it.each(['go', 'back', 'select', 'pin', 'mute', 'panic'])('no cue can be called %s, a word of operators', word => {
    const found = problems(
      '  booth: { buttons: { cue: { press: drop } } }',
      `  drop: [{ console: /d }]\n  ${word}: [{ console: /x }]`,
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`"${word}" is a word of operators`));
  });
});
