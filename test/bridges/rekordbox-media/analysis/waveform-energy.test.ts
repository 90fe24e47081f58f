import { describe, expect, it } from 'vitest';
import { decodeAnalysis, encodeAnalysis } from '../../../../bridges/rekordbox-media/analysis/analysis-file.ts';
import { waveformEnergy } from '../../../../bridges/rekordbox-media/analysis/waveform-energy.ts';
import { steadyGrid } from '../../../../src/core/track/beat-grid.ts';
import { songStructure } from '../../../../src/core/track/phrase.ts';

const entry = { k1: 0, k2: 0, k3: 0, b: 0, beat2: 0, beat3: 0, beat4: 0, fill: 0, fillBeat: 0 };
const { structure } = songStructure({
  ...{ mood: 2, endBeat: 9, bank: 0 },
  entries: [
    { ...entry, index: 1, beat: 1, kind: 1 },
    { ...entry, index: 2, beat: 5, kind: 9 },
  ],
});

describe('the energy of a track', () => {
  // 60 BPM from 0 ms: a beat is 150 steps. Beats 1 to 4 are 0 to 599, beats 5 to 8 600 to 1199.
  const heights = Uint8Array.from({ length: 1500 }, (_, i) => (i < 600 ? 10 : i < 1200 ? (i % 2 === 0 ? 31 : 0) : 0));

  it('is the mean and the peak of its waveform, of each phrase by the grid', () => {
    // 10 of 31 are 32.3 %; every second step of 31 is 50 %. The whole: (600 * 10 + 300 * 31) / 1500 = 10.2, 32.9 %.
    expect(waveformEnergy(heights, steadyGrid(0, 60), structure)).toEqual({
      ...{ mean: 32.9, peak: 100 },
      phrases: [
        { mean: 32.3, peak: 32.3 },
        { mean: 50, peak: 100 },
      ],
    });
  });

  it('has no phrases where nothing says where they are, is 0 behind the waveform, and null without one', () => {
    expect(waveformEnergy(heights, null, structure)?.phrases).toEqual([]);
    expect(waveformEnergy(heights, steadyGrid(60_000, 60), structure)?.phrases[0]).toEqual({ mean: 0, peak: 0 });
    expect(waveformEnergy(null, steadyGrid(0, 60), structure)).toBeNull();
  });

  it('is read from the low five bits of a mono waveform, and from five bits of a colour one', () => {
    const nothing = { audioPath: null, beats: null, gridEnds: null, cueLists: [], structure: null };
    const file = encodeAnalysis({ ...nothing, durationMs: 20 }, Uint8Array.of(31, 0xe0 | 5, 0));
    const read = decodeAnalysis(file);
    expect(read.ok && [...(read.tags.waveform ?? [])]).toEqual([31, 5, 0]);
    // A PWV5 tag by hand: name, header of 18 hex bytes, entries of two bytes, bits RRRGGGBB BHHHHHxx.
    const tag = Buffer.from('PWV5\0\0\0\x18\0\0\0\x1c\0\0\0\x02\0\0\0\x02\0\x96\x03\x05', 'latin1');
    const colour = Buffer.concat([tag, Buffer.from([0xff, 0b1_01001_11, 0, 0b0_11111_00])]);
    const head = Buffer.from('PMAI\0\0\0\x1c\0\0\0\0', 'latin1');
    const whole = Buffer.concat([head, Buffer.alloc(16), colour]);
    whole.writeUInt32BE(whole.length, 8);
    const other = decodeAnalysis(whole);
    expect(other.ok && [...(other.tags.waveform ?? [])]).toEqual([9, 31]);
  });
});
