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

const TOP = fileURLToPath(new URL('../..', import.meta.url));
/** Built, as people run it: from its sources it takes twice as long to start. */
const BUILT = join(TOP, 'node_modules', '.cache', `decklight-${process.pid}`);
const CLI = join(BUILT, 'src', 'cli', 'main.js');

beforeAll(() => {
  execFileSync(process.execPath, [
    join(TOP, 'node_modules', 'typescript', 'bin', 'tsc'),
    ...['-p', join(TOP, 'tsconfig.build.json'), '--outDir', BUILT],
  ]);
}, 120_000);
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

const wait = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms));

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
    ...['--interface', `${subnet}.2`, '--peer', `${subnet}.1`],
  ]);
  while (!unit.output().includes('stop with Ctrl-C')) await wait(50);
}

interface TimecodeLine {
  readonly monotonicNs: number;
  readonly frames: number | null;
  readonly run: string;
}

/** The timecode of a trace, which may be cut in its last line; of a life that ended before it could begin one, none. */
function timecodeIn(file: string): TimecodeLine[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.filter(line => line.includes('"timecode"')).map(line => JSON.parse(line) as TimecodeLine);
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
    while (heard.length < 3) await wait(50);
    const count = (text: string): number => show.output().split(text).length - 1;
    for (let i = 1; i <= RELOADS; i++) {
      const isBroken = i % 2 === 0;
      const extra = `  - { name: rule ${i}, when: beat ${9000 + i}, do: [ { console: /never } ] }\n`;
      const text = profile(subnet, extra);
      const before = count(isBroken ? 'warn: profile' : 'show.yaml: applied');
      writeFileSync(file, isBroken ? `${text.slice(0, text.length / 2 + i)}\n  - {{{` : text);
      while (count(isBroken ? 'warn: profile' : 'show.yaml: applied') === before) await wait(20);
    }
    await wait(500);
    show.child.kill('SIGINT');
    await show.ended;
    expect(count('show.yaml: applied')).toBe(RELOADS / 2);

    const beats = heard.filter(text => text.startsWith('/beat 829 ')).map(text => Number(text.split(' ')[2]));
    expect(beats.length).toBeGreaterThan(40);
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
  }, 300_000);
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
    /** A life that is killed when `isOver` says so. @returns after how long timecode ran; null: it was too short for that */
    async function live(trace: string, isOver: () => Promise<unknown>): Promise<number | null> {
      const startedNs = process.hrtime.bigint();
      const show = start(['run', file, '--trace', trace]);
      await isOver();
      show.child.kill('SIGKILL');
      await show.ended;
      const first = timecodeIn(trace).find(({ run }) => run === 'running');
      return first === undefined ? null : first.monotonicNs / 1e6 - Number(startedNs) / 1e6;
    }
    const firstTrace = join(folder, 'trace.jsonl');
    const firstMs = await live(firstTrace, async () => {
      while (!timecodeIn(firstTrace).some(({ run }) => run === 'running')) await wait(100);
      await wait(1000);
    });
    // A slow machine needs longer lives for the same moments of them.
    const slowness = Math.min(2, Math.max(1, (firstMs ?? 0) / 1000));
    for (let i = 1; i < KILLS; i++) {
      const lastsMs = slowness * (1200 + random() * 2800);
      const ms = await live(join(folder, `trace-${i}.jsonl`), () => wait(lastsMs));
      if (ms !== null) againMs.push(ms);
    }
    const beats = heard.filter(text => text.startsWith('/beat '));
    expect(beats.length).toBeGreaterThan(KILLS * 1.5);
    expect(twice(beats)).toEqual([]);
    // Some deck plays from the first life to the last: the level that says so was sent once and never taken back.
    expect(heard.filter(text => text === '/playing')).toHaveLength(1);
    expect(heard.filter(text => text === '/stopped')).toEqual([]);

    againMs.sort((a, b) => a - b);
    const at = (share: number): string => ((againMs[Math.floor((againMs.length - 1) * share)] ?? 0) / 1000).toFixed(2);
    process.stdout.write(
      `after kill -9, from the start of the process to timecode that runs: p50 ${at(0.5)} s, max ${at(1)} s, ` +
        `${againMs.length} of ${KILLS - 1} lives lasted that long; ${beats.length} cues\n`,
    );
    expect(againMs.length).toBeGreaterThan(KILLS / 2);
  }, 1_800_000);

  it('says where it began, and that it goes on from an earlier run', async () => {
    const subnet = '127.0.3';
    const file = join(folder, 'show.yaml');
    writeFileSync(file, profile(subnet));
    await openUnit(subnet);
    // Beyond its second bar a deck has not been started under our eyes.
    await wait(6000);
    const first = start(['run', file]);
    while (heard.length < 2) await wait(50);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = start(['run', file, '--for', '4s']);
    await second.ended;
    expect(second.output()).toMatch(/goes on from .*show\.yaml\.state\.json, \d+ s old/);
    expect(second.output()).toMatch(/met in mid-track, at beat \d+/);
  }, 60_000);
});
