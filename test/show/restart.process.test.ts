/** Saved in the middle of a phrase, killed at random moments: the show as processes over UDP, its unit beside it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decode } from '../../bridges/osc/codec.ts';
import { seededRandom } from '../../src/core/random.ts';
import { rounds } from '../rounds.ts';
import { until } from '../until.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
/** Built, as people run it: from its sources it takes twice as long to start. */
const BUILT = join(TOP, 'node_modules', '.cache', `decklight-${process.pid}`);
const CLI = join(BUILT, 'src', 'cli', 'main.js');

beforeAll(() => {
  execFileSync(process.execPath, [
    join(TOP, 'node_modules', 'typescript', 'bin', 'tsc'),
    ...['-p', join(TOP, 'tsconfig.build.json'), '--outDir', BUILT],
  ]);
});
afterAll(() => rmSync(BUILT, { recursive: true, force: true }));

let folder = '';
let started: ChildProcess[] = [];
let console_: Socket;
let port = 0;
/** Every message that reached the console, in order. */
let heard: string[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'decklight-'));
  started = [];
  heard = [];
  console_ = createSocket('udp4');
  console_.on('message', bytes => {
    const decoded = decode(new Uint8Array(bytes));
    if (!decoded.ok) throw new Error(decoded.reason);
    const { address, args } = decoded.message;
    heard.push([address, ...args.map(({ value }) => value)].join(' '));
  });
  await new Promise<void>(done => console_.bind(0, '127.0.0.1', done));
  port = console_.address().port;
});
afterEach(async () => {
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
  await new Promise<void>(done => console_.close(done));
  rmSync(folder, { recursive: true });
});

function start(args: readonly string[]): { child: ChildProcess; output: () => string; ended: Promise<void> } {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (output += String(chunk)));
  const ended = new Promise<void>(done => child.once('exit', () => done()));
  return { child, output: () => output, ended };
}

/** Tracks that follow one another, each mixed into the next, so that some deck always plays. No track comes twice. */
const SET = `
set: one after the other
seed: 9
acts:
  - { at: 0:00, deck: 1, load: Night Tram, on-air: on, play }
  - { at: 2:30, deck: 2, load: Glass Quay, on-air: on }
  - { at: 2:40, deck: 2, play }
  - { at: 5:00, deck: 3, load: Copper Awning, on-air: on }
  - { at: 5:10, deck: 3, play }
  - { at: 7:40, deck: 4, load: Paper Satellites, on-air: on }
  - { at: 7:50, deck: 4, play }
  - { at: 10:20, deck: 1, load: Slow Lantern, on-air: on }
  - { at: 10:30, deck: 1, play }
  - { at: 12:50, deck: 2, load: Concrete Orchard, on-air: on }
  - { at: 13:00, deck: 2, play }
  - { at: 15:30, deck: 3, load: Fast Allotment, on-air: on }
  - { at: 15:40, deck: 3, play }
  - { at: 18:10, deck: 4, load: The Hill and the Bend, on-air: on }
  - { at: 18:20, deck: 4, play }
`;

const profile = (subnet: string, extra = ''): string => `
decklight: 1
name: again and again
bridges:
  opus: { type: opus-quad, interface: ${subnet}.1, unit: ${subnet}.2 }
  console: { type: osc, host: 127.0.0.1, port: ${port} }
  daw: { type: midi, device: nowhere }
timecode:
  main: { follow: on-air, rate: 30, to: [daw] }
rules:
  - name: every beat
    when: every 1 beats
    decks: any
    do: [ { console: { address: /beat, args: ["\${round(track.id)}", "\${round(floor(deck.beat + 0.01))}"] } } ]
  - name: playing
    while: deck.isPlaying
    do: [ { console: /playing } ]
    undo: [ { console: /stopped } ]
${extra}`;

async function openUnit(subnet: string): Promise<void> {
  writeFileSync(join(folder, 'set.yaml'), SET);
  const unit = start([
    ...['simulate', 'opus-quad', '--set', join(folder, 'set.yaml')],
    ...['--interface', `${subnet}.2`, '--peer', `${subnet}.1`, '--trace', join(folder, 'truth.jsonl')],
  ]);
  await until(() => unit.output().includes('stop with Ctrl-C'), unit.output);
}

/** Whole lines of a file that is being written; of one that is not there yet, none. */
const linesIn = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];

interface TimecodeLine {
  readonly monotonicNs: number;
  readonly frames: number | null;
  readonly run: string;
}

/** The timecode of a trace. */
function timecodeIn(file: string): TimecodeLine[] {
  return linesIn(file)
    .filter(line => line.includes('"timecode"'))
    .map(line => JSON.parse(line) as TimecodeLine);
}

const twice = (list: readonly string[]): string[] => list.filter((item, i) => list.indexOf(item) !== i);

