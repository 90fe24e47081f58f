/** Where a playhead is said to be, to the ms, from reports whose every delay is allowed for in figures. */
import { describe, expect, it } from 'vitest';
import { type Deck, emptyDeck } from '../../../src/core/deck/deck.ts';
import { reducePosition } from '../../../src/core/deck/deck-from-position.ts';
import { reduceReport } from '../../../src/core/deck/deck-from-status.ts';
import { leadsToMs, positionAt } from '../../../src/core/deck/position.ts';
import { NOTHING_KNOWN } from '../../../src/core/track/track-knowledge.ts';
import { report, stampAt } from '../core-samples.ts';

const nothingKnown = () => NOTHING_KNOWN;

function afterPosition(positionMs: number, playState: 'playing' | 'cued'): Deck {
  const empty = emptyDeck({ unit: 'opus', number: 1 });
  const loaded = reduceReport(empty, report({ playState }), stampAt(0), nothingKnown);
  return reducePosition(loaded, { positionMs, lengthS: 300, pitchSpeed: 1 }, stampAt(100), nothingKnown);
}

describe('the first position of a deck', () => {
  it('is of the ms told, and may be as late as unknown weather and its own lag allow: 23 and 15 ms', () => {
    const { positionMs, uncertaintyMs } = positionAt(afterPosition(5000, 'playing'), 100);
    expect(positionMs).toBeCloseTo(5000.5, 6);
    expect(uncertaintyMs).toBeCloseTo(0.5 + 23 + 15, 6);
  });

  it('of a deck that stands is within that ms, where timecode stands too', () => {
    const deck = afterPosition(0, 'cued');
    expect(positionAt(deck, 100).uncertaintyMs).toBeCloseTo(0.5, 6);
    expect(leadsToMs(deck, 100)).toBeCloseTo(0.5, 6);
    expect(leadsToMs(deck, 700)).toBeCloseTo(0.5, 6);
  });

  it('grows its bar by a twentieth of the time from 250 ms after it on, and by no more', () => {
    const deck = afterPosition(5000, 'playing');
    const barAt = (at: number): number => positionAt(deck, at).uncertaintyMs ?? 0;
    // Two clocks and a rounded tempo drift apart by 0.1 ms in a second.
    expect(barAt(350) - barAt(100)).toBeCloseTo(0.025, 3);
    expect(barAt(1100) - barAt(100)).toBeCloseTo(750 / 20 + 0.1, 3);
  });
});

describe('a deck that stops and does not say where', () => {
  it('stands somewhere in what it may have played since its last report', () => {
    let deck = emptyDeck({ unit: 'opus', number: 1 });
    for (let i = 0; i < 40; i++) {
      const beat = Math.floor(1.3 + (200 * i * 128) / 60_000);
      deck = reduceReport(deck, report({ trackTempoBpm: 128, beat }), stampAt(200 * i), nothingKnown);
    }
    const before = positionAt(deck, 8000).beat ?? 0;
    const stopped = reduceReport(
      deck,
      report({ trackTempoBpm: 128, beat: null, beatInBar: null, playState: 'paused' }),
      stampAt(8000),
      nothingKnown,
    );
    const { beat, beatUncertainty } = positionAt(stopped, 9000);
    expect(beat).toBeCloseTo(before, 6);
    // 200 ms of play at 128 BPM are 0.43 beats.
    expect(beatUncertainty).toBeGreaterThan(0.4);
    expect(beatUncertainty).toBeLessThan(0.6);
  });
});
