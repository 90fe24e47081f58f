/** Laws of a doubt in foul weather: what proves that a playhead went elsewhere, and what stops while that is open. */
import { describe, expect, it } from 'vitest';
import { type Deck, emptyDeck } from '../../../src/core/deck/deck.ts';
import { reducePosition } from '../../../src/core/deck/deck-from-position.ts';
import { reduceReport } from '../../../src/core/deck/deck-from-status.ts';
import { positionAt } from '../../../src/core/deck/position.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { NOTHING_KNOWN } from '../../../src/core/track/track-knowledge.ts';
import { report, stampAt } from '../core-samples.ts';

const nothingKnown = () => NOTHING_KNOWN;
const TEMPO_BPM = 120;
const beatsOf = (ms: number): number => (ms * TEMPO_BPM) / 60_000;

interface Told {
  readonly at: number;
  readonly beat: number;
}

/** Beats as a unit on its raster tells them, each when it comes; from some moment on the playhead is some beats off. */
function told(
  forMs: number,
  { jumpAt, byBeats }: { jumpAt: number; byBeats: number },
  arrivalOf: (at: number) => number,
) {
  const list: (Told & { readonly sentAt: number })[] = [];
  for (let sentAt = 0; sentAt < forMs; sentAt += 200) {
    const beat = Math.floor(10.3 + beatsOf(sentAt) + (sentAt >= jumpAt ? byBeats : 0));
    list.push({ sentAt, at: arrivalOf(sentAt), beat });
  }
  return list;
}

const heard = (deck: Deck, { at, beat }: Told): Deck =>
  reduceReport(deck, report({ trackTempoBpm: TEMPO_BPM, beat }), stampAt(at), nothingKnown);

describe('a report in foul weather', () => {
  it('that tells a beat behind the one told before it is a jump at once: reports keep their order', () => {
    for (let seed = 1; seed <= 25; seed++) {
      const random = seededRandom(seed);
      const jumpAt = 12_000 + 500 * random();
      const held = { from: 4000, until: 4800 };
      let deck = emptyDeck({ unit: 'opus', number: 1 });
      let last = { at: 0, beat: 0 };
      for (const each of told(jumpAt + 1500, { jumpAt, byBeats: -2 }, sentAt =>
        Math.max(sentAt >= held.from && sentAt < held.until ? held.until : 0, sentAt + 100 * random()),
      )) {
        const before = deck.pass;
        deck = heard(deck, each);
        if (each.beat < last.beat) {
          expect(deck.pass, `seed ${seed}, beat ${each.beat} after ${last.beat}`).toBe(before + 1);
          expect(deck.mark?.crossed, `seed ${seed}`).toBeGreaterThanOrEqual(each.beat);
          break;
        }
        last = each;
      }
      expect(last.at, `seed ${seed}`).toBeLessThan(jumpAt + 1000);
    }
  });

  it('that misses the line by little begins a doubt that stops what is passed as soon as others miss it by much', () => {
    let grown = 0;
    for (let seed = 1; seed <= 25; seed++) {
      const random = seededRandom(seed);
      const jumpAt = 11_900 + 300 * random();
      let deck = emptyDeck({ unit: 'opus', number: 1 });
      let stopped: { since: number; beat: number } | null = null;
      for (const each of told(14_000, { jumpAt, byBeats: -1 }, sentAt => sentAt + 150 * random())) {
        const before = deck.line?.suspect ?? null;
        deck = heard(deck, each);
        const suspect = deck.line?.suspect ?? null;
        if (suspect?.isFar !== true) stopped = null;
        else if (before?.isFar === false && before.since === suspect.since) {
          stopped = { since: suspect.since, beat: positionAt(deck, each.at).beat ?? 0 };
          grown++;
        }
        if (stopped !== null)
          expect(positionAt(deck, each.at + 190).beat, `seed ${seed}`).toBeLessThanOrEqual(stopped.beat + 1e-9);
      }
    }
    expect(grown).toBeGreaterThan(0);
  });
});

/** Positions every 30 ms in a weather of delays up to `mostMs`, at 0 from some moment on: CUE at the start of a track. */
function cued(cueAt: number, mostMs: number, seed: number, look: (deck: Deck, at: number) => void): void {
  const random = seededRandom(seed);
  const coming = Array.from({ length: 420 }, (_, i) => ({ sentAt: 30 * i, at: 30 * i + mostMs * random() }));
  let deck = reduceReport(
    emptyDeck({ unit: 'opus', number: 1 }),
    report({ trackTempoBpm: TEMPO_BPM }),
    stampAt(0),
    nothingKnown,
  );
  for (const { sentAt, at } of coming.sort((a, b) => a.at - b.at)) {
    const positionMs = sentAt >= cueAt ? 0 : Math.floor(5000 + sentAt);
    deck = reducePosition(deck, { positionMs, lengthS: 300, pitchSpeed: 1 }, stampAt(at), nothingKnown);
    look(deck, at);
  }
}

describe('positions that stay where CUE has put the playhead', () => {
  it('never show it to play on from there, however they come', () => {
    for (let seed = 1; seed <= 12; seed++) {
      for (const mostMs of [10, 60, 100]) {
        const cueAt = 9000 + 7 * seed;
        let passed = -Infinity;
        cued(cueAt, mostMs, seed, (deck, at) => {
          const mark = deck.mark?.crossed ?? Infinity;
          const isThere = at > cueAt && mark < 4000;
          if (!isThere || !deck.isPlaying) return;
          // Until the next report comes, a deck that is taken to play is followed.
          passed = Math.max(passed, positionAt(deck, at + 30).positionMs ?? 0);
        });
        expect(passed, `seed ${seed}, ${mostMs} ms`).toBeLessThanOrEqual(0);
      }
    }
  });

  it('never set the published place back before they are believed', () => {
    for (let seed = 1; seed <= 12; seed++) {
      let last = { place: -Infinity, pass: 0 };
      let backMost = 0;
      cued(9000 + 7 * seed, 100, seed, (deck, at) => {
        const place = positionAt(deck, at).positionMs ?? 0;
        if (at > 3000 && deck.isPlaying && deck.pass === last.pass) backMost = Math.max(backMost, last.place - place);
        last = { place, pass: deck.pass };
      });
      expect(backMost, `seed ${seed}`).toBeLessThanOrEqual(1e-6);
    }
  });
});
