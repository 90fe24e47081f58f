import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MediaTrack } from '../../src/core/track/media-track.ts';
import { type GivenRegion, readRegionsFile, regionFor, writeRegionsFile } from '../../src/profile/regions-csv.ts';
import { frameRate } from '../core/core-samples.ts';

const main = { name: 'main', rate: frameRate('30') };
const drop = { name: 'drop', rate: frameRate('29.97df') };
const TIMECODES = [main, drop];
const HEADER = 'timecode,start,end,length,title,artist,file,fingerprint';
const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

const track = (change: Partial<MediaTrack>): MediaTrack => ({
  ...{ stick: 'STICK', id: 7, file: '/Contents/strobe.mp3', title: 'Strobe', artist: 'deadmau5', album: null },
  ...{ genre: null, musicalKey: null, tempoBpm: 128, durationMs: 300_000, playlists: [], artworkFile: null },
  ...{ grid: null, firstDownbeat: null, structure: null, fingerprint: null, cuePoints: [] },
  ...change,
});
const given = (change: Partial<GivenRegion> = {}): GivenRegion => ({
  // One o'clock at 30 frames a second, and five minutes.
  ...{ timecode: main, start: 108_000, lengthFrames: 9000, durationMs: 300_000, track: track({}) },
  ...change,
});
const read = (text: string) => readRegionsFile(text, TIMECODES);
const messages = (...rows: readonly string[]): string[] =>
  read([HEADER, ...rows].join('\n')).problems.map(({ line, message }) => `${line}: ${message}`);

describe('the file of regions', () => {
  it('has a line for each region: labels, length, title, artist, file and fingerprint', () => {
    const fingerprint = { exact: A, loose: B };
    expect(writeRegionsFile(null, new Map(), [given({ track: track({ fingerprint }) })])).toBe(
      `\ufeff${HEADER}\r\nmain,01:00:00:00,01:05:00:00,5:00.000,Strobe,deadmau5,/Contents/strobe.mp3,${A}\r\n`,
    );
    // 17982 frames are ten minutes of drop-frame.
    const text = writeRegionsFile(null, new Map(), [given({ timecode: drop, start: 17_982, lengthFrames: 1 })]);
    expect(text.split('\r\n')[1]).toMatch(/^drop,"00:10:00;00","00:10:00;01",/);
  });

  it('is read back as it was given, up to midnight', () => {
    const { entries, rows, problems } = read(writeRegionsFile(null, new Map(), [given({ start: 2_583_000 })]));
    expect(problems).toEqual([]);
    // 24 hours at 30 are 2592000 frames: the end of this one is 00:00:00:00.
    expect(rows.map(({ start, lengthFrames }) => [start, lengthFrames])).toEqual([[2_583_000, 9000]]);
    expect(entries.map(({ timecode, start, match }) => [timecode, start, match.file])).toEqual([
      ['main', 2_583_000, '/Contents/strobe.mp3'],
    ]);
  });

  it('is read as a German spreadsheet leaves it: mark, semicolons, CRLF, other columns in another order, empty rows', () => {
    const text = `\ufeffNotiz;Timecode;FILE;start;end;length;title;artist;fingerprint\r\n;;;;;;;;\r\nlos!;drop;/Contents/ä.mp3;"01:00:00;00";01:05:00:02;05:00,0;1,1;;\r\n`;
    const { rows, problems } = read(text);
    expect(problems).toEqual([]);
    expect(rows).toEqual([
      {
        ...{ line: 3, timecode: 'drop', start: 107_892, lengthFrames: 8992 },
        ...{ title: '1,1', artist: null, file: '/Contents/ä.mp3', fingerprint: null },
      },
    ]);
  });

  it('tells each mistake with its line', () => {
    expect(
      messages(
        'mian,01:00:00:00,01:05:00:00,,,,/a.mp3,',
        'main,1:00:00,01:05:00:00,,,,/a.mp3,',
        'main,01:00:00:30,01:05:00:00,,,,/a.mp3,',
        'drop,01:01:00:00,01:05:00:02,,,,/a.mp3,',
        'main,02:00:00:00,02:00:00:00,,,,/a.mp3,',
        'main,03:00:00:00,03:05:00:00,,,,,',
        'main,04:00:00:00,04:05:00:00,,,,/a.mp3,1.2E+30',
      ),
    ).toEqual([
      '2: there is no timecode called "mian"; there are: main, drop; did you mean "main"?',
      '3: start "1:00:00" is no timecode at 30; expected hh:mm:ss:ff (01:00:00:00)',
      '4: start "01:00:00:30" is no timecode at 30; expected hh:mm:ss:ff (01:00:00:00)',
      '5: start "01:01:00:00" is no timecode at 29.97df; expected hh:mm:ss:ff (01:00:00:00)',
      '6: the region ends at 02:00:00:00, not after its start at 02:00:00:00',
      '7: no track is named; expected its file or its fingerprint',
      '8: "1.2e+30" is no fingerprint; expected eight to 64 hex digits, or nothing',
    ]);
    expect(read('start,end\n').problems.map(({ message }) => message)).toEqual([
      'the first line lacks timecode, file, fingerprint; expected the columns timecode, start, end, length, title, artist, file, fingerprint',
    ]);
    expect(read('')).toMatchObject({ entries: [], problems: [] });
  });

  it('finds regions that overlap, also where a short one stands between, and only within one timecode', () => {
    expect(
      messages(
        'main,01:00:00:00,02:00:00:00,,,,/a.mp3,',
        'main,01:10:00:00,01:11:00:00,,,,/b.mp3,',
        'main,01:30:00:00,01:40:00:00,,,,/c.mp3,',
        'main,02:00:00:00,02:10:00:00,,,,/d.mp3,',
        'drop,"01:00:00;00","02:00:00;00",,,,/a.mp3,',
      ),
    ).toEqual(['3: this region and that of line 2 overlap', '4: this region and that of line 2 overlap']);
  });

  it('never throws', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('main', ',', '\n', '01:00:00:00', '"'));
    fc.assert(fc.property(fc.array(piece), parts => void read([HEADER, parts.join('')].join('\n'))));
  });
});

