/** An import, from a folder or from a stick in memory, and what the simulated one should come to. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll } from 'vitest';
import { trackTempoAt } from '../../../../bridges/opus-quad/simulator/demo-tracks.ts';
import { fingerprintOf } from '../../../../bridges/rekordbox-media/analysis/fingerprint.ts';
import {
  decodeSongStructure,
  encodeSongStructure,
} from '../../../../bridges/rekordbox-media/analysis/song-structure.ts';
import { audioKey } from '../../../../bridges/rekordbox-media/analysis/track-analysis.ts';
import { type ImportOutcome, importStick } from '../../../../bridges/rekordbox-media/import/import-stick.ts';
import { analysisKey, type Stick } from '../../../../bridges/rekordbox-media/import/stick-folder.ts';
import { readStickLibrary, type StickLibrary } from '../../../../bridges/rekordbox-media/import/stick-library.ts';
import { SIMULATED_STICK_KEY } from '../../../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import { simulatedStickTracks } from '../../../../bridges/rekordbox-media/simulator/stick-tracks.ts';
import {
  mediaTrackOf,
  readStick,
  readStore,
  type StoredTrack,
  storeFileOf,
  unfinishedOf,
  writeStore,
} from '../../../../bridges/rekordbox-media/store/store.ts';
import type { StoredAnalysis } from '../../../../bridges/rekordbox-media/store/stored-analysis.ts';
import type { MediaTrack } from '../../../../src/core/track/media-track.ts';
import { type RawSongStructure, songStructure } from '../../../../src/core/track/phrase.ts';
import { opened, scratch, writeSimStick } from '../temporary-stick.ts';

let makeFolder: ((name: string) => string) | null = null;
export function folderNamed(name: string): string {
  if (makeFolder === null) throw new Error('call prepareSticks() at the top of the test file');
  return makeFolder(name);
}
export const TRACKS = simulatedStickTracks(10);
const HEAD = { stick: 'TEST', from: '/', importedUnixMs: 0, source: 'test', databaseUnixMs: null };
const never = new AbortController().signal;

export interface Imported {
  readonly outcome: ImportOutcome;
  readonly tracks: readonly MediaTrack[];
  readonly stored: readonly StoredTrack[];
  /** Analysis files that were read. */
  readonly read: readonly string[];
}

/** Imports into a file, with what is stored there already. @param key of its library, or what that says */
export async function into(
  file: string,
  stick: Stick,
  key: string | null | StickLibrary,
  {
    signal = never,
    progress = () => {},
  }: { signal?: AbortSignal; progress?: (done: number, total: number) => void } = {},
): Promise<Imported> {
  const read: string[] = [];
  const watched: Stick = {
    ...stick,
    read(path) {
      if (/ANLZ/.test(path)) read.push(path);
      return stick.read(path);
    },
  };
  const known = new Map<string, StoredAnalysis>();
  const kept = new Map<string, StoredTrack>();
  for (const each of [file, unfinishedOf(file)]) {
    const before = readStore(each);
    for (const track of before.kind === 'stick' ? before.stick.tracks : []) {
      if (track.analysis !== null) known.set(track.analysis.key, track.analysis);
      kept.set(audioKey(track.file), track);
    }
  }
  const library = typeof key === 'object' && key !== null ? key : await readStickLibrary(watched, key);
  const write = (taken: readonly StoredTrack[]) => writeStore(file, HEAD, taken);
  const outcome = await importStick({ stick: watched, library, known, stored: kept, write, progress, signal });
  const after = readStick(file);
  const stored = after.kind === 'stick' ? after.stick.tracks : [];
  return { outcome, stored, tracks: stored.map(track => mediaTrackOf('TEST', track)), read };
}

export const storeFile = (): string => storeFileOf(folderNamed('media'), 'TEST');
export const imported = async (folder: string, key: string | null): Promise<Imported> =>
  into(storeFile(), await opened(folder), key);

function fingerprint(raw: RawSongStructure) {
  const decoded = decodeSongStructure(encodeSongStructure(raw, { masked: true }));
  if (!decoded.ok) throw new Error(decoded.reason);
  return fingerprintOf(decoded);
}

/** What a simulated track comes to, from what the simulated unit plays. */
export const expectedOf = (track: (typeof TRACKS)[number]) => ({
  ...{ stick: 'TEST', id: track.id, file: track.file.slice(1), title: track.title, artist: track.artist },
  ...{ album: track.album, genre: track.genre, musicalKey: track.musicalKey, playlists: track.playlists },
  tempoBpm: trackTempoAt(track, 1),
  structure: track.structure === null ? null : songStructure(track.structure).structure,
  fingerprint: track.structure === null ? null : fingerprint(track.structure),
});
export const byFile = (tracks: readonly MediaTrack[]) => [...tracks].sort((a, b) => (a.file < b.file ? -1 : 1));
export const EXPECTED = [...TRACKS].sort((a, b) => (a.file < b.file ? -1 : 1));

/** The folder of a whole stick, which no test changes. */
export let master = '';
/** Gives a test file its folders and its whole stick; a worker that runs several files keeps this module. */
export function prepareSticks(): void {
  makeFolder = scratch();
  beforeAll(async () => {
    master = folderNamed('master');
    await writeSimStick(master);
  });
}
/** A stick of its own for a test that changes it. */
export function copy(): string {
  const folder = folderNamed('stick');
  cpSync(master, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}
export const RELIABLE = { filesMissing: 0, filesBad: 0, unchanged: 0, keptIds: 0, leftOver: 0 };
export const remove = (folder: string, ...paths: string[]): void => {
  for (const path of paths) rmSync(join(folder, path));
};
export const PLUS = 'PIONEER/rekordbox/exportLibrary.db';
export const PDB = 'PIONEER/rekordbox/export.pdb';

/** Where the analysis of a track is on the stick. */
export async function analysisOf(
  folder: string,
  title: string,
): Promise<{ readonly dat: string; readonly ext: string }> {
  const library = await readStickLibrary(await opened(folder), SIMULATED_STICK_KEY);
  const dat = library.rows.find(({ row }) => row.title === title)?.row.analysisPath?.slice(1) ?? '';
  return { dat, ext: dat.replace('.DAT', '.EXT') };
}
export const [{ title: TITLE = '' } = {}] = TRACKS;
export const titled = ({ tracks }: Imported): MediaTrack | undefined => tracks.find(({ title }) => title === TITLE);

/** A stick in memory. */
export function stickOf(files: ReadonlyMap<string, Uint8Array>): Stick {
  const found = new Map<string, { dat: string | null; ext: string | null }>();
  for (const path of files.keys()) {
    const isDat = path.endsWith('.DAT');
    if (!isDat && !path.endsWith('.EXT')) continue;
    const before = found.get(analysisKey(path)) ?? { dat: null, ext: null };
    found.set(analysisKey(path), isDat ? { ...before, dat: path } : { ...before, ext: path });
  }
  return {
    root: '/made-up',
    async find(path) {
      const plain = path.replace(/^\//, '');
      const bytes = files.get(plain);
      return bytes === undefined ? null : { path: plain, sizeBytes: bytes.length, modifiedUnixMs: 0 };
    },
    read: async path => files.get(path) ?? new Uint8Array(0),
    analyses: async () => ({ found, lines: [] }),
  };
}
