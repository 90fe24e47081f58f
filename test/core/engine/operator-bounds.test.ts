import { describe, expect, it } from 'vitest';
import type { OperatorAction } from '../../../src/core/operator-action.ts';
import type { Action } from '../../../src/core/rules/rule.ts';
import { profileOf, timecode } from '../core-samples.ts';
import { type Driver, drive, isCue } from '../show-driver.ts';

const drop: Action = { bridge: 'console', message: { address: '/drop', args: [] }, roots: [] };
const profile = profileOf([], {
  bridges: [
    { name: 'daw', type: 'midi', options: {}, latencyMs: 30 },
    { name: 'console', type: 'osc', options: {}, latencyMs: 0 },
  ],
  cues: new Map([['drop', [drop]]]),
  panic: { cue: 'drop', do: [drop] },
  timecodes: [timecode({ name: 'main', to: ['daw'], offsetFrames: 10 })],
});

const playing = (): Driver => {
  const driver = drive(profile, { playsAtBeat: 1 });
  driver.play(3000);
  return driver;
};
const refusalOf = (driver: Driver, act: OperatorAction): string | null => {
  driver.act(act);
  return driver.answers.at(-1)?.refusal ?? null;
};
/** What timecode leads to, from now on. */
const placeNow = (driver: Driver): number => {
  driver.play(400);
  const anchors = driver.left.flatMap(({ intent }) => (intent.kind === 'run' ? [intent.anchor] : []));
  const last = anchors.at(-1);
  if (last === undefined) throw new Error('no timecode has left');
  return last.place;
};

describe('numbers from operators', () => {
  it.each<[string, OperatorAction]>([
    ['a nudge of more than a day', { kind: 'nudge', timecode: null, frames: 9007199254740991 }],
    ['a nudge back by more than a day', { kind: 'nudge', timecode: 'main', frames: -9007199254740991 }],
    ['a nudge set to a day', { kind: 'nudge-to', timecode: null, frames: 24 * 3600 * 30 }],
    ['a latency of 1e9 ms', { kind: 'latency', bridge: 'daw', addMs: 1e9 }],
    ['a latency of 1e300 ms', { kind: 'latency', bridge: 'daw', addMs: 1e300 }],
    ['a latency set beyond 10 s', { kind: 'latency-to', bridge: 'daw', ms: 9971 }],
    ['a latency that is no number', { kind: 'latency-to', bridge: 'daw', ms: Number.NaN }],
  ])('%s is refused with the sum and the bound, and timecode goes on as it did', (_, act) => {
    const driver = playing();
    const twin = playing();
    expect(refusalOf(driver, act)).toMatch(/would be .+ in all; expected .+/);
    expect(placeNow(driver)).toBe(placeNow(twin));
  });

  it('the bound holds for the sum: small steps end at it', () => {
    const driver = playing();
    const step: OperatorAction = { kind: 'latency', bridge: 'daw', addMs: 4000 };
    expect([refusalOf(driver, step), refusalOf(driver, step)]).toEqual([null, null]);
    expect(refusalOf(driver, step)).toBe(
      'the latency of daw would be 12030 ms in all; expected at most 10000 ms either way',
    );
  });

  it('the bound of a latency counts what the profile says', () => {
    const driver = playing();
    expect(refusalOf(driver, { kind: 'latency-to', bridge: 'daw', ms: 9970 })).toBeNull();
    expect(refusalOf(driver, { kind: 'latency', bridge: 'daw', addMs: 1 })).toMatch(/10001 ms/);
  });

  it('a nudge that is set replaces what was added, and 0 takes all of it back', () => {
    const driver = playing();
    const untouched = placeNow(playing());
    driver.act({ kind: 'nudge', timecode: null, frames: 7 });
    driver.act({ kind: 'nudge-to', timecode: null, frames: 100 });
    expect(placeNow(driver) - untouched).toBeCloseTo(100, 6);
    driver.act({ kind: 'nudge-to', timecode: null, frames: 0 });
    const twin = playing();
    twin.play(400);
    expect(placeNow(driver)).toBeCloseTo(placeNow(twin), 6);
  });

  it('numbers of an earlier run that are out of bounds are not taken over', () => {
    const hands = {
      ...{ pinned: null, isAllMuted: false, isPanic: false, muted: [], standing: [], isLocked: false },
      nudges: [['main', 9007199254740991] as const],
      latencies: [['daw', 1e300] as const],
    };
    const memory = {
      memory: { decklight: 1, decks: [], firedTonight: [], holds: [], lists: [], hands } as const,
      ageMs: 1000,
    };
    const driver = drive(profile, { playsAtBeat: 1, memory });
    driver.play(3000);
    expect(placeNow(driver)).toBe(placeNow(playing()));
  });
});

describe('a flood of requests', () => {
  const fire: OperatorAction = { kind: 'fire', cue: 'drop' };
  const cues = (driver: Driver): number => driver.left.filter(({ intent }) => isCue(intent)).length;

  it('50 at once are done, and those beyond are told in one line with their number', () => {
    const driver = playing();
    for (let i = 0; i < 1000; i++) driver.act(fire);
    expect(cues(driver)).toBe(50);
    driver.play(1500);
    expect(driver.answers.flatMap(({ refusal }) => refusal ?? [])).toEqual([
      '950 requests were not done: operators may ask for 50 things in a second; slow down what sends them',
    ]);
  });

  it('what is not done comes back by itself never, and a second later there is room again', () => {
    const driver = playing();
    for (let i = 0; i < 60; i++) driver.act(fire);
    driver.play(1500);
    expect(cues(driver)).toBe(50);
    driver.act(fire);
    expect(cues(driver)).toBe(51);
  });

  it('a panic passes whatever was asked for before', () => {
    const driver = playing();
    for (let i = 0; i < 1000; i++) driver.act(fire);
    driver.act({ kind: 'panic' });
    expect(driver.answers.at(-1)).toMatchObject({ act: { kind: 'panic' }, refusal: null });
    expect(cues(driver)).toBe(51);
  });
});
