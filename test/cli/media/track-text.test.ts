/** A track in text: its phrases drawn to scale. */
import { describe, expect, it } from 'vitest';
import { timeline, trackLine, trackLines } from '../../../src/cli/media/track-text.ts';
import { COLOURS, NO_COLOURS } from '../../../src/cli/terminal/status-text.ts';
import { steadyGrid } from '../../../src/core/track/beat-grid.ts';
import type { MediaTrack } from '../../../src/core/track/media-track.ts';
import { type RawPhrase, type SongStructure, songStructure } from '../../../src/core/track/phrase.ts';

const phrase = (index: number, beat: number, kind: number, fillBeat = 0): RawPhrase => ({
  ...{ index, beat, kind, k1: 1, k2: 0, k3: 0, b: 0, beat2: 0, beat3: 0, beat4: 0 },
  ...{ fill: fillBeat === 0 ? 0 : 1, fillBeat },
});
const structured = (entries: readonly RawPhrase[], endBeat: number): SongStructure => {
  const { structure } = songStructure({ mood: 1, bank: 3, endBeat, entries });
  if (structure === null) throw new Error('no phrases');
  return structure;
};
/** Intro 16 beats, chorus 32 with a fill of its last 8, outro 16. */
const STRUCTURE = structured([phrase(1, 1, 1), phrase(2, 17, 5, 41), phrase(3, 49, 6)], 65);

describe('the timeline', () => {
  it('gives each phrase its share of the line, its fill as strokes, and its bar below', () => {
    expect(timeline(STRUCTURE, 1, 32, NO_COLOURS)).toEqual([
      '|Intro 1|Chorus 1   ////|Outro 1',
      '1       5               13',
    ]);
  });

  it('counts bars from the first downbeat', () => {
    const [, ruler] = timeline(STRUCTURE, 3, 32, NO_COLOURS);
    // Beat 1 comes before bar 1; beat 17 is 14 beats after beat 3: bar 4; beat 49 is 46 after it: bar 12.
    expect(ruler).toBe('        4               12');
  });

  it('is never wider than the terminal, however narrow that is', () => {
    const many = structured(
      Array.from({ length: 50 }, (_, i) => phrase(i + 1, 1 + i * 7, 2, i * 7 + 3)),
      400,
    );
    for (let columns = 1; columns < 200; columns++) {
      const [bar = '', ruler = ''] = timeline(many, 1, columns, NO_COLOURS);
      expect(bar.length).toBeLessThanOrEqual(columns);
      expect(ruler.length).toBeLessThanOrEqual(columns);
    }
  });

  it('is the same text in colours', () => {
    const [bar = ''] = timeline(STRUCTURE, 1, 32, COLOURS);
    expect(bar).toContain('\u001b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
    expect(bar.replaceAll(/\u001b\[[0-9;]*m/g, '')).toBe('|Intro 1|Chorus 1   ////|Outro 1');
  });
});

const TRACK: MediaTrack = {
  ...{
    stick: 'FRIDAY',
    id: 566,
    file: 'Contents/s.mp3',
    title: 'Strobe',
    artist: 'deadmau5',
    album: null,
    genre: null,
  },
  ...{ musicalKey: null, tempoBpm: null, durationMs: 61_500, playlists: [], artworkFile: null },
  ...{ grid: steadyGrid(1000, 120), firstDownbeat: 1, structure: null, fingerprint: null },
  cuePoints: [
    { kind: 'memory', button: null, positionMs: 1000, loopEndMs: 3000, name: null, colour: 'pink' },
    { kind: 'hot', button: 2, positionMs: 3500, loopEndMs: null, name: 'Drop', colour: '#ff0040' },
  ],
};

describe('a track', () => {
  it('tells its cues with place, bar, name and colour', () => {
    // At 120 BPM from 1000 ms: beat 6, the second of bar 2, is at 3500 ms.
    expect(trackLines(TRACK, 80, NO_COLOURS, false).slice(-2)).toEqual([
      'memory cue   0:01.000 bar 1.1    loop to 0:03.000 pink',
      'hot cue B    0:03.500 bar 2.2    "Drop" #ff0040',
    ]);
    expect(trackLines(TRACK, 80, NO_COLOURS, true).at(-1)).toContain('\u001b[38;2;255;0;64m●');
  });

  it('says nothing that moves the cursor or ends the line, whatever the stick says', () => {
    const text = 'a\u001b[31mb\r\nc\u0000d\u2028e\u009bf';
    const odd = {
      ...TRACK,
      ...{ stick: text, file: text, title: text, artist: text, album: text, genre: text, musicalKey: text },
      ...{ playlists: [text], artworkFile: text },
      cuePoints: TRACK.cuePoints.map(cue => ({ ...cue, name: text })),
    };
    const lines = [trackLine(odd), ...trackLines(odd, 80, NO_COLOURS, false)];
    for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    expect(lines[1]).toBe('a [31mb c d e f – a [31mb c d e f');
  });

  it('leaves out what is not known, and says where no phrases and no number are', () => {
    const lines = trackLines({ ...TRACK, id: null }, 80, NO_COLOURS, false);
    expect(lines[0]).toBe('Strobe – deadmau5');
    expect(lines).toContain('stick       FRIDAY, by its phrases alone: it has no number');
    expect(lines).toContain('phrases     none: not analysed for them');
    expect(lines).toContain('tempo       120.00 BPM');
    expect(lines.some(line => line.startsWith('album'))).toBe(false);
  });
});
