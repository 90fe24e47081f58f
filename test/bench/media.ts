/**
 * What a large stick costs, and how often tracks have the same fingerprint. It prints and judges nothing.
 *
 *   node --import tsx test/bench/media.ts [tracks] [structures]
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fingerprintOf } from '../../bridges/rekordbox-media/analysis/fingerprint.ts';
import { decodeSongStructure, encodeSongStructure } from '../../bridges/rekordbox-media/analysis/song-structure.ts';
import {
  SIMULATED_STICK_KEY,
  SIMULATED_STICK_NAME,
  simulatedStickFiles,
} from '../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import { simulatedStickTracks } from '../../bridges/rekordbox-media/simulator/stick-tracks.ts';
import { storeFileOf } from '../../bridges/rekordbox-media/store/store.ts';
import { mediaImportCommand } from '../../src/cli/media/import-media.ts';
import { readMediaLibrary } from '../../src/cli/media/media-folder.ts';
import type { Terminal } from '../../src/cli/terminal/terminal.ts';
import { seededRandom } from '../../src/core/random.ts';
import type { RawPhrase } from '../../src/core/track/phrase.ts';
import { identify } from '../../src/core/track/track-identity.ts';
import { liveClock } from '../../src/live/live-clock.ts';

const [tracks = 10_000, structures = 100_000] = process.argv.slice(2).map(Number);
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
const folder = mkdtempSync(join(tmpdir(), 'decklight-bench-media-'));

const out: Terminal = {
  isTerminal: false,
  columns: () => 80,
  rows: () => 24,
  line: text => print(`  | ${text}`),
  error: text => print(`  ! ${text}`),
  redraw: () => {},
};

/** Runs it and says what it took: time, and the most memory of the process that was seen meanwhile. */
async function timed<T>(what: string, work: () => Promise<T> | T): Promise<T> {
  let most = process.memoryUsage.rss();
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  const start = process.hrtime.bigint();
  const value = await work();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  clearInterval(watch);
  most = Math.max(most, process.memoryUsage.rss());
  print(`${what}: ${seconds.toFixed(2)} s, resident set up to ${mib(most)}`);
  return value;
}

