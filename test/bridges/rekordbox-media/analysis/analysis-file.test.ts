import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnalysedBeat,
  type AnalysisTags,
  decodeAnalysis,
  encodeAnalysis,
  type ReadTags,
} from '../../../../bridges/rekordbox-media/analysis/analysis-file.ts';
import { fingerprintOf } from '../../../../bridges/rekordbox-media/analysis/fingerprint.ts';
import {
  decodeSongStructure,
  encodeSongStructure,
} from '../../../../bridges/rekordbox-media/analysis/song-structure.ts';
import { analysisOf } from '../../../../bridges/rekordbox-media/analysis/track-analysis.ts';
import { toHex } from '../../../../src/bytes/hex.ts';
import { rounds } from '../../../rounds.ts';
import { analyses, byte, bytesOf } from '../capture-samples.ts';

const WHOLE = ['whole-dat', 'whole-ext'] as const;

const NOTHING: AnalysisTags = {
  ...{ audioPath: null, beats: null, gridEnds: null, cueLists: [], durationMs: null, structure: null },
};

function read(bytes: Uint8Array) {
  const decoded = decodeAnalysis(bytes);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded;
}

/** The tags of a file by their own lengths, and the file's head. */
function partsOf(file: Uint8Array): { readonly head: Uint8Array; readonly tags: readonly Uint8Array[] } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tags: Uint8Array[] = [];
  for (let at = view.getUint32(4); at < file.length; at += view.getUint32(at + 8)) {
    tags.push(file.subarray(at, at + view.getUint32(at + 8)));
  }
  return { head: file.subarray(0, view.getUint32(4)), tags };
}

function fileOf(head: Uint8Array, tags: readonly Uint8Array[]): Uint8Array {
  const file = Uint8Array.from([head, ...tags].flatMap(part => [...part]));
  new DataView(file.buffer).setUint32(8, file.length);
  return file;
}

const HEAD = partsOf(bytesOf('whole-dat')).head;
const tagOf = (tags: Partial<AnalysisTags>): Uint8Array => {
  const tag = partsOf(encodeAnalysis({ ...NOTHING, ...tags })).tags[0];
  if (tag === undefined) throw new Error('no tag');
  return tag;
};
const put = (tag: Uint8Array, at: number, value: number): Uint8Array => {
  const changed = tag.slice();
  new DataView(changed.buffer).setUint32(at, value);
  return changed;
};

const beat = (ms: number, beatInBar: number, tempoBpm = 120): AnalysedBeat => ({ ms, beatInBar, tempoBpm });
const FOUR = [beat(100, 3), beat(600, 4), beat(1100, 1), beat(1600, 2)];

