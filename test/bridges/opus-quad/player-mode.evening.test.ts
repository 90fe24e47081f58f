/** Ten minutes in cdj mode from end to end: what is sent, what arrives, and how far the position is from the truth. */
import { describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { DEMO_TRACKS } from '../../../bridges/opus-quad/simulator/demo-tracks.ts';
import type { Ms } from '../../../src/core/clock.ts';
import { positionAt } from '../../../src/core/deck/position.ts';
import { NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import { IDEAL_NETWORK } from '../../../src/network/memory-network.ts';
import { loadProfile } from '../../../src/profile/load.ts';
import { demoSet, type Evening, openEvening } from '../../show/hour-show.ts';
import { countedKinds } from './session/packet-budget.ts';

const WEATHER = { ...IDEAL_NETWORK, delayMinMs: 0.2, delayMaxMs: 2 };
const MINUTES_MS = 600_000;
const STEADY_AFTER_MS = 2000;
const STEP_MS = 10;

const idOf = (title: string): number => {
  const track = DEMO_TRACKS.find(each => each.title === title);
  if (track === undefined) throw new Error(title);
  return track.id;
};

const PROFILE = `
decklight: 1
name: positions
bridges:
  opus: { type: opus-quad, mode: cdj }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
tracks:
  - match: { id: ${idOf('Night Tram')} }
    grid: { first-beat: 0.123 s, tempo: 128 }
    cues:
      - { at: 1:05.000, do: drop }
      - { at: beat 145, do: beat }
cues:
  drop:
    - console: { address: /drop, args: ["\${track.id}"] }
  beat:
    - console: { address: /beat, args: ["\${track.id}"] }
`;

/** Between the published position of each deck and the truth, in ms, once it has played for 2 s without a jump. */
function steadyErrors(evening: Evening, ms: Ms): number[] {
  const decks = [1, 2, 3, 4].map(() => ({ place: null as Ms | null, step: 0, steadySince: Infinity }));
  const errors: number[] = [];
  for (let elapsed = 0; elapsed < ms; elapsed += STEP_MS) {
    evening.pass(STEP_MS);
    const at = evening.clock.now();
    for (const { deck: number, positionMs, playing } of evening.truth()) {
      const seen = decks[number - 1];
      if (seen === undefined) continue;
      const step = (positionMs ?? 0) - (seen.place ?? 0);
      // A jump, a turn of a loop, a nudge or a moved fader is a step unlike the one before it.
      const isSteady = playing && Math.abs(step - seen.step) < 1e-6;
      Object.assign(seen, { place: positionMs, step });
      if (!isSteady) seen.steadySince = Infinity;
      else if (seen.steadySince === Infinity) seen.steadySince = at;
      if (at - seen.steadySince < STEADY_AFTER_MS || positionMs === null) continue;
      const deck = evening.show.engine.state().show.decks.get(`opus/${number}`);
      const said = deck === undefined ? null : positionAt(deck, at).positionMs;
      if (said !== null) errors.push(said - positionMs);
    }
  }
  return errors;
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

describe('ten minutes in cdj mode', () => {
  it('the position is within 10 ms of the truth in 99 of 100 moments of steady play', async () => {
    const evening = await openEvening(PROFILE, demoSet(), WEATHER);
    const errors = steadyErrors(evening, MINUTES_MS);
    const sorted = errors.map(Math.abs).sort((a, b) => a - b);
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map(q => quantile(sorted, q));
    const figures = [p50, p95, p99, sorted.at(-1)].map(error => error?.toFixed(2));
    process.stdout.write(`cdj mode, ${sorted.length} moments: error p50, p95, p99, most: ${figures.join(', ')} ms\n`);
    // Ten minutes of the demo have at least five in which some deck plays undisturbed, each of 100 samples a second.
    expect(sorted.length).toBeGreaterThan(30_000);
    expect(p99).toBeLessThanOrEqual(10);
    await evening.close();
  });

  it('disturbs nobody: only what a player says, within the budget, never with the number of a deck', async () => {
    const evening = await openEvening(PROFILE, demoSet(), WEATHER);
    evening.pass(MINUTES_MS);
    const kinds = countedKinds(evening.toUnit, 7);
    const { 'keep-alive': alive, ...claim } = Object.fromEntries(kinds);
    expect(claim).toEqual({ hello: 3, 'claim-1': 3, 'claim-2': 3, 'claim-3': 3 });
    // Of the 4 s of listening 2.5 s were over when the unit came; with 3.6 s of a claim, one every 1.5 s from 5.1 s on.
    expect(alive).toBeGreaterThanOrEqual(395);
    expect(alive).toBeLessThanOrEqual(398);
    await evening.close();
    const before = evening.toUnit.length;
    evening.pass(30_000);
    expect(evening.toUnit).toHaveLength(before);
    expect(evening.clock.pending()).toBe(0);
  });

  it('a cue at a place of a track leaves when the playhead is there, each time it is; by a grid one at a beat as well', async () => {
    const set = `
set: twice
acts:
  - { at: 0:00, deck: 1, load: Night Tram, pitch: +3.2 %, on-air: on }
  - { at: 0:20, deck: 1, play }
  - { at: 2:00, deck: 1, jump: to 1:00 }
`;
    const evening = await openEvening(PROFILE, set, WEATHER);
    evening.pass(MINUTES_MS);
    const SPEED = 1.032;
    // Of the library: beat 1 at 123 ms, 128 BPM.
    const beatMs = 123 + (144 * 60_000) / 128;
    for (const [address, placeMs] of [
      ['/drop', 65_000],
      ['/beat', beatMs],
    ] as const) {
      const expected = [20_000 + placeMs / SPEED, 120_000 + (placeMs - 60_000) / SPEED];
      const arrived = evening.received.filter(({ text }) => text.startsWith(address));
      expect(arrived, address).toHaveLength(expected.length);
      for (const [i, { at }] of arrived.entries()) {
        expect(Math.abs(at - (expected[i] ?? 0)), address).toBeLessThan(25);
      }
    }
    await evening.close();
  });
});

describe('a profile saved with the other mode', () => {
  it('is followed by 20 s of silence and then by that mode, while all else goes on', async () => {
    const evening = await openEvening(PROFILE.replace('mode: cdj', 'mode: lighting'), demoSet(), WEATHER);
    evening.pass(60_000);
    const loaded = loadProfile(PROFILE, 'profile.yaml', BRIDGES, NO_LIBRARY);
    if (!loaded.ok) throw new Error('the profile loads');
    const savedAt = evening.clock.now();
    const before = evening.toUnit.length;
    evening.show.reload(loaded.profile, savedAt);
    for (let i = 0; i < 20; i++) await Promise.resolve();
    evening.pass(5000);
    const text = (): string => evening.show.status().find(({ name }) => name === 'opus')?.text ?? '';
    expect(text()).toMatch(/^OPUS-QUAD at 10\.0\.0\.2 found, silent for 15 s more/);
    evening.pass(25_000);
    expect((evening.toUnit[before]?.at ?? 0) - savedAt).toBeGreaterThanOrEqual(20_000);
    expect(text()).toMatch(/cdj mode \(player 7/);
    expect(evening.show.engine.state().show.decks.get('opus/2')?.line?.coordinate).toBe('ms');
    await evening.close();
  });
});
