import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Deck, emptyDeck } from '../../../src/core/deck/deck.ts';
import { reducePosition } from '../../../src/core/deck/deck-from-position.ts';
import { reduceReport } from '../../../src/core/deck/deck-from-status.ts';
import { positionAt } from '../../../src/core/deck/position.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { steadyGrid } from '../../../src/core/track/beat-grid.ts';
import { NOTHING_KNOWN } from '../../../src/core/track/track-knowledge.ts';
import { report, stampAt } from '../core-samples.ts';

const nothingKnown = () => NOTHING_KNOWN;
const seeds = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** Reports of a playhead that starts at beat 1.3, at a tempo, with delays of 0 to 10 ms that nobody is told of. */
function played(
  tempoBpm: number,
  everyMs: number,
  forMs: number,
  seed: number,
  loss = 0,
): { deck: Deck; at: number; beat: number }[] {
  const random = seededRandom(seed);
  let deck = emptyDeck({ unit: 'opus', number: 1 });
  const seen: { deck: Deck; at: number; beat: number }[] = [];
  const beatAt = (at: number): number => 1.3 + (at * tempoBpm) / 60000;
  for (let sentAt = 0; sentAt < forMs; sentAt += everyMs) {
    const at = sentAt + random() * 10;
    if (random() < loss) continue;
    const said = report({ trackTempoBpm: tempoBpm, beat: Math.floor(beatAt(sentAt)), isOrderProved: true });
    deck = reduceReport(deck, said, stampAt(at), nothingKnown);
    seen.push({ deck, at, beat: beatAt(at) });
  }
  return seen;
}

