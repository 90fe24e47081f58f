import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DARK_OUTPUT } from '../../../bridges/cdj-hid/codec.ts';
import { OUTPUT_IDS, type OutputId, outputControl } from '../../../bridges/cdj-hid/controls/output-controls.ts';
import {
  BLINK_MS,
  hoursInTitle,
  LIGHT_IDS,
  nextOutputChange,
  type OutputOptions,
  outputAt,
  outputNamed,
  outputPacket,
  outputProblem,
  PULSE_MS,
  type ShownValue,
  type SurfaceOutput,
} from '../../../bridges/cdj-hid/output-state.ts';
import { USUAL_QUIRKS } from '../../../bridges/cdj-hid/quirks.ts';
import { toHex } from '../../../src/bytes/hex.ts';
import { CDJ_CAPTURES } from './capture-samples.ts';

const usual: OutputOptions = { ...USUAL_QUIRKS, longTime: 'hour-in-title' };
const HOUR_MS = 3_600_000;

/** A value of each output that is not what it has in the dark. */
function shown(id: OutputId): ShownValue {
  const { kind, names } = outputControl(id);
  if (kind === 'light') return 'on';
  if (kind === 'switch') return true;
  if (kind === 'choice') return names[1] ?? '';
  return kind === 'time' ? 83_456 : 9;
}

describe('an output', () => {
  it.each(OUTPUT_IDS)('%s alone changes itself and nothing else', id => {
    const values = outputAt({ [id]: shown(id) }, 0, usual);
    expect(values[id]).toBeGreaterThan(0);
    expect({ ...values, [id]: 0 }).toEqual(DARK_OUTPUT);
  });

  it('all together are the report of the documents', () => {
    const sample = CDJ_CAPTURES.find(({ name }) => name === 'output-playing');
    const output: SurfaceOutput = {
      'play-led': 'on',
      'time-mode-elapsed': true,
      'browse-ring-led': true,
      'tempo-range-display': 10,
      'jog-ring-white-led': 'on',
      'master-led': 'on',
      'jog-mode-display': 'vinyl',
      'quantize-resolution': 1,
      'quantize-active-color': true,
      'quantize-led': 'on',
      'jog-display-enable': true,
      'loop-size': 4,
      'elapsed-time': 83_456,
      'track-length': 304_250,
      bpm: 128.5,
      'tempo-delta': 2.35,
    };
    expect(toHex(outputPacket(0, output, 0, usual))).toBe(toHex(sample?.bytes ?? new Uint8Array(0)));
  });

  it('takes whatever an expression comes to, and never throws', () => {
    const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constantFrom('on', 'blink', 'pulse', 'wide'));
    const running = fc.record({ ms: fc.double(), at: fc.double(), rate: fc.double() });
    const outputs = fc.dictionary(fc.constantFrom(...OUTPUT_IDS, 'bpm'), fc.oneof(value, running));
    fc.assert(
      fc.property(outputs, fc.nat(), (output, at) => {
        const wanted = output as SurfaceOutput;
        const packet = outputPacket(0, wanted, at, { ...usual, bpmHundredths: true });
        expect(packet).toHaveLength(64);
        expect(Object.values(outputAt(wanted, at, usual)).every(Number.isFinite)).toBe(true);
        const next = nextOutputChange(wanted, at, 20);
        expect(next === null || Number.isFinite(next)).toBe(true);
      }),
    );
  });
});

