/**
 * A simulated rekordbox stick, file by file, written by the very tables that the readers read with. No I/O.
 *
 * It is a test device: salts and initialisation vectors are worked out, so that the same tracks are the same bytes. It has
 * what real sticks have of trouble: song structures are masked, two tracks share a folder, the two databases number tracks
 * in their own ways, hidden files of a Mac stand beside the real ones, and a fresh export has its rows in a log alone. There
 * is no audio.
 */
import { createHash } from 'node:crypto';
import type { Ms } from '../../../src/core/clock.ts';
import { beatInBarOf, type DemoTrack, trackTempoAt } from '../../opus-quad/simulator/demo-tracks.ts';
import type { CueList, HotCueColour, StoredCue } from '../analysis/analysis-cues.ts';
import { type AnalysedBeat, encodeAnalysis, type GridEnds } from '../analysis/analysis-file.ts';
import { analysisFolder } from '../analysis/analysis-folder.ts';
import { WAVEFORM_ENTRIES_PER_SECOND } from '../analysis/analysis-layout.ts';
import type { DeviceLibraryTrack } from '../device-library/device-library-reader.ts';
import { deviceLibrary, extensionTablesOf, tablesOf } from '../device-library/device-library-writer.ts';
import type { LibraryPlusTrack } from '../library-plus/library-plus-reader.ts';
import {
  changedImage,
  encrypted,
  pageOf,
  pagesOf,
  plainImage,
  rowsOf,
  type Statement,
  TABLES,
  vectorOf,
} from '../library-plus/library-plus-writer.ts';
import type { LibraryRow } from '../library-plus/library-row.ts';
import { deriveKeys, encryptPage, PAGE_BYTES, type PageKeys, SALT_BYTES } from '../library-plus/page-cipher.ts';
import { encodeWriteAheadLog, type LogFrame } from '../library-plus/write-ahead-log.ts';
import type { SimulatedStickTrack } from './stick-tracks.ts';

/** Key of the library of a simulated stick, unless another is given. It is ours: no real stick opens with it. */
export const SIMULATED_STICK_KEY = 'decklight simulated stick';

/** The name of the stick, as its library states it. */
export const SIMULATED_STICK_NAME = 'DECKLIGHT';

export interface SimulatedStickFile {
  /** From the root of the stick, without a slash before it. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface SimulatedStickOptions {
  /** Passphrase of the Device Library Plus. */
  readonly key: string;
  /** True: all rows of the Device Library Plus are in its log, and its main file has the tables and nothing in them. */
  readonly hasLog: boolean;
}

/**
 * Every file of a stick, one at a time: of ten thousand tracks no more than the databases are in memory at once.
 *
 * @param tracks as `simulatedStickTracks` makes them: no two with one id or one file
 */