try {
  const stick = join(folder, 'stick');
  const media = join(folder, 'media');
  await timed(`a stick of ${tracks} tracks is written`, async () => {
    for await (const { path, bytes } of simulatedStickFiles(simulatedStickTracks(tracks), {
      key: SIMULATED_STICK_KEY,
      hasLog: false,
    })) {
      const file = join(stick, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
  });
  const surroundings = () => ({
    machine: { platform: process.platform, env: { DECKLIGHT_LIBRARY_KEY: SIMULATED_STICK_KEY }, home: folder },
    clock: liveClock(),
    unixMs: Date.now(),
    out,
  });
  const options = { name: null, media, keyFile: null };
  const signal = new AbortController().signal;
  for (const what of ['first import', 'second import, nothing changed']) {
    await timed(what, () => mediaImportCommand(stick, options, surroundings(), signal));
  }
  print(`the store: ${mib(statSync(storeFileOf(media, SIMULATED_STICK_NAME)).size)}`);

  globalThis.gc?.();
  const before = process.memoryUsage();
  const { library } = await timed('the library is loaded', () => readMediaLibrary([media]));
  globalThis.gc?.();
  const after = process.memoryUsage();
  print(
    `it keeps ${mib(after.heapUsed - before.heapUsed)} of heap${globalThis.gc === undefined ? ' (run with --expose-gc)' : ''}`,
  );
  const all = [...library.all()];
  const perTrack = (what: string, ask: (i: number) => unknown, count: number): void => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < count; i++) ask(i);
    const us = Number(process.hrtime.bigint() - start) / 1e3 / count;
    print(`${what}: ${us.toFixed(2)} µs`);
  };
  const at = (i: number) => all[(i * 7919) % all.length];
  const evidenceOf = (i: number) => ({
    id: at(i)?.id ?? 0,
    tempoBpm: null,
    lengthS: null,
    source: null,
    fingerprint: at(i)?.fingerprint,
  });
  perTrack('by number', i => library.withId(at(i)?.id ?? 0), 100_000);
  perTrack('by fingerprint', i => library.withExact(at(i)?.fingerprint ?? { exact: '', loose: '' }), 100_000);
  perTrack('identified, by phrases and number', i => identify(library, evidenceOf(i)), 100_000);
  perTrack(
    'grid and phrases of a track, asked for the first time',
    i => [all[i]?.grid, all[i]?.structure],
    Math.min(500, all.length),
  );
  perTrack('the same, asked for again', i => [all[i]?.grid, all[i]?.structure], Math.min(500, all.length));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

// ---- fingerprints

/**
 * A structure as electronic music has it: phrases of 4, 8 or 16 bars, an intro and an outro, kinds in the usual order, fills
 * before most changes; one in four tracks ends off the bar. Nothing says how often real ones are this regular.
 */
function madeUpStructure(random: () => number) {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const mood = pick([1, 1, 1, 2, 2, 3]);
  const middle = mood === 1 ? [2, 2, 3, 5, 5] : [2, 3, 4, 5, 8, 9, 9];
  const count = 3 + Math.floor(random() * 12);
  let beat = 1;
  const entries = Array.from({ length: count }, (_, i): RawPhrase => {
    const kind = i === 0 ? 1 : i === count - 1 ? (mood === 1 ? 6 : 10) : pick(middle);
    const beats = pick([16, 32, 32, 32, 64, 64]);
    const flag = () => (mood === 1 && random() < 0.5 ? 1 : 0);
    const fill = random() < 0.4 ? 1 : 0;
    const start = beat;
    beat += beats;
    return {
      ...{ index: i + 1, beat: start, kind, k1: flag(), k2: 0, k3: flag(), b: 0, beat2: 0, beat3: 0, beat4: 0 },
      ...{ fill, fillBeat: fill === 0 ? 0 : beat - pick([2, 4]) },
    };
  });
  const endBeat = beat + (random() < 0.25 ? Math.floor(random() * 16) : 0);
  return { mood, bank: Math.floor(random() * 9), endBeat, entries };
}

const random = seededRandom(2);
const exact = new Map<string, number>();
const loose = new Map<string, number>();
const raise = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
const sizes = new Map<number, { tracks: number; seen: Map<string, number> }>();
for (let i = 0; i < structures; i++) {
  const raw = madeUpStructure(random);
  const decoded = decodeSongStructure(encodeSongStructure(raw, { masked: true }));
  if (!decoded.ok) throw new Error(decoded.reason);
  const fingerprint = fingerprintOf(decoded);
  raise(exact, fingerprint.exact);
  raise(loose, fingerprint.loose);
  const size = sizes.get(raw.entries.length) ?? { tracks: 0, seen: new Map<string, number>() };
  size.tracks += 1;
  raise(size.seen, fingerprint.loose);
  sizes.set(raw.entries.length, size);
}
const shared = (counts: Map<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + (count > 1 ? count : 0), 0);
const rate = (counts: Map<string, number>, of: number): string =>
  `${shared(counts)} of ${of} share theirs with another (${((100 * shared(counts)) / of).toFixed(3)} %)`;
print(
  `${structures} made-up structures of 3 to 14 phrases, checksum ${createHash('sha256')
    .update([...exact.keys()].join())
    .digest('hex')
    .slice(0, 8)}`,
);
print(`exact fingerprint: ${rate(exact, structures)}`);
print(`loose fingerprint: ${rate(loose, structures)}`);
for (const [phrases, { tracks: of, seen }] of [...sizes].sort(([a], [b]) => a - b).slice(0, 5)) {
  print(`  of ${phrases} phrases, loose: ${rate(seen, of)}`);
}
print('ties: the number decides, then tempo and length; what is still open is "ambiguous" and no track is taken');
