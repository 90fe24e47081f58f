/** The first bar of a track: nobody has told yet where bars begin, and what stands there leaves all the same. */
import { describe, expect, it } from 'vitest';
import { IDEAL_NETWORK } from '../../src/network/memory-network.ts';
import { rounds } from '../rounds.ts';
import { type Evening, firedBy, openEvening } from './hour-show.ts';
import { msOfBeat, PLAIN_TRACKS, type PlainTrack } from './plain-tracks.ts';

const MODES = ['lighting', 'cdj'] as const;
const STATUS_MODES = ['on-change', 'raster', 'sharp'] as const;

const profileOf = (mode: (typeof MODES)[number]): string => `
decklight: 1
name: first bar
bridges:
  opus: { type: opus-quad, mode: ${mode} }
  console: { type: osc, host: 127.0.0.1, port: 9000 }
tracks:
${PLAIN_TRACKS.map(({ id, firstBeatMs, tempoBpm }) => `  - { match: { id: ${id} }, grid: { first-beat: ${firstBeatMs} ms, tempo: ${tempoBpm} } }`).join('\n')}
rules:
  - { name: beat, when: every 1 beats, do: [ { console: /beat } ] }
  - { name: downbeat, when: downbeat, do: [ { console: /downbeat } ] }
  - { name: long, when: every 8 bars, do: [ { console: /long } ] }
`;

/** By then a player has been seen to be one, in either mode. */
const STARTS_AT_MS = 14_000;

interface Start {
  readonly mode: (typeof MODES)[number];
  readonly track: PlainTrack;
  readonly percent: number;
  readonly status: (typeof STATUS_MODES)[number];
  readonly seed: number;
}

async function start({ mode, track, percent, status, seed }: Start): Promise<{ evening: Evening; startedAt: number }> {
  const startedAt = STARTS_AT_MS + 37 * seed;
  const set = `
set: first bar
seed: ${seed}
quirks: { status: ${status} }
acts:
  - { at: 0:04, deck: 1, load: ${track.title}, on-air: on }
  - { at: 0:04.100, deck: 1, pitch: ${percent} % }
  - { at: 0:${(startedAt / 1000).toFixed(3)}, deck: 1, play }
`;
  const evening = await openEvening(profileOf(mode), set, { ...IDEAL_NETWORK, delayMaxMs: 10, seed });
  evening.pass(startedAt + 3000);
  await evening.close();
  return { evening, startedAt };
}

/** A new beat may be told by the next status alone, and no sooner. */
const TOLD_WITHIN_MS = 202 + 10 + 13;

describe.each(MODES)('in %s mode', mode => {
  it('the first beat, its bar and what counts in bars leave once, at the latest with the status that tells of them', async () => {
    for (let seed = 0; seed < rounds(1); seed++) {
      for (const [i, percent] of [-6, 0, 4.37].entries()) {
        const track = PLAIN_TRACKS[(seed + i) % PLAIN_TRACKS.length] as PlainTrack;
        const status = STATUS_MODES[(seed + 2 * i) % STATUS_MODES.length] as (typeof STATUS_MODES)[number];
        const { evening, startedAt } = await start({ mode, track, percent, status, seed });
        const due = startedAt + msOfBeat(track, 1) / (1 + percent / 100);
        for (const rule of ['beat', 'downbeat', 'long']) {
          const [first, ...rest] = firedBy(evening, rule);
          const what = `${rule}, ${track.title} at ${percent} %, ${status}, seed ${seed}`;
          expect(first?.number, what).toBe(1);
          expect((first?.at ?? Infinity) - due, what).toBeLessThanOrEqual(TOLD_WITHIN_MS);
          expect((first?.at ?? -Infinity) - due, what).toBeGreaterThan(-TOLD_WITHIN_MS);
          expect(
            rest.map(({ number }) => number),
            what,
          ).not.toContain(1);
        }
      }
    }
  });
});
