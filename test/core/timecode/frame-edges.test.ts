import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FrameEdge, frameNamed, nextFrame } from '../../../src/core/timecode/frame-edges.ts';
import { anchoredAt, type TimecodeAnchor } from '../../../src/core/timecode/stream-anchor.ts';
import { rounds } from '../../rounds.ts';
import { frameRate } from '../core-samples.ts';

const rate = frameRate('25');
const anchor = (from: number, place: number, speed: number, join: TimecodeAnchor['join'] = 'on'): TimecodeAnchor => ({
  ...{ from, place, speed, join, rate },
  since: place,
});

function all(of: TimecodeAnchor, until: number): FrameEdge[] {
  const edges: FrameEdge[] = [];
  for (let edge = nextFrame(of, Number.NEGATIVE_INFINITY); edge !== null && edge.at < until; ) {
    edges.push(edge);
    edge = nextFrame(of, edge.at);
  }
  return edges;
}

describe('frames as they come', () => {
  it('begin when the line passes them, 40 ms apart at 25 a second', () => {
    expect(all(anchor(1000, 100.5, 0.025, 'locate'), 1150)).toEqual([
      { at: 1020, count: 101 },
      { at: 1060, count: 102 },
      { at: 1100, count: 103 },
      { at: 1140, count: 104 },
    ]);
  });

  it('of a timecode that stands: one, when it is told; of a silent one, and of one that just stops: none', () => {
    expect(all(anchor(10, 7.9, 0, 'locate'), 1e6)).toEqual([{ at: 10, count: 7 }]);
    expect(all(anchor(10, -0.5, 0, 'locate'), 1e6)).toEqual([{ at: 10, count: -1 }]);
    expect(all(anchor(10, 7.9, 0, 'silence'), 1e6)).toEqual([]);
    expect(all(anchor(10, 7.9, 0, 'on'), 1e6)).toEqual([]);
  });

  it('backwards they come in falling order, each at the moment at which the line is on it, over midnight too', () => {
    expect(all(anchor(1000, 1.5, -0.025, 'locate'), 1150)).toEqual([
      { at: 1020, count: 1 },
      { at: 1060, count: 0 },
      { at: 1100, count: -1 },
      { at: 1140, count: -2 },
    ]);
    expect(all(anchor(1000, 7, -0.025), 1050)).toEqual([
      { at: 1000, count: 7 },
      { at: 1040, count: 6 },
    ]);
  });

  it('each once and in order, either way and at any pace, as a count of whole places finds them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -300, max: 300 }),
        fc.integer({ min: 1, max: 999 }),
        fc.constantFrom(0.025, 0.02, 0.0251, 0.025 * 1.0321),
        fc.constantFrom(1, -1),
        fc.integer({ min: 1, max: 4000 }),
        (whole, thousandths, pace, way, ms) => {
          const line = anchor(500, whole + thousandths / 1000, way * pace, 'locate');
          const end = anchoredAt(line, 500 + ms);
          const [low, high] = way > 0 ? [line.place, end] : [end, line.place];
          // An end so close to a frame is either's.
          fc.pre(Math.abs(end - Math.round(end)) > 1e-9);
          const counts: number[] = [];
          for (let count = Math.ceil(low); count < high; count++) counts.push(count + 0);
          const edges = all(line, 500 + ms);
          expect(edges.map(({ count }) => count)).toEqual(way > 0 ? counts : counts.reverse());
          for (const { at, count } of edges) expect(anchoredAt(line, at)).toBeCloseTo(count, 9);
          expect(edges.every(({ at }, i) => i === 0 || at > (edges[i - 1] as FrameEdge).at)).toBe(true);
        },
      ),
      { numRuns: rounds(125) },
    );
  });
});

describe('a frame that follows another', () => {
  it('comes when the line passes it, and what was passed before its anchor held comes when it holds', () => {
    expect(frameNamed(anchor(1000, 100.5, 0.025), 101, 990)).toEqual({ at: 1020, count: 101 });
    expect(frameNamed(anchor(1000, 101.01, 0.025), 101, 990)).toEqual({ at: 1000, count: 101 });
    expect(frameNamed(anchor(1000, 100.5, -0.025), 100, 990)).toEqual({ at: 1020, count: 100 });
    expect(frameNamed(anchor(1000, 99.99, -0.025), 100, 990)).toEqual({ at: 1000, count: 100 });
  });

  it('that has gone by is given up for the next one', () => {
    expect(frameNamed(anchor(1000, 100.5, 0.025), 101, 1030)).toEqual({ at: 1060, count: 102 });
    expect(frameNamed(anchor(1000, 100.5, -0.025), 100, 1030)).toEqual({ at: 1060, count: 99 });
  });
});
