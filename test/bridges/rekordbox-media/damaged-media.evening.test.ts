/**
 * Every kind of file of a stick, cut at each hundredth and with single bytes changed: a value or a message, and nothing thrown.
 *
 * A thousand bytes of each kind are changed, a hundred of the encrypted library; TEST_ROUNDS=10 changes ten thousand and a
 * thousand. The CPU time of the slowest read is printed and held by no test: it is the machine's as well.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeAnalysis } from '../../../bridges/rekordbox-media/analysis/analysis-file.ts';
import { analysisOf } from '../../../bridges/rekordbox-media/analysis/track-analysis.ts';
import { readDeviceLibrary } from '../../../bridges/rekordbox-media/device-library/device-library-reader.ts';
import { readLibraryPlus } from '../../../bridges/rekordbox-media/library-plus/library-plus-reader.ts';
import { deriveKeys, type PageKeys } from '../../../bridges/rekordbox-media/library-plus/page-cipher.ts';
import { decryptDatabase } from '../../../bridges/rekordbox-media/library-plus/write-ahead-log.ts';
import {
  SIMULATED_STICK_KEY,
  simulatedStickFiles,
} from '../../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import { simulatedStickTracks } from '../../../bridges/rekordbox-media/simulator/stick-tracks.ts';
import { storeAnalysis, storedGridOf, structureOf } from '../../../bridges/rekordbox-media/store/stored-analysis.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { rounds } from '../../rounds.ts';

const files = new Map<string, Uint8Array>();
let keys: PageKeys | null = null;

const PLUS = 'PIONEER/rekordbox/exportLibrary.db';
const PDB = 'PIONEER/rekordbox/export.pdb';

beforeAll(async () => {
  for await (const { path, bytes } of simulatedStickFiles(simulatedStickTracks(12), {
    key: SIMULATED_STICK_KEY,
    hasLog: true,
  })) {
    files.set(path, bytes);
  }
  keys = await deriveKeys(SIMULATED_STICK_KEY, fileAt(PLUS).subarray(0, 16));
});

const fileAt = (path: string): Uint8Array => {
  const bytes = files.get(path);
  if (bytes === undefined) throw new Error(`the stick has no ${path}`);
  return bytes;
};
const analysisAt = (suffix: string): string => {
  const path = [...files.keys()].find(each => each.endsWith(suffix) && !each.includes('._'));
  if (path === undefined) throw new Error(`the stick has no ${suffix}`);
  return path;
};

/** Everything that is said of a file. */
type Messages = readonly string[];

const analysis =
  (isDat: boolean) =>
  (bytes: Uint8Array): Messages => {
    const read = decodeAnalysis(bytes);
    if (!read.ok) return [read.reason];
    const found = isDat ? analysisOf(read.tags, null) : analysisOf(null, read.tags);
    const stored = storeAnalysis({ key: '', stamp: null, lines: [], missing: 0, bad: 0 }, found);
    expect(storedGridOf(stored) === null).toBe(found.grid === null);
    expect(structureOf(stored) === null).toBe(found.structure === null);
    return [...read.warnings.map(({ reason }) => reason), ...found.warnings];
  };

function library(bytes: Uint8Array, extension: Uint8Array | null): Messages {
  const read = readDeviceLibrary(bytes, extension);
  return read.ok ? read.warnings : [read.reason];
}

async function plus(main: Uint8Array, wal: Uint8Array): Promise<Messages> {
  if (keys === null) throw new Error('the keys are derived before the tests');
  const opened = decryptDatabase({ main, wal }, keys);
  if (!opened.ok) return [opened.reason];
  const read = await readLibraryPlus(opened.bytes);
  return read.ok ? [...opened.warnings, ...read.warnings] : [read.reason];
}

interface Kind {
  readonly path: () => string;
  readonly changes: number;
  readonly read: (bytes: Uint8Array) => Messages | Promise<Messages>;
}
const KINDS: Readonly<Record<string, Kind>> = {
  'ANLZ0000.DAT': { path: () => analysisAt('.DAT'), changes: 1000, read: analysis(true) },
  'ANLZ0000.EXT': { path: () => analysisAt('.EXT'), changes: 1000, read: analysis(false) },
  'export.pdb': { path: () => PDB, changes: 1000, read: bytes => library(bytes, null) },
  'exportExt.pdb': {
    path: () => 'PIONEER/rekordbox/exportExt.pdb',
    changes: 1000,
    read: bytes => library(fileAt(PDB), bytes),
  },
  'exportLibrary.db': { path: () => PLUS, changes: 100, read: bytes => plus(bytes, fileAt(`${PLUS}-wal`)) },
  'exportLibrary.db-wal': { path: () => `${PLUS}-wal`, changes: 100, read: bytes => plus(fileAt(PLUS), bytes) },
};

describe.each(Object.entries(KINDS))('a damaged %s', (name, { path, changes, read }) => {
  let mostMs = 0;
  const tried = async (bytes: Uint8Array): Promise<void> => {
    const before = process.cpuUsage();
    const messages = await read(bytes);
    const { user, system } = process.cpuUsage(before);
    mostMs = Math.max(mostMs, (user + system) / 1000);
    for (const message of messages) expect(message).toMatch(/^[^\p{Cc}]+$/u);
  };

  it('is read or refused in words, cut at each hundredth of it', async () => {
    const whole = fileAt(path());
    expect(await read(whole)).toEqual([]);
    for (let percent = 0; percent < 100; percent++) {
      const cut = whole.slice(0, Math.floor((whole.length * percent) / 100));
      await tried(cut);
      // What is cut of a log may be no change that counts, of its main file be in the log, of a library be tables that nobody reads.
      if (name.startsWith('ANLZ')) expect((await read(cut)).length, `${percent} %`).toBeGreaterThan(0);
    }
  });

  it('is read or refused in words, whichever byte is changed', async () => {
    const whole = fileAt(path());
    const random = seededRandom(17);
    for (let i = 0; i < rounds(changes); i++) {
      const bytes = whole.slice();
      const at = Math.floor(random() * bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(random() * 255));
      await tried(bytes);
    }
    process.stdout.write(
      `${name}: ${rounds(changes)} bytes changed, the slowest read took ${mostMs.toFixed(0)} ms of CPU\n`,
    );
  });
});
