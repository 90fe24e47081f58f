import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { virtualClock } from '../../src/core/clock.ts';
import { type BookEntry, EMPTY_BOOK } from '../../src/core/track/track-book.ts';
import { readRegions } from '../../src/files/regions-file.ts';
import { openStateFile, readStateFile } from '../../src/files/state-file.ts';
import { openTrackBook, readTrackBook } from '../../src/files/track-book-file.ts';
import { newRecordingFile } from '../../src/recording/recording-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'decklight-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (id: number, change: Partial<BookEntry> = {}): BookEntry => ({
  id,
  tempoBpm: 128,
  lengthS: 300,
  structure: undefined,
  fingerprint: null,
  isUnsteady: false,
  grid: { firstBeatMs: 120, tempoBpm: 128 },
  isOfTonight: false,
  ...change,
});

const hands = {
  ...{ pinned: null, isAllMuted: false, isPanic: false, muted: [], standing: [], isLocked: false },
  nudges: [],
  latencies: [],
};
const memory = { decklight: 1, decks: [], firedTonight: [], holds: [], lists: [], hands } as const;

describe('a pipe in place of a file', () => {
  const pipe = (name: string): string => {
    const file = join(folder, name);
    execFileSync('mkfifo', [file]);
    return file;
  };

  it('as the state of a show is said in one line, and nothing waits for it', () => {
    const said: string[] = [];
    const file = pipe('show.yaml.state.json');
    expect(readStateFile(file, 0, text => said.push(text))).toBeNull();
    expect(said).toEqual([
      `${file} cannot be read (this is a pipe, a socket or a device; expected the state of a show): the show starts as a new one`,
    ]);
  });

  it('is not written to, which is said once', () => {
    const said: string[] = [];
    const state = openStateFile(
      pipe('show.yaml.state.json'),
      () => 0,
      text => said.push(text),
    );
    state.write(memory);
    state.write(memory);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/this is a pipe, a socket or a device; expected the name of a file/);
  });

  it('as regions or as a track book is said, and nothing waits for it', () => {
    const regions = readRegions(pipe('show.yaml.regions.csv'), []);
    expect(regions.ok ? [] : regions.lines).toEqual([expect.stringMatching(/pipe, a socket or a device/)]);
    const said: string[] = [];
    expect(readTrackBook(pipe('show.yaml.tracks.json'), text => said.push(text))).toBe(EMPTY_BOOK);
    expect(said).toHaveLength(1);
  });
});

describe('a track book', () => {
  const file = (): string => join(folder, 'show.yaml.tracks.json');
  const write = (tracks: readonly unknown[]): void => writeFileSync(file(), JSON.stringify({ decklight: 1, tracks }));

  it.each<[string, Partial<BookEntry>]>([
    ['a grid of 1e9 BPM', { grid: { firstBeatMs: 0, tempoBpm: 1e9 } }],
    ['a grid that begins in the year 5000', { grid: { firstBeatMs: 1e14, tempoBpm: 128 } }],
    ['a tempo of 0', { tempoBpm: 0 }],
    ['a length below 0', { lengthS: -1 }],
    ['an id of 40 bits', { id: 2 ** 40 }],
    ['an id that is no whole number', { id: 1.5 }],
  ])('an entry with %s is left out and counted, the others are kept', (_, change) => {
    write([entry(1), { ...entry(2), ...change }, entry(3)]);
    const said: string[] = [];
    expect([...readTrackBook(file(), text => said.push(text)).keys()]).toEqual([1, 3]);
    expect(said).toEqual([expect.stringMatching(/1 of 3 tracks say what cannot be/)]);
    expect(readdirSync(folder)).toEqual(['show.yaml.tracks.json']);
  });

  it('comes back as it was written', () => {
    const clock = virtualClock();
    const book = new Map([[7, entry(7)]]);
    const open = openTrackBook(file(), clock, text => {
      throw new Error(text);
    });
    open.write(book);
    open.close();
    expect(readTrackBook(file(), text => expect(text).toBe(''))).toEqual(book);
  });
});

describe('files that tell of a night', () => {
  const rightsOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

  it('are for their owner alone: state, track book, recording and its folder', () => {
    const fail = (text: string): never => {
      throw new Error(text);
    };
    const state = join(folder, 'show.yaml.state.json');
    openStateFile(state, () => 0, fail).write(memory);
    const book = join(folder, 'show.yaml.tracks.json');
    const open = openTrackBook(book, virtualClock(), fail);
    open.write(new Map([[7, entry(7)]]));
    open.close();
    const recordings = join(folder, 'show.yaml.recordings');
    const recording = newRecordingFile(recordings, 0);
    expect([state, book, recording].map(rightsOf)).toEqual(['600', '600', '600']);
    expect(rightsOf(recordings)).toBe('700');
    expect(readFileSync(state, 'utf8')).toMatch(/"decklight":1/);
  });
});
