import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CueList,
  cuePointsOf,
  decodeCueList,
  encodeCueList,
  type StoredCue,
} from '../../../../bridges/rekordbox-media/analysis/analysis-cues.ts';
import { bytesOf, cueLists } from '../capture-samples.ts';

const stored = (button: number, positionMs: number, more: Partial<StoredCue> = {}): StoredCue => ({
  ...{ button, type: 'point', positionMs, loopEndMs: null, loopBeats: null },
  ...{ colourId: 0, comment: null, colour: null },
  ...more,
});

const list = (form: CueList['form'], kind: CueList['kind'], ...cues: StoredCue[]): CueList => ({ form, kind, cues });

/** Cue points as `memory 640`, `B 1240`. */
const told = (ext: readonly CueList[], dat: readonly CueList[]): string[] =>
  cuePointsOf(ext, dat).cuePoints.map(
    ({ button, positionMs }) => `${button === null ? 'memory' : 'ABCDEFGH'[button - 1]} ${positionMs}`,
  );

describe('which lists count', () => {
  const empty = [list('extended', 'hot'), list('extended', 'memory')];

  test('extended lists, hot and memory, and no basic list beside them', () => {
    const ext = [list('extended', 'hot', stored(1, 10)), list('extended', 'memory', stored(0, 20))];
    const basic = [list('basic', 'hot', stored(2, 30)), list('basic', 'memory', stored(0, 40))];
    expect(told([...basic, ...ext], basic)).toEqual(['A 10', 'memory 20']);
  });

  test('without extended lists the basic ones of both files, each cue once', () => {
    const dat = [
      list('basic', 'hot', stored(1, 10), stored(2, 20), stored(3, 30)),
      list('basic', 'memory', stored(0, 5)),
    ];
    const ext = [list('basic', 'hot', stored(4, 40), stored(3, 30)), list('basic', 'memory', stored(0, 5))];
    expect(told(ext, dat)).toEqual(['memory 5', 'A 10', 'B 20', 'C 30', 'D 40']);
  });

  test('of both files give each cue once, as the .EXT has it', () => {
    const ext = [
      list('extended', 'hot', stored(1, 10, { comment: 'Drop' })),
      list('extended', 'memory', stored(0, 20)),
    ];
    const dat = [list('extended', 'hot', stored(1, 10)), list('extended', 'memory', stored(0, 20), stored(0, 30))];
    expect(told(ext, dat)).toEqual(['A 10', 'memory 20', 'memory 30']);
    expect(cuePointsOf(ext, dat).cuePoints[0]?.name).toBe('Drop');
  });

  test('cues that differ in number, place or loop end are not doubles', () => {
    const loop = stored(0, 10, { type: 'loop', loopEndMs: 90 });
    const dat = [
      list('basic', 'memory', stored(0, 10), loop, { ...loop, loopEndMs: 95 }),
      list('basic', 'hot', stored(1, 10)),
    ];
    expect(cuePointsOf([], dat).cuePoints.map(({ loopEndMs }) => loopEndMs)).toEqual([null, 90, 95, null]);
  });

  test('a kind of which no extended list has a cue is taken from the basic lists', () => {
    const dat = [list('basic', 'hot', stored(1, 10)), list('basic', 'memory', stored(0, 20))];
    expect(told([list('extended', 'hot'), list('extended', 'memory', stored(0, 70))], dat)).toEqual([
      'A 10',
      'memory 70',
    ]);
    expect(told([list('extended', 'hot', stored(2, 80)), list('extended', 'memory')], dat)).toEqual([
      'memory 20',
      'B 80',
    ]);
    expect(told(empty, dat)).toEqual(['A 10', 'memory 20']);
  });

  test('no cues at all are no cue points', () => {
    expect(cuePointsOf(empty, [])).toEqual({ cuePoints: [], warnings: [] });
    expect(cuePointsOf([], [])).toEqual({ cuePoints: [], warnings: [] });
  });

  test('what a cue is, its number says, whatever list it is in', () => {
    expect(told([list('extended', 'unknown', stored(0, 20), stored(8, 10))], [])).toEqual(['H 10', 'memory 20']);
  });
});