describe('the estimator', () => {
  it('keeps the truth inside its bar, with and without lost reports', () => {
    for (let seed = 1; seed <= 20; seed++) {
      for (const loss of [0, 0.2]) {
        for (const { deck, at, beat } of played(128, 200, 20_000, seed, loss)) {
          const position = positionAt(deck, at);
          expect(Math.abs((position.beat ?? 0) - beat)).toBeLessThanOrEqual((position.beatUncertainty ?? 0) + 1e-9);
        }
      }
    }
  });

  it('keeps the truth inside its bar from the first report after a start, a stop or a move of the pitch fader', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      const startAt = 1000 + random() * 200;
      const moveAt = 5000 + random() * 200;
      const stopAt = 9000 + random() * 200;
      const speedAt = (t: number): number => (t < startAt || t >= stopAt ? 0 : t < moveAt ? 1 : 1.06);
      const perMs = 128 / 60000;
      const played = (t: number): number =>
        Math.max(0, Math.min(t, moveAt) - startAt) + 1.06 * Math.max(0, Math.min(t, stopAt) - moveAt);
      const beatAt = (t: number): number => 5.4 + perMs * played(t);
      let deck = emptyDeck({ unit: 'opus', number: 1 });
      for (let sentAt = 0; sentAt < 12_000; sentAt += 200) {
        const at = sentAt + random() * 10;
        const speed = speedAt(sentAt);
        const said = report({
          trackTempoBpm: 128,
          beat: Math.floor(beatAt(sentAt)),
          playState: speed === 0 ? 'paused' : 'playing',
          pitchSpeed: speed === 0 ? 1 : speed,
          runSpeed: speed,
        });
        deck = reduceReport(deck, said, stampAt(at), nothingKnown);
        const { beat, beatUncertainty } = positionAt(deck, at);
        const error = Math.abs((beat ?? 0) - beatAt(at));
        expect(error, `seed ${seed} at ${at}`).toBeLessThanOrEqual((beatUncertainty ?? 0) + 1e-9);
      }
    }
  });

  it('narrows the bar, but not below what commensurate reports can tell: 100 ms at 120 BPM every 200 ms', () => {
    const narrow = played(128, 200, 40_000, 3).at(-1);
    const wide = played(120, 200, 40_000, 3).at(-1);
    if (narrow === undefined || wide === undefined) throw new Error('no reports');
    expect(positionAt(narrow.deck, narrow.at).uncertaintyMs).toBeLessThan(25);
    expect(positionAt(wide.deck, wide.at).uncertaintyMs).toBeGreaterThan(40);
  });

  it('never publishes a step back in forward play', () => {
    for (let seed = 1; seed <= 10; seed++) {
      let last = -Infinity;
      let before: { deck: Deck; at: number } | null = null;
      for (const { deck, at } of played(126.4, 200, 15_000, seed, 0.1)) {
        for (let t = before?.at ?? at; before !== null && t < at; t += 7) {
          const beat = positionAt(before.deck, t).beat ?? 0;
          expect(beat).toBeGreaterThanOrEqual(last - 1e-9);
          last = beat;
        }
        before = { deck, at };
      }
    }
  });

  it('finds a jump with the first report when its order is proved, else with the second', () => {
    for (const [isOrderProved, reportsNeeded] of [
      [true, 1],
      [false, 2],
    ] as const) {
      let { deck, at } = played(128, 200, 5_000, 1).at(-1) ?? { deck: emptyDeck({ unit: 'opus', number: 1 }), at: 0 };
      const { pass } = deck;
      for (let i = 1; i <= reportsNeeded; i++) {
        expect(deck.pass).toBe(pass);
        at += 200;
        deck = reduceReport(deck, report({ trackTempoBpm: 128, beat: 200, isOrderProved }), stampAt(at), nothingKnown);
      }
      expect(deck.pass).toBe(pass + 1);
      expect(positionAt(deck, at).beat).toBeGreaterThan(199);
      expect(deck.mark).toMatchObject({ crossed: 200, isFresh: true });
    }
  });

  it('a stray report from a source that may mix up its order moves nothing', () => {
    const seen = played(128, 200, 5_000, 1).at(-1);
    if (seen === undefined) throw new Error('no reports');
    const stray = reduceReport(
      seen.deck,
      report({ trackTempoBpm: 128, beat: 3, isOrderProved: false }),
      stampAt(seen.at + 60),
      nothingKnown,
    );
    expect(stray.pass).toBe(seen.deck.pass);
    expect(positionAt(stray, seen.at + 100).beat).toBeCloseTo(seen.beat + (100 * 128) / 60000, 0);
  });

  it('a report that waited while the program was busy widens the bar instead of inventing a jump', () => {
    const seen = played(128, 200, 5_000, 1).at(-1);
    if (seen === undefined) throw new Error('no reports');
    // Sent 200 ms after the last one, noticed three seconds later.
    const beat = Math.floor(seen.beat + (200 * 128) / 60000);
    const stamp = { notBefore: seen.at + 150, at: seen.at + 3200 };
    const late = reduceReport(seen.deck, report({ trackTempoBpm: 128, beat }), stamp, nothingKnown);
    expect(late.pass).toBe(seen.deck.pass);
  });

  it('tells the same twice: a duplicate report changes no place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 60, max: 200 }), (beat, tempoBpm) => {
        const said = report({ beat, trackTempoBpm: tempoBpm });
        const once = reduceReport(emptyDeck({ unit: 'opus', number: 2 }), said, stampAt(5), nothingKnown);
        const twice = reduceReport(once, said, stampAt(5), nothingKnown);
        expect(positionAt(twice, 100)).toEqual(positionAt(once, 100));
        expect(twice.pass).toBe(once.pass);
      }),
    );
  });

  it('says where its milliseconds come from', () => {
    const first = played(120, 200, 1000, 1).at(-1);
    if (first === undefined) throw new Error('no reports');
    const { basis, positionMs, beat } = positionAt(first.deck, first.at);
    expect(basis).toBe('beats');
    expect(positionMs).toBeCloseTo(((beat ?? 0) - 1) * 500, 6);

    const grid = { ...NOTHING_KNOWN, grid: steadyGrid(123, 120) };
    const known = reduceReport(emptyDeck({ unit: 'opus', number: 1 }), report({ beat: 9 }), stampAt(0), () => grid);
    expect(positionAt(known, 0).basis).toBe('grid');
    expect(positionAt(known, 0).positionMs).toBeCloseTo(123 + ((positionAt(known, 0).beat ?? 0) - 1) * 500, 6);

    const absolute = reducePosition(
      known,
      { positionMs: 4321, lengthS: 300, pitchSpeed: 1 },
      stampAt(200),
      () => NOTHING_KNOWN,
    );
    expect(positionAt(absolute, 200).basis).toBe('absolute');
    expect(Math.abs((positionAt(absolute, 200).positionMs ?? 0) - 4321)).toBeLessThanOrEqual(10);
  });

  it('takes no tempo from the first reports of a load, which may still be that of the track before', () => {
    let deck = emptyDeck({ unit: 'opus', number: 1 });
    const stale = report({ playState: 'loading', beat: null, beatInBar: null, trackTempoBpm: 174 });
    deck = reduceReport(deck, stale, stampAt(0), nothingKnown);
    deck = reduceReport(deck, report({ beat: 121, trackTempoBpm: 120 }), stampAt(200), nothingKnown);
    expect(Math.abs((positionAt(deck, 200).positionMs ?? 0) - 60_250)).toBeLessThan(300);
  });

  it('a deck that loads stands still, and the same track loaded again is a load', () => {
    const seen = played(128, 200, 5_000, 1).at(-1);
    if (seen === undefined) throw new Error('no reports');
    const loading = report({ playState: 'loading', beat: null, beatInBar: null, runSpeed: 0 });
    let { deck } = seen;
    for (let i = 1; i <= 10; i++) deck = reduceReport(deck, loading, stampAt(seen.at + 200 * i), nothingKnown);
    expect(deck.loads).toBe(seen.deck.loads + 1);
    expect(positionAt(deck, seen.at + 2000).beat).toBeNull();
  });

  it('a search that no two reports agree on is followed all the same', () => {
    let { deck, at } = played(128, 200, 5_000, 1).at(-1) ?? { deck: emptyDeck({ unit: 'opus', number: 1 }), at: 0 };
    for (const beat of [40, 90, 30, 160, 70, 120]) {
      at += 200;
      const said = report({ beat, playState: 'paused', runSpeed: 0, isOrderProved: false });
      deck = reduceReport(deck, said, stampAt(at), nothingKnown);
    }
    expect(Math.abs((positionAt(deck, at).beat ?? 0) - 120.5)).toBeLessThanOrEqual(0.5);
  });

  it('a source that changes from beats to ms and back is no jump where a grid is known', () => {
    const grid = () => ({ ...NOTHING_KNOWN, grid: steadyGrid(0, 120) });
    let deck = reduceReport(emptyDeck({ unit: 'opus', number: 1 }), report({ beat: 9 }), stampAt(0), grid);
    const { pass } = deck;
    deck = reducePosition(deck, { positionMs: 4300, lengthS: 300, pitchSpeed: 1 }, stampAt(200), grid);
    deck = reducePosition(deck, { positionMs: 4330, lengthS: 300, pitchSpeed: 1 }, stampAt(230), grid);
    deck = reduceReport(deck, report({ beat: 9 }), stampAt(395), grid);
    deck = reduceReport(deck, report({ beat: 10 }), stampAt(600), grid);
    expect(deck.line?.coordinate).toBe('beats');
    expect(deck.pass).toBe(pass);
    expect(deck.mark?.isFresh === false || (deck.mark?.crossed ?? 0) <= 10).toBe(true);
  });

  it('grows its bar while nothing is heard', () => {
    const seen = played(128, 200, 20_000, 1).at(-1);
    if (seen === undefined) throw new Error('no reports');
    const bars = [0, 500, 900, 3000].map(ms => positionAt(seen.deck, seen.at + ms).uncertaintyMs ?? 0);
    expect(bars).toEqual([...bars].sort((a, b) => a - b));
    expect(bars[3]).toBeGreaterThan(2000);
  });

  it('a deck that stands and is moved by hand, beat by beat, is within the beat it reports', () => {
    let deck = emptyDeck({ unit: 'opus', number: 1 });
    for (const [i, beat] of [40, 41, 42, 43, 42, 41].entries()) {
      deck = reduceReport(deck, report({ beat, playState: 'paused' }), stampAt(200 * i), nothingKnown);
      const { beat: place, beatUncertainty } = positionAt(deck, 200 * i);
      expect((place ?? 0) - (beatUncertainty ?? 0)).toBeLessThanOrEqual(beat);
      expect((place ?? 0) + (beatUncertainty ?? 0)).toBeGreaterThanOrEqual(beat + 1);
    }
  });
});

