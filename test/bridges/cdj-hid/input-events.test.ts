import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeInput } from '../../../bridges/cdj-hid/codec.ts';
import {
  INPUT_IDS,
  type InputId,
  inputControl,
  JOG_STEPS_PER_TURN,
} from '../../../bridges/cdj-hid/controls/input-controls.ts';
import {
  type DeckInput,
  type HandGesture,
  hearReport,
  type InputQuirks,
  inputDueAt,
  LONG_PRESS_MS,
  loseInput,
  NO_INPUT,
  passTime,
  VALUE_EVERY_MS,
} from '../../../bridges/cdj-hid/input-events.ts';
import { type InputValues, inputFields, REPORT_BYTES } from '../../../bridges/cdj-hid/layout.ts';
import { USUAL_QUIRKS } from '../../../bridges/cdj-hid/quirks.ts';
import { DOUBLE_PRESS_MS } from '../../../src/core/surface-control.ts';
import { ARBITRARY_REPORTS } from './property-runs.ts';

const fields = inputFields(USUAL_QUIRKS);

/** Hands at a deck: reports are made of what is given, time passes with every wake that is asked for. */
function hands(quirks: InputQuirks = USUAL_QUIRKS, first: InputValues | null = {}) {
  let input: DeckInput = NO_INPUT;
  let now = 0;
  const told: (HandGesture & { readonly at: number })[] = [];
  const take = (step: { readonly input: DeckInput; readonly gestures: readonly HandGesture[] }): void => {
    input = step.input;
    told.push(...step.gestures.map(gesture => ({ ...gesture, at: now })));
  };
  const hear = (packet: Uint8Array, notBefore = now): void =>
    take(hearReport(input, packet, { notBefore, at: now }, { fields, quirks }));
  if (first !== null) hear(encodeInput(fields, 0, first));
  return {
    told,
    hear,
    report: (values: InputValues, notBefore = now) => hear(encodeInput(fields, 0, values), notBefore),
    /** Lets time pass; each wake comes when it was asked for. */
    pass(ms: number) {
      const end = now + ms;
      for (let due = inputDueAt(input); due !== null && due <= end; due = inputDueAt(input)) {
        now = Math.max(now, due);
        take(passTime(input, now, quirks));
      }
      now = end;
    },
    /** Time passes and nobody is woken: the program is busy. */
    stall(ms: number) {
      now += ms;
    },
    wake: () => take(passTime(input, now, quirks)),
    lose: () => take(loseInput(input, now)),
    brief: () => told.map(({ control, gesture }) => `${control} ${gesture}`),
  };
}

const buttons = INPUT_IDS.filter(id => fields.has(id) && inputControl(id).kind === 'button');
const others = INPUT_IDS.filter(id => fields.has(id) && inputControl(id).kind !== 'button');

describe('a button', () => {
  it.each(buttons)('%s alone makes its own press and release and nothing else', id => {
    const player = hands({ ...USUAL_QUIRKS, needle: 'always' });
    player.pass(1000);
    player.report({ [id]: 1 });
    player.pass(100);
    player.report({});
    player.pass(1000);
    expect(player.told).toEqual([
      { control: id, gesture: 'press', at: 1000 },
      { control: id, gesture: 'release', heldMs: 100, wasLong: false, isGone: false, at: 1100 },
    ]);
  });

  it('held for 600 ms makes one long press, and a release that says so', () => {
    const player = hands();
    player.report({ cue: 1 });
    player.pass(5000);
    player.report({});
    expect(player.told).toEqual([
      { control: 'cue', gesture: 'press', at: 0 },
      { control: 'cue', gesture: 'long-press', at: LONG_PRESS_MS },
      { control: 'cue', gesture: 'release', heldMs: 5000, wasLong: true, isGone: false, at: 5000 },
    ]);
  });

  it('pressed again within 300 ms makes a double press, right after the second press; a third begins anew', () => {
    const player = hands();
    for (let i = 0; i < 3; i++) {
      player.report({ sync: 1 });
      player.pass(50);
      player.report({});
      player.pass(50);
    }
    const presses = player.brief().filter(text => !text.endsWith('release'));
    expect(presses).toEqual(['sync press', 'sync press', 'sync double-press', 'sync press']);
  });

  it.each([
    [DOUBLE_PRESS_MS, true],
    [DOUBLE_PRESS_MS + 1, false],
  ])('pressed again after %i ms: a double press is %s', (ms, isDouble) => {
    const player = hands();
    player.report({ sync: 1 });
    player.pass(40);
    player.report({});
    player.pass(ms - 40);
    player.report({ sync: 1 });
    expect(player.brief().includes('sync double-press')).toBe(isDouble);
  });

  it('held when the first report comes makes no press, no long press and no release', () => {
    const player = hands(USUAL_QUIRKS, { 'play-pause': 1, 'direction-reverse': 1 });
    player.pass(2000);
    player.report({});
    expect(player.told).toEqual([]);
    player.report({ 'play-pause': 1 });
    expect(player.brief()).toEqual(['play-pause press']);
  });

  it('held when the player goes is released, once', () => {
    const player = hands();
    player.report({ 'hot-cue-a': 1 });
    player.pass(700);
    player.lose();
    player.lose();
    player.pass(2000);
    expect(player.brief()).toEqual(['hot-cue-a press', 'hot-cue-a long-press', 'hot-cue-a release']);
  });
});