describe('a lamp', () => {
  it.each(LIGHT_IDS)('%s is on, off, blinks twice a second and pulses on the beat', id => {
    const lit = (state: ShownValue, at: number): boolean =>
      outputAt({ [id]: state, beat: { at: 1000, periodMs: 500 } }, at, usual)[id] === 1;
    expect([lit('on', 7), lit('off', 7), lit(true, 7), lit(false, 7)]).toEqual([true, false, true, false]);
    const blink = Array.from({ length: 1000 }, (_, at) => lit('blink', at));
    expect(blink.filter(Boolean)).toHaveLength(500);
    expect(blink.filter((on, i) => on !== blink[i - 1])).toHaveLength(1000 / BLINK_MS);
    const pulse = Array.from({ length: 2000 }, (_, at) => lit('pulse', at));
    expect(pulse.map((on, at) => (on && !pulse[at - 1] ? at : -1)).filter(at => at >= 0)).toEqual([0, 500, 1000, 1500]);
    expect(pulse.filter(Boolean)).toHaveLength(4 * PULSE_MS);
  });

  it('that pulses blinks where there is no beat', () => {
    for (const beat of [null, { at: 0, periodMs: 0 }, { at: 0, periodMs: Number.NaN }]) {
      const lit = Array.from({ length: 500 }, (_, at) => outputAt({ 'cue-led': 'pulse', beat }, at, usual)['cue-led']);
      expect(lit.filter(on => on === 1)).toHaveLength(BLINK_MS);
    }
  });

  it('is told to change no later than it does', () => {
    const wanted = fc.record({
      'cue-led': fc.constantFrom<ShownValue>('on', 'blink', 'pulse'),
      'play-led': fc.constantFrom<ShownValue>('off', 'blink', 'pulse'),
      beat: fc.option(
        fc.record({ at: fc.integer({ min: -5000, max: 5000 }), periodMs: fc.integer({ min: 100, max: 2000 }) }),
      ),
    });
    fc.assert(
      fc.property(wanted, fc.nat(5000), (output, at) => {
        const now = toHex(outputPacket(0, output, at, usual));
        const next = nextOutputChange(output, at, 20) ?? Number.POSITIVE_INFINITY;
        expect(next).toBeGreaterThan(at);
        for (let later = at; later < Math.min(next, at + 1200); later++) {
          if (toHex(outputPacket(0, output, later, usual)) !== now) throw new Error(`it has changed at ${later}`);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('a time', () => {
  it('runs by itself, and not below 0', () => {
    const clock = { ms: 1000, at: 50, rate: -1 };
    const shownAt = (at: number) => outputAt({ 'elapsed-time': clock }, at, usual)['elapsed-time'];
    expect([shownAt(50), shownAt(550), shownAt(2000)]).toEqual([1000, 500, 0]);
    expect(nextOutputChange({ 'elapsed-time': clock }, 50, 20)).toBe(70);
    expect(nextOutputChange({ 'elapsed-time': { ...clock, rate: 0 } }, 50, 20)).toBeNull();
  });

  it('longer than 255 minutes shows the minutes of its hour, and the hour is for the title', () => {
    const output = { 'elapsed-time': 5 * HOUR_MS + 61_000 };
    expect(hoursInTitle(output, 0, usual)).toBe(5);
    expect(outputAt(output, 0, usual)['elapsed-time']).toBe(61_000);
    expect(hoursInTitle({ 'elapsed-time': 4 * HOUR_MS }, 0, usual)).toBeNull();
    expect(outputAt({ 'elapsed-time': 4 * HOUR_MS }, 0, usual)['elapsed-time']).toBe(4 * HOUR_MS);
  });

  it('longer than that stands at the end where it is asked to, and at 127 minutes where a quirk says so', () => {
    const output = { 'elapsed-time': 5 * HOUR_MS };
    expect(outputAt(output, 0, { ...usual, longTime: 'stop' })['elapsed-time']).toBe(256 * 60_000 - 1);
    const short: OutputOptions = { ...usual, longTime: 'stop', longestMinutes: 127 };
    expect(outputAt(output, 0, short)['elapsed-time']).toBe(128 * 60_000 - 1);
  });
});

describe('quirks', () => {
  it('turn the time mode round', () => {
    const inverted: OutputOptions = { ...usual, timeMode: 'inverted' };
    expect(outputAt({ 'time-mode-elapsed': true }, 0, inverted)['time-mode-elapsed']).toBe(0);
    expect(outputAt({ 'time-mode-elapsed': false }, 0, inverted)['time-mode-elapsed']).toBe(1);
  });

  it('keep a tempo change above 0 where nothing below can be told', () => {
    const delta = (options: OutputOptions) => outputAt({ 'tempo-delta': -2.35 }, 0, options)['tempo-delta'];
    expect([delta(usual), delta({ ...usual, tempoDelta: 'unsigned' })]).toEqual([-235, 0]);
  });

  it('show hundredths of the BPM', () => {
    const bytes = (options: OutputOptions) => toHex(outputPacket(0, { bpm: 127.96 }, 0, options).subarray(0x15, 0x17));
    expect(bytes(usual)).toBe('80 00');
    expect(bytes({ ...usual, bpmHundredths: true })).toBe('7f 96');
  });
});

describe('the BPM', () => {
  it('shows its field, and without a tempo hides it', () => {
    expect(outputAt({ bpm: 128.5 }, 0, usual)).toMatchObject({ 'bpm-integer': 128, 'bpm-tenths': 5, 'bpm-visible': 1 });
    expect(outputAt({ bpm: 128.5, 'bpm-visible': false }, 0, usual)['bpm-visible']).toBe(0);
    expect(outputAt({ bpm: 0 }, 0, usual)['bpm-visible']).toBe(0);
    expect(outputAt({ bpm: 9999 }, 0, usual)).toMatchObject({ 'bpm-integer': 255, 'bpm-tenths': 9 });
  });
});

describe('names', () => {
  it('of lamps may leave off -led; others are as in the table', () => {
    expect(outputNamed('play')).toBe('play-led');
    expect(outputNamed('elapsed-time')).toBe('elapsed-time');
    expect(outputNamed('rows')).toBe('rows');
    expect(outputNamed('hot-cue-a')).toBeNull();
  });

  it('that are wrong get one line with the nearest', () => {
    expect(outputProblem('quantise', 'on')).toBe('a CDJ has no "quantise" to show; did you mean "quantize"?');
    expect(outputProblem('hot-cue-a', 'on')).toBe('"hot-cue-a": the pads of a CDJ have no lamps that can be reached');
    expect(outputProblem('play', 'blinking')).toBe('play-led: expected one of on, off, blink, pulse, found "blinking"');
    expect(outputProblem('loop-size', '1/5')).toMatch(/^loop-size: expected one of hidden, /);
    expect([outputProblem('loop-size', 0.25), outputProblem('play', true), outputProblem('bpm', 1)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
