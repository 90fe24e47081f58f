import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OscArg } from '../../../bridges/osc/codec.ts';
import { OSC_IN_ROWS, toOperatorAction } from '../../../bridges/osc/osc-in-addresses.ts';
import type { OperatorAction } from '../../../src/core/operator-action.ts';

const int = (value: number): OscArg => ({ type: 'int', value });
const float = (value: number): OscArg => ({ type: 'float', value });
const bool = (value: boolean): OscArg => ({ type: 'bool', value });
const string = (value: string): OscArg => ({ type: 'string', value });
const ask = (rest: string, ...args: OscArg[]) => toOperatorAction({ address: `/decklight/in/${rest}`, args });

/** For each row of the table, messages as a controller sends them, and what they ask for. */
const ASKED: Readonly<Record<string, readonly (readonly [string, readonly OscArg[], OperatorAction | null])[]>> = {
  pin: [
    ['pin', [int(3)], { kind: 'pin', deck: 3 }],
    ['pin', [float(1)], { kind: 'pin', deck: 1 }],
  ],
  'pin/<n>': [
    ['pin/2', [], { kind: 'pin', deck: 2 }],
    ['pin/4', [float(1)], { kind: 'pin', deck: 4 }],
    ['pin/4', [float(0)], null],
  ],
  automatic: [
    ['automatic', [], { kind: 'automatic' }],
    ['automatic', [int(0)], null],
  ],
  mute: [
    ['mute', [], { kind: 'mute', bridge: null, isOn: null }],
    ['mute', [int(1)], { kind: 'mute', bridge: null, isOn: true }],
    ['mute', [int(0)], { kind: 'mute', bridge: null, isOn: false }],
    ['mute', [bool(true)], { kind: 'mute', bridge: null, isOn: true }],
    ['mute', [bool(false)], { kind: 'mute', bridge: null, isOn: false }],
    ['mute', [float(1)], { kind: 'mute', bridge: null, isOn: true }],
  ],
  'mute/<bridge>': [
    ['mute/console', [], { kind: 'mute', bridge: 'console', isOn: null }],
    ['mute/console', [float(0)], { kind: 'mute', bridge: 'console', isOn: false }],
  ],
  panic: [
    ['panic', [], { kind: 'panic' }],
    ['panic', [float(1)], { kind: 'panic' }],
    ['panic', [string('help')], { kind: 'panic' }],
    ['panic', [float(0)], null],
  ],
  nudge: [
    ['nudge', [int(-2)], { kind: 'nudge', timecode: null, frames: -2 }],
    ['nudge', [float(1)], { kind: 'nudge', timecode: null, frames: 1 }],
    ['nudge', [int(0)], null],
  ],
  'latency/<bridge>': [
    ['latency/daw', [float(-2.5)], { kind: 'latency', bridge: 'daw', addMs: -2.5 }],
    ['latency/daw', [int(0)], null],
  ],
  'nudge/<timecode>': [['nudge/main', [int(5)], { kind: 'nudge', timecode: 'main', frames: 5 }]],
  'nudge-set': [['nudge-set', [int(-3)], { kind: 'nudge-to', timecode: null, frames: -3 }]],
  'nudge-set/<timecode>': [
    ['nudge-set/main', [int(5)], { kind: 'nudge-to', timecode: 'main', frames: 5 }],
    ['nudge-set/main', [int(0)], { kind: 'nudge-to', timecode: 'main', frames: 0 }],
  ],
  'nudge-reset': [
    ['nudge-reset', [], { kind: 'nudge-to', timecode: null, frames: 0 }],
    ['nudge-reset', [int(0)], null],
  ],
  'nudge-reset/<timecode>': [['nudge-reset/main', [float(1)], { kind: 'nudge-to', timecode: 'main', frames: 0 }]],
  'latency-set/<bridge>': [
    ['latency-set/daw', [float(12.5)], { kind: 'latency-to', bridge: 'daw', ms: 12.5 }],
    ['latency-set/daw', [int(0)], { kind: 'latency-to', bridge: 'daw', ms: 0 }],
  ],
  'latency-reset/<bridge>': [
    ['latency-reset/daw', [], { kind: 'latency-to', bridge: 'daw', ms: 0 }],
    ['latency-reset/daw', [float(0)], null],
  ],
  go: [
    ['go', [], { kind: 'go', list: null }],
    ['go', [float(0)], null],
  ],
  'go/<list>': [
    ['go/main', [int(1)], { kind: 'go', list: 'main' }],
    ['go/main', [int(0)], null],
  ],
  back: [['back', [], { kind: 'back', list: null }]],
  'back/<list>': [['back/main', [float(1)], { kind: 'back', list: 'main' }]],
  'select-next': [['select-next', [], { kind: 'select', list: null, by: 1 }]],
  'select-next/<list>': [['select-next/main', [], { kind: 'select', list: 'main', by: 1 }]],
  'select-previous': [['select-previous', [bool(true)], { kind: 'select', list: null, by: -1 }]],
  'select-previous/<list>': [
    ['select-previous/main', [], { kind: 'select', list: 'main', by: -1 }],
    ['select-previous/main', [bool(false)], null],
  ],
  'go-to': [['go-to', [string('The drop')], { kind: 'go-to', list: null, step: 'The drop' }]],
  'go-to/<list>': [['go-to/main', [string('finale')], { kind: 'go-to', list: 'main', step: 'finale' }]],
  capture: [
    ['capture', [], { kind: 'capture' }],
    ['capture', [bool(false)], null],
  ],
  lock: [
    ['lock', [], { kind: 'lock', isOn: null }],
    ['lock', [int(1)], { kind: 'lock', isOn: true }],
    ['lock', [int(0)], { kind: 'lock', isOn: false }],
  ],
  resend: [
    ['resend', [], { kind: 'resend' }],
    ['resend', [int(0)], null],
  ],
  fire: [['fire', [string('drop')], { kind: 'fire', cue: 'drop' }]],
  'fire/<name>': [
    ['fire/drop', [], { kind: 'fire', cue: 'drop' }],
    ['fire/drop', [float(1)], { kind: 'fire', cue: 'drop' }],
    ['fire/drop', [float(0)], null],
  ],
  state: [
    ['state', [], { kind: 'tell' }],
    ['state', [int(0)], null],
  ],
};

