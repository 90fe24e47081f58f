/** A grid from beats and positions: soon enough to fire by, honest of its error, and in the book only where it holds for the track. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  betterGrid,
  type GridSamples,
  heardGrid,
  learntGrid,
  withGridSample,
} from '../../../src/core/deck/grid-learning.ts';
import { rounds } from '../../rounds.ts';

const TEMPO = 127.93;
const BEAT_MS = 60_000 / TEMPO;
const FIRST_MS = 176;
/** A report is late by this at most. */
const LATE_MOST_MS = 10;

/** What reports say that were made at some moments, `lateMs` before they came; the deck plays at normal speed. */
function learn(
  moments: readonly number[],
  lateMs: (i: number) => number,
  before: GridSamples | null = null,
  { tempoBpm, firstMs } = { tempoBpm: TEMPO, firstMs: FIRST_MS },
): GridSamples {
  let clues = before;
  for (const [i, at] of moments.entries()) {
    const beat = Math.floor(((at - firstMs) * tempoBpm) / 60_000) + 1;
    const place = at + lateMs(i);
    clues = withGridSample(clues, { tempoBpm, beat, upTo: 1, leastMs: place - LATE_MOST_MS, mostMs: place });
  }
  if (clues === null) throw new Error('no moments');
  return clues;
}

const every = (ms: number, from: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + i * ms);
const steady = (beats: number): GridSamples =>
  learn(every(173, 1000, Math.floor((beats * BEAT_MS) / 173)), i => i % 10);
const elsewhere = { tempoBpm: TEMPO, beat: 200, upTo: 1, leastMs: 60_000, mostMs: 60_010 };

describe('a grid to fire by', () => {
  it('is there after a bar and two beats, and beat 1 lies within its error, from then on', () => {
    const lates = fc.array(fc.double({ min: 0, max: LATE_MOST_MS, noNaN: true }), { minLength: 400, maxLength: 400 });
    const tempi = fc.double({ min: 65, max: 190, noNaN: true });
    fc.assert(
      fc.property(lates, tempi, fc.double({ min: 0, max: 500, noNaN: true }), (late, tempoBpm, firstMs) => {
        let clues: GridSamples | null = null;
        // The first beat that is told may be told at its very end.
        const readyAt = firstMs + (6 * 60_000) / tempoBpm;
        for (const [i, at] of every(200, firstMs + 1, 60).entries()) {
          clues = learn([at], () => late[i] ?? 0, clues, { tempoBpm, firstMs });
          const grid = heardGrid(clues);
          if (at > readyAt) expect(grid, `${tempoBpm} BPM at ${at}`).not.toBeNull();
          if (grid !== null) expect(Math.abs(grid.firstBeatMs - firstMs)).toBeLessThanOrEqual(grid.errorMs);
        }
      }),
      { numRuns: rounds(50) },
    );
  });

  it('is not concluded from three beats, nor from an interval that is wider than most of a beat', () => {
    const sample = (beat: number, widthMs: number) => ({
      tempoBpm: 120,
      beat,
      upTo: 0,
      leastMs: beat * 500 - widthMs,
      mostMs: beat * 500,
    });
    const said = (beats: number, widthMs: number) =>
      Array.from({ length: beats }, (_, i) => sample(i + 1, widthMs)).reduce<GridSamples | null>(withGridSample, null);
    expect(heardGrid(said(3, 20) as GridSamples)).toBeNull();
    expect(heardGrid(said(4, 20) as GridSamples)).toEqual({ firstBeatMs: 490, tempoBpm: 120, errorMs: 18 });
    // At 120 BPM three fifths of a beat are 300 ms.
    expect(heardGrid(said(4, 300) as GridSamples)).toMatchObject({ errorMs: 158 });
    expect(heardGrid(said(40, 301) as GridSamples)).toBeNull();
  });

  it('a jump before it is heard begins anew; after that it takes eight in a row that say otherwise, and one that agrees clears them', () => {
    expect(withGridSample(steady(2), elsewhere)).toMatchObject({ beats: 1, isUnsteady: false });
    let clues = steady(6);
    const heard = heardGrid(clues);
    expect(heard).not.toBeNull();
    for (let i = 0; i < 7; i++) clues = withGridSample(clues, elsewhere);
    expect(heardGrid(clues)).toEqual(heard);
    const agreeing = learn([60_000], () => 5, clues);
    expect(agreeing.misses).toBe(0);
    expect(withGridSample(clues, elsewhere)).toMatchObject({ beats: 1, misses: 0, isUnsteady: false });
  });

  it('where the tempo changes it is heard anew at once, and is there again after a bar', () => {
    const later = learn(every(200, 30_000, 1), () => 0, steady(60), { tempoBpm: 100, firstMs: -200 });
    expect(heardGrid(later)).toBeNull();
    const again = heardGrid(learn(every(173, 30_173, 20), i => i % 10, later, { tempoBpm: 100, firstMs: -200 }));
    expect(again?.tempoBpm).toBe(100);
    expect(Math.abs((again?.firstBeatMs ?? Infinity) + 200)).toBeLessThanOrEqual(again?.errorMs ?? 0);
  });

  it('a deck keeps the one that it goes by until another is known far better or contradicts it', () => {
    const by = (low: number, high: number): GridSamples => ({ ...steady(20), low, high });
    const first = betterGrid(null, by(100, 160));
    expect(first).toEqual({ firstBeatMs: 130, tempoBpm: TEMPO, errorMs: 38 });
    // Three quarters of 38 ms are 28.5.
    expect(betterGrid(first, by(100, 141.5))).toBe(first);
    expect(betterGrid(first, by(110, 150))).toEqual({ firstBeatMs: 130, tempoBpm: TEMPO, errorMs: 28 });
    expect(betterGrid(first, by(130.5, 190))).toMatchObject({ firstBeatMs: 160.25 });
    expect(betterGrid(first, by(60, 129.5))).toMatchObject({ firstBeatMs: 94.75 });
    expect(betterGrid(first, { ...by(100, 160), tempoBpm: 100 })).toMatchObject({ tempoBpm: 100 });
    expect(betterGrid(first, { ...by(100, 160), beats: 1 })).toBeNull();
  });
});

