/** The cue sheet and the regions as an operator gets them: text, CSV, the file beside the profile, exit codes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BRIDGES } from '../../../bridges/index.ts';
import { type RegionsOptions, regionsCommand } from '../../../src/cli/plan/give-regions.ts';
import { type PlanOptions, planCommand } from '../../../src/cli/plan/plan.ts';
import type { Terminal } from '../../../src/cli/terminal/terminal.ts';
import { steadyGrid } from '../../../src/core/track/beat-grid.ts';
import { libraryOf, type MediaLibrary, NO_LIBRARY } from '../../../src/core/track/media-library.ts';
import type { MediaTrack } from '../../../src/core/track/media-track.ts';
import { structure } from '../../core/core-samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'decklight-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function profileFile(rest: string): string {
  const file = join(folder, `show-${files++}.yaml`);
  writeFileSync(
    file,
    `decklight: 1
name: show
bridges:
  opus: { type: opus-quad, interface: 127.0.0.1 }
  console: { type: osc, host: 127.0.0.1, port: 9 }
  daw: { type: midi, device: Nowhere }
cues: { safe: [{ console: /safe }] }
panic: safe
${rest}`,
  );
  return file;
}

/** 120 BPM, beat 1 at 110 ms, see core/planning/cue-sheet.test.ts. */
const media = (change: Partial<MediaTrack>): MediaTrack => ({
  ...{ stick: 'STICK', id: 7, file: '/Contents/strobe.mp3', title: 'Strobe', artist: 'deadmau5', album: null },
  ...{ genre: null, musicalKey: null, tempoBpm: 120, durationMs: 41_000, playlists: ['Friday'], playlistPlaces: [1] },
  ...{ artworkFile: null, grid: steadyGrid(110, 120), firstDownbeat: 1, structure, cuePoints: [] },
  fingerprint: { exact: 'e'.repeat(64), loose: '1'.repeat(64) },
  ...change,
});
const strobe = media({});
const other = (id: number, title: string, minutes: number): MediaTrack =>
  media({
    id,
    title,
    file: `/Contents/${title}.mp3`,
    durationMs: minutes * 60_000,
    structure: null,
    fingerprint: null,
  });

interface Heard {
  readonly code: number;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
}

async function heard(run: (out: Terminal) => Promise<number>): Promise<Heard> {
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await run({
    ...{ isTerminal: false, columns: () => 80, rows: () => 24, redraw() {} },
    line: text => void lines.push(text),
    error: text => void errors.push(text),
  });
  return { code, lines, errors };
}

const planned = (file: string, library: MediaLibrary, options: Partial<PlanOptions> = {}): Promise<Heard> =>
  heard(out =>
    planCommand(
      file,
      { track: null, all: false, csv: null, json: false, ...options },
      { out, bridges: BRIDGES, library },
    ),
  );
const allocated = (
  file: string,
  tracks: readonly MediaTrack[],
  options: Partial<RegionsOptions> = {},
  playlist = 'Friday',
): Promise<Heard> => {
  const all = { timecode: null, packed: false, from: '01:00:00:00', ...options };
  return heard(out => regionsCommand(file, playlist, all, { out, bridges: BRIDGES, library: libraryOf(tracks) }));
};

const RULES = `timecode: { main: { to: [daw], rate: 25, unknown-track: "23:00:00:00" } }
tracks:
  - match: { title: Strobe }
    timecode: { main: "01:00:00:00" }
    cues: [{ at: 0:12.345, name: drop, do: [{ daw: { note: C3 } }, { console: /go }] }]
rules:
  - { name: arm, when: 4 beats before chorus 1, if: deck.uncertaintyMs < 20, do: [{ console: { address: /arm, args: [1, "\${deck.tempoBpm}"] } }] }
  - { name: third, when: chorus 3, do: safe }
  - { name: look, while: phrase.kind == outro, do: [{ console: /on }], undo: [{ console: /off }] }
  - { name: fast, while: deck.tempoBpm > 130, do: safe, undo: [] }
`;