describe('reports that were held up', () => {
  /** What a deck at 120 BPM told while nothing came through, all at once. */
  const HELD_UP_AT = 4700;

  it('a burst of old beats is no jump back: the last of them is where the deck is', () => {
    let deck = emptyDeck({ unit: 'opus', number: 1 });
    const tell = (sentAt: number, at: number) => {
      const before = deck;
      deck = reduceReport(deck, report({ beat: 1 + Math.floor(sentAt / 500) }), stampAt(at), nothingKnown);
      return before;
    };
    for (let at = 0; at <= 4000; at += 200) tell(at, at);
    const { pass } = deck;
    for (const sentAt of [4200, 4400, 4600]) {
      const before = tell(sentAt, HELD_UP_AT);
      const [was, is] = [before, deck].map(each => positionAt(each, HELD_UP_AT).beat ?? 0);
      expect(is).toBeGreaterThanOrEqual(was ?? 0);
    }
    tell(4800, 4800);
    expect(deck.pass).toBe(pass);
    const { beat, beatUncertainty } = positionAt(deck, 4800);
    expect(Math.abs((beat ?? 0) - (1 + 4800 / 500))).toBeLessThanOrEqual(beatUncertainty ?? 0);
  });

  it('a jump back to where the deck has just been is believed when reports say so for longer than they were held up', () => {
    let deck = emptyDeck({ unit: 'opus', number: 1 });
    for (let at = 0; at <= 4000; at += 200) {
      deck = reduceReport(deck, report({ beat: 1 + Math.floor(at / 500) }), stampAt(at), nothingKnown);
    }
    const { pass } = deck;
    // From 4000 ms on one second lies unheard; then it plays from what it was at 4200 ms.
    let believedAt = Infinity;
    for (let at = 5000; at <= 7000; at += 200) {
      deck = reduceReport(deck, report({ beat: 1 + Math.floor((at - 800) / 500) }), stampAt(at), nothingKnown);
      if (deck.pass !== pass) believedAt = Math.min(believedAt, at);
    }
    expect(believedAt).toBeGreaterThanOrEqual(5800);
    expect(believedAt).toBeLessThanOrEqual(6600);
    expect(deck.pass).toBe(pass + 1);
    const { beat, beatUncertainty } = positionAt(deck, 7000);
    expect(Math.abs((beat ?? 0) - (1 + 6200 / 500))).toBeLessThanOrEqual(beatUncertainty ?? 0);
  });

  it('a deck that starts while a burst drains is not said to be further on than one that came in time', () => {
    for (const heldMs of [400, 700, 900]) {
      let deck = emptyDeck({ unit: 'opus', number: 1 });
      const tell = (at: number, notBefore: number, playState: 'paused' | 'playing'): void => {
        deck = reduceReport(deck, report({ beat: 224, playState }), { notBefore, at }, nothingKnown);
      };
      for (let at = 0; at <= 4000; at += 200) tell(at, at, 'paused');
      const heldUntil = 4000 + heldMs;
      for (let sentAt = 4200; sentAt < heldUntil; sentAt += 200) tell(heldUntil, 4000, 'paused');
      // Play is pressed 80 ms later, and told at once.
      tell(heldUntil + 80, heldUntil + 80, 'playing');
      const { beat, beatUncertainty } = positionAt(deck, heldUntil + 80);
      expect(beat ?? Infinity, `${heldMs} ms`).toBeLessThan(225);
      expect((beat ?? 0) + (beatUncertainty ?? 0)).toBeGreaterThan(225);
    }
  });

  it('a status that overtakes the positions it was held up with does not leave the deck to its beats', () => {
    let deck = emptyDeck({ unit: 'opus', number: 1 });
    const statusOf = (sentAt: number, at: number): void => {
      deck = reduceReport(deck, report({ beat: 1 + Math.floor(sentAt / 500) }), stampAt(at), nothingKnown);
    };
    const positionOf = (sentAt: number, at: number): void => {
      const told = { positionMs: sentAt, lengthS: 300, pitchSpeed: 1 };
      deck = reducePosition(deck, told, stampAt(at), nothingKnown);
    };
    for (let at = 0; at <= 4020; at += 30) {
      if (at % 210 === 0) statusOf(at, at);
      positionOf(at, at);
    }
    const { pass } = deck;
    for (const sentAt of [4200, 4400, 4600]) statusOf(sentAt, HELD_UP_AT);
    expect(deck.line?.coordinate).toBe('ms');
    for (let sentAt = 4050; sentAt < HELD_UP_AT; sentAt += 30) positionOf(sentAt, HELD_UP_AT);
    positionOf(4710, 4710);
    expect(deck.pass).toBe(pass);
    expect(Math.abs((positionAt(deck, 4710).positionMs ?? 0) - 4710)).toBeLessThanOrEqual(25);
  });
});