describe('a stall', () => {
  const pressed: InputValues = { 'play-pause': 1 };

  it('loses no press and doubles none, however the reports behind it fall together', () => {
    const press = fc.constantFrom(...buttons);
    fc.assert(
      fc.property(fc.array(fc.tuple(press, fc.boolean()), { maxLength: 40 }), presses => {
        const player = hands({ ...USUAL_QUIRKS, needle: 'always' });
        for (const [id, isBehindStall] of presses) {
          if (isBehindStall) player.stall(700);
          player.report({ [id]: 1 });
          player.report({ [id]: 1 });
          player.report({});
        }
        const expected = presses.flatMap(([id]) => [`${id} press`, `${id} release`]);
        expect(player.brief().filter(text => !text.endsWith('double-press'))).toEqual(expected);
      }),
    );
  });

  it('makes no long press of a short one whose release waited behind it', () => {
    const player = hands();
    player.report(pressed);
    player.stall(3000);
    // The timer comes first, then what had been waiting.
    player.wake();
    player.report({}, 0);
    player.pass(2000);
    expect(player.brief()).toEqual(['play-pause press', 'play-pause release']);
  });

  it('still makes a long press of a button that is held when it is over', () => {
    const player = hands();
    player.report(pressed);
    player.stall(3000);
    player.wake();
    player.report(pressed, 0);
    player.pass(100);
    expect(player.brief()).toEqual(['play-pause press', 'play-pause long-press']);
  });

  it('makes no double press of two that may have been far apart', () => {
    const player = hands();
    player.stall(3000);
    for (const values of [pressed, {}, pressed, {}]) player.report(values, 0);
    expect(player.brief().filter(text => text.endsWith(' press'))).toHaveLength(2);
    expect(player.brief()).not.toContain('play-pause double-press');
  });
});

const meaning = (told: HandGesture) => {
  if (told.gesture === 'turn') return `${told.direction} ${told.count}`;
  return told.gesture === 'value' ? told.value : told.gesture;
};

/** A value that each control can take and did not have. */
const CHANGED: Readonly<Record<string, number>> = {
  'jog-direction': 3,
  'library-view': 1,
  'vinyl-speed-touch': 128,
  'vinyl-speed-release': 51,
  'browse-encoder': 3,
  'tempo-slider': -250,
  'jog-position': 100,
  'jog-speed': 37,
  'needle-search-position': 300,
};

describe('what is no button', () => {
  it.each(others)('%s alone makes its own event and nothing else', id => {
    const player = hands({ ...USUAL_QUIRKS, needle: 'always' });
    player.pass(1000);
    player.report({ [id]: CHANGED[id] ?? Number.NaN });
    player.pass(1000);
    expect(player.told).toHaveLength(1);
    expect(player.told[0]).toMatchObject({ control: id });
  });

  it('says where it is in parts of the whole, which way, or as it was sent', () => {
    const player = hands({ ...USUAL_QUIRKS, needle: 'always' });
    player.pass(1000);
    player.report(CHANGED);
    player.pass(1000);
    const values = Object.fromEntries(player.told.map(told => [told.control, meaning(told)]));
    expect(values).toEqual({
      'jog-direction': 'forward',
      'library-view': true,
      'vinyl-speed-touch': 128 / 255,
      'vinyl-speed-release': 0.2,
      'browse-encoder': 'forward 3',
      'tempo-slider': -0.25,
      'jog-position': 'forward 100',
      'jog-speed': 37,
      'needle-search-position': 300 / 599,
    });
  });

  it('is turned round where a quirk says so', () => {
    const player = hands({ ...USUAL_QUIRKS, libraryView: 'inverted', tempoSlider: 'inverted' });
    player.report({ 'library-view': 1, 'tempo-slider': -250 });
    expect(player.told).toMatchObject([{ value: false }, { value: 0.25 }]);
  });

  it('jog-direction standing is one thing, by either of its codes', () => {
    const player = hands();
    player.report({ 'jog-direction': 1 });
    player.report({ 'jog-direction': 2 });
    player.report({ 'jog-direction': 0 });
    expect(player.told).toMatchObject([{ value: 'reverse' }, { value: 'still' }]);
  });
});

describe('the rotary selector', () => {
  it('counts what it was turned by, both ways, over the end of its counter', () => {
    const step = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -32767, max: 32767 }));
    fc.assert(
      fc.property(fc.nat(0xffff), fc.array(step), (start, steps) => {
        const player = hands(USUAL_QUIRKS, { 'browse-encoder': start });
        let place = start;
        for (const by of steps) {
          place = (place + by) & 0xffff;
          player.report({ 'browse-encoder': place });
        }
        const turned = player.told.map(told => {
          if (told.gesture !== 'turn') throw new Error(told.gesture);
          expect(told.count).toBeGreaterThan(0);
          return told.direction === 'forward' ? told.count : -told.count;
        });
        expect(turned).toEqual(steps.filter(by => by !== 0));
      }),
    );
  });
});

