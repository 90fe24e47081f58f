import { describe, expect, it } from 'vitest';
import type { RuleStep } from '../../../../src/core/rules/rule.ts';
import type { Gesture } from '../../../../src/core/surface-control.ts';
import type { ButtonEntry, SurfaceEntry } from '../../../../src/core/surfaces/surface-entry.ts';
import { profileOf } from '../../core-samples.ts';
import { type Driver, drive, isCue } from '../../show-driver.ts';

const say = (word: string) => ({ bridge: 'console', message: `/${word}`, roots: [] });
const fire = (cue: string): readonly RuleStep[] => [{ act: { kind: 'fire', cue } }];
const CUES = ['drop', 'flash', 'long', 'double'];

const button = (change: Partial<ButtonEntry>): ButtonEntry => ({
  press: null,
  release: null,
  longPress: null,
  doublePress: null,
  waits: false,
  ...change,
});

function booth(buttons: Readonly<Record<string, ButtonEntry>>, change: Partial<SurfaceEntry> = {}): Driver {
  const shows = { values: new Map(), layers: [], lamps: new Map(), screen: null };
  const wheels = new Map([['browse-encoder', { forward: [say('forth')], reverse: [say('back')] }]]);
  return drive(
    profileOf([], {
      cues: new Map(CUES.map(cue => [cue, [say(cue)]])),
      surfaces: [
        {
          bridge: 'booth',
          dropIfLateByMs: null,
          buttons: new Map(Object.entries(buttons)),
          wheels,
          ...shows,
          ...change,
        },
      ],
    }),
    { isAbsent: true },
  );
}

const PRESS: Gesture = { gesture: 'press' };
const DOUBLE: Gesture = { gesture: 'double-press' };
const LONG: Gesture = { gesture: 'long-press' };
const letGo = (heldMs: number, isGone = false): Gesture => ({
  gesture: 'release',
  heldMs,
  wasLong: heldMs >= 600,
  isGone,
});

/** What left, each with how long after the start of the test. */
const sent = (show: Driver): readonly string[] =>
  show.left.flatMap(({ at, intent }) => (isCue(intent) ? [`${at - 1000} ${String(intent.message)}`] : []));

/** A short press, as a player tells it. */
function tap(show: Driver): void {
  show.hand('cue', PRESS);
  show.play(100);
  show.hand('cue', letGo(100));
}

describe('a button', () => {
  it('that is pressed fires its cue at once, with whose hand it was; its release fires another', () => {
    const show = booth({ cue: button({ press: fire('drop'), release: fire('flash') }) });
    tap(show);
    expect(sent(show)).toEqual(['0 /drop', '100 /flash']);
    expect(show.fired.map(({ what }) => what)).toEqual(['drop: cue of booth', 'flash: cue of booth']);
    expect(show.answers.map(({ act, source, refusal }) => [act.kind, source, refusal])).toEqual([
      ['fire', 'cue of booth', null],
      ['fire', 'cue of booth', null],
    ]);
  });

  it('does a list in its order: messages, cues and words of operators', () => {
    const show = booth({
      cue: button({
        press: [say('first'), ...fire('drop'), { act: { kind: 'mute', bridge: null, isOn: true } }, say('lost')],
      }),
    });
    show.hand('cue', PRESS);
    expect(sent(show)).toEqual(['0 /first', '0 /drop']);
    expect(show.dropped).toEqual(['cue press: cue of booth']);
    expect(show.state().hands.isAllMuted).toBe(true);
  });

  it('with a long press fires its press at the release, if that is early enough', () => {
    const show = booth({ cue: button({ press: fire('drop'), longPress: fire('long') }) });
    tap(show);
    show.play(900);
    show.hand('cue', PRESS);
    show.play(600);
    show.hand('cue', LONG);
    show.play(400);
    show.hand('cue', letGo(1000));
    show.play(5000);
    expect(sent(show)).toEqual(['100 /drop', '1600 /long']);
  });

  it('whose player goes away while it is held fires no press, and its release', () => {
    const show = booth({ cue: button({ press: fire('drop'), longPress: fire('long'), release: fire('flash') }) });
    show.hand('cue', PRESS);
    show.play(100);
    show.hand('cue', letGo(100, true));
    show.play(5000);
    expect(sent(show)).toEqual(['100 /flash']);
  });

  it('pressed twice fires its press both times, and then its double press', () => {
    const show = booth({ cue: button({ press: fire('drop'), doublePress: fire('double') }) });
    tap(show);
    show.hand('cue', PRESS);
    show.hand('cue', DOUBLE);
    expect(sent(show)).toEqual(['0 /drop', '100 /drop', '100 /double']);
  });

  it('that waits fires its press once no second one can come, and none beside a double press', () => {
    const show = booth({ cue: button({ press: fire('drop'), doublePress: fire('double'), waits: true }) });
    tap(show);
    show.play(2900);
    tap(show);
    show.play(200);
    show.hand('cue', PRESS);
    show.hand('cue', DOUBLE);
    show.play(100);
    show.hand('cue', letGo(100));
    show.play(5000);
    expect(sent(show)).toEqual(['301 /drop', '3300 /double']);
  });

  it('that waits fires both of two presses that came too far apart', () => {
    const show = booth({ cue: button({ press: fire('drop'), doublePress: fire('double'), waits: true }) });
    tap(show);
    show.play(201);
    tap(show);
    show.play(5000);
    expect(sent(show)).toEqual(['301 /drop', '602 /drop']);
  });

  it('that waits for both, a second press and a long one, fires one thing each time', () => {
    const show = booth({
      cue: button({ press: fire('drop'), longPress: fire('long'), doublePress: fire('double'), waits: true }),
    });
    tap(show);
    show.play(900);
    show.hand('cue', PRESS);
    show.play(600);
    show.hand('cue', LONG);
    show.play(100);
    show.hand('cue', letGo(700));
    show.play(5000);
    expect(sent(show)).toEqual(['301 /drop', '1600 /long']);
  });

  it('loses no press and doubles none of a burst behind a stall', () => {
    const show = booth({ cue: button({ press: fire('drop'), longPress: fire('long') }) });
    for (let i = 0; i < 60; i++) {
      show.hand('cue', PRESS, 400);
      show.hand('cue', letGo(0), 400);
    }
    expect(sent(show)).toEqual(Array.from({ length: 60 }, () => '0 /drop'));
    const ids = show.left.flatMap(({ intent }) => (isCue(intent) ? [intent.id] : []));
    expect(new Set(ids).size).toBe(60);
  });

  it('that nothing is bound to, of a surface that is not bound either, does nothing', () => {
    const show = booth({}, { bridge: 'other' });
    show.hand('cue', PRESS);
    show.hand('nothing', PRESS);
    show.hand('browse-encoder', { gesture: 'turn', count: 1, direction: 'forward', turnsPerSecond: null });
    expect([...show.left, ...show.answers]).toEqual([]);
  });
});

