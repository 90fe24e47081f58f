/** The file of a stick in the media store: whole or cut, ours or not, its tracks are as they were. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnalysedBeat } from '../../../../bridges/rekordbox-media/analysis/analysis-file.ts';
import { analysisOf } from '../../../../bridges/rekordbox-media/analysis/track-analysis.ts';
import {
  forgetStick,
  mediaTrackOf,
  readStick,
  readStore,
  type StoredTrack,
  StoreUnwritable,
  storeFileOf,
  storeFiles,
  unfinishedOf,
  writeStore,
} from '../../../../bridges/rekordbox-media/store/store.ts';
import { storeAnalysis, storedGridOf, structureOf } from '../../../../bridges/rekordbox-media/store/stored-analysis.ts';
import { measuredGrid } from '../../../../src/core/track/beat-grid.ts';
import { songStructure } from '../../../../src/core/track/phrase.ts';
import { structures } from '../capture-samples.ts';
import { scratch } from '../temporary-stick.ts';

const folderNamed = scratch();
const HEAD = { stick: 'Friday', from: '/media/usb', importedUnixMs: 1, source: 'export.pdb', databaseUnixMs: 2 };

const track = (id: number): StoredTrack => ({
  ...{ id, file: `Contents/${id}.mp3`, title: `Track ${id}`, artist: 'é\u2028"', album: null, genre: null },
  ...{ musicalKey: 'Am', tempoBpm: 128, lengthMs: 200_000, playlists: ['Friday/Opening'], artworkFile: null },
  analysis: {
    ...{ key: `${id}`, stamp: [1, 2.5, null, null], audioPath: null, durationMs: null, firstDownbeat: 2 },
    ...{ fingerprint: null, grid: null, phrases: null, lines: [], missing: 0, bad: 0 },
    cuePoints: [{ kind: 'hot', button: 1, positionMs: 5, loopEndMs: null, name: 'Drop', colour: '#ff0000' }],
  },
});

function written(ids: readonly number[]): string {
  const file = storeFileOf(folderNamed('media'), 'Friday');
  const writer = writeStore(file, HEAD, ids.slice(0, 1).map(track));
  writer.add(ids.slice(1).map(track));
  writer.finish();
  writer.close();
  return file;
}

function stickIn(file: string) {
  const read = readStick(file);
  if (read.kind !== 'stick') throw new Error(read.kind);
  return { ...read.stick, lines: read.lines };
}

describe('a store', () => {
  it('reads back as it was written', () => {
    const file = written([1, 2, 3]);
    expect(stickIn(file)).toMatchObject({ ...HEAD, isFinished: true, lines: [], tracks: [1, 2, 3].map(track) });
    expect(readdirSync(dirname(file))).toEqual([basename(file)]);
  });

  it('stands beside the one before until it is whole', () => {
    const file = written([1, 2, 3]);
    const writer = writeStore(file, HEAD, [track(4)]);
    writer.add([track(5)]);
    expect(stickIn(file).tracks.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(storeFiles(dirname(file))).toEqual([file]);
    writer.finish();
    writer.close();
    expect(stickIn(file).tracks.map(({ id }) => id)).toEqual([4, 5]);
  });

  it('that was never finished is read as far as it got, and says so', () => {
    const file = storeFileOf(folderNamed('media'), 'Friday');
    const writer = writeStore(file, HEAD, [track(1)]);
    writer.add([track(2)]);
    writer.close();
    expect(stickIn(file)).toMatchObject({ isFinished: false, tracks: [track(1), track(2)] });
    expect(storeFiles(dirname(file))).toEqual([file]);
  });

  it('cut anywhere behind its head has every track before the cut and no other', () => {
    const whole = readFileSync(written([1, 2, 3]));
    const headEnd = whole.indexOf('\n');
    const file = join(folderNamed('cut'), 'cut.jsonl');
    for (let end = headEnd + 1; end < whole.length; end++) {
      writeFileSync(file, whole.subarray(0, end));
      const lines = whole.subarray(0, end).toString('utf8').split('\n').length - 2;
      const stick = stickIn(file);
      expect(stick.tracks, `cut at ${end}`).toEqual([1, 2, 3].slice(0, lines).map(track));
      expect(stick).toMatchObject({ isFinished: false, lines: [] });
    }
  });

  it('that is none is set aside with one line, once', () => {
    for (const content of ['', 'no JSON', '{"decklight":"profile"}\n', readFileSync(written([1])).subarray(0, 20)]) {
      const file = join(folderNamed('broken'), 'broken.jsonl');
      writeFileSync(file, content);
      expect(readStore(file)).toEqual({
        kind: 'unusable',
        line: `${file}: this is no imported stick: it was set aside as ${file}.aside; import again`,
      });
      expect(readStore(file)).toEqual({ kind: 'none' });
      expect(existsSync(`${file}.aside`)).toBe(true);
      expect(storeFiles(dirname(file))).toEqual([]);
    }
  });

  it('of a newer Decklight is not used, and left to that one', () => {
    const file = written([1]);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version":1', '"version":2'));
    expect(readStick(file)).toMatchObject({
      kind: 'unusable',
      line: expect.stringMatching(/version 2, .* up to 1; update it/),
    });
    expect(existsSync(file)).toBe(true);
  });

  it('with a damaged line loses that track alone, and says so', () => {
    const file = written([1, 2, 3]);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"title":"Track 2"', '"title":2'));
    expect(stickIn(file)).toMatchObject({
      ...{ isFinished: true, tracks: [track(1), track(3)] },
      lines: [`${file}: 1 damaged tracks are left out; import Friday again`],
    });
  });

  it('whatever its bytes are, never throws', () => {
    const whole = readFileSync(written([1, 2]));
    const file = join(folderNamed('any'), 'any.jsonl');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 10 }), changes => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        writeFileSync(file, bytes);
        const read = readStore(file);
        for (const each of read.kind === 'stick' ? read.stick.tracks : []) {
          const media = mediaTrackOf('Friday', each);
          expect([media.grid, media.structure]).toEqual([null, null]);
        }
      }),
    );
  });

  it('that cannot be written says why, in one line', () => {
    const folder = folderNamed('media');
    writeFileSync(join(folder, 'in-the-way'), '');
    const file = storeFileOf(join(folder, 'in-the-way'), 'Friday');
    expect(() => writeStore(file, HEAD, [])).toThrow(StoreUnwritable);
    expect(() => writeStore(file, HEAD, [])).toThrow(
      /error: a part of this path is no folder; rename what stands in the way/,
    );
    mkdirSync(unfinishedOf(storeFileOf(folder, 'Friday')));
    expect(() => writeStore(storeFileOf(folder, 'Friday'), HEAD, [])).toThrow(StoreUnwritable);
  });

  it('is forgotten with what an unfinished import has left', () => {
    const file = written([1]);
    writeStore(file, HEAD, [track(1)]).close();
    expect(forgetStick(file)).toEqual([file, unfinishedOf(file)]);
    expect(forgetStick(file)).toBeNull();
    expect(readdirSync(dirname(file))).toEqual([]);
  });
});

describe('the name of a store', () => {
  it('is in the folder and no other stick has it, whatever the stick is called', () => {
    const names = [
      'Friday',
      'friday',
      'Friday ',
      'A/B',
      'A_B',
      '../../etc/passwd',
      '',
      '.',
      'CON',
      '💾',
      'x'.repeat(500),
    ];
    const files = names.map(name => storeFileOf('/media', name));
    expect(new Set(files.map(file => file.toLowerCase())).size).toBe(names.length);
    for (const file of files) expect(file).toMatch(/^[\\/]media[\\/][^\\/]{1,60}\.jsonl$/);
  });
});

describe('a grid and phrases', () => {
  const beats: fc.Arbitrary<readonly AnalysedBeat[]> = fc
    .array(fc.record({ gap: fc.integer({ min: 1, max: 5000 }), bpm: fc.integer({ min: 1, max: 65535 }) }), {
      minLength: 1,
      maxLength: 300,
    })
    .map(gaps => {
      let ms = 0;
      return gaps.map(({ gap, bpm }, i) => {
        ms += gap;
        return { ms, tempoBpm: bpm / 100, beatInBar: (i % 4) + 1 };
      });
    });

  it('come out of the store as they went in', () => {
    const none = { audioPath: null, gridEnds: null, cueLists: [], durationMs: null, waveform: null };
    const facts = { key: 'k', stamp: null, lines: [], missing: 0, bad: 0 };
    const fingerprint = { exact: '', loose: '' };
    fc.assert(
      fc.property(beats, structures, fc.boolean(), (grid, raw, isMasked) => {
        const dat = { ...none, beats: grid, structure: null };
        const ext = { ...none, beats: null, structure: { raw, isMasked, fingerprint } };
        const stored = storeAnalysis(facts, analysisOf(dat, ext));
        const expected = measuredGrid(grid);
        const read = storedGridOf(JSON.parse(JSON.stringify(stored)));
        expect(read?.beats).toBe(grid.length);
        expect(read?.tempi).toEqual(expected?.tempi);
        for (const beat of [0, 1, 1.5, grid.length, grid.length + 7])
          expect(read?.msOfBeat(beat)).toBe(expected?.msOfBeat(beat));
        expect(structureOf(stored)).toEqual(songStructure(raw).structure);
      }),
    );
  });

  it('are none where the store is damaged', () => {
    for (const text of ['', '!', 'AAAA', Buffer.alloc(100).toString('base64')]) {
      expect(storedGridOf({ grid: text })).toBeNull();
      expect(structureOf({ phrases: text })).toBeNull();
    }
  });

  it('are worked out when they are asked for, and once', () => {
    const dat = {
      audioPath: null,
      gridEnds: null,
      cueLists: [],
      durationMs: null,
      structure: null,
      beats: [{ ms: 7, tempoBpm: 120, beatInBar: 1 }],
      waveform: null,
    };
    const facts = { key: 'k', stamp: null, lines: [], missing: 0, bad: 0 };
    const media = mediaTrackOf('Friday', {
      ...track(1),
      analysis: storeAnalysis(facts, analysisOf(dat, null)),
    });
    expect(media.grid?.msOfBeat(1)).toBe(7);
    expect(media.grid).toBe(media.grid);
    expect(media.structure).toBeNull();
  });
});