describe('an analysis file', () => {
  test('comes back as it was written, with the fingerprint of its structure', () => {
    fc.assert(
      fc.property(analyses, tags => {
        const { structure } = tags;
        const plain = structure && decodeSongStructure(encodeSongStructure(structure.raw, { masked: false }));
        const fingerprint = plain?.ok ? fingerprintOf(plain) : null;
        const steps = Math.round(((tags.durationMs ?? 0) * 150) / 1000);
        const waveform = steps === 0 ? null : new Uint8Array(steps);
        const expected = { ...tags, waveform, structure: structure && { ...structure, fingerprint } };
        expect(decodeAnalysis(encodeAnalysis(tags))).toEqual({ ok: true, tags: expected, warnings: [] });
      }),
    );
  });

  test.each(WHOLE)('is written tag by tag as another writer does it: %s', name => {
    const namesOf = (tag: Uint8Array) => String.fromCharCode(...tag.subarray(0, 4));
    // The others hold what nobody has explained, and waveforms.
    const known = ['PPTH', 'PQTZ', 'PCOB', 'PCO2', 'PSSI'];
    const explained = (file: Uint8Array) => partsOf(file).tags.filter(tag => known.includes(namesOf(tag)));
    const written = encodeAnalysis(read(bytesOf(name)).tags);
    expect(explained(written).map(toHex)).toEqual(explained(bytesOf(name)).map(toHex));
    expect(toHex(partsOf(written).head.subarray(0x0c))).toBe(toHex(HEAD.subarray(0x0c)));
  });

  test.each(WHOLE)('says the same in whatever order its tags come: %s', name => {
    const { head, tags } = partsOf(bytesOf(name));
    const straight = read(bytesOf(name)).tags;
    const sorted = ({ cueLists, ...others }: ReadTags) => ({
      ...others,
      cueLists: new Set(cueLists.map(list => JSON.stringify(list))),
    });
    const anyOrder = fc.shuffledSubarray([...tags], { minLength: tags.length });
    fc.assert(
      fc.property(anyOrder, shuffled => {
        const decoded = read(fileOf(head, shuffled));
        expect(decoded.warnings).toEqual([]);
        expect(sorted(decoded.tags)).toEqual(sorted(straight));
        // A grid is functions, which are never equal.
        const told = (file: ReadTags) =>
          [analysisOf(file, null), analysisOf(null, file)].map(analysis => ({ ...analysis, grid: null }));
        expect(told(decoded.tags)).toEqual(told(straight));
      }),
    );
  });

  test('passes over tags that it does not know, empty ones too', () => {
    const { head, tags } = partsOf(bytesOf('whole-ext'));
    const unknown = Uint8Array.from([...'PXYZ\0\0\0\x0c\0\0\0\x0c'].map(letter => letter.charCodeAt(0)));
    expect(
      decodeAnalysis(
        fileOf(
          head,
          tags.flatMap(tag => [unknown, tag]),
        ),
      ),
    ).toEqual(decodeAnalysis(bytesOf('whole-ext')));
  });

  test('begins with its tags where its head says that it ends', () => {
    const { head, tags } = partsOf(bytesOf('whole-ext'));
    const longer = new Uint8Array(40);
    longer.set(head);
    expect(read(fileOf(put(longer, 4, 40), tags)).tags).toEqual(read(bytesOf('whole-ext')).tags);
  });

  test.each(WHOLE)('cut anywhere keeps the tags that are whole, and says so, or is refused: %s', name => {
    const file = bytesOf(name);
    const { head, tags } = partsOf(file);
    for (let length = 0; length < file.length; length++) {
      const decoded = decodeAnalysis(file.subarray(0, length));
      if (!decoded.ok) {
        expect(length).toBeLessThan(head.length);
        expect(decoded.offset).toBeLessThanOrEqual(length);
        continue;
      }
      expect(decoded.warnings[0]?.reason).toBe(`states a length of ${file.length} bytes, the file has ${length}`);
      for (const { offset } of decoded.warnings) expect(offset).toBeLessThanOrEqual(length);
      const kept = tags.filter(tag => tag.byteOffset - file.byteOffset + tag.length <= length);
      expect(decoded.tags).toEqual(read(fileOf(head, kept)).tags);
    }
  });

  test('arbitrary bytes never throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), bytes => void decodeAnalysis(bytes)));
  });

  test('arbitrary bytes in a tag with a known name never throw', () => {
    const names = fc.constantFrom('PPTH', 'PQTZ', 'PQT2', 'PCOB', 'PCO2', 'PWV3', 'PWV5', 'PSSI');
    fc.assert(
      fc.property(names, fc.uint8Array({ maxLength: 200 }), (name, body) => {
        const envelope = Uint8Array.from(
          [...name].map(letter => letter.charCodeAt(0)).concat([0, 0, 0, 0, 0, 0, 0, 0]),
        );
        const tag = put(Uint8Array.from([...envelope, ...body]), 8, 12 + body.length);
        analysisOf(read(fileOf(HEAD, [tag])).tags, read(fileOf(HEAD, [tag])).tags);
      }),
    );
  });

  test.each(WHOLE)('with bytes changed never throws, and points into the file: %s', name => {
    const file = bytesOf(name);
    const changes = fc.array(fc.tuple(fc.nat(file.length - 1), byte), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(changes, where => {
        const changed = file.slice();
        for (const [at, value] of where) changed[at] = value;
        const decoded = decodeAnalysis(changed);
        const offsets = decoded.ok ? decoded.warnings.map(({ offset }) => offset) : [decoded.offset];
        for (const offset of offsets) expect(offset).toBeLessThanOrEqual(file.length);
        if (decoded.ok) analysisOf(decoded.tags, decoded.tags);
      }),
      { numRuns: rounds(250) },
    );
  });
});