describe('a press that may have waited', () => {
  it('is dropped as late where the surface says so, beyond its time alone', () => {
    const show = booth({ cue: button({ press: fire('drop'), release: fire('flash') }) }, { dropIfLateByMs: 250 });
    show.hand('cue', PRESS, 250);
    show.hand('cue', PRESS, 251);
    show.hand('cue', letGo(0), 251);
    // A release ends what a press began, however late.
    expect(sent(show)).toEqual(['0 /drop', '0 /flash']);
    expect(show.dropped).toEqual(['cue press: cue of booth']);
  });

  it('is done unless the surface says otherwise, and tells how old it may be', () => {
    const show = booth({ cue: button({ press: fire('drop') }) });
    show.hand('cue', PRESS, 500);
    show.hand('cue', PRESS, 2000);
    expect(show.answers.map(({ source }) => source)).toEqual(['cue of booth', 'cue of booth, up to 2000 ms ago']);
  });
});

describe('what is turned', () => {
  const turned = (count: number, direction: 'forward' | 'reverse'): Gesture => ({
    gesture: 'turn',
    count,
    direction,
    turnsPerSecond: null,
  });

  it('does what is bound to its direction once for each step', () => {
    const show = booth({});
    show.hand('browse-encoder', turned(3, 'forward'));
    show.hand('browse-encoder', turned(1, 'reverse'));
    expect(sent(show)).toEqual(['0 /forth', '0 /forth', '0 /forth', '0 /back']);
  });

  it('does no more than 32 steps at once, however far it says it was turned', () => {
    const show = booth({});
    show.hand('browse-encoder', turned(60_000, 'forward'));
    expect(sent(show)).toHaveLength(32);
  });
});

it('no budget of messages swallows presses', () => {
  const show = booth({ cue: button({ press: fire('drop') }) });
  for (let i = 0; i < 500; i++) show.hand('cue', PRESS);
  expect(sent(show)).toHaveLength(500);
});

it('another profile in the middle: a press that waits does what the new one says', () => {
  const entry = (press: string): SurfaceEntry => ({
    bridge: 'booth',
    dropIfLateByMs: null,
    buttons: new Map([['cue', button({ press: fire(press), longPress: fire('long') })]]),
    values: new Map(),
    wheels: new Map(),
    layers: [],
    lamps: new Map(),
    screen: null,
  });
  const cues = new Map(CUES.map(cue => [cue, [say(cue)]]));
  const show = drive(profileOf([], { cues, surfaces: [entry('drop')] }), { isAbsent: true });
  show.hand('cue', PRESS);
  show.reload(profileOf([], { cues, surfaces: [entry('flash')] }));
  show.hand('cue', letGo(50));
  show.hand('cue', PRESS);
  show.reload(profileOf([], { cues }));
  show.hand('cue', letGo(50));
  show.play(1000);
  expect(sent(show)).toEqual(['0 /flash']);
});
