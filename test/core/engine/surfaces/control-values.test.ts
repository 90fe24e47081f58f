import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../../bridges/index.ts';
import type { Profile } from '../../../../src/core/profile.ts';
import { NO_LIBRARY } from '../../../../src/core/track/media-library.ts';
import { loadProfile } from '../../../../src/profile/load.ts';
import { problemText } from '../../../../src/profile/problem-text.ts';
import { rounds } from '../../../rounds.ts';
import { type Driver, drive } from '../../show-driver.ts';

const PROFILES = new Map<string, Profile>();

function profileWith(values: string): Profile {
  const known = PROFILES.get(values);
  if (known !== undefined) return known;
  const loaded = loadProfile(
    `decklight: 1
bridges:
  booth: { type: cdj-hid }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
  video: { type: osc, host: 127.0.0.1, port: 9001 }
cues: { safe: [{ console: /safe }] }
panic: safe
controls:
  booth:
${values}
`,
    'test.yaml',
    BRIDGES,
    NO_LIBRARY,
  );
  if (!loaded.ok) throw new Error(loaded.problems.map(problemText).join('\n'));
  PROFILES.set(values, loaded.profile);
  return loaded.profile;
}

/** A surface that is followed as the lines say; what leaves is told with how long after the start of the test. */
function booth(values: string): { readonly show: Driver; readonly told: () => readonly string[] } {
  const show = drive(profileWith(values), { isAbsent: true });
  const told = (): readonly string[] =>
    show.left.flatMap(({ at, intent }) =>
      intent.kind === 'follow'
        ? [`${at - 1000} ${intent.bridge} ${(intent.message as { readonly address: string }).address}`]
        : [],
    );
  return { show, told };
}

const slider = (show: Driver, value: number): void => show.hand('tempo-slider', { gesture: 'value', value });
const turn = (show: Driver, count: number, direction: 'forward' | 'reverse', turnsPerSecond: number): void =>
  show.hand('jog-position', { gesture: 'turn', count, direction, turnsPerSecond });

const FOLLOWED = `    values:
      tempo-slider: [{ console: "/x/\${control.value}" }]`;