describe('cue points', () => {
  test('are in the order of their places, memory cues before hot cues at one place, hot cues by button', () => {
    const ext = [
      list('extended', 'hot', stored(3, 50), stored(1, 50), stored(2, 10)),
      list('extended', 'memory', stored(0, 90), stored(0, 50)),
    ];
    expect(told(ext, [])).toEqual(['B 10', 'memory 50', 'A 50', 'C 50', 'memory 90']);
  });

  test('are the same whatever order the tags and the cues come in', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.nat(40)), { selector: String, maxLength: 12 }),
        fc.func(fc.nat(9)),
        (places, shuffle) => {
          const cues = places.map(([button, at]) => stored(button, at));
          const other = cues.toSorted((a, b) => shuffle(a) - shuffle(b));
          const split = [list('extended', 'hot', ...other.slice(0, 5)), list('extended', 'memory', ...other.slice(5))];
          expect(cuePointsOf(split, [])).toEqual(cuePointsOf([list('extended', 'hot', ...cues)], []));
        },
      ),
    );
  });

  const colourOf = (cue: StoredCue) => cuePointsOf([list('extended', 'hot', cue)], []).cuePoints[0]?.colour;

  test('have the colour of their bytes, before that of an id', () => {
    const colour = { code: 0x2a, red: 255, green: 0, blue: 64 };
    expect(colourOf(stored(1, 0, { colour }))).toBe('#ff0040');
    expect(colourOf(stored(0, 0, { colour, colourId: 3 }))).toBe('#ff0040');
    expect(colourOf(stored(1, 0))).toBeNull();
  });

  // The colours of memory cues, as the published layout lists them.
  test.each([
    ...['pink', 'red', 'orange', 'yellow', 'green', 'aqua', 'blue', 'purple'].map((name, i) => [i + 1, name] as const),
    ...[[0, null] as const, [9, null] as const, [255, null] as const],
  ])('colour %i of a memory cue is %s', (colourId, name) => expect(colourOf(stored(0, 0, { colourId }))).toBe(name));

  test('the id of a memory colour says nothing of a hot cue', () => {
    expect(colourOf(stored(1, 0, { colourId: 3 }))).toBeNull();
  });

  test('a hot cue without a button is left out, with a warning', () => {
    expect(cuePointsOf([list('extended', 'hot', stored(9, 1250), stored(8, 10))], [])).toMatchObject({
      cuePoints: [{ button: 8 }],
      warnings: ['hot cue 9 at 1250 ms is left out: expected 1 to 8, A to H'],
    });
  });

  test.each([
    ['ends before it begins', { type: 'loop', loopEndMs: 900 }, /hot cue B at 1000 ms is a loop that ends at 900 ms/],
    ['ends where it begins', { type: 'loop', loopEndMs: 1000 }, /ends at 1000 ms, not after it/],
    ['has no end', { type: 'loop', loopEndMs: null }, /ends at no ms/],
    ['is of no known type', { type: 'unknown', loopEndMs: 1200 }, /neither a point nor a loop/],
  ] as const)('a loop that %s is a point, with a warning', (_, more, warning) => {
    const { cuePoints, warnings } = cuePointsOf([list('extended', 'hot', stored(2, 1000, more))], []);
    expect(cuePoints).toMatchObject([{ positionMs: 1000, loopEndMs: null }]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(warning);
  });

  test('a point is no loop, whatever stands where a loop would end', () => {
    const { cuePoints, warnings } = cuePointsOf([list('extended', 'hot', stored(2, 1000, { loopEndMs: 1200 }))], []);
    expect(cuePoints).toMatchObject([{ loopEndMs: null }]);
    expect(warnings).toEqual([]);
  });
});

