/** Before the first beat and after the last, where the player counts no beats, play and tempo say where a deck is. */
import { describe, expect, it } from 'vitest';
import { type Deck, emptyDeck } from '../../../src/core/deck/deck.ts';
import { reduceReport } from '../../../src/core/deck/deck-from-status.ts';
import { leadsToMs, positionAt } from '../../../src/core/deck/position.ts';
import { steadyGrid } from '../../../src/core/track/beat-grid.ts';
import { type Known, NOTHING_KNOWN } from '../../../src/core/track/track-knowledge.ts';
import { report, stampAt, structure } from '../core-samples.ts';

const TEMPO_BPM = 128;
const BEAT_MS = 60_000 / TEMPO_BPM;

interface Told {
  readonly deck: Deck;
  readonly at: number;
  readonly trueMs: number;
}

/** A deck that plays from a place, whose player counts no beat before 1 and none after `beats`, of a track of which so much is known: its grid, unless said. */
function play(firstBeatMs: number, beats: number, fromMs: number, forMs: number, known: Partial<Known> = {}): Told[] {
  const grid = { ...steadyGrid(firstBeatMs, TEMPO_BPM), beats };
  const know = () => ({ ...NOTHING_KNOWN, grid, ...known });
  const startAt = 1000;
  let deck = emptyDeck({ unit: 'opus', number: 1 });
  const told: Told[] = [];
  for (let sentAt = 40; sentAt < startAt + forMs; sentAt += 200) {
    const at = sentAt + ((sentAt * 7) % 10);
    const trueMs = (time: number): number => fromMs + Math.max(0, time - startAt);
    const beat = Math.min(beats, Math.max(0, Math.floor(grid.beatOfMs(trueMs(sentAt)))));
    const isPlaying = sentAt >= startAt;
    const said = report({
      trackTempoBpm: TEMPO_BPM,
      beat,
      beatInBar: beat === 0 ? 4 : ((beat - 1) % 4) + 1,
      playState: isPlaying ? 'playing' : 'paused',
      runSpeed: isPlaying ? 1 : 0,
    });
    deck = reduceReport(deck, said, stampAt(at), know);
    told.push({ deck, at, trueMs: trueMs(at) });
  }
  return told;
}

describe('before the first beat', () => {
  for (const leadInMs of [440, 2000, 20_000]) {
    it(`of a track with a lead-in of ${leadInMs} ms a deck that plays from its start is where its play leads`, () => {
      const told = play(leadInMs, 1000, 0, leadInMs + 4000);
      for (const { deck, at, trueMs } of told) {
        const { positionMs, uncertaintyMs } = positionAt(deck, at);
        const errorMs = Math.abs((positionMs ?? Infinity) - trueMs);
        // The start lies anywhere between two statuses.
        expect(errorMs, `at ${at}`).toBeLessThanOrEqual(225);
        expect(errorMs, `at ${at}`).toBeLessThanOrEqual((uncertaintyMs ?? 0) + 1e-6);
      }
      expect(new Set(told.map(({ deck }) => deck.pass)).size).toBe(1);
      expect(told[0]?.deck.mark?.crossed).toBeCloseTo(1 - leadInMs / BEAT_MS, 6);
    });
  }
});

describe('after the last beat', () => {
  it.each([
    ['its grid', {}],
    ['its phrases', { grid: steadyGrid(100, TEMPO_BPM), structure: { ...structure, endBeat: 41 } }],
  ])(
    'as %s has it a deck that plays on is where its play leads: it never steps back, and it is no jump',
    (_, known) => {
      const told = play(100, 40, 12_000, 24_000, known);
      expect(new Set(told.map(({ deck }) => deck.pass)).size).toBe(1);
      let last = -Infinity;
      for (const { deck, at, trueMs } of told.slice(15)) {
        const { positionMs, uncertaintyMs } = positionAt(deck, at);
        expect(Math.abs((positionMs ?? Infinity) - trueMs), `at ${at}`).toBeLessThanOrEqual(
          (uncertaintyMs ?? 0) + 1e-6,
        );
        expect(Math.abs((leadsToMs(deck, at) ?? Infinity) - trueMs), `at ${at}`).toBeLessThanOrEqual(250);
        expect(positionMs ?? 0).toBeGreaterThanOrEqual(last);
        last = positionMs ?? 0;
      }
      expect(last).toBeGreaterThan(100 + 40 * BEAT_MS + 10_000);
      // What timecode goes by does not tremble between two reports either.
      const leads = told.slice(15).flatMap(({ deck, at }, i, all) => {
        const until = all[i + 1]?.at ?? at + 200;
        return Array.from({ length: Math.ceil((until - at) / 5) }, (_, n) => leadsToMs(deck, at + n * 5) ?? -Infinity);
      });
      expect(leads.findIndex((place, i) => place < (leads[i - 1] ?? place))).toBe(-1);
    },
  );

  it('as a grid has it, a player that tells later beats is believed beat by beat', () => {
    const told = play(100, 1000, 0, 20_000, { grid: { ...steadyGrid(100, TEMPO_BPM), beats: 20 } });
    for (const { deck, at } of told.slice(-20)) {
      expect(positionAt(deck, at).uncertaintyMs ?? Infinity, `at ${at}`).toBeLessThan(100);
    }
  });
});
