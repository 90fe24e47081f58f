import { describe, expect, it } from 'vitest';
import { consult, EMPTY_BOOK, withLearned } from '../../../src/core/track/track-book.ts';
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

  it('a track whose tempo changes has no grid in it, whatever is taught later', () => {
    const grid = { firstBeatMs: 176, tempoBpm: 127.93 };
    const book = withLearned(withLearned(EMPTY_BOOK, { ...LESSON, grid }), { id: 7, tempoBpm: 120, isUnsteady: true });
    expect(book.get(7)).toMatchObject({ grid: null, isUnsteady: true });
    expect(withLearned(book, { id: 7, tempoBpm: 120, grid }).get(7)?.grid).toBeNull();
  });
});
