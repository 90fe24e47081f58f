import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../src/core/rules/compile-expression.ts';
import { momentsOf } from '../../../src/core/rules/moments.ts';
import { parsePlace } from '../../../src/profile/schema/place.ts';
import { expression } from '../core-samples.ts';

const of = (title: string | null, condition: string) => expression(condition).evaluate({ track: { title } });

describe('texts in conditions', () => {
  it.each<readonly [title: string | null, condition: string, result: boolean]>([
    ['Strobe (Club REMIX)', 'contains(track.title, "remix")', true],
    ['Strobe', 'contains(track.title, "remix")', false],
    [null, 'contains(track.title, "remix")', false],
    ['Déjà Vu', 'contains(track.title, "deja")', true],
    ['Déjà Vu', 'startsWith(track.title, "DÉJA")', true],
    ['Intro Déjà', 'startsWith(track.title, "deja")', false],
    [' Strobe ', 'track.title == "strobe"', true],
    ['E\u0301toile', 'track.title == "\u00e9toile"', true],
    ['Étoile', 'track.title != "etoile"', false],
    ['Strobe', 'not contains(track.title, "x") and startsWith(track.title, "s")', true],
  ])('%j: %s is %s', (title, condition, result) => {
    expect(of(title, condition)).toBe(result);
  });

  it('are told in full where they hold a rule back', () => {
    expect(expression('contains(track.title, "x")').parts({ track: { title: 'Strobe' } })).toEqual([
      { text: 'contains(track.title, "x")', isTrue: false, facts: [{ path: 'track.title', value: 'Strobe' }] },
    ]);
  });

  it('ask with two texts, and a slip in the name is told', () => {
    for (const [text, message] of [
      ['contains(track.title)', /contains/],
      ['contain(track.title, "x")', /did you mean "contains"/],
    ] as const) {
      const compiled = compileExpression(text);
      expect(compiled.ok ? '' : compiled.message).toMatch(message);
    }
  });
});

describe('a hot cue by its name', () => {
  const point = (button: number, name: string | null, positionMs: number) =>
    ({ kind: 'hot', button, name, positionMs, colour: null }) as const;
  const cuePoints = [point(1, 'IN', 1000), point(2, ' out', 2000), point(3, null, 3000), point(4, 'Out', 4000)];

  it('is every one that the DJ has called so, as people read it', () => {
    const place = parsePlace('2 s before hot cue "OUT"');
    if (!place.ok) throw new Error(place.message);
    expect(place.value.anchor).toEqual({ kind: 'hot-cue', button: null, called: 'OUT' });
    const track = {
      structure: null,
      firstDownbeat: null,
      timeline: null,
      known: { grid: null, media: {}, cuePoints, entry: null },
    } as unknown as Parameters<typeof momentsOf>[0];
    const rule = { name: 'x', place: place.value, track: null } as unknown as Parameters<typeof momentsOf>[2][number];
    expect(momentsOf(track, 'ms', [rule]).single.map(({ position }) => position)).toEqual([0, 2000]);
  });

  it('has spaces in its name where that has', () => {
    expect(parsePlace('hot cue "MIX OUT"')).toMatchObject({ ok: true, value: { anchor: { called: 'MIX OUT' } } });
    expect(parsePlace('hot cue OUT')).toMatchObject({ ok: false, message: expect.stringContaining('in quotes') });
  });
});