export async function* simulatedStickFiles(
  tracks: readonly SimulatedStickTrack[],
  { key, hasLog }: SimulatedStickOptions,
): AsyncGenerator<SimulatedStickFile, void> {
  const stems = analysisStems(tracks);
  for (const [i, track] of tracks.entries()) {
    const stem = stems[i] ?? '';
    yield { path: `${stem}.DAT`, bytes: datOf(track) };
    yield { path: `${stem}.EXT`, bytes: extOf(track) };
    if (i === 0) yield hiddenBeside(`${stem}.DAT`);
  }

  const covers = coverNumbers(tracks);
  for (const [jpeg, number] of covers) {
    yield { path: coverPath('a', number), bytes: jpeg };
    yield { path: coverPath('b', number), bytes: jpeg };
  }

  const places = playlistPlaces(tracks);
  const rowOf = (track: SimulatedStickTrack, i: number, letter: 'a' | 'b'): LibraryRow => ({
    title: track.title,
    artist: track.artist,
    album: track.album,
    genre: track.genre,
    musicalKey: track.musicalKey,
    tempoBpm: trackTempoAt(track, 1),
    lengthMs: Math.floor(track.lengthMs / 1000) * 1000,
    file: track.file,
    analysisPath: `/${stems[i]}.DAT`,
    artworkPath: `/${coverPath(letter, covers.get(track.artwork) ?? 0)}`,
    playlists: track.playlists,
    playlistPlaces: places[i] ?? [],
    notes: track.notes,
  });
  const pdbRows = tracks.map((track, i): DeviceLibraryTrack => ({ ...rowOf(track, i, 'a'), pdbId: track.pdbId }));
  yield { path: 'PIONEER/rekordbox/export.pdb', bytes: deviceLibrary(tablesOf(pdbRows, false)) };
  yield { path: 'PIONEER/rekordbox/exportExt.pdb', bytes: deviceLibrary(extensionTablesOf(pdbRows)) };

  const plusRows = tracks.map((track, i): LibraryPlusTrack => ({ ...rowOf(track, i, 'b'), contentId: track.id }));
  const { main, wal } = await libraryPlus(plusRows, { key, hasLog });
  yield { path: LIBRARY_PLUS, bytes: main };
  if (wal !== null) yield { path: `${LIBRARY_PLUS}-wal`, bytes: wal };
  yield hiddenBeside(LIBRARY_PLUS);
}

const LIBRARY_PLUS = 'PIONEER/rekordbox/exportLibrary.db';

/** Path of the analysis of each track, without its suffix: tracks that share a folder count on in it. */
function analysisStems(tracks: readonly SimulatedStickTrack[]): readonly string[] {
  const inFolder = new Map<string, number>();
  return tracks.map(({ file }) => {
    const folder = `PIONEER/USBANLZ/${analysisFolder(file)}`;
    const number = inFolder.get(folder) ?? 0;
    inFolder.set(folder, number + 1);
    return `${folder}/ANLZ${String(number).padStart(4, '0')}`;
  });
}

/** The place of each track in each of its playlists, which are in the order of the stick. */
function playlistPlaces(tracks: readonly SimulatedStickTrack[]): readonly (readonly number[])[] {
  const lengths = new Map<string, number>();
  return tracks.map(({ playlists }) =>
    playlists.map(name => {
      const place = (lengths.get(name) ?? 0) + 1;
      lengths.set(name, place);
      return place;
    }),
  );
}

/** Covers by their pictures, numbered from 1: tracks of one album may share one. */
const coverNumbers = (tracks: readonly SimulatedStickTrack[]): ReadonlyMap<Uint8Array, number> =>
  new Map([...new Set(tracks.map(track => track.artwork))].map((jpeg, i) => [jpeg, i + 1]));

/** rekordbox names the covers of the older library a, those of the newer one b. */
const coverPath = (letter: 'a' | 'b', number: number): string => `PIONEER/Artwork/00001/${letter}${number}.jpg`;

/** File that a Mac leaves beside another on a stick: a header without entries (AppleDouble, RFC 1740 appendix A). */
function hiddenBeside(path: string): SimulatedStickFile {
  const bytes = new Uint8Array(26);
  bytes.set([0x00, 0x05, 0x16, 0x07, 0x00, 0x02, 0x00, 0x00]);
  return { path: path.replace(/[^/]*$/, '._$&'), bytes };
}

// ---- analysis

function datOf(track: SimulatedStickTrack): Uint8Array {
  const { hot, memory } = cuesOf(track);
  return encodeAnalysis({
    audioPath: track.file,
    beats: beatsOf(track),
    gridEnds: null,
    durationMs: null,
    structure: null,
    // The basic list of this file has the buttons that the oldest players had.
    cueLists: [list('basic', 'hot', hot.slice(0, OLD_BUTTONS)), list('basic', 'memory', memory)],
  });
}

