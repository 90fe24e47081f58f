/** The log as a file: it outlives a start, is cut by size, and follows whoever moves it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLogFile, USUAL_ROTATION } from '../../src/files/log-file.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'log-file-'));
const silent = (text: string): void => {
  throw new Error(text);
};

test('a log is written behind what is there', async () => {
  const file = join(folder(), 'night.log');
  writeFileSync(file, 'last night\n');
  const log = openLogFile(file, USUAL_ROTATION, silent);
  log.write(['this night', 'goes on']);
  await log.close();
  expect(readFileSync(file, 'utf8')).toBe('last night\nthis night\ngoes on\n');
});

test('a log that grows beyond its size is put aside, none of its lines is lost, and the oldest files go', async () => {
  const place = folder();
  const file = join(place, 'night.log');
  const log = openLogFile(file, { mostBytes: 30, kept: 2 }, silent);
  const lines = Array.from({ length: 8 }, (_, i) => `line ${i} of the night`);
  for (const line of lines) log.write([line]);
  await log.close();
  // 20 bytes a line: two lines a file.
  expect(readdirSync(place).sort()).toEqual(['night.log', 'night.log.1', 'night.log.2']);
  expect(readFileSync(`${file}.2`, 'utf8')).toBe(`${lines.slice(4, 6).join('\n')}\n`);
  expect(readFileSync(`${file}.1`, 'utf8')).toBe(`${lines.slice(6, 8).join('\n')}\n`);
  expect(readFileSync(file, 'utf8')).toBe('');
});

test('a log that was moved away goes on in a new file once it is opened anew', async () => {
  const file = join(folder(), 'night.log');
  const log = openLogFile(file, USUAL_ROTATION, silent);
  log.write(['before']);
  // As logrotate does: the move first, then the signal.
  renameSync(file, `${file}.old`);
  log.write(['still the old one']);
  log.reopen();
  log.write(['after']);
  await log.close();
  expect(readFileSync(`${file}.old`, 'utf8')).toBe('before\nstill the old one\n');
  expect(readFileSync(file, 'utf8')).toBe('after\n');
});

test('a log that cannot be put aside goes on, which is said once', async () => {
  const told: string[] = [];
  const file = join(folder(), 'night.log');
  // A folder that holds something cannot be written over.
  const log = openLogFile(file, { mostBytes: 10, kept: 1 }, text => told.push(text));
  mkdirSync(join(`${file}.1`, 'full'), { recursive: true });
  log.write(['more than ten bytes']);
  log.write(['and more']);
  await log.close();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/night\.log cannot be put aside, and grows: /);
  expect(readFileSync(file, 'utf8')).toBe('more than ten bytes\nand more\n');
});