describe('what is wrong in a file is said, with its place', () => {
  const whole = bytesOf('whole-dat');

  test.each([
    ['too short', whole.subarray(0, 11), 11, /11 bytes, expected at least 12/],
    ['no analysis', put(whole, 0, 0x504d4149 + 1), 0, /begins with "PMAJ", expected "PMAI"/],
    ['a head shorter than its own lengths', put(whole, 4, 11), 4, /states a header of 11 bytes, expected 12 to/],
    ['a head longer than the file', put(whole, 4, whole.length + 1), 4, /expected 12 to \d+, the length of the file/],
  ])('refused: %s', (_, bytes, offset, reason) => {
    const decoded = decodeAnalysis(bytes);
    expect(decoded).toMatchObject({ ok: false, offset });
    expect(decoded.ok ? '' : decoded.reason).toMatch(reason);
  });

  test('what comes after the stated length is not looked at', () => {
    const [path, ...others] = partsOf(whole).tags;
    const longer = put(whole, 8, HEAD.length + (path?.length ?? 0));
    expect(others.length).toBeGreaterThan(0);
    const { tags, warnings } = read(longer);
    expect(tags).toEqual({ ...NOTHING, waveform: null, audioPath: '/Contents/Künstler/Probe/Straße 1.mp3' });
    expect(warnings).toEqual([{ reason: expect.stringMatching(/^states a length of/), offset: 8 }]);
  });

  const PATH = tagOf({ audioPath: '/a.mp3' });
  const BEATS = tagOf({ beats: FOUR });
  const afterPath = HEAD.length + PATH.length;

  test.each([
    ['shorter than its own head', put(BEATS, 8, 11), /^PQTZ: states 11 bytes, expected 12 to 56: nothing is read/],
    ['longer than the file', put(BEATS, 8, 57), /^PQTZ: states 57 bytes, expected 12 to 56/],
    ['of the greatest length', put(BEATS, 8, 0xffffffff), /^PQTZ: states 4294967295 bytes/],
    ['cut within its head', BEATS.subarray(0, 11), /^11 bytes are left, a tag takes at least 12/],
  ])('a tag %s ends the file, and the tags before it are kept', (_, tag, reason) => {
    const { tags, warnings } = read(fileOf(HEAD, [PATH, tag]));
    expect(tags).toEqual({ ...NOTHING, waveform: null, audioPath: '/a.mp3' });
    expect(warnings).toEqual([{ reason: expect.stringMatching(reason), offset: afterPath }]);
  });

  const ends = { first: FOUR[0] as AnalysedBeat, last: FOUR[3] as AnalysedBeat, count: 4 };
  const entry = {
    ...{ index: 1, beat: 1, kind: 9, k1: 0, k2: 0, k3: 0, b: 0 },
    ...{ beat2: 0, beat3: 0, beat4: 0, fill: 0, fillBeat: 0 },
  };
  const raw = { mood: 2, endBeat: 65, bank: 1, entries: [entry] };
  const structure = { raw, isMasked: false };

  test('fewer beats than it has room for', () => {
    const { tags, warnings } = read(fileOf(HEAD, [put(BEATS, 0x14, 3)]));
    expect(tags.beats).toEqual(FOUR.slice(0, 3));
    expect(warnings).toEqual([
      {
        reason: expect.stringMatching(/^PQTZ: states 3 beats, has room for 4: the grid may be/),
        offset: HEAD.length + 0x14,
      },
    ]);
  });

  test.each([
    ['more beats than it has', put(BEATS, 0x14, 5), 0x14, /^PQTZ: states 5 beats, has room for 4/],
    [
      'a path beyond its end',
      put(PATH, 0x0c, 16),
      0x0c,
      /^PPTH: states a path of 16 bytes, expected an even number up to 14/,
    ],
    ['a path of half letters', put(PATH, 0x0c, 13), 0x0c, /^PPTH: states a path of 13 bytes/],
    ['more beats than it has', put(tagOf({ gridEnds: ends }), 0x28, 5), 0x28, /^PQT2: states 5 beats, has room for 4/],
    [
      'more waveform than it has',
      put(tagOf({ durationMs: 2000 }), 0x10, 301),
      0x10,
      /^PWV3: states 301 entries of 1 bytes/,
    ],
    ['a waveform without bytes', put(tagOf({ durationMs: 2000 }), 0x0c, 0), 0x10, /^PWV3: .* of 0 bytes/],
    ['a mood that is none', put(tagOf({ structure }), 0x10, 0x00010009), 0x12, /^PSSI: song structure: mood 9/],
  ])('a tag that states %s is left out, and the next is read', (_, tag, offset, reason) => {
    const { tags, warnings } = read(
      fileOf(HEAD, [tag, tagOf({ cueLists: [{ form: 'basic', kind: 'hot', cues: [] }] })]),
    );
    expect(tags).toEqual({ ...NOTHING, waveform: null, cueLists: [{ form: 'basic', kind: 'hot', cues: [] }] });
    expect(warnings).toEqual([{ reason: expect.stringMatching(reason), offset: HEAD.length + offset }]);
  });

  test('what is odd in a structure or a list of cues is told by its tag', () => {
    const odd = tagOf({ structure: { raw: { ...raw, entries: [{ ...entry, index: 7 }] }, isMasked: true } });
    const hot = { button: 1, type: 'point', positionMs: 5, loopEndMs: null } as const;
    const cue = { ...hot, loopBeats: null, colourId: 0, comment: null, colour: null };
    const list = tagOf({ cueLists: [{ form: 'basic', kind: 'hot', cues: [cue] }] });
    const two = put(list, 0x10, 2);
    expect(read(fileOf(HEAD, [odd, two])).warnings).toEqual([
      { reason: 'PSSI: phrase 1 is numbered 7', offset: HEAD.length },
      {
        reason: 'PCOB: cue 2 of 2: 0 bytes are left of the tag, expected at least 12: the list ends before it',
        offset: HEAD.length + odd.length + two.length,
      },
    ]);
  });

  test('the first of two tags of one name counts, the second where the first cannot be read', () => {
    const other = tagOf({ beats: FOUR.slice(0, 2) });
    const twice = read(fileOf(HEAD, [BEATS, other]));
    expect(twice.tags.beats).toEqual(FOUR);
    expect(twice.warnings).toEqual([
      { reason: 'PQTZ: there is one before it, which counts', offset: HEAD.length + BEATS.length },
    ]);
    expect(read(fileOf(HEAD, [put(BEATS, 0x14, 5), other])).tags.beats).toEqual(FOUR.slice(0, 2));
  });

  test('a path of no length is none', () => {
    expect(read(fileOf(HEAD, [put(put(PATH, 0x0c, 0), 8, PATH.length)])).tags.audioPath).toBeNull();
  });
});

