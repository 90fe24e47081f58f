import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GridSamples, learntGrid, withGridSample } from '../../../src/core/deck/grid-learning.ts';
import { consult, EMPTY_BOOK, withLearned } from '../../../src/core/track/track-book.ts';
import { rounds } from '../../rounds.ts';
import { structure } from '../core-samples.ts';
import { print } from './media-samples.ts';

const LESSON = { id: 7, tempoBpm: 120, lengthS: 300, structure, fingerprint: print('a'), grid: null } as const;
const evidence = { id: 7, tempoBpm: 120, lengthS: 300, fingerprint: undefined, source: null };

describe('the track book', () => {
  const taught = withLearned(EMPTY_BOOK, LESSON);

  it('gives back what it was taught', () => {
    expect(consult(taught, evidence)).toMatchObject({ confidence: 'assumed', advice: null, entry: { structure } });
    expect(consult(taught, { ...evidence, fingerprint: print('a') }).confidence).toBe('confirmed');
    expect(consult(taught, { ...evidence, id: 8 }).confidence).toBe('unknown');
  });

  it('the same lesson twice is no news', () => expect(withLearned(taught, { ...LESSON })).toBe(taught));

  it('what a lesson does not say stays as it was', () => {
    const more = withLearned(taught, { id: 7, tempoBpm: 120, grid: { firstBeatMs: 90, tempoBpm: 120 } });
    expect(more.get(7)).toMatchObject({ structure, lengthS: 300, grid: { firstBeatMs: 90 } });
  });

  it.each([
    ['tempo', { ...evidence, tempoBpm: 124 }],
    ['length', { ...evidence, lengthS: 280 }],
    ['structure', { ...evidence, fingerprint: print('b') }],
  ])('another %s contradicts it, and it is not used', (what, other) => {
    expect(consult(taught, other)).toEqual({
      entry: null,
      confidence: 'mismatch',
      advice: `what was learnt of track 7 has another ${what}: not used; it is learnt anew in lighting mode`,
    });
  });

  it('a lesson that contradicts it is of another track: nothing of the old one stays', () => {
    const other = withLearned(taught, { id: 7, tempoBpm: 140, structure: null });
    expect(other.get(7)).toMatchObject({ tempoBpm: 140, structure: null, lengthS: null, fingerprint: null });
  });

  it('what another evening taught is used, and said to be so', () => {
    const old = new Map([...taught].map(([id, entry]) => [id, { ...entry, isOfTonight: false }]));
    expect(consult(old, evidence)).toMatchObject({ confidence: 'assumed', advice: 'learnt on an earlier evening' });
  });
});

describe('a grid from beats and positions', () => {
  const TEMPO = 127.93;
  const BEAT_MS = 60_000 / TEMPO;
  const FIRST_MS = 176;

  function learn(moments: readonly number[], lateMs: (i: number) => number): GridSamples {
    let clues: GridSamples | null = null;
    for (const [i, at] of moments.entries()) {
      const beat = Math.floor((at - FIRST_MS) / BEAT_MS) + 1;
      const place = at + lateMs(i);
      clues = withGridSample(clues, { tempoBpm: TEMPO, beat, upTo: 1, leastMs: place - 10, mostMs: place });
    }
    if (clues === null) throw new Error('no moments');
    return clues;
  }

  it('lies where the beats do, as closely as their reports allow', () => {
    const lates = fc.infiniteStream(fc.double({ min: 0, max: 10, noNaN: true }));
    fc.assert(
      fc.property(lates, fc.integer({ min: 0, max: 190 }), (late, start) => {
        const moments = Array.from({ length: 400 }, (_, i) => 1000 + start + i * 200);
        const clues = learn(moments, () => late.next().value as number);
        const grid = learntGrid(clues);
        expect(Math.abs((grid?.firstBeatMs ?? Number.NaN) - FIRST_MS)).toBeLessThanOrEqual(8);
        expect(grid?.tempoBpm).toBe(TEMPO);
      }),
      { numRuns: rounds(50) },
    );
  });

  it('is not believed from a few beats', () => {
    const clues = learn(
      Array.from({ length: 40 }, (_, i) => 1000 + i * 200),
      () => 0,
    );
    expect(learntGrid(clues)).toBeNull();
  });

  const steady = (beats: number): GridSamples =>
    learn(
      Array.from({ length: beats * 3 }, (_, i) => 1000 + i * 173),
      i => i % 10,
    );

  it('a jump before anything is learnt begins anew, one after that changes nothing', () => {
    const elsewhere = { tempoBpm: TEMPO, beat: 200, upTo: 1, leastMs: 60_000, mostMs: 60_010 };
    expect(withGridSample(steady(10), elsewhere)).toMatchObject({ beats: 1, isUnsteady: false });
    const learnt = steady(60);
    expect(learntGrid(learnt)).not.toBeNull();
    expect(learntGrid(withGridSample(learnt, elsewhere))).toEqual(learntGrid(learnt));
  });

  it('where the tempo is another one later in the track none is believed any more', () => {
    let clues = steady(60);
    for (let i = 0; i < 8; i++) {
      const at = 60_000 + i * 430;
      clues = withGridSample(clues, { tempoBpm: 140, beat: 120 + i, upTo: 1, leastMs: at, mostMs: at + 10 });
    }
    expect([clues.isUnsteady, learntGrid(clues)]).toEqual([true, null]);
    const book = withLearned(withLearned(EMPTY_BOOK, { ...LESSON, grid: { firstBeatMs: 176, tempoBpm: TEMPO } }), {
      ...{ id: 7, tempoBpm: 120, isUnsteady: true },
    });
    expect(book.get(7)).toMatchObject({ grid: null, isUnsteady: true });
    expect(
      withLearned(book, { id: 7, tempoBpm: 120, grid: { firstBeatMs: 176, tempoBpm: TEMPO } }).get(7)?.grid,
    ).toBeNull();
  });
});
