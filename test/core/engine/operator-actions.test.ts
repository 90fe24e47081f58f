import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../src/core/engine/intents.ts';
import type { OperatorAction } from '../../../src/core/operator-action.ts';
import type { Action } from '../../../src/core/rules/rule.ts';
import { rounds } from '../../rounds.ts';
import { momentRule, profileOf, stateRule, timecode } from '../core-samples.ts';
import { type Driver, drive, isCue } from '../show-driver.ts';

const say = (bridge: string, word: string): Action => ({
  bridge,
  message: { address: `/${word}`, args: [] },
  roots: [],
});

/** A moment and a level, each to two bridges; a cue; timecode to one of the bridges. */
const profile = profileOf(
  [
    momentRule('every beat', { kind: 'every', count: 1, unit: 'beats' }, null, {
      do: [say('console', 'beat'), say('video', 'beat')],
    }),
    stateRule('chorus', 'phrase.kind == chorus', {
      do: [say('console', 'on'), say('video', 'on')],
      undo: [say('console', 'off'), say('video', 'off')],
    }),
  ],
  {
    cues: new Map([
      ['drop', [say('console', 'drop')]],
      ['safe', [say('console', 'safe'), say('daw', 'safe')]],
    ]),
    panic: { cue: 'safe', do: [say('console', 'safe'), say('daw', 'safe')] },
    timecodes: [timecode({ to: ['daw'] })],
  },
);

const words = (intents: readonly Intent[], kind: string | null = null): string[] =>
  intents
    .filter(isCue)
    .filter(intent => kind === null || intent.kind === kind)
    .map(({ bridge, message }) => `${bridge} ${(message as { address: string }).address}`);

/** What leaves because of something. */
function leaving(driver: Driver, run: () => void): Intent[] {
  const before = driver.left.length;
  run();
  return driver.left.slice(before).map(({ intent }) => intent);
}

const mute = (bridge: string | null, isOn: boolean | null): OperatorAction => ({ kind: 'mute', bridge, isOn });
const playing = (beat: number) => {
  const driver = drive(profile, { playsAtBeat: beat });
  driver.play(3000);
  return driver;
};