describe('what hands ask for', () => {
  it.each(OSC_IN_ROWS.map(({ address }) => address.slice('/decklight/in/'.length)))('%s', row => {
    const asked = ASKED[row] ?? [];
    expect(asked.length).toBeGreaterThan(0);
    for (const [rest, args, act] of asked) expect(ask(rest, ...args), rest).toEqual({ ok: true, act });
  });

  it.each<[string, readonly OscArg[], RegExp]>([
    ['pin', [], /"\/decklight\/in\/pin": expected the number of a deck, 1 to 4/],
    ['pin', [int(5)], /1 to 4/],
    ['pin', [int(0)], /1 to 4/],
    ['pin', [float(1.5)], /1 to 4/],
    ['pin/5', [], /1 to 4/],
    ['pin/', [], /unknown address/],
    ['mute', [string('yes')], /expected no argument, or one of 0 \(off\) and 1 \(on\)/],
    ['mute', [int(1), int(0)], /expected no argument/],
    ['mute/a/b', [], /unknown address/],
    ['mute', [float(Number.NaN)], /expected no argument/],
    ['nudge', [], /expected a whole number of frames/],
    ['latency/daw', [], /expected ms, as a number/],
    ['nudge', [float(0.5)], /expected a whole number of frames/],
    ['nudge', [float(Number.POSITIVE_INFINITY)], /expected a whole number of frames/],
    ['fire', [], /expected the name of a cue, as text/],
    ['fire', [int(1)], /expected the name of a cue, as text/],
    ['panic/now', [], /unknown address/],
    ['panick', [], /unknown address "\/decklight\/in\/panick"; did you mean "\/decklight\/in\/panic"\?/],
    ['hello', [], /known there: pin, automatic, mute/],
  ])('%s %o is refused with what was expected', (rest, args, reason) => {
    const heard = ask(rest, ...args);
    expect(heard).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it('an address that is not ours is refused, as one short line whatever is in it', () => {
    const heard = toOperatorAction({ address: `/composition/\n${'x'.repeat(5000)}`, args: [] });
    if (heard.ok) throw new Error('it was taken');
    expect(heard.reason).toMatch(/does not begin with \/decklight\/in\//);
    expect(heard.reason).not.toContain('\n');
    expect(heard.reason.length).toBeLessThan(200);
  });

  const anyArg: fc.Arbitrary<OscArg> = fc.oneof(
    fc.integer().map(int),
    fc.float().map(float),
    fc.double().map((value): OscArg => ({ type: 'double', value })),
    fc.string().map(string),
    fc.boolean().map(bool),
    fc.uint8Array().map((value): OscArg => ({ type: 'blob', value })),
    fc.bigInt().map((value): OscArg => ({ type: 'int64', value })),
  );
  const anyRest = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('pin', 'mute', 'nudge', 'fire', 'lock', 'state', '', '1', '__proto__', 'toString', '9'), {
        maxLength: 3,
      })
      .map(parts => parts.join('/')),
  );

  it('any message gives an act, nothing to do, or one line', () => {
    fc.assert(
      fc.property(anyRest, fc.array(anyArg, { maxLength: 3 }), (rest, args) => {
        const heard = ask(rest, ...args);
        if (heard.ok) return;
        expect(heard.reason).not.toMatch(/[\n\r]/);
      }),
    );
  });
});