describe('a player that does not count its statuses', () => {
  it('is believed in the end when its beats contradict the line again and again, though others agree in between', () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const random = seededRandom(seed);
      const [movedAt, by] = [12_000 + 60 * seed, -0.46];
      const beatAt = (at: number): number => 50.3 + (at * 126) / 60_000 + (at >= movedAt ? by : 0);
      let deck = emptyDeck({ unit: 'opus', number: 1 });
      for (let sentAt = 0; sentAt <= movedAt + 3000; sentAt += 200) {
        const told = report({ trackTempoBpm: 126, beat: Math.floor(beatAt(sentAt)), isOrderProved: false });
        deck = reduceReport(deck, told, stampAt(sentAt + 10 * random()), nothingKnown);
      }
      const at = movedAt + 3010;
      const { beat, beatUncertainty } = positionAt(deck, at);
      expect(Math.abs((beat ?? 0) - beatAt(at)), `seed ${seed}`).toBeLessThanOrEqual(beatUncertainty ?? 0);
    }
  });

  it('is not turned back by a late status and its own copy', () => {
    let deck = emptyDeck({ unit: 'opus', number: 1 });
    const tell = (beat: number, at: number): void => {
      deck = reduceReport(deck, report({ beat, isOrderProved: false }), stampAt(at), nothingKnown);
    };
    for (let at = 0; at <= 4000; at += 200) tell(1 + Math.floor(at / 500), at);
    const { pass } = deck;
    // Of 3400 ms, when beat 7 was on.
    tell(7, 4100);
    tell(7, 4118);
    tell(9, 4200);
    expect(deck.pass).toBe(pass);
  });
});