describe('a message that follows a slider', () => {
  it('is told at once where it stands, each time that it moves, and is no cue', () => {
    const { show, told } = booth(FOLLOWED);
    slider(show, 0.25);
    show.play(20);
    slider(show, -0.5);
    show.play(5000);
    expect(told()).toEqual(['0 console /x/0.25', '20 console /x/-0.5']);
    expect(show.fired).toEqual([]);
    expect(show.dropped).toEqual([]);
  });

  it('is not told within its dead band; the ends and the centre always are', () => {
    const { show, told } = booth(`    values:
      tempo-slider: { do: [{ console: "/x/\${control.value}" }], dead-band: 0.1 }`);
    for (const value of [0.5, 0.55, 0.45, 0.41, 0.4, 0.05, 0, 0.95, 1, 0.99]) {
      slider(show, value);
      show.play(20);
    }
    expect(told().map(line => line.split('/x/')[1])).toEqual(['0.5', '0.4', '0.05', '0', '0.95', '1']);
  });

  it('is told at most as often as it is given, and at the end where the slider has come to', () => {
    const { show, told } = booth(`    values:
      tempo-slider: { do: [{ console: "/x/\${control.value}" }], every: 100 ms }`);
    for (let i = 1; i <= 8; i++) {
      slider(show, i / 10);
      show.play(20);
    }
    show.play(5000);
    expect(told()).toEqual(['0 console /x/0.1', '100 console /x/0.5', '200 console /x/0.8']);
  });

  it('to a bridge that is held back is told where the slider stands once that ends, and once alone', () => {
    const { show, told } = booth(`    values:
      tempo-slider: [{ console: "/x/\${control.value}" }, { video: "/v/\${control.value}" }]`);
    slider(show, 0.1);
    show.act({ kind: 'mute', bridge: 'console', isOn: true });
    for (const value of [0.2, 0.3]) slider(show, value);
    show.play(1000);
    show.act({ kind: 'mute', bridge: 'console', isOn: false });
    show.play(1000);
    expect(told()).toEqual([
      ...['0 console /x/0.1', '0 video /v/0.1'],
      ...['0 video /v/0.2', '0 video /v/0.3', '1000 console /x/0.3'],
    ]);
    expect(show.dropped).toEqual([]);
  });

  it('to a bridge that was not there is told anew when it comes', () => {
    const { show, told } = booth(FOLLOWED);
    slider(show, 0.3);
    show.play(1000);
    show.ready('console');
    expect(told()).toEqual(['0 console /x/0.3', '1000 console /x/0.3']);
  });

  it('in a layer follows while its button is held, and what it does without is left alone', () => {
    const { show, told } = booth(`${FOLLOWED}
    layers:
      shift: { while: slip, values: { tempo-slider: [{ console: "/z/\${control.value}" }] } }`);
    slider(show, 0.1);
    show.hand('slip', { gesture: 'press' });
    slider(show, 0.2);
    show.hand('slip', { gesture: 'release', heldMs: 100, wasLong: false, isGone: false });
    show.play(1000);
    slider(show, 0.3);
    expect(told()).toEqual(['0 console /x/0.1', '0 console /z/0.2', '1000 console /x/0.3']);
  });

  it('ends where the slider ends, and is never told more often than it may, whatever hands do', () => {
    const moves = fc.array(
      fc.record({ afterMs: fc.integer({ min: 0, max: 300 }), to: fc.integer({ min: -50, max: 50 }) }),
      {
        minLength: 1,
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(moves, fc.constantFrom(0, 30, 100, 250), (hands, everyMs) => {
        const { show, told } = booth(`    values:
      tempo-slider: { do: [{ console: "/x/\${control.value}" }], every: ${everyMs} ms }`);
        for (const { afterMs, to } of hands) {
          show.play(afterMs);
          slider(show, to / 50);
        }
        show.play(1000);
        const lines = told();
        const last = (hands.at(-1)?.to ?? 0) / 50;
        expect(lines.at(-1)).toMatch(new RegExp(` /x/${String(Number(last.toFixed(3)))}$`));
        const times = lines.map(line => Number(line.split(' ')[0]));
        for (const [i, at] of times.entries())
          if (i > 0) expect(at - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(everyMs);
      }),
      { numRuns: rounds(40) },
    );
  });
});

describe('a message that follows the jog wheel', () => {
  const JOG = `    values:
      jog-position: [{ console: "/j/\${control.value}/\${control.turnsPerSecond}" }]`;

  it('is told by how much and how fast it was turned, below 0 in reverse, and 0 once it stands', () => {
    const { show, told } = booth(JOG);
    turn(show, 4864, 'forward', 1.5);
    show.play(20);
    turn(show, 2432, 'reverse', 0.5);
    show.play(5000);
    expect(told()).toEqual(['0 console /j/0.5/1.5', '20 console /j/-0.25/-0.5', '220 console /j/0/0']);
  });

  it('adds up turns between two tellings, and loses none', () => {
    const { show, told } = booth(`    values:
      jog-position: { do: [{ console: "/j/\${control.value}/\${control.turnsPerSecond}" }], every: 100 ms }`);
    for (let i = 0; i < 8; i++) {
      turn(show, 1216, 'forward', 1);
      show.play(20);
    }
    show.play(5000);
    const turns = told().map(line => Number(line.split('/')[2]));
    expect(turns.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 9);
    expect(told().at(-1)).toMatch(/ \/j\/0\/0$/);
    expect(told().length).toBeLessThanOrEqual(4);
  });

  it('of a bridge that is held back are gone: no wheel is turned for anybody later', () => {
    const { show, told } = booth(JOG);
    show.act({ kind: 'mute', bridge: 'console', isOn: true });
    turn(show, 4864, 'forward', 1.5);
    show.play(1000);
    show.act({ kind: 'mute', bridge: 'console', isOn: false });
    show.play(1000);
    expect(told()).toEqual([]);
  });
});

it('a direction is told as a word, a view as a truth', () => {
  const { show, told } = booth(`    values:
      jog-direction: [{ console: "/d/\${control.value}" }]
      library-view: [{ console: "/l/\${control.value}" }]`);
  show.hand('jog-direction', { gesture: 'value', value: 'reverse' });
  show.hand('library-view', { gesture: 'value', value: true });
  expect(told()).toEqual(['0 console /d/reverse', '0 console /l/true']);
});
