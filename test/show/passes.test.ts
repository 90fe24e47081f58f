/** What a deck passes over comes once in each pass: after jumps, in loops, and however often it is started and stopped. */
import { describe, expect, it } from 'vitest';
import { IDEAL_NETWORK } from '../../src/network/memory-network.ts';
import { rounds } from '../rounds.ts';
import { type Evening, firedBy, openEvening } from './hour-show.ts';

type Mode = 'lighting' | 'cdj';
const MODES: readonly Mode[] = ['lighting', 'cdj'];

const PROFILE = (mode: Mode): string => `
decklight: 1
name: passes
bridges:
  opus: { type: opus-quad, mode: ${mode} }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
tracks: [ { match: { id: 829 }, grid: { first-beat: 0.123 s, tempo: 128 } } ]
rules:
  - { name: beat, when: every 1 beats, do: [ { console: /beat } ] }
  - { name: plays, while: deck.isPlaying, do: [ { console: /plays } ], undo: [ { console: /stands } ] }
`;

/** In cdj mode it takes some seconds to become a player. */
const STARTS_AT_MS = 14_000;
const timeText = (ms: number): string =>
  `${Math.floor(ms / 60_000)}:${((ms % 60_000) / 1000).toFixed(3).padStart(6, '0')}`;

async function play(mode: Mode, seed: number, acts: readonly string[], untilMs: number): Promise<Evening> {
  const set = `
set: passes
seed: ${seed}
acts:
  - { at: 0:00, deck: 1, load: Night Tram, on-air: on }
${acts.map(act => `  - { ${act} }`).join('\n')}
`;
  const evening = await openEvening(PROFILE(mode), set, { ...IDEAL_NETWORK, delayMaxMs: 5, seed });
  evening.pass(untilMs);
  await evening.close();
  return evening;
}

const beats = (evening: Evening) => firedBy(evening, 'beat');

const SEEDS = Array.from({ length: rounds(1) }, (_, seed) => seed);

describe.each(MODES)('in %s mode', mode => {
  it('a jump onto a beat fires what stands there, once', async () => {
    const targets = [193, 257, 65, 129, 321, 401, 97];
    for (const seed of SEEDS) {
      const times = targets.map((_, i) => STARTS_AT_MS + 6000 + 5000 * i + 37 * seed);
      const jumps = targets.map((beat, i) => `at: ${timeText(times[i] ?? 0)}, deck: 1, jump: to beat ${beat}`);
      const start = `at: ${timeText(STARTS_AT_MS)}, deck: 1, play`;
      const got = beats(await play(mode, seed, [start, ...jumps], STARTS_AT_MS + 45_000));
      for (const [i, target] of targets.entries()) {
        const at = times[i] ?? 0;
        const landed = got.filter(({ at: then, number }) => number === target && then > at && then < at + 5000);
        expect(landed.map(({ number }) => number)).toEqual([target]);
        expect((landed[0]?.at ?? Infinity) - at).toBeLessThan(500);
      }
    }
  });

  it('a loop fires what stands at its start in every turn, and at its end in the first at most, until it is left', async () => {
    // At 128 BPM four beats are 1875 ms: it is left in its sixth turn.
    const [inAt, turnMs, outAfterMs] = [STARTS_AT_MS + 6000, 1875, 10_000];
    for (const seed of SEEDS) {
      const at = inAt + 37 * seed;
      const evening = await play(
        mode,
        seed,
        [
          `at: ${timeText(STARTS_AT_MS)}, deck: 1, play`,
          `at: ${timeText(at)}, deck: 1, jump: to beat 221`,
          `at: ${timeText(at)}, deck: 1, loop: 4 beats`,
          `at: ${timeText(at + outAfterMs)}, deck: 1, loop: out`,
        ],
        at + 14_000,
      );
      const got = beats(evening).filter(each => each.at > at);
      for (const beat of [221, 222, 224]) expect(got.filter(({ number }) => number === beat).length).toBe(6);
      const ends = got.filter(({ number }) => number === 225).map(each => Math.round((each.at - at) / turnMs));
      expect([[6], [1, 6]]).toContainEqual(ends);
    }
  });

  it('CUE, pressed whenever, leads back to the cue point, and what stands there is fired as it plays again', async () => {
    for (const seed of SEEDS) {
      // From 0.3 to 1.5 beats into its play, every two seconds.
      const presses = Array.from({ length: 8 }, (_, i) => ({
        at: STARTS_AT_MS + 2000 * i,
        forMs: 150 + 70 * i + 11 * seed,
      }));
      const acts = presses.flatMap(({ at, forMs }) => [
        `at: ${timeText(at)}, deck: 1, play`,
        `at: ${timeText(at + forMs)}, deck: 1, cue`,
      ]);
      const evening = await play(mode, seed, acts, STARTS_AT_MS + 17_000);
      const got = beats(evening);
      for (const { at } of presses) {
        const first = got.filter(each => each.at > at && each.at < at + 1500).map(({ number }) => number);
        expect([[1], [1, 2]], `seed ${seed}, ${first}`).toContainEqual(first);
      }
    }
  });

  it('what stands at the cue point is fired by play, not by CUE, whether the deck played or had paused', async () => {
    for (const seed of SEEDS) {
      const presses = Array.from({ length: 8 }, (_, i) => ({
        at: STARTS_AT_MS + 3000 * i,
        forMs: 500 + 61 * i + 13 * seed,
      }));
      const acts = presses.flatMap(({ at, forMs }, i) => [
        `at: ${timeText(at)}, deck: 1, play`,
        ...(i % 2 === 0 ? [] : [`at: ${timeText(at + forMs)}, deck: 1, pause`]),
        `at: ${timeText(at + forMs + (i % 2 === 0 ? 0 : 600))}, deck: 1, cue`,
      ]);
      // It is first played from elsewhere; its cue point is beat 1.
      const start = [`at: ${timeText(STARTS_AT_MS - 2000)}, deck: 1, jump: to beat 65`];
      const evening = await play(mode, seed, [...start, ...acts], STARTS_AT_MS + 26_000);
      const ones = beats(evening).filter(({ number }) => number === 1);
      for (const [i, { at, forMs }] of presses.entries()) {
        const its = ones.filter(each => each.at > at && each.at < at + 3000).map(each => each.at - at);
        expect(its.length, `seed ${seed}, play ${i}: ${its}`).toBe(i === 0 ? 0 : 1);
        expect(its[0] ?? 0).toBeLessThan(forMs);
      }
    }
  });

  it('every start and every stop is said once', async () => {
    for (const seed of SEEDS) {
      const acts = Array.from({ length: 20 }, (_, i) => {
        const at = STARTS_AT_MS + 1700 * i + 31 * seed * i;
        return `at: ${timeText(at)}, deck: 1, ${i % 2 === 0 ? 'play' : 'pause'}`;
      });
      const evening = await play(mode, seed, acts, STARTS_AT_MS + 50_000);
      const said = evening.departures
        .filter(({ intent }) => intent.because.rule === 'plays')
        .map(({ intent }) => intent.because.phase);
      expect(said).toEqual(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 'do' : 'undo')));
    }
  });
});