function extOf(track: SimulatedStickTrack): Uint8Array {
  const { hot, memory } = cuesOf(track);
  const { structure } = track;
  return encodeAnalysis(
    {
      audioPath: track.file,
      beats: null,
      durationMs: track.hasWaveform ? track.lengthMs : null,
      cueLists: [
        list('basic', 'hot', hot.slice(OLD_BUTTONS)),
        list('basic', 'memory', []),
        list('extended', 'hot', hot),
        list('extended', 'memory', memory),
      ],
      // Tracks without phrase analysis have no second grid.
      gridEnds: structure === null ? null : gridEndsOf(beatsOf(track)),
      structure: structure === null ? null : { raw: structure, isMasked: true },
    },
    track.hasWaveform ? heightsOf(track) : null,
  );
}

/** A waveform: tall on each beat and lower after it, by how far into its phrases the track is. */
function heightsOf(track: SimulatedStickTrack): Uint8Array {
  const heights = new Uint8Array(Math.round((track.lengthMs * WAVEFORM_ENTRIES_PER_SECOND) / 1000));
  const starts = track.structure?.entries.map(({ beat }) => beat) ?? [];
  for (let i = 0; i < heights.length; i++) {
    const beat = track.grid.beatOfMs((i * 1000) / WAVEFORM_ENTRIES_PER_SECOND);
    const phrase = starts.filter(start => start <= beat).length;
    const tallest = 8 + ((phrase * 7) % 23);
    heights[i] = beat < 1 ? 0 : Math.round(tallest * (1 - 0.5 * (beat - Math.floor(beat))));
  }
  return heights;
}

const OLD_BUTTONS = 3;

const list = (form: CueList['form'], kind: CueList['kind'], cues: readonly StoredCue[]): CueList => ({
  form,
  kind,
  cues,
});

/** Every beat up to the end of the track, as rekordbox stores it: in whole milliseconds. */
function beatsOf(track: DemoTrack): readonly AnalysedBeat[] {
  const beats: AnalysedBeat[] = [];
  for (let beat = 1; track.grid.msOfBeat(beat) <= track.lengthMs; beat++) {
    beats.push({
      ms: storedMs(track, beat),
      tempoBpm: trackTempoAt(track, beat),
      beatInBar: beatInBarOf(track, beat),
    });
  }
  return beats;
}

const storedMs = (track: DemoTrack, beat: number): Ms => Math.round(track.grid.msOfBeat(beat));

function gridEndsOf(beats: readonly AnalysedBeat[]): GridEnds | null {
  const first = beats[0];
  const last = beats.at(-1);
  return first === undefined || last === undefined ? null : { first, last, count: beats.length };
}

// ---- cues

/** Hot cues A to D, in colours of rekordbox's own table [beat-link]. D is a loop. */
const HOT: readonly { readonly comment: string | null; readonly colour: HotCueColour | null }[] = [
  { comment: 'Mix in', colour: { code: 0x2a, red: 0xe6, green: 0x28, blue: 0x28 } },
  { comment: null, colour: { code: 0x01, red: 0x30, green: 0x5a, blue: 0xff } },
  { comment: 'Über die Brücke', colour: null },
  { comment: 'Loop', colour: { code: 0x16, red: 0x28, green: 0xe2, blue: 0x14 } },
];
const LOOP_BUTTON = 4;
const LOOP_BEATS = 4;

/** Memory cues, and the beat they are at. */
const MEMORY: readonly { readonly comment: string | null; readonly colourId: number; readonly beat: number }[] = [
  { comment: 'Vocals', colourId: 1, beat: 17 },
  { comment: null, colourId: 0, beat: 49 },
];

/** 2 to 4 hot cues where phrases begin, A first, and 1 or 2 memory cues; which of them a track has, its id says. */
function cuesOf(track: SimulatedStickTrack): {
  readonly hot: readonly StoredCue[];
  readonly memory: readonly StoredCue[];
} {
  const starts = track.structure?.entries.map(({ beat }) => beat) ?? BEATS_WITHOUT_PHRASES;
  const hotCount = 2 + (track.id % 3);
  const hot = HOT.slice(0, hotCount).map(({ comment, colour }, i) => {
    const beat = starts[Math.floor((i * starts.length) / hotCount)] ?? 1;
    const button = i + 1;
    return { ...cueAt(track, button, beat, button === LOOP_BUTTON), comment, colour };
  });
  const memory = MEMORY.slice(0, 1 + (track.id % 2)).map(({ comment, colourId, beat }) => {
    return { ...cueAt(track, 0, beat, false), comment, colourId };
  });
  return { hot, memory };
}