describe('a cue list', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(cueLists, value => {
        expect(decodeCueList(encodeCueList(value), value.form)).toEqual({ ok: true, value, warnings: [] });
      }),
    );
  });

  test('arbitrary bytes never throw, nor does a changed list', () => {
    const form = fc.constantFrom('basic' as const, 'extended' as const);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), form, (bytes, as) => void decodeCueList(bytes, as)));
    const change = fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(cueLists, fc.array(change, { minLength: 1, maxLength: 6 }), (value, changes) => {
        const tag = encodeCueList(value);
        for (const [at, byte] of changes) tag[at % tag.length] = byte;
        const decoded = decodeCueList(tag, value.form);
        if (decoded.ok) cuePointsOf([decoded.value], []);
        else expect(decoded.offset).toBeLessThanOrEqual(tag.length);
      }),
    );
  });
});

describe('a damaged entry', () => {
  const FIRST = 20;
  const two = [stored(1, 1250, { comment: 'Drop' }), stored(2, 3125)];
  const damaged = (damage: (tag: Uint8Array) => void, form: CueList['form'] = 'extended', cues = two) => {
    const tag = encodeCueList(list(form, 'hot', ...cues));
    damage(tag);
    const decoded = decodeCueList(tag, form);
    if (!decoded.ok) throw new Error(decoded.reason);
    return { cues: decoded.value.cues, warnings: decoded.warnings };
  };
  const word = (tag: Uint8Array, at: number, value: number) => new DataView(tag.buffer).setUint32(at, value);
  const second = FIRST + 0x58 + 10;

  test.each([
    [
      'is shorter than its place and its loop',
      (tag: Uint8Array) => word(tag, second + 8, 0x1b),
      /states 27 bytes, expected at least 28/,
    ],
    ['goes on beyond the tag', (tag: Uint8Array) => word(tag, second + 8, 0x59), /states 89 bytes, 88 are left/],
    ['is no cue', (tag: Uint8Array) => tag.fill(0x58, second, second + 4), /begins with "XXXX", expected "PCP2"/],
  ])('that %s ends the list, and those before it are kept', (_, damage, reason) => {
    const { cues, warnings } = damaged(damage);
    expect(cues).toEqual(two.slice(0, 1));
    expect(warnings).toEqual([{ reason: expect.stringMatching(reason), offset: second }]);
    expect(warnings[0]?.reason).toMatch(/^cue 2 of 2: .*: the list ends before it$/);
  });

  test.each(['basic', 'extended'] as const)(
    'fewer cues stated than there are is said, and keeps the first: %s',
    form => {
      const countAt = form === 'basic' ? 0x12 : 0x10;
      const { cues, warnings } = damaged(tag => new DataView(tag.buffer).setUint16(countAt, 1), form);
      expect(cues.map(({ button }) => button)).toEqual([1]);
      expect(warnings).toEqual([
        {
          reason: expect.stringMatching(/^states 1 cues, and more stand after them: left out; export/),
          offset: expect.any(Number),
        },
      ]);
    },
  );

  // "Drop" with its NUL takes 10 bytes; of the entry 54 are left for comment, colour and what is unknown.
  test.each([
    [4, 'Dr', /^cue 1 of 1: states a comment of 4 bytes, and no NUL closes it there: it has no colour$/],
    [13, null, /^cue 1 of 1: states a comment of 13 bytes, expected an even number up to 54: it has neither/],
    [56, null, /^cue 1 of 1: states a comment of 56 bytes, expected an even number up to 54: it has neither/],
  ])(
    'with a comment of %i bytes that has another length has no colour made of its letters',
    (stated, comment, reason) => {
      const colour = { code: 0x2a, red: 255, green: 0, blue: 64 };
      const cue = stored(1, 1250, { comment: 'Drop', colour });
      const { cues, warnings } = damaged(tag => word(tag, FIRST + 0x28, stated), 'extended', [cue]);
      expect(cues).toEqual([stored(1, 1250, { comment })]);
      expect(warnings).toEqual([{ reason: expect.stringMatching(reason), offset: FIRST }]);
    },
  );

  test('more cues stated than there are end the list where the tag ends', () => {
    const { cues, warnings } = damaged(tag => tag.fill(3, 0x11, 0x12));
    expect(cues).toEqual(two);
    expect(warnings).toMatchObject([{ reason: expect.stringMatching(/cue 3 of 3: 0 bytes are left/) }]);
  });

  test('in a basic list that is not 56 bytes long ends it', () => {
    const basic = [stored(1, 1250), stored(2, 3125)];
    const { cues, warnings } = damaged(tag => word(tag, 0x18 + 0x38 + 8, 0x37), 'basic', basic);
    expect(cues).toEqual(basic.slice(0, 1));
    expect(warnings).toMatchObject([{ reason: expect.stringMatching(/states 55 bytes, expected at least 56/) }]);
  });

  test.each([
    ['is odd', 9],
    ['runs past the entry', 0x58 + 10 - 0x2c + 2],
    ['is the most that 32 bits hold', 0xfffffffe],
  ])('whose length of comment %s has none, and the next is read', (_, length) => {
    const { cues, warnings } = damaged(tag => word(tag, FIRST + 0x28, length));
    expect(cues.map(({ comment, positionMs }) => [comment, positionMs])).toEqual([
      [null, 1250],
      [null, 3125],
    ]);
    expect(warnings).toMatchObject([{ offset: FIRST }]);
  });

  test('several NULs at the end of a comment are no part of it', () => {
    const { cues } = damaged(tag => tag.fill(0, FIRST + 0x2c + 6, FIRST + 0x2c + 10));
    expect(cues[0]?.comment).toBe('Dro');
  });

  test.each([
    ['0x1c, right after the end of its loop', 0x1c, { colourId: 0, loopBeats: null, comment: null, colour: null }],
    ['0x24, before the beats of its loop', 0x24, { colourId: 5, loopBeats: null, comment: null, colour: null }],
    ['0x2b, within the length of its comment', 0x2b, { colourId: 5, comment: null, colour: null }],
    ['0x2c, before its colour', 0x2c, { loopBeats: { numerator: 4, denominator: 1 }, colour: null }],
    ['0x2f, within its colour', 0x2f, { colour: null }],
    ['0x30, right after its colour', 0x30, { colour: { code: 1, red: 2, green: 3, blue: 4 } }],
  ])('that ends at %s has nothing of what would follow', (_, length, expected) => {
    const full = stored(0, 1250, {
      ...{ type: 'loop', loopEndMs: 3125, loopBeats: { numerator: 4, denominator: 1 }, colourId: 5 },
      colour: { code: 1, red: 2, green: 3, blue: 4 },
    });
    const cut = encodeCueList(list('extended', 'memory', full)).subarray(0, FIRST + length);
    const tag = Uint8Array.from(cut);
    word(tag, FIRST + 8, length);
    const decoded = decodeCueList(tag, 'extended');
    if (!decoded.ok) throw new Error(decoded.reason);
    expect(decoded.warnings).toEqual([]);
    expect(decoded.value.cues).toMatchObject([{ button: 0, positionMs: 1250, loopEndMs: 3125, ...expected }]);
  });

  test('a published entry without colour is read, and the one before it with its own', () => {
    const decoded = decodeCueList(bytesOf('two-hot-cues'), 'extended');
    expect(decoded.ok && decoded.value.cues.map(({ colour }) => colour)).toEqual([
      { code: 0x2a, red: 255, green: 0, blue: 64 },
      null,
    ]);
  });

  test('a tag too short for its head is refused', () => {
    expect(decodeCueList(new Uint8Array(19), 'extended')).toMatchObject({ ok: false, offset: 19 });
    expect(decodeCueList(new Uint8Array(23), 'basic')).toMatchObject({ ok: false, offset: 23 });
  });
});