describe('decklight plan', () => {
  const file = profileFile(RULES);

  it('tells of each prepared track what leaves when, in columns, and what is not planned', async () => {
    const { code, lines, errors } = await planned(file, libraryOf([strobe, other(8, 'Opus', 9)]));
    expect(errors).toEqual([]);
    // 6110, 12345, 32110 and 40110 ms are 152.75, 308.6, 802.75 and 1002.75 frames of 40 ms. Beat 25.47 at 12345 ms is in bar 7.
    expect(lines).toEqual([
      'deadmau5 - Strobe  (STICK /Contents/strobe.mp3, 0:41.000)',
      'begins at main 01:00:00:00',
      'main         position  bar   phrase    cue                               place                    leaves',
      '01:00:06:02  0:06.110  4.1   Intro 1   arm (if deck.uncertaintyMs < 20)  4 beats before chorus 1  console /arm ,is 1 "${deck.tempoBpm}"',
      '01:00:12:08  0:12.345  7.1   Chorus 1  drop                              0:12.345                 daw note C3 127 ch 1',
      '                                                                                                  console /go',
      '01:00:32:02  0:32.110  17.1  Outro 1   look                              outro 1                  console /on',
      '01:00:40:02  0:40.110  21.1            look ends                         outside the phrases      console /off',
      'not in this track: chorus 3 [third]',
      'depends on the deck: deck.tempoBpm [fast]',
      '',
    ]);
    expect(code).toBe(0);
  });

  it('as CSV: a header, and a row for each message in each timecode', async () => {
    const { code, lines, errors } = await planned(file, libraryOf([strobe]), { csv: '-' });
    expect(lines).toEqual([
      'track,artist,timecode,label,position,bar,beat,phrase,cue,message',
      'Strobe,deadmau5,main,01:00:06:02,0:06.110,4,1,Intro 1,arm (if deck.uncertaintyMs < 20),"console /arm ,is 1 ""${deck.tempoBpm}"""',
      'Strobe,deadmau5,main,01:00:12:08,0:12.345,7,1,Chorus 1,drop,daw note C3 127 ch 1',
      'Strobe,deadmau5,main,01:00:12:08,0:12.345,7,1,Chorus 1,drop,console /go',
      'Strobe,deadmau5,main,01:00:32:02,0:32.110,17,1,Outro 1,look,console /on',
      'Strobe,deadmau5,main,01:00:40:02,0:40.110,21,1,,look ends,console /off',
    ]);
    expect(errors).toEqual([
      'deadmau5 - Strobe: not in this track: chorus 3 [third]',
      'deadmau5 - Strobe: depends on the deck: deck.tempoBpm [fast]',
    ]);
    expect(code).toBe(0);
    const csv = join(folder, 'plan.csv');
    await planned(file, libraryOf([strobe]), { csv });
    expect(readFileSync(csv, 'utf8')).toBe(`\ufeff${lines.join('\r\n')}\r\n`);
    expect((await planned(file, libraryOf([strobe]), { csv: join(folder, 'no', 'plan.csv') })).code).toBe(1);
  });

  it('3, and of which track, where media are needed and are not there', async () => {
    const { code, lines } = await planned(file, NO_LIBRARY);
    expect(lines).toEqual([
      'Strobe',
      'no imported track is this one: import its stick (decklight media import <folder>)',
      '',
    ]);
    expect(code).toBe(3);
    const numbered = profileFile(`tracks: [{ match: { id: 5 }, cues: [{ at: "1:00.000", do: safe }] }]\n`);
    expect(await planned(numbered, NO_LIBRARY)).toEqual({
      code: 0,
      errors: [],
      lines: [
        'track 5',
        'position  bar  phrase  cue                  place     leaves',
        '1:00.000               track 5 at 1:00.000  1:00.000  console /safe',
        '',
      ],
    });
  });

  it('one track by a part of its name, whether prepared or not; all on request; a near miss is named', async () => {
    const library = libraryOf([strobe, other(8, 'Opus', 9)]);
    const first = async (options: Partial<PlanOptions>): Promise<readonly string[]> =>
      (await planned(file, library, options)).lines.filter(line => line.includes('STICK'));
    expect(await first({ track: 'opu' })).toEqual(['deadmau5 - Opus  (STICK /Contents/Opus.mp3, 9:00.000)']);
    expect((await first({ all: true })).length).toBe(2);
    expect(await first({ track: '7' })).toEqual(['deadmau5 - Strobe  (STICK /Contents/strobe.mp3, 0:41.000)']);
    expect(await planned(file, library, { track: 'Strob Light' })).toMatchObject({ code: 2 });
    expect((await planned(file, library, { track: 'Stroba' })).errors).toEqual([
      'no track is called "Stroba"; did you mean "Strobe"?',
    ]);
  });

  it('says where the show could not tell the track, and 2 for a profile that is wrong', async () => {
    const twins = [strobe, media({ title: 'Another', stick: 'OTHER', fingerprint: null, structure: null })];
    const twin = await planned(file, libraryOf([media({ fingerprint: null, structure: null }), ...twins.slice(1)]));
    expect(twin.lines.join('\n')).toContain('in the show: the number 7 may be "Strobe" (STICK) or "Another" (OTHER)');
    const nameless = media({ id: null, fingerprint: null, structure: null });
    expect((await planned(file, libraryOf([nameless]), { all: true })).lines.join('\n')).toContain(
      'no deck can tell that it plays this track',
    );
    expect((await planned(join(folder, 'none.yaml'), NO_LIBRARY)).code).toBe(2);
  });
});