describe('a mute', () => {
  it('holds back cues and not timecode; what would have fired is gone, and told', () => {
    const driver = playing(1);
    driver.act(mute(null, true));
    const left = leaving(driver, () => driver.play(4000));
    expect(words(left)).toEqual([]);
    expect(left.some(({ kind }) => kind === 'run')).toBe(true);
    expect(driver.dropped.filter(text => text.startsWith('every beat')).length).toBeGreaterThanOrEqual(14);
    expect(words(leaving(driver, () => driver.act(mute(null, false))))).toEqual([]);
  });

  it('at its end levels are brought to where they are by then, and only those that changed meanwhile', () => {
    // The chorus runs from beat 17 to 33: muted before it, freed in it.
    const driver = playing(8);
    driver.act(mute(null, null));
    driver.play(3000);
    expect(words(leaving(driver, () => driver.act(mute(null, null))))).toEqual(['console /on', 'video /on']);
    // Muted in the chorus, freed after it.
    driver.act(mute(null, null));
    driver.play(10_000);
    expect(words(leaving(driver, () => driver.act(mute(null, null))))).toEqual(['console /off', 'video /off']);
    driver.act(mute(null, null));
    expect(words(leaving(driver, () => driver.act(mute(null, null))))).toEqual([]);
  });

  it('of one bridge by name leaves the others alone, and silences its timecode', () => {
    const driver = playing(8);
    driver.act(mute('video', true));
    const left = words(leaving(driver, () => driver.play(3000)));
    expect(left).toContain('console /on');
    expect(left.filter(text => text.startsWith('video'))).toEqual([]);
    expect(words(leaving(driver, () => driver.act(mute('video', false))))).toEqual(['video /on']);

    const silenced = leaving(driver, () => driver.act(mute('daw', true)));
    expect(silenced.flatMap(intent => (intent.kind === 'run' ? [intent.anchor.join] : []))).toEqual(['silence']);
    expect(leaving(driver, () => driver.play(2000)).filter(({ kind }) => kind === 'run')).toEqual([]);
    const back = leaving(driver, () => driver.act(mute('daw', false)));
    expect(back.flatMap(intent => (intent.kind === 'run' ? [intent.anchor.join] : []))).toEqual(['locate']);
  });

  it('lets go of whatever sounds', () => {
    const driver = playing(1);
    const released = leaving(driver, () => driver.act(mute(null, true))).filter(({ kind }) => kind === 'release');
    expect(released.map(({ bridge }) => bridge).sort()).toEqual(['console', 'daw', 'video']);
  });

  it('whatever is muted and freed in whatever order, at the end each bridge has the levels that hold', () => {
    const bridge = fc.constantFrom(null, 'console', 'video');
    const moves = fc.array(fc.record({ bridge, isOn: fc.boolean(), ms: fc.integer({ min: 0, max: 6000 }) }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(moves, list => {
        const driver = drive(profile, { playsAtBeat: 10 });
        driver.play(1000);
        for (const { bridge, isOn, ms } of list) {
          driver.act(mute(bridge, isOn));
          driver.play(ms);
        }
        for (const name of [null, 'console', 'video']) driver.act(mute(name, false));
        const cues = words(
          driver.left.map(({ intent }) => intent),
          'hold',
        );
        for (const name of ['console', 'video']) {
          const told = cues.filter(text => text.startsWith(name)).map(text => text.split(' ')[1]);
          // Never the same twice in a row, and the last word is the truth.
          expect(told.every((word, i) => word !== told[i - 1])).toBe(true);
          expect(told.at(-1) === '/on').toBe(driver.state().sent.has('chorus'));
        }
      }),
      { numRuns: rounds(60) },
    );
  });
});

describe('panic', () => {
  it('mutes, lets go, and sends the panic cue past the mute; timecode runs on', () => {
    const driver = playing(12);
    const left = leaving(driver, () => driver.act({ kind: 'panic' }));
    expect(
      left
        .filter(({ kind }) => kind === 'release')
        .map(({ bridge }) => bridge)
        .sort(),
    ).toEqual(['console', 'daw', 'video']);
    expect(words(left)).toEqual(['console /safe', 'daw /safe']);
    const after = leaving(driver, () => driver.play(4000));
    expect(words(after)).toEqual([]);
    expect(after.some(({ kind }) => kind === 'run')).toBe(true);
  });
});

describe('what a mute by name and a panic reach', () => {
  const fed = profileOf([], {
    bridges: [{ name: 'keys', type: 'midi', options: {}, latencyMs: 0 }],
    feeds: [{ bridge: 'video', everyMs: 50, tempo: null }],
  });

  it('the state feed of a bridge is muted with it, and tells everything at its end', () => {
    const driver = drive(fed, { playsAtBeat: 10 });
    driver.play(1000);
    driver.act(mute('video', true));
    expect(leaving(driver, () => driver.play(3000)).filter(({ kind }) => kind === 'tell')).toEqual([]);
    const told = leaving(driver, () => driver.act(mute('video', false))).filter(({ kind }) => kind === 'tell');
    expect(told.length).toBeGreaterThan(20);
  });

  it('a panic lets go of every bridge, also of one that nothing goes to by now', () => {
    const driver = drive(fed, { playsAtBeat: 10 });
    const left = leaving(driver, () => driver.act({ kind: 'panic' }));
    expect(left.filter(({ kind }) => kind === 'release').map(({ bridge }) => bridge)).toContain('keys');
  });

  it('a bridge that has missed something is told what stands, and no one-shot', () => {
    const driver = playing(20);
    const left = leaving(driver, () => driver.ready('video'));
    expect(words(left)).toEqual(['video /on']);
    driver.act(mute(null, true));
    expect(words(leaving(driver, () => driver.ready('video')))).toEqual([]);
    expect(words(leaving(driver, () => driver.act(mute(null, false))))).toEqual(['video /on']);
  });
});

describe('hands', () => {
  it('send the holds again, and no one-shot', () => {
    const driver = playing(20);
    expect(words(leaving(driver, () => driver.act({ kind: 'resend' })))).toEqual(['console /on', 'video /on']);
  });

  it('fire a cue by name, and are told the names when there is no such cue', () => {
    const driver = playing(1);
    expect(words(leaving(driver, () => driver.act({ kind: 'fire', cue: 'drop' })))).toEqual(['console /drop']);
    driver.act({ kind: 'fire', cue: 'drp' });
    expect(driver.answers.at(-1)?.refusal).toBe(
      'there is no cue called "drp"; there are: drop, safe; did you mean "drop"?',
    );
    driver.act(mute(null, true));
    expect(words(leaving(driver, () => driver.act({ kind: 'fire', cue: 'drop' })))).toEqual([]);
  });

  it('lock the keys and nothing but the keys', () => {
    const driver = playing(1);
    driver.act({ kind: 'lock', isOn: true }, 'keys');
    driver.act({ kind: 'mute', bridge: null, isOn: true }, 'keys');
    expect(driver.answers.at(-1)?.refusal).toMatch(/locked: L/);
    expect(words(leaving(driver, () => driver.act({ kind: 'fire', cue: 'drop' }, 'console')))).toEqual([
      'console /drop',
    ]);
    driver.act({ kind: 'lock', isOn: null }, 'keys');
    expect(words(leaving(driver, () => driver.act({ kind: 'panic' }, 'keys')))).toEqual(['console /safe', 'daw /safe']);
  });

  it('a capture gives away no region that was allocated beside the profile', () => {
    const oclock = (hours: number): number => hours * 3600 * 25;
    const match = { id: 900, fingerprint: null, file: null, title: null, artist: null, playlist: null };
    const allocated = [3, 4].map(hours => ({
      ...{ timecode: 'main', start: oclock(hours), lengthFrames: oclock(1), match },
    }));
    const entry = timecode({ regions: new Map(), unknownTrack: oclock(23) });
    const driver = drive(profileOf([], { tracks: [], allocated, timecodes: [entry] }));
    driver.act({ kind: 'capture' });
    expect(driver.answers.at(-1)?.text).toContain('timecode: { main: 05:00:00:00 }');
  });

  it('are answered for every act, done or not', () => {
    const driver = playing(1);
    const acts: OperatorAction[] = [
      { kind: 'pin', deck: 2 },
      { kind: 'automatic' },
      mute(null, null),
      mute('nobody', null),
      { kind: 'panic' },
      { kind: 'nudge', timecode: 'mian', frames: 1 },
      { kind: 'capture' },
      { kind: 'lock', isOn: null },
      { kind: 'resend' },
      { kind: 'fire', cue: 'drop' },
      { kind: 'tell' },
    ];
    for (const act of acts) driver.act(act);
    expect(driver.answers.map(({ act }) => act)).toEqual(acts);
    const refusals = driver.answers.flatMap(({ act: { kind }, refusal }) => (refusal === null ? [] : [kind]));
    expect(refusals).toEqual(['mute', 'nudge', 'tell']);
    expect(driver.answers.find(({ act: { kind } }) => kind === 'nudge')?.refusal).toMatch(/did you mean "main"/);
  });
});