const BEATS_WITHOUT_PHRASES = [1, 65, 129, 193];

const cueAt = (track: DemoTrack, button: number, beat: number, isLoop: boolean): StoredCue => ({
  button,
  type: isLoop ? 'loop' : 'point',
  positionMs: storedMs(track, beat),
  loopEndMs: isLoop ? storedMs(track, beat + LOOP_BEATS) : null,
  loopBeats: isLoop ? { numerator: LOOP_BEATS, denominator: 1 } : null,
  colourId: 0,
  comment: null,
  colour: null,
});

// ---- Device Library Plus

/** Values for what a real writer draws at random. */
const hashed = (text: string, bytes: number): Uint8Array =>
  createHash('sha256').update(text).digest().subarray(0, bytes);

const LOG_SALT_BYTES = 8;

/** The database, and its log when it has one. */
async function libraryPlus(
  tracks: readonly LibraryPlusTrack[],
  { key, hasLog }: SimulatedStickOptions,
): Promise<{ readonly main: Uint8Array; readonly wal: Uint8Array | null }> {
  const rows = rowsOf(tracks);
  const property: Statement = [
    'INSERT INTO property VALUES (?, ?, ?, ?)',
    [SIMULATED_STICK_NAME, '10000', tracks.length, '2026-01-01'],
  ];
  const half = Math.ceil(rows.length / 2);
  const tables = await plainImage(TABLES);
  const firstHalf = await changedImage(tables, atOnce(rows.slice(0, half)));
  const whole = await changedImage(firstHalf, atOnce([...rows.slice(half), property]));

  const salt = hashed('salt', SALT_BYTES);
  const keys = await deriveKeys(key, salt);
  if (!hasLog) return { main: encrypted(logged(whole), keys, salt), wal: null };
  // Two changes, so that the log has some pages twice.
  const frames = [
    ...framesOf(logged(tables), logged(firstHalf), { round: 1, keys, salt }),
    ...framesOf(logged(firstHalf), logged(whole), { round: 2, keys, salt }),
  ];
  const wal = encodeWriteAheadLog({
    littleEndian: true,
    pageBytes: PAGE_BYTES,
    round: 0,
    frames,
    salt: hashed('salt of the log', LOG_SALT_BYTES),
  });
  return { main: encrypted(logged(tables), keys, salt), wal };
}

const atOnce = (statements: readonly Statement[]): readonly Statement[] => [['BEGIN'], ...statements, ['COMMIT']];

/** As a database that is written through a log says it: bytes 18 and 19 are 2, though no log be left. */
function logged(image: Uint8Array): Uint8Array {
  const copy = image.slice();
  copy[18] = 2;
  copy[19] = 2;
  return copy;
}

/** The pages that a change has changed, as frames of a log; the last of them ends the change. */
function framesOf(
  before: Uint8Array,
  after: Uint8Array,
  { round, keys, salt }: { readonly round: number; readonly keys: PageKeys; readonly salt: Uint8Array },
): readonly LogFrame[] {
  const changed: number[] = [];
  for (let number = 1; number <= pagesOf(after); number++) {
    if (Buffer.compare(pageOf(before, number), pageOf(after, number)) !== 0) changed.push(number);
  }
  return changed.map((number, i) => ({
    number,
    page: encryptPage(keys, { number, page: pageOf(after, number), vector: vectorOf(number, round), salt }),
    committedPages: i === changed.length - 1 ? pagesOf(after) : null,
  }));
}