describe('the jog wheel', () => {
  it('adds up small steps and tells them at the pace of values, with how fast it turns', () => {
    const player = hands();
    // A turn in 1.8 s, as a record at 33 1/3: 54 steps each 10 ms.
    for (let i = 1; i <= 180; i++) {
      player.pass(10);
      player.report({ 'jog-position': Math.round((i * JOG_STEPS_PER_TURN) / 180) });
    }
    player.pass(1000);
    let sum = 0;
    for (const told of player.told) {
      if (told.gesture !== 'turn') throw new Error(told.gesture);
      sum += told.count;
      expect(told.turnsPerSecond).toBeCloseTo(1 / 1.8, 1);
    }
    expect(sum).toBe(JOG_STEPS_PER_TURN);
    expect(player.told.length).toBeLessThanOrEqual(1800 / VALUE_EVERY_MS + 1);
  });

  it('that begins anew after a turn is no jump where a quirk says so', () => {
    const round = (quirks: InputQuirks) => {
      const player = hands(quirks, { 'jog-position': 9700 });
      player.report({ 'jog-position': 20 });
      player.pass(100);
      return player.told.map(told => (told.gesture === 'turn' ? [told.direction, told.count] : []));
    };
    expect(round({ ...USUAL_QUIRKS, jogWrap: 'turn' })).toEqual([['forward', 48]]);
    expect(round(USUAL_QUIRKS)).toEqual([['reverse', 9680]]);
  });

  it('touched is a press', () => {
    const player = hands();
    player.report({ 'jog-touch': 1 });
    expect(player.brief()).toEqual(['jog-touch press']);
  });
});

describe('a slider', () => {
  it('is told at most 50 times a second, and where it comes to rest', () => {
    const player = hands();
    for (let i = 1; i <= 100; i++) {
      player.pass(1);
      player.report({ 'tempo-slider': i * 5 });
    }
    player.pass(1000);
    expect(player.told.length).toBeLessThanOrEqual(7);
    expect(player.told.at(-1)).toMatchObject({ value: 0.5 });
    for (let i = 1; i < player.told.length; i++) {
      expect((player.told[i]?.at ?? 0) - (player.told[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(VALUE_EVERY_MS);
    }
  });

  it('that trembles by one step is at rest; its ends and its centre are always told', () => {
    const player = hands(USUAL_QUIRKS, { 'tempo-slider': 500 });
    for (let i = 0; i < 20; i++) {
      player.report({ 'tempo-slider': 500 + (i % 2) });
      player.pass(50);
    }
    expect(player.told).toEqual([]);
    const told: unknown[] = [];
    for (const raw of [998, 999, 1000, 999, 1, 0, -1000]) {
      player.report({ 'tempo-slider': raw });
      player.pass(50);
    }
    for (const each of player.told) told.push(each.gesture === 'value' ? each.value : null);
    expect(told).toEqual([0.998, 1, 0.001, 0, -1]);
  });
});

describe('the needle pad', () => {
  it('says its place while it is touched: where the finger came down, and where it goes', () => {
    const player = hands();
    player.report({ 'needle-search-position': 100 });
    player.pass(100);
    player.report({ 'needle-search-position': 100, 'needle-search-touch': 1 });
    player.pass(100);
    player.report({ 'needle-search-position': 200, 'needle-search-touch': 1 });
    player.pass(100);
    player.report({ 'needle-search-position': 300 });
    player.pass(1000);
    expect(player.brief()).toEqual([
      'needle-search-touch press',
      'needle-search-position value',
      'needle-search-position value',
      'needle-search-touch release',
    ]);
    expect(player.told[1]).toMatchObject({ value: 100 / 599 });
    expect(player.told[2]).toMatchObject({ value: 200 / 599 });
  });
});

describe('any reports', () => {
  it('never throw, and each press has its one release after it', () => {
    let input = NO_INPUT;
    let at = 0;
    const held = new Set<InputId>();
    const report = fc.uint8Array({ minLength: REPORT_BYTES, maxLength: REPORT_BYTES });
    const check = ({ gestures, input: next }: { input: DeckInput; gestures: readonly HandGesture[] }): void => {
      input = next;
      for (const { control, gesture } of gestures) {
        if (gesture === 'press') {
          if (held.has(control)) throw new Error(`${control} is pressed twice`);
          held.add(control);
        }
        if (gesture === 'release' && !held.delete(control)) throw new Error(`${control} is released twice`);
      }
    };
    fc.assert(
      fc.property(report, fc.nat(40), (packet, ms) => {
        at += ms;
        check(passTime(input, at, USUAL_QUIRKS));
        check(hearReport(input, packet, { notBefore: at, at }, { fields, quirks: USUAL_QUIRKS }));
      }),
      { numRuns: Math.ceil(ARBITRARY_REPORTS / 10) },
    );
    check(loseInput(input, at));
    expect(held.size).toBe(0);
  });
});