describe('decklight regions', () => {
  const PROFILE = `timecode: { main: { to: [daw], rate: 25, unknown-track: "23:00:00:00" } }\n`;
  const a = other(1, 'A', 5);
  const b = other(2, 'B', 6);
  const c = other(3, 'C', 7);

  it('gives, keeps and writes down; a second run with a longer list moves nothing', async () => {
    const file = profileFile(PROFILE);
    expect(await allocated(file, [a, b])).toEqual({
      code: 0,
      errors: [],
      lines: [
        '01:00:00:00  given   deadmau5 - A',
        '02:00:00:00  given   deadmau5 - B',
        `${file}.regions.csv: main: 2 given, 0 stayed, 0 refused`,
      ],
    });
    const first = readFileSync(`${file}.regions.csv`, 'utf8');
    expect(first.split('\r\n').slice(1, -1)).toEqual([
      'main,01:00:00:00,01:05:00:00,5:00.000,A,deadmau5,/Contents/A.mp3,',
      'main,02:00:00:00,02:06:00:00,6:00.000,B,deadmau5,/Contents/B.mp3,',
    ]);
    const again = await allocated(file, [c, b, a]);
    expect(again.lines.slice(0, -1)).toEqual([
      '03:00:00:00  given   deadmau5 - C',
      '02:00:00:00  stayed  deadmau5 - B',
      '01:00:00:00  stayed  deadmau5 - A',
    ]);
    expect(readFileSync(`${file}.regions.csv`, 'utf8')).toBe(
      `${first}main,03:00:00:00,03:07:00:00,7:00.000,C,deadmau5,/Contents/C.mp3,\r\n`,
    );
  });

  it('packs, keeps clear of the regions of the profile, and leaves those to it', async () => {
    const file = profileFile(`${PROFILE}tracks: [{ match: { title: B }, timecode: { main: "01:06:00:00" } }]\n`);
    // A takes five minutes from 01:00, B six from 01:06 in the profile; C would not fit between.
    expect((await allocated(file, [a, b, c], { packed: true })).lines.slice(0, -1)).toEqual([
      '01:06:00:00  in the profile  deadmau5 - B',
      '01:00:00:00  given   deadmau5 - A',
      '01:12:00:00  given   deadmau5 - C',
    ]);
  });

  it('1 when something was refused, with what to do; the rest is given all the same', async () => {
    const file = profileFile(PROFILE);
    const { code, errors, lines } = await allocated(file, [a, b], { from: '22:00:00:00' });
    expect([code, lines[0]]).toEqual([1, '22:00:00:00  given   deadmau5 - A']);
    expect(errors).toEqual([
      'refused  deadmau5 - B: there is no room left for it before midnight; begin earlier (--from), or --packed',
    ]);
  });

  it('a file that cannot be read as it is meant is left alone', async () => {
    const file = profileFile(PROFILE);
    const broken = 'timecode;start;end;file;fingerprint\nmain;1:00;2:00;/a.mp3;\n';
    writeFileSync(`${file}.regions.csv`, broken);
    const { code, errors } = await allocated(file, [a]);
    expect(code).toBe(2);
    expect(errors[0]).toMatch(/\.regions\.csv:2: error: start "1:00" is no timecode at 25/);
    expect(readFileSync(`${file}.regions.csv`, 'utf8')).toBe(broken);
  });

  it('reads the letters that Excel writes when it is not asked for UTF-8', async () => {
    const file = profileFile(PROFILE);
    const row = 'timecode;start;end;title;file;fingerprint\r\nmain;05:00:00:00;05:05:00:00;x;/Contents/\u00c4.mp3;\r\n';
    for (const bytes of [Buffer.from(row, 'latin1'), Buffer.from(`\ufeff${row}`, 'utf16le')]) {
      writeFileSync(`${file}.regions.csv`, bytes);
      expect((await allocated(file, [other(4, '\u00c4', 5)])).lines[0]).toBe('05:00:00:00  stayed  deadmau5 - \u00c4');
    }
  });

  it('names what there is: playlists, timecodes; 3 when nothing was imported', async () => {
    const file = profileFile(PROFILE);
    expect((await allocated(file, [a], {}, 'Fridays')).errors).toEqual([
      'no imported stick has a playlist "Fridays"; there are: Friday; did you mean "Friday"?',
    ]);
    expect((await allocated(file, [a], { timecode: 'mian' })).errors).toEqual([
      `${file} has no timecode called "mian"; it has: main; did you mean "main"?`,
    ]);
    expect((await allocated(file, [a], { from: '01:00' })).code).toBe(2);
    expect((await allocated(file, [])).code).toBe(3);
    expect((await allocated(profileFile(''), [a])).code).toBe(2);
  });
});