describe('how long a track is', () => {
  const mono = tagOf({ durationMs: 2000 });
  // PWV5: two bytes for each entry.
  const colour = put(put(Uint8Array.from([...mono.subarray(0, 24), ...new Uint8Array(606)]), 8, 630), 0x0c, 2);
  const pwv5 = put(put(colour, 0, 0x50575635), 0x10, 303);

  test('is the entries of its waveform at 150 a second', () => {
    // 25866 entries were measured on a track of 172.4 s.
    expect(read(fileOf(HEAD, [tagOf({ durationMs: (25866 * 1000) / 150 })])).tags.durationMs).toBeCloseTo(172_440, 6);
    expect(new DataView(mono.buffer, mono.byteOffset).getUint32(0x10)).toBe(300);
    expect(read(fileOf(HEAD, [pwv5])).tags.durationMs).toBe(2020);
  });

  test('is that of PWV3 where there are both, in either order', () => {
    expect(read(fileOf(HEAD, [mono, pwv5])).tags.durationMs).toBe(2000);
    expect(read(fileOf(HEAD, [pwv5, mono])).tags.durationMs).toBe(2000);
  });

  test('is not known from an empty waveform', () => {
    expect(read(fileOf(HEAD, [put(mono, 0x10, 0)])).tags.durationMs).toBeNull();
  });
});

