import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Anchor, anchoredAt } from '../../src/core/anchor.ts';
import { type FrameEdge, nextFrame } from '../../src/core/frames.ts';
import { frameRate } from './samples.ts';

const rate = frameRate('25');
const anchor = (from: number, place: number, speed: number, join: Anchor['join'] = 'on'): Anchor => ({
  ...{ from, place, speed, join, rate },
  since: place,
});

function all(anchors: readonly Anchor[], until: number, from = Number.NEGATIVE_INFINITY): FrameEdge[] {
  const edges: FrameEdge[] = [];
  for (let edge = nextFrame(anchors, from); edge !== null && edge.at < until; edge = nextFrame(anchors, edge.at)) {
    edges.push(edge);
  }
  return edges;
}

describe('frames as they come', () => {
  it('begin when the line passes them, 40 ms apart at 25 a second', () => {
    const edges = all([anchor(1000, 100.5, 0.025, 'locate')], 1150);
    expect(edges).toEqual([
      { at: 1020, count: 101 },
      { at: 1060, count: 102 },
      { at: 1100, count: 103 },
      { at: 1140, count: 104 },
    ]);
  });

  it('of a timecode that stands: one, when it is told; of a silent one: none', () => {
    expect(all([anchor(10, 7.9, 0, 'locate'), anchor(50, 9, 0, 'locate'), anchor(90, 0, 0, 'silence')], 1e6)).toEqual([
      { at: 10, count: 7 },
      { at: 50, count: 9 },
    ]);
  });

  it('backwards they come in falling order', () => {
    expect(all([anchor(0, 10.5, -0.025, 'locate')], 70).map(({ count }) => count)).toEqual([10, 9]);
  });

  it('each once and in order, wherever one line goes over into the next, as a walk in small steps finds them', () => {
    const piece = fc.record({
      ms: fc.integer({ min: 1, max: 400 }),
      speed: fc.constantFrom(0.025, 0.02, 0.03, 0.0251, 0.025 * 1.0321),
      jump: fc.option(fc.integer({ min: -300, max: 300 }), { freq: 6 }),
    });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), pieces => {
        const anchors: Anchor[] = [];
        let from = 0;
        let place = 500;
        for (const { ms, speed, jump } of pieces) {
          if (jump !== null && anchors.length > 0) place += jump;
          anchors.push(anchor(from, place, speed, anchors.length === 0 ? 'locate' : jump === null ? 'on' : 'jump'));
          place = anchoredAt(anchors.at(-1) as Anchor, from + ms);
          from += ms;
        }
        const edges = all(anchors, from);
        // Walked segment by segment: the whole numbers in [place, end).
        const walked = anchors.flatMap((each, i) => {
          const end = anchoredAt(each, anchors[i + 1]?.from ?? from);
          const counts: number[] = [];
          for (let count = Math.ceil(each.place); count < end; count++) counts.push(count);
          return counts;
        });
        expect(edges.map(({ count }) => count)).toEqual(walked.map(count => count + 0));
        expect(edges.every(({ at }, i) => i === 0 || at > (edges[i - 1] as FrameEdge).at)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