describe('a show that is saved again and again while it runs', () => {
  const RELOADS = 2 * rounds(25);

  it('keeps its timecode unbroken, loses no cue and doubles none, however broken what is saved', async () => {
    const subnet = '127.0.1';
    const file = join(folder, 'show.yaml');
    const trace = join(folder, 'trace.jsonl');
    writeFileSync(file, profile(subnet));
    await openUnit(subnet);
    const show = start(['run', file, '--trace', trace, '--no-record']);
    await until(() => heard.length >= 3, show.output);
    const count = (text: string): number => show.output().split(text).length - 1;
    for (let i = 1; i <= RELOADS; i++) {
      const isBroken = i % 2 === 0;
      const extra = `  - { name: rule ${i}, when: beat ${9000 + i}, do: [ { console: /never } ] }\n`;
      const text = profile(subnet, extra);
      const before = count(isBroken ? 'warn: profile' : 'show.yaml: applied');
      writeFileSync(file, isBroken ? `${text.slice(0, text.length / 2 + i)}\n  - {{{` : text);
      await until(() => count(isBroken ? 'warn: profile' : 'show.yaml: applied') > before, show.output);
    }
    const beatNumbers = (): number[] =>
      heard.filter(text => text.startsWith('/beat 829 ')).map(text => Number(text.split(' ')[2]));
    await until(() => beatNumbers().length > 40, show.output);
    show.child.kill('SIGINT');
    await show.ended;
    expect(count('show.yaml: applied')).toBe(RELOADS / 2);

    const beats = beatNumbers();
    expect(beats).toEqual(beats.map((_, i) => (beats[0] ?? 0) + i));
    expect(heard.filter(text => text === '/playing')).toHaveLength(1);
    expect(heard.filter(text => text === '/stopped' || text === '/never')).toEqual([]);

    const lines = timecodeIn(trace);
    const from = lines.findIndex(({ run }) => run === 'running');
    const running = lines.slice(from);
    expect(running.every(({ run }) => run === 'running' || run === 'freewheeling')).toBe(true);
    // Frames go on with the time between two looks, at normal speed give or take a correction.
    const paces = running.slice(1).map(({ frames, monotonicNs }, i) => {
      const before = running[i] as TimecodeLine;
      return ((frames ?? 0) - (before.frames ?? 0)) / (((monotonicNs - before.monotonicNs) / 1e9) * 30);
    });
    expect(Math.min(...paces.slice(10))).toBeGreaterThan(0.85);
    expect(Math.max(...paces.slice(10))).toBeLessThan(1.15);
  });
});

describe('a show that is killed again and again', () => {
  const KILLS = rounds(8);

  it(`sends no one-shot twice in ${KILLS} kills, holds its levels, and has timecode again soon`, async () => {
    const subnet = '127.0.2';
    const file = join(folder, 'show.yaml');
    writeFileSync(file, profile(subnet));
    await openUnit(subnet);
    const random = seededRandom(2026);
    const againMs: number[] = [];
    const isRunning = (trace: string): boolean => timecodeIn(trace).some(({ run }) => run === 'running');
    /** How long the life before took until its timecode ran. */
    let startMs = 0;
    for (let i = 0; i < KILLS; i++) {
      const trace = join(folder, `trace-${i}.jsonl`);
      const startedNs = process.hrtime.bigint();
      const lifeMs = (): number => Number(process.hrtime.bigint() - startedNs) / 1e6;
      const show = start(['run', file, '--trace', trace]);
      // One in four is killed while it starts, the others up to three seconds after timecode runs again.
      const isShort = i % 4 === 3;
      if (!isShort) {
        await until(() => isRunning(trace), show.output);
        startMs = lifeMs();
      }
      const endMs = isShort ? random() * startMs : startMs + random() * 3000;
      await until(() => lifeMs() >= endMs);
      show.child.kill('SIGKILL');
      await show.ended;
      const first = timecodeIn(trace).find(({ run }) => run === 'running');
      if (first !== undefined) againMs.push((first.monotonicNs - Number(startedNs)) / 1e6);
    }
    const beats = heard.filter(text => text.startsWith('/beat '));
    expect(beats.length).toBeGreaterThan(KILLS / 2);
    expect(twice(beats)).toEqual([]);
    // Some deck plays from the first life to the last: the level that says so was sent once and never taken back.
    expect(heard.filter(text => text === '/playing')).toHaveLength(1);
    expect(heard.filter(text => text === '/stopped')).toEqual([]);

    againMs.sort((a, b) => a - b);
    const at = (share: number): string => ((againMs[Math.floor((againMs.length - 1) * share)] ?? 0) / 1000).toFixed(2);
    process.stdout.write(
      `after kill -9, from the start of the process to timecode that runs: p50 ${at(0.5)} s, max ${at(1)} s, ` +
        `${againMs.length} of ${KILLS} lives lasted that long; ${beats.length} cues\n`,
    );
  });

  it('says where it began, and that it goes on from an earlier run', async () => {
    const subnet = '127.0.3';
    const file = join(folder, 'show.yaml');
    writeFileSync(file, profile(subnet));
    await openUnit(subnet);
    // Beyond its second bar a deck has not been started under our eyes.
    const isBeyond = (line: string): boolean => ((JSON.parse(line) as { beat?: number }).beat ?? 0) > 10;
    await until(() => linesIn(join(folder, 'truth.jsonl')).some(isBeyond));
    const first = start(['run', file]);
    await until(() => heard.length >= 2, first.output);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = start(['run', file]);
    await until(() => second.output().includes('met in mid-track'), second.output);
    second.child.kill('SIGINT');
    await second.ended;
    expect(second.output()).toMatch(/goes on from .*show\.yaml\.state\.json, \d+ s old/);
    expect(second.output()).toMatch(/met in mid-track, at beat \d+/);
  });
});
