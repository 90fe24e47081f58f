/** A second import, and one that is cut short: what is known is not read again, and never lost. */
import { cpSync, renameSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SIMULATED_STICK_KEY } from '../../../../bridges/rekordbox-media/simulator/simulated-stick.ts';
import { readStore, type StoredTrack, unfinishedOf } from '../../../../bridges/rekordbox-media/store/store.ts';
import { opened, writeSimStick } from '../temporary-stick.ts';
import {
  analysisOf,
  byFile,
  copy,
  EXPECTED,
  folderNamed,
  into,
  master,
  prepareSticks,
  storeFile,
  TITLE,
  TRACKS,
} from './import-rig.ts';

prepareSticks();

describe('a second import', () => {
  it('reads no analysis again that has not changed, and keeps all it said', async () => {
    const file = storeFile();
    const stick = await opened(master);
    const first = await into(file, stick, SIMULATED_STICK_KEY);
    const second = await into(file, await opened(master), SIMULATED_STICK_KEY);
    expect(first.read.length).toBe(20);
    expect(second.read).toEqual([]);
    expect(second.outcome.counts).toEqual({ ...first.outcome.counts, unchanged: 10 });
    expect(second.stored).toEqual(first.stored);
  });

  it('reads what has another size or time, and that alone', async () => {
    const folder = copy();
    const file = storeFile();
    await into(file, await opened(folder), SIMULATED_STICK_KEY);
    const { dat, ext } = await analysisOf(folder, TITLE);
    const before = statSync(join(folder, ext));
    utimesSync(join(folder, ext), before.atime, new Date(before.mtimeMs + 4000));
    const { read, outcome } = await into(file, await opened(folder), SIMULATED_STICK_KEY);
    expect([...read].sort()).toEqual([dat, ext]);
    expect(outcome.counts).toMatchObject({ tracks: 10, unchanged: 9 });
  });

  it('takes names and numbers from the databases anew', async () => {
    const file = storeFile();
    await into(file, await opened(master), null);
    const { read, tracks } = await into(file, await opened(master), SIMULATED_STICK_KEY);
    expect(read).toEqual([]);
    expect(tracks.map(({ id }) => id).sort()).toEqual(TRACKS.map(({ id }) => id).sort());
  });

  it('without the key keeps the numbers that one with it has found', async () => {
    const file = storeFile();
    await into(file, await opened(master), SIMULATED_STICK_KEY);
    const { outcome, tracks } = await into(file, await opened(master), null);
    expect(byFile(tracks).map(({ id }) => id)).toEqual(EXPECTED.map(({ id }) => id));
    expect(outcome.counts).toMatchObject({ withoutId: 0, keptIds: 10 });
  });

  it('without any database keeps what one has said', async () => {
    const folder = copy();
    const file = storeFile();
    const first = await into(file, await opened(folder), SIMULATED_STICK_KEY);
    rmSync(join(folder, 'PIONEER/rekordbox'), { recursive: true });
    const { outcome, stored } = await into(file, await opened(folder), SIMULATED_STICK_KEY);
    expect(outcome.counts).toMatchObject({ tracks: 10, keptIds: 10 });
    const byPath = (tracks: readonly StoredTrack[]) => [...tracks].sort((a, b) => (a.file < b.file ? -1 : 1));
    expect(byPath(stored)).toEqual(byPath(first.stored));
  });

  it('says again of an unchanged file what is odd in it', async () => {
    const folder = copy();
    const { ext } = await analysisOf(folder, TITLE);
    truncateSync(join(folder, ext), 100);
    const file = storeFile();
    const first = await into(file, await opened(folder), SIMULATED_STICK_KEY);
    const second = await into(file, await opened(folder), SIMULATED_STICK_KEY);
    expect(first.outcome.lines.length).toBeGreaterThan(0);
    expect(second.outcome.lines).toEqual(first.outcome.lines);
  });
});

describe('an import that is cut short', () => {
  let large = '';
  beforeAll(async () => {
    large = folderNamed('large');
    await writeSimStick(large, 60);
  });

  it('leaves what it has, and the next one reads the rest', async () => {
    const file = storeFile();
    const controller = new AbortController();
    const first = await into(file, await opened(large), SIMULATED_STICK_KEY, {
      signal: controller.signal,
      progress: done => {
        if (done >= 20) controller.abort();
      },
    });
    expect(first.outcome.kind).toBe('stopped');
    expect(first.tracks.length).toBeGreaterThanOrEqual(20);
    expect(first.tracks.length).toBeLessThan(60);
    const second = await into(file, await opened(large), SIMULATED_STICK_KEY);
    expect(second.outcome).toMatchObject({ kind: 'done', counts: { tracks: 60, unchanged: first.tracks.length } });
    expect(second.read.length).toBe(2 * (60 - first.tracks.length));
    expect(readStore(unfinishedOf(file)).kind).toBe('none');
  });

  it('stopped again while it takes over what is known, has lost nothing', async () => {
    const file = storeFile();
    const stopAt = (least: number) => {
      const controller = new AbortController();
      return { signal: controller.signal, progress: (done: number) => done >= least && controller.abort() };
    };
    const first = await into(file, await opened(large), SIMULATED_STICK_KEY, stopAt(40));
    const second = await into(file, await opened(large), SIMULATED_STICK_KEY, stopAt(1));
    expect(second.outcome.kind).toBe('stopped');
    expect(second.tracks.length).toBe(first.tracks.length);
  });

  it('by a stick that is pulled says so, and the finished import before it still counts', async () => {
    const folder = folderNamed('pulled');
    cpSync(large, folder, { recursive: true, preserveTimestamps: true });
    const file = storeFile();
    const pull = (done: number): void => {
      if (done === 32) renameSync(folder, `${folder} in a pocket`);
    };
    const first = await into(file, await opened(folder), SIMULATED_STICK_KEY, { progress: pull });
    expect(first.outcome.kind).toBe('gone');
    expect(first.outcome.lines.at(-1)).toMatch(/is gone: nothing is lost; put it back and import it again/);
    expect(first.tracks.length).toBe(32);
    renameSync(`${folder} in a pocket`, folder);
    await into(file, await opened(folder), SIMULATED_STICK_KEY);
    const again = await into(file, await opened(folder), SIMULATED_STICK_KEY, { progress: pull });
    expect(again.outcome.kind).toBe('gone');
    expect(again.tracks.length).toBe(60);
  });
});