describe('a grid of the whole track', () => {
  it('lies where the beats do, as closely as their reports allow', () => {
    const lates = fc.infiniteStream(fc.double({ min: 0, max: LATE_MOST_MS, noNaN: true }));
    fc.assert(
      fc.property(lates, fc.integer({ min: 0, max: 190 }), (late, start) => {
        const clues = learn(every(200, 1000 + start, 400), () => late.next().value as number);
        const grid = learntGrid(clues);
        expect(Math.abs((grid?.firstBeatMs ?? Number.NaN) - FIRST_MS)).toBeLessThanOrEqual(8);
        expect(grid?.tempoBpm).toBe(TEMPO);
      }),
      { numRuns: rounds(50) },
    );
  });

  it('is learnt from 32 beats that leave 16 ms, and from no fewer and no more', () => {
    const clues = { ...steady(40), beats: 32, low: 100, high: 116 };
    expect(learntGrid(clues)).toEqual({ firstBeatMs: 108, tempoBpm: TEMPO });
    expect(learntGrid({ ...clues, beats: 31 })).toBeNull();
    expect(learntGrid({ ...clues, high: 116.1 })).toBeNull();
  });

  it('a beat counts once, however often it is told', () => {
    const told = (beat: number) => ({ tempoBpm: 120, beat, upTo: 1, leastMs: beat * 500 - 10, mostMs: beat * 500 });
    const clues = [1, 1, 1, 2, 2, 3].map(told).reduce<GridSamples | null>(withGridSample, null);
    expect(clues).toMatchObject({ beats: 3, lastBeat: 3 });
  });

  it('two clues that miss each other by up to 8 ms are of one grid, which then lies between them', () => {
    const at = (low: number, high: number) => ({ tempoBpm: 120, beat: 1, upTo: 0, leastMs: low, mostMs: high });
    const first = withGridSample(null, at(100, 110));
    expect(withGridSample(first, at(118, 130))).toMatchObject({ low: 110, high: 118, misses: 0 });
    expect(withGridSample(first, at(80, 92))).toMatchObject({ low: 92, high: 100 });
    expect(withGridSample(first, at(118.1, 130))).toMatchObject({ low: 118.1, high: 130, beats: 1 });
  });

  it('where the tempo is another one later in the track none is learnt any more', () => {
    const clues = withGridSample(steady(60), { tempoBpm: 140, beat: 120, upTo: 1, leastMs: 60_000, mostMs: 60_010 });
    expect([learntGrid(steady(60)) === null, clues.isUnsteady, learntGrid(clues)]).toEqual([false, true, null]);
    const later = learn(every(173, 60_173, 200), i => i % 10, clues, { tempoBpm: 140, firstMs: 0 });
    expect([later.isUnsteady, learntGrid(later), heardGrid(later)?.tempoBpm]).toEqual([true, null, 140]);
  });

  it('where beats lie elsewhere later, at the same tempo, none is learnt any more', () => {
    let clues = steady(60);
    for (let i = 0; i < 8; i++) clues = withGridSample(clues, elsewhere);
    expect([clues.isUnsteady, clues.beats]).toEqual([true, 1]);
  });
});