describe('whose region it is', () => {
  const { entries } = read(
    [
      HEADER,
      `main,01:00:00:00,01:05:00:00,,Strobe,deadmau5,/Contents/strobe.mp3,${A}`,
      `main,02:00:00:00,02:05:00:00,,Twin,,/Contents/twin.mp3,${A}`,
      `main,03:00:00:00,03:05:00:00,,45301,,/Contents/1.10.mp3,${B}`,
    ].join('\n'),
  );
  const startFor = (change: Partial<MediaTrack>): number | null =>
    regionFor(entries, 'main', track(change))?.start ?? null;
  const same = { exact: A, loose: B };

  it('by phrases and title, wherever the file is by now; two tracks of the same phrases each have their own', () => {
    expect(startFor({ file: '/moved.mp3', fingerprint: same })).toBe(108_000);
    expect(startFor({ title: 'Twin', file: '/moved.mp3', fingerprint: same })).toBe(216_000);
    expect(startFor({ title: 'Third', file: '/third.mp3', fingerprint: same })).toBe(null);
  });

  it('by its file, for a track that was analysed anew or whose title was taken for a date', () => {
    expect(startFor({ fingerprint: { exact: 'c'.repeat(64), loose: 'd'.repeat(64) } })).toBe(108_000);
    expect(startFor({ title: '1.10', file: '/Contents/1.10.mp3', fingerprint: { exact: B, loose: A } })).toBe(324_000);
    expect(regionFor(entries, 'drop', track({}))).toBe(null);
  });
});

describe('a file that is added to', () => {
  it('keeps its separator, its lines and the columns that are not ours', () => {
    const text = `note;${HEADER.replaceAll(',', ';')}\nred wash;main;01:00:00:00;01:05:00:00;5:00.000;Strobe;deadmau5;/Contents/strobe.mp3;\n`;
    const longer = given({ lengthFrames: 10_800, durationMs: 360_000 });
    const next = given({ start: 216_000, track: track({ title: 'B; b', artist: null, file: '/b.mp3' }) });
    expect(writeRegionsFile(read(text), new Map([[0, longer]]), [next])).toBe(
      [
        `\ufeffnote;${HEADER.replaceAll(',', ';')}`,
        'red wash;main;01:00:00:00;01:06:00:00;6:00.000;Strobe;deadmau5;/Contents/strobe.mp3;',
        ';main;02:00:00:00;02:05:00:00;5:00.000;"B; b";;/b.mp3;',
        '',
      ].join('\r\n'),
    );
  });
});