describe('the two files of a track', () => {
  const tags = (some: Partial<AnalysisTags>): ReadTags => read(encodeAnalysis({ ...NOTHING, ...some })).tags;
  const ends = { first: FOUR[0] as AnalysedBeat, last: FOUR[3] as AnalysedBeat, count: 4 };

  test('come together from the files of one real layout', () => {
    const both = analysisOf(read(bytesOf('whole-dat')).tags, read(bytesOf('whole-ext')).tags);
    expect(both).toMatchObject({
      audioPath: '/Contents/Künstler/Probe/Straße 1.mp3',
      ...{ durationMs: 2400, firstDownbeat: 2, isGridMismatch: false, warnings: [] },
      structure: { mood: 'mid', bank: 'subtle', endBeat: 9 },
    });
    expect(both.grid?.beats).toBe(8);
    expect(both.structure?.phrases.map(({ label, startBeat }) => `${label} ${startBeat}`)).toEqual([
      ...['Intro 1', 'Verse 3 3', 'Chorus 5', 'Outro 7'],
    ]);
    // The cues of the extended lists of the .EXT; those of the .DAT are the same without names.
    expect(both.cuePoints.map(({ name, positionMs }) => [name, positionMs])).toEqual([
      ['Drop ♪', 340],
      ['bass in', 640],
      [null, 1240],
      [null, 2140],
    ]);
  });

  test('say nothing where both are missing', () => {
    expect(analysisOf(null, null)).toEqual({
      ...{
        audioPath: null,
        durationMs: null,
        beats: null,
        stored: null,
        grid: null,
        firstDownbeat: null,
        isGridMismatch: false,
      },
      ...{ structure: null, fingerprint: null, cuePoints: [], energy: null, warnings: [] },
    });
  });

  test('of two audio files come to what is of the wanted one, else of that of the .EXT; the other is told', () => {
    const dat = tags({ audioPath: '/A.mp3', beats: FOUR });
    const ext = tags({ audioPath: '/b.mp3', durationMs: 2000 });
    const left = (suffix: string, of: string, wanted: string) =>
      `the ${suffix} is of the audio file "${of}", not of "${wanted}": it is left out; export the track again`;
    expect(analysisOf(dat, ext, '/a.mp3')).toMatchObject({
      ...{ audioPath: '/A.mp3', durationMs: null, warnings: [left('.EXT', '/b.mp3', '/a.mp3')] },
      grid: { beats: 4 },
    });
    for (const wanted of [null, 'B.mp3']) {
      expect(analysisOf(dat, ext, wanted)).toMatchObject({
        ...{ audioPath: '/b.mp3', durationMs: 2000, grid: null },
        warnings: [left('.DAT', '/A.mp3', wanted ?? '/b.mp3')],
      });
    }
    expect(analysisOf(tags({ audioPath: '/a.mp3' }), tags({}))).toMatchObject({ audioPath: '/a.mp3', warnings: [] });
  });

  test('what no grid has is said of its first beat, and how many more; its times count all the same', () => {
    const odd = [beat(0, 1), beat(500, 5), beat(1000, 0), beat(1500, 4)];
    expect(analysisOf(tags({ beats: odd }), null)).toMatchObject({
      grid: { beats: 4 },
      warnings: [
        'beat 2 of the grid says it is beat 5 of its bar, expected 1 to 4, as do 1 more: look at its grid in rekordbox',
      ],
    });
    const fast = FOUR.map((each, i) => ({ ...each, tempoBpm: i === 2 ? 300.01 : 300 }));
    expect(analysisOf(tags({ beats: fast }), null).warnings).toEqual([
      'beat 3 of the grid says a tempo of 300.01 BPM, expected more than 0 and at most 300: look at its grid in rekordbox',
    ]);
    const still = FOUR.map(each => ({ ...each, tempoBpm: 0 }));
    expect(analysisOf(tags({ beats: still }), null).warnings).toEqual([
      expect.stringMatching(/^beat 1 of the grid says a tempo of 0 BPM, .*, as do 3 more/),
    ]);
  });

  test.each([1, 2, 3, 4])('the first downbeat is where the first bar begins: beat %i', first => {
    const beats = Array.from({ length: 9 }, (_, i) => beat(500 * i, ((i + 5 - first) % 4) + 1));
    expect(analysisOf(tags({ beats }), null).firstDownbeat).toBe(first);
  });

  test('the first downbeat is not known where no beat of the first four begins a bar, or no grid is there', () => {
    expect(analysisOf(tags({ beats: FOUR.slice(0, 2) }), null).firstDownbeat).toBeNull();
    expect(
      analysisOf(tags({ beats: [...FOUR.map(each => ({ ...each, beatInBar: 0 })), beat(2100, 1)] }), null),
    ).toMatchObject({
      firstDownbeat: null,
    });
    expect(analysisOf(tags({ beats: [] }), null)).toMatchObject({ grid: null, firstDownbeat: null, warnings: [] });
  });

  test.each([
    ['stand still', [beat(100, 1), beat(600, 2), beat(600, 3)], 'beat 3 at 600 ms'],
    ['fall', [beat(100, 1), beat(90, 2), beat(600, 3)], 'beat 2 at 90 ms'],
  ])('beats that %s are no grid', (_, beats, where) => {
    const { grid, firstDownbeat, warnings } = analysisOf(tags({ beats }), null);
    expect([grid, firstDownbeat]).toEqual([null, null]);
    expect(warnings).toEqual([`the beat grid is not used: ${where} does not come after the one before`]);
  });

  test('have the grid of the .DAT, and that of the .EXT only where there is no other', () => {
    const other = FOUR.map(each => ({ ...each, ms: each.ms + 30 }));
    expect(analysisOf(tags({ beats: FOUR }), tags({ beats: other })).grid?.msOfBeat(1)).toBe(100);
    expect(analysisOf(tags({}), tags({ beats: other })).grid?.msOfBeat(1)).toBe(130);
  });

  test('a second grid of the same ends is no news', () => {
    expect(analysisOf(tags({ beats: FOUR }), tags({ gridEnds: ends }))).toMatchObject({
      isGridMismatch: false,
      warnings: [],
    });
  });

  test.each([
    ['one beat more', { ...ends, count: 5 }],
    ['another first beat', { ...ends, first: beat(130, 3) }],
    ['another last beat', { ...ends, last: beat(1630, 2) }],
    ['another place in the bar', { ...ends, first: beat(100, 4) }],
    ['another tempo', { ...ends, last: beat(1600, 2, 121) }],
  ])('a second grid with %s is told: the phrases were found on that one', (_, gridEnds) => {
    const { grid, isGridMismatch, warnings } = analysisOf(tags({ beats: FOUR }), tags({ gridEnds }));
    expect(grid?.msOfBeat(1)).toBe(100);
    expect(isGridMismatch).toBe(true);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^the beat grid has 4 beats from 100 to 1600 ms, the phrases were found on one of \d beats/,
    );
  });

  test('a second grid alone is neither a grid nor a contradiction', () => {
    expect(analysisOf(tags({}), tags({ gridEnds: ends }))).toMatchObject({ grid: null, isGridMismatch: false });
  });

  test('phrases that cannot be are left out and told; a structure without phrases is none', () => {
    const entry = {
      ...{ index: 1, beat: 1, kind: 9, k1: 0, k2: 0, k3: 0, b: 0 },
      ...{ beat2: 0, beat3: 0, beat4: 0, fill: 0, fillBeat: 0 },
    };
    const raw = { mood: 2, endBeat: 65, bank: 1, entries: [entry, entry] };
    const odd = analysisOf(null, tags({ structure: { raw, isMasked: true } }));
    expect(odd.structure?.phrases).toHaveLength(1);
    expect(odd.warnings).toEqual(['phrase 2 is left out: it begins at beat 1, not after the one before']);
    const none = tags({ structure: { raw: { ...raw, entries: [] }, isMasked: false } });
    expect(analysisOf(null, none)).toMatchObject({ structure: null, fingerprint: null, warnings: [] });
  });
});
