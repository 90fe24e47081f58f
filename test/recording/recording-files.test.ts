import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRecordingFile, pruneRecordings, recordingsFolder, toDelete } from '../../src/recording/recording-files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'decklight-recordings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 21, 21, 15);
const MB = 1_000_000;

/** Days ago and megabytes, by name. */
const file = (name: string, days: number, megabytes: number) => ({
  name: `${name}.pcapng`,
  bytes: megabytes * MB,
  writtenAtMs: NOW - days * DAY,
});

const A = '2026-10-01T22-15-00';
const B = '2026-11-01T22-15-00';
const C = '2026-11-20T22-15-00';
const C2 = '2026-11-20T22-15-00-2';

describe('which recordings are deleted', () => {
  const all = [file(C, 1, 100), file(A, 51, 1), file(C2, 0.5, 100), file(B, 20, 300)];

  it.each([
    ['nothing while there is room and none is too old', 60, 501, []],
    ['those older than the days that are kept', 30, 4000, [A]],
    ['none that is exactly as old as is kept', 51, 501, []],
    ['the oldest until the rest has room', 60, 500, [A]],
    ['as many as it takes', 60, 200, [A, B]],
    ['old ones first, which leave room', 30, 500, [A]],
    ['all, where nothing is kept', 0, 0, [A, B, C, C2]],
    ['those that later recordings have outlived, and not the last ones', 0, 4000, [A, B, C]],
  ])('%s', (_, keepDays, keepMegabytes, names) => {
    expect(toDelete(all, { keepDays, keepMegabytes }, NOW)).toEqual(names.map(name => `${name}.pcapng`));
  });

  it.each(['notes.txt', 'evening.pcapng', `${A}.pcap`, `${A}.pcapng.bak`, `x${A}.pcapng`, `${A}-.pcapng`])(
    '%s is no recording: neither deleted nor counted',
    name => {
      const theirs = { name, bytes: 9e12, writtenAtMs: 0 };
      expect(toDelete([theirs, file(B, 20, 300)], { keepDays: 30, keepMegabytes: 300 }, NOW)).toEqual([]);
    },
  );

  it.each([
    ['years ahead at this start', NOW + 27_000 * DAY, [C, B, C2]],
    ['years ahead for the second time, with a recording of the first', NOW + 27_000 * DAY + 60_000_000, [C, B, C2]],
    ['right again, beside a recording from years ahead', NOW, [C, B, C2]],
    ['in 1970', 0, [C, B, C2]],
  ])('no file is deleted for a clock that is %s', (what, now, kept) => {
    const ahead = { name: `${A}.pcapng`, bytes: MB, writtenAtMs: NOW + 27_000 * DAY };
    const folderNow = [file(C, 1, 1), file(C2, 0.5, 1), file(B, 20, 1), ...(what.includes('recording') ? [ahead] : [])];
    const gone = toDelete(folderNow, { keepDays: 30, keepMegabytes: 4000 }, now);
    expect(gone.filter(name => kept.some(each => name === `${each}.pcapng`))).toEqual([]);
  });

  it('one that was written to in the last minute stays, whatever is kept', () => {
    const written = { ...file(C, 0, 100), writtenAtMs: NOW - 59_000 };
    expect(toDelete([written], { keepDays: 0, keepMegabytes: 0 }, NOW)).toEqual([]);
    expect(toDelete([{ ...written, writtenAtMs: NOW - 61_000 }], { keepDays: 0, keepMegabytes: 0 }, NOW)).toHaveLength(
      1,
    );
  });

  it('what is left has room and is young enough, and one more would not: for any folder', () => {
    const some = fc.uniqueArray(
      fc.record({ n: fc.nat(999), days: fc.nat(100).map(days => days + 1), megabytes: fc.nat(500) }),
      { selector: ({ n }) => n, maxLength: 20 },
    );
    fc.assert(
      fc.property(some, fc.nat(100), fc.nat(3000), (made, keepDays, keepMegabytes) => {
        const files = made.map(({ n, days, megabytes }) => file(`${A}-${n}`, days, megabytes));
        const gone = toDelete(files, { keepDays, keepMegabytes }, NOW);
        const left = files.filter(({ name }) => !gone.includes(name));
        const sum = (of: readonly { bytes: number }[]): number => of.reduce((total, { bytes }) => total + bytes, 0);
        expect(sum(left)).toBeLessThanOrEqual(keepMegabytes * MB);
        const oldestLeft = Math.min(...left.map(({ writtenAtMs }) => writtenAtMs));
        const newest = Math.max(...files.map(({ writtenAtMs }) => writtenAtMs));
        // Of those made here none lies after a leap: the newest one shows how much time has passed.
        if (left.length > 0) expect(oldestLeft).toBeGreaterThanOrEqual(newest - keepDays * DAY);
        const last = files.find(({ name }) => name === gone.at(-1));
        if (last === undefined) return;
        expect(last.writtenAtMs).toBeLessThanOrEqual(oldestLeft);
        const isTooOld = last.writtenAtMs < newest - keepDays * DAY;
        expect(isTooOld || sum([...left, last]) > keepMegabytes * MB).toBe(true);
      }),
    );
  });
});

describe('where recordings lie', () => {
  it.each([
    ['shows/friday.yaml', 'shows/friday.yaml.recordings'],
    ['friday', 'friday.recordings'],
    ['./shows.d/friday', './shows.d/friday.recordings'],
    ['a.b/main.room.yml', 'a.b/main.room.yml.recordings'],
  ])('those of %s in %s', (profile, expected) => {
    expect(recordingsFolder(profile)).toBe(expected);
  });

  it('each is named after the local time of its start, with a number where that name is taken', () => {
    const start = new Date(2026, 10, 21, 22, 5, 9, 999).getTime();
    const names = ['', '-2', '-3'].map(suffix => join(folder, `2026-11-21T22-05-09${suffix}.pcapng`));
    for (const name of names) {
      expect(newRecordingFile(folder, start)).toBe(name);
      writeFileSync(name, '');
    }
  });
});

describe('deleting', () => {
  it('takes what is planned, and leaves folders and other files alone', () => {
    for (const name of [`${A}.pcapng`, `${B}.pcapng`, 'notes.txt']) {
      writeFileSync(join(folder, name), 'x');
      utimesSync(join(folder, name), new Date(NOW - 40 * DAY), new Date(NOW - 40 * DAY));
    }
    utimesSync(join(folder, `${B}.pcapng`), new Date(NOW - DAY), new Date(NOW - DAY));
    mkdirSync(join(folder, `${C}.pcapng`));
    expect(pruneRecordings(folder, { keepDays: 30, keepMegabytes: 1 }, NOW)).toEqual([`${A}.pcapng`]);
    expect(readdirSync(folder).sort()).toEqual([`${B}.pcapng`, `${C}.pcapng`, 'notes.txt']);
  });

  it('a folder that is not there has nothing in it', () => {
    expect(pruneRecordings(join(folder, 'none'), { keepDays: 0, keepMegabytes: 0 }, NOW)).toEqual([]);
  });
});
