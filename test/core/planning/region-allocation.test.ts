import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, type Request } from '../../../src/core/planning/region-allocation.ts';
import { FRAME_RATES, framesPerDay, labelOf, labelText } from '../../../src/core/timecode/timecode.ts';
import { frameRate } from '../core-samples.ts';

const rate = frameRate('25');
/** Frames at 25 a second. */
const at = (hours: number, minutes = 0, seconds = 0): number => ((hours * 60 + minutes) * 60 + seconds) * 25;
const track = (key: string, minutes: number, seconds = 0) => ({ key, lengthFrames: at(0, minutes, seconds) });
const request = (change: Partial<Request>): Request => ({
  ...{ tracks: [], rate, taken: [], from: at(1), each: 'hour', before: [] },
  ...change,
});
const starts = (change: Partial<Request>): Record<string, number> =>
  Object.fromEntries(allocate(request(change)).regions.map(({ key, start }) => [key, start]));
const refusals = (change: Partial<Request>): Record<string, string> =>
  Object.fromEntries(allocate(request(change)).refused.map(({ key, why }) => [key, why]));

describe('regions of a list of tracks', () => {
  it('by the hour: each on the next whole hour; one that is longer than an hour takes two', () => {
    expect(starts({ tracks: [track('a', 5), track('long', 61), track('b', 5)] })).toEqual({
      a: at(1),
      long: at(2),
      b: at(4),
    });
  });

  it('packed: each on the next whole minute after the end of the one before, on it when that ends there', () => {
    expect(starts({ each: 'packed', tracks: [track('a', 5, 20), track('b', 4), track('c', 3)] })).toEqual({
      a: at(1),
      b: at(1, 6),
      c: at(1, 10),
    });
  });

  it('packed in drop-frame: a minute begins with its first frame that there is', () => {
    const df = frameRate('29.97df');
    // One minute of drop-frame has 1800 frames, the others 1798, each tenth 1800.
    const { regions } = allocate(
      request({
        ...{ rate: df, from: 0, each: 'packed' },
        tracks: [10, 10, 10].map((lengthFrames, i) => ({ key: String(i), lengthFrames })),
      }),
    );
    expect(regions.map(({ start }) => start)).toEqual([0, 1800, 3598]);
    expect(regions.map(({ start }) => labelText(df, labelOf(df, start)))).toEqual([
      '00:00:00;00',
      '00:01:00;02',
      '00:02:00;02',
    ]);
  });

  it('keeps clear of what is taken, and stays in the order of the list', () => {
    const taken = [{ start: at(1, 7), lengthFrames: at(0, 10) }];
    expect(starts({ each: 'packed', taken, tracks: [track('a', 5), track('b', 4), track('c', 1)] })).toEqual({
      a: at(1),
      b: at(1, 17),
      c: at(1, 21),
    });
    expect(starts({ taken, tracks: [track('a', 5)] })).toEqual({ a: at(2) });
  });

  it('what was given stays, whatever list it is in now and in which order; new tracks come where there is room', () => {
    const first = allocate(request({ tracks: [track('a', 5), track('b', 5), track('c', 5)] }));
    expect(starts({ before: first.regions, tracks: ['c', 'new', 'a', 'b'].map(key => track(key, 5)) })).toEqual({
      c: at(3),
      new: at(4),
      a: at(1),
      b: at(2),
    });
    // Those of another list are not given away.
    expect(starts({ before: first.regions, tracks: [track('other', 5)] })).toEqual({ other: at(4) });
  });

  it('refuses what would run past midnight, and what there is no room for', () => {
    expect(refusals({ from: at(23), tracks: [track('a', 59), track('b', 5)] })).toEqual({ b: 'full' });
    expect(refusals({ from: at(23, 30), each: 'packed', tracks: [track('a', 31), track('b', 30)] })).toEqual({
      a: 'midnight',
    });
    expect(starts({ from: at(23, 30), each: 'packed', tracks: [track('b', 30)] })).toEqual({ b: at(23, 30) });
    expect(refusals({ tracks: [track('night', 24 * 60)] })).toEqual({ night: 'midnight' });
  });

  it('a track whose room has been used up does not move: it is refused, and nothing else comes there', () => {
    const before = [
      { key: 'a', start: at(1), lengthFrames: at(0, 5) },
      { key: 'b', start: at(1, 6), lengthFrames: at(0, 5) },
    ];
    const tracks = [track('a', 7), track('b', 9), track('c', 5)];
    expect(refusals({ before, each: 'packed', tracks })).toEqual({ a: 'overlap' });
    expect(starts({ before, each: 'packed', tracks })).toEqual({ b: at(1, 6), c: at(1, 15) });
    const taken = [{ start: at(1, 2), lengthFrames: 1 }];
    expect(refusals({ before, taken, tracks: [track('a', 5)] })).toEqual({ a: 'overlap' });
  });
});

describe('whatever is asked for', () => {
  const stretch = fc.record({ start: fc.nat(2_000_000), lengthFrames: fc.integer({ min: 1, max: 200_000 }) });
  const wanted = fc.record({ key: fc.nat(30).map(String), lengthFrames: fc.integer({ min: 1, max: 200_000 }) });
  const any = fc.record({
    tracks: fc.array(wanted, { maxLength: 40 }),
    rate: fc.constantFrom(...FRAME_RATES),
    taken: fc.array(stretch, { maxLength: 5 }),
    from: fc.nat(2_000_000),
    each: fc.constantFrom('hour' as const, 'packed' as const),
    before: fc.constant([]),
  });
  const meet = (a: { start: number; lengthFrames: number }, b: { start: number; lengthFrames: number }) =>
    Math.max(a.start, b.start) < Math.min(a.start + a.lengthFrames, b.start + b.lengthFrames);

  it('no region runs into another, into what is taken or past midnight; every track has one or is refused', () => {
    fc.assert(
      fc.property(any, asked => {
        const { regions, refused } = allocate(asked);
        for (const [i, region] of regions.entries()) {
          expect(region.start).toBeGreaterThanOrEqual(asked.from);
          expect(region.start + region.lengthFrames).toBeLessThanOrEqual(framesPerDay(asked.rate));
          const label = labelOf(asked.rate, region.start);
          expect(label.seconds).toBe(0);
          if (asked.each === 'hour') expect([label.minutes, label.frames]).toEqual([0, 0]);
          for (const other of [...regions.slice(0, i), ...asked.taken]) expect(meet(region, other)).toBe(false);
        }
        const keys = [...regions, ...refused].map(({ key }) => key);
        expect([...keys].sort()).toEqual([...new Set(asked.tracks.map(({ key }) => key))].sort());
      }),
    );
  });

  it('what was given once is given again, in any order and beside more tracks', () => {
    fc.assert(
      fc.property(any, fc.array(wanted, { maxLength: 20 }), (asked, more) => {
        const first = allocate(asked);
        const lengths = new Map(first.regions.map(({ key, lengthFrames }) => [key, lengthFrames]));
        const added = more.filter(({ key }) => !lengths.has(key));
        const known = first.regions.map(({ key, lengthFrames }) => ({ key, lengthFrames }));
        const second = allocate({ ...asked, tracks: [...added, ...known].reverse(), before: first.regions });
        const again = new Map(second.regions.map(({ key, start, isNew }) => [key, { start, isNew }]));
        for (const { key, start } of first.regions) expect(again.get(key)).toEqual({ start, isNew: false });
      }),
    );
  });
});
