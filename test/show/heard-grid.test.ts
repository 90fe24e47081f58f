/** Without a grid, in cdj mode: a bar of play tells one to fire by, its error bar is true, and until then nobody claims to know a beat. */
import { describe, expect, it } from 'vitest';
import { DEMO_TRACKS, type DemoTrack } from '../../bridges/opus-quad/simulator/demo-tracks.ts';
import { deckLine, NO_COLOURS } from '../../src/cli/terminal/status-text.ts';
import { positionAt } from '../../src/core/deck/position.ts';
import { IDEAL_NETWORK } from '../../src/network/memory-network.ts';
import { fewOf, rounds } from '../rounds.ts';
import { firedBy, openEvening } from './hour-show.ts';

const profileOf = (feed: string): string => `
decklight: 1
name: no grid
bridges:
  opus: { type: opus-quad, mode: cdj }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
${feed}
rules:
  - { name: beat, when: every 1 beats, do: [ { console: /beat } ] }
  - { name: downbeat, when: downbeat, do: [ { console: /downbeat } ] }
`;

const STARTS_AT_MS = 14_000;
const LOOKED_EVERY_MS = 101;

interface Played {
  readonly track: DemoTrack;
  readonly percent: number;
  readonly status: 'on-change' | 'raster' | 'sharp';
  readonly seed: number;
  readonly forMs: number;
  /** A part of the profile. */
  readonly feed?: string;
}

/** What the deck was thought to be at, with the truth; null: no beat was known. */
interface Look {
  readonly at: number;
  readonly errorBeats: number;
  readonly barBeats: number;
}

async function play({ track, percent, status, seed, forMs, feed = '' }: Played) {
  const startedAt = STARTS_AT_MS + 37 * seed;
  const set = `
set: no grid
seed: ${seed}
quirks: { status: ${status} }
acts:
  - { at: 0:04, deck: 1, load: ${track.title}, on-air: on }
  - { at: 0:04.100, deck: 1, pitch: ${percent} % }
  - { at: 0:${(startedAt / 1000).toFixed(3)}, deck: 1, play }
`;
  const evening = await openEvening(profileOf(feed), set, { ...IDEAL_NETWORK, delayMaxMs: 10, seed });
  evening.pass(startedAt);
  const looks: (Look | null)[] = [];
  const lines: string[] = [];
  for (let t = 0; t < forMs; t += LOOKED_EVERY_MS) {
    evening.pass(LOOKED_EVERY_MS);
    const { show } = evening.show.engine.state();
    const deck = [...show.decks.values()].find(({ ref }) => ref.number === 1);
    const truth = evening.truth()[0]?.positionMs ?? null;
    if (deck === undefined || truth === null) throw new Error('deck 1 is loaded');
    const at = evening.clock.now();
    const { beat, beatUncertainty } = positionAt(deck, at);
    lines.push(deckLine({ show, deck, name: '1' }, at, NO_COLOURS));
    looks.push(
      beat === null || beatUncertainty === null
        ? null
        : { at, errorBeats: Math.abs(beat - track.grid.beatOfMs(truth)), barBeats: beatUncertainty },
    );
  }
  await evening.close();
  return { evening, startedAt, looks, lines };
}

const trackTitled = (title: string): DemoTrack => DEMO_TRACKS.find(track => track.title === title) as DemoTrack;

describe('in cdj mode without a grid', () => {
  it('beats are known after a bar and two beats of play, with a bar that holds the truth, and each is fired once from then on', async () => {
    type Case = readonly [title: string, percent: number, status: Played['status']];
    const usual: readonly Case[] = [
      ['Night Tram', 0, 'on-change'],
      ['Glass Quay', -6, 'raster'],
      ['Fast Allotment', -6, 'sharp'],
    ];
    const others: readonly Case[] = [
      ['Fast Allotment', -6, 'on-change'],
      ['Slow Lantern', 0, 'sharp'],
      ['The Hill and the Bend', 0, 'raster'],
      ['Second Platform', 6, 'on-change'],
    ];
    for (const [i, [title, percent, status]] of fewOf(usual, others).entries()) {
      for (let seed = 0; seed < rounds(1); seed++) {
        const track = trackTitled(title);
        const { evening, startedAt, looks } = await play({ track, percent, status, seed: seed + i, forMs: 16_000 });
        const what = `${title} at ${percent} %, ${status}, seed ${seed + i}`;
        const speed = 1 + percent / 100;
        const dueAt = (beat: number): number => startedAt + track.grid.msOfBeat(beat) / speed;
        const knownAt = looks.find(look => look !== null)?.at ?? Infinity;
        // The first beat that counts may be told at its very end.
        expect(knownAt, what).toBeLessThanOrEqual(dueAt(1 + 6) + 213);
        for (const look of looks.slice(looks.findIndex(each => each !== null))) {
          expect(look?.errorBeats, `${what} at ${look?.at}`).toBeLessThanOrEqual((look?.barBeats ?? 0) + 1e-9);
        }
        const fired = firedBy(evening, 'beat').map(({ number }) => number);
        const first = Math.min(...fired);
        expect(fired, what).toEqual(Array.from({ length: fired.length }, (_, n) => first + n));
        expect(first, what).toBeLessThanOrEqual(6);
        expect(firedBy(evening, 'downbeat').length, what).toBeGreaterThanOrEqual(5);
      }
    }
  });

  it('where the tempo changes beats are known again after a bar of it', async () => {
    const track = trackTitled('The Hill and the Bend');
    const { startedAt, looks, evening } = await play({
      track,
      percent: 0,
      status: 'on-change',
      seed: 3,
      forMs: 48_000,
    });
    // It is 108.5 BPM from beat 67 on.
    const changesAt = startedAt + track.grid.msOfBeat(67);
    const after = looks.filter(look => look !== null && look.at > changesAt + (7 * 60_000) / 108.5);
    expect(after.length).toBeGreaterThan(30);
    for (const look of after) expect(look?.errorBeats).toBeLessThanOrEqual(look?.barBeats ?? 0);
    const fired = firedBy(evening, 'beat').map(({ number }) => number);
    expect(new Set(fired).size).toBe(fired.length);
  });

  it('until then the status says so in its own words, and the feed that beat and bar are not known', async () => {
    const track = trackTitled('Night Tram');
    const { evening, startedAt, looks, lines } = await play({
      ...{ track, percent: 0, status: 'on-change' },
      seed: 0,
      forMs: 4000,
      feed: 'feed: { console: { every: 50 ms } }',
    });
    const first = looks.findIndex(look => look !== null);
    for (const line of lines.slice(5, first)) expect(line).toMatch(/NO BEATS YET +0:0\d\.\d{3} ±\d+ ms by absolute/);
    for (const line of lines.slice(first)) expect(line).toMatch(/beat \d+\.\d \([1-4]\)/);
    const bars = evening.received.filter(({ text }) => text.startsWith('/decklight/deck/1/bar '));
    expect(bars.findLast(({ at }) => at < startedAt + 1000)?.text).toMatch(/ -1$/);
    // Four seconds at 128 BPM are 8.3 beats after the first.
    expect(bars.at(-1)?.text).toMatch(/ 3$/);
  });
});