describe('absolute positions', () => {
  interface Look {
    readonly at: number;
    readonly deck: Deck;
    readonly positionMs: number;
    readonly barMs: number;
    readonly trueMs: number;
  }

  /** A playhead as positions every 30 ms tell it, 0 to 10 ms on their way; its statuses all say what it did at first. */
  function tellPositions(trueAt: (at: number) => number, forMs: number, seed: number, isPlaying: boolean): Look[] {
    const random = seededRandom(seed);
    const playState = isPlaying ? 'playing' : 'paused';
    let deck = reduceReport(
      emptyDeck({ unit: 'opus', number: 1 }),
      report({ playState, pitchSpeed: 1.032, runSpeed: isPlaying ? 1.032 : 0 }),
      stampAt(0),
      nothingKnown,
    );
    const looks: Look[] = [];
    for (let sentAt = random() * 30; sentAt < forMs; sentAt += 30) {
      const at = sentAt + random() * 10;
      deck = reducePosition(
        deck,
        { positionMs: Math.floor(trueAt(sentAt)), lengthS: 300, pitchSpeed: 1.032 },
        stampAt(at),
        () => NOTHING_KNOWN,
      );
      const { positionMs, uncertaintyMs } = positionAt(deck, at);
      looks.push({ at, deck, positionMs: positionMs ?? 0, barMs: uncertaintyMs ?? 0, trueMs: trueAt(at) });
    }
    return looks;
  }

  it('are followed to 2 ms from two seconds after a start on, and never a step back', () => {
    for (const seed of seeds(20)) {
      const looks = tellPositions(at => 5000 + at * 1.032, 20_000, seed, true);
      for (const { positionMs, trueMs, barMs: bar } of looks.slice(67)) {
        expect(Math.abs(positionMs - trueMs)).toBeLessThanOrEqual(3);
        expect(Math.abs(positionMs - trueMs)).toBeLessThanOrEqual(bar);
      }
      const errors = looks.slice(67).map(({ positionMs, trueMs }) => Math.abs(positionMs - trueMs));
      expect(errors.sort((a, b) => a - b)[Math.floor(errors.length * 0.99)]).toBeLessThanOrEqual(2);
      for (const [i, { positionMs }] of looks.entries()) {
        expect(positionMs).toBeGreaterThanOrEqual(looks[i - 1]?.positionMs ?? 0);
      }
    }
  });

  it('wait while a jump is in doubt: no further on than positions of before the jump still tell', () => {
    for (const seed of seeds(20)) {
      const random = seededRandom(seed);
      let deck = reduceReport(emptyDeck({ unit: 'opus', number: 1 }), report(), stampAt(0), nothingKnown);
      const coming = Array.from({ length: 400 }, (_, i) => ({ sentAt: 30 * i, at: 30 * i + 100 * random() }));
      const jumpAt = 9000 + 7 * seed;
      let doubtedAt: { at: number; place: number } | null = null;
      let settled = 0;
      for (const { sentAt, at } of coming.sort((a, b) => a.at - b.at)) {
        const positionMs = Math.floor(1000 + sentAt + (sentAt >= jumpAt ? 60_000 : 0));
        const before = deck.pass;
        deck = reducePosition(deck, { positionMs, lengthS: 300, pitchSpeed: 1 }, stampAt(at), nothingKnown);
        if (at < 3000) settled = deck.pass;
        const place = positionAt(deck, at).positionMs ?? 0;
        if (sentAt >= jumpAt && doubtedAt === null) doubtedAt = { at, place };
        if (doubtedAt !== null && deck.pass === before && place < 50_000) {
          // The latest of before the jump comes 100 ms after it; until the next one contradicts it, the line is cleared.
          expect(place - doubtedAt.place, `seed ${seed}, ${at - doubtedAt.at} ms on`).toBeLessThanOrEqual(130);
        }
      }
      expect(deck.pass, `seed ${seed}`).toBe(settled + 1);
    }
  });

  it('are no stop when they come twice', () => {
    let deck = reduceReport(emptyDeck({ unit: 'opus', number: 1 }), report({ beat: 9 }), stampAt(0), nothingKnown);
    const tell = (positionMs: number, at: number): void => {
      deck = reducePosition(deck, { positionMs, lengthS: 300, pitchSpeed: 1 }, stampAt(at), nothingKnown);
    };
    for (let at = 10; at < 5000; at += 30) {
      tell(4000 + at, at);
      if (at % 90 === 10) tell(4000 + at, at + 22);
      expect(deck.isPlaying).toBe(true);
    }
  });

  it('show that CUE has put a deck somewhere, where it never runs', () => {
    for (const seed of seeds(20)) {
      const cueAt = 4000 + 7 * seed;
      const looks = tellPositions(at => (at < cueAt ? 71_000 + at * 1.032 : 30_120), 5000, seed, true);
      for (const { deck } of looks) {
        if ((deck.line?.place ?? 71_000) < 60_000) expect(deck.line?.rate, `seed ${seed}`).toBe(0);
      }
      expect(looks.at(-1)?.positionMs).toBeCloseTo(30_120, -1);
      expect(looks.at(-1)?.deck.isPlaying).toBe(false);
    }
  });

  it('show that a deck has been turned within 150 ms, and it is no jump', () => {
    for (const seed of seeds(20)) {
      const turnAt = 4000 + 7 * seed;
      const looks = tellPositions(
        at => 50_000 + (Math.min(at, turnAt) - Math.max(0, at - turnAt)) * 1.032,
        5000,
        seed,
        true,
      );
      const turned = looks.find(({ deck }) => deck.runSpeed < 0);
      expect((turned?.at ?? Infinity) - turnAt, `seed ${seed}`).toBeLessThanOrEqual(150);
      expect(looks.at(-1)?.deck.pass).toBe(looks[0]?.deck.pass);
      const { positionMs, trueMs } = looks.at(-1) ?? { positionMs: 0, trueMs: Infinity };
      expect(Math.abs(positionMs - trueMs)).toBeLessThanOrEqual(25);
    }
  });

  it('show a start within 75 ms and a stop within 105 ms, long before a status does', () => {
    for (const seed of seeds(50)) {
      const turnAt = 3000 + 7 * seed;
      const stopping = tellPositions(at => 5000 + Math.min(at, turnAt) * 1.032, 5000, seed, true);
      const stoppedAt = stopping.find(({ deck }) => !deck.isPlaying)?.at ?? Infinity;
      const starting = tellPositions(at => 5000 + Math.max(0, at - turnAt) * 1.032, 5000, seed, false);
      const startedAt = starting.find(({ deck }) => deck.isPlaying)?.at ?? Infinity;
      // One position that is the same again may be a copy: it takes a third.
      for (const [seenAt, withinMs] of [
        [startedAt, 75],
        [stoppedAt, 105],
      ] as const) {
        expect(seenAt - turnAt, `seed ${seed}`).toBeGreaterThan(0);
        expect(seenAt - turnAt, `seed ${seed}`).toBeLessThanOrEqual(withinMs);
      }
      expect(stopping.at(-1)?.deck.isPlaying).toBe(false);
      expect(starting.at(-1)?.deck.isPlaying).toBe(true);
    }
  });

  it('are followed over a jump: within 15 ms at the second position after it, on a new pass', () => {
    for (const by of [-30_000, -470, 470, 30_000]) {
      for (const seed of seeds(20)) {
        const jumpAt = 4000 + 7 * seed;
        const looks = tellPositions(at => 50_000 + at * 1.032 + (at >= jumpAt ? by : 0), 5000, seed, true);
        // The third that came later: the first of them may have been sent before.
        const after = looks.filter(({ at }) => at > jumpAt).slice(2);
        for (const { positionMs, trueMs } of after.slice(0, 6)) {
          expect(Math.abs(positionMs - trueMs), `by ${by}, seed ${seed}`).toBeLessThanOrEqual(15);
        }
        expect(looks.at(-1)?.deck.pass).toBe((looks[0]?.deck.pass ?? 0) + 1);
      }
    }
  });
});
